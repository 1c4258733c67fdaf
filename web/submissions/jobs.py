"""The page of jobs: what became of the files one sent in, with another try or a way back for each."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.accounts.store import accounts
from kb.errors import NotFoundError, RefusedError
from kb.i18n.catalogue import _
from kb.jobs.job import Job, JobFilter, JobState
from kb.jobs.store import queue
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_fields import Number
from web.http.tally import Tally
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
    context: Context,
    upload: Annotated[str, Query(max_length=32)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    whose: Annotated[str, Query(max_length=8)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    said: str = "",
) -> Response:
    """Jobs, newest first: one's own, those of one upload, or everybody's for who may see them."""
    everybody = whose == "all" and context.may(Action.SEE_SUBMISSION)
    owner = None if everybody else context.actor.account
    chosen = JobState(state) if state in list(JobState) else None
    asked = {"upload": upload, "whose": "all" if everybody else "", "state": chosen or ""}
    scope = JobFilter(owner=owner, upload=upload)
    with context.site.database.read() as connection:
        counted = queue.counts(connection, scope)
        found = queue.list_jobs(connection, JobFilter(owner, chosen, upload, before, _ROWS + 1))
        outlines = queue.outlines(connection, {job.document for job in found if job.document is not None})
        owners = {job.owner: accounts.get(connection, job.owner) for job in found} if everybody else {}
    names = {number: account.actor.name for number, account in owners.items() if account is not None}
    shown = found[:_ROWS]
    view = JobsView(
        lines=tuple(line_of(context, job, outlines.get(job.document or 0), names.get(job.owner, "")) for job in shown),
        tallies=_tallies(context, counted, asked, chosen),
        everybody=everybody if context.may(Action.SEE_SUBMISSION) else None,
        mine=_address(context, asked | {"whose": ""}),
        all=_address(context, asked | {"whose": "all"}),
        upload=upload,
        unfinished=bool(counted.get(JobState.WAITING) or counted.get(JobState.RUNNING)),
        again=_address(context, asked),
        older=_address(context, asked | {"before": str(shown[-1].id)}) if len(found) > _ROWS else "",
        said=context.say(_SAID.get(said, "")),
    )
    return context.page("submissions/jobs.html", view)


def retry(context: Context, number: Number) -> Response:
    """Let a file that failed, or was taken back, wait again."""
    return _changed(context, number, "retried")


def cancel(context: Context, number: Number) -> Response:
    """Take a file back that still waits."""
    return _changed(context, number, "cancelled")


def found_job(context: RequestContext, number: int, action: Action) -> Job:
    """The job of this number. Raises NotFoundError, ForbiddenError."""
    with context.site.database.read() as connection:
        job = queue.get(connection, number)
    if job is None:
        raise NotFoundError("There is no such job.")
    context.require(action, job.owner)
    return job


def change(context: RequestContext, number: int, done: str) -> Job:
    """Retry or cancel a job; how it stands after. Raises NotFoundError, ForbiddenError, RefusedError."""
    found_job(context, number, Action.DESCRIBE)
    with context.site.database.write() as connection:
        (queue.retry if done == "retried" else queue.cancel)(connection, context.actor, number)
    return found_job(context, number, Action.DESCRIBE)


def _changed(context: RequestContext, number: int, done: str) -> Response:
    try:
        job = change(context, number, done)
    except RefusedError:
        job, done = found_job(context, number, Action.DESCRIBE), "late"
    whose = "" if job.owner == context.actor.account else "all"
    return context.redirect(_path({"upload": job.upload, "whose": whose, "said": done}))


def _tallies(
    context: RequestContext, counted: dict[JobState, int], asked: dict[str, str], chosen: JobState | None
) -> tuple[Tally, ...]:
    number = context.interface.number
    every = Tally(
        context.say(_("All of them")),
        number(sum(counted.values())),
        _address(context, asked | {"state": ""}),
        not chosen,
    )
    return (
        every,
        *(
            Tally(context.say(STATES[s]), number(counted[s]), _address(context, asked | {"state": s}), s is chosen)
            for s in JobState
            if s in counted
        ),
    )


def _address(context: RequestContext, asked: dict[str, str]) -> str:
    return context.link(_path(asked))


def _path(asked: dict[str, str]) -> str:
    return urls.with_query("/jobs", **asked)
