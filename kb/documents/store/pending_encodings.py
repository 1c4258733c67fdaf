"""Documents whose passages are to be encoded again, since their title or language was corrected."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from kb.clock import now
from kb.documents.models import EncodedPassages, Passage
from kb.documents.store import history, passages, sketches, tag_decisions
from kb.store import instance_facts
from kb.store.database import Database
from kb.store.tables.documents import documents
from kb.store.tables.documents import passages as passages_table
from kb.store.tables.revisions import encodings_due as table

FIELDS = frozenset(("title", "language"))  # of a description, that passages are encoded or indexed with
_MOST_ATTEMPTS = 10  # a document on which the worker died so often is left to `kb index reencode`


@dataclass(frozen=True, slots=True)
class PendingEncoding:
    """A document to encode again. `change` is the correction that made it due: a later one makes it due anew."""

    document: int
    change: int


def ask(connection: Connection, document: int) -> None:
    """Put down that a document is due, in the transaction that corrects it and after the correction is on record."""
    values = {"change": history.last_change(connection, document), "since": now(), "attempts": 0}
    known = connection.execute(update(table).where(table.c.document == document).values(values))
    if known.rowcount == 0:
        connection.execute(insert(table).values(document=document, **values))


def is_due(connection: Connection, document: int) -> bool:
    """Whether the vectors of a document are those of its old title."""
    return connection.execute(select(table.c.document).where(table.c.document == document)).first() is not None


def pending(connection: Connection) -> bool:
    """Whether there is anything for a worker."""
    return connection.execute(select(table.c.document).where(_able()).limit(1)).first() is not None


def begin(connection: Connection) -> PendingEncoding | None:
    """The next document, the one that was tried least; it stays due until `finish`.

    Two workers may take the same one: the second to finish finds nothing to store, or stores the same again.
    """
    query = select(table).where(_able()).order_by(table.c.attempts, table.c.change)
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    again = update(table).where(table.c.document == row.document).values(attempts=row.attempts + 1)
    connection.execute(again)
    return PendingEncoding(row.document, row.change)


def document_texts(database: Database, due: PendingEncoding) -> tuple[str, str, list[tuple[int, Passage]]]:
    """Title and language of a document as they are now, and its passages as (id, passage) in order."""
    with database.read() as connection:
        row = connection.execute(
            select(documents.c.title, documents.c.language).where(documents.c.id == due.document)
        ).one()
        return row.title, row.language, passages.of_document(connection, due.document)


def finish(
    connection: Connection, due: PendingEncoding, identity: str, encoded: EncodedPassages, languages: Mapping[int, str]
) -> bool:
    """Put new vectors, and the `languages` of the passages by id and in order, in place of the old ones.

    All of it or nothing: False, and nothing is stored, when the document was corrected again meanwhile or another
    worker was quicker. Raises InstanceError when the vectors come from another encoder than the instance's.
    """
    done = connection.execute(delete(table).where(table.c.document == due.document, table.c.change == due.change))
    if done.rowcount == 0:
        return False
    instance_facts.claim_encoder(connection, identity)
    passages.replace_vectors(connection, list(languages), encoded)
    for number, language in languages.items():
        changed = update(passages_table).where(passages_table.c.id == number, passages_table.c.language != language)
        connection.execute(changed.values(language=language))
    sketches.note_gist(connection, due.document)
    tag_decisions.touch(connection, due.document)
    return True


def reset_attempts(connection: Connection) -> None:
    """Let documents that were tried too often be tried again."""
    connection.execute(update(table).values(attempts=0))


def _able() -> ColumnElement[bool]:
    return table.c.attempts < _MOST_ATTEMPTS
