"""Reads files in a child process that has limits on time, memory and size.

A file's bytes are read once, by the parent; the child gets them over a socket, turns them into blocks and answers
in JSON. Nothing that comes back is executed or unpickled: the parent checks every value and rebuilds the records.
The child is kept for the next file and replaced after a crash, a timeout or much use.
"""

import contextlib
import hashlib
import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ingest.readers.wire_format import ClosedError, TooLongError, WireError, decode_reply, receive, send
from kb.documents.models import RawDocument, Source
from kb.documents.reading import ReadError, ReadFailure, ReadFault

logger = logging.getLogger(__name__)

MEGABYTE = 1 << 20
FILES_PER_CHILD = 200  # parsers leak and fragment memory; a fresh child costs less than 0.1 s
NAME_LENGTH = 255
DYING = 2.0  # seconds that a child which closed its end may take to be gone
OUT_OF_TIME = (signal.SIGXCPU, signal.SIGALRM)
REPOSITORY = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds (of the clock and of the processor), memory, and MB in and out."""

    seconds: int = 60
    memory_mb: int = 1024
    file_mb: int = 50
    output_mb: int = 20


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: where its bytes came from, and the blocks made of exactly those bytes."""

    source: Source
    raw: RawDocument


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read one file in a child of its own; for several files use `Sandbox`."""
    with Sandbox(limits) as sandbox:
        return sandbox.read(path)


class Sandbox:
    """A reading child process for as long as the `with` lasts. May be shared by threads: one file at a time."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._discard()

    def read(self, path: Path) -> Reading:
        """The file's blocks and digest; `ReadError` says why not and what to do."""
        return self.read_bytes(path.name, read_once(path, self.limits), origin=str(path.absolute()))

    def read_bytes(self, name: str, data: bytes, origin: str = "") -> Reading:
        """The same for bytes that are already here, e.g. an upload."""
        _require_size(len(data), self.limits)
        with self._lock:
            raw = self._ask(name, data)
        digest = hashlib.sha256(data).hexdigest()
        return Reading(Source(plain_name(name), origin or plain_name(name), digest, len(data), raw.format), raw)

    def _ask(self, name: str, data: bytes) -> RawDocument:
        try:
            return self._convicted_ask(name, data)
        except (_EndedError, WireError, TimeoutError) as error:
            self._discard()
            raise _as_read_error(error, self.limits) from error
        except ReadError as error:
            if error.failure is ReadFailure.TOO_LARGE:
                self._discard()  # it holds memory it will hardly give back
            raise

    def _convicted_ask(self, name: str, data: bytes) -> RawDocument:
        """Ask; when the child died of something else than this file may be, ask another one, once."""
        child = self._ready_child()
        try:
            return child.ask(name, data)
        except _EndedError as error:
            if not child.excusable(error):
                raise
            self._discard()
            return self._ready_child().ask(name, data)

    def _ready_child(self) -> "_Child":
        if self._child is not None and not self._child.usable:
            self._discard()
        if self._child is None:
            self._child = _Child(self.limits)
        return self._child

    def _discard(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _EndedError(Exception):
    """The child ended in the middle of a file. `signal` is what ended it, 0 for an uncaught error."""

    def __init__(self, status: int, last_words: str) -> None:
        super().__init__(last_words or f"status {status}")
        self.signal = max(-status, 0)


class _Child:
    """One reading process and the socket to it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.files = 0
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, numbers as arguments
                _command(theirs.fileno(), limits),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(),),
                cwd="/",
                env={"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
            )

    @property
    def usable(self) -> bool:
        return self.files < FILES_PER_CHILD and self.process.poll() is None

    def excusable(self, error: _EndedError) -> bool:
        """Whether a file is not to blame for the end of this child.

        A used child may have died between two files, or of what the earlier ones left. And on Linux a child is
        sent SIGTERM when the *thread* that started it ends.
        """
        if error.signal in OUT_OF_TIME:
            return False
        return self.files > 1 or error.signal == signal.SIGTERM

    def ask(self, name: str, data: bytes) -> RawDocument:
        """Blocks of `data`. Raises TimeoutError, WireError, _EndedError or the reader's own ReadError."""
        self.files += 1
        deadline = time.monotonic() + self.limits.seconds
        self.channel.settimeout(self.limits.seconds)
        try:
            send(self.channel, json.dumps(name[-NAME_LENGTH:]).encode("ascii"))
            send(self.channel, data)
            return decode_reply(receive(self.channel, self.limits.output_mb * MEGABYTE, deadline))
        except (ClosedError, ConnectionError) as error:
            raise self._ended() from error

    def _ended(self) -> _EndedError:
        try:
            _, words = self.process.communicate(timeout=DYING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, words = self.process.communicate()
        lines = words.decode("utf-8", "replace").strip().splitlines()
        return _EndedError(self.process.returncode, lines[-1][:500] if lines else "")

    def end(self) -> None:
        self.channel.close()
        self.process.kill()
        with contextlib.suppress(ValueError):  # its error stream may have been read already
            self.process.communicate()


def _command(descriptor: int, limits: Limits) -> list[str]:
    numbers = (descriptor, os.getpid(), limits.seconds, limits.memory_mb, limits.file_mb, limits.output_mb)
    return [sys.executable, "-B", "-s", "-m", "ingest.readers.child_process", *map(str, numbers)]


def _as_read_error(error: Exception, limits: Limits) -> ReadError:
    logger.info("the reading process was replaced: %s", error)
    if isinstance(error, TimeoutError) or (isinstance(error, _EndedError) and error.signal in OUT_OF_TIME):
        return ReadError(ReadFault.TIME, {"count": limits.seconds})
    if isinstance(error, TooLongError):
        return ReadError(ReadFault.LONG_TEXT)
    if isinstance(error, _EndedError) and error.signal == signal.SIGKILL:
        return ReadError(ReadFault.STOPPED)
    return ReadError(ReadFault.UNREADABLE)


# --- bytes and names ---------------------------------------------------------------------------------


def read_once(path: Path, limits: Limits) -> bytes:
    """All bytes of a file that does not change meanwhile, or a `ReadError` that says what happened."""
    try:
        # Opening a named pipe would wait for its writer; a device has no end.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            before = os.fstat(file.fileno())
            _require_regular(before.st_mode)
            _require_size(before.st_size, limits)
            data = file.read(limits.file_mb * MEGABYTE + 1)
            after = os.fstat(file.fileno())
    except IsADirectoryError as error:
        raise _not_a_file() from error
    except FileNotFoundError as error:
        raise ReadError(ReadFault.GONE) from error
    except OSError as error:
        raise ReadError(ReadFault.CANNOT_OPEN, {"error": str(error.strerror)}) from error
    _require_size(len(data), limits)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise ReadError(ReadFault.CHANGED)
    return data


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise _not_a_file()


def _not_a_file() -> ReadError:
    return ReadError(ReadFault.NOT_A_FILE)


def _require_size(size: int, limits: Limits) -> None:
    if size > limits.file_mb * MEGABYTE:
        raise ReadError(ReadFault.LARGE_FILE, {"size": round(size / MEGABYTE), "most": limits.file_mb})


def plain_name(name: str) -> str:
    """The base name as a text one can show: control and formatting characters replaced, no folders, never empty."""
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(
        "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character for character in base
    )
    return shown.strip()[-NAME_LENGTH:] or "unnamed"
