"""What all tables are part of, and the facts of an instance."""

from typing import Any

from sqlalchemy import (
    Column,
    MetaData,
    Row,
    String,
    Table,
    Text,
)

metadata = MetaData()


AnyRow = Row[*tuple[Any, ...]]  # a row of whatever columns were asked for


# Facts about the instance itself: which encoder its vectors come from, the revision of what is published.
instance = Table(
    "instance",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
