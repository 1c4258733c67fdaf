"""The page of a document's review, for librarians: whom to ask, what they say, who is late, and the decision."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.accounts.store import accounts
from kb.clock import now
from kb.documents.models import StoredDocument
from kb.documents.state import Move, State
from kb.documents.store import documents, tags
from kb.editorial.review import Needed, Side, is_outvoted, missing_recommendations, reviewers_to_ask
from kb.editorial.reviewer_choice import Reviewer, propose_reviewers, rank_reviewers
from kb.editorial.store import comments, reviewer_candidates, reviews, transitions
from kb.editorial.workflow import STEPS, DocumentCase, EditorialRefusal, step
from kb.errors import NotFoundError, RefusedError
from kb.i18n.catalogue import _
from web import urls
from web.documents.state_labels import MOVE_LABELS, STATE_LABELS
from web.editorial.review_labels import REFUSALS
from web.editorial.review_panel import (
    CandidateLine,
    ReviewLine,
    balance_of,
    candidate_line,
    needed_sentence,
    review_lines,
)
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormLine, FormText, Ids, Number, Several
from web.i18n.labels import Labels
from web.i18n.locales import direction

_SAID = {
    Move.SEND_TO_REVIEW.value: MOVE_LABELS[Move.SEND_TO_REVIEW].done,
    "asked": _("They were asked; the review waits in their inboxes."),
    "released": _("This review is not waited for any more."),
    "decided": _("Your decision is on record."),
}
_DECISIONS = [step.move for step in STEPS if step.action is Action.DECIDE and State.IN_REVIEW in step.before]


class AskForm(BaseModel, frozen=True):
    """What is sent to ask reviewers; `side` says of each, as "number:side", for which side they review."""

    ask: Ids = ()
    side: Several = ()


@dataclass(frozen=True, slots=True)
class AssigningView:
    """What the page shows. `own` when this librarian sent the document in, and so neither reads letters nor decides."""

    number: int
    title: str
    language: str
    written: str  # direction of writing
    may_send: bool
    in_review: bool
    standing: str
    own: bool
    asked_myself: bool
    reviews: tuple[ReviewLine, ...]
    needed: str
    ready: bool
    disagree: bool
    against: bool
    candidates: tuple[CandidateLine, ...]
    balance: tuple[str, ...]
    days: int
    decisions: tuple[tuple[str, str], ...]
    chosen: str
    reason: str
    said: str
    faults: tuple[Fault, ...] = ()


def panel_page(context: Context, number: Number, done: str = "") -> Response:
    """Where the review of a document stands, and what is to be done."""
    return _page(context, _certain(context, number), said=context.say(_SAID.get(done, "")))


def send(context: Context, number: Number, reason: FormText = "") -> Response:
    """Send a document to review."""
    found = _certain(context, number)
    try:
        with context.site.database.write() as connection:
            transitions.send_to_review(connection, context.actor, number, found.state, reason)
    except RefusedError as error:
        return _page(context, _certain(context, number), faults=(refusal_fault(context, error, REFUSALS),))
    return _done(context, number, Move.SEND_TO_REVIEW)


def ask(context: Context, number: Number, form: Annotated[AskForm, Form()]) -> Response:
    """Ask those who were chosen; all of them or nobody."""
    found = _certain(context, number)
    sides = dict(each.partition(":")[::2] for each in form.side)
    if not form.ask:
        return _page(context, found, faults=(Fault("people", context.say(_("Choose at least one person."))),))
    try:
        with context.site.database.write() as connection:
            case = reviews.case_of(connection, number)
            able = {each.account.id: each for each in _eligible(context, case)}
            if not able.keys() >= set(form.ask):
                text = context.say(_("Somebody you chose cannot be asked any more. Look at the list again."))
                return _page(context, found, faults=(Fault("people", text),))
            for each in dict.fromkeys(form.ask):
                stated = sides.get(str(each), "")
                where = Side(stated) if stated in list(Side) else able[each].side
                reviews.ask(connection, context.actor, number, each, where, context.site.settings.review_days)
    except RefusedError as error:
        return _page(context, found, faults=(refusal_fault(context, error, REFUSALS, "people"),))
    return _done(context, number, "asked")


def release(context: Context, number: Number, review: FormLine = "", reason: FormText = "") -> Response:
    """Wait no longer for a reviewer."""
    found = _certain(context, number)
    with context.site.database.read() as connection:
        mine = {str(each.id): each.id for each in reviews.panel_of(connection, number).reviews}
    if review not in mine:
        raise NotFoundError("There is no such review of this document.")
    try:
        with context.site.database.write() as connection:
            reviews.release(connection, context.actor, mine[review], reason)
    except RefusedError as error:
        return _page(context, found, faults=(refusal_fault(context, error, REFUSALS, f"release-{review}"),))
    return _done(context, number, "released")


def decide(context: Context, number: Number, move: FormLine = "", reason: FormText = "") -> Response:
    """The editor's decision, with its reason."""
    found = _certain(context, number)
    context.require(Action.DECIDE, found.owner)
    if move not in _DECISIONS:
        fault = Fault("move-publish", context.say(_("Choose what you decide.")))
        return _page(context, found, reason=reason, faults=(fault,))
    try:
        with context.site.database.write() as connection:
            transitions.move(connection, context.actor, number, Move(move), reason, State.IN_REVIEW)
    except RefusedError as error:
        field = "decision" if error.code is EditorialRefusal.REASON else ""
        fault = refusal_fault(context, error, REFUSALS, field)
        return _page(context, _certain(context, number), chosen=move, reason=reason, faults=(fault,))
    return _done(context, number, "decided")


