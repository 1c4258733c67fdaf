"""Workers that are killed in the middle of jobs.

An instance is given files of every format, good ones and bad ones, one job each. A worker is started and killed at a
random moment after it has ended another job; then the next is started, until all kills are done; the last one may
finish, in this process. Then must hold: every job has ended with the outcome its file has in an instance that nobody
disturbs; every good file is one document, with as many passages, vectors and tags as there; each document was stored by
one job; no worker's lock is left.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from ingest.uploads import Intake, Upload, receive
from ingest.worker import Worker
from kb.accounts.account import SYSTEM, Role
from kb.accounts.store import accounts
from kb.cli import bootstrap
from kb.config import Settings
from kb.jobs.job import JobWishes
from kb.store.database import open_database
from tests.support.kills import records, samples
from tests.support.kills.processes import kb

_SEED = 29
_BAD = {
    "empty.txt": (b"", "no-text"),
    "broken.pdf": (b"%PDF-1.7 and nothing else", "damaged"),
    "zip.docx": (b"PK no", "refused"),
}


@dataclass(slots=True)
class Report:
    """What became of all jobs. Everything in `faults` is a failure."""

    jobs: int = 0
    kills: int = 0
    in_the_middle: int = 0  # kills that left a job running
    begun_again: int = 0  # attempts beyond the first
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def crash(folder: Path, kills: int, seed: int = _SEED) -> Report:
    """Send files in, and kill workers on them, `kills` times."""
    began, chance = time.monotonic(), random.Random(seed)
    files = {samples.name_of(n): samples.bytes_of(n) for n in range(2 * kills + 6)}
    files |= {name: data for name, (data, _outcome) in _BAD.items()}
    home, undisturbed = folder / "home", folder / "undisturbed"
    for place in (undisturbed, home):
        _send(place, files)
    work(undisturbed)
    report = Report(jobs=len(files))
    for _ in range(kills):
        _killed(home, chance, report)
    work(home)
    report.faults += _faults(home, undisturbed)
    report.begun_again = sum(job.attempts - 1 for job in records.jobs(home))
    report.seconds = round(time.monotonic() - began, 1)
    return report


def work(home: Path) -> None:
    """Work on all jobs that are open, in this process."""
    settings = Settings(home=home, encoder="hashing")
    instance = bootstrap.Instance(settings, open_database(settings.url, home))
    with Worker(instance.database, home, lambda: bootstrap.open_tools(instance)) as worker:
        while worker.work_once():
            pass
    instance.database.close()


def _send(home: Path, files: Mapping[str, bytes]) -> None:
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    with database.write() as connection:
        account = accounts.create(connection, SYSTEM, "sample@example.org", [Role.CONTRIBUTOR])
    arrivals = [Upload(name, BytesIO(data)) for name, data in files.items()]
    receive(Intake(database, home, 50), account.actor, arrivals, JobWishes())
    database.close()


def _killed(home: Path, chance: random.Random, report: Report) -> None:
    """Start a worker, and kill it some moments after it has ended a job."""
    before = _ended(home)
    with kb(home, "worker", "--idle", "5") as process:
        while process.poll() is None and _ended(home) == before:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
    report.kills += 1
    report.in_the_middle += any(job.state == "running" for job in records.jobs(home))


def _faults(home: Path, undisturbed: Path) -> list[str]:
    expected = {job.name: (job.state, job.outcome) for job in records.jobs(undisturbed)}
    jobs = records.jobs(home)
    faults = [
        f"{job.name} is {job.state} with {job.outcome!r}; undisturbed {expected[job.name]}"
        for job in jobs
        if (job.state, job.outcome) != expected[job.name]
    ]
    faults += [
        f"{name}: {expected[name]}" for name, (_, outcome) in _BAD.items() if expected[name] != ("failed", outcome)
    ]
    found, reference = records.stored(home), records.stored(undisturbed)  # fails when a document is there twice
    faults += [f"{name} is missing" for name in reference.keys() - found.keys()]
    faults += records.compared(home, reference)
    numbers = [job.document for job in jobs if job.document is not None]
    if len(set(numbers)) != len(numbers) or len(numbers) != len(found):
        faults.append("jobs and documents do not belong together one by one")
    locks = [path.name for place in (home, undisturbed) for path in (place / "workers").glob("*.lock")]
    return faults + ([f"locks are left: {locks}"] if locks else [])


def _ended(home: Path) -> int:
    return sum(job.state in records.ENDED for job in records.jobs(home))
