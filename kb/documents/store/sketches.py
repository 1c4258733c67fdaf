"""Sketches: what is noted of each document so that others like it are found among thousands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, update

from kb.documents.state import State
from kb.store import instance_facts
from kb.store.database import Database
from kb.store.half_precision import unpack
from kb.store.tables.documents import documents, passages, vectors
from kb.store.tables.duplicates import fingerprints, sketches
from kb.store.tables.metadata import AnyRow

_VALUES = 500  # values asked for at a time; databases limit the parameters of a statement


@dataclass(frozen=True, slots=True)
class Sketched:
    """A document as comparing sees it before its text is read. `prints` counts its fingerprints."""

    id: int
    work: str
    language: str
    prints: int


@dataclass(frozen=True, slots=True)
class Shared:
    """A document that holds `count` of the fingerprints asked for."""

    document: Sketched
    count: int


@dataclass(frozen=True, slots=True)
class Gists:
    """Mean vectors of documents, shape (n, dimension), float32, each of `passages` passages; shapes (n,)."""

    documents: tuple[Sketched, ...]
    passages: NDArray[np.int64]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Unsketched:
    """A document of which nothing is noted yet, or a gist of another encoder. `signature` may be empty."""

    id: int
    signature: bytes


def list_unsketched(connection: Connection, limit: int) -> list[Unsketched]:
    """Held documents that have no sketch of the instance's encoder, oldest first."""
    encoder = _encoder(connection)
    query = (
        select(documents.c.id, documents.c.signature)
        .outerjoin(sketches, sketches.c.document == documents.c.id)
        .where(_held(), or_(sketches.c.document.is_(None), sketches.c.encoder != encoder))
        .order_by(documents.c.id)
    )
    return [Unsketched(row.id, row.signature) for row in connection.execute(query.limit(limit))]


def note(connection: Connection, document: int, values: NDArray[np.uint32]) -> None:
    """Note fingerprints and gist of a document, in place of those that are there."""
    encoder = _encoder(connection)
    own = vectors_of(connection, document)
    row = {"gist": _gist(own), "passages": len(own), "prints": len(values), "encoder": encoder}
    known = connection.execute(update(sketches).where(sketches.c.document == document).values(row))
    if known.rowcount == 0:
        connection.execute(insert(sketches).values(row | {"document": document, "examined": False}))
    connection.execute(delete(fingerprints).where(fingerprints.c.document == document))
    rows = [{"value": value, "document": document} for value in np.unique(values).tolist()]
    if rows:
        connection.execute(insert(fingerprints), rows)


def note_gist(connection: Connection, document: int) -> None:
    """Note the gist of a document whose vectors are new; where it has no sketch yet, that comes with the others."""
    own = vectors_of(connection, document)
    values = {"gist": _gist(own), "passages": len(own), "encoder": _encoder(connection)}
    connection.execute(update(sketches).where(sketches.c.document == document).values(values))


def unexamined(database: Database, limit: int) -> list[int]:
    """Documents that were not compared with the others yet, oldest first."""
    query = (
        select(sketches.c.document)
        .join(documents, documents.c.id == sketches.c.document)
        .where(_held(), sketches.c.examined.is_(False))
        .order_by(sketches.c.document)
    )
    with database.read() as connection:
        return list(connection.scalars(query.limit(limit)))


def set_examined(connection: Connection, document: int) -> None:
    """Record that a document was compared with all others."""
    connection.execute(update(sketches).where(sketches.c.document == document).values(examined=True))


def get(connection: Connection, document: int) -> Sketched | None:
    """The sketch of a document, None when it has none (yet, or because a newer version took its place)."""
    row = connection.execute(_select().where(sketches.c.document == document)).one_or_none()
    return None if row is None else _sketched(row)


def of_works(connection: Connection, works: Iterable[str]) -> list[Sketched]:
    """Held documents of these works."""
    return [_sketched(row) for row in connection.execute(_select().where(documents.c.work.in_(list(works)), _held()))]


def prints_of(connection: Connection, document: int) -> list[int]:
    """The fingerprints of a document."""
    return list(connection.scalars(select(fingerprints.c.value).where(fingerprints.c.document == document)))


def documents_sharing(connection: Connection, document: int, values: Sequence[int]) -> list[Shared]:
    """Other held documents with fingerprints among `values`."""
    counts: dict[int, int] = {}
    for first in range(0, len(values), _VALUES):
        query = (
            select(fingerprints.c.document, func.count().label("number"))
            .where(fingerprints.c.value.in_(values[first : first + _VALUES]), fingerprints.c.document != document)
            .group_by(fingerprints.c.document)
        )
        for row in connection.execute(query):
            counts[row.document] = counts.get(row.document, 0) + row.number
    found = []
    ids = list(counts)
    for first in range(0, len(ids), _VALUES):
        rows = connection.execute(_select().where(sketches.c.document.in_(ids[first : first + _VALUES]), _held()))
        found += [Shared(_sketched(row), counts[row.id]) for row in rows]
    return found


def mean_vectors(connection: Connection) -> Gists:
    """The gists of all held documents of the instance's encoder that have passages."""
    encoder = _encoder(connection)
    query = _select(sketches.c.gist, sketches.c.passages).where(
        _held(), sketches.c.encoder == encoder, sketches.c.passages > 0
    )
    rows = connection.execute(query.order_by(documents.c.id)).all()
    counts = np.asarray([row.passages for row in rows], np.int64)
    return Gists(tuple(_sketched(row) for row in rows), counts, unpack([row.gist for row in rows]))


def vectors_of(connection: Connection, document: int) -> NDArray[np.float32]:
    """Vectors of the passages of a document in whatever state, in order, shape (passages, dimension)."""
    query = (
        select(vectors.c.vector)
        .join(passages, passages.c.id == vectors.c.passage)
        .where(passages.c.document == document)
        .order_by(passages.c.number)
    )
    return unpack(list(connection.scalars(query)))


def _gist(own: NDArray[np.float32]) -> bytes:
    return (own.mean(0) if len(own) else own).astype("<f2").tobytes()


def _encoder(connection: Connection) -> str:
    return instance_facts.encoder(connection) or ""


def _held() -> ColumnElement[bool]:
    return documents.c.state != State.SUPERSEDED.value


def _select(*more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    columns = (documents.c.id, documents.c.work, documents.c.language, sketches.c.prints, *more)
    return select(*columns).join(sketches, sketches.c.document == documents.c.id)


def _sketched(row: AnyRow) -> Sketched:
    return Sketched(row.id, row.work, row.language, row.prints)
