"""Ingests of small files that are killed, and ingests at the same time.

Each round starts with an empty instance. A process ingests the files and is killed: one time in five anywhere between
its start and its end, else soon after it has reported one of its files. Then must hold: every file it reported as
stored is there; every document has as many passages, vectors, token vectors and tags as after a run nobody disturbed,
and its original; running again completes; `kb index verify` passes; search finds every document. Beside it, four
processes ingest the same files at once.
"""

import json
import random
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.kills import records, samples
from tests.support.kills.processes import kb
from tests.support.kills.records import Stored

FILES = 30
_SEED = 13


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


def crash(folder: Path, kills: int, seed: int = _SEED, files: int = FILES) -> Report:
    """Ingest and kill, `kills` times; then ingest with four processes at once."""
    began = time.monotonic()
    source = samples.written(folder / "files", files)
    reference, seconds = _undisturbed(folder / "reference", source)
    chance, report = random.Random(seed), Report()
    for number in range(kills):
        home = folder / f"home-{number}"
        if chance.random() < 0.2:
            acknowledged = _killed(home, source, 0, chance.uniform(0, seconds))
        else:
            acknowledged = _killed(home, source, chance.randint(1, files), chance.uniform(0, 0.1))
        _count(report, len(acknowledged), files)
        report.faults += [f"round {number}: {fault}" for fault in _faults(home, reference, acknowledged, report)]
        report.faults += [f"round {number}: {fault}" for fault in _completed(home, source, reference)]
    report.seconds = round(time.monotonic() - began, 1)
    return report


def ingest_at_once(folder: Path, processes: int, files: int = FILES) -> list[str]:
    """Faults of several processes that ingest the same files into one new instance at the same time."""
    source, home = samples.written(folder / "files", files), folder / "at-once"
    reference = records.stored(folder / "reference") or _undisturbed(folder / "reference", source)[0]
    running = [
        kb(home, "ingest", str(source), "--publish", "--json", out=subprocess.PIPE, err=subprocess.PIPE)
        for _ in range(processes)
    ]
    ended = [(*process.communicate(), process.returncode) for process in running]
    faults = [f"status {status}: {err.decode()[-300:]}" for _, err, status in ended if status]
    if faults:
        return faults
    outcomes = [(report["file"], report["outcome"]) for out, _, _ in ended for report in json.loads(out)]
    for path in sorted(source.iterdir()):
        seen = sorted(outcome for file, outcome in outcomes if file == str(path))
        if seen != ["stored"] + ["unchanged"] * (processes - 1):
            faults.append(f"{path.name}: {seen}")
    return faults + records.compared(home, reference) + _searched(home, reference)


def _undisturbed(home: Path, source: Path) -> tuple[dict[str, Stored], float]:
    """What is stored when nobody kills, and the seconds of the run."""
    began = time.monotonic()
    with kb(home, "ingest", str(source), "--publish") as process:
        process.wait()
    seconds = time.monotonic() - began
    reference = records.stored(home)
    assert process.returncode == 0
    assert len(reference) == sum(1 for _ in source.iterdir())
    return reference, seconds


def _killed(home: Path, source: Path, reports: int, moment: float) -> set[str]:
    """Ingest and kill `moment` seconds after so many files were reported; those that were."""
    with kb(home, "ingest", str(source), "--publish", out=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = b"".join(process.stdout.readline() for _ in range(reports))
        time.sleep(moment)
        process.kill()
        said += process.stdout.read()
    lines = said.decode().split("\n")[:-1]  # what was not written to its end was not said
    paths = (line.removeprefix("stored: ").partition(", ")[0] for line in lines if line.startswith("stored: "))
    return {Path(path).name for path in paths}


def _count(report: Report, acknowledged: int, files: int) -> None:
    report.kills += 1
    report.acknowledged += acknowledged
    report.before_first_file += acknowledged == 0
    report.after_last_file += acknowledged == files
    report.in_the_middle += 0 < acknowledged < files


def _faults(home: Path, reference: Mapping[str, Stored], acknowledged: set[str], report: Report) -> list[str]:
    """What is wrong with an instance whose ingest was killed."""
    found = records.stored(home)
    report.stored += len(found)
    report.leftovers += sum(1 for _ in home.rglob(".part-*"))
    lost = [f"{name} was reported as stored and is not there" for name in sorted(acknowledged - set(found))]
    return lost + records.compared(home, reference)


def _completed(home: Path, source: Path, reference: Mapping[str, Stored]) -> list[str]:
    """Run again, and look for everything; what was wrong."""
    again = kb(home, "ingest", str(source), "--publish", "--json", out=subprocess.PIPE, err=subprocess.PIPE)
    out, err = again.communicate()
    if again.returncode:
        return [f"running again ended with {again.returncode}: {err.decode()[-300:]}"]
    faults = [] if len(json.loads(out)) == len(reference) else ["running again did not report every file"]
    missing = sorted(reference.keys() - records.stored(home).keys())
    faults += [f"{name} is missing after running again" for name in missing]
    return faults + records.compared(home, reference) + _searched(home, reference)


def _searched(home: Path, reference: Mapping[str, Stored]) -> list[str]:
    """Search for each document, and verify the caches; what was wrong."""
    faults = []
    search = kb(home, "search", "sample migration", "--limit", "1000", "--json", out=subprocess.PIPE)
    answer = json.loads(search.communicate()[0] or b"{}")
    sources = {hit["document"]["source"] for hit in answer.get("hits", ())}
    if sources != set(reference) or answer["total"] != len(reference):
        faults.append(f"search finds {answer.get('total')} documents: {sorted(sources)}")
    verify = kb(home, "index", "verify", "--json", out=subprocess.PIPE)
    states = json.loads(verify.communicate()[0] or b"[]")
    if verify.returncode or [line["state"] for line in states] != ["good", "good"]:
        faults.append(f"verify ended with {verify.returncode}: {states}")
    return faults
