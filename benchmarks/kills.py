"""Kills ingests, workers and sites with SIGKILL, and counts what was lost, done twice or left half-done.

The hashing encoder is used: what is tried is the writing, not the meaning.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.support.kills import ingests, sites, workers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("what", choices=("ingests", "workers", "sites"))
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--keep", type=Path, help="a folder to work in, which stays")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        told = _told(options.what, options.keep or Path(temporary), options.kills, options.seed)
    if options.json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        for name, value in told.items():
            sys.stdout.write(f"{name:<18} {value}\n")
    return 1 if told["faults"] or told.get("at_once_faults") else 0


def _told(what: str, folder: Path, kills: int, seed: int) -> dict[str, object]:
    match what:
        case "ingests":
            report = asdict(ingests.crash(folder, kills, seed))
            return report | {"at_once_faults": ingests.ingest_at_once(folder, 4)}
        case "workers":
            return asdict(workers.crash(folder, kills, seed))
        case _:
            return asdict(sites.crash(folder, kills, seed))


if __name__ == "__main__":
    sys.exit(main())
