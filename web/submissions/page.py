"""What a person sent in: where each document stands, what is asked of them, and their answer."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.clock import now
from kb.documents.models import StoredDocument
from kb.documents.state import PUBLIC, STATES, Move, State
from kb.documents.store import documents, history, passages
from kb.documents.store.history import Change, ChangeKind
from kb.editorial.review import Panel, Recommendation
from kb.editorial.store import comments, reviews, submissions, transitions
from kb.editorial.workflow import EditorialRefusal, step
from kb.errors import RefusedError
from kb.i18n.catalogue import _
from web import urls
from web.documents.state_labels import MOVE_LABELS, STATE_LABELS
from web.editorial.review_labels import RECOMMENDATIONS, REFUSALS
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormText, Number
from web.i18n.locales import direction

_ROWS = 50
_SAID = {
    Move.ANSWER: _("Your answer is on record; a librarian takes it up."),
    Move.TAKE_BACK: MOVE_LABELS[Move.TAKE_BACK].done,
}


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A document in the list."""

    path: str
    title: str
    language: str
    direction: str
    standing: str
    asked: str
    sent: str
    waits: bool


@dataclass(frozen=True, slots=True)
class SubmissionsView:
    """The list of what one sent in."""

    lines: tuple[SubmissionLine, ...]
    older: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A step on the way of a document: the state it came to, when, and the reason that was given."""

    standing: str
    moment: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer, who is not named, says of a passage; "" stands for the document as a whole."""

    text: str
    passage: str


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """What is told of one document to who sent it in."""

    number: int
    title: str
    language: str
    written: str  # direction of writing
    standing: str
    asked: str
    why: str  # the reason of whoever returned, rejected or withdrew it
    progress: tuple[int, int] | None  # recommendations that are in, of those asked for
    promised: str
    late: bool
    way: tuple[Stop, ...]
    letters: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]
    may_answer: bool
    may_take_back: bool
    published: str
    answer: str
    said: str
    faults: tuple[Fault, ...] = ()


def submission_list(context: Context, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> Response:
    """All that the person sent in, newest first."""
    with context.site.database.read() as connection:
        found = submissions.of_owner(connection, context.actor.account or 0, before, _ROWS + 1)
    lines = tuple(
        SubmissionLine(
            path=urls.submission(one.document),
            title=one.title,
            language=one.language,
            direction=direction(one.language),
            standing=context.say(STATE_LABELS[one.state].name),
            asked=context.say(STATE_LABELS[one.state].meaning),
            sent=context.interface.moment(one.sent),
            waits=one.state in step(Move.ANSWER).before,
        )
        for one in found[:_ROWS]
    )
    older = context.link(f"/submissions?before={found[_ROWS - 1].document}") if len(found) > _ROWS else ""
    return context.page("submissions/submissions.html", SubmissionsView(lines, older))


def submission(context: Context, number: Number, said: str = "") -> Response:
    """Where one document stands."""
    found = _certain(context, number, Action.SEE_SUBMISSION)
    return _page(context, found, said=context.say(_SAID[Move(said)]) if said in [m.value for m in _SAID] else "")


def answer(context: Context, number: Number, reason: FormText = "") -> Response:
    """Answer the questions a document was returned with."""
    return _moved(context, _certain(context, number, Action.DESCRIBE), Move.ANSWER, reason, "answer")


def take_back(context: Context, number: Number, reason: FormText = "") -> Response:
    """Take a document back that is not published yet."""
    return _moved(context, _certain(context, number, Action.TAKE_BACK), Move.TAKE_BACK, reason, "take-back")


def _certain(context: RequestContext, number: int, action: Action) -> StoredDocument:
    with context.site.database.read() as connection:
        found = documents.get(connection, number)
    context.require(action, found.owner)
    return found


def _moved(context: RequestContext, found: StoredDocument, move: Move, reason: str, field: str) -> Response:
    try:
        with context.site.database.write() as connection:
            transitions.move(connection, context.actor, found.id, move, reason, found.state)
    except RefusedError as error:
        fault = refusal_fault(context, error, REFUSALS, field if error.code is EditorialRefusal.REASON else "")
        return _page(context, found, answer=reason, faults=(fault,))
    address = f"{urls.submission(found.id)}?said={move}"
    return context.redirect(address)


def _page(
    context: RequestContext, found: StoredDocument, said: str = "", answer: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    with context.site.database.read() as connection:
        panel = reviews.panel_of(connection, found.id)
    in_review = found.state is State.IN_REVIEW
    asked = [review for review in panel.reviews if review.stands] if in_review else []
    last = max((review.due for review in asked if review.waits), default=None)
    told = STATES[found.state].judged
    with context.site.database.read() as connection:
        way = tuple(_stop(context, c) for c in history.of_document(connection, found.id) if c.kind is ChangeKind.STATE)
    view = SubmissionView(
        number=found.id,
        title=found.description.title,
        language=found.description.language,
        written=direction(found.description.language),
        standing=context.say(STATE_LABELS[found.state].name),
        asked=context.say(STATE_LABELS[found.state].meaning),
        why=way[-1].reason if way and STATES[found.state].explained else "",
        progress=(sum(r.counts for r in asked), len(asked)) if asked else None,
        promised=_day(context, last),
        late=last is not None and last < now().date(),
        way=way,
        letters=_letters(context, panel) if told else (),
        remarks=_remarks(context, found, panel) if told else (),
        may_answer=found.state in step(Move.ANSWER).before and context.may(Action.DESCRIBE, found.owner),
        may_take_back=found.state in step(Move.TAKE_BACK).before and context.may(Action.TAKE_BACK, found.owner),
        published=urls.document(found.id) if found.state in PUBLIC else "",
        answer=answer,
        said=said,
        faults=faults,
    )
    return context.page("submissions/submission.html", view)


def _day(context: RequestContext, day: date | None) -> str:
    return "" if day is None else context.interface.date(day.isoformat())


def _stop(context: RequestContext, change: Change) -> Stop:
    return Stop(
        context.say(STATE_LABELS[State(str(change.after))].name), context.interface.moment(change.at), change.reason
    )


def _letters(context: RequestContext, panel: Panel) -> tuple[tuple[str, str], ...]:
    """What reviewers advised, and their letters, without their names and in no order that tells who wrote which."""
    given = [(r.recommendation, r.letter) for r in panel.reviews if r.counts and r.recommendation is not None]
    ordered = sorted(given, key=lambda pair: (list(Recommendation).index(pair[0]), pair[1]))
    return tuple((context.say(RECOMMENDATIONS[advice]), letter) for advice, letter in ordered)


def _remarks(context: RequestContext, found: StoredDocument, panel: Panel) -> tuple[Remark, ...]:
    with context.site.database.read() as connection:
        made = comments.of_reviews(connection, [r.id for r in panel.reviews if r.counts])
        cut = {key: passage.text for key, passage in passages.of_document(connection, found.id)} if made else {}
    return tuple(Remark(each.text, cut.get(each.passage or 0, "")) for each in made)
