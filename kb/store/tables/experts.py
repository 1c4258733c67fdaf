"""The tables of the connection hub: experts, their works and files, organisations, requests, and rankings."""

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
    false,
)

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

experts = Table(
    "experts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False),  # what an import calls the person; importing again replaces
    Column("profile", JSON, nullable=False),  # see kb.profiles
    Column("sample", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("owned", Moment),  # since when the person looks after it; an import leaves it alone from then on
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
    Column("file", Integer),  # the one of expert_files it was read from
    Column("request", Integer),  # the request it was served in, for an assignment of the hub
    Column("shown", Boolean, nullable=False, default=False, server_default=false()),  # its title, on the public list
    Index("ix_expert_works_expert", "expert"),
    sqlite_autoincrement=True,
)

# A file that a person sent. Only what was read from it is kept, as works; the bytes are not.
expert_files = Table(
    "expert_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("expert", Integer, ForeignKey("experts.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256, so that the same file is not read in twice
    Column("added", Moment, nullable=False),
    Index("ix_expert_files_expert", "expert"),
    sqlite_autoincrement=True,
)

# Names of one organisation, as the secretariat keeps them beside the vocabulary of entities.
organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("names", JSON, nullable=False),
    Column("changed", Moment, nullable=False),
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


# How a person is reached, and which of their fields are shown to whom beyond the secretariat.
expert_contacts = Table(
    "expert_contacts",
    metadata,
    Column("expert", Integer, ForeignKey("experts.id"), primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id")),
    Column("email", String(254), nullable=False),
    Column("language", String(8), nullable=False),
    Column("hidden", JSON, nullable=False),  # fields that are shown to nobody but the person
    Column("digest", String(64)),  # of the link by which the person consents
    Column("expires", Moment),
    UniqueConstraint("account", name="ux_expert_contacts_account"),
    UniqueConstraint("digest", name="ux_expert_contacts_digest"),
)
