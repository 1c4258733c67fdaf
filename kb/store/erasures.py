"""The list of what was erased from an instance, kept outside its database so that a restored backup forgets it again.

Whoever erases something appends to the list first and then erases, in one action; should the machine stop between the
two, the erasure is made good when the list is next replayed. The list holds numbers alone, and is never shortened.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from kb.errors import InstanceError
from kb.store import experts
from kb.store.moment import now

FILE = "erasures.jsonl"  # in the home, and in every backup

Eraser = Callable[[Connection, int], None]  # erases what has this number, and does nothing when it is gone already

# What can be erased, by kind, and how. Whoever adds a kind of erasure adds it here, so that `kb restore` replays it.
ERASERS: dict[str, Eraser] = {"expert": experts.erase}


@dataclass(frozen=True, slots=True)
class Erasure:
    """Something that was erased: its kind, its number, and when (ISO 8601)."""

    kind: str
    key: int
    time: str


def append(home: Path, kind: str, key: int) -> None:
    """Note durably that something is erased."""
    with (home / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(Erasure(kind, key, now().isoformat()))) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[Erasure]:
    """The erasures of a list; none when there is no such file. Raises InstanceError when it is damaged."""
    if not path.exists():
        return []
    try:
        return [Erasure(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise InstanceError(
            f"The list of erasures {path} cannot be read; without it erased persons would come back. "
            "Take the list from another backup."
        ) from error


def write(home: Path, erasures: Iterable[Erasure]) -> None:
    """Begin the list of a restored instance."""
    lines = [json.dumps(asdict(erasure)) + "\n" for erasure in erasures]
    if lines:
        (home / FILE).write_text("".join(lines), "utf-8")


def replay(connection: Connection, erasures: Iterable[Erasure], erasers: Mapping[str, Eraser] = ERASERS) -> int:
    """Erase again what was erased, and count it. Raises InstanceError for a kind that this version does not know."""
    count = 0
    for erasure in erasures:
        eraser = erasers.get(erasure.kind)
        if eraser is None:
            raise InstanceError(
                f"This version does not know how to erase what the list calls {erasure.kind!r}, so that erased persons "
                "would come back. Restore with the version that wrote the list."
            )
        eraser(connection, erasure.key)
        count += 1
    return count
