"""Jobs: claimed by one worker at a time, given to another when that one is dead, ended once, never lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.accounts.account import Account, Role
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.documents.models import FileReport, Outcome
from kb.documents.reading import ReadFault, Remark, english
from kb.errors import RefusedError
from kb.jobs.job import (
    INTERRUPTED,
    LEASE,
    MOST_ATTEMPTS,
    Job,
    JobFilter,
    JobState,
    JobWishes,
    LostJobError,
    Sent,
    Step,
)
from kb.jobs.store import queue
from tests.support.documents import Instance, sample
from tests.support.kills import workers

STORED = FileReport("a.txt", Outcome.STORED)
BAD = FileReport("a.txt", Outcome.DAMAGED, Remark(ReadFault.MANY_PAGES, {"count": 3000, "most": 2000}))
BY = Account(7, "ana@example.org", "Ana", "en", (Role.CONTRIBUTOR,)).actor


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def submit(instance: Instance, *names: str, **sent: object) -> list[int]:
    files = [Sent(name, "d" * 64, 5, **sent) for name in names]  # type: ignore[arg-type]
    with instance.database.write() as connection:
        return queue.submit(connection, BY, "one", files, JobWishes("report", ("PER",)))


def claim(instance: Instance, holder: str, *dead: str) -> Job | None:
    with instance.database.write() as connection:
        return queue.claim(connection, holder, dead)


def got(instance: Instance, number: int) -> Job:
    with instance.database.read() as connection:
        job = queue.get(connection, number)
    assert job is not None
    return job


def finish(instance: Instance, number: int, holder: str, report: FileReport = STORED) -> None:
    with instance.database.write() as connection:
        queue.finish(connection, number, holder, report)


def silent_for(instance: Instance, time: timedelta) -> None:
    """Let the workers have said nothing for so long."""
    with instance.database.write() as connection:
        connection.execute(
            text("UPDATE jobs SET beat = :then"), {"then": (now() - time).replace(tzinfo=None).isoformat(" ")}
        )


def test_jobs_are_taken_in_order_and_each_once(instance: Instance) -> None:
    numbers = submit(instance, "a.txt", "b.txt")
    first, second = claim(instance, "one"), claim(instance, "two")
    assert first is not None
    assert second is not None
    assert [first.id, second.id] == numbers
    assert (first.state, first.step, first.wishes) == (JobState.RUNNING, Step.READING, JobWishes("report", ("PER",)))
    assert claim(instance, "three") is None


def test_people_are_served_in_turn(instance: Instance) -> None:
    submit(instance, "a1.txt", "a2.txt", "a3.txt")
    taken = [claim(instance, "one")]
    with instance.database.write() as connection:
        other = Account(8, "x@example.org", "", "en", ()).actor
        queue.submit(connection, other, "two", [Sent("b1.txt", "f" * 64, 1), Sent("b2.txt", "e" * 64, 1)], JobWishes())
    taken += [claim(instance, f"worker {number}") for number in range(4)]
    assert [job.name for job in taken if job] == ["a1.txt", "b1.txt", "a2.txt", "b2.txt", "a3.txt"]


def test_an_outcome_is_kept_with_what_to_do(instance: Instance) -> None:
    numbers = submit(instance, "a.txt", "b.txt")
    for number, report in zip(numbers, (STORED, BAD), strict=True):
        claim(instance, "one")
        finish(instance, number, "one", report)
    good, bad = (got(instance, number) for number in numbers)
    assert (good.state, good.outcome, good.step) == (JobState.DONE, "stored", "")
    assert (bad.state, bad.outcome, bad.message) == (JobState.FAILED, "damaged", BAD.message)
    assert (good.can_be_retried, bad.can_be_retried) == (False, True)


def test_a_sentence_kept_by_an_earlier_version_is_told_as_it_stands(instance: Instance) -> None:
    (number,) = submit(instance, "a.txt")
    with instance.database.write() as connection:
        connection.execute(text("UPDATE jobs SET message = 'Send it again.', warnings = '[\"Page 3 damaged.\"]'"))
    job = got(instance, number)
    assert (job.message, job.warnings) == (english("Send it again."), (english("Page 3 damaged."),))
    assert job.message is not None
    assert (job.message.said("es"), job.message.language_in("es")) == ("Send it again.", "en")


def test_files_turned_away_at_the_door_have_ended(instance: Instance) -> None:
    with instance.database.write() as connection:
        sent = [
            Sent("a.exe", "", 0, Outcome.REFUSED, Remark(ReadFault.NOT_A_FILE)),
            Sent("b.txt", "e" * 64, 3, Outcome.UNCHANGED),
        ]
        numbers = queue.submit(connection, BY, "one", sent, JobWishes())
    states = [(job.state, job.outcome, job.can_be_retried) for job in (got(instance, n) for n in numbers)]
    assert states == [(JobState.FAILED, "refused", False), (JobState.DONE, "unchanged", False)]
    assert claim(instance, "one") is None


@pytest.mark.parametrize(("silence", "taken"), [(LEASE - timedelta(seconds=20), False), (LEASE * 2, True)])
def test_a_silent_worker_loses_its_job(instance: Instance, silence: timedelta, taken: bool) -> None:
    (number,) = submit(instance, "a.txt")
    claim(instance, "one")
    silent_for(instance, silence)
    assert (claim(instance, "two") is not None) is taken
    if taken:
        with pytest.raises(LostJobError):
            finish(instance, number, "one")
        finish(instance, number, "two")
    assert got(instance, number).attempts == 1 + taken


def test_a_worker_that_is_alive_keeps_its_job(instance: Instance) -> None:
    submit(instance, "a.txt")
    claim(instance, "one")
    silent_for(instance, LEASE * 2)
    with instance.database.write() as connection:
        queue.beat(connection, "one")
    assert claim(instance, "two") is None


def test_a_dead_worker_loses_its_job_at_once(instance: Instance) -> None:
    submit(instance, "a.txt")
    claim(instance, "one")
    assert claim(instance, "two", "somebody else") is None
    assert claim(instance, "two", "one") is not None


def test_a_file_that_kills_workers_is_left_alone(instance: Instance) -> None:
    deadly, harmless = submit(instance, "deadly.pdf", "b.txt")
    for attempt in range(MOST_ATTEMPTS):
        job = claim(instance, f"worker {attempt}", f"worker {attempt - 1}")
        assert job is not None
        assert job.id == deadly
    job = claim(instance, "last", f"worker {MOST_ATTEMPTS - 1}")
    assert job is not None
    assert job.id == harmless
    ended = got(instance, deadly)
    assert (ended.state, ended.outcome, ended.can_be_retried) == (JobState.FAILED, INTERRUPTED, True)


def test_what_is_stored_is_not_given_up(instance: Instance) -> None:
    (number,) = submit(instance, "a.txt")
    (document,) = instance.add(sample("Text."))
    for attempt in range(MOST_ATTEMPTS):
        job = claim(instance, f"worker {attempt}", f"worker {attempt - 1}")
        assert job is not None
        with instance.database.write() as connection:
            queue.when_stored(job, f"worker {attempt}")(connection, document)
    assert claim(instance, "last", f"worker {MOST_ATTEMPTS - 1}") is None
    ended = got(instance, number)
    assert (ended.state, ended.outcome, ended.document) == (JobState.DONE, "stored", document)


def test_a_document_is_not_stored_for_a_job_that_went_to_another(instance: Instance) -> None:
    submit(instance, "a.txt")
    job = claim(instance, "one")
    assert job is not None
    claim(instance, "two", "one")
    with pytest.raises(LostJobError), instance.database.write() as connection:
        queue.when_stored(job, "one")(connection, 1)


def test_a_worker_that_stops_in_order_gives_its_job_back(instance: Instance) -> None:
    (number,) = submit(instance, "a.txt")
    claim(instance, "one")
    with instance.database.write() as connection:
        queue.give_back(connection, "one")
    assert (got(instance, number).state, got(instance, number).attempts) == (JobState.WAITING, 0)


def test_waiting_jobs_are_cancelled_and_failed_ones_retried(instance: Instance) -> None:
    failed, waiting = submit(instance, "a.txt", "b.txt")
    claim(instance, "one")
    for refused in (failed, 999):
        with pytest.raises(RefusedError), instance.database.write() as connection:
            queue.cancel(connection, BY, refused)
    finish(instance, failed, "one", BAD)
    with instance.database.write() as connection:
        queue.retry(connection, BY, failed)
        queue.cancel(connection, BY, waiting)
    again = got(instance, failed)
    assert (again.state, again.outcome, again.attempts) == (JobState.WAITING, "", 0)
    assert got(instance, waiting).state is JobState.CANCELLED
    for refused in (failed, 999):
        with pytest.raises(RefusedError), instance.database.write() as connection:
            queue.retry(connection, BY, refused)
    job = claim(instance, "two")
    assert job is not None
    assert job.id == failed
    assert claim(instance, "two") is None
    actions = [entry.action for entry in audit_trail.history_of(instance.database, "job", failed)]
    assert actions == ["file-sent", "job-retried"]


def test_jobs_are_listed_newest_first_and_counted(instance: Instance) -> None:
    submit(instance, "a.txt", "b.txt", "c.txt")
    claim(instance, "one")
    with instance.database.write() as connection:
        other = Account(8, "x@example.org", "", "en", ()).actor
        queue.submit(connection, other, "two", [Sent("d.txt", "f" * 64, 1)], JobWishes())
    with instance.database.read() as connection:

        def names(asked: JobFilter) -> list[str]:
            return [job.name for job in queue.list_jobs(connection, asked)]

        assert names(JobFilter()) == ["d.txt", "c.txt", "b.txt", "a.txt"]
        assert names(JobFilter(owner=7, limit=2)) == ["c.txt", "b.txt"]
        assert names(JobFilter(owner=7, before=2)) == ["a.txt"]
        assert names(JobFilter(state=JobState.RUNNING)) == ["a.txt"]
        assert names(JobFilter(upload="two")) == ["d.txt"]
        assert queue.counts(connection, JobFilter(owner=7)) == {JobState.RUNNING: 1, JobState.WAITING: 2}


# --- workers that are killed ---


def test_killed_workers_lose_no_job_and_do_none_twice(tmp_path: Path) -> None:
    report = workers.crash(tmp_path, kills=2)
    assert report.faults == []
    assert report.kills == 2
    assert report.in_the_middle >= 1, "the kills came too early or too late to show anything"
