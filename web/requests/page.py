"""Requests for support: the list of them, and the page of each for the one who asks and for the secretariat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Path
from starlette.responses import RedirectResponse, Response

from kb.accounts.permissions import Action
from kb.accounts.store import audit_trail
from kb.matching.store import proposals, shortlist
from kb.requests.case import FeedbackSide, HubError, Outcome, RequestRecord
from kb.requests.request import Stage, next_stages
from kb.requests.store import feedback, requests
from kb.store.transaction import Transaction
from web.accounts.sign_in import Field
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault
from web.i18n.labels import Labels
from web.i18n.locales import _
from web.requests.labels import OUTCOMES, STAGES, SUPPORTS, refusal_fault
from web.requests.people import Person, people_of, seen_people
from web.requests.related_documents import RelatedDocuments, related_documents
from web.requests.timeline import Line, Suggested, suggested_objectives, timeline
from web.search.results import Link

_UNWELCOME = 422
Number = Annotated[int, Path(alias="id", ge=0, lt=2**31)]
Text = Annotated[str, Form(max_length=40_000)]
Several = Annotated[list[str], Form(max_length=200)]
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
_OF_THE_FIELD = ("reason", "nothing", "untitled", "long")  # refusals of what was written
# Steps of the secretariat by stage; whether a reason belongs to each.
_STEPS = {
    Stage.CLARIFIED: _("It is clear as it is"),
    Stage.UNDER_WAY: _("The support is under way"),
    Stage.CLOSED: _("Close it with its outcome"),
    Stage.DECLINED: _("Do not take it on"),
}


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


def list_page(visit: Visiting) -> Response:
    """The requests this person may see."""
    with visit.site.database.read() as connection:
        found = requests.list_requests(connection, visit.actor)
    lines = tuple(
        RequestLine(
            case.id,
            case.request.heading,
            case.request.language,
            visit.say(STAGES[case.stage][0]),
            visit.interface.country(case.request.country),
            visit.interface.date(case.created.date().isoformat()),
            case.request.sample,
        )
        for case in found
    )
    view = RequestsView(lines, visit.may(Action.MATCH), visit.may(Action.FILE_REQUEST))
    return visit.page("requests/requests.html", view)


def request_page(visit: Visiting, number: Number, said: str = "") -> Response:
    """One request."""
    return _page(visit, number, said=visit.say(_SAID.get(said, "")))


def to_request(visit: Visiting, number: Number) -> Response:
    """The page that holds the form of this address."""
    with visit.site.database.read() as connection:
        requests.seen_by(connection, visit.actor, number)
    return RedirectResponse(visit.link(f"/requests/{number}"), 303)


def ask(visit: Visiting, number: Number, text: Text = "") -> Response:
    """The secretariat asks something back."""
    return _done(visit, number, "asked", lambda c: requests.ask(c, visit.actor, number, text), "question", text)


def answer(visit: Visiting, number: Number, text: Text = "") -> Response:
    """The one who asks answers."""
    return _done(visit, number, "answered", lambda c: requests.answer(c, visit.actor, number, text), "answer", text)


def describe(visit: Visiting, number: Number, objective: Several = []) -> Response:  # noqa: B006
    """Say which objectives it is about."""
    related_documents = [n for n in dict.fromkeys(objective) if visit.site.taxonomy.find("objectives", n) is not None]
    return _done(visit, number, "described", lambda c: requests.describe(c, visit.actor, number, related_documents))


def entitle(visit: Visiting, number: Number, title: Field = "", title_public: Field = "") -> Response:
    """The one who asks gives it another title, and says whether everybody may read it."""
    shown = " ".join(title.split())

    def done(connection: Transaction) -> None:
        requests.entitle(connection, visit.actor, number, shown, public=bool(title_public))

    return _done(visit, number, "entitled", done, "title", shown)


def step(visit: Visiting, number: Number, to: Field = "", at: Field = "", reason: Text = "") -> Response:
    """A step of the secretariat."""
    wanted = Stage(to) if to in list(_STEPS) else Stage.FILED

    def done(connection: Transaction) -> None:
        requests.step(connection, visit.actor, number, wanted, at, reason, visit.site.taxonomy)

    return _done(visit, number, "moved", done, "reason", reason)


def withdraw(visit: Visiting, number: Number, at: Field = "", reason: Text = "") -> Response:
    """The one who asks takes the request back."""

    def done(connection: Transaction) -> None:
        requests.step(connection, visit.actor, number, Stage.WITHDRAWN, at, reason)

    return _done(visit, number, "moved", done, "withdraw", reason)


def settle(visit: Visiting, number: Number, proposal: Field = "", agrees: Field = "", reason: Text = "") -> Response:
    """The one who asks agrees to somebody who accepted, or does not."""

    answer = {"yes": True, "no": False}.get(agrees)
    chosen = int(proposal) if proposal.isdecimal() and len(proposal) < 10 else 0

    def done(connection: Transaction) -> None:
        shortlist.settle(connection, visit.actor, number, chosen, agrees=answer, reason=reason)

    return _done(visit, number, "agreed" if agrees == "yes" else "refused", done, f"settle-{proposal}", reason)


def give_feedback(visit: Visiting, number: Number, outcome: Field = "", text: Text = "") -> Response:
    """The one who asked says how it went."""
    chosen = Outcome(outcome) if outcome in list(Outcome) else None
    return _done(
        visit, number, "thanked", lambda c: feedback.of_asker(c, visit.actor, number, chosen, text), "feedback", text
    )


def facts_of(visit: RequestContext, case: RequestRecord, *, anonymous: bool = False) -> tuple[tuple[str, str], ...]:
    """What is known of a request beside its words; `anonymous` without who asks."""
    request, ui = case.request, visit.interface
    found = [
        (_("Country"), "" if anonymous else ui.country(request.country)),
        (_("Organisation"), "" if anonymous else request.organisation),
        (_("Kind of support"), visit.say(SUPPORTS[request.support]) if request.support else ""),
        (_("By when"), ui.date(request.needed_by.isoformat()) if request.needed_by else ""),
        (_("Languages spoken"), ", ".join(ui.language(code) for code in request.spoken)),
        (_("Organisations concerned"), "" if anonymous else ", ".join(request.concerns)),
        (_("Confidentiality"), visit.say(_("Those invited are not told who asks")) if request.confidential else ""),
    ]
    return tuple((visit.say(name), value) for name, value in found if value)


def _done(
    visit: RequestContext,
    number: int,
    said: str,
    act: Callable[[Transaction], None],
    field: str = "",
    written: str = "",
) -> Response:
    """Do something in one transaction; a refusal is told on the page."""
    try:
        with visit.site.database.write() as connection:
            requests.seen_by(connection, visit.actor, number)
            act(connection)
    except HubError as error:
        fault = refusal_fault(visit, error, field if error.what in _OF_THE_FIELD else "")
        return _page(visit, number, written={field: written}, faults=(fault,))
    address = visit.link(f"/requests/{number}?said={said}")
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def _page(
    visit: RequestContext,
    number: int,
    said: str = "",
    written: Mapping[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    with visit.site.database.read() as connection:
        case = requests.seen_by(connection, visit.actor, number)
        events = requests.timeline(connection, number)
        mine = visit.may(Action.OWN_REQUEST, case.owner)
        officer = visit.may(Action.DECIDE_REQUEST)
        context = proposals.matching_context(connection)
        people = people_of(visit, connection, case, context, officer=officer, mine=mine)
        lines = timeline(visit, connection, case, events, officer=officer)
    audit_trail.record_seen(visit.site.database, visit.actor, *seen_people(case, people))
    labels = Labels(visit.interface, visit.site.taxonomy)
    question = requests.open_question(events)
    given = feedback.given(events, FeedbackSide.ASKER)
    can_give = mine and not given and case.stage in (Stage.UNDER_WAY, Stage.CLOSED)
    steps = tuple((s.value, visit.say(name)) for s, name in _STEPS.items() if s in next_stages(case.stage))
    view = RequestView(
        case=case,
        name=case.request.heading,
        facts=facts_of(visit, case),
        stage=visit.say(STAGES[case.stage][0]),
        means=visit.say(STAGES[case.stage][1]),
        mine=mine,
        officer=officer,
        question=question.text if question else "",
        known=related_documents(visit, case.request),
        suggestions=suggested_objectives(visit, case),
        objectives=tuple(Link(labels.concept("objectives", n), f"/objectives/{n}") for n in case.request.objectives),
        people=people,
        lines=lines,
        steps=steps if officer else (),
        can_ask=officer and question is None and case.stage in (Stage.FILED, Stage.CLARIFIED),
        can_withdraw=mine and Stage.WITHDRAWN in next_stages(case.stage),
        lessons=case.stage is Stage.CLOSED and visit.may(Action.SUBMIT),
        outcomes=tuple((o.value, visit.say(name)) for o, name in OUTCOMES.items()) if can_give else (),
        said=said,
        written=written or {},
        faults=faults,
    )
    return visit.page("requests/request.html", view, _UNWELCOME if faults else 200)
