"""Practices: the fields that a form or a Word template gave, kept beside the document that tells them."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from kb.store.tables.jobs import practices


def put(connection: Connection, document: int, fields: Sequence[tuple[str, str]]) -> None:
    """Keep the fields of a practice, as (field, text)."""
    connection.execute(insert(practices).values(document=document, fields=dict(fields)))


def get(connection: Connection, document: int) -> dict[str, str] | None:
    """The fields of a practice; None when the document is none, or was not made with the form or the template.

    They may name a focal point: to be shown only to those who see the submission.
    """
    found = connection.execute(select(practices.c.fields).where(practices.c.document == document)).scalar()
    return None if found is None else dict(found)
