"""The tables of what follows from a corrected description and from a new version of a document."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table

from kb.clock import Moment
from kb.store.tables.documents import metadata

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
