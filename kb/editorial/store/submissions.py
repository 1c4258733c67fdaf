"""What an account sent in: each document with where it stands, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kb.documents.state import State
from kb.store.tables.documents import documents


@dataclass(frozen=True, slots=True)
class Submission:
    """A document somebody sent in."""

    document: int
    title: str
    language: str
    state: State
    sent: datetime


def of_owner(connection: Connection, owner: int, before: int | None = None, limit: int = 50) -> list[Submission]:
    """What `owner` sent in, newest first; `before` a document for the next page."""
    query = select(documents.c.id, documents.c.title, documents.c.language, documents.c.state, documents.c.created)
    query = query.where(documents.c.owner == owner, documents.c.state != State.SUPERSEDED.value)
    if before is not None:
        query = query.where(documents.c.id < before)
    rows = connection.execute(query.order_by(documents.c.id.desc()).limit(limit))
    return [Submission(r.id, r.title, r.language, State(r.state), r.created) for r in rows]
