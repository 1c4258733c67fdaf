"""Kills an ingest of small files with SIGKILL at random moments, and counts what was lost, torn or not found after.

Each round starts with an empty instance. A process ingests the files and is killed: one time in five anywhere between
its start and its end, else after it has reported its first file. Then must hold: every file it reported as stored is
there; every document has as many passages, vectors, token vectors and tags as after a run nobody disturbed, and its
original; running again completes; `kb index verify` passes; search finds every document. Beside it, four processes
ingest the same files at once. The database is looked at with the standard library, not with the code that wrote it.
The hashing encoder is used: what is tried is the writing, not the meaning.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests import bad_files

ROOT = Path(__file__).parent.parent
FILES = 30
_TOPICS = ("consular help", "family reunification", "remittances", "search and rescue", "skills", "return")
_SEED = 13
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


@dataclass(slots=True)
class Report:
    """What became of all rounds. Everything in `faults` is a failure."""

    kills: int = 0
    before_first_file: int = 0  # kills before any file was reported
    in_the_middle: int = 0
    after_last_file: int = 0
    acknowledged: int = 0  # files reported as stored before a kill, over all rounds
    stored: int = 0  # documents found after a kill; may be one more a round than was reported
    leftovers: int = 0  # part-written originals that nobody reads
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
        crowd = ingest_at_once(Path(folder), 4)
    if options.json:
        sys.stdout.write(json.dumps(asdict(report) | {"at_once_faults": crowd}) + "\n")
    else:
        for name, value in asdict(report).items():
            sys.stdout.write(f"{name:<20} {value}\n")
        sys.stdout.write(f"four at once         {crowd or 'no fault'}\n")
    return 1 if report.faults or crowd else 0


def crash(folder: Path, kills: int, seed: int = _SEED) -> Report:
    """Ingest and kill, `kills` times."""
    files = _files(folder / "files")
    began = time.monotonic()
    reference, seconds, opening = _undisturbed(folder / "reference", files)
    chance, report = random.Random(seed), Report()
    for number in range(kills):
        home = folder / f"home-{number}"
        anywhere = chance.random() < 0.2
        moment = chance.uniform(0, seconds if anywhere else seconds - opening)
        acknowledged = _killed(home, files, moment, anywhere)
        _count(report, len(acknowledged))
        report.faults += [f"round {number}: {fault}" for fault in _faults(home, reference, acknowledged, report)]
        report.faults += [f"round {number}: {fault}" for fault in _completed(home, files, reference)]
    report.seconds = round(time.monotonic() - began, 1)
    return report


def ingest_at_once(folder: Path, processes: int) -> list[str]:
    """Faults of several processes that ingest the same files into one new instance at the same time."""
    files, home = _files(folder / "files"), folder / "at-once"
    reference = _stored(folder / "reference") or _undisturbed(folder / "reference", files)[0]
    running = [_kb(home, "ingest", str(files), "--publish", "--json") for _ in range(processes)]
    ended = [(*process.communicate(), process.returncode) for process in running]
    faults = [f"status {status}: {err.decode()[-300:]}" for _, err, status in ended if status]
    if faults:
        return faults
    outcomes = [(report["file"], report["outcome"]) for out, _, _ in ended for report in json.loads(out)]
    for path in sorted(files.iterdir()):
        seen = sorted(outcome for file, outcome in outcomes if file == str(path))
        if seen != ["stored"] + ["unchanged"] * (processes - 1):
            faults.append(f"{path.name}: {seen}")
    return faults + _compared(home, reference) + _completed(home, files, reference)


# --- one round ---------------------------------------------------------------------------------------


def _kb(home: Path, *arguments: str, out: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment = others | {"KB_HOME": str(home), "KB_ENCODER": "hashing", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-u", "-m", "kb", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.PIPE)


def _undisturbed(home: Path, files: Path) -> tuple[dict[str, Stored], float, float]:
    """What is stored when nobody kills; seconds of the run, and seconds until its first report."""
    began = time.monotonic()
    with _kb(home, "ingest", str(files), "--publish") as process:
        assert process.stdout is not None
        process.stdout.readline()
        opening = time.monotonic() - began
        process.stdout.read()
    seconds = time.monotonic() - began
    reference = _stored(home)
    assert process.returncode == 0
    assert len(reference) == FILES
    return reference, seconds, opening


def _killed(home: Path, files: Path, moment: float, anywhere: bool) -> set[str]:
    """Ingest and kill after `moment` seconds, counted from the first report unless `anywhere`; files reported."""
    with _kb(home, "ingest", str(files), "--publish") as process:
        assert process.stdout is not None
        said = b"" if anywhere else process.stdout.readline()
        time.sleep(moment)
        process.kill()
        said += process.stdout.read()
    lines = said.decode().split("\n")[:-1]  # what was not written to its end was not said
    paths = (line.removeprefix("stored: ").partition(", ")[0] for line in lines if line.startswith("stored: "))
    return {Path(path).name for path in paths}


def _count(report: Report, acknowledged: int) -> None:
    report.kills += 1
    report.acknowledged += acknowledged
    report.before_first_file += acknowledged == 0
    report.after_last_file += acknowledged == FILES
    report.in_the_middle += 0 < acknowledged < FILES


def _faults(home: Path, reference: dict[str, Stored], acknowledged: set[str], report: Report) -> list[str]:
    """What is wrong with an instance whose ingest was killed."""
    found = _stored(home)
    report.stored += len(found)
    report.leftovers += sum(1 for _ in home.rglob(".part-*"))
    lost = [f"{name} was reported as stored and is not there" for name in sorted(acknowledged - set(found))]
    return lost + _compared(home, reference)


def _compared(home: Path, reference: dict[str, Stored]) -> list[str]:
    """Documents that are not what they are in `reference`, and whatever refers to nothing."""
    faults = [f"{name} is {s}" for name, s in _stored(home).items() if s != reference.get(name)]
    for stored in _stored(home).values():
        original = home / "originals" / stored.digest[:2] / stored.digest
        if not original.exists() or hashlib.sha256(original.read_bytes()).hexdigest() != stored.digest:
            faults.append(f"the original {stored.digest} is missing or torn")
    database = home / "kb.sqlite"
    if database.exists():
        with contextlib.closing(sqlite3.connect(database)) as connection:
            if connection.execute("pragma integrity_check").fetchall() != [("ok",)]:
                faults.append("the database is damaged")
            if connection.execute("pragma foreign_key_check").fetchall():
                faults.append("records refer to others that are not there")
    return faults


def _completed(home: Path, files: Path, reference: dict[str, Stored]) -> list[str]:
    """Run again, search for each document, verify; what was wrong."""
    again = _kb(home, "ingest", str(files), "--publish", "--json")
    out, err = again.communicate()
    if again.returncode:
        return [f"running again ended with {again.returncode}: {err.decode()[-300:]}"]
    faults = [] if len(json.loads(out)) == FILES else ["running again did not report every file"]
    faults += [f"{name} is missing after running again" for name in sorted(set(reference) - set(_stored(home)))]
    faults += _compared(home, reference)
    search = _kb(home, "search", "sample migration", "--limit", "1000", "--json")
    answer = json.loads(search.communicate()[0] or b"{}")
    sources = {hit["document"]["source"] for hit in answer.get("hits", ())}
    if sources != set(reference) or answer["total"] != FILES:
        faults.append(f"search finds {answer.get('total')} documents: {sorted(sources)}")
    verify = _kb(home, "index", "verify", "--json")
    states = json.loads(verify.communicate()[0] or b"[]")
    if verify.returncode or [line["state"] for line in states] != ["good", "good"]:
        faults.append(f"verify ended with {verify.returncode}: {states}")
    return faults


def _stored(home: Path) -> dict[str, Stored]:
    """Documents by name, as the standard library reads them."""
    database = home / "kb.sqlite"
    if not database.exists():
        return {}
    with contextlib.closing(sqlite3.connect(database)) as connection:
        try:
            rows = connection.execute(_COUNTS).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # killed before the tables were made
                return {}
            raise
    assert len({name for name, *_ in rows}) == len(rows), "a document is there twice"
    return {name: Stored(*counts) for name, *counts in rows}


# --- files -------------------------------------------------------------------------------------------


def _files(folder: Path) -> Path:
    """Sample files of every format, each with words of its own."""
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    for number in range(FILES):
        (folder / f"sample-{number:02}.{_SUFFIXES[number % len(_SUFFIXES)]}").write_bytes(_bytes(number))
    return folder


_SUFFIXES = ("md", "txt", "html", "docx", "pdf")


def _bytes(number: int) -> bytes:
    title = f"Sample {number} on migration"
    lines = [
        f"In sample {number}.{part} the group spoke of {topic} and migration, with figures of year {1900 + number}."
        for part, topic in enumerate(_rotated(number))
    ]
    match _SUFFIXES[number % len(_SUFFIXES)]:
        case "docx":
            return bad_files.docx(
                bad_files.paragraph(title, "Ttulo1") + "".join(bad_files.paragraph(line) for line in lines)
            )
        case "pdf":
            return bad_files.text_pdf([title, "", *lines])
        case "html":
            return f"<h1>{title}</h1>{''.join(f'<p>{line}</p>' for line in lines)}".encode()
        case _:
            return f"# {title}\n\n{chr(10).join(lines)}\n\n## More\n\n{' '.join(lines * 4)}\n".encode()


def _rotated(number: int) -> Sequence[str]:
    at = number % len(_TOPICS)
    return _TOPICS[at:] + _TOPICS[:at]


if __name__ == "__main__":
    sys.exit(main())
