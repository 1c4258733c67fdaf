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
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormLine, FormText, Ids, Number, Several
from web.i18n.labels import Labels
from web.i18n.locales import _, direction

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


def panel_page(visit: Visiting, number: Number, done: str = "") -> Response:
    """Where the review of a document stands, and what is to be done."""
    return _page(visit, _certain(visit, number), said=visit.say(_SAID.get(done, "")))


def send(visit: Visiting, number: Number, reason: FormText = "") -> Response:
    """Send a document to review."""
    found = _certain(visit, number)
    try:
        with visit.site.database.write() as connection:
            transitions.send_to_review(connection, visit.actor, number, found.state, reason)
    except RefusedError as error:
        return _page(visit, _certain(visit, number), faults=(refusal_fault(visit, error, REFUSALS),))
    return _done(visit, number, Move.SEND_TO_REVIEW)


def ask(visit: Visiting, number: Number, form: Annotated[AskForm, Form()]) -> Response:
    """Ask those who were chosen; all of them or nobody."""
    found = _certain(visit, number)
    sides = dict(each.partition(":")[::2] for each in form.side)
    if not form.ask:
        return _page(visit, found, faults=(Fault("people", visit.say(_("Choose at least one person."))),))
    try:
        with visit.site.database.write() as connection:
            case = reviews.case_of(connection, number)
            able = {each.account.id: each for each in _eligible(visit, case)}
            if not able.keys() >= set(form.ask):
                text = visit.say(_("Somebody you chose cannot be asked any more. Look at the list again."))
                return _page(visit, found, faults=(Fault("people", text),))
            for each in dict.fromkeys(form.ask):
                stated = sides.get(str(each), "")
                where = Side(stated) if stated in list(Side) else able[each].side
                reviews.ask(connection, visit.actor, number, each, where, visit.site.settings.review_days)
    except RefusedError as error:
        return _page(visit, found, faults=(refusal_fault(visit, error, REFUSALS, "people"),))
    return _done(visit, number, "asked")


def release(visit: Visiting, number: Number, review: FormLine = "", reason: FormText = "") -> Response:
    """Wait no longer for a reviewer."""
    found = _certain(visit, number)
    with visit.site.database.read() as connection:
        mine = {str(each.id): each.id for each in reviews.panel_of(connection, number).reviews}
    if review not in mine:
        raise NotFoundError("There is no such review of this document.")
    try:
        with visit.site.database.write() as connection:
            reviews.release(connection, visit.actor, mine[review], reason)
    except RefusedError as error:
        return _page(visit, found, faults=(refusal_fault(visit, error, REFUSALS, f"release-{review}"),))
    return _done(visit, number, "released")


def decide(visit: Visiting, number: Number, move: FormLine = "", reason: FormText = "") -> Response:
    """The editor's decision, with its reason."""
    found = _certain(visit, number)
    visit.require(Action.DECIDE, found.owner)
    if move not in _DECISIONS:
        fault = Fault("move-publish", visit.say(_("Choose what you decide.")))
        return _page(visit, found, reason=reason, faults=(fault,))
    try:
        with visit.site.database.write() as connection:
            transitions.move(connection, visit.actor, number, Move(move), reason, State.IN_REVIEW)
    except RefusedError as error:
        field = "decision" if error.code is EditorialRefusal.REASON else ""
        fault = refusal_fault(visit, error, REFUSALS, field)
        return _page(visit, _certain(visit, number), chosen=move, reason=reason, faults=(fault,))
    return _done(visit, number, "decided")


def _certain(visit: RequestContext, number: int) -> StoredDocument:
    with visit.site.database.read() as connection:
        found = documents.get(connection, number)
    if found.state is State.SUPERSEDED:
        raise NotFoundError("Another version took the place of this document.")
    return found


def _done(visit: RequestContext, number: int, done: str) -> Response:
    return visit.redirect(f"{urls.review_panel(number)}?done={done}")


def _page(
    visit: RequestContext,
    found: StoredDocument,
    said: str = "",
    chosen: str = "",
    reason: str = "",
    faults: tuple[Fault, ...] = (),
) -> Response:
    with visit.site.database.read() as connection:
        case = reviews.case_of(connection, found.id)
        made = comments.of_reviews(connection, [review.id for review in case.panel.reviews])
        asked = {r.reviewer: accounts.get(connection, r.reviewer) for r in case.panel.reviews}
    own = found.owner is not None and found.owner == visit.actor.account
    myself = any(review.reviewer == visit.actor.account for review in case.panel.reviews)
    in_review = found.state is State.IN_REVIEW
    needed = reviewers_to_ask(case.panel) if in_review else Needed()
    people = _eligible(visit, case) if in_review else []
    lines, balance = _candidates(visit, found, people, needed)
    view = AssigningView(
        number=found.id,
        title=found.description.title,
        language=found.description.language,
        written=direction(found.description.language),
        may_send=found.state in step(Move.SEND_TO_REVIEW).before,
        in_review=in_review,
        standing=visit.say(STATE_LABELS[found.state].name),
        own=own,
        asked_myself=myself,
        reviews=review_lines(visit, case.panel, asked, [] if own or myself else made, closed=own or myself),
        needed=needed_sentence(visit, needed),
        ready=in_review and not missing_recommendations(case.panel),
        disagree=case.panel.disagrees,
        against=is_outvoted(case.panel),
        candidates=lines,
        balance=balance,
        days=visit.site.settings.review_days,
        decisions=tuple((m.value, visit.say(MOVE_LABELS[m].decision or MOVE_LABELS[m].button)) for m in _DECISIONS),
        chosen=chosen,
        reason=reason,
        said=said,
        faults=faults,
    )
    return visit.page("editorial/reviewer_assignment.html", view)


def _eligible(visit: RequestContext, case: DocumentCase) -> list[Reviewer]:
    un = next((s.concepts for s in visit.site.taxonomy.schemes if s.name == "entities"), ())
    names = frozenset(name for concept in un for _language, name in (*concept.labels, *concept.alt_labels))
    with visit.site.database.read() as connection:
        return reviewer_candidates.list_candidates(connection, case, names, now().date())


def _candidates(
    visit: RequestContext, found: StoredDocument, people: list[Reviewer], needed: Needed
) -> tuple[tuple[CandidateLine, ...], tuple[str, ...]]:
    """Those who can be asked, the best first, those proposed ticked; and what the proposal could not keep."""
    claims = tags.of_document(visit.site.database, found.id)
    about = [t.notation for passage, t in claims if passage is None and t.scheme == "objectives"]
    slate = propose_reviewers(people, needed, about, found.description.language)
    labels = Labels(visit.interface, visit.site.taxonomy)
    lines = tuple(candidate_line(r, about, labels, r.account.id in slate.chosen) for r in rank_reviewers(people, about))
    return lines, balance_of(visit, slate, people, needed)
