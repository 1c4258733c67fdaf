"""The table of terms that an instance added, corrected or retired."""

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# One row a term that differs from the glossary that is shipped. `facts` are null where it is only retired.
terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("term", String(128), nullable=False, unique=True),
    Column("facts", JSON),  # see kb.terms.store.terms
    Column("retired", Boolean, nullable=False),
    Column("changed", Moment, nullable=False),
    sqlite_autoincrement=True,
)
