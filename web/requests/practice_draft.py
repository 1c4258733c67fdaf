"""What was learned of a closed request: the beginnings of a practice about it, and the way to what became of one."""

from collections.abc import Sequence

from kb.accounts.permissions import Action
from kb.documents.practice import Field, join_values
from kb.documents.state import PUBLIC
from kb.errors import NotFoundError
from kb.jobs.job import JobFilter
from kb.jobs.store import queue
from kb.requests.case import Event, FeedbackSide, Outcome, RequestEventKind, RequestRecord
from kb.requests.request import Stage
from kb.requests.store import requests
from kb.store.transaction import Transaction
from web import urls
from web.http.context import RequestContext


def closed_request(context: RequestContext, connection: Transaction, number: int) -> RequestRecord:
    """The request, for the one who asked and for the secretariat, once it is closed. Raises NotFoundError."""
    case = requests.seen_by(connection, context.actor, number)
    if case.stage is not Stage.CLOSED:
        raise NotFoundError("A practice is made of a request that is closed.")
    return case


def practice_fields(context: RequestContext, case: RequestRecord, events: Sequence[Event]) -> dict[str, str]:
    """Fields of a practice as far as the request tells them, to be gone over by whoever hands it in.

    What experts wrote was not meant for others, and is left out; of a confidential request so is who asked.
    """
    request, known = case.request, not case.request.confidential
    said = [
        e
        for e in events
        if e.kind is RequestEventKind.FEEDBACK and e.details.get("side") == FeedbackSide.ASKER and e.text
    ]
    helped = [event.text for event in said if event.details.get("outcome") == Outcome.HELPED]
    lacked = [event.text for event in said if event.details.get("outcome") != Outcome.HELPED]
    answers = [event.text for event in events if event.kind is RequestEventKind.ANSWER]
    ends = [event.text for event in events if event.stage is Stage.CLOSED and event.text]
    return {
        Field.TITLE: request.title,
        Field.IMPLEMENTER: request.organisation if known else "",
        Field.COUNTRIES: context.interface.country(request.country) if known and request.country else "",
        Field.OBJECTIVES: join_values(request.objectives),
        Field.CONTEXT: "\n\n".join([request.text, *answers]),
        Field.CHALLENGES: "\n\n".join(lacked),
        Field.RESULTS: "\n\n".join([*ends, *helped]),
    }


def path_of(context: RequestContext, connection: Transaction, upload: str) -> str:
    """Where a practice that was handed in is read, "" where the one who looks may not."""
    found = queue.list_jobs(connection, JobFilter(upload=upload, limit=1))
    if not found:
        return ""
    number = found[0].document
    outline = queue.outlines(connection, [number]).get(number) if number is not None else None
    if number is None or outline is None:
        return urls.jobs(upload) if found[0].owner == context.actor.account else ""
    if outline.state in PUBLIC:
        return urls.document(number)
    return urls.submission(number) if context.may(Action.SEE_SUBMISSION, outline.owner) else ""
