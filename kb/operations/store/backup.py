"""Backups: a consistent copy of all that an instance owns, taken while it is used.

A backup is a folder: the database, the originals by digest, the vocabularies, the settings without secrets, the list of
erasures, and a manifest with the SHA-256 of every file. Caches and the encoder's files are not in it: they are made
again. Another process may write meanwhile: the database is copied first, as it stands at one moment, and an original is
always there before the database speaks of it.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kb.clock import now
from kb.documents.store import originals
from kb.errors import InstanceError, UsageError
from kb.experts.store import erasures

LAYOUT = 1  # of the folder; a reader refuses a later one
MANIFEST, DATABASE, SETTINGS, VOCABULARIES = "manifest.json", "kb.sqlite", "settings.json", "vocabularies"
_PIECE = 1 << 20

Watched = Callable[[Sequence[str]], Iterable[str]]  # gives each in turn, and shows how far it has come


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: SHA-256 of its `files` by name, `counts` of rows by table."""

    layout: int
    taken: str  # ISO 8601
    software: str
    schema: str
    counts: dict[str, int]
    files: dict[str, str]
    lacking: dict[str, str]  # digests of originals that could not be taken: missing | altered


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is to be backed up. `database` is the file of the embedded database; `settings` hold no secret."""

    home: Path
    database: Path
    vocabularies: Path
    settings: Mapping[str, str]
    software: str


def take(held: Holdings, target: Path, watched: Watched = iter) -> Manifest:
    """Write a backup into the new folder `target`, which is there as a whole or not at all.

    An original that is missing or altered is left out and named in the manifest. Raises UsageError when the folder is
    in use, InstanceError when the disk or the database does not allow it.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise UsageError(f"{target} is there already. Name a new folder for each backup.")
    if not held.database.exists():
        raise InstanceError(f"There is no database {held.database}, so nothing to back up. Check KB_HOME.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.part-"))
        try:
            manifest = _gather(held, part, watched)
            _sync(part)
            part.replace(target)
            _sync(target.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise InstanceError(f"The backup could not be written ({error}). Free space, or name another disk.") from error
    except sqlite3.Error as error:
        raise InstanceError(f"The database could not be copied ({error}). Run 'kb doctor'.") from error
    return manifest


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(connection: sqlite3.Connection) -> list[str]:
    """SHA-256 of every original that the records speak of."""
    tables = [name for name in ("documents", "jobs") if _has(connection, name)]
    union = " UNION ".join(f"SELECT digest FROM {table} WHERE digest != ''" for table in tables)
    return [str(row[0]) for row in connection.execute(f"{union} ORDER BY 1")] if union else []


def _gather(held: Holdings, part: Path, watched: Watched) -> Manifest:
    copy = part / DATABASE
    _copy_database(held.database, copy)
    with closing(sqlite3.connect(copy)) as connection:
        manifest = Manifest(
            LAYOUT, now().isoformat(), held.software, _schema(connection), _counts(connection), {}, {}
        )  # fmt: skip
        wanted = digests(connection)
    lacking = dict(_copy_originals(held.home, part, watched(wanted)))
    for path in sorted(held.vocabularies.glob("*.ttl")):
        _copy(path, part / VOCABULARIES / path.name)
    if (held.home / erasures.FILE).exists():
        _copy(held.home / erasures.FILE, part / erasures.FILE)
    _write_json(part / SETTINGS, dict(held.settings))
    names = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
    complete = replace(manifest, files={name: digest_of(part / name) for name in names}, lacking=lacking)
    _write_json(part / MANIFEST, asdict(complete))
    return complete


def _copy_database(source: Path, target: Path) -> None:
    """The database as it stands at one moment; who writes meanwhile does not wait."""
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read:
        target.touch(mode=0o600)
        with closing(sqlite3.connect(target)) as copy:
            read.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
            found = str(copy.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        raise InstanceError(f"The database is damaged ({found}). Run 'kb doctor', and keep your earlier backups.")


def _copy_originals(home: Path, part: Path, wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Copy them; gives those that could not be, with what ails them."""
    for digest in wanted:
        target = originals.path_of(part, digest)
        try:
            copied = _copy(originals.path_of(home, digest), target)
        except FileNotFoundError:
            yield digest, "missing"
            continue
        if copied != digest:
            target.unlink()
            yield digest, "altered"


def _copy(source: Path, target: Path) -> str:
    """Copy a file durably; its SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as read:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as written:
            while piece := read.read(_PIECE):
                digest.update(piece)
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
    return digest.hexdigest()


def _schema(connection: sqlite3.Connection) -> str:
    if not _has(connection, "alembic_version"):
        return ""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [str(row[0]) for row in connection.execute(query)]
    return {name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}


def _has(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, [table]).fetchone() is not None


def _write_json(path: Path, value: object) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
