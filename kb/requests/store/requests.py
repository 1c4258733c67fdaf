"""Support requests in the store: filed, read by who may, and moved from stage to stage, each step on record."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action, may, require
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.errors import NotFoundError, RefusedError
from kb.experts.expert import Support
from kb.requests.audit_actions import REQUEST_EVENTS
from kb.requests.case import (
    LONGEST,
    LONGEST_TITLE,
    Event,
    ObjectiveSuggestion,
    ProposalStatus,
    RequestEventKind,
    RequestRecord,
    RequestRefusal,
)
from kb.requests.request import Request, Stage, next_stages
from kb.requests.store import notifications, served_requests
from kb.store.tables.metadata import AnyRow
from kb.store.tables.requests import proposals, request_events, support_requests
from kb.vocabularies.skos import Taxonomy

_NO_NAMES = Taxonomy(())
_LATELY = 20  # requests of an account among which the same form is looked for
_GOES_BACK = (Stage.DECLINED, Stage.WITHDRAWN)


def file(
    connection: Connection,
    actor: Actor,
    request: Request,
    suggested: Sequence[ObjectiveSuggestion] = (),
    once: str = "",
) -> int:
    """Take a request in; its number. A form with the mark `once` that is sent twice files one request."""
    require(actor, Action.FILE_REQUEST)
    mine = select(support_requests.c.id, support_requests.c.facts).where(support_requests.c.owner == actor.account)
    lately = connection.execute(mine.order_by(support_requests.c.id.desc()).limit(_LATELY)) if once else ()
    for row in lately:
        if row.facts.get("once") == once:
            return int(row.id)
    values = {
        "stage": Stage.FILED.value,
        "language": request.language,
        "text": _worded(request.text),
        "facts": _facts(request)
        | {"suggested": [[s.objective, [list(e) for e in s.evidence]] for s in suggested]}
        | ({"once": once} if once else {}),
        "sample": request.sample,
        "owner": actor.account,
        "created": now(),
        "changed": now(),
    }
    added = insert(support_requests).values(values).returning(support_requests.c.id)
    number = int(connection.execute(added).scalar_one())
    happen(connection, actor, number, RequestEventKind.FILED, stage=Stage.FILED)
    return number


def get(connection: Connection, number: int) -> RequestRecord:
    """The request of this number. Raises NotFoundError."""
    row = connection.execute(select(support_requests).where(support_requests.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no request {number}.")
    return _case(row)


def seen_by(connection: Connection, actor: Actor, number: int) -> RequestRecord:
    """The request, for somebody who may see it. Raises NotFoundError and ForbiddenError, which are answered alike."""
    found = get(connection, number)
    require(actor, Action.SEE_REQUEST, found.owner)
    return found


def list_requests(connection: Connection, actor: Actor) -> list[RequestRecord]:
    """Every request this person may see, newest first."""
    rows = connection.execute(select(support_requests).order_by(support_requests.c.id.desc()))
    return [case for case in map(_case, rows) if may(actor, Action.SEE_REQUEST, case.owner)]


def all_requests(connection: Connection) -> list[RequestRecord]:
    """Every request, oldest first: for counts alone."""
    return [_case(row) for row in connection.execute(select(support_requests).order_by(support_requests.c.id))]


def ask(connection: Connection, actor: Actor, number: int, text: str) -> None:
    """Ask the one who filed it something. Raises RefusedError when it has ended, or a question is open already."""
    require(actor, Action.DECIDE_REQUEST)
    case = get(connection, number)
    if case.stage not in (Stage.FILED, Stage.CLARIFIED):
        raise RefusedError(RequestRefusal.STAGE, "Questions are asked before people are proposed.")
    if open_question(timeline(connection, number)) is not None:
        raise RefusedError(RequestRefusal.OPEN, "A question is open already.")
    happen(connection, actor, number, RequestEventKind.QUESTION, _worded(text))


def answer(connection: Connection, actor: Actor, number: int, text: str) -> None:
    """Answer the open question; with it the request counts as clarified."""
    case = get(connection, number)
    require(actor, Action.OWN_REQUEST, case.owner)
    if open_question(timeline(connection, number)) is None:
        raise RefusedError(RequestRefusal.ANSWERED, "No question is open.")
    happen(connection, actor, number, RequestEventKind.ANSWER, _worded(text))
    if case.stage is Stage.FILED:
        move(connection, actor, number, Stage.CLARIFIED, Stage.FILED)


def describe(connection: Connection, actor: Actor, number: int, objectives: Sequence[str]) -> None:
    """Say which objectives it is about."""
    case = seen_by(connection, actor, number)
    if not next_stages(case.stage):
        raise RefusedError(RequestRefusal.STAGE, "The request has ended.")
    row = connection.execute(select(support_requests.c.facts).where(support_requests.c.id == number)).one()
    chosen = {"facts": row.facts | {"objectives": list(objectives)}, "changed": now()}
    connection.execute(update(support_requests).where(support_requests.c.id == number).values(chosen))
    happen(connection, actor, number, RequestEventKind.DESCRIBED, details={"objectives": ", ".join(objectives)})


def entitle(connection: Connection, actor: Actor, number: int, title: str, *, public: bool) -> None:
    """Give it a title, and say whether everybody may read it; the one who asks can change that at any time.

    Raises RefusedError: `untitled` when there is no title to be shown, `confidential` when the request is, `long`.
    """
    case = get(connection, number)
    require(actor, Action.OWN_REQUEST, case.owner)
    if public and not title:
        raise RefusedError(RequestRefusal.UNTITLED, "There is no title.")
    if len(title) > LONGEST_TITLE:
        raise RefusedError(RequestRefusal.LONG, f"A title has at most {LONGEST_TITLE} characters.")
    if public and case.request.confidential:
        raise RefusedError(RequestRefusal.CONFIDENTIAL, "The request is confidential.")
    row = connection.execute(select(support_requests.c.facts).where(support_requests.c.id == number)).one()
    values = {"facts": row.facts | {"title": title, "title_public": public}}
    connection.execute(update(support_requests).where(support_requests.c.id == number).values(values))
    happen(connection, actor, number, RequestEventKind.ENTITLED, details={"public": int(public)})


def hand_in(connection: Connection, actor: Actor, number: int, upload: str) -> None:
    """Note that what was learned of a closed request was handed in as a practice, in this upload."""
    if seen_by(connection, actor, number).stage is not Stage.CLOSED:
        raise RefusedError(RequestRefusal.STAGE, "A practice is made of a request that is closed.")
    happen(connection, actor, number, RequestEventKind.PRACTICE, details={"upload": upload})


def step(
    connection: Connection,
    actor: Actor,
    number: int,
    to: Stage,
    expected: str,
    reason: str = "",
    taxonomy: Taxonomy = _NO_NAMES,
) -> None:
    """A step somebody chose on a page, which showed the stage `expected`; declining and withdrawing need a reason.

    What is kept of a request that closes names its objectives as `taxonomy` does.
    """
    case = get(connection, number)
    if to is Stage.WITHDRAWN:
        require(actor, Action.OWN_REQUEST, case.owner)
    else:
        require(actor, Action.DECIDE_REQUEST)
    if to not in (Stage.CLARIFIED, Stage.UNDER_WAY, Stage.CLOSED, *_GOES_BACK):
        raise RefusedError(RequestRefusal.STAGE, "This step follows from others.")
    if to in (*_GOES_BACK, Stage.CLOSED) and not reason.strip():
        raise RefusedError(RequestRefusal.REASON, "A reason is needed.")
    move(connection, actor, number, to, expected, reason, taxonomy)


def move(
    connection: Connection,
    actor: Actor,
    number: int,
    to: Stage,
    expected: str,
    reason: str = "",
    taxonomy: Taxonomy = _NO_NAMES,
) -> None:
    """Move a request on. Raises RefusedError: `moved` where it is not at `expected`, `stage` where it may not."""
    case = get(connection, number)
    if case.stage != expected:
        raise RefusedError(RequestRefusal.MOVED, f"The request is {case.stage.value} by now.")
    if to not in next_stages(case.stage):
        raise RefusedError(RequestRefusal.STAGE, f"A request that is {case.stage.value} cannot become {to.value}.")
    values = {"stage": to.value, "changed": now()}
    # The condition holds in any case where writers wait for each other; elsewhere it decides who was first.
    here = (support_requests.c.id == number, support_requests.c.stage == expected)
    if not connection.execute(update(support_requests).where(*here).values(values)).rowcount:
        raise RefusedError(RequestRefusal.MOVED, "Somebody else was quicker.")
    happen(
        connection,
        actor,
        number,
        RequestEventKind.STAGE,
        reason.strip()[:LONGEST],
        to,
        details={"from": case.stage.value},
    )
    if not next_stages(to):
        _release(connection, number)
    if to is Stage.CLOSED:
        served_requests.record(connection, case, taxonomy)


def _release(connection: Connection, number: int) -> None:
    """Nothing more is asked of people on the slate of a request that has ended, and it counts for no load of theirs."""
    waits = [each.value for each in (ProposalStatus.CHOSEN, ProposalStatus.INVITED, ProposalStatus.ACCEPTED)]
    here = (proposals.c.request == number, proposals.c.standing.in_(waits))
    connection.execute(update(proposals).where(*here).values(standing=ProposalStatus.RELEASED.value))


def timeline(connection: Connection, number: int) -> list[Event]:
    """What happened to a request, oldest first."""
    query = select(request_events).where(request_events.c.request == number).order_by(request_events.c.id)
    return [_event(row) for row in connection.execute(query)]


def events(connection: Connection, kinds: Collection[RequestEventKind]) -> list[tuple[int, Event]]:
    """What happened of these kinds to any request, oldest first, each with the number of the request."""
    wanted = request_events.c.kind.in_([kind.value for kind in kinds])
    query = select(request_events).where(wanted).order_by(request_events.c.id)
    return [(row.request, _event(row)) for row in connection.execute(query)]


def waiting_for_answers(connection: Connection) -> set[int]:
    """The requests in which a question is open."""
    talk = events(connection, (RequestEventKind.QUESTION, RequestEventKind.ANSWER))
    last = {number: event.kind for number, event in talk}
    return {number for number, kind in last.items() if kind is RequestEventKind.QUESTION}


def open_question(events: Sequence[Event]) -> Event | None:
    """The question that waits for its answer."""
    talk = [event for event in events if event.kind in (RequestEventKind.QUESTION, RequestEventKind.ANSWER)]
    return talk[-1] if talk and talk[-1].kind is RequestEventKind.QUESTION else None


def happen(
    connection: Connection,
    actor: Actor,
    number: int,
    kind: RequestEventKind,
    text: str = "",
    stage: Stage | None = None,
    expert: int | None = None,
    details: Mapping[str, str | int | None] | None = None,
) -> None:
    """Put an event on record, and into the audit trail without its words."""
    values = {
        "request": number,
        "at": now(),
        "account": actor.account,
        "kind": kind.value,
        "stage": stage.value if stage else "",
        "expert": expert,
        "text": text,
        "details": dict(details or {}),
    }
    connection.execute(insert(request_events).values(values))
    known = {"stage": stage.value if stage else None, "expert": expert, **(details or {})}
    told = {name: value for name, value in known.items() if value is not None}
    audit_trail.record(connection, actor, REQUEST_EVENTS[kind], AuditKind.REQUEST, number, told)
    notifications.of_happening(connection, actor, number, kind, stage, expert)


def _worded(text: str) -> str:
    clean = text.strip()
    if not clean:
        raise RefusedError(RequestRefusal.NOTHING, "There are no words.")
    return clean[:LONGEST]


def _facts(request: Request) -> dict[str, Any]:
    return {
        "title": request.title,
        "organisation": request.organisation,
        "country": request.country,
        "objectives": list(request.objectives),
        "support": request.support.value if request.support else "",
        "spoken": list(request.spoken),
        "region": request.region,
        "concerns": list(request.concerns),
        "needed_by": request.needed_by.isoformat() if request.needed_by else "",
        "confidential": request.confidential,
        "title_public": request.title_public,
    }


def _case(row: AnyRow) -> RequestRecord:
    facts = row.facts
    request = Request(
        text=row.text,
        language=row.language,
        id=row.id,
        title=facts.get("title", ""),
        organisation=facts.get("organisation", ""),
        country=facts.get("country", ""),
        objectives=tuple(facts.get("objectives", ())),
        support=Support(facts["support"]) if facts.get("support") else None,
        spoken=tuple(facts.get("spoken", ())),
        region=facts.get("region", ""),
        concerns=tuple(facts.get("concerns", ())),
        needed_by=date.fromisoformat(facts["needed_by"]) if facts.get("needed_by") else None,
        confidential=bool(facts.get("confidential")),
        title_public=bool(facts.get("title_public")),
        sample=row.sample,
    )
    suggested = tuple(
        ObjectiveSuggestion(objective, tuple((first, last) for first, last in evidence))
        for objective, evidence in facts.get("suggested", ())
    )
    return RequestRecord(request, row.owner, Stage(row.stage), row.created, row.changed, suggested)


def _event(row: AnyRow) -> Event:
    stage = Stage(row.stage) if row.stage else None
    return Event(row.id, row.at, row.account, RequestEventKind(row.kind), row.text, stage, row.expert, row.details)
