"""The tables of what happens to requests: events, proposals, and how an expert is reached."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# Only ever added to. `expert` is a number and no foreign key: it stays when the person is erased.
request_events = Table(
    "request_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("support_requests.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("account", Integer),
    Column("kind", String(16), nullable=False),
    Column("stage", String(16), nullable=False),  # "" when it did not move
    Column("expert", Integer),
    Column("text", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Index("ix_request_events_request", "request"),
    sqlite_autoincrement=True,
)

# Of the secret of an invitation only the SHA-256 is stored.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("support_requests.id"), nullable=False),
    Column("expert", Integer, nullable=False),
    Column("ranking", Integer, ForeignKey("matches.id")),
    Column("rank", Integer),
    Column("reason", Text, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("digest", String(64)),
    Column("created", Moment, nullable=False),
    Column("invited", Moment),
    Column("expires", Moment),
    Column("answered", Moment),
    Column("why", String(16), nullable=False),
    Column("answer", Text, nullable=False),
    UniqueConstraint("digest", name="ux_proposals_digest"),
    Index("ix_proposals_request", "request"),
    Index("ix_proposals_expert", "expert"),
    sqlite_autoincrement=True,
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
