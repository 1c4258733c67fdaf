"""Moments in the database: UTC on the way in, aware of it on the way out."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
