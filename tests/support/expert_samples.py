"""Experts for tests of the connection hub, plainly made up."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from index.matching.matcher import prepare_works
from kb.accounts.account import SYSTEM, Account, Role
from kb.cli import bootstrap
from kb.cli.serve import site_of as served_site
from kb.config import Settings
from kb.experts.expert import Availability, Consent, ConsentUse, Expert, LanguageLevel, OrganisationKind, Support
from kb.experts.profile_json import read_import
from kb.experts.store import encoded_experts, experts
from kb.experts.works import Work
from tests.support.documents import Instance, hashing
from tests.support.http_client import Client
from tests.support.site import TestSite, Text, taxonomy
from tests.support.site import add as add_text
from web.app import create_app

AGREED = Consent(frozenset(ConsentUse), date(2026, 1, 15))
_BODY = "We replaced lost passports in mobile consulates and trained consular staff in protection of nationals abroad."


def expert(name: str, **changes: Any) -> Expert:
    """Somebody who may be proposed, unless `changes` say otherwise."""
    work = Work(0, f"Consular protection, a report by {name}", _BODY, "en", "publication", 2022)
    plain = Expert(
        id=0,
        name=name,
        organisation=f"Institute of {name}",
        kind=OrganisationKind.ACADEMIA,
        country="PER",
        languages=(("en", LanguageLevel.FLUENT), ("fr", LanguageLevel.WORKING)),
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
    number = encoded_experts.put(site.instance.database, code, person, "", ())
    with site.instance.database.read() as connection:
        return experts.get(connection, number)


def add_with_account(site: TestSite, person: Expert, email: str) -> tuple[Expert, Account]:
    """Store somebody who can sign in."""
    stored, account = add(site, person), site.person(Role.EXPERT, email=email, name=person.name)
    with site.instance.database.write() as connection:
        experts.set_contact(connection, stored.id, email, "fr", account.id)
    return stored, account


def save(site: TestSite, person: Expert) -> None:
    """The person changes their profile."""
    with site.instance.database.write() as connection:
        experts.save(connection, SYSTEM, person)


def sample_people(instance: Instance, changes: Mapping[str, Mapping[str, object]]) -> dict[str, int]:
    """Sample experts of the corpus, by code, with fields of their lines changed; their numbers by code.

    They are reached at `<code>@example.org`.
    """
    found = {}
    for line in (bootstrap.CORPUS / "people" / "experts.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["code"] in changes:
            code, person = read_import(row | changes[row["code"]])
            works = prepare_works(person.works, instance.encoding, None)
            found[code] = encoded_experts.put(instance.database, code, person, instance.encoding.identity, works)
            with instance.database.write() as connection:
                experts.set_contact(connection, found[code], f"{code}@example.org", person.languages[0][0], None)
    return found


def site_of(instance: Instance, settings: Settings, *, suggests: bool = True) -> TestSite:
    """The site of an instance as `kb serve` puts it together, with its encoder and, if it `suggests`, its tagger."""
    opened = bootstrap.Instance(settings, instance.database)
    opened.taxonomy, opened.encoding = bootstrap.Once(taxonomy), bootstrap.Once(lambda: instance.encoding)
    site = replace(served_site(opened, instance.searcher()), version="1.2.3")
    if not suggests:
        site = replace(site, suggest=None)
    app = create_app(site)
    return TestSite(instance, app, Client(app, headers={"accept-language": "en"}), {})


def words_site(home: Path, texts: Sequence[Text]) -> TestSite:
    """A site with the encoder that the command line has with `KB_ENCODER=hashing` and `KB_LATE=off`."""
    instance = Instance(home, hashing(dimension=256))
    for each in texts:
        add_text(instance, each)
    return site_of(instance, Settings(home=home, name="Test library", password_memory_mb=1), suggests=False)
