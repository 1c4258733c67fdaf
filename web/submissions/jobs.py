"""The page of jobs: what became of the files one sent in, with another try or a way back for each."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.accounts.store import accounts
from kb.errors import NotFoundError, RefusedError
from kb.jobs.job import Job, JobFilter, JobState
from kb.jobs.store import queue
from web import urls
from web.http.context import RequestContext, Visiting
from web.http.form_fields import Number
from web.http.tally import Tally
from web.i18n.locales import _
from web.submissions.job_outcomes import STATES, JobLine, line_of

_ROWS = 50
_SAID = {
    "retried": _("The file waits for another try."),
    "cancelled": _("The file was taken back; nothing of it was stored."),
    "late": _("That was not possible any more: meanwhile the file was begun, or has ended."),
}


@dataclass(frozen=True, slots=True)
class JobsView:
    """What the page of jobs shows; `everybody` says whose jobs, None when this person sees only their own."""

    lines: tuple[JobLine, ...]
    tallies: tuple[Tally, ...]
    everybody: bool | None
    mine: str
    all: str
    upload: str
    unfinished: bool
    again: str
    older: str
    said: str


def job_list(
    visit: Visiting,
    upload: Annotated[str, Query(max_length=32)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    whose: Annotated[str, Query(max_length=8)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    said: str = "",
) -> Response:
    """Jobs, newest first: one's own, those of one upload, or everybody's for who may see them."""
    everybody = whose == "all" and visit.may(Action.SEE_SUBMISSION)
    owner = None if everybody else visit.actor.account
    chosen = JobState(state) if state in list(JobState) else None
    asked = {"upload": upload, "whose": "all" if everybody else "", "state": chosen or ""}
    scope = JobFilter(owner=owner, upload=upload)
    with visit.site.database.read() as connection:
        counted = queue.counts(connection, scope)
        found = queue.list_jobs(connection, JobFilter(owner, chosen, upload, before, _ROWS + 1))
        outlines = queue.outlines(connection, {job.document for job in found if job.document is not None})
        owners = {job.owner: accounts.get(connection, job.owner) for job in found} if everybody else {}
    names = {number: account.actor.name for number, account in owners.items() if account is not None}
    shown = found[:_ROWS]
    view = JobsView(
        lines=tuple(line_of(visit, job, outlines.get(job.document or 0), names.get(job.owner, "")) for job in shown),
        tallies=_tallies(visit, counted, asked, chosen),
        everybody=everybody if visit.may(Action.SEE_SUBMISSION) else None,
        mine=_address(visit, asked | {"whose": ""}),
        all=_address(visit, asked | {"whose": "all"}),
        upload=upload,
        unfinished=bool(counted.get(JobState.WAITING) or counted.get(JobState.RUNNING)),
        again=_address(visit, asked),
        older=_address(visit, asked | {"before": str(shown[-1].id)}) if len(found) > _ROWS else "",
        said=visit.say(_SAID.get(said, "")),
    )
    return visit.page("submissions/jobs.html", view)


def retry(visit: Visiting, number: Number) -> Response:
    """Let a file that failed, or was taken back, wait again."""
    return _changed(visit, number, "retried")


def cancel(visit: Visiting, number: Number) -> Response:
    """Take a file back that still waits."""
    return _changed(visit, number, "cancelled")


def found_job(visit: RequestContext, number: int, action: Action) -> Job:
    """The job of this number. Raises NotFoundError, ForbiddenError."""
    with visit.site.database.read() as connection:
        job = queue.get(connection, number)
    if job is None:
        raise NotFoundError("There is no such job.")
    visit.require(action, job.owner)
    return job


def change(visit: RequestContext, number: int, done: str) -> Job:
    """Retry or cancel a job; how it stands after. Raises NotFoundError, ForbiddenError, RefusedError."""
    found_job(visit, number, Action.DESCRIBE)
    with visit.site.database.write() as connection:
        (queue.retry if done == "retried" else queue.cancel)(connection, visit.actor, number)
    return found_job(visit, number, Action.DESCRIBE)


def _changed(visit: RequestContext, number: int, done: str) -> Response:
    try:
        job = change(visit, number, done)
    except RefusedError:
        job, done = found_job(visit, number, Action.DESCRIBE), "late"
    whose = "" if job.owner == visit.actor.account else "all"
    return visit.redirect(_path({"upload": job.upload, "whose": whose, "said": done}))


def _tallies(
    visit: RequestContext, counted: dict[JobState, int], asked: dict[str, str], chosen: JobState | None
) -> tuple[Tally, ...]:
    number = visit.interface.number
    every = Tally(
        visit.say(_("All of them")), number(sum(counted.values())), _address(visit, asked | {"state": ""}), not chosen
    )
    return (
        every,
        *(
            Tally(visit.say(STATES[s]), number(counted[s]), _address(visit, asked | {"state": s}), s is chosen)
            for s in JobState
            if s in counted
        ),
    )


def _address(visit: RequestContext, asked: dict[str, str]) -> str:
    return visit.link(_path(asked))


def _path(asked: dict[str, str]) -> str:
    return urls.with_query("/jobs", **asked)
