"""The history of documents: changes of state, description and text, with who, when and why; rows are only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.documents.audit_actions import DOCUMENT_MOVES, DocumentAction
from kb.documents.state import PUBLIC, Move, State
from kb.documents.store import notifications
from kb.store.tables.accounts import accounts
from kb.store.tables.documents import documents
from kb.store.tables.metadata import AnyRow
from kb.store.tables.revisions import document_changes as changes

Value = str | int | bool | list[str] | None  # as JSON keeps it


class ChangeKind(StrEnum):
    """What changed of a document."""

    STATE = "state"  # `field` is the move
    DESCRIPTION = "description"  # `field` is the part of the description
    TEXT = "text"  # `before` and `after` are the numbers of the two versions
    TAG = "tag"  # `before` is a decision on a passage of the version before that this one does not have any more


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the history. `actor` is the name of the person as it is now; "" when their account is gone."""

    id: int
    document: int
    at: datetime
    account: int | None
    actor: str
    kind: ChangeKind
    field: str
    before: Value
    after: Value
    reason: str


def record_move(
    connection: Connection, actor: Actor, document: int, move: Move, before: State, after: State, reason: str
) -> None:
    """Record that a document came from one state to another."""
    _record(connection, actor, document, ChangeKind.STATE, [(move.value, before.value, after.value)], reason)
    audit_trail.record(
        connection, actor, DOCUMENT_MOVES[move], AuditKind.DOCUMENT, document, {"from": before, "to": after}
    )
    notifications.of_move(connection, actor, document, after)


def record_description(
    connection: Connection, actor: Actor, document: int, fields: Sequence[tuple[str, Value, Value]], reason: str
) -> None:
    """Record what changed of a description, as (field, before, after)."""
    _record(connection, actor, document, ChangeKind.DESCRIPTION, fields, reason)
    said: dict[str, audit_trail.Detail] = {"fields": " ".join(name for name, _before, _after in fields)}
    audit_trail.record(connection, actor, DocumentAction.DESCRIBED, AuditKind.DOCUMENT, document, said)


def read_in(connection: Connection, actor: Actor, document: int, previous: int | None) -> None:
    """Record that a document was stored, in place of the version `previous` if there is one."""
    _record(connection, actor, document, ChangeKind.TEXT, [("version", previous, document)], "")
    audit_trail.record(connection, actor, DocumentAction.STORED, AuditKind.DOCUMENT, document, {"previous": previous})


def left_behind(connection: Connection, actor: Actor, document: int, decisions: Sequence[list[str]]) -> None:
    """Record decisions about tags that could not be carried to a new version, each as scheme, notation, verdict, words.

    What was carried stands among the decisions about the new version.
    """
    if decisions:
        _record(connection, actor, document, ChangeKind.TAG, [("left", each, None) for each in decisions], "")


def of_document(connection: Connection, document: int) -> list[Change]:
    """All that changed of a document, oldest first, without what was said of its tags (see kb.store.decisions)."""
    named = func.coalesce(func.nullif(accounts.c.name, ""), accounts.c.email, "").label("person")
    query = (
        select(changes, named)
        .select_from(changes.outerjoin(accounts, changes.c.account == accounts.c.id))
        .where(changes.c.document == document)
        .order_by(changes.c.id)
    )
    return [_change(row) for row in connection.execute(query)]


def last_move(connection: Connection, document: int, after: State) -> Change | None:
    """The move that last brought a document into a state: who withdrew it and why, how it was published."""
    moves = [c for c in of_document(connection, document) if c.kind is ChangeKind.STATE and c.after == after.value]
    return moves[-1] if moves else None


def last_withdrawal(connection: Connection, document: int) -> Change | None:
    """The move that last took a document, or the version that came in its place, away from the public.

    None where the public never saw it, or sees it.
    """
    moves = _public_moves(connection, document)
    if moves and moves[-1].field == Move.SUPERSEDE:
        moves = [change for version in _from_on(connection, document) for change in _public_moves(connection, version)]
        moves = sorted((c for c in moves if _public(c)), key=lambda change: change.id)
    return moves[-1] if moves and moves[-1].field == Move.WITHDRAW else None


def last_change(connection: Connection, document: int, kind: ChangeKind = ChangeKind.DESCRIPTION) -> int:
    """Number of the last change of this kind, 0 where there is none: what a form was filled in with knowledge of."""
    query = select(func.max(changes.c.id)).where(changes.c.document == document, changes.c.kind == kind.value)
    return int(connection.execute(query).scalar() or 0)


def times(connection: Connection, document: int, move: Move) -> int:
    """How often a document was moved in this way."""
    query = select(func.count()).where(
        changes.c.document == document, changes.c.kind == ChangeKind.STATE.value, changes.c.field == move.value
    )
    return int(connection.execute(query).scalar_one())


def _public_moves(connection: Connection, document: int) -> list[Change]:
    """The moves after which the public saw a document, or another version of it, or nothing any more."""
    moves = [change for change in of_document(connection, document) if change.kind is ChangeKind.STATE]
    return [c for c in moves if _public(c) or c.field == Move.SUPERSEDE]


def _public(change: Change) -> bool:
    """Whether a move led to what readers find, or away from it."""
    return change.before in PUBLIC or change.after in PUBLIC


def _from_on(connection: Connection, document: int) -> list[int]:
    """Numbers of a document and its later versions."""
    origin = select(documents.c.origin).where(documents.c.id == document).scalar_subquery()
    query = select(documents.c.id).where(documents.c.origin == origin, documents.c.id >= document)
    return list(connection.scalars(query))


def _record(
    connection: Connection,
    actor: Actor,
    document: int,
    kind: ChangeKind,
    fields: Sequence[tuple[str, Value, Value]],
    reason: str,
) -> None:
    said = {
        "document": document,
        "at": now(),
        "account": actor.account,
        "actor": "account" if actor.signed_in else actor.name,
        "kind": kind.value,
        "reason": reason.strip(),
    }
    rows = [said | {"field": name, "before": before, "after": after} for name, before, after in fields]
    connection.execute(insert(changes), rows)


def _change(row: AnyRow) -> Change:
    actor = row.person if row.actor == "account" else row.actor
    kind = ChangeKind(row.kind)
    return Change(row.id, row.document, row.at, row.account, actor, kind, row.field, row.before, row.after, row.reason)
