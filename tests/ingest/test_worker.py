"""The worker: what it does with jobs, with files that kill it, with jobs of the dead, and how a site has one."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from kb.cli import bootstrap
from kb.cli import worker as working
from kb.config import Settings
from kb.documents.models import Description, Document, EncodedPassages, FileReport, Outcome, Passage, Tag, TaggedPassage
from kb.documents.state import State
from kb.documents.store import documents, originals
from kb.errors import InstanceError
from kb.jobs.job import INTERRUPTED, MOST_ATTEMPTS, JobState, LostJobError
from kb.jobs.store import queue
from tests.support.documents import Instance
from tests.support.uploads import NoTags, all_jobs, send, work, worker_of

TEXT = b"# Mobile consulates\n\nConsulates that travel renewed the passports of 4,000 workers.\n"


class Failing(NoTags):
    """A tagger that fails on texts with the word "deadly"."""

    def __init__(self, failure: BaseException) -> None:
        self.failure = failure

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
        if "deadly" in document.text:
            raise self.failure
        return super().tag_document(document, description, cut, encoded)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def test_a_file_on_which_the_worker_fails_is_left_alone_and_the_others_are_done(instance: Instance) -> None:
    send(instance, ("deadly.md", TEXT + b"A deadly one."), ("good.md", TEXT))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError), worker_of(instance, Failing(ZeroDivisionError())) as worker:
            work(worker)
    with worker_of(instance, Failing(ZeroDivisionError())) as worker:
        work(worker)
    found = all_jobs(instance)
    assert (found["deadly.md"].state, found["deadly.md"].outcome) == (JobState.FAILED, INTERRUPTED)
    assert found["good.md"].outcome == "stored"
    assert list((instance.home / "workers").iterdir()) == []


@pytest.mark.parametrize("reason", [InstanceError("No space."), KeyboardInterrupt()])
def test_what_no_file_is_to_blame_for_does_not_count(instance: Instance, reason: BaseException) -> None:
    send(instance, ("deadly.md", TEXT + b"A deadly one."))
    for _ in range(MOST_ATTEMPTS + 2):
        with pytest.raises(type(reason)), worker_of(instance, Failing(reason)) as worker:
            work(worker)
        assert all_jobs(instance)["deadly.md"].state is JobState.WAITING
    with worker_of(instance) as worker:
        work(worker)
    assert all_jobs(instance)["deadly.md"].outcome == "stored"


def test_the_job_of_a_dead_worker_is_done_at_once_and_that_of_a_living_one_left(instance: Instance) -> None:
    send(instance, ("a.md", TEXT))
    folder = instance.home / "workers"
    folder.mkdir()
    with instance.database.write() as connection:
        queue.claim(connection, "another")
    with FileLock(folder / "another.lock"), worker_of(instance) as worker:
        assert worker.work_once() is None
    with worker_of(instance) as worker:
        assert worker.work_once() is not None
    assert all_jobs(instance)["a.md"].outcome == "stored"


def test_a_worker_that_lost_its_job_stores_nothing(instance: Instance) -> None:
    send(instance, ("a.md", TEXT))

    class Slow(NoTags):
        """Slow enough for another worker to take the job over."""

        def tag_document(
            self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
        ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
            with instance.database.write() as connection:
                queue.claim(connection, "quicker", queue.holders(connection))
            return super().tag_document(document, description, cut, encoded)

    with worker_of(instance, Slow()) as worker:
        assert worker.work_once() is not None
    assert instance.states() == {}
    job = all_jobs(instance)["a.md"]
    assert (job.state, job.attempts) == (JobState.RUNNING, 2)
    with pytest.raises(LostJobError), instance.database.write() as connection:
        queue.finish(connection, job.id, worker.holder, FileReport("a.md", Outcome.STORED))


def test_a_job_that_died_after_storing_is_ended_and_not_done_again(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(instance, ("a.md", TEXT + b"A deadly one."))

    def dies(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("ingest.pipeline.examine", dies)
        with pytest.raises(MemoryError), worker_of(instance) as worker:
            work(worker)
    assert len(instance.states()) == 1
    with worker_of(instance, Failing(AssertionError("nothing was to be tagged again"))) as worker:
        work(worker)
    job = all_jobs(instance)["a.md"]
    assert (job.state, job.outcome, instance.states()) == (JobState.DONE, "stored", {job.document: State.DESCRIBED})


def test_a_file_that_is_gone_is_reported(instance: Instance) -> None:
    send(instance, ("a.md", TEXT), ("b.md", TEXT + b"b"))
    originals.path_of(instance.home, all_jobs(instance)["a.md"].digest).unlink()
    with worker_of(instance) as worker:
        work(worker)
    found = all_jobs(instance)
    assert (found["a.md"].outcome, found["b.md"].outcome) == ("damaged", "stored")
    assert "send it again" in str(found["a.md"].message)


def test_several_workers_share_the_work(instance: Instance) -> None:
    send(instance, *((f"{n}.md", TEXT + b"%d" % n) for n in range(12)))
    took: dict[int, int] = {}

    def take(number: int) -> None:
        with worker_of(instance) as worker:
            while worker.work_once():
                took[number] = took.get(number, 0) + 1

    threads = [threading.Thread(target=take, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(took.values()) == 12
    assert [job.attempts for job in all_jobs(instance).values()] == [1] * 12
    assert documents.count_by_state(instance.database) == {"described": 12}


# --- beside the site ---


def test_the_site_starts_a_worker_when_there_is_work_and_again_when_it_dies(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, pauses = [0], list[float | None]()

    def run(_: threading.Event) -> int:
        runs[0] += 1
        if runs[0] < 4:
            return -9
        with worker_of(instance) as worker:
            work(worker)
        return 0

    class Waits(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            if len(pauses) == 2:
                send(instance, ("a.md", TEXT))
            return len(pauses) > 8

    monkeypatch.setattr(working, "_run", run)
    settings = Settings(home=instance.home)
    working.keep_working(bootstrap.Instance(settings, instance.database), Waits())
    assert all_jobs(instance)["a.md"].outcome == "stored"
    assert runs == [4]
    assert pauses == [0.5, 0.5, 1.0, 2.0, 4.0, 0.5, 0.5, 0.5, 0.5]
    assert "the worker ended with status -9; it is started again" in capsys.readouterr().err
