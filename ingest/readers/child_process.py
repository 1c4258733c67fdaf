"""The child process of the sandbox: limits itself, then reads one file after another until its parent is gone."""

import contextlib
import ctypes
import json
import logging
import math
import os
import resource
import signal
import socket
import sys

from ingest.readers.file_types import read
from ingest.readers.wire_format import ClosedError, encode_document, encode_failure, receive, send
from kb.documents.reading import ReadError, ReadFault

MEGABYTE = 1 << 20
PR_SET_PDEATHSIG = 1  # linux/prctl.h
OPEN_FILES = 64


def main(arguments: list[str]) -> None:
    """`arguments`: number of the socket, process id of the parent, seconds, memory_mb, file_mb, output_mb."""
    descriptor, parent, seconds, memory, file_size, output = map(int, arguments)
    _die_with(parent)
    _limit(memory)
    logging.disable(logging.CRITICAL)  # parsers comment on every oddity of a file; nobody reads that here
    with socket.socket(fileno=descriptor) as channel:
        while _serve(channel, seconds, file_size * MEGABYTE, output * MEGABYTE):
            pass


def _serve(channel: socket.socket, seconds: int, file_limit: int, output_limit: int) -> bool:
    """Answer one request; False when there will be no more."""
    try:
        name = json.loads(receive(channel, MEGABYTE))
        data = receive(channel, file_limit)
    except (ClosedError, ConnectionError):
        return False
    _allow(seconds)
    send(channel, _answer(name, data, output_limit))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return True


def _answer(name: str, data: bytes, output_limit: int) -> bytes:
    try:
        reply = encode_document(read(name, data))
    except ReadError as error:
        return encode_failure(error)
    except MemoryError:
        return encode_failure(ReadError(ReadFault.MEMORY))
    return reply if len(reply) <= output_limit else encode_failure(ReadError(ReadFault.LONG_TEXT))


def _allow(seconds: int) -> None:
    """Grant one file its time: processor time, and wall-clock time in case the parent is gone."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(usage.ru_utime + usage.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, seconds + 5)  # SIGALRM's default action ends the process


def _limit(memory: int) -> None:
    # Not every system knows every limit (RLIMIT_AS on macOS); the parent's clock holds in any case.
    for kind, amount in (
        (resource.RLIMIT_AS, memory * MEGABYTE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (amount, amount))


def _die_with(parent: int) -> None:
    """Leave no orphan when the parent is killed, even while a parser is busy."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
