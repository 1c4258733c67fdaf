"""What waits for a person, read from documents, reviews, likenesses, jobs, requests and letters; nothing is stored."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sqlalchemy import Connection, Select, func, select

from kb.accounts.account import Actor
from kb.clock import now
from kb.documents.duplicate import LinkStatus
from kb.documents.state import LIVE, UNTOUCHED, State
from kb.documents.store import history
from kb.documents.store.state_conditions import in_states
from kb.editorial.review import Panel, Review, missing_recommendations, reviewers_to_ask
from kb.editorial.store import reviews
from kb.inbox.store.news import news
from kb.inbox.store.request_tasks import request_tasks as waiting_hub
from kb.inbox.tasks import FAILED_DAYS, Item, Task, Waiting, tasks_of
from kb.jobs.job import JobState
from kb.store.tables.account_requests import account_wishes as wishes
from kb.store.tables.documents import documents
from kb.store.tables.duplicates import likenesses
from kb.store.tables.jobs import jobs
from kb.store.tables.metadata import AnyRow
from kb.store.tables.revisions import document_changes

_Query = Select[*tuple[object, ...]]
_REVIEWING = {Task.DECLARE, Task.REVIEW, Task.ASSIGN, Task.DECIDE, Task.REMIND}
_HUB = {
    *(Task.REPLY, Task.EXPLAIN, Task.SETTLE, Task.FEEDBACK),
    *(Task.READ, Task.RANK, Task.INVITE, Task.FOLLOW),
}


def list_waiting(connection: Connection, actor: Actor, task: Task | None = None, limit: int = 100) -> Waiting:
    """What waits for a person, oldest first; of one task alone when asked. Counts are always of all tasks."""
    found: list[Item] = []
    counts: dict[Task, int] = {}
    gathered = _gathered(connection, actor)
    for each in tasks_of(actor):
        read = _QUERIES.get(each)
        if read is None:
            items = [item for item in gathered if item.task is each]
            counts[each] = len(items)
        else:
            query = read(actor)
            counts[each] = _count(connection, query)
            asked = counts[each] and task in (None, each)
            items = _rows(connection, each, query.order_by("since", "key").limit(limit)) if asked else []
        found += items if task in (None, each) else []
    oldest = sorted(found, key=lambda item: (item.since, item.task, item.key))
    return Waiting(tuple(oldest[:limit]), {each: count for each, count in counts.items() if count})


def count(connection: Connection, actor: Actor) -> int:
    """How much waits for a person."""
    able = tasks_of(actor)
    stored = sum(_count(connection, read(actor)) for task, read in _QUERIES.items() if task in able)
    return stored + sum(item.task in able for item in _gathered(connection, actor))


def _gathered(connection: Connection, actor: Actor) -> list[Item]:
    """What no single query tells."""
    hub = [] if _HUB.isdisjoint(tasks_of(actor)) else waiting_hub(connection, actor)
    return [*_in_review(connection, actor), *hub, *news(connection, actor)]


def _since() -> _Query:
    """Documents, with the moment they came into the state they are in."""
    moved = (
        select(document_changes.c.document, func.max(document_changes.c.at).label("at"))
        .where(document_changes.c.kind == history.ChangeKind.STATE.value)
        .group_by(document_changes.c.document)
        .subquery()
    )
    since = func.coalesce(moved.c.at, documents.c.created).label("since")
    return select(documents.c.id.label("key"), documents.c.title, documents.c.language, since).select_from(
        documents.outerjoin(moved, moved.c.document == documents.c.id)
    )


def _to_describe(_actor: Actor) -> _Query:
    return _since().where(in_states(UNTOUCHED))


def _to_answer(actor: Actor) -> _Query:
    return _since().where(documents.c.state == State.RETURNED.value, documents.c.owner == actor.account)


def _to_confirm(_actor: Actor) -> _Query:
    other = documents.alias()
    return (
        select(likenesses.c.id.label("key"), documents.c.title, documents.c.language, likenesses.c.found.label("since"))
        .join(documents, documents.c.id == likenesses.c.document)
        .join(other, other.c.id == likenesses.c.other)
        .where(
            likenesses.c.standing == LinkStatus.SUGGESTED.value,
            in_states(LIVE),
            in_states(LIVE, other.c.state),
        )
    )


def _failed(actor: Actor) -> _Query:
    return select(jobs.c.id.label("key"), jobs.c.name.label("title"), jobs.c.changed.label("since")).where(
        jobs.c.owner == actor.account,
        jobs.c.state == JobState.FAILED.value,
        jobs.c.changed > now() - timedelta(days=FAILED_DAYS),
    )


def _wishes(_actor: Actor) -> _Query:
    return select(wishes.c.id.label("key"), wishes.c.name.label("title"), wishes.c.asked.label("since"))


_QUERIES: dict[Task, Callable[[Actor], _Query]] = {
    Task.ANSWER: _to_answer,
    Task.DESCRIBE: _to_describe,
    Task.LIKENESS: _to_confirm,
    Task.FILE: _failed,
    Task.WISH: _wishes,
}


def _count(connection: Connection, query: _Query) -> int:
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _rows(connection: Connection, task: Task, query: _Query) -> list[Item]:
    ours = task in (Task.ANSWER, Task.DESCRIBE)
    return [
        Item(task, row.key, row.title, getattr(row, "language", ""), row.since, row.key if ours else None)
        for row in connection.execute(query)
    ]


def _in_review(connection: Connection, actor: Actor) -> list[Item]:
    """What waits for this person of documents that are in review."""
    if _REVIEWING.isdisjoint(tasks_of(actor)):
        return []
    columns = (documents.c.id, documents.c.title, documents.c.language, documents.c.owner)
    rows = connection.execute(select(*columns).where(documents.c.state == State.IN_REVIEW.value)).all()
    panels = reviews.in_review(connection)
    return [item for row in rows if row.id in panels for item in _of_document(actor, row, *panels[row.id])]


def _of_document(actor: Actor, row: AnyRow, began: datetime, panel: Panel) -> Iterable[Item]:
    able = tasks_of(actor)
    item = partial(Item, title=row.title, language=row.language, about=row.id)
    given = [review.given for review in panel.reviews if review.given]
    if Task.ASSIGN in able and reviewers_to_ask(panel):
        yield item(Task.ASSIGN, row.id, since=max([began, *given]))
    if Task.DECIDE in able and not missing_recommendations(panel) and _decides(actor, row.owner, panel):
        yield item(Task.DECIDE, row.id, since=max(given))
    for review in panel.reviews:
        if review.waits:
            yield from _of_review(actor, review, item(Task.REVIEW, review.id, since=review.asked, due=review.due))


def _of_review(actor: Actor, review: Review, item: Item) -> Iterable[Item]:
    able = tasks_of(actor)
    if review.reviewer == actor.account and Task.REVIEW in able:
        yield replace(item, task=Task.DECLARE) if review.conflict is None else item
    elif Task.REMIND in able and review.due < now().date():
        yield replace(item, task=Task.REMIND, since=_end_of(review.due))


def _decides(actor: Actor, owner: int | None, panel: Panel) -> bool:
    """Whether this person may: nobody decides on what they submitted, or were asked to review."""
    return owner != actor.account and all(review.reviewer != actor.account for review in panel.reviews)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC)
