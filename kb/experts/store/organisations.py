"""Names of organisations in the store: those that the secretariat says mean the same one."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action, require
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.errors import RefusedError
from kb.experts.audit_actions import ExpertAction
from kb.experts.expert import ExpertRefusal
from kb.store.tables.experts import organisations

Names = tuple[str, ...]


def list_groups(connection: Connection) -> tuple[Names, ...]:
    """The names of each organisation, in the order they were given."""
    return tuple(tuple(row.names) for row in connection.execute(select(organisations).order_by(organisations.c.id)))


def aliases(connection: Connection) -> dict[str, Names]:
    """Further names of each organisation, by its first."""
    return {names[0]: names[1:] for names in list_groups(connection) if names}


def state(groups: Sequence[Names]) -> str:
    """What changes whenever the names change."""
    return hashlib.sha256(json.dumps(groups).encode()).hexdigest()[:16]


def save(connection: Connection, actor: Actor, groups: Sequence[Names], expected: str) -> None:
    """Put these names in the place of all. Raises RefusedError `moved` where they are not those of `expected`."""
    require(actor, Action.INVITE_PERSON)
    if state(list_groups(connection)) != expected:
        raise RefusedError(ExpertRefusal.MOVED, "Somebody else changed the names.")
    connection.execute(delete(organisations))
    rows = [{"names": list(names), "changed": now()} for names in groups]
    if rows:
        connection.execute(insert(organisations), rows)
    audit_trail.record(
        connection, actor, ExpertAction.ORGANISATIONS_NAMED, AuditKind.ORGANISATIONS, "all", {"count": len(rows)}
    )
