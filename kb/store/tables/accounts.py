"""The tables of accounts, of how people sign in, and of the audit trail."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False),  # as it is written to
    Column("address", String(254), nullable=False),  # the same in small letters: what is unique, and signed in with
    Column("name", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password", Text, nullable=False),  # argon2 hash; "" until one is chosen
    Column("created", Moment, nullable=False),
    UniqueConstraint("address", name="ux_accounts_address"),
    sqlite_autoincrement=True,
)

account_roles = Table(
    "account_roles",
    metadata,
    Column("account", Integer, ForeignKey("accounts.id"), primary_key=True),
    Column("role", String(16), primary_key=True),
)

# Only the SHA-256 of any secret is stored (sessions, links, tokens): whoever reads the database cannot use them.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("ended", Moment),
    Column("address", String(64), nullable=False),  # network address it was opened from
    Column("browser", Text, nullable=False),
    UniqueConstraint("digest", name="ux_sessions_digest"),
    Index("ix_sessions_account", "account"),
    sqlite_autoincrement=True,
)

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("purpose", String(16), nullable=False),  # invitation | reset
    Column("digest", String(64), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    UniqueConstraint("digest", name="ux_one_time_links_digest"),
    Index("ix_one_time_links_account", "account"),
    sqlite_autoincrement=True,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),  # last, to the hour
    Column("ended", Moment),
    UniqueConstraint("digest", name="ux_api_tokens_digest"),
    Index("ix_api_tokens_account", "account"),
    sqlite_autoincrement=True,
)

# Failed attempts to sign in, by whom or from where (a digest of either).
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("last", Moment, nullable=False),
)
