"""Conditions of a query on the states its documents are in."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement

from kb.documents.state import PUBLIC, State
from kb.store.tables.documents import documents


def in_states(states: Iterable[State], state: ColumnElement[str] = documents.c.state) -> ColumnElement[bool]:
    """That a document is in one of these states; `state` is the column of another alias of the table."""
    return state.in_([each.value for each in states])


def is_public(state: ColumnElement[str] = documents.c.state) -> ColumnElement[bool]:
    """That readers find a document."""
    return in_states(PUBLIC, state)
