"""Bytes that came in and that nothing on record needs any more: which they are, and their removal.

What documents and open jobs refer to is never among them. A file that failed can be tried again for KEPT, one that was
taken back for REGRET; then its job refers to no bytes any more. Bytes that came in lately are left alone, for they are
on the disk before they are on record. That a file came, and its digest, stays in the audit trail.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from kb.clock import now
from kb.documents.store import originals
from kb.jobs.job import JobState
from kb.store.database import Database
from kb.store.tables.documents import documents
from kb.store.tables.jobs import jobs

KEPT = timedelta(days=30)
REGRET = timedelta(hours=1)
_LATELY = timedelta(hours=1)


def sweep(database: Database, home: Path) -> int:
    """Remove what nothing needs; how many files. Whatever moment it is stopped at, nothing on record is lost."""
    with database.write() as connection:
        connection.execute(update(jobs).where(_over()).values(digest=""))
    removed = 0
    for path in unneeded(database, home, _LATELY):
        # Whoever brings the same bytes in again meanwhile finds the file, and makes it young, or finds none.
        with originals.lock(home):
            if _is_older(path, _LATELY) and not _referred(database, path):
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def unneeded(database: Database, home: Path, age: timedelta) -> list[Path]:
    """Files among the originals that are older than `age` and that nothing on record refers to."""
    with database.read() as connection:
        needed = _digests(connection)
    return [path for path in originals.list_files(home) if path.name not in needed and _is_older(path, age)]


def _over() -> ColumnElement[bool]:
    """Jobs whose time for another try is over."""
    failed = and_(jobs.c.state == JobState.FAILED.value, jobs.c.changed < now() - KEPT)
    cancelled = and_(jobs.c.state == JobState.CANCELLED.value, jobs.c.changed < now() - REGRET)
    return and_(jobs.c.digest != "", or_(failed, cancelled))


def _digests(connection: Connection) -> set[str]:
    union = select(documents.c.digest).union(select(jobs.c.digest))
    return set(connection.scalars(union))


def _referred(database: Database, path: Path) -> bool:
    held = exists().where(documents.c.digest == path.name)
    sent = exists().where(jobs.c.digest == path.name)
    with database.read() as connection:
        return bool(connection.execute(select(or_(held, sent))).scalar_one())


def _is_older(path: Path, age: timedelta) -> bool:
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return False
    return changed < now() - age
