"""Sends damaged files and hostile ones to a site while people search, and kills the site while files are sent.

First, `--damaged` files (samples of every format, each with bytes cut, overwritten, repeated or dropped) and the
hostile files of the tests are sent to `/api/documents` of a site of its own, in batches, while questions are asked of
it. Then must hold: every file has ended with an outcome that is on the list; the site never stopped; it told of no
error of its own. Reported: outcomes, times of searches before and meanwhile, memory of the site before and after.

Then the site is killed with SIGKILL `--kills` times while files are sent to it; its worker ends with it. Then must
hold: every file whose arrival was acknowledged has a job, and that job ends; none has two documents. The hashing
encoder is used: what is tried is the way in, not the meaning.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from pathlib import Path

from benchmarks.crashes import ROOT, _bytes
from kb.accounts import SYSTEM, Role
from kb.models import Outcome
from kb.store import accounts, api_tokens
from kb.store.database import open_database
from tests import bad_files

_SEED = 41
_SUFFIXES = ("md", "txt", "html", "docx", "pdf")
_BATCH = 25
_BUSY = 503
_OUTCOMES = {outcome.value for outcome in Outcome}
_PATIENCE = 1800  # seconds that all jobs may take to end
_BOUNDARY = "sample-boundary-of-no-file"


@dataclass(slots=True)
class Report:
    """What was found. Everything in `faults` is a failure; times are in milliseconds, memory in MB."""

    files: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    search_p95_before: float = 0.0
    search_p50: float = 0.0
    search_p95: float = 0.0
    searches: int = 0
    memory_before: int = 0
    memory_after: int = 0
    kills: int = 0
    acknowledged: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--damaged", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    report, began = Report(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if options.damaged:
            damage(Path(folder) / "damaged", options.damaged, options.seed, report)
        kill(Path(folder) / "killed", options.kills, options.seed, report)
    report.seconds = round(time.monotonic() - began, 1)
    if options.json:
        sys.stdout.write(json.dumps(asdict(report)) + "\n")
    else:
        for name, value in asdict(report).items():
            sys.stdout.write(f"{name:<18} {value}\n")
    return 1 if report.faults else 0


def damage(home: Path, count: int, seed: int, report: Report) -> None:
    """Send damaged and hostile files while people search."""
    chance = random.Random(seed)
    files = [*_hostile(), *_damaged(count, chance)]
    _kb(home, "ingest", "corpus/documents", "--publish").wait()
    with _site(home) as site:
        _times(site, 20)
        report.search_p95_before = _p95(_times(site, 40))
        report.memory_before = _memory(site.process.pid)
        sent: list[int] = []
        asked: list[float] = []
        done = threading.Event()
        asking = threading.Thread(target=_ask, args=(site, asked, done), daemon=True)
        asking.start()
        for start in range(0, len(files), _BATCH):
            sent += _sent_when_there_is_room(site, files[start : start + _BATCH])
        ended = _wait(home)
        done.set()
        asking.join()
        report.memory_after = _memory(site.process.pid)
        if site.process.poll() is not None:
            report.faults.append("the site stopped")
    report.files, report.searches = len(files), len(asked)
    report.search_p50, report.search_p95 = round(statistics.median(asked), 1), _p95(asked)
    report.outcomes = dict(Counter(outcome for _id, _state, outcome, _document in ended))
    if len(sent) != len(files) or len(ended) != len(files):
        report.faults.append(f"{len(files)} files were sent, {len(sent)} acknowledged, {len(ended)} ended")
    report.faults += [f"job {number}: {outcome!r}" for number, _s, outcome, _d in ended if outcome not in _OUTCOMES]
    report.faults += [line for line in site.said() if "error" in line.lower() or "Traceback" in line]


def _sent_when_there_is_room(site: "_Site", files: Sequence[tuple[str, bytes]]) -> list[int]:
    """Send as often as it takes: a site holds so many waiting files of one person, and no more."""
    while True:
        try:
            return site.send(files)
        except urllib.error.HTTPError as error:
            if error.code != _BUSY:
                raise
            time.sleep(int(error.headers["Retry-After"]))


def kill(home: Path, kills: int, seed: int, report: Report) -> None:
    """Kill the site while files are sent to it."""
    chance = random.Random(seed)
    acknowledged: set[int] = set()
    number = 0
    for _ in range(kills):
        with _site(home) as site:
            moment = time.monotonic() + chance.uniform(0.0, 1.5)
            timer = threading.Timer(max(0.0, moment - time.monotonic()), site.process.kill)
            timer.start()
            while site.process.poll() is None:
                batch = [(f"{n}.{_SUFFIXES[n % 5]}", _bytes(n)) for n in range(number, number + 3)]
                number += 3
                with contextlib.suppress(OSError, HTTPException):
                    acknowledged |= set(site.send(batch))
            timer.join()
        report.kills += 1
    report.acknowledged = len(acknowledged)
    with _site(home):
        ended = _wait(home)
    report.faults += [f"job {lost} was acknowledged and is lost" for lost in acknowledged - {job for job, *_ in ended}]
    report.faults += [f"job {job} ended with {outcome!r}" for job, _s, outcome, _d in ended if outcome not in _OUTCOMES]
    made = [document for _job, _s, outcome, document in ended if outcome == "stored"]
    if len(made) != len(set(made)):
        report.faults.append("two jobs say that they stored one document")
    if _documents(home) != len(made):
        report.faults.append(f"{_documents(home)} documents, but {len(made)} jobs that stored one")


# --- a site of its own ---


@dataclass(slots=True)
class _Site:
    process: subprocess.Popen[bytes]
    address: str
    token: str
    log: Path

    def send(self, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Numbers of the jobs. Raises OSError when the site is gone."""
        body = b"".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
            + data
            + b"\r\n"
            for name, data in files
        )
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        }
        body += f"--{_BOUNDARY}--\r\n".encode()
        request = urllib.request.Request(f"{self.address}/api/documents", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return [job["id"] for job in json.load(answer)["jobs"]]

    def said(self) -> list[str]:
        return self.log.read_text("utf-8", "replace").splitlines()


@contextlib.contextmanager
def _site(home: Path) -> Iterator[_Site]:
    home.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    log = home / "log.txt"
    with log.open("ab") as out:
        process = _kb(home, "serve", "--port", str(port), err=out.fileno())
    site = _Site(process, f"http://127.0.0.1:{port}", _token(home), log)
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{site.address}/healthz", timeout=5):
                break
            time.sleep(0.1)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _kb(home: Path, *arguments: str, err: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment = others | {"KB_HOME": str(home), "KB_ENCODER": "hashing", "KB_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "kb", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=err)


def _token(home: Path) -> str:
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    with database.write() as connection:
        account = accounts.by_email(connection, "sample@example.org")
        if account is None:
            account = accounts.new(connection, SYSTEM, "sample@example.org", [Role.CONTRIBUTOR])
        token = api_tokens.make(connection, account.actor, account.id, "sample")
    database.close()
    return token


def _wait(home: Path) -> list[tuple[int, str, str, int | None]]:
    """Jobs that have ended, once all have, or patience has."""
    deadline = time.monotonic() + _PATIENCE
    query = "select id, state, outcome, document from jobs order by id"
    while True:
        with contextlib.closing(sqlite3.connect(home / "kb.sqlite", timeout=60)) as connection:
            rows = connection.execute(query).fetchall()
        ended = [row for row in rows if row[1] in ("done", "failed")]
        if len(ended) == len(rows) or time.monotonic() > deadline:
            return ended
        time.sleep(0.5)


def _documents(home: Path) -> int:
    with contextlib.closing(sqlite3.connect(home / "kb.sqlite", timeout=60)) as connection:
        return int(connection.execute("select count(*) from documents").fetchone()[0])


def _ask(site: _Site, times: list[float], done: threading.Event) -> None:
    while not done.is_set():
        with contextlib.suppress(urllib.error.URLError):
            times += _times(site, 1)
        done.wait(0.2)


def _times(site: _Site, count: int) -> list[float]:
    times = []
    for number in range(count):
        began = time.perf_counter()
        address = f"{site.address}/api/search?q=alternatives+to+detention+for+families+{number}{random.random()}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
        times.append(1000 * (time.perf_counter() - began))
    return times


def _p95(times: Sequence[float]) -> float:
    return round(sorted(times)[int(0.95 * (len(times) - 1))], 1)


def _memory(process: int) -> int:
    """Resident memory in MB; 0 where /proc does not tell."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


# --- files ---


def _hostile() -> list[tuple[str, bytes]]:
    """The files of the tests that are made to do harm, but for those that are larger than a site takes."""
    return [
        ("image.pdf", bad_files.image_pdf()),
        ("shared.pdf", bad_files.shared_stream_pdf()),
        ("cyclic.pdf", bad_files.cyclic_pages_pdf()),
        ("nested.pdf", bad_files.nested_objects_pdf()),
        ("xref.pdf", bad_files.huge_xref_pdf()),
        ("bomb.pdf", bad_files.bomb_stream_pdf()),
        ("locked.pdf", bad_files.encrypted_pdf("secret")),
        ("bomb.docx", bad_files.docx_bomb(200_000_000)),
        ("lying.docx", bad_files.lying_docx_bomb()),
        ("entity.docx", bad_files.entity_docx()),
        ("nested.html", bad_files.nested_tags()),
        ("yaml.md", bad_files.yaml_bomb()),
        ("deep.md", bad_files.deep_yaml()),
        ("program.txt", bad_files.PROGRAM),
        ("windows.pdf", bad_files.WINDOWS_PROGRAM),
        ("empty.txt", b""),
    ]


def _damaged(count: int, chance: random.Random) -> list[tuple[str, bytes]]:
    """Files of every format, harmed at random."""
    return [(f"damaged-{n:03}.{_SUFFIXES[n % 5]}", _harmed(_bytes(n), chance)) for n in range(count)]


def _harmed(data: bytes, chance: random.Random) -> bytes:
    harmed, at = bytearray(data), chance.randrange(len(data))
    length = chance.randrange(1, max(2, len(data) // 4))
    match chance.randrange(5):
        case 0:
            del harmed[at:]
        case 1:
            del harmed[at : at + length]
        case 2:
            harmed[at : at + length] = chance.randbytes(length)
        case 3:
            harmed[at:at] = harmed[at : at + length] * 3
        case _:
            for _ in range(20):
                harmed[chance.randrange(len(harmed))] ^= 1 << chance.randrange(8)
    return bytes(harmed)


if __name__ == "__main__":
    sys.exit(main())
