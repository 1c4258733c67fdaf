"""The tables of the connection hub: experts and their works, requests, and what was proposed."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kb.store.moment import Moment
from kb.store.schema import metadata

experts = Table(
    "experts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False),  # what an import calls the person; importing again replaces
    Column("profile", JSON, nullable=False),  # see kb.profiles
    Column("sample", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    UniqueConstraint("code", name="ux_experts_code"),
    sqlite_autoincrement=True,
)

# `kind` "statement" is expertise in a person's own words, for who has no works.
expert_works = Table(
    "expert_works",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("expert", Integer, ForeignKey("experts.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("year", Integer),
    Column("link", Text, nullable=False),
    Index("ix_expert_works_expert", "expert"),
    sqlite_autoincrement=True,
)

# One row an encoded work: vectors as little-endian float16, codes of its tokens, and likeness to each objective.
work_vectors = Table(
    "work_vectors",
    metadata,
    Column("work", Integer, ForeignKey("expert_works.id"), primary_key=True),
    Column("encoder", String(128), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("tokens", LargeBinary, nullable=False),
    Column("concepts", JSON, nullable=False),
    Column("method", String(64), nullable=False),  # that told the concepts
)

support_requests = Table(
    "support_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("owner", Integer, ForeignKey("accounts.id")),  # who filed it; NULL for a sample
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Index("ix_support_requests_stage", "stage"),
    sqlite_autoincrement=True,
)

# A ranking as it stood when somebody decided on it; never changed afterwards.
matches = Table(
    "matches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("support_requests.id"), nullable=False),
    Column("ranking", JSON, nullable=False),
    Column("created", Moment, nullable=False),
    Index("ix_matches_request", "request"),
    sqlite_autoincrement=True,
)
