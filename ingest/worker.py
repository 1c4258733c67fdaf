"""The worker: takes jobs one at a time and ingests their files, and is safe to kill at any moment.

A job belongs to the worker that claimed it as long as that worker says that it is alive (LEASE). Whether another worker
of the same home is dead is told by the lock that it holds on a file while it lives. What a worker that lost its job
still does is undone: the transaction that stores a document fails when the job is not its own any more.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from ingest.duplicates.detection import examine
from ingest.pipeline import Tools, Watch, Wishes, ingest_bytes
from ingest.readers.sandbox import Limits, read_once
from ingest.reencode import encode_again
from kb.documents.models import FileReport, Outcome
from kb.documents.reading import ReadError, ReadFailure, ReadFault
from kb.documents.store import documents, originals, pending_encodings, pending_statements
from kb.errors import InstanceError
from kb.jobs.job import BEAT, Job, LostJobError, Step
from kb.jobs.store import queue
from kb.store.database import Database

_LOOKS = 0.5  # seconds between two looks for something to do
OpenTools = Callable[[], AbstractContextManager[Tools]]


class Worker:
    """Works on the jobs of one instance for as long as the `with` lasts. Tools are opened for the first job."""

    def __init__(self, database: Database, home: Path, open_tools: OpenTools) -> None:
        self.database = database
        self.folder = home / "workers"
        self.home = home
        self.holder = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._open_tools = open_tools
        self._tools: Tools | None = None
        self._exit = ExitStack()
        self._ended = threading.Event()
        self._busy = threading.Event()

    def __enter__(self) -> "Worker":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._forget_the_dead()
        lock = FileLock(self.folder / f"{self.holder}.lock")
        lock.acquire(timeout=0)
        self._exit.callback(lock.release)
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        # What a file may be to blame for counts as an attempt: the job stays with this worker, which is dead from here.
        if self._busy.is_set() and (kind is None or issubclass(kind, (InstanceError, KeyboardInterrupt, SystemExit))):
            with self.database.write() as connection:
                queue.give_back(connection, self.holder)
        self._exit.close()
        self._forget_the_dead()

    def work(self, idle: float | None, wanted: Callable[[], bool]) -> None:
        """Work as long as it is `wanted`, and until there has been nothing to do for `idle` seconds; None = for ever.

        Raises InstanceError.
        """
        free_since = time.monotonic()
        while wanted() and (idle is None or time.monotonic() - free_since < idle):
            if (self.work_once(), self.encode_once(), self.read_lines_once()) == (None, None, None):
                time.sleep(_LOOKS)
            else:
                free_since = time.monotonic()

    def work_once(self) -> Job | None:
        """Work on the next job, as it was when it was taken; None when there is nothing to do."""
        with self.database.read() as connection:
            if not queue.pending(connection):
                return None
        dead = self._dead()
        with self.database.write() as connection:
            job = queue.claim(connection, self.holder, dead)
        if job is None:
            return None
        self._busy.set()
        try:
            report = self._report(job)
            with self.database.write() as connection:
                queue.finish(connection, job.id, self.holder, report)
        except LostJobError:
            pass  # whoever has it now ends it
        self._busy.clear()
        return job

    def encode_once(self) -> int | None:
        """Encode the next document again whose title or language was corrected; None when there is none."""
        with self.database.read() as connection:
            if not pending_encodings.pending(connection):
                return None
        return encode_again(self.database, self._opened().encoder)

    def read_lines_once(self) -> int | None:
        """Read what the lines of some documents treat that were stored before lines were read; None when none wait."""
        with self.database.read() as connection:
            if not pending_statements.pending(connection):
                return None
        taxonomy = self._opened().taxonomy
        scheme = None if taxonomy is None else taxonomy.by_name.get("objectives")
        return pending_statements.read_pending(self.database, scheme)

    def _opened(self) -> Tools:
        if self._tools is None:
            self._tools = self._exit.enter_context(self._open_tools())
        return self._tools

    def _report(self, job: Job) -> FileReport:
        if job.document is not None:
            return self._compared(job, job.document)
        tools = self._opened()
        try:
            return self._ingested(job, tools)
        except ReadError as error:
            return FileReport(job.name, Outcome(error.failure.value), error.remark)

    def _ingested(self, job: Job, tools: Tools) -> FileReport:
        def at(step: Step) -> None:
            with self.database.write() as connection:
                queue.at(connection, job.id, self.holder, step)

        data = _kept(self.home, job, tools.sandbox.limits)
        origin, owner = self._place(job)
        wishes = Wishes(False, job.wishes.type, job.wishes.countries, owner, job.owner)
        watch = Watch(at, queue.when_stored(job, self.holder))
        report = ingest_bytes(job.name, origin, data, tools, wishes, watch)
        return self._told(job, report.outcome, report.document) if report.passages else _discreet(report)

    def _compared(self, job: Job, document: int) -> FileReport:
        """The end of a job whose document was stored by a worker that died after that."""
        examine(self.database, document)
        with self.database.read() as connection:
            new = documents.get(connection, document).previous is None
        return self._told(job, Outcome.STORED if new else Outcome.NEW_VERSION, document)

    def _told(self, job: Job, outcome: Outcome, document: int | None) -> FileReport:
        """What is told of a document that was stored; not which others it is like, for they may be other people's."""
        with self.database.read() as connection:
            warnings = () if document is None else documents.get(connection, document).warnings
        return FileReport(job.name, outcome, None, document, 0, warnings)

    def _place(self, job: Job) -> tuple[str, int]:
        """What tells this file from others, and whose it is.

        Two files of one name are two documents. A new version has the origin and the owner of the one before, whoever
        sends it.
        """
        if job.wishes.replaces is None:
            return f"upload/{job.id}", job.owner
        with self.database.read() as connection:
            replaced = documents.get(connection, job.wishes.replaces)
        return replaced.source.origin, job.owner if replaced.owner is None else replaced.owner

    # --- who lives ---

    def _beat(self) -> None:
        while not self._ended.wait(BEAT.total_seconds()):
            if self._busy.is_set():
                with self.database.write() as connection:
                    queue.beat(connection, self.holder)

    def _dead(self) -> list[str]:
        """Workers of this home that have a job and do not live."""
        with self.database.read() as connection:
            held = queue.holders(connection)
        return [holder for holder in held if holder != self.holder and _is_dead(self.folder / f"{holder}.lock")]

    def _forget_the_dead(self) -> None:
        """Remove the files of workers that do not live and left no job behind; this one's, too, at its end."""
        with self.database.read() as connection:
            held = {f"{holder}.lock" for holder in queue.holders(connection)}
        for path in self.folder.glob("*.lock"):
            if path.name not in held and _is_dead(path):
                path.unlink(missing_ok=True)


def _is_dead(path: Path) -> bool:
    """Whether nobody holds the lock; no file = nothing is known (a worker on another machine)."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


def _discreet(report: FileReport) -> FileReport:
    """A report without the name of a file that may be another person's."""
    return replace(report, message=None)


def _kept(home: Path, job: Job, limits: Limits) -> bytes:
    """The bytes that were sent. Raises ReadError."""
    try:
        return read_once(originals.path_of(home, job.digest), limits)
    except ReadError as error:
        if error.failure is ReadFailure.TOO_LARGE:
            raise
        raise ReadError(ReadFault.UPLOAD_GONE) from error
