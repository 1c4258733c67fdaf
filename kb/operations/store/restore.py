"""Restoring: a backup is checked against its manifest and put into an empty home.

Nobody is signed in afterwards: sessions, one-time links and tokens of the backup are ended, because any of them may
have been ended since it was taken. Passwords are those of the backup.
"""

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection, update
from sqlalchemy.exc import DatabaseError

from kb.accounts.account import SYSTEM
from kb.accounts.audit_actions import AuditKind, InstanceAction
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.errors import InstanceError, UsageError
from kb.experts.store import erasures
from kb.experts.store.erasures import Erasure
from kb.jobs.store import queue
from kb.mail.store import outbox
from kb.operations.store.backup import DATABASE, LAYOUT, MANIFEST, Manifest, digest_of
from kb.store.database import HEAD, open_database
from kb.store.tables.accounts import api_tokens, one_time_links, sessions

_SHOWN = 3  # files that are named when several do not match


@dataclass(frozen=True, slots=True)
class Target:
    """Where a backup goes: an empty home, and the file of its database, which is not there yet."""

    home: Path
    database: Path


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself. Raises UsageError when it is none, InstanceError when it is a newer version's."""
    try:
        value = json.loads((folder / MANIFEST).read_text("utf-8"))
        layout = int(value["layout"])
        manifest = Manifest(**value) if layout == LAYOUT else None
    except OSError as error:
        raise UsageError(
            f"{folder} is no backup: it has no {MANIFEST}. Name a folder that 'kb backup' made."
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise InstanceError(f"The {MANIFEST} of {folder} is damaged. Use another backup.") from error
    if manifest is None or manifest.schema > HEAD:
        raise InstanceError(
            f"The backup {folder} was made by a newer version of this software ({value.get('software') or 'unknown'}). "
            "Install that version and restore with it."
        )
    return manifest


def check(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest. Raises InstanceError for the first ones that differ."""
    wrong = [f"{name} {ails}" for name, digest in manifest.files.items() if (ails := _ails(folder, name, digest))]
    if DATABASE not in manifest.files:
        wrong.append(f"{DATABASE} is not in it")
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise InstanceError(
            f"The backup {folder} is not what was written: {', '.join(wrong[:_SHOWN])}{more}. Use another backup."
        )


def restore(folder: Path, target: Target, erased: Sequence[Erasure] = ()) -> Manifest:
    """Put a backup into an empty home; what it erased, and what `erased` adds, is erased again before anybody can look.

    Raises UsageError when the home is in use, InstanceError when the backup does not allow it; the home is empty then.
    """
    manifest = read_manifest(folder)
    check(folder, manifest)
    _refuse_what_is_used(target)
    listed = list(dict.fromkeys([*erasures.read(folder / erasures.FILE), *erased]))
    try:
        _fill(folder, manifest, target, listed)
    except BaseException:
        _empty(target)
        raise
    return manifest


def _fill(folder: Path, manifest: Manifest, target: Target, erased: Sequence[Erasure]) -> None:
    part = target.database.with_name(target.database.name + ".part")
    try:
        target.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in manifest.files:
            if PurePosixPath(name).parts[0] == "originals":
                (target.home / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, target.home / name)
        erasures.write(target.home, erased)
        part.touch(mode=0o600)
        shutil.copyfile(folder / DATABASE, part)
        _renew(part, target.home, manifest, erased)
        part.replace(target.database)
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise InstanceError(
            f"The backup could not be restored ({str(error).splitlines()[0]}). Check the disk, and try again."
        ) from error


def _renew(file: Path, home: Path, manifest: Manifest, erased: Sequence[Erasure]) -> None:
    """Bring the copied records up to date before they are given their name."""
    database = open_database(f"sqlite:///{file}", home)
    try:
        with database.write() as connection:
            _end_what_opens(connection)
            outbox.show(connection)  # what waited when the backup was taken was sent since, or is too late
            for holder in queue.holders(connection):
                queue.give_back(connection, holder)
            count = erasures.replay(connection, erased)
            details: dict[str, str | int | None] = {"taken": manifest.taken, "erased_again": count}
            audit_trail.record(connection, SYSTEM, InstanceAction.RESTORED, AuditKind.INSTANCE, "records", details)
    finally:
        database.close()
    with closing(sqlite3.connect(file)) as connection_:
        if count:
            connection_.execute("VACUUM")  # what was erased is not to be found in free pages either
        connection_.execute("PRAGMA journal_mode=DELETE")  # no file beside it, so that it can be renamed


def _end_what_opens(connection: Connection) -> None:
    moment = now()
    connection.execute(update(sessions).where(sessions.c.ended.is_(None)).values(ended=moment))
    connection.execute(update(one_time_links).where(one_time_links.c.used.is_(None)).values(used=moment))
    connection.execute(update(api_tokens).where(api_tokens.c.ended.is_(None)).values(ended=moment))


def _ails(folder: Path, name: str, digest: str) -> str:
    """What is wrong with a file of the backup; "" when nothing is."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        return "leads out of the folder"
    try:
        return "" if digest_of(folder / name) == digest else "was altered"
    except OSError:
        return "is missing"


def _refuse_what_is_used(target: Target) -> None:
    if target.home.exists() and (not target.home.is_dir() or any(target.home.iterdir())):
        raise UsageError(
            f"The home {target.home} is not empty. Set KB_HOME to a new folder; the old one stays as it is, in case "
            "something of it is still wanted."
        )
    if target.database.exists():
        raise UsageError(f"The database {target.database} is there already. Set KB_DATABASE_URL to a new file.")


def _empty(target: Target) -> None:
    for path in target.home.iterdir() if target.home.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for suffix in (".part", ".part-wal", ".part-shm"):
        target.database.with_name(target.database.name + suffix).unlink(missing_ok=True)
