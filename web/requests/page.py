"""Requests for support: the list of them, and the page of each for the one who asks and for the secretariat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.accounts.store import audit_trail
from kb.errors import RefusedError
from kb.experts.labels import SUPPORTS
from kb.i18n.catalogue import _
from kb.matching.store import proposals, shortlist
from kb.requests.case import FeedbackSide, Outcome, RequestRecord, RequestRefusal
from kb.requests.request import Stage, next_stages
from kb.requests.store import feedback, requests
from kb.store.transaction import Transaction
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormText, Id, LongText, Number, OneLine, Several, one_of
from web.http.links import Link
from web.i18n.labels import Labels
from web.requests.labels import OUTCOMES, REFUSALS, STAGES
from web.requests.people import Person, people_of, seen_people
from web.requests.related_documents import RelatedDocuments, related_documents
from web.requests.timeline import Line, Suggested, suggested_objectives, timeline

_SAID = {
    "filed": _("Your request was filed. Below stands what is known here already."),
    "asked": _("Your question was sent."),
    "answered": _("Your answer was sent."),
    "described": _("The objectives were saved."),
    "entitled": _("The title was saved."),
    "moved": _("The step is on record."),
    "agreed": _("You agreed: the contact details stand below, and the expert has yours."),
    "refused": _("Your answer is on record. The secretariat looks further."),
    "thanked": _("Thank you for your feedback."),
}
# Refusals of what was written.
_OF_THE_FIELD = (RequestRefusal.REASON, RequestRefusal.NOTHING, RequestRefusal.UNTITLED, RequestRefusal.LONG)
# Steps of the secretariat by stage; whether a reason belongs to each.
_STEPS = {
    Stage.CLARIFIED: _("It is clear as it is"),
    Stage.UNDER_WAY: _("The support is under way"),
    Stage.CLOSED: _("Close it with its outcome"),
    Stage.DECLINED: _("Do not take it on"),
}


class ObjectivesForm(BaseModel, frozen=True):
    """What is sent to say which objectives a request is about."""

    objective: Several = ()


class TitleForm(BaseModel, frozen=True):
    """What is sent to give a request another title."""

    title: OneLine = ""
    title_public: OneLine = ""


class WithdrawForm(BaseModel, frozen=True):
    """What is sent to take a request back; `at` is the stage in which it was seen."""

    at: OneLine = ""
    reason: LongText = ""


class StepForm(WithdrawForm, frozen=True):
    """What the secretariat sends to take a request on to another stage."""

    to: Annotated[Stage | None, one_of(Stage)] = None


class SettleForm(BaseModel, frozen=True):
    """What is sent to agree to somebody, or not."""

    proposal: Id = None
    agrees: OneLine = ""
    reason: LongText = ""


class FeedbackForm(BaseModel, frozen=True):
    """What is sent to say how the support went."""

    outcome: Annotated[Outcome | None, one_of(Outcome)] = None
    text: LongText = ""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list."""

    number: int
    name: str
    language: str
    stage: str
    country: str
    moment: str
    sample: bool


