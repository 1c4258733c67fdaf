"""The table of people who ask for an account; a row lasts until somebody has decided, and then it goes."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text, UniqueConstraint

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

account_wishes = Table(
    "account_wishes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("address", String(254), nullable=False),  # in small letters; one wish an address
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("words", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    UniqueConstraint("address", name="ux_account_wishes_address"),
    sqlite_autoincrement=True,
)
