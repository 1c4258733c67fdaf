"""Tags: claims about passages and documents, with their evidence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select

from kb.documents.models import Evidence, EvidenceKind, Tag, TagState
from kb.documents.store.tag_decisions import Decision as Decision
from kb.documents.store.tag_decisions import TagPlace as TagPlace
from kb.documents.store.tag_decisions import decide as decide
from kb.documents.store.tag_decisions import history as history
from kb.documents.store.tag_decisions import touch
from kb.store.database import Database
from kb.store.tables.documents import tags
from kb.store.tables.metadata import AnyRow


def add_to_document(connection: Connection, document: int, claims: Iterable[Tag]) -> None:
    """Claims about the document as a whole."""
    _add(connection, [row_of(document, None, tag) for tag in claims])


def add_to_passages(connection: Connection, document: int, claims: Iterable[tuple[int, tuple[Tag, ...]]]) -> None:
    """Claims about passages, given as (passage id, tags)."""
    _add(connection, [row_of(document, passage, tag) for passage, several in claims for tag in several])


def add(connection: Connection, document: int, claims: Iterable[tuple[int | None, Tag]]) -> None:
    """Claims about passages, by id, or (None) about the document as a whole."""
    _add(connection, [row_of(document, passage, tag) for passage, tag in claims])


def of_document(database: Database, document: int) -> list[tuple[int | None, Tag]]:
    """All claims of a document that nobody rejected: (passage id or None, tag), best first."""
    query = (
        select(tags)
        .where(tags.c.document == document, tags.c.state != TagState.REJECTED.value)
        .order_by(tags.c.score.desc(), tags.c.id)
    )
    with database.read() as connection:
        return [(row.passage, _tag(row)) for row in connection.execute(query)]


def of_documents(connection: Connection, documents: Sequence[int] | None) -> dict[int, list[tuple[str, str]]]:
    """(scheme, notation) asserted of whole documents, best first, by document; None = of all documents."""
    query = (
        select(tags.c.document, tags.c.scheme, tags.c.notation)
        .where(tags.c.passage.is_(None), tags.c.state != TagState.REJECTED.value)
        .order_by(tags.c.document, tags.c.score.desc(), tags.c.id)
    )
    if documents is not None:
        query = query.where(tags.c.document.in_(documents))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.document].append((row.scheme, row.notation))
    return found


def of_passages(connection: Connection, passages: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """(scheme, notation) asserted of passages, best first, by passage."""
    query = (
        select(tags.c.passage, tags.c.scheme, tags.c.notation)
        .where(tags.c.passage.in_(passages), tags.c.state != TagState.REJECTED.value)
        .order_by(tags.c.score.desc(), tags.c.id)
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.passage].append((row.scheme, row.notation))
    return found


def all_of_document(connection: Connection, document: int) -> list[tuple[int | None, Tag]]:
    """All claims of a document, rejected ones too: (passage id or None, tag), in the order they were made."""
    query = select(tags).where(tags.c.document == document).order_by(tags.c.id)
    return [(row.passage, _tag(row)) for row in connection.execute(query)]


def replace(connection: Connection, document: int, claims: Iterable[tuple[int | None, Tag]]) -> None:
    """Put `claims` in place of all that was suggested; what a person decided on stays as it is."""
    rows = connection.execute(select(tags).where(tags.c.document == document, tags.c.state != TagState.SUGGESTED.value))
    decided = {(row.passage, row.scheme, row.notation) for row in rows}
    connection.execute(delete(tags).where(tags.c.document == document, tags.c.state == TagState.SUGGESTED.value))
    new = [(passage, tag) for passage, tag in claims if (passage, tag.scheme, tag.notation) not in decided]
    _add(connection, [row_of(document, passage, tag) for passage, tag in new])
    touch(connection, document)


def _add(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(tags), rows)


def row_of(document: int, passage: int | None, tag: Tag) -> dict[str, object]:
    """A claim as the table of tags holds it."""
    return {
        "document": document,
        "passage": passage,
        "scheme": tag.scheme,
        "notation": tag.notation,
        "score": tag.score,
        "evidence": evidence_row(tag),
        "method": tag.method,
        "state": tag.state.value,
    }


def evidence_row(tag: Tag) -> list[list[object]]:
    """The evidence of a claim as the table of tags holds it."""
    return [[e.start, e.end, e.kind.value] for e in tag.evidence]


def _tag(row: AnyRow) -> Tag:
    evidence = tuple(Evidence(start, end, EvidenceKind(kind)) for start, end, kind in row.evidence)
    return Tag(row.scheme, row.notation, row.score, evidence, row.method, TagState(row.state))