def _certain(context: RequestContext, number: int) -> StoredDocument:
    with context.site.database.read() as connection:
        found = documents.get(connection, number)
    if found.state is State.SUPERSEDED:
        raise NotFoundError("Another version took the place of this document.")
    return found


def _done(context: RequestContext, number: int, done: str) -> Response:
    return context.redirect(f"{urls.review_panel(number)}?done={done}")


def _page(
    context: RequestContext,
    found: StoredDocument,
    said: str = "",
    chosen: str = "",
    reason: str = "",
    faults: tuple[Fault, ...] = (),
) -> Response:
    with context.site.database.read() as connection:
        case = reviews.case_of(connection, found.id)
        made = comments.of_reviews(connection, [review.id for review in case.panel.reviews])
        asked = {r.reviewer: accounts.get(connection, r.reviewer) for r in case.panel.reviews}
    own = found.owner is not None and found.owner == context.actor.account
    myself = any(review.reviewer == context.actor.account for review in case.panel.reviews)
    in_review = found.state is State.IN_REVIEW
    needed = reviewers_to_ask(case.panel) if in_review else Needed()
    people = _eligible(context, case) if in_review else []
    lines, balance = _candidates(context, found, people, needed)
    view = AssigningView(
        number=found.id,
        title=found.description.title,
        language=found.description.language,
        written=direction(found.description.language),
        may_send=found.state in step(Move.SEND_TO_REVIEW).before,
        in_review=in_review,
        standing=context.say(STATE_LABELS[found.state].name),
        own=own,
        asked_myself=myself,
        reviews=review_lines(context, case.panel, asked, [] if own or myself else made, closed=own or myself),
        needed=needed_sentence(context, needed),
        ready=in_review and not missing_recommendations(case.panel),
        disagree=case.panel.disagrees,
        against=is_outvoted(case.panel),
        candidates=lines,
        balance=balance,
        days=context.site.settings.review_days,
        decisions=tuple((m.value, context.say(MOVE_LABELS[m].decision or MOVE_LABELS[m].button)) for m in _DECISIONS),
        chosen=chosen,
        reason=reason,
        said=said,
        faults=faults,
    )
    return context.page("editorial/reviewer_assignment.html", view)


def _eligible(context: RequestContext, case: DocumentCase) -> list[Reviewer]:
    un = next((s.concepts for s in context.site.taxonomy.schemes if s.name == "entities"), ())
    names = frozenset(name for concept in un for _language, name in (*concept.labels, *concept.alt_labels))
    with context.site.database.read() as connection:
        return reviewer_candidates.list_candidates(connection, case, names, now().date())


def _candidates(
    context: RequestContext, found: StoredDocument, people: list[Reviewer], needed: Needed
) -> tuple[tuple[CandidateLine, ...], tuple[str, ...]]:
    """Those who can be asked, the best first, those proposed ticked; and what the proposal could not keep."""
    claims = tags.of_document(context.site.database, found.id)
    about = [t.notation for passage, t in claims if passage is None and t.scheme == "objectives"]
    slate = propose_reviewers(people, needed, about, found.description.language)
    labels = Labels(context.interface, context.site.taxonomy)
    lines = tuple(candidate_line(r, about, labels, r.account.id in slate.chosen) for r in rank_reviewers(people, about))
    return lines, balance_of(context, slate, people, needed)
