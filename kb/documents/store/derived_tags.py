"""Groups that follow from what a document is about, kept in step with what people decide."""

from sqlalchemy import Connection, delete, insert, select, update

from kb.documents.derived_tags import DERIVED, with_derived_tags
from kb.documents.models import Tag, TagState
from kb.documents.store import tags
from kb.documents.store.documents import Then
from kb.store.tables.documents import tags as table
from kb.vocabularies.skos import Taxonomy


def follow(connection: Connection, taxonomy: Taxonomy, document: int) -> None:
    """Let the thematic areas and round tables of a document follow from its objectives as they are decided now.

    What a person decided of a group stays; the caller's transaction decided on something, and lets searchers notice.
    """
    whole = [tag for passage, tag in tags.all_of_document(connection, document) if passage is None]
    decided = {(tag.scheme, tag.notation) for tag in whole if tag.state is not TagState.SUGGESTED}
    wanted = with_derived_tags(taxonomy, [tag for tag in whole if tag.state is not TagState.REJECTED])
    follows = {(t.scheme, t.notation): t for t in wanted if t.method == DERIVED}
    _put(connection, document, {key: tag for key, tag in follows.items() if key not in decided})


def carry_and_derive(taxonomy: Taxonomy | None, then: Then | None) -> Then:
    """What belongs to the transaction that stores a document to which decisions were carried, with `then` after it."""

    def both(connection: Connection, document: int) -> None:
        if taxonomy is not None:
            follow(connection, taxonomy, document)
        if then is not None:
            then(connection, document)

    return both


def _put(connection: Connection, document: int, wanted: dict[tuple[str, str], Tag]) -> None:
    """Make the suggested groups those that are `wanted`; rows of those that stay keep their numbers."""
    mine = (table.c.document == document, table.c.passage.is_(None), table.c.method == DERIVED)
    for row in connection.execute(select(table).where(*mine, table.c.state == TagState.SUGGESTED.value)).all():
        tag = wanted.pop((row.scheme, row.notation), None)
        here = table.c.id == row.id
        if tag is None:
            connection.execute(delete(table).where(here))
        else:
            connection.execute(update(table).where(here).values(score=tag.score, evidence=tags.evidence_row(tag)))
    if wanted:
        connection.execute(insert(table), [tags.row_of(document, None, tag) for tag in wanted.values()])
