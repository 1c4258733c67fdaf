"""Measures time and memory of a search in a process of its own: by words alone, and with vectors.

Beside it, in turns: `import torch` alone, which is the floor for anything that encodes, and `kb --help`.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# Nothing else is imported: on Linux a child's largest memory is never less than its parent's was when it started.
ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus" / "documents"
_QUESTION = "alternatives to detention"
_BY_WORDS = f"""
from kb.command.assembly import open_instance, open_searcher
from kb.answers import Query
assert open_searcher(open_instance(), vectors=False).search(Query({_QUESTION!r})).hits
"""
_CASES: Mapping[str, Sequence[str]] = {
    "import torch": ("-c", "import torch"),
    "kb --help": ("-m", "kb", "--help"),
    "list, no question": ("-m", "kb", "search", "", "--json"),
    "search by words": ("-c", _BY_WORDS),
    "search with vectors": ("-m", "kb", "search", _QUESTION, "--json"),
}
_FEW = "objective-1*.md"  # of the starter corpus, for an instance made here


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds; ratios to `import torch` in the same rounds."""

    seconds: float
    peak_memory_mb: int
    seconds_to_torch: float
    memory_to_torch: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="instance to search; without it a small one is made")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        environment |= {"KB_HOME": str(options.home or temporary), "KB_THREADS": str(options.threads)}
        if options.home is None:
            few = sorted(map(str, CORPUS.glob(_FEW)))
            _run(("-m", "kb", "ingest", "--publish", "--json", *few), environment)
        for arguments in _CASES.values():  # caches are built, and the files come into the system's memory
            _run(arguments, environment)
        rounds = [
            {name: _run(arguments, environment) for name, arguments in _CASES.items()} for _ in range(options.rounds)
        ]
    figures = {name: _figures(name, rounds) for name in _CASES}
    if options.json:
        sys.stdout.write(json.dumps({name: asdict(f) for name, f in figures.items()}) + "\n")
    else:
        sys.stdout.write(table(figures))


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[float, int]:
    """Seconds and largest memory, MB, of one process."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    where = Path.cwd()
    os.chdir(ROOT)
    began = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, *arguments], dict(environment), file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - began
    os.chdir(where)
    if status:
        raise SystemExit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, used.ru_maxrss // 1024


def _figures(name: str, rounds: Sequence[Mapping[str, tuple[float, int]]]) -> Figures:
    seconds = statistics.median(each[name][0] for each in rounds)
    memory = statistics.median(each[name][1] for each in rounds)
    return Figures(
        seconds=round(seconds, 2),
        peak_memory_mb=round(memory),
        seconds_to_torch=round(statistics.median(each[name][0] / each["import torch"][0] for each in rounds), 2),
        memory_to_torch=round(statistics.median(each[name][1] / each["import torch"][1] for each in rounds), 2),
    )


def table(figures: Mapping[str, Figures]) -> str:
    lines = [f"{'':22}{'seconds':>9}{'MB':>7}{'to torch':>10}{'memory':>9}"]
    lines += [
        f"{name:22}{f.seconds:>9}{f.peak_memory_mb:>7}{f.seconds_to_torch:>10}{f.memory_to_torch:>9}"
        for name, f in figures.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
