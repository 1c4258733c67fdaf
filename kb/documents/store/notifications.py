"""Who is written to when a document is decided on: the letter is put in with the step itself, in one transaction."""

from sqlalchemy import Connection, select

from kb.accounts.account import Actor
from kb.documents.state import Move
from kb.mail.letter import Topic
from kb.mail.store import outbox
from kb.store.tables.documents import documents

_OF_MOVE = {
    Move.RETURN: Topic.RETURNED,
    Move.REJECT: Topic.REJECTED,
    Move.PUBLISH: Topic.PUBLISHED,
    Move.PUBLISH_TRUSTED: Topic.PUBLISHED,
}


def of_move(connection: Connection, actor: Actor, document: int, move: Move) -> None:
    """A document was decided on: tell whoever sent it in."""
    if move in _OF_MOVE:
        owner = connection.execute(select(documents.c.owner).where(documents.c.id == document)).scalar()
        outbox.put_for_others(connection, actor, _OF_MOVE[move], document, owner)
