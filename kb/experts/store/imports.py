"""Experts read in from a file: each row stored, or left alone where the person has the say; nobody is shown by it."""

from collections.abc import Container
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action, require
from kb.accounts.store import accounts, audit_trail
from kb.clock import now
from kb.experts.audit_actions import IMPORTS
from kb.experts.expert import Expert
from kb.experts.import_csv import RowError
from kb.experts.import_rows import Outcome, Row, RowFault
from kb.experts.profile_json import profile_json
from kb.experts.store import experts
from kb.experts.store import works as works_store
from kb.mail.letter import Topic
from kb.mail.store import outbox
from kb.store.tables.experts import expert_contacts, expert_works
from kb.store.tables.experts import experts as profiles
from kb.store.tables.metadata import AnyRow

_LATER: dict[str, object] = {"aliases": []}  # fields that profiles stored before did not have


@dataclass(frozen=True, slots=True)
class StoredRow:
    """What became of a row. `token` is the secret of the link by which the person consents, to be passed on; where a
    letter brings it, `mailed` says so."""

    row: Row
    outcome: Outcome
    expert: int | None = None
    token: str = ""
    mailed: bool = False
    fault: RowFault | None = None


def store_row(connection: Connection, actor: Actor, row: Row, erased: Container[str], mails: bool = False) -> StoredRow:
    """Store a row, in a transaction of its own; with `mails` a letter with the link is put in.

    Raises RefusedError when its address is none.
    """
    require(actor, Action.INVITE_PERSON)
    if row.expert is None:
        return StoredRow(row, Outcome.REFUSED, fault=row.fault)
    known = connection.execute(select(profiles).where(profiles.c.code == row.code)).one_or_none()
    other = _by_address(connection, row.email)
    if known is None and other is not None and other.owned is not None:
        return StoredRow(row, Outcome.KEPT, other.id)
    if other is not None and (known is None or other.id != known.id):
        return StoredRow(row, Outcome.REFUSED, fault=RowFault(RowError.OTHER, "email", other.code))
    if known is not None and known.owned is not None:
        return StoredRow(row, Outcome.KEPT, known.id)
    if known is None and (row.code in erased or (row.email and row.email in erased)):
        return StoredRow(row, Outcome.ERASED)
    outcome, number = _stored(connection, row.code, row.expert, known)
    if outcome is not Outcome.UNCHANGED:
        audit_trail.record(connection, actor, IMPORTS[outcome], AuditKind.EXPERT, number)
    if not row.email or row.expert.sample or not _awaits_link(connection, number, row.email):
        return StoredRow(row, outcome, number)
    token = experts.invite(connection, actor, number, row.email, row.language or "en")
    reached = experts.contact(connection, number)
    if mails and reached is not None:  # the letter makes a secret of its own
        outbox.put(connection, Topic.CONSENT, number, account=reached.account, expert=number)
        return StoredRow(row, outcome, number, mailed=True)
    return StoredRow(row, outcome, number, token)


def _stored(connection: Connection, code: str, expert: Expert, known: AnyRow | None) -> tuple[Outcome, int]:
    profile = profile_json(expert)
    if known is None:
        row = {"code": code, "profile": profile, "sample": expert.sample, "created": now(), "changed": now()}
        number = int(connection.execute(insert(profiles).values(row).returning(profiles.c.id)).scalar_one())
        for work in expert.works:
            works_store.put(connection, number, work)
        return Outcome.ADDED, number
    number = int(known.id)
    if not expert.sample:  # what was agreed to, and what they said of their time, is no matter of an import
        profile |= {key: known.profile[key] for key in ("consent", "availability") if key in known.profile}
    # What came with a file, or from the hub, is not of the import and stays.
    imported = (expert_works.c.expert == number, expert_works.c.file.is_(None), expert_works.c.request.is_(None))
    query = select(expert_works).where(*imported).order_by(expert_works.c.id)
    works = [works_store.read(each) for each in connection.execute(query)]
    same = [replace(work, id=0, shown=False) for work in works] == list(expert.works)
    if same and profile == _LATER | known.profile:
        return Outcome.UNCHANGED, number
    values = {"profile": profile, "sample": expert.sample, "changed": now()}
    connection.execute(update(profiles).where(profiles.c.id == number).values(values))
    if not same:
        works_store.drop(connection, [work.id for work in works])
        for work in expert.works:
            works_store.put(connection, number, work)
    return Outcome.UPDATED, number


def _by_address(connection: Connection, email: str) -> AnyRow | None:
    """Who is reached at an address, or signs in with it."""
    if not email:
        return None
    account = accounts.by_email(connection, email)
    here = func.lower(expert_contacts.c.email) == email.lower()
    if account is not None:
        here |= expert_contacts.c.account == account.id
    joined = profiles.join(expert_contacts, expert_contacts.c.expert == profiles.c.id)
    query = select(profiles.c.id, profiles.c.code, profiles.c.owned).select_from(joined)
    return connection.execute(query.where(here)).first()


def _awaits_link(connection: Connection, number: int, email: str) -> bool:
    """Whether no link is under way to this address; who has one is not written to again."""
    here = expert_contacts.c.expert == number
    row = connection.execute(select(expert_contacts).where(here)).one_or_none()
    if row is None or row.email.casefold() != email.casefold():
        return True
    return row.digest is None or row.expires is None or row.expires < now()
