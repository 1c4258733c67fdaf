"""Jobs: put down with the files they are about, taken by one worker at a time, ended with an outcome."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, true, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.documents.models import FileReport, Outcome
from kb.documents.reading import ReadFault, Remark, remark_json, remark_of
from kb.documents.state import State
from kb.documents.store.documents import Then
from kb.errors import RefusedError
from kb.jobs.audit_actions import JobAction
from kb.jobs.job import (
    INTERRUPTED,
    LEASE,
    MOST_ATTEMPTS,
    Job,
    JobFilter,
    JobRefusal,
    JobState,
    JobWishes,
    LostJobError,
    Sent,
    Step,
)
from kb.store.tables.documents import documents
from kb.store.tables.jobs import jobs
from kb.store.tables.metadata import AnyRow


@dataclass(frozen=True, slots=True)
class Outline:
    """What is told of a document where it is only named."""

    title: str
    state: State
    owner: int | None


def submit(connection: Connection, by: Actor, upload: str, sent: Sequence[Sent], wishes: JobWishes) -> list[int]:
    """Numbers of the jobs for files whose bytes are kept already; those turned away have ended at once."""
    return [_submit(connection, by, upload, each, wishes) for each in sent]


def get(connection: Connection, number: int) -> Job | None:
    """The job of this number."""
    row = connection.execute(select(jobs).where(jobs.c.id == number)).first()
    return None if row is None else _job(row)


def list_jobs(connection: Connection, asked: JobFilter) -> list[Job]:
    """Jobs, newest first."""
    query = select(jobs).where(_matching(asked)).order_by(jobs.c.id.desc()).limit(asked.limit)
    return [_job(row) for row in connection.execute(query)]


def counts(connection: Connection, asked: JobFilter) -> dict[JobState, int]:
    """How many jobs are in each state."""
    query = select(jobs.c.state, func.count().label("number")).where(_matching(asked)).group_by(jobs.c.state)
    return {JobState(row.state): row.number for row in connection.execute(query)}


def retry(connection: Connection, by: Actor, number: int) -> None:
    """Let a job that failed or was cancelled wait again. Raises RefusedError."""
    job = get(connection, number)
    if job is None or not job.can_be_retried:
        lost = job is not None and job.state is JobState.FAILED
        code = JobRefusal.BYTES if lost else JobRefusal.STATE
        raise RefusedError(
            code, "Only a file that failed, and whose bytes are here, can be tried again; send it again."
        )
    values = {"state": JobState.WAITING.value, "outcome": "", "message": "", "warnings": [], "attempts": 0, "step": ""}
    connection.execute(update(jobs).where(jobs.c.id == number).values(values | {"changed": now()}))
    audit_trail.record(connection, by, JobAction.RETRIED, AuditKind.JOB, number)


def cancel(connection: Connection, by: Actor, number: int) -> None:
    """Take back a job that no worker has begun. Raises RefusedError."""
    waiting = and_(jobs.c.id == number, jobs.c.state == JobState.WAITING.value)
    values = {"state": JobState.CANCELLED.value, "changed": now()}
    if connection.execute(update(jobs).where(waiting).values(values)).rowcount == 0:
        raise RefusedError(
            JobRefusal.STATE, "Only a file that still waits can be cancelled; this one was begun or has ended."
        )
    audit_trail.record(connection, by, JobAction.CANCELLED, AuditKind.JOB, number)


def outlines(connection: Connection, numbers: Collection[int]) -> dict[int, Outline]:
    """Title, state and owner of documents, by number."""
    columns = (documents.c.id, documents.c.title, documents.c.state, documents.c.owner)
    found = connection.execute(select(*columns).where(documents.c.id.in_(list(numbers))))
    return {row.id: Outline(row.title, State(row.state), row.owner) for row in found}


# --- what a worker does ---


def claim(connection: Connection, holder: str, dead: Collection[str] = ()) -> Job | None:
    """The next job for the worker `holder`; None when there is nothing to do.

    Jobs of workers that are dead, or that have been silent for longer than LEASE, are begun again; one that was begun
    MOST_ATTEMPTS times ends.
    """
    _give_up(connection, dead)
    row = _next(connection, or_(jobs.c.state == JobState.WAITING.value, _abandoned(dead)))
    if row is None:
        return None
    values = {"state": JobState.RUNNING.value, "holder": holder, "attempts": row.attempts + 1}
    values |= {"step": Step.READING.value, "beat": now(), "changed": now()}
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(values))
    return get(connection, row.id)


def pending(connection: Connection) -> bool:
    """Whether there is anything for a worker: a job that waits, or one that a worker may have left behind."""
    open_ones = jobs.c.state.in_([JobState.WAITING.value, JobState.RUNNING.value])
    return connection.execute(select(jobs.c.id).where(open_ones).limit(1)).first() is not None


def holders(connection: Connection) -> list[str]:
    """The workers that have a job."""
    query = select(jobs.c.holder).where(jobs.c.state == JobState.RUNNING.value).distinct()
    return list(connection.scalars(query))


def beat(connection: Connection, holder: str) -> None:
    """Note that the worker is alive."""
    connection.execute(update(jobs).where(_held(holder)).values(beat=now()))


def at(connection: Connection, number: int, holder: str, step: Step) -> None:
    """Note what is being done of a job. Raises LostJobError."""
    _change(connection, number, holder, step=step.value, beat=now())


def when_stored(job: Job, holder: str) -> Then:
    """What belongs to the transaction that stores the document of a job, so that neither is there without the other.

    Raises LostJobError there when the job went to another worker meanwhile.
    """

    def note(connection: Connection, document: int) -> None:
        _change(connection, job.id, holder, document=document, step=Step.COMPARING.value, beat=now())

    return note


def finish(connection: Connection, number: int, holder: str, report: FileReport) -> None:
    """End a job with its outcome. Raises LostJobError."""
    state = JobState.FAILED if report.outcome.failed else JobState.DONE
    _change(
        connection, number, holder, state=state.value, outcome=report.outcome.value, message=_kept(report.message),
        warnings=list(map(remark_json, report.warnings)), document=report.document, step="", holder_after="",
    )  # fmt: skip


def give_back(connection: Connection, holder: str) -> None:
    """Let the job of a worker that stops in order wait again; that attempt does not count."""
    values = {"state": JobState.WAITING.value, "holder": "", "step": "", "changed": now()}
    connection.execute(update(jobs).where(_held(holder)).values(values | {"attempts": jobs.c.attempts - 1}))


def _submit(connection: Connection, by: Actor, upload: str, sent: Sent, wishes: JobWishes) -> int:
    state = JobState.WAITING
    if sent.outcome is not None:
        state = JobState.FAILED if sent.outcome.failed else JobState.DONE
    values: dict[str, object] = {
        "owner": by.account,
        "upload": upload,
        "name": sent.name,
        "digest": sent.digest,
        "size": sent.size,
        "wishes": asdict(wishes) | {"countries": list(wishes.countries)},
        "state": state.value,
        "step": "",
        "outcome": "" if sent.outcome is None else sent.outcome.value,
        "message": _kept(sent.message),
        "warnings": [],
        "document": sent.document,
        "created": now(),
        "changed": now(),
        "attempts": 0,
        "holder": "",
    }
    number = int(connection.execute(insert(jobs).values(values).returning(jobs.c.id)).scalar_one())
    audit_trail.record(
        connection, by, JobAction.SENT, AuditKind.JOB, number, {"digest": sent.digest, "size": sent.size}
    )
    return number


def _next(connection: Connection, able: ColumnElement[bool]) -> AnyRow | None:
    """The oldest job of whoever was served longest ago: one file does not wait for another person's hundreds."""
    firsts = select(jobs.c.owner, func.min(jobs.c.id).label("first")).where(able).group_by(jobs.c.owner)
    first = {row.owner: row.first for row in connection.execute(firsts)}
    served = select(jobs.c.owner, func.max(jobs.c.beat).label("last")).where(jobs.c.owner.in_(first))
    last = {row.owner: row.last for row in connection.execute(served.group_by(jobs.c.owner))}
    for owner in sorted(first, key=lambda owner: (last[owner] is not None, last[owner], first[owner])):
        query = select(jobs).where(jobs.c.id == first[owner], able).with_for_update(skip_locked=True)
        if (row := connection.execute(query).first()) is not None:
            return row
    return None


