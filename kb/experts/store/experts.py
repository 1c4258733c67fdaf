"""One expert at a time: read and saved by who they are, reached by link, exported and erased."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from kb.accounts.account import Actor, Role
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action, require
from kb.accounts.store import accounts, audit_trail
from kb.accounts.tokens import digest, new_token
from kb.clock import now
from kb.errors import NotFoundError, RefusedError
from kb.experts.audit_actions import ExpertAction
from kb.experts.expert import Expert, ExpertRefusal
from kb.experts.profile_json import profile_json, read_profile
from kb.experts.store import works as works_store
from kb.experts.works import Work
from kb.store import instance_facts
from kb.store.tables.accounts import account_roles, api_tokens, one_time_links, sessions
from kb.store.tables.accounts import accounts as account_rows
from kb.store.tables.experts import expert_contacts, expert_works, experts
from kb.store.tables.metadata import AnyRow
from kb.store.tables.requests import proposals, request_events

LASTS = timedelta(days=30)  # a link by which an invited person consents
HIDEABLE = ("organisation", "country", "countries", "gender", "languages", "objectives", "supports")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached. `hidden` are fields of the profile that nobody but the person sees on public pages."""

    expert: int
    account: int | None
    email: str
    language: str
    hidden: tuple[str, ...] = ()


def get_several(connection: Connection, numbers: Collection[int]) -> dict[int, Expert]:
    """Experts with their works, by number; those that are gone are left out."""
    wanted, found = sorted(set(numbers)), {}
    for first in range(0, len(wanted), _BATCH):
        ids = wanted[first : first + _BATCH]
        works: defaultdict[int, list[Work]] = defaultdict(list)
        query = select(expert_works).where(expert_works.c.expert.in_(ids)).order_by(expert_works.c.id)
        for row in connection.execute(query):
            works[row.expert].append(works_store.read(row))
        for row in connection.execute(select(experts).where(experts.c.id.in_(ids))):
            found[int(row.id)] = read_profile(row.profile, row.id, works[row.id])
    return found


def get(connection: Connection, number: int) -> Expert:
    """The expert of this number. Raises NotFoundError."""
    found = get_several(connection, [number]).get(number)
    if found is None:
        raise NotFoundError(f"There is no expert {number}.")
    return found


def profiles(connection: Connection) -> list[Expert]:
    """All experts without their works, by number."""
    rows = connection.execute(select(experts.c.id, experts.c.profile).order_by(experts.c.id))
    return [read_profile(row.profile, row.id) for row in rows]


def codes(connection: Connection) -> dict[int, str]:
    """What imports call each expert."""
    return {row.id: row.code for row in connection.execute(select(experts.c.id, experts.c.code))}


def contacts(connection: Connection) -> dict[int, Contact]:
    """How all experts are reached, those of whom it is known."""
    return {row.expert: _contact(row) for row in connection.execute(select(expert_contacts))}


