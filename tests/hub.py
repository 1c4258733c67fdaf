"""Experts for tests of the connection hub, plainly made up."""

import zlib
from dataclasses import replace
from datetime import date
from typing import Any

from kb.accounts import SYSTEM, Account, Role
from kb.people import Availability, Consent, Expert, Kind, Level, Use
from kb.requests import Support
from kb.store import experts, people
from kb.works import Work
from tests.sites import TestSite

AGREED = Consent(frozenset(Use), date(2026, 1, 15))
_BODY = "We replaced lost passports in mobile consulates and trained consular staff in protection of nationals abroad."


def expert(name: str, **changes: Any) -> Expert:
    """Somebody who may be proposed, unless `changes` say otherwise."""
    work = Work(0, f"Consular protection, a report by {name}", _BODY, "en", "publication", 2022)
    plain = Expert(
        id=0,
        name=name,
        organisation=f"Institute of {name}",
        kind=Kind.ACADEMIA,
        country="PER",
        languages=(("en", Level.FLUENT), ("fr", Level.WORKING)),
        supports=(Support.ADVICE,),
        works=(work,),
        consent=AGREED,
        availability=Availability(monthly_limit=50),
        sample=True,
    )
    return replace(plain, **changes)


def add(site: TestSite, person: Expert) -> Expert:
    """Store somebody; as they are stored."""
    code = f"import-{zlib.crc32(person.name.encode())}"  # an import calls them by something that is no name
    number = people.put(site.instance.database, code, person, "", ())
    with site.instance.database.read() as connection:
        return experts.get(connection, number)


def add_with_account(site: TestSite, person: Expert, email: str) -> tuple[Expert, Account]:
    """Store somebody who can sign in."""
    stored, account = add(site, person), site.person(Role.EXPERT, email=email, name=person.name)
    with site.instance.database.write() as connection:
        experts.reach(connection, stored.id, email, "fr", account.id)
    return stored, account


def save(site: TestSite, person: Expert) -> None:
    """The person changes their profile."""
    with site.instance.database.write() as connection:
        experts.save(connection, SYSTEM, person)
