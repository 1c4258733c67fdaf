"""The tables of what follows from a corrected description and from a new version of a document."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# One row a document whose passages are to be encoded again; gone when that is done.
encodings_due = Table(
    "encodings_due",
    metadata,
    Column("document", Integer, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("change", Integer, ForeignKey("document_changes.id"), nullable=False),  # that made it due
    Column("since", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
)

# One row a decision about a tag that was carried from one version of a document to the next; rows are only added.
carried_decisions = Table(
    "carried_decisions",
    metadata,
    Column("decision", Integer, ForeignKey("tag_decisions.id"), primary_key=True, autoincrement=False),
    Column("source", Integer, ForeignKey("tag_decisions.id"), nullable=False),
    Column("version", Integer, nullable=False),  # of the document that it was first made for
    Column("supported", Boolean, nullable=False),  # whether words that spoke for the tag are in the new text, too
)


# What changed of a document; rows are only ever added. What people say of tags stands in `tag_decisions`.
document_changes = Table(
    "document_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("account", Integer),  # no foreign key: history outlives the accounts it speaks of
    Column("actor", String(64), nullable=False),  # account | reader | system
    Column("kind", String(16), nullable=False),  # state | description | text | tag
    Column("field", String(32), nullable=False),  # of the description; of a state: the move
    Column("before", JSON),
    Column("after", JSON),
    Column("reason", Text, nullable=False),
    Index("ix_document_changes_document", "document"),
    sqlite_autoincrement=True,
)