@dataclass(frozen=True, slots=True)
class RequestsView:
    """What the list shows."""

    lines: tuple[RequestLine, ...]
    officer: bool
    may_file: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the page of a request shows. `mine` for the one who asks, `officer` for the secretariat."""

    case: RequestRecord
    name: str
    facts: tuple[tuple[str, str], ...]
    stage: str
    means: str
    mine: bool
    officer: bool
    question: str
    known: RelatedDocuments
    suggestions: tuple[Suggested, ...]
    objectives: tuple[Link, ...]
    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    steps: tuple[tuple[str, str], ...]
    can_ask: bool
    can_withdraw: bool
    lessons: bool  # whether a practice can be made of it
    outcomes: tuple[tuple[str, str], ...]  # when feedback can be given
    said: str
    written: Mapping[str, str]  # what was written into a field that is refused
    faults: tuple[Fault, ...] = ()


def list_page(context: Context) -> Response:
    """The requests this person may see."""
    with context.site.database.read() as connection:
        found = requests.list_requests(connection, context.actor)
    lines = tuple(
        RequestLine(
            case.id,
            case.request.heading,
            case.request.language,
            context.say(STAGES[case.stage][0]),
            context.interface.country(case.request.country),
            context.interface.date(case.created.date().isoformat()),
            case.request.sample,
        )
        for case in found
    )
    view = RequestsView(lines, context.may(Action.MATCH), context.may(Action.FILE_REQUEST))
    return context.page("requests/requests.html", view)


def request_page(context: Context, number: Number, said: str = "") -> Response:
    """One request."""
    return _page(context, number, said=context.say(_SAID.get(said, "")))


def to_request(context: Context, number: Number) -> Response:
    """The page that holds the form of this address."""
    with context.site.database.read() as connection:
        requests.seen_by(connection, context.actor, number)
    return context.redirect(urls.request(number))


def ask(context: Context, number: Number, text: FormText = "") -> Response:
    """The secretariat asks something back."""
    return _done(context, number, "asked", lambda c: requests.ask(c, context.actor, number, text), "question", text)


def answer(context: Context, number: Number, text: FormText = "") -> Response:
    """The one who asks answers."""
    return _done(context, number, "answered", lambda c: requests.answer(c, context.actor, number, text), "answer", text)


def describe(context: Context, number: Number, form: Annotated[ObjectivesForm, Form()]) -> Response:
    """Say which objectives it is about."""
    chosen = [n for n in dict.fromkeys(form.objective) if context.site.taxonomy.find("objectives", n) is not None]
    return _done(context, number, "described", lambda c: requests.describe(c, context.actor, number, chosen))


def entitle(context: Context, number: Number, form: Annotated[TitleForm, Form()]) -> Response:
    """The one who asks gives it another title, and says whether everybody may read it."""
    shown = " ".join(form.title.split())

    def done(connection: Transaction) -> None:
        requests.entitle(connection, context.actor, number, shown, public=bool(form.title_public))

    return _done(context, number, "entitled", done, "title", shown)


def step(context: Context, number: Number, form: Annotated[StepForm, Form()]) -> Response:
    """A step of the secretariat."""
    wanted = form.to if form.to in _STEPS else Stage.FILED

    def done(connection: Transaction) -> None:
        requests.step(connection, context.actor, number, wanted, form.at, form.reason, context.site.taxonomy)

    return _done(context, number, "moved", done, "reason", form.reason)


def withdraw(context: Context, number: Number, form: Annotated[WithdrawForm, Form()]) -> Response:
    """The one who asks takes the request back."""

    def done(connection: Transaction) -> None:
        requests.step(connection, context.actor, number, Stage.WITHDRAWN, form.at, form.reason)

    return _done(context, number, "moved", done, "withdraw", form.reason)


def settle(context: Context, number: Number, form: Annotated[SettleForm, Form()]) -> Response:
    """The one who asks agrees to somebody who accepted, or does not."""

    agrees = {"yes": True, "no": False}.get(form.agrees)

    def done(connection: Transaction) -> None:
        shortlist.settle(connection, context.actor, number, form.proposal or 0, agrees=agrees, reason=form.reason)

    said = "agreed" if agrees else "refused"
    return _done(context, number, said, done, f"settle-{form.proposal or ''}", form.reason)


def give_feedback(context: Context, number: Number, form: Annotated[FeedbackForm, Form()]) -> Response:
    """The one who asked says how it went."""

    def done(connection: Transaction) -> None:
        feedback.of_asker(connection, context.actor, number, form.outcome, form.text)

    return _done(context, number, "thanked", done, "feedback", form.text)


def facts_of(context: RequestContext, case: RequestRecord, *, anonymous: bool = False) -> tuple[tuple[str, str], ...]:
    """What is known of a request beside its words; `anonymous` without who asks."""
    request, ui = case.request, context.interface
    found = [
        (_("Country"), "" if anonymous else ui.country(request.country)),
        (_("Organisation"), "" if anonymous else request.organisation),
        (_("Kind of support"), context.say(SUPPORTS[request.support]) if request.support else ""),
        (_("By when"), ui.date(request.needed_by.isoformat()) if request.needed_by else ""),
        (_("Languages spoken"), ", ".join(ui.language(code) for code in request.spoken)),
        (_("Organisations concerned"), "" if anonymous else ", ".join(request.concerns)),
        (_("Confidentiality"), context.say(_("Those invited are not told who asks")) if request.confidential else ""),
    ]
    return tuple((context.say(name), value) for name, value in found if value)


def _done(
    context: RequestContext,
    number: int,
    said: str,
    act: Callable[[Transaction], None],
    field: str = "",
    written: str = "",
) -> Response:
    """Do something in one transaction; a refusal is told on the page."""
    try:
        with context.site.database.write() as connection:
            requests.seen_by(connection, context.actor, number)
            act(connection)
    except RefusedError as error:
        fault = refusal_fault(context, error, REFUSALS, field if error.code in _OF_THE_FIELD else "")
        return _page(context, number, written={field: written}, faults=(fault,))
    return context.redirect(f"{urls.request(number)}?said={said}")


def _page(
    context: RequestContext,
    number: int,
    said: str = "",
    written: Mapping[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    with context.site.database.read() as connection:
        case = requests.seen_by(connection, context.actor, number)
        events = requests.timeline(connection, number)
        mine = context.may(Action.OWN_REQUEST, case.owner)
        officer = context.may(Action.DECIDE_REQUEST)
        matching = proposals.matching_context(connection)
        people = people_of(context, connection, case, matching, officer=officer, mine=mine)
        lines = timeline(context, connection, case, events, officer=officer)
    audit_trail.record_seen(context.site.database, context.actor, *seen_people(case, people))
    labels = Labels(context.interface, context.site.taxonomy)
    question = requests.open_question(events)
    given = feedback.given(events, FeedbackSide.ASKER)
    can_give = mine and not given and case.stage in (Stage.UNDER_WAY, Stage.CLOSED)
    steps = tuple((s.value, context.say(name)) for s, name in _STEPS.items() if s in next_stages(case.stage))
    view = RequestView(
        case=case,
        name=case.request.heading,
        facts=facts_of(context, case),
        stage=context.say(STAGES[case.stage][0]),
        means=context.say(STAGES[case.stage][1]),
        mine=mine,
        officer=officer,
        question=question.text if question else "",
        known=related_documents(context, case.request),
        suggestions=suggested_objectives(context, case),
        objectives=tuple(Link(labels.concept("objectives", n), urls.objective(n)) for n in case.request.objectives),
        people=people,
        lines=lines,
        steps=steps if officer else (),
        can_ask=officer and question is None and case.stage in (Stage.FILED, Stage.CLARIFIED),
        can_withdraw=mine and Stage.WITHDRAWN in next_stages(case.stage),
        lessons=case.stage is Stage.CLOSED and context.may(Action.SUBMIT),
        outcomes=tuple((o.value, context.say(name)) for o, name in OUTCOMES.items()) if can_give else (),
        said=said,
        written=written or {},
        faults=faults,
    )
    return context.page("requests/request.html", view)
