"""The list of what was erased from an instance, kept outside its database so that a restored backup forgets it again.

Whoever erases something appends to the list first and then erases, in one action; should the machine stop between the
two, the erasure is made good when the list is next replayed. The list holds numbers, and salted digests of what imports
call an erased person, so that no import brings them back; it is never shortened. Nobody can read a name or an address
out of it, but whoever holds it can try whether one they know is there.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from kb.clock import now
from kb.errors import InstanceError
from kb.experts.store import experts

FILE = "erasures.jsonl"  # in the home, and in every backup

Eraser = Callable[[Connection, int], None]  # erases what has this number, and does nothing when it is gone already

# What can be erased, by kind, and how. Whoever adds a kind of erasure adds it here, so that `kb restore` replays it.
ERASERS: dict[str, Eraser] = {"expert": experts.erase}
_ROUNDS = 1000  # of PBKDF2: an import of thousands compares each name with every salt of the list


@dataclass(frozen=True, slots=True)
class Erasure:
    """Something that was erased: its kind, its number, when (ISO 8601), and digests of its names with their salt."""

    kind: str
    key: int
    time: str
    salt: str = ""
    digests: tuple[str, ...] = ()


class Erased:
    """Whom the list knows by a name: a code of an import, or an address."""

    def __init__(self, erasures: Iterable[Erasure]) -> None:
        self._digests: dict[str, set[str]] = {}
        for erasure in erasures:
            if erasure.salt:
                self._digests.setdefault(erasure.salt, set()).update(erasure.digests)

    def __contains__(self, name: object) -> bool:
        text = _written_alike(name) if isinstance(name, str) else ""
        return bool(text) and any(_digest(text, salt) in known for salt, known in self._digests.items())


def append(home: Path, kind: str, key: int, names: Iterable[str] = ()) -> None:
    """Note durably that something is erased; of its `names` only digests are kept."""
    known = read(home / FILE)
    salt = next((each.salt for each in reversed(known) if each.salt), "") or secrets.token_hex(16)
    digests = tuple(_digest(text, salt) for name in names if (text := _written_alike(name)))
    with (home / FILE).open("a", encoding="utf-8") as file:
        erasure = Erasure(kind, key, now().isoformat(), salt if digests else "", digests)
        file.write(json.dumps(asdict(erasure)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_erased(home: Path) -> Erased:
    """Who was erased from an instance. Raises InstanceError when the list is damaged."""
    return Erased(read(home / FILE))


def read(path: Path) -> list[Erasure]:
    """The erasures of a list; none when there is no such file. Raises InstanceError when it is damaged."""
    if not path.exists():
        return []
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return [Erasure(**row | {"digests": tuple(row.get("digests", ()))}) for row in rows]
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


def _written_alike(name: str) -> str:
    """A name as it goes into a digest. The lists that instances keep hold digests of exactly this: never change it."""
    return name.strip().casefold()


def _digest(name: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", name.encode(), bytes.fromhex(salt), _ROUNDS).hex()
