"""Lines that state which objectives they treat: stored with the document, read for its page and for the objective's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, insert, select

from kb.documents.models import Statement
from kb.documents.speaks_of import VERSION
from kb.documents.store import passages
from kb.documents.store.state_conditions import is_public
from kb.store.tables.documents import documents as documents_table
from kb.store.tables.documents import passages as passages_table
from kb.store.tables.documents import statements as table
from kb.store.tables.documents import statements_read
from kb.store.tables.metadata import AnyRow


@dataclass(frozen=True, slots=True)
class StatedIn:
    """A line of a public document, as the page of an objective shows it."""

    document: int
    heading: tuple[str, ...]
    language: str
    page: int | None
    statement: Statement


def put(connection: Connection, document: int, found: Iterable[Statement]) -> None:
    """Store the lines of a document in place of those that are there."""
    connection.execute(delete(table).where(table.c.document == document))
    ids = {passage.number: number for number, passage in passages.of_document(connection, document)}
    rows = [_row(document, ids[one.passage], one) for one in found if one.passage in ids]
    if rows:
        connection.execute(insert(table), rows)
    connection.execute(delete(statements_read).where(statements_read.c.document == document))
    connection.execute(insert(statements_read).values(document=document, version=VERSION))


def of_document(connection: Connection, document: int) -> list[Statement]:
    """The lines of a document, in order."""
    query = _with_passages().where(table.c.document == document).order_by(table.c.start, table.c.id)
    return [_statement(row) for row in connection.execute(query)]


def of_objective(connection: Connection, notation: str) -> list[StatedIn]:
    """The lines of public documents that state one objective, the newest documents first, in order."""
    query = (
        _with_passages(passages_table.c.heading, passages_table.c.language, passages_table.c.page)
        .join(documents_table, documents_table.c.id == table.c.document)
        .where(table.c.notation == notation, is_public())
        .order_by(documents_table.c.date.desc(), table.c.document.desc(), table.c.start)
    )
    return [
        StatedIn(row.document, tuple(row.heading), row.language, row.page, _statement(row))
        for row in connection.execute(query)
    ]


def of_documents(connection: Connection, wanted: Sequence[int] | None) -> dict[int, tuple[str, ...]]:
    """The objectives that lines of documents treat, in the order they come, by document; None = of all documents."""
    query = select(table.c.document, table.c.notation).where(table.c.general.is_(False)).order_by(table.c.start)
    if wanted is not None:
        query = query.where(table.c.document.in_(wanted))
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.document][row.notation] = None
    return {document: tuple(notations) for document, notations in found.items()}


def _with_passages(*more: ColumnElement[Any]) -> Select[Any]:
    return select(table, passages_table.c.number, *more).join(passages_table, passages_table.c.id == table.c.passage)


def _row(document: int, passage: int, one: Statement) -> dict[str, object]:
    return {
        "document": document,
        "passage": passage,
        "notation": one.notation,
        "start": one.start,
        "end": one.end,
        "said_start": one.said[0],
        "said_end": one.said[1],
        "text": one.text,
        "general": one.general,
    }


def _statement(row: AnyRow) -> Statement:
    said = row.said_start, row.said_end
    return Statement(row.notation, row.number, row.start, row.end, said, row.text, row.general)
