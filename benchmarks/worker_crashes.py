"""Kills workers with SIGKILL in the middle of jobs, and counts what was lost, done twice or left hanging.

An instance is given files of every format, good ones and bad ones, one job each. A worker is started and killed at a
random moment after it has ended another job; then the next is started, until all kills are done; the last one may
finish, in this process. Then must hold: every job has ended with the outcome its file has in an instance that nobody
disturbs; every good file is one document, with as many passages, vectors and tags as there; each document was stored by
one job; no worker's lock is left. The database is looked at with the standard library. The hashing encoder is used.
"""

import argparse
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path

from benchmarks.crashes import ROOT, _bytes, _stored
from ingest.arrivals import Arrival, Desk, receive
from ingest.worker import Worker
from kb.accounts import SYSTEM, Role
from kb.command import assembly
from kb.config import Settings
from kb.jobs import JobWishes
from kb.store import accounts
from kb.store.database import open_database

_SEED = 29
_SUFFIXES = ("md", "txt", "html", "docx", "pdf")
_BAD = {
    "empty.txt": (b"", "no-text"),
    "broken.pdf": (b"%PDF-1.7 and nothing else", "damaged"),
    "zip.docx": (b"PK no", "refused"),
}
_ENDED = ("done", "failed")


@dataclass(slots=True)
class Report:
    """What became of all jobs. Everything in `faults` is a failure."""

    jobs: int = 0
    kills: int = 0
    in_the_middle: int = 0  # kills that left a job running
    begun_again: int = 0  # attempts beyond the first
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = crash(Path(folder), options.kills, options.seed)
    if options.json:
        sys.stdout.write(json.dumps(asdict(report)) + "\n")
    else:
        for name, value in asdict(report).items():
            sys.stdout.write(f"{name:<15} {value}\n")
    return 1 if report.faults else 0


def crash(folder: Path, kills: int, seed: int = _SEED) -> Report:
    """Send files in, and kill workers on them, `kills` times."""
    began, chance = time.monotonic(), random.Random(seed)
    files = {f"sample-{n:03}.{_SUFFIXES[n % len(_SUFFIXES)]}": _bytes(n) for n in range(2 * kills + 6)}
    files |= {name: data for name, (data, _outcome) in _BAD.items()}
    home, undisturbed = folder / "home", folder / "undisturbed"
    for place in (undisturbed, home):
        _send(place, files)
    _undisturbed(undisturbed)
    report = Report(jobs=len(files))
    for _ in range(kills):
        _killed(home, chance, report)
    _undisturbed(home)
    report.faults += _faults(home, undisturbed)
    report.begun_again = sum(attempts - 1 for *_job, attempts in _jobs(home))
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _send(home: Path, files: dict[str, bytes]) -> None:
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    with database.write() as connection:
        account = accounts.new(connection, SYSTEM, "sample@example.org", [Role.CONTRIBUTOR])
    arrivals = [Arrival(name, BytesIO(data)) for name, data in files.items()]
    receive(Desk(database, home, 50), account.actor, arrivals, JobWishes())
    database.close()


def _undisturbed(home: Path) -> None:
    """Work on all jobs that are open."""
    settings = Settings(home=home, encoder="hashing")
    instance = assembly.Instance(settings, open_database(settings.url, home))
    with Worker(instance.database, home, lambda: assembly.open_tools(instance)) as worker:
        while worker.work_once():
            pass
    instance.database.close()


def _worker(home: Path) -> subprocess.Popen[bytes]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment = others | {"KB_HOME": str(home), "KB_ENCODER": "hashing", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "kb", "worker", "--idle", "5"], cwd=ROOT, env=environment)


def _killed(home: Path, chance: random.Random, report: Report) -> None:
    """Start a worker, and kill it some moments after it has ended a job."""
    before = _ended(home)
    with _worker(home) as process:
        while process.poll() is None and _ended(home) == before:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
    report.kills += 1
    report.in_the_middle += any(state == "running" for _name, state, *_rest in _jobs(home))


def _faults(home: Path, undisturbed: Path) -> list[str]:
    expected = {name: (state, outcome) for name, state, outcome, *_rest in _jobs(undisturbed)}
    faults = [
        f"{name} is {state} with {outcome!r}; undisturbed {expected[name]}"
        for name, state, outcome, *_rest in _jobs(home)
        if (state, outcome) != expected[name]
    ]
    faults += [
        f"{name}: {expected[name]}" for name, (_, outcome) in _BAD.items() if expected[name] != ("failed", outcome)
    ]
    found, reference = _stored(home), _stored(undisturbed)  # fails when a document is there twice
    faults += [f"{name} is missing" for name in reference.keys() - found.keys()]
    faults += [f"{name} is {found[name]}" for name in found if found[name] != reference.get(name)]
    numbers = [document for _name, _state, _outcome, document, _attempts in _jobs(home) if document is not None]
    if len(set(numbers)) != len(numbers) or len(numbers) != len(found):
        faults.append("jobs and documents do not belong together one by one")
    locks = [path.name for place in (home, undisturbed) for path in (place / "workers").glob("*.lock")]
    return faults + ([f"locks are left: {locks}"] if locks else [])


def _ended(home: Path) -> int:
    return sum(state in _ENDED for _name, state, *_rest in _jobs(home))


def _jobs(home: Path) -> list[tuple[str, str, str, int | None, int]]:
    """Name, state, outcome, document and attempts of every job, as the standard library reads them."""
    query = "select name, state, outcome, document, attempts from jobs order by id"
    with contextlib.closing(sqlite3.connect(home / "kb.sqlite", timeout=60)) as connection:
        return connection.execute(query).fetchall()


if __name__ == "__main__":
    sys.exit(main())
