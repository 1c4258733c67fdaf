"""The interface for programs that send files in: the same jobs as the pages show, in JSON."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from kb.accounts.permissions import Action
from kb.config import Settings
from kb.errors import BusyError, RefusedError, UsageError
from kb.i18n.catalogue import _
from kb.jobs.job import Job, JobFilter
from kb.jobs.store import queue as jobs
from web.api.schema import ProblemShape
from web.http.context import Context, RequestContext
from web.http.form_fields import Number
from web.http.permissions import allowed
from web.submissions.job_outcomes import OUTCOMES, is_seen, path_of
from web.submissions.jobs import change, found_job
from web.submissions.upload_form import most_bytes, taken_in

_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemShape, "description": _("There is no such file, or it is not yours")}
}
_UNREADABLE: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemShape, "description": _("It cannot be done as asked; the answer says why")}
}
_FILES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                            "description": _("the files, each under its name"),
                        },
                        "type": {"type": "string", "description": _("type of document, for all of them")},
                        "country": {
                            "type": "array",
                            "items": {"type": "string"},
                            "description": _("countries they are about, ISO 3166-1 alpha-3"),
                        },
                        "replaces": {
                            "type": "integer",
                            "description": _("id of the document this is a new version of"),
                        },
                    },
                }
            }
        },
    }
}


class JobShape(BaseModel):
    """A file that was sent in, and what became of it."""

    model_config = ConfigDict(extra="forbid")

    id: int
    address: str = Field(description=_("where to ask again how far it is"))
    name: str
    size: int = Field(description=_("in bytes"))
    state: str = Field(description=_("waiting, running, done, failed or cancelled"))
    step: str = Field(description=_("what is being done while it runs: reading, tagging or comparing"))
    outcome: str = Field(description=_("as kb ingest reports it; empty until there is one"))
    message: str = Field(description=_("what it means and what to do, in English"))
    warnings: list[str] = Field(description=_("what to look at or to answer, in English"))
    document: int | None = Field(description=_("id of the document, when there is one that you may see"))
    document_address: str
    created: str
    changed: str


class JobsShape(BaseModel):
    """Several files that were sent in."""

    model_config = ConfigDict(extra="forbid")

    jobs: list[JobShape]


async def send(context: Context) -> Response:
    """Take files in. The answer comes when they are safe here; what becomes of each is asked at its own address."""
    try:
        upload = await taken_in(context)
    except RefusedError as error:
        raise BusyError(str(error)) from error
    if not upload:
        raise UsageError("Send at least one file in a form (multipart/form-data), as the field 'file'.")
    with context.site.database.read() as connection:
        found = jobs.list_jobs(connection, JobFilter(context.actor.account, None, upload))
    body = {"jobs": [_job_json(context, job) for job in reversed(found)]}
    return JSONResponse(body, 202, {"Location": _address(found[-1])})


def job(context: Context, number: Number) -> Response:
    """One file that was sent in."""
    return JSONResponse(_job_json(context, found_job(context, number, Action.SEE_SUBMISSION)))


def own_jobs(context: Context) -> Response:
    """One's own files, newest first."""
    with context.site.database.read() as connection:
        found = jobs.list_jobs(connection, JobFilter(context.actor.account))
    return JSONResponse({"jobs": [_job_json(context, each) for each in found]})


def retry(context: Context, number: Number) -> Response:
    """Let a file that failed, or was cancelled, wait again."""
    return JSONResponse(_job_json(context, change(context, number, "retried")))


def cancel(context: Context, number: Number) -> Response:
    """Take a file back that still waits."""
    return JSONResponse(_job_json(context, change(context, number, "cancelled")))


def job_api_routes(settings: Settings) -> APIRouter:
    router = APIRouter(max_body_size=most_bytes(settings))
    one: dict[int | str, dict[str, Any]] = {200: {"model": JobShape}, **_MISSING}
    see, edit = [allowed(Action.SEE_SUBMISSION)], [allowed(Action.DESCRIBE)]
    router.add_api_route(
        "/api/documents",
        send,
        methods=["POST"],
        description=_("Send files in; needs a token. They are safe here when the answer comes."),
        status_code=202,
        responses={202: {"model": JobsShape}, **_UNREADABLE},
        openapi_extra=_FILES,
        dependencies=[allowed(Action.SUBMIT)],
    )
    router.add_api_route(
        "/api/jobs",
        own_jobs,
        methods=["GET"],
        description=_("The last 100 files you sent in, newest first; needs a token."),
        responses={200: {"model": JobsShape}},
        dependencies=see,
    )
    router.add_api_route(
        "/api/jobs/{id}",
        job,
        methods=["GET"],
        description=_("What became of a file that was sent in; needs a token."),
        responses=one,
        dependencies=see,
    )
    for name, endpoint, told in (
        ("retry", retry, _("Try a file again that failed or was cancelled; needs a token.")),
        ("cancel", cancel, _("Take a file back that still waits; needs a token.")),
    ):
        router.add_api_route(
            f"/api/jobs/{{id}}/{name}",
            endpoint,
            methods=["POST"],
            description=told,
            responses=one | _UNREADABLE,
            dependencies=edit,
        )
    return router


def _address(job: Job) -> str:
    return f"/api/jobs/{job.id}"


def _job_json(context: RequestContext, job: Job) -> dict[str, Any]:
    with context.site.database.read() as connection:
        outline = None if job.document is None else jobs.outlines(connection, [job.document]).get(job.document)
    seen = outline is not None and is_seen(context, outline)
    return {
        "id": job.id,
        "address": _address(job),
        "name": job.name,
        "size": job.size,
        "state": job.state,
        "step": job.step,
        "outcome": job.outcome,
        "message": str(job.message or "") or OUTCOMES.get(job.outcome, ("", ""))[1],
        "warnings": list(map(str, job.warnings)),
        "document": job.document if seen else None,
        "document_address": path_of(job.document, outline) if job.document and outline and seen else "",
        "created": job.created.isoformat(),
        "changed": job.changed.isoformat(),
    }
