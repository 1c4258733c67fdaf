"""Originals: the bytes as they came, under their digest, whole or not there, gone when nothing needs them."""

import os
import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.cli import bootstrap
from kb.cli import worker as working
from kb.clock import now
from kb.config import Settings
from kb.documents.store import originals
from kb.jobs.job import JobState
from kb.jobs.store import orphaned_files, queue
from tests.support.documents import Instance
from tests.support.uploads import SENDER, all_jobs, send, work, worker_of

DIGEST = "ab" + "0" * 62


def test_bytes_are_kept_once(tmp_path: Path) -> None:
    path = originals.keep(tmp_path, DIGEST, b"\0PDF")
    assert path == originals.path_of(tmp_path, DIGEST)
    assert path.read_bytes() == b"\0PDF"
    before = path.stat()
    assert originals.keep(tmp_path, DIGEST, b"\0PDF") == path
    assert path.stat().st_ino == before.st_ino


def test_a_crash_while_writing_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(OSError, match="disk full"):
        originals.keep(tmp_path, DIGEST, b"data")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


# --- what nothing needs any more ---

NOTE = b"Fees for remittances fall where prices are compared every month, said the sample group. "
FILES = {
    "stored.txt": NOTE * 4,
    "failed.pdf": b"%PDF-1.7 and nothing else",
    "waiting.txt": b"Waiting " + NOTE,
    "regretted.txt": b"Regretted " + NOTE,
    "twice.txt": b"Twice " + NOTE,
    "again.txt": b"Twice " + NOTE,
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with a file in every state; of two with the same bytes one was taken back, one waits."""
    instance = Instance(tmp_path_factory.mktemp("used"))
    send(instance, *((name, FILES[name]) for name in ("stored.txt", "failed.pdf")))
    with worker_of(instance) as worker:
        work(worker)
    send(instance, *((name, FILES[name]) for name in ("waiting.txt", "regretted.txt", "twice.txt", "again.txt")))
    with instance.database.write() as connection:
        for name in ("regretted.txt", "twice.txt"):
            queue.cancel(connection, SENDER.actor, all_jobs(instance)[name].id)
    (instance.home / "originals" / ".part-x").write_bytes(b"of a writer that was killed")
    instance.database.close()
    return instance.home


@pytest.fixture
def instance(used: Path, tmp_path: Path) -> Instance:
    shutil.copytree(used, tmp_path / "home")
    return Instance(tmp_path / "home")


def aged(instance: Instance, age: timedelta) -> None:
    """Let all that came in, and all that became of it, be so old."""
    then = now() - age
    for path in originals.list_files(instance.home):
        os.utime(path, (then.timestamp(), then.timestamp()))
    with instance.database.write() as connection:
        connection.execute(text("UPDATE jobs SET changed = :then"), {"then": then.replace(tzinfo=None).isoformat(" ")})


def held(instance: Instance) -> set[bytes]:
    return {path.read_bytes() for path in originals.list_files(instance.home)}


@pytest.mark.parametrize(
    ("age", "gone"),
    [
        (timedelta(minutes=50), set()),
        (timedelta(hours=2), {"regretted.txt"}),
        (timedelta(days=29), {"regretted.txt"}),
        (timedelta(days=31), {"regretted.txt", "failed.pdf"}),
    ],
    ids=["lately", "regretted", "within a month", "after a month"],
)
def test_bytes_go_when_nothing_needs_them(instance: Instance, age: timedelta, gone: set[str]) -> None:
    aged(instance, age)
    before = held(instance)
    assert orphaned_files.sweep(instance.database, instance.home) == len(gone) + (1 if gone else 0)
    assert held(instance) == before - (
        {FILES[name] for name in gone} | ({b"of a writer that was killed"} if gone else set())
    )
    after = all_jobs(instance)
    assert {name for name in ("failed.pdf", "regretted.txt") if not after[name].can_be_retried} == gone
    assert orphaned_files.sweep(instance.database, instance.home) == 0


def test_what_waits_can_still_be_read_after_the_leftovers_went(instance: Instance) -> None:
    aged(instance, timedelta(days=31))
    orphaned_files.sweep(instance.database, instance.home)
    with worker_of(instance) as worker:
        work(worker)
    states = {name: job.state for name, job in all_jobs(instance).items()}
    assert (states["waiting.txt"], states["again.txt"]) == (JobState.DONE, JobState.DONE)


def test_bytes_that_come_in_again_at_that_moment_stay(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(instance, timedelta(hours=2))
    found = orphaned_files.unneeded

    def overtaken(*asked: object) -> list[Path]:
        paths = found(*asked)  # type: ignore[arg-type]
        send(instance, ("regretted again.txt", FILES["regretted.txt"]))
        return paths

    with instance.database.write() as connection:  # its hour is over
        connection.execute(text("UPDATE jobs SET digest = '' WHERE name = 'regretted.txt'"))
    monkeypatch.setattr(orphaned_files, "unneeded", overtaken)
    orphaned_files.sweep(instance.database, instance.home)
    assert FILES["regretted.txt"] in held(instance)


def test_bytes_that_are_kept_anew_count_as_new(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    path = originals.keep(tmp_path, DIGEST, b"data")
    os.utime(path, (0, 0))
    originals.keep(tmp_path, DIGEST, b"data")  # a document is about to speak of them
    assert orphaned_files.sweep(instance.database, tmp_path) == 0
    os.utime(path, (0, 0))
    assert orphaned_files.sweep(instance.database, tmp_path) == 1


def test_a_site_removes_what_nothing_needs(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    path = originals.keep(tmp_path, DIGEST, b"data")
    os.utime(path, (0, 0))
    ended = threading.Event()
    site = bootstrap.Instance(Settings(home=tmp_path), instance.database)
    beside = threading.Thread(target=working.keep_working, args=(site, ended))
    beside.start()
    ends = time.monotonic() + 30
    while path.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    ended.set()
    beside.join()
    assert not path.exists()
