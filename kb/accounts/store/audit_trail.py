"""The audit trail: who did what to which object, each row bound to the one before it by SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditAction, AuditKind, InstanceAction
from kb.clock import now
from kb.store import instance_facts
from kb.store.database import Database
from kb.store.tables.accounts import accounts
from kb.store.tables.audit import audit
from kb.store.tables.metadata import AnyRow
from kb.store.tables.metadata import instance as facts

START = "0" * 64  # what the first row is bound to
_HEAD = "audit_head"  # instance fact: id and hash of the last row, so that a cut end is noticed

Detail = str | int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail. `actor` is the name of the person as it is now; "" when their account is gone."""

    id: int
    time: datetime
    account: int | None
    actor: str
    action: str
    kind: str
    key: str
    details: Mapping[str, Detail] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Personal data that a page shows: of what kind, of which object, and of how many people where it is a list."""

    kind: AuditKind
    key: int | str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """The first row at which the trail does not hold, and what is wrong there."""

    row: int
    what: str  # edited | missing | rebound | cut | not-the-one-noted


def record(
    connection: Connection,
    actor: Actor,
    action: AuditAction,
    kind: AuditKind,
    key: int | str,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Add a row, within the transaction that does the thing.

    Put no secret and no personal data into `details`: rows are never removed. Persons are named by their account's
    number, so that a person can be erased without breaking the trail.
    """
    number, previous = head(connection)
    row: dict[str, object] = {
        "id": number + 1,
        "time": now().isoformat(timespec="microseconds"),
        "account": actor.account,
        "actor": "account" if actor.signed_in else actor.name,
        "action": action.value,
        "kind": kind.value,
        "key": str(key),
        "details": dict(details or {}),
    }
    digest = row_hash(row, previous)
    connection.execute(insert(audit), [row | {"previous": previous, "hash": digest}])
    instance_facts.put(connection, _HEAD, f"{number + 1}|{digest}")


def record_seen(database: Database, actor: Actor, *seen: Seen) -> None:
    """Note what a page shows, in a short transaction after all was read: who reads a long list holds up no writer."""
    if not seen:
        return
    with database.write() as connection:
        for each in seen:
            record(
                connection,
                actor,
                InstanceAction.SEEN,
                each.kind,
                each.key,
                {} if each.count is None else {"count": each.count},
            )


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last row. Locks it where the database has locks of rows, so that the next is the only."""
    found = connection.execute(select(facts.c.value).where(facts.c.key == _HEAD).with_for_update()).scalar()
    if found is None:
        return 0, START
    number, _bar, digest = found.partition("|")
    return int(number), digest


def verify(database: Database, noted: str = "") -> Problem | None:
    """The first row that was edited, removed, moved or bound anew; None when the trail holds.

    Whoever can write the database can also compute the whole chain anew. Against that, note the last hash elsewhere
    (`kb audit verify` prints it) and give it as `noted`: it must still be in the trail.
    """
    number, previous, seen = 0, START, noted in ("", START)
    with database.read() as connection:
        for row in connection.execute(select(audit).order_by(audit.c.id)):
            if row.id != number + 1:
                return Problem(number + 1, "missing")
            if row_hash(_content(row), row.previous) != row.hash:
                return Problem(row.id, "edited")
            if row.previous != previous:
                return Problem(row.id, "rebound")
            number, previous = row.id, row.hash
            seen = seen or previous == noted
        if head(connection) != (number, previous):
            return Problem(number + 1, "cut")
    return None if seen else Problem(number, "not-the-one-noted")


def history_of(database: Database, kind: str, key: int | str) -> list[Entry]:
    """The history of one object, oldest first."""
    query = _entries().where(audit.c.kind == kind, audit.c.key == str(key)).order_by(audit.c.id)
    with database.read() as connection:
        return [_entry(row) for row in connection.execute(query)]


def newest(database: Database, limit: int, before: int | None = None) -> list[Entry]:
    """The last rows (those before row `before`), newest first."""
    query = _entries().order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.id < before)
    with database.read() as connection:
        return [_entry(row) for row in connection.execute(query)]


def _entries() -> Select[*tuple[Any, ...]]:
    named = func.coalesce(func.nullif(accounts.c.name, ""), accounts.c.email, "").label("person")
    return select(audit, named).select_from(audit.outerjoin(accounts, audit.c.account == accounts.c.id))


def _entry(row: AnyRow) -> Entry:
    actor = row.person if row.actor == "account" else row.actor
    time = datetime.fromisoformat(row.time)
    return Entry(row.id, time, row.account, actor, row.action, row.kind, row.key, row.details, row.hash)


def _content(row: AnyRow) -> dict[str, object]:
    names = ("id", "time", "account", "actor", "action", "kind", "key", "details")
    return {name: getattr(row, name) for name in names}


def row_hash(content: Mapping[str, object], previous: str) -> str:
    """SHA-256 over the hash before and the row as JSON with sorted keys and no spaces."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()