def _change(
    connection: Connection,
    number: int,
    holder: str,
    holder_after: str | None = None,
    **values: str | int | list[dict[str, Any]] | datetime | None,
) -> None:
    changed = values | {"changed": now(), "holder": holder if holder_after is None else holder_after}
    mine = and_(jobs.c.id == number, _held(holder))
    if connection.execute(update(jobs).where(mine).values(changed)).rowcount == 0:
        raise LostJobError(f"Job {number} went to another worker.")


def _give_up(connection: Connection, dead: Collection[str]) -> None:
    """End the jobs that were begun too often; what is stored already is done."""
    often = and_(_abandoned(dead), jobs.c.attempts >= MOST_ATTEMPTS)
    ended = {"holder": "", "step": "", "changed": now()}
    stored = ended | {"state": JobState.DONE.value, "outcome": Outcome.STORED.value}
    connection.execute(update(jobs).where(often, jobs.c.document.is_not(None)).values(stored))
    failed = ended | {
        "state": JobState.FAILED.value,
        "outcome": INTERRUPTED,
        "message": _kept(Remark(ReadFault.INTERRUPTED)),
    }
    connection.execute(update(jobs).where(often).values(failed))


def _held(holder: str) -> ColumnElement[bool]:
    return and_(jobs.c.holder == holder, jobs.c.state == JobState.RUNNING.value)


def _abandoned(dead: Collection[str]) -> ColumnElement[bool]:
    silent = or_(jobs.c.beat < now() - LEASE, jobs.c.holder.in_(list(dead)))
    return and_(jobs.c.state == JobState.RUNNING.value, silent)


def _matching(asked: JobFilter) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [true()]
    if asked.owner is not None:
        wanted.append(jobs.c.owner == asked.owner)
    if asked.state is not None:
        wanted.append(jobs.c.state == asked.state.value)
    if asked.upload:
        wanted.append(jobs.c.upload == asked.upload)
    if asked.before is not None:
        wanted.append(jobs.c.id < asked.before)
    return and_(*wanted)


def _job(row: AnyRow) -> Job:
    wishes = JobWishes(row.wishes["type"], tuple(row.wishes["countries"]), row.wishes["replaces"])
    return Job(
        id=row.id,
        owner=row.owner,
        upload=row.upload,
        name=row.name,
        digest=row.digest,
        size=row.size,
        wishes=wishes,
        state=JobState(row.state),
        step=row.step,
        outcome=row.outcome,
        message=_read(row.message),
        warnings=tuple(map(remark_of, row.warnings)),
        document=row.document,
        created=row.created,
        changed=row.changed,
        attempts=row.attempts,
    )


def _kept(message: Remark | None) -> str:
    return "" if message is None else json.dumps(remark_json(message), ensure_ascii=False)


def _read(kept: str) -> Remark | None:
    """A message that was kept; earlier versions kept an English sentence."""
    if not kept:
        return None
    return remark_of(json.loads(kept) if kept.startswith("{") else kept)
