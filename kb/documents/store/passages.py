"""Passages with their vectors: stored with the document, read by the caches and for results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select

from kb.documents.facts import DocumentFacts, PassageRecord
from kb.documents.models import EncodedPassages, Passage, PreparedDocument
from kb.documents.store import tags
from kb.documents.store.state_conditions import is_public
from kb.store.database import Database
from kb.store.half_precision import unpack
from kb.store.tables.documents import documents, passages, token_vectors, vectors
from kb.store.tables.metadata import AnyRow

_VALUES = 500  # values asked for at a time; databases limit the parameters of a statement
_BATCH = 5_000  # rows fetched at a time; a cache is built without holding every passage at once


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """What the caches index of a passage. `vector` has shape (dimension,), float32."""

    id: int
    document: int
    language: str
    text: str
    context: str  # title and heading path, indexed and encoded with the text, shown without
    vector: NDArray[np.float32]


def add(connection: Connection, document: int, prepared: PreparedDocument) -> None:
    """Store the passages of a new document with vectors and tags, inside the caller's transaction."""
    rows = [_row(document, tagged.passage) for tagged in prepared.passages]
    if not rows:
        return
    connection.execute(insert(passages), rows)
    numbered = connection.execute(
        select(passages.c.id).where(passages.c.document == document).order_by(passages.c.number)
    )
    ids = [row.id for row in numbered]
    put_vectors(connection, ids, prepared.encoded)
    tags.add_to_passages(connection, document, zip(ids, (tagged.tags for tagged in prepared.passages), strict=True))


def put_vectors(connection: Connection, ids: Sequence[int], encoded: EncodedPassages) -> None:
    """Store the vectors of these passages and, unless empty, the codes of their tokens."""
    halves = np.ascontiguousarray(encoded.vectors, dtype="<f2")
    rows = [{"passage": i, "vector": v.tobytes()} for i, v in zip(ids, halves, strict=True)]
    connection.execute(insert(vectors), rows)
    if encoded.tokens:
        coded = [{"passage": i, "codes": code} for i, code in zip(ids, encoded.tokens, strict=True)]
        connection.execute(insert(token_vectors), coded)


def replace_vectors(connection: Connection, ids: Sequence[int], encoded: EncodedPassages) -> None:
    """Put vectors of these passages, and codes of their tokens, in place of those that are there."""
    for first in range(0, len(ids), _VALUES):
        some = ids[first : first + _VALUES]
        connection.execute(delete(token_vectors).where(token_vectors.c.passage.in_(some)))
        connection.execute(delete(vectors).where(vectors.c.passage.in_(some)))
    put_vectors(connection, ids, encoded)


def drop_vectors(connection: Connection) -> None:
    """Remove all vectors; the caller encodes everything again."""
    connection.execute(delete(token_vectors))
    connection.execute(delete(vectors))


def languages(database: Database, document_ids: Sequence[int] | None = None) -> list[tuple[int, int, str]]:
    """(passage id, document id, language) of published passages, by id; of these documents only, when given."""
    query = (
        select(passages.c.id, passages.c.document, passages.c.language)
        .join(documents, documents.c.id == passages.c.document)
        .where(is_public())
        .order_by(passages.c.id)
    )
    if document_ids is not None:
        query = query.where(passages.c.document.in_(document_ids))
    with database.read() as connection:
        return [(row.id, row.document, row.language) for row in connection.execute(query)]


def published_passages(database: Database, document_ids: Sequence[int] | None = None) -> Iterator[IndexedPassage]:
    """Published passages as the caches take them in, by id; of these documents only, when given."""
    query = (
        select(passages, documents.c.title, vectors.c.vector)
        .join(documents, documents.c.id == passages.c.document)
        .join(vectors, vectors.c.passage == passages.c.id)
        .where(is_public())
        .order_by(passages.c.id)
    )
    if document_ids is not None:
        query = query.where(passages.c.document.in_(document_ids))
    with database.read() as connection:
        for row in connection.execution_options(yield_per=_BATCH).execute(query):
            yield _indexed(row)


