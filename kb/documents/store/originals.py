"""The bytes of documents as they came, kept under their digest."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

_PIECE = 1 << 20  # bytes that are in memory at a time
_PART = ".part-"  # how the name of a file begins that is being written


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept: its SHA-256 and its size in bytes."""

    digest: str
    size: int


def path_of(home: Path, digest: str) -> Path:
    """Where the original with this SHA-256 is kept."""
    return home / "originals" / digest[:2] / digest


def keep(home: Path, digest: str, data: bytes) -> Path:
    """Write the original durably; a crash leaves the whole file or none under its name."""
    target = path_of(home, digest)
    if not _renewed(home, target):
        with _part(home) as (path, file):
            file.write(data)
            _name(home, path, file, target)
    return target


def take(home: Path, source: BinaryIO, most: int) -> KeptFile | None:
    """Write what `source` holds durably, without holding it in memory; None when it is more than `most` bytes."""
    with _part(home) as (path, file):
        taken = _copied(source, file, most)
        if taken is not None:
            _name(home, path, file, path_of(home, taken.digest))
    return taken


def list_files(home: Path) -> list[Path]:
    """All files among the originals, and what writers that were stopped left behind."""
    folder = home / "originals"
    return [path for path in (*folder.glob("??/*"), *folder.glob(f"{_PART}*")) if path.is_file()]


@contextmanager
def lock(home: Path) -> Iterator[None]:
    """Nobody else gives an original its name, or renews or removes one, as long as this lasts."""
    with FileLock(home / "originals.lock"):
        yield


def _renewed(home: Path, target: Path) -> bool:
    """Whether the file is there; it is as young as one that came just now, so that it is not removed as a leftover."""
    if not target.exists():
        return False
    with lock(home):
        if target.exists():
            os.utime(target)
    return target.exists()


@contextmanager
def _part(home: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file that is gone at the end unless it was given a name."""
    folder = home / "originals"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=_PART)
    try:
        with os.fdopen(handle, "wb") as file:
            yield Path(name), file
    finally:
        Path(name).unlink(missing_ok=True)


def _copied(source: BinaryIO, target: BinaryIO, most: int) -> KeptFile | None:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > most:
            return None
        digest.update(piece)
        target.write(piece)
    return KeptFile(digest.hexdigest(), size)


def _name(home: Path, path: Path, file: BinaryIO, target: Path) -> None:
    """Give a file its name, so that a power cut leaves it there."""
    file.flush()
    os.fsync(file.fileno())
    new = not target.parent.exists()
    target.parent.mkdir(exist_ok=True)
    with lock(home):
        path.replace(target)
    _sync(target.parent)
    if new:
        _sync(target.parent.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
