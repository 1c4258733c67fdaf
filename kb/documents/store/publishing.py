"""What the public sees of documents: put in, taken away, each with the revision that lets searchers notice."""

from sqlalchemy import Connection, select, update

from kb.accounts.account import SYSTEM, Actor
from kb.documents.state import LIVE, Move, State
from kb.documents.store import history
from kb.documents.store.state_conditions import in_states
from kb.store import instance_facts
from kb.store.tables.documents import documents


def publish_document(
    connection: Connection,
    document: int,
    actor: Actor = SYSTEM,
    move: Move = Move.PUBLISH_TRUSTED,
    reason: str = "",
    after: State = State.PUBLISHED,
) -> None:
    """Make a document public in place of the versions before it; whether it may be is asked elsewhere."""
    row = connection.execute(select(documents).where(documents.c.id == document)).one()
    revision = instance_facts.next_revision(connection)
    older = select(documents.c.id, documents.c.state).where(
        documents.c.origin == row.origin,
        documents.c.id < document,
        in_states(LIVE),
    )
    for each in connection.execute(older).all():
        supersede(connection, actor, each.id, State(each.state))
        _seen_change(connection, each.id, revision)
    set_state(connection, actor, document, move, State(row.state), after, reason)
    _seen_change(connection, document, revision)


def hide(connection: Connection, document: int) -> None:
    """Let searchers notice that a document is not public any more."""
    _seen_change(connection, document, instance_facts.next_revision(connection))


def supersede(connection: Connection, actor: Actor, document: int, before: State) -> None:
    """Put a version aside for a newer one."""
    set_state(connection, actor, document, Move.SUPERSEDE, before, State.SUPERSEDED, "")


def set_state(
    connection: Connection, actor: Actor, document: int, move: Move, before: State, after: State, reason: str
) -> None:
    """Store a state, on record."""
    connection.execute(update(documents).where(documents.c.id == document).values(state=after.value))
    history.record_move(connection, actor, document, move, before, after, reason)


def _seen_change(connection: Connection, document: int, revision: int) -> None:
    connection.execute(update(documents).where(documents.c.id == document).values(revision=revision))
