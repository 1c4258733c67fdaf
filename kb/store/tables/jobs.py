"""The tables of what people send in: a job for each file, and what the form of a practice tells."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# One row a file that was sent in. Its bytes are among the originals, under `digest` ("" when they were not kept).
jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", Integer, nullable=False),  # account that sent it
    Column("upload", String(32), nullable=False),  # shared by the files that were sent in one go
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("wishes", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("step", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),  # "" until there is one
    Column("message", Text, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("document", Integer, ForeignKey("documents.id")),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("holder", String(64), nullable=False),  # the worker that has it; "" when none has
    Column("beat", Moment),  # when that worker last said that it is alive
    Index("ix_jobs_state", "state"),
    Index("ix_jobs_owner", "owner"),
    Index("ix_jobs_document", "document"),
    sqlite_autoincrement=True,
)

# Fields of a practice as its form or its template gave them; those that name a person are in no text of a document.
practices = Table(
    "practices",
    metadata,
    Column("document", Integer, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("fields", JSON, nullable=False),
)
