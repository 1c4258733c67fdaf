"""The table of the audit trail."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, UniqueConstraint

from kb.store.tables.metadata import metadata

# Append-only; see kb.store.audit. `time` is text, as the hash covers it character by character.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("time", String(32), nullable=False),
    Column("account", Integer),  # no foreign key: the trail outlives what it speaks of
    Column("actor", String(64), nullable=False),  # account | reader | system
    Column("action", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("key", String(128), nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_object", "kind", "key"),
    Index("ix_audit_account", "account"),
    UniqueConstraint("previous", name="ux_audit_previous"),
)