def matrix(
    database: Database, document_ids: Sequence[int] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids, shape (n,), and vectors, shape (n, dimension), of published passages, by id."""
    query = (
        select(vectors.c.passage, vectors.c.vector)
        .join(passages, passages.c.id == vectors.c.passage)
        .join(documents, documents.c.id == passages.c.document)
        .where(is_public())
        .order_by(vectors.c.passage)
    )
    if document_ids is not None:
        query = query.where(passages.c.document.in_(document_ids))
    ids: list[int] = []
    chunks: list[bytes] = []
    with database.read() as connection:
        for row in connection.execute(query):
            ids.append(row.passage)
            chunks.append(row.vector)
    return np.asarray(ids, np.int64), unpack(chunks)


def ids_of(database: Database, document_ids: Sequence[int]) -> NDArray[np.int64]:
    """Ids of all passages of these documents, in whatever state, shape (n,)."""
    query = select(passages.c.id).where(passages.c.document.in_(document_ids))
    with database.read() as connection:
        return np.asarray(list(connection.scalars(query)), np.int64)


def token_codes(database: Database, ids: Sequence[int]) -> dict[int, bytes]:
    """Quantised token vectors of these passages, where there are any."""
    query = select(token_vectors).where(token_vectors.c.passage.in_(ids))
    with database.read() as connection:
        return {row.passage: row.codes for row in connection.execute(query)}


def records(database: Database, ids: Sequence[int], facts: dict[int, DocumentFacts]) -> dict[int, PassageRecord]:
    """Passages by id, with the facts of their documents as the searcher holds them."""
    query = select(passages).where(passages.c.id.in_(ids))
    with database.read() as connection:
        rows = connection.execute(query).all()
        concepts = tags.of_passages(connection, ids)
    return {
        row.id: PassageRecord(row.id, _passage(row), facts[row.document], tuple(concepts.get(row.id, ())))
        for row in rows
        if row.document in facts
    }


def of_document(connection: Connection, document: int) -> list[tuple[int, Passage]]:
    """(id, passage) of one document in order."""
    query = select(passages).where(passages.c.document == document).order_by(passages.c.number)
    return [(row.id, _passage(row)) for row in connection.execute(query)]


def dimension(database: Database) -> int | None:
    """Dimension of the stored vectors, None when there are none."""
    with database.read() as connection:
        first = connection.execute(select(vectors.c.vector).limit(1)).scalar()
    return None if first is None else len(first) // 2


def count(database: Database) -> int:
    """How many passages are stored, published or not."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(passages)).scalar_one())


def count_published(database: Database) -> int:
    """How many passages the public can find."""
    query = (
        select(func.count())
        .select_from(passages.join(documents, documents.c.id == passages.c.document))
        .where(is_public())
    )
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def all_texts(database: Database) -> Iterator[tuple[int, str, str]]:
    """(id, context, text) of every stored passage, published or not, by id: what encoding again needs."""
    query = (
        select(passages, documents.c.title)
        .join(documents, documents.c.id == passages.c.document)
        .order_by(passages.c.id)
    )
    with database.read() as connection:
        for row in connection.execution_options(yield_per=_BATCH).execute(query):
            yield row.id, context(row.title, tuple(row.heading)), row.text


def context(title: str, heading: Sequence[str]) -> str:
    """The words that stand around a passage and are encoded and indexed with it: title, then heading path."""
    return " › ".join([title, *(part for part in heading if part != title)])


def _indexed(row: AnyRow) -> IndexedPassage:
    (vector,) = unpack([row.vector])
    return IndexedPassage(row.id, row.document, row.language, row.text, context(row.title, tuple(row.heading)), vector)


def _passage(row: AnyRow) -> Passage:
    return Passage(row.number, row.start, row.end, row.text, tuple(row.heading), row.page, row.page_end, row.language)


def _row(document: int, passage: Passage) -> dict[str, object]:
    return {
        "document": document,
        "number": passage.number,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "page_end": passage.page_end,
        "heading": list(passage.heading),
        "language": passage.language,
        "text": passage.text,
    }
