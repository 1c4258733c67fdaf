"""Jobs: what becomes of a file that somebody sent in, from its arrival to its outcome."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kb.documents.models import Outcome
from kb.documents.reading import Remark
from kb.errors import KbError

LEASE = timedelta(seconds=60)  # a worker that has not said for so long that it is alive has lost its job
BEAT = timedelta(seconds=10)  # how often it says so
MOST_ATTEMPTS = 3  # a file on which the worker died so often is left alone
MOST_WAITING = 500  # files of one account that may wait at a time


class JobRefusal(StrEnum):
    """Why a job is not taken, or not changed, as asked."""

    STATE = "state"  # not in the state it is in
    BYTES = "bytes"  # they are not here any more
    MANY = "many"  # so many of this person wait already


class LostJobError(KbError):
    """The job went to another worker, for this one had been silent for too long; nothing of it may be stored."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in (JobState.WAITING, JobState.RUNNING)


class Step(StrEnum):
    """What is being done of a running job, in order."""

    READING = "reading"
    TAGGING = "tagging"
    COMPARING = "comparing"  # the document is stored; it is compared with the others


INTERRUPTED = "interrupted"  # outcome of a job on which the worker died time and again


@dataclass(frozen=True, slots=True)
class JobWishes:
    """What the person who sends files says of all of them; empty = let the file tell. `replaces` is a document."""

    type: str = ""
    countries: tuple[str, ...] = ()
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came in: kept under its digest, or turned away at the door with an outcome and the reason."""

    name: str
    digest: str
    size: int
    outcome: Outcome | None = None
    message: Remark | None = None
    document: int | None = None  # that holds the same bytes


@dataclass(frozen=True, slots=True)
class Job:
    """The work on one file. `outcome` is one of `Outcome`, INTERRUPTED, or "" as long as there is none."""

    id: int
    owner: int
    upload: str
    name: str
    digest: str
    size: int
    wishes: JobWishes
    state: JobState
    step: str
    outcome: str
    message: Remark | None
    warnings: tuple[Remark, ...]
    document: int | None
    created: datetime
    changed: datetime
    attempts: int

    @property
    def can_be_retried(self) -> bool:
        """Whether trying again makes sense: it failed or was cancelled, and its bytes are here."""
        return self.state in (JobState.FAILED, JobState.CANCELLED) and bool(self.digest)

    @property
    def can_be_cancelled(self) -> bool:
        return self.state is JobState.WAITING


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are asked for; None and "" = any."""

    owner: int | None = None
    state: JobState | None = None
    upload: str = ""
    before: int | None = None  # jobs with smaller numbers than this
    limit: int = 100
