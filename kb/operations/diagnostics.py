"""What can be wrong with an instance, and what of it its folder, disk and settings show.

Every check is a function that gives findings: what is wrong, what it means, and the command that mends it.
"""

import os
import shlex
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kb.config import Settings

_GIGABYTE = 1_000_000_000
_LITTLE, _LEAST = 2 * _GIGABYTE, _GIGABYTE // 4  # bytes free below which it is said, below which it is wrong
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Level(StrEnum):
    """How much a finding matters."""

    WRONG = "wrong"
    NOTE = "note"  # works, but is better known


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found. `mend` is a command, or what to do where there is none."""

    check: str
    level: Level
    what: str
    means: str
    mend: str


Check = Callable[[Settings], list[Finding]]


def rights(settings: Settings) -> list[Finding]:
    """Whether everything an instance owns can be read and written."""
    home = settings.home
    folders = [home, *(home / name for name in ("originals", "index", "workers", "encoder"))]
    files = [home / f"kb.sqlite{end}" for end in ("", "-wal", "-shm")]
    barred = [path for path in folders if path.exists() and not os.access(path, os.R_OK | os.W_OK | os.X_OK)]
    barred += [path for path in files if path.exists() and not os.access(path, os.R_OK | os.W_OK)]
    if not barred:
        return []
    what = f"{barred[0]} cannot be read and written{_more(len(barred) - 1)}"
    means = "Commands fail as soon as they need it; this happens when one was run as another user."
    return [Finding("rights", Level.WRONG, what, means, f"sudo chown -R $(id -un) {shlex.quote(str(home))}")]


def space(settings: Settings) -> list[Finding]:
    """Whether there is room on the disk."""
    free = shutil.disk_usage(settings.home).free
    if free >= _LITTLE:
        return []
    level = Level.WRONG if free < _LEAST else Level.NOTE
    what = f"{free / 1e6:.0f} MB are free on the disk of {settings.home}"
    means = "Files that people send, the indexes and the journal of the database need room; writing fails without it."
    mend = "Free space, or move the home: 'kb backup DIR' on another disk, then 'kb restore DIR' with another KB_HOME"
    return [Finding("disk space", level, what, means, mend)]


def privacy(settings: Settings) -> list[Finding]:
    """Whether other users of the machine can read what is not theirs."""
    home = settings.home
    if not home.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH):
        return []
    files = [home / f"kb.sqlite{end}" for end in ("", "-wal")]
    open_ones = [path for path in files if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)]
    if not open_ones:
        return []
    what = f"{open_ones[0]} can be read by other users of this machine"
    means = "It holds addresses of people, digests of passwords and what is not published."
    return [Finding("privacy", Level.WRONG, what, means, f"chmod -R go= {shlex.quote(str(home))}")]


def mail(settings: Settings) -> list[Finding]:
    """Whether the site can write to people."""
    if settings.smtp_host:
        return []
    means = "Invitations and ways back in are shown to the admin as links, to be passed on by hand."
    mend = "Set KB_SMTP_HOST, KB_SMTP_FROM and KB_PUBLIC_URL"
    return [Finding("mail", Level.NOTE, "No mail server is set", means, mend)]


def address(settings: Settings) -> list[Finding]:
    """Whether a site that others reach is reached encrypted."""
    if settings.host in _LOOPBACK or settings.public_url.startswith("https://"):
        return []
    what = f"The site is served on {settings.host} and KB_PUBLIC_URL names no https address"
    means = "Passwords and sessions cross the network unencrypted."
    mend = "Set KB_PUBLIC_URL=https://… and KB_HOST=127.0.0.1, with a proxy that speaks TLS in front"
    return [Finding("address", Level.NOTE, what, means, mend)]


CHECKS: tuple[Check, ...] = (rights, space, privacy, mail, address)


def absent(home: Path) -> list[Finding]:
    """Whether there is an instance at all."""
    if home.is_dir():
        return []
    means = "Nothing was ever stored under this name, or KB_HOME is not what it was."
    return [Finding("home", Level.WRONG, f"There is no folder {home}", means, "Set KB_HOME, or run 'kb starter'")]


def _more(count: int) -> str:
    return f", nor can {count} more" if count > 0 else ""
