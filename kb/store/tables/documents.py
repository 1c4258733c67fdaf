"""The tables; any change here needs a migration beside it, and a test compares the two."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("work", String(64), nullable=False),  # shared by the translations, versions and formats of one text
    Column("signature", LargeBinary, nullable=False),  # of the text; uint32 values that near-same texts share
    Column("name", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("format", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("previous", Integer, ForeignKey("documents.id")),
    Column("revision", Integer, nullable=False),  # of the instance, when the public last saw it change
    Column("title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("type", String(32), nullable=False),
    Column("date", String(10), nullable=False),
    Column("countries", JSON, nullable=False),
    Column("stated_objectives", JSON),
    Column("translations", JSON, nullable=False),
    Column("provenance", Text, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("blocks", JSON, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("page_count", Integer),
    Column("warnings", JSON, nullable=False),
    Column("created", Moment, nullable=False),
    Column("owner", Integer),  # account that brought it; null: read in on the command line
    Index("ix_documents_work", "work"),
    Index("ix_documents_origin", "origin"),
    Index("ix_documents_revision", "revision"),
    # The same bytes are held once; replaced versions may come back.
    Index(
        "ux_documents_digest",
        "digest",
        unique=True,
        sqlite_where=text("state != 'superseded'"),
        postgresql_where=text("state != 'superseded'"),
    ),
    sqlite_autoincrement=True,  # ids are never given twice, not even after a deletion
)

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("page_end", Integer),
    Column("heading", JSON, nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("document", "number", name="ux_passages_document_number"),
    sqlite_autoincrement=True,
)

# One row a passage: the pooled vector, little-endian float16.
vectors = Table(
    "vectors",
    metadata,
    Column("passage", Integer, ForeignKey("passages.id"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# One row a passage: the quantised vectors of its tokens. Apart from `vectors`, which is read as a whole.
token_vectors = Table(
    "token_vectors",
    metadata,
    Column("passage", Integer, ForeignKey("passages.id"), primary_key=True),
    Column("codes", LargeBinary, nullable=False),
)

# Claims with evidence. `passage` is null for a claim about the whole document.
tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("passage", Integer, ForeignKey("passages.id")),
    Column("scheme", String(64), nullable=False),
    Column("notation", String(64), nullable=False),
    Column("score", Float, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("method", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Index("ix_tags_document", "document"),
    Index("ix_tags_passage", "passage"),
    Index("ix_tags_concept", "scheme", "notation"),
)

# Lines that state which objectives they treat: one row a line and objective; see kb.documents.speaks_of.
statements = Table(
    "statements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("passage", Integer, ForeignKey("passages.id"), nullable=False),  # that shows the line
    Column("notation", String(64), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("said_start", Integer, nullable=False),  # of the number of the objective
    Column("said_end", Integer, nullable=False),
    Column("text", Text, nullable=False),  # of the line
    Column("general", Boolean, nullable=False),  # part of a list of nearly all objectives
    Index("ix_statements_document", "document"),
    Index("ix_statements_notation", "notation"),
)

# By which version of the rules the lines of a document were read. A document that is missing is read by the worker.
statements_read = Table(
    "statements_read",
    metadata,
    Column("document", Integer, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
