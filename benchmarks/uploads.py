"""Sends damaged files and hostile ones to a site while people search, and counts what became of them.

`--damaged` files (those of a folder, or samples of every format, each with bytes cut, overwritten, repeated or dropped)
and the hostile files of the tests are sent to `/api/documents` of a site of its own, in batches, while questions are
asked of it. Then must hold: every file has ended with an outcome that is on the list; the site never stopped; it told
of no error of its own. Reported: outcomes, times of searches before and meanwhile, memory of the site and its worker.

The hashing encoder is used unless `--encoder-home` names a home whose encoder is copied.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from kb.accounts.account import SYSTEM, Role
from kb.accounts.store import accounts, api_tokens
from kb.documents.models import Outcome
from kb.store.database import open_database
from tests.support import bad_files
from tests.support.kills import records, samples
from tests.support.kills.processes import Site, kb, site

_SEED = 41
_BATCH = 25
_BUSY = 503
_OUTCOMES = {outcome.value for outcome in Outcome}
_WORDS = ("detention", "families", "consular", "datos", "passport", "réseau", "workplan", "remittances", "mecanismo")
_SILENCE = 10  # seconds after the last job until the memory of the site is read


@dataclass(slots=True)
class Report:
    """What was found. Everything in `faults` is a failure; times are in milliseconds, memory in MB."""

    files: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    search_p50_before: float = 0.0
    search_p95_before: float = 0.0
    search_p50: float = 0.0
    search_p95: float = 0.0
    search_longest: float = 0.0
    searches: int = 0
    memory_before: int = 0
    memory_most: int = 0
    memory_after: int = 0
    worker_most: int = 0
    load: str = ""  # average of a minute, before and at the end
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="real files to damage; samples where none is named")
    parser.add_argument("--damaged", type=int, default=500)
    parser.add_argument("--encoder-home", type=Path, help="home with the unpacked embedded encoder")
    parser.add_argument("--patience", type=float, default=1800, help="seconds that all jobs may take to end")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if options.encoder_home:
            shutil.copytree(options.encoder_home / "encoder", home / "encoder")
        chance = random.Random(options.seed)
        files = [*_hostile(), *_damaged(_sources(options.folder), options.damaged, chance)]
        report = damage(home, files, "" if options.encoder_home else "hashing", options.patience)
    report.seconds = round(time.monotonic() - began, 1)
    if options.json:
        sys.stdout.write(json.dumps(asdict(report)) + "\n")
    else:
        for name, value in asdict(report).items():
            sys.stdout.write(f"{name:<18} {value}\n")
    return 1 if report.faults else 0


def damage(home: Path, files: Sequence[tuple[str, bytes]], encoder: str, patience: float) -> Report:
    """Send files while people search."""
    report = Report(files=len(files))
    home.mkdir(parents=True, exist_ok=True)
    kb(home, "ingest", "corpus/documents", "--publish", encoder=encoder).wait()
    token = _token(home)
    with site(home, encoder) as served:
        _warm(served)
        before = _times(served, 60)
        report.search_p50_before, report.search_p95_before = round(statistics.median(before), 1), _p95(before)
        report.memory_before, report.load = _memory(served.process.pid), f"{os.getloadavg()[0]:.1f}"
        sent, asked, ended = _sent_while_asked(home, served, token, files, report, patience)
        time.sleep(_SILENCE)
        report.memory_after = _memory(served.process.pid)
        if served.process.poll() is not None:
            report.faults.append("the site stopped")
    report.load += f", {os.getloadavg()[0]:.1f}"
    report.searches, report.search_longest = len(asked), round(max(asked), 1)
    report.search_p50, report.search_p95 = round(statistics.median(asked), 1), _p95(asked)
    report.outcomes = dict(Counter(job.outcome for job in ended).most_common())
    if len(sent) != len(files) or len(ended) != len(files):
        report.faults.append(f"{len(files)} files were sent, {len(sent)} acknowledged, {len(ended)} ended")
    report.faults += [f"job {job.id}: {job.outcome!r}" for job in ended if job.outcome not in _OUTCOMES]
    report.faults += served.complaints()
    return report


def _sent_while_asked(
    home: Path, served: Site, token: str, files: Sequence[tuple[str, bytes]], report: Report, patience: float
) -> tuple[list[int], list[float], list[records.JobRow]]:
    """Numbers of the jobs, times of the searches meanwhile, and the jobs that have ended."""
    sent: list[int] = []
    asked: list[float] = []
    done = threading.Event()
    following = [
        threading.Thread(target=_ask, args=(served, asked, done), daemon=True),
        threading.Thread(target=_weigh, args=(served, report, done), daemon=True),
    ]
    for thread in following:
        thread.start()
    for start in range(0, len(files), _BATCH):
        sent += _sent_when_there_is_room(served, token, files[start : start + _BATCH])
    ended = records.ended(home, patience)
    done.set()
    for thread in following:
        thread.join()
    return sent, asked, ended


def _sent_when_there_is_room(served: Site, token: str, files: Sequence[tuple[str, bytes]]) -> list[int]:
    """Send as often as it takes: a site holds so many waiting files of one person, and no more."""
    while True:
        try:
            return served.send(token, files)
        except urllib.error.HTTPError as error:
            if error.code != _BUSY:
                raise
            time.sleep(int(error.headers["Retry-After"]))


def _token(home: Path) -> str:
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    with database.write() as connection:
        account = accounts.create(connection, SYSTEM, "sample@example.org", [Role.CONTRIBUTOR])
        token = api_tokens.make(connection, account.actor, account.id, "sample")
    database.close()
    return token


# --- what is measured ---


def _warm(served: Site) -> None:
    """Wait until search goes by vectors, and for what is only made once."""
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        with urllib.request.urlopen(f"{served.address}/healthz", timeout=60) as answer:
            if json.load(answer)["vectors"]:
                break
        time.sleep(0.5)
    _times(served, 20)


def _ask(served: Site, times: list[float], done: threading.Event) -> None:
    while not done.is_set():
        with suppress(urllib.error.URLError):
            times += _times(served, 1)
        done.wait(0.2)


def _weigh(served: Site, report: Report, done: threading.Event) -> None:
    while not done.wait(2):
        report.memory_most = max(report.memory_most, _memory(served.process.pid))
        report.worker_most = max([report.worker_most, *map(_memory, served.workers())])


def _times(served: Site, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        question = f"alternatives to {random.choice(_WORDS)} for {random.choice(_WORDS)} {random.randrange(10**6)}"
        with urllib.request.urlopen(f"{served.address}/api/search?{urlencode({'q': question})}", timeout=60) as answer:
            answer.read()
        times.append(1000 * (time.perf_counter() - began))
    return times


def _p95(times: Sequence[float]) -> float:
    return round(sorted(times)[int(0.95 * (len(times) - 1))], 1)


def _memory(process: int) -> int:
    """Resident memory in MB; 0 where /proc does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


# --- files ---


def _sources(folder: Path | None) -> list[tuple[str, bytes]]:
    """Whole files to be damaged."""
    if folder is None:
        return [(samples.name_of(number), samples.bytes_of(number)) for number in range(100)]
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()]


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


def _damaged(sources: Sequence[tuple[str, bytes]], count: int, chance: random.Random) -> list[tuple[str, bytes]]:
    """The files in turn, each harmed at random."""
    found = []
    for number in range(count):
        name, data = sources[number % len(sources)]
        found.append((f"damaged-{number:03}-{name}", _harmed(data, chance)))
    return found


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
