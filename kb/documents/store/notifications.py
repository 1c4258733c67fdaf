"""Who is written to when a document is decided on: the letter is put in with the step itself, in one transaction."""

from sqlalchemy import Connection, select

from kb.accounts.account import Actor
from kb.documents.state import State
from kb.mail.letter import Topic
from kb.mail.store import outbox
from kb.store.tables.documents import documents

TOPICS = {State.RETURNED: Topic.RETURNED, State.REJECTED: Topic.REJECTED, State.PUBLISHED: Topic.PUBLISHED}


def of_move(connection: Connection, actor: Actor, document: int, after: State) -> None:
    """A document was decided on: tell whoever sent it in."""
    if after in TOPICS:
        owner = connection.execute(select(documents.c.owner).where(documents.c.id == document)).scalar()
        outbox.put_for_others(connection, actor, TOPICS[after], document, owner)
