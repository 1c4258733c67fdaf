"""Documents whose lines are to be read for what they treat: those stored before lines were read, or by older rules."""

from sqlalchemy import Connection, select

from kb.documents.models import Document
from kb.documents.speaks_of import VERSION, statements
from kb.documents.state import LIVE
from kb.documents.store import documents, passages, speaks_of
from kb.documents.store.state_conditions import in_states
from kb.documents.store.tag_decisions import touch
from kb.store.database import Database
from kb.store.tables.documents import documents as table
from kb.store.tables.documents import statements_read
from kb.vocabularies.concept import Scheme

_AT_ONCE = 20  # documents read in one transaction


def read_again(connection: Connection, document: int, scheme: Scheme | None) -> None:
    """Read the lines of a stored document, whose text does not change; the public sees what changed."""
    stored = documents.get(connection, document)
    cut = [passage for _id, passage in passages.of_document(connection, document)]
    whole = Document(stored.text, stored.blocks, stored.sections)
    found = () if scheme is None else statements(whole, cut, scheme)
    changed = list(found) != speaks_of.of_document(connection, document)
    speaks_of.put(connection, document, found)
    if changed:
        touch(connection, document)


def pending(connection: Connection) -> list[int]:
    """Some of the documents that wait."""
    read = select(statements_read.c.document).where(statements_read.c.version == VERSION)
    query = select(table.c.id).where(in_states(LIVE), table.c.id.not_in(read))
    return list(connection.scalars(query.order_by(table.c.id).limit(_AT_ONCE)))


def read_pending(database: Database, scheme: Scheme | None) -> int:
    """Read the lines of some of the documents that wait; how many they were."""
    with database.write() as connection:
        waiting = pending(connection)
        for document in waiting:
            read_again(connection, document, scheme)
    return len(waiting)
