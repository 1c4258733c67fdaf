"""Stored documents with their passages and vectors: what tagging again needs, without reading or encoding."""

from sqlalchemy import select

from kb.documents.models import EncodedPassages, Passage, StoredDocument
from kb.documents.state import LIVE
from kb.documents.store import documents
from kb.documents.store.passages import of_document, token_codes
from kb.documents.store.state_conditions import in_states
from kb.store.database import Database
from kb.store.half_precision import unpack
from kb.store.tables.documents import documents as documents_table
from kb.store.tables.documents import passages, vectors


def live_documents(database: Database) -> list[int]:
    """Ids of the documents that somebody may still work with or read: all but those replaced, rejected or withdrawn."""
    query = select(documents_table.c.id).where(in_states(LIVE)).order_by(documents_table.c.id)
    with database.read() as connection:
        return list(connection.scalars(query))


def encoded_document(database: Database, document: int) -> tuple[StoredDocument, list[Passage], EncodedPassages]:
    """The document in any state, its passages in order, and what they were encoded to. Raises NotFoundError."""
    query = (
        select(vectors.c.passage, vectors.c.vector)
        .join(passages, passages.c.id == vectors.c.passage)
        .where(passages.c.document == document)
    )
    with database.read() as connection:
        stored = documents.get(connection, document)
        numbered = of_document(connection, document)
        by_passage = {row.passage: row.vector for row in connection.execute(query)}
    ids = [number for number, _ in numbered]
    codes = token_codes(database, ids)
    tokens = tuple(codes[i] for i in ids) if len(codes) == len(ids) else ()
    encoded = EncodedPassages(unpack([by_passage[number] for number in ids]), tokens)
    return stored, [passage for _, passage in numbered], encoded
