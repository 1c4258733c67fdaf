"""Arrivals: files that people send in, kept durably with a job each, or turned away with an outcome and the reason."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.readers.file_types import supported
from ingest.readers.sandbox import MEGABYTE, plain_name
from kb.accounts.account import Actor
from kb.documents.models import Outcome, Source
from kb.documents.reading import ReadFault, Remark
from kb.documents.store import documents, originals
from kb.errors import RefusedError
from kb.jobs.job import MOST_WAITING, JobFilter, JobRefusal, JobState, JobWishes, Sent
from kb.jobs.store import queue
from kb.store.database import Database

MOST_FILES = 100  # in one go


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in."""

    name: str
    source: BinaryIO


@dataclass(frozen=True, slots=True)
class Intake:
    """Where files are taken in: the records and the home of an instance, and the largest file it reads."""

    database: Database
    home: Path
    file_mb: int


def receive(desk: Intake, by: Actor, arrivals: Sequence[Upload], wishes: JobWishes) -> str:
    """Take files in; the name of the upload, under which their jobs are found.

    When this returns, every file is on the disk and on record. Raises RefusedError when too many wait already.
    """
    with desk.database.read() as connection:
        counted = queue.counts(connection, JobFilter(owner=by.account))
    waiting = counted.get(JobState.WAITING, 0)
    if waiting + len(arrivals) > MOST_WAITING:
        raise RefusedError(
            JobRefusal.MANY, f"{waiting} of your files wait already; send more when some of them are done."
        )
    upload = secrets.token_hex(8)
    sent = [_sent(desk, arrival) for arrival in arrivals]
    with desk.database.write() as connection:
        queue.submit(connection, by, upload, sent, wishes)
    return upload


def _sent(desk: Intake, arrival: Upload) -> Sent:
    name = plain_name(arrival.name)
    if not supported(name):
        return Sent(name, "", 0, Outcome.REFUSED)
    taken = originals.take(desk.home, arrival.source, desk.file_mb * MEGABYTE)
    if taken is None:
        remark = Remark(ReadFault.LARGE_UPLOAD, {"most": desk.file_mb})
        return Sent(name, "", desk.file_mb * MEGABYTE, Outcome.TOO_LARGE, remark)
    known = documents.recognise_bytes(desk.database, Source(name, "", taken.digest, taken.size), False)
    if known is not None:
        return Sent(name, taken.digest, taken.size, known.outcome, None, known.document)
    return Sent(name, taken.digest, taken.size)
