"""The records of an instance as the standard library reads them, not the code that wrote them."""

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENDED = ("done", "failed", "cancelled")
_PATIENCE = 1800  # seconds that all jobs may take to end
_COUNTS = """select d.name, count(p.id), count(v.passage), count(t.passage),
  (select count(*) from tags where tags.document = d.id), length(d.text), d.state, d.digest
  from documents d left join passages p on p.document = d.id left join vectors v on v.passage = p.id
  left join token_vectors t on t.passage = p.id group by d.id order by d.name"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds of one document."""

    passages: int
    vectors: int
    token_vectors: int
    tags: int
    characters: int
    state: str
    digest: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """What the database holds of one job."""

    id: int
    name: str
    state: str
    outcome: str
    document: int | None
    attempts: int
    digest: str


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds; nothing where the tables were not made yet."""
    database = home / "kb.sqlite"
    if not database.exists():
        return []
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # killed before they were
                return []
            raise


def stored(home: Path) -> dict[str, Stored]:
    """Documents by name."""
    found = rows(home, _COUNTS)
    assert len({name for name, *_ in found}) == len(found), "a document is there twice"
    return {name: Stored(*counts) for name, *counts in found}


def jobs(home: Path) -> list[JobRow]:
    """Every job, in the order they were sent."""
    query = "select id, name, state, outcome, document, attempts, digest from jobs order by id"
    return [JobRow(*row) for row in rows(home, query)]


def ended(home: Path, patience: float = _PATIENCE) -> list[JobRow]:
    """Jobs that have ended, once all have, or patience has."""
    deadline = time.monotonic() + patience
    while True:
        found = jobs(home)
        over = [job for job in found if job.state in ENDED]
        if len(over) == len(found) or time.monotonic() > deadline:
            return over
        time.sleep(0.2)


def damaged(home: Path, digests: Collection[str]) -> list[str]:
    """What is wrong with the file of the database, and with originals that must be there."""
    faults = []
    for digest in sorted(digests):
        original = home / "originals" / digest[:2] / digest
        if not original.exists() or hashlib.sha256(original.read_bytes()).hexdigest() != digest:
            faults.append(f"the original {digest} is missing or torn")
    if rows(home, "pragma integrity_check") not in ([], [("ok",)]):
        faults.append("the database is damaged")
    if rows(home, "pragma foreign_key_check"):
        faults.append("records refer to others that are not there")
    return faults


def compared(home: Path, reference: Mapping[str, Stored]) -> list[str]:
    """Documents that are not what they are in `reference`, and whatever is missing or refers to nothing."""
    found = stored(home)
    faults = [f"{name} is {one}" for name, one in found.items() if one != reference.get(name)]
    return faults + damaged(home, {one.digest for one in found.values()})
