"""The tables of what happens to requests: events, proposals, and how an expert is reached."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from kb.clock import Moment
from kb.store.tables.documents import metadata

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
