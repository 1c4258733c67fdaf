"""Tagging models learnt in this instance: each kept as a version, one of them in use."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from kb.clock import now
from kb.errors import UsageError
from kb.store import instance_facts
from kb.store.tables.tagging import tag_models

_IN_USE = "tag_model"  # id of the version in use; empty or missing: the model that is shipped


@dataclass(frozen=True, slots=True)
class LearntModel:
    """A version; `previous` is None where it replaced the shipped one. `model` is what ingest.tagging.model records."""

    id: int
    previous: int | None
    made: datetime
    model: dict[str, object]
    report: dict[str, object]


def in_use(connection: Connection) -> LearntModel | None:
    """The version in use, None for the model that is shipped."""
    number = number_in_use(connection)
    if not number:
        return None
    row = connection.execute(select(tag_models).where(tag_models.c.id == number)).one()
    return LearntModel(row.id, row.previous, row.made, row.model, row.report)


def number_in_use(connection: Connection) -> int:
    """Number of the version in use, 0 for the model that is shipped."""
    return int(instance_facts.get(connection, _IN_USE) or 0)


def last_number(connection: Connection) -> int:
    """Number of the newest version, in use or not; 0 where there is none."""
    return int(connection.execute(select(func.max(tag_models.c.id))).scalar() or 0)


def keep(connection: Connection, model: dict[str, object], report: dict[str, object]) -> int:
    """Store a new version and use it; its number."""
    before = in_use(connection)
    result = connection.execute(
        insert(tag_models).values(previous=before.id if before else None, made=now(), model=model, report=report)
    )
    number = int(result.inserted_primary_key[0])  # type: ignore[index]
    instance_facts.put(connection, _IN_USE, str(number))
    return number


def go_back(connection: Connection) -> LearntModel | None:
    """Use the version before the one in use again, None for the shipped model. Raises UsageError where there is none.

    Versions stay; the history of decisions is not touched.
    """
    before = in_use(connection)
    if before is None:
        raise UsageError("The model in use is the one that comes with the platform; there is none before it.")
    instance_facts.put(connection, _IN_USE, str(before.previous or ""))
    return in_use(connection)
