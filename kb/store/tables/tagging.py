"""The tables of what people decide about tags, and of what was learnt from it."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# What a person said of a tag; rows are only ever added, the newest one of a concept and place counts. Place, concept
# and score are repeated here, since retagging replaces tags. `passage` is null for the document as a whole.
tag_decisions = Table(
    "tag_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("passage", Integer, ForeignKey("passages.id")),
    Column("scheme", String(64), nullable=False),
    Column("notation", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),  # accepted | rejected | added | withdrawn
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("score", Float),  # of the tag when it was decided on; null where there was none
    Column("method", String(64), nullable=False),  # that had given the score
    Index("ix_tag_decisions_document", "document"),
    sqlite_autoincrement=True,
)

# Models learnt in this instance, kept for good; which one is in use is a fact about the instance.
tag_models = Table(
    "tag_models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("previous", Integer, ForeignKey("tag_models.id")),  # in use before it; null: the one that was shipped
    Column("made", Moment, nullable=False),
    Column("model", JSON, nullable=False),  # see ingest.tagging.model
    Column("report", JSON, nullable=False),  # measures before and after
    sqlite_autoincrement=True,
)
