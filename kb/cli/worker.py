"""The command that works on what people send in, and how the site has it run beside itself."""

import dataclasses
import logging
import math
import os
import subprocess
import sys
import threading
import time

import click

from kb.cli import bootstrap, notifications

_log = logging.getLogger(__name__)
_NICE = 15  # people who search come before files that are read
_IDLE = 60  # seconds without work after which the site's worker ends, and gives its memory back
_LOOKS = 0.5  # seconds between two looks for work
_SWEEPS = 3600.0  # seconds between two looks for bytes that nothing needs any more
_LONGEST_PAUSE = 60.0  # seconds before a worker that keeps dying is started again


@click.command()
@click.option("--idle", type=float, metavar="SECONDS", help="End after so long without work; else work until stopped.")
def work(idle: float | None) -> int:
    """Work on the files that people send in; 'kb serve' has one beside it.

    One at a time; several workers may run, also on other machines with the same home and database.
    """
    from ingest.worker import Worker

    parent = os.getppid()  # before anything that takes time, for a site may be killed meanwhile
    instance = _modest(bootstrap.open_instance())
    os.nice(_NICE)
    _bound_memory()
    ended = threading.Event()
    if idle is None:  # beside a site it is the site that sends letters
        threading.Thread(target=notifications.keep_posting, args=(instance, ended), daemon=True).start()
    try:
        with Worker(instance.database, instance.settings.home, lambda: bootstrap.open_tools(instance)) as worker:
            # One that works beside a site ends with it.
            worker.work(idle, lambda: idle is None or os.getppid() == parent)
    finally:
        ended.set()
    return 0


def keep_working(instance: bootstrap.Instance, ended: threading.Event) -> None:
    """Run a worker in a process of its own whenever there is something to do, until `ended`.

    It is started again when it dies, after a pause that grows; the site goes on without it. Bytes that nothing needs
    any more are removed now and then.
    """
    from kb.documents.store import pending_encodings, pending_statements
    from kb.jobs.store import orphaned_files, queue

    pause, swept = _LOOKS, -math.inf
    while not ended.wait(pause):
        if time.monotonic() - swept > _SWEEPS:
            swept = time.monotonic()
            try:
                orphaned_files.sweep(instance.database, instance.settings.home)
            except OSError as error:
                _log.warning(f"bytes that nothing needs cannot be removed ({error}). Run 'kb doctor'.")
        with instance.database.read() as connection:
            wanted = (
                queue.pending(connection)
                or pending_encodings.pending(connection)
                or pending_statements.pending(connection)
            )
        if not wanted:
            pause = _LOOKS
            continue
        began = time.monotonic()
        status = _run(ended)
        soon = status == 0 or time.monotonic() - began > _IDLE
        pause = _LOOKS if soon else min(max(2 * pause, 1.0), _LONGEST_PAUSE)
        if status and not ended.is_set():
            _log.warning(f"the worker ended with status {status}; it is started again in {pause:.0f} s.")


def _bound_memory() -> None:
    """Keep few prepared products: torch keeps one a shape otherwise, and hardly two batches of passages are alike.

    After 60 batches a worker had 1.16 GB, not 1.44 GB, and had taken as long. Read once, when torch is loaded.
    """
    for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(name, "8")


def _modest(instance: bootstrap.Instance) -> bootstrap.Instance:
    """The instance with an encoder that takes half of the cores, unless the settings say how many it takes."""
    threads = instance.settings.threads or max(1, (os.cpu_count() or 1) // 2)
    return bootstrap.Instance(dataclasses.replace(instance.settings, threads=threads), instance.database)


def _run(ended: threading.Event) -> int:
    """One worker, until it has nothing to do, dies or is stopped; its exit status."""
    command = [sys.executable, "-m", "kb", "worker", "--idle", str(_IDLE)]
    # A group of its own: Ctrl+C is for the site, which stops it below. Not a session: Linux shares out the processor by
    # session first, and would give the worker as much as the site.
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603
    except OSError as error:
        _log.warning(f"no worker can be started ({error.strerror}).")
        return 1
    with process:
        while process.poll() is None:
            if ended.wait(_LOOKS):
                process.terminate()
                break
    return process.returncode