def change_stamp(connection: Connection) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What changes whenever a person is added, changed or erased, and what does with works and their vectors."""
    people = connection.execute(select(func.count(), func.max(experts.c.changed), func.max(experts.c.id))).one()
    works = connection.execute(select(func.count(), func.max(expert_works.c.id))).one()
    return tuple(people), (*works, instance_facts.works_encoded(connection))


def of_account(connection: Connection, account: int | None) -> int | None:
    """The expert who signs in with this account."""
    if account is None:
        return None
    return connection.execute(select(expert_contacts.c.expert).where(expert_contacts.c.account == account)).scalar()


def contact(connection: Connection, number: int) -> Contact | None:
    """How this expert is reached; None when nobody knows."""
    row = connection.execute(select(expert_contacts).where(expert_contacts.c.expert == number)).one_or_none()
    return None if row is None else _contact(row)


def register(connection: Connection, actor: Actor, expert: Expert) -> int:
    """A profile somebody makes of themselves, reached by their own account; its number."""
    require(actor, Action.EDIT_PERSON, actor.account)
    account = accounts.get(connection, actor.account or 0)
    if account is None or of_account(connection, account.id) is not None:
        raise RefusedError(ExpertRefusal.TWICE, "There is a profile of this account already.")
    row = {"code": f"account-{account.id}", "profile": profile_json(expert), "sample": False}
    added = insert(experts).values(**row, created=now(), changed=now(), owned=now()).returning(experts.c.id)
    number = int(connection.execute(added).scalar_one())
    set_contact(connection, number, account.email, account.language, account.id)
    works_store.set_organisation(connection, replace(expert, id=number))
    audit_trail.record(connection, actor, ExpertAction.REGISTERED, AuditKind.EXPERT, number)
    return number


def set_contact(connection: Connection, number: int, email: str, language: str, account: int | None) -> None:
    """Say how this expert is reached."""
    values = {"email": email, "language": language, "account": account}
    here = expert_contacts.c.expert == number
    if not connection.execute(update(expert_contacts).where(here).values(**values)).rowcount:
        connection.execute(insert(expert_contacts).values(expert=number, hidden=[], **values))


def invite(connection: Connection, actor: Actor, number: int, email: str, language: str) -> str:
    """The secret of a link by which this person decides on their consent; earlier links end.

    An account is made for them, or found by the address; it can be signed in to once they consented.
    """
    require(actor, Action.INVITE_PERSON)
    get(connection, number)
    account = accounts.by_email(connection, email)
    if account is None:
        account = accounts.create(connection, actor, email, [Role.EXPERT], "", language)
    if (of_account(connection, account.id) or number) != number:
        raise RefusedError(ExpertRefusal.TWICE, "This address is the one of another expert.")
    token = new_token()
    set_contact(connection, number, account.email, language, account.id)
    values = {"digest": digest(token), "expires": now() + LASTS}
    connection.execute(update(expert_contacts).where(expert_contacts.c.expert == number).values(**values))
    audit_trail.record(connection, actor, ExpertAction.INVITED, AuditKind.EXPERT, number)
    return token


def by_link(connection: Connection, token: str) -> Contact | None:
    """Whose link this is; None when it is unknown, used up or has expired."""
    here = (expert_contacts.c.digest == digest(token), expert_contacts.c.expires > now())
    row = connection.execute(select(expert_contacts).where(*here)).one_or_none()
    return None if row is None else _contact(row)


def use_link(connection: Connection, token: str) -> Contact | None:
    """As `by_link`, and used up by this very call; None for everybody else who tries."""
    found = by_link(connection, token)
    here = expert_contacts.c.digest == digest(token)
    if found is None or not connection.execute(update(expert_contacts).where(here).values(digest=None)).rowcount:
        return None
    return found


def save(connection: Connection, actor: Actor, expert: Expert, hidden: Sequence[str] | None = None) -> None:
    """Store what a person says of themselves; works are changed by themselves."""
    works_store.set_organisation(connection, expert)
    connection.execute(update(experts).where(experts.c.id == expert.id).values(profile=profile_json(expert)))
    works_store.touch(connection, actor, expert.id)
    if hidden is not None:
        kept = [name for name in HIDEABLE if name in hidden]
        connection.execute(update(expert_contacts).where(expert_contacts.c.expert == expert.id).values(hidden=kept))
    told: dict[str, str | int | None] = {
        "uses": ", ".join(sorted(expert.consent.uses)),
        "paused": int(expert.availability.paused),
    }
    audit_trail.record(connection, actor, ExpertAction.SAVED, AuditKind.EXPERT, expert.id, told)


def erase(connection: Connection, number: int) -> None:
    """Take a person out of every table; numbers alone stay, in what was decided.

    When they are gone, or were never here, it only sees to it that nobody else is ever given their number: a list of
    erasures that is replayed later would erase them.
    """
    reached = contact(connection, number)
    _reserve(connection, number)
    works_store.drop_all(connection, number)
    connection.execute(delete(expert_contacts).where(expert_contacts.c.expert == number))
    connection.execute(delete(experts).where(experts.c.id == number))
    blank = {"answer": "", "reason": "", "digest": None}
    connection.execute(update(proposals).where(proposals.c.expert == number).values(**blank))
    # What they said, and what was said of them, goes from the timelines; that it happened stays.
    connection.execute(update(request_events).where(request_events.c.expert == number).values(text=""))
    if reached is not None and reached.account is not None:
        _close_account(connection, reached.account)


def _reserve(connection: Connection, number: int) -> None:
    """Numbers are given in order: after this one was given once, no lower one is."""
    last = connection.execute(select(func.max(experts.c.id))).scalar() or 0
    if number > last:
        row = {"id": number, "code": f"erased-{number}", "profile": {}, "sample": False}
        connection.execute(insert(experts).values(**row, created=now(), changed=now()))
        connection.execute(delete(experts).where(experts.c.id == number))


def names(connection: Connection, number: int) -> tuple[str, ...]:
    """What imports know a person by: their code and their address."""
    code = connection.execute(select(experts.c.code).where(experts.c.id == number)).scalar()
    reached = contact(connection, number)
    return tuple(name for name in (code or "", reached.email if reached else "") if name)


def _close_account(connection: Connection, number: int) -> None:
    """An account that is an expert's alone is emptied; one with other tasks only loses this one."""
    held = select(account_roles.c.role).where(account_roles.c.account == number)
    roles = set(connection.execute(held).scalars())
    mine = account_roles.c.account == number
    connection.execute(delete(account_roles).where(mine, account_roles.c.role == Role.EXPERT.value))
    if roles - {Role.EXPERT.value, Role.READER.value}:
        return
    for table in (sessions, one_time_links, api_tokens):
        connection.execute(delete(table).where(table.c.account == number))
    gone = f"erased-{number}@invalid"
    empty = {"email": gone, "address": gone, "name": "", "organisation": "", "password": "", "active": False}
    connection.execute(update(account_rows).where(account_rows.c.id == number).values(**empty))


def _contact(row: AnyRow) -> Contact:
    return Contact(row.expert, row.account, row.email, row.language, tuple(row.hidden))
