"""The inbox: what waits for the person, oldest first, with steps for many at once that ask once and can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from kb.clock import now
from kb.i18n.catalogue import _
from kb.inbox.store import inbox
from kb.inbox.tasks import FAILED_DAYS, Item, Task
from web.http.context import Context, RequestContext
from web.http.form_fields import OneLine, Several, as_id
from web.http.tally import Tally
from web.i18n.locales import direction
from web.inbox.bulk_actions import BACK, STEPS, Step, attempt
from web.inbox.labels import TASKS, item_message, path_of, title_of

_ROWS = 100
_ASKS = {
    "confirm": _("Confirm these likenesses? The documents of each then count as one."),
    "reject": _("Reject these likenesses? The documents of each then stay two."),
    "retry": _("Try these files again?"),
    "put-away": _("Archive this news?"),
}
_DOES = {
    "confirm": _("Confirm the likenesses chosen"),
    "reject": _("Reject the likenesses chosen"),
    "retry": _("Try the files chosen again"),
    "put-away": _("Archive the news chosen"),
}
_ABOUT = {"confirm": Task.LIKENESS, "reject": Task.LIKENESS, "retry": Task.FILE, "put-away": Task.NEWS}
_DONE = _("Done: %(count)s. Not possible any more: %(left)s.")
_UNDONE = _("Undone: %(count)s. Not possible any more: %(left)s.")


class StepForm(BaseModel, frozen=True):
    """What is sent to do one thing to several items."""

    action: OneLine = ""
    item: Annotated[Several, Field(max_length=_ROWS)] = ()


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One thing that waits. `value` is what a form sends of it, "" where it is done on its own page alone."""

    value: str
    path: str
    title: str
    language: str
    direction: str
    name: str
    told: str
    since: str
    due: str
    late: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class InboxView:
    """What the inbox shows. `undo` are the action and the items that a step for many took, to be undone."""

    lines: tuple[InboxLine, ...]
    tallies: tuple[Tally, ...]
    further: int
    actions: tuple[tuple[str, str], ...]
    failed_days: int
    files: bool  # whether some of them are files that were not taken in
    said: str
    undo: tuple[str, tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class AskView:
    """The one question before a step for many."""

    action: str
    question: str
    does: str
    lines: tuple[InboxLine, ...]


def inbox_page(
    context: Context,
    task: Annotated[str, Query(max_length=16)] = "",
    did: Annotated[str, Query(max_length=16)] = "",
    items: Annotated[str, Query(max_length=2000)] = "",
    undone: Annotated[str, Query(max_length=16)] = "",
    left: Annotated[int, Query(ge=0, le=_ROWS)] = 0,
) -> Response:
    """What waits; of one kind alone when asked."""
    chosen = Task(task) if task in list(Task) else None
    with context.site.database.read() as connection:
        found = inbox.list_waiting(connection, context.actor, chosen, _ROWS)
    keys = tuple(key for key in items.split(".") if key.isdecimal())
    done = {"count": context.interface.number(len(keys)), "left": context.interface.number(left)}
    shown = found.total if chosen is None else found.counts.get(chosen, 0)
    view = InboxView(
        lines=tuple(_line(context, item) for item in found.items),
        tallies=_tallies(context, found.counts, chosen),
        further=shown - len(found.items),
        actions=tuple(
            (name, context.say(does))
            for name, does in _DOES.items()
            if any(i.task is _ABOUT[name] for i in found.items)
        ),
        failed_days=FAILED_DAYS,
        files=any(item.task is Task.FILE for item in found.items),
        said=context.say(_UNDONE if undone in _DOES else _DONE) % done if {did, undone} & set(_DOES) else "",
        undo=(did, keys) if did in _DOES and keys else None,
    )
    return context.page("inbox/inbox.html", view)


def ask(context: Context, form: Annotated[StepForm, Form()]) -> Response:
    """Ask once whether to do it to all that were chosen."""
    with context.site.database.read() as connection:
        waiting = inbox.list_waiting(connection, context.actor, _ABOUT.get(form.action), _ROWS).items
    chosen = [i for i in waiting if _value(i) in form.item and i.task is _ABOUT.get(form.action)]
    if not chosen:
        return context.redirect("/inbox")
    lines = tuple(_line(context, i) for i in chosen)
    view = AskView(form.action, context.say(_ASKS[form.action]), context.say(_DOES[form.action]), lines)
    return context.page("inbox/confirm_bulk_action.html", view)


def act(context: Context, form: Annotated[StepForm, Form()]) -> Response:
    """Do it to all that were chosen; what is not possible any more is counted."""
    return _many(context, form, STEPS, "did")


def undo(context: Context, form: Annotated[StepForm, Form()]) -> Response:
    """Undo what was done to many."""
    return _many(context, form, BACK, "undone")


def _many(context: RequestContext, form: StepForm, steps: Mapping[str, Step], said: str) -> Response:
    action = form.action
    keys = [key for each in form.item if (key := as_id(each.rpartition("-")[2])) is not None]
    done = [key for key in dict.fromkeys(keys) if action in steps and attempt(context, steps[action], key)]
    left = len(keys) - len(done)
    query = f"?{said}={action}&items={'.'.join(map(str, done))}&left={left}" if keys and action in steps else ""
    return context.redirect(f"/inbox{query}")


def _line(context: RequestContext, item: Item) -> InboxLine:
    language = item.language if item.title and item.language else context.code
    return InboxLine(
        value=_value(item) if item.task in _ABOUT.values() else "",
        path=path_of(item),
        title=title_of(context, item),
        language=language,
        direction=direction(language),
        name=context.say(TASKS[item.task][0]),
        told=item_message(context, item),
        since=context.interface.moment(item.since),
        due=_day(context, item.due),
        late=item.due is not None and item.due < now().date(),
        sample=item.sample,
    )


def _value(item: Item) -> str:
    return f"{item.task}-{item.key}"


def _day(context: RequestContext, day: date | None) -> str:
    return "" if day is None else context.interface.date(day.isoformat())


def _tallies(context: RequestContext, counts: Mapping[Task, int], chosen: Task | None) -> tuple[Tally, ...]:
    number = context.interface.number
    every = Tally(context.say(_("All of them")), number(sum(counts.values())), context.link("/inbox"), chosen is None)
    return (
        every,
        *(
            Tally(context.say(TASKS[t][0]), number(counts[t]), context.link(f"/inbox?task={t}"), t is chosen)
            for t in Task
            if t in counts
        ),
    )
