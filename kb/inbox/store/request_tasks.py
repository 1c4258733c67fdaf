"""What waits for a person in the connection hub, read from requests and proposals; nothing is stored of it."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from kb.accounts.account import Actor
from kb.accounts.permissions import Action, may
from kb.clock import now
from kb.inbox.tasks import Item, Task
from kb.matching.store.proposals import LASTS
from kb.requests.case import FeedbackSide, ProposalStatus, RequestEventKind
from kb.requests.request import BEGINNING, Stage, beginning, next_stages
from kb.store.tables.experts import expert_contacts
from kb.store.tables.metadata import AnyRow
from kb.store.tables.requests import proposals, request_events, support_requests

_OFFICE = {
    Stage.FILED: Task.READ,
    Stage.CLARIFIED: Task.RANK,
    Stage.MATCHED: Task.INVITE,
    Stage.ACCEPTED: Task.FOLLOW,
    Stage.UNDER_WAY: Task.FOLLOW,
}
_OWN = [stage for stage in Stage if next_stages(stage) or stage is Stage.CLOSED]
_COLUMNS = (
    support_requests.c.id,
    support_requests.c.stage,
    support_requests.c.owner,
    support_requests.c.language,
    support_requests.c.changed,
    support_requests.c.sample,
    support_requests.c.facts,
    func.substr(support_requests.c.text, 1, 2 * BEGINNING).label("beginning"),
)


def request_tasks(connection: Connection, actor: Actor) -> list[Item]:
    """What waits for this person, oldest first."""
    found = [*_requests(connection, actor), *_invitations(connection, actor)]
    return sorted(found, key=lambda item: (item.since, item.key))


def _requests(connection: Connection, actor: Actor) -> Iterator[Item]:
    office = may(actor, Action.DECIDE_REQUEST)
    owns = actor.account is not None and may(actor, Action.OWN_REQUEST, actor.account)
    concerned: list[ColumnElement[bool]] = []
    if office:
        concerned.append(support_requests.c.stage.in_([stage.value for stage in _OFFICE]))
    if owns:
        mine = (support_requests.c.owner == actor.account, support_requests.c.stage.in_([s.value for s in _OWN]))
        concerned.append(and_(*mine))
    if not concerned:
        return
    here = or_(*concerned)
    questions = _open_questions(connection, here)
    accepted = _accepted(connection, actor) if owns else []
    told = _told(connection, actor) if owns else frozenset()
    for row in connection.execute(select(*_COLUMNS).where(here)):
        item = partial(_item, row)
        asked, stage = questions.get(row.id), Stage(row.stage)
        if owns and row.owner == actor.account:
            if asked is not None and next_stages(stage):
                yield item(Task.EXPLAIN, asked)
            yield from (item(Task.SETTLE, since or row.changed) for request, since in accepted if request == row.id)
            if stage in (Stage.UNDER_WAY, Stage.CLOSED) and row.id not in told:
                yield item(Task.FEEDBACK, row.changed)
        if office and asked is None and stage in _OFFICE:
            yield item(_OFFICE[stage], row.changed)


def _open_questions(connection: Connection, here: ColumnElement[bool]) -> dict[int, datetime]:
    """Requests whose last question has no answer, and when it was asked."""
    talk = [RequestEventKind.QUESTION.value, RequestEventKind.ANSWER.value]
    last = (
        select(func.max(request_events.c.id))
        .join(support_requests, support_requests.c.id == request_events.c.request)
        .where(here, request_events.c.kind.in_(talk))
        .group_by(request_events.c.request)
    )
    asked = (request_events.c.id.in_(last), request_events.c.kind == RequestEventKind.QUESTION.value)
    return {row.request: row.at for row in connection.execute(select(request_events).where(*asked))}


def _accepted(connection: Connection, actor: Actor) -> list[tuple[int, datetime | None]]:
    """Requests of this person's own for which somebody accepted, once for each, with when."""
    query = (
        select(proposals.c.request, proposals.c.answered)
        .join(support_requests, support_requests.c.id == proposals.c.request)
        .where(support_requests.c.owner == actor.account, proposals.c.standing == ProposalStatus.ACCEPTED.value)
    )
    return [(row.request, row.answered) for row in connection.execute(query)]


def _told(connection: Connection, actor: Actor) -> frozenset[int]:
    """Requests of this person's own of which they said how it went."""
    query = (
        select(request_events.c.request, request_events.c.details)
        .join(support_requests, support_requests.c.id == request_events.c.request)
        .where(support_requests.c.owner == actor.account, request_events.c.kind == RequestEventKind.FEEDBACK.value)
    )
    return frozenset(row.request for row in connection.execute(query) if row.details.get("side") == FeedbackSide.ASKER)


def _invitations(connection: Connection, actor: Actor) -> Iterator[Item]:
    if actor.account is None or not may(actor, Action.ANSWER_PROPOSAL, actor.account):
        return
    query = (
        select(*_COLUMNS, proposals.c.id.label("proposal"), proposals.c.expires)
        .join(proposals, proposals.c.request == support_requests.c.id)
        .join(expert_contacts, expert_contacts.c.expert == proposals.c.expert)
        .where(
            expert_contacts.c.account == actor.account,
            proposals.c.standing == ProposalStatus.INVITED.value,
            proposals.c.expires > now(),
        )
    )
    for row in connection.execute(query):
        title = "" if row.facts.get("confidential") else _title(row)
        yield Item(Task.REPLY, row.proposal, title, row.language, row.expires - LASTS, about=row.id, sample=row.sample)


def _item(row: AnyRow, task: Task, since: datetime) -> Item:
    return Item(task, row.id, _title(row), row.language, since, about=row.id, sample=row.sample)


def _title(row: AnyRow) -> str:
    return str(row.facts.get("title") or beginning(row.beginning))
