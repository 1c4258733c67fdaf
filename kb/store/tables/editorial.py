"""The tables of the history of documents and of their reviews."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# One row a reviewer who was asked, in one round of a document.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("reviewer", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("side", String(16), nullable=False),  # internal | external
    Column("asked", Moment, nullable=False),
    Column("asked_by", Integer),
    Column("due", Date, nullable=False),
    Column("opened", Moment),  # when the reviewer first read the file
    Column("recommendation", String(16)),
    Column("letter", Text, nullable=False),  # of the reviewer to the editor
    Column("given", Moment),
    Column("ending", String(16)),  # declined | released
    Column("ending_reason", Text, nullable=False),
    UniqueConstraint("document", "round", "reviewer", name="ux_reviews_reviewer"),
    Index("ix_reviews_reviewer", "reviewer"),
    sqlite_autoincrement=True,
)

# What reviewers said of their conflicts; rows are only ever added, the newest one of a review counts.
review_declarations = Table(
    "review_declarations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("review", Integer, ForeignKey("reviews.id"), nullable=False),
    Column("conflict", Boolean, nullable=False),
    Column("interests", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_review_declarations_review", "review"),
    sqlite_autoincrement=True,
)

# What reviewers say of passages; `start` and `end` are offsets into the stored text. A comment taken back stays.
review_comments = Table(
    "review_comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("review", Integer, ForeignKey("reviews.id"), nullable=False),
    Column("passage", Integer, ForeignKey("passages.id")),  # null: of the document as a whole
    Column("start", Integer),
    Column("end", Integer),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("taken_back", Moment),
    Index("ix_review_comments_review", "review"),
    sqlite_autoincrement=True,
)
