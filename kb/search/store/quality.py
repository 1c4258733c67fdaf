"""The last measurement of an instance's search, kept among the facts about the instance."""

from kb.search.quality import Measurement, from_text, to_text
from kb.store import instance_facts
from kb.store.database import Database

_KEY = "measurement"


def keep(database: Database, measurement: Measurement) -> None:
    """Store a measurement in place of the last one."""
    with database.write() as connection:
        instance_facts.put(connection, _KEY, to_text(measurement))


def last(database: Database) -> tuple[Measurement | None, int]:
    """The last measurement, None when there is none, and the revision the instance has now."""
    with database.read() as connection:
        text = instance_facts.get(connection, _KEY)
        return (from_text(text) if text else None), instance_facts.revision(connection)
