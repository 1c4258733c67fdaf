"""The page on which an expert reads a request they are invited to, and answers: by link, or signed in."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Path
from starlette.responses import RedirectResponse, Response

from kb.accounts.account import SYSTEM, Account
from kb.accounts.permissions import Action
from kb.accounts.store import accounts
from kb.clock import now
from kb.experts.store import experts
from kb.matching.store import proposals
from kb.requests.case import Event, FeedbackSide, HubError, Outcome, Proposal, ProposalStatus, RequestRecord
from kb.requests.request import Stage
from kb.requests.store import feedback, requests
from web.accounts.sign_in import EmptyView, Field
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault
from web.i18n.locales import _
from web.requests.labels import OUTCOMES, WHYS, refusal_fault
from web.requests.page import facts_of

_UNWELCOME = 422
_GONE = 410
Number = Annotated[int, Path(alias="id", ge=0, lt=2**31)]
Text = Annotated[str, Form(max_length=40_000)]
_ANSWERED = {
    ProposalStatus.ACCEPTED: _("You accepted. As soon as the one who asks agrees, contact details stand here."),
    ProposalStatus.AGREED: _("Both sides agreed. The contact details stand below, and the one who asks has yours."),
    ProposalStatus.DECLINED: _("You declined. Thank you for saying so; somebody else is asked."),
    ProposalStatus.REFUSED: _("You accepted, but the one who asks chose otherwise. Thank you for your readiness."),
    ProposalStatus.LAPSED: _(
        "This invitation has run out, or you paused or withdrew a consent. Nothing more is asked."
    ),
    ProposalStatus.RELEASED: _("This invitation is not needed any more. Nothing more is asked of you."),
}


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What the page shows. `answered` says what became of it, "" while the answer is awaited."""

    path: str
    name: str
    text: str
    language: str
    facts: tuple[tuple[str, str], ...]
    answered: str
    open: bool
    until: str
    whys: tuple[tuple[str, str], ...]
    asker: str  # name and address of the one who asks, once both sides agreed
    email: str
    outcomes: tuple[tuple[str, str], ...]
    written: str
    faults: tuple[Fault, ...] = ()


def by_link(visit: Visiting, key: str = "") -> Response:
    """What a link asks; opening it answers nothing, as mail programs open links before people do."""
    found = _of_link(visit, key)
    return _gone(visit) if found is None else _private(_page(visit, found, _path(key)))


def answer_by_link(
    visit: Visiting, key: str = "", answer: Field = "", why: Field = "", text: Text = "", outcome: Field = ""
) -> Response:
    """Accept, decline or, later, give feedback."""
    found = _of_link(visit, key)
    return _gone(visit) if found is None else _private(_answered(visit, found, _path(key), answer, why, text, outcome))


def own_invitation(visit: Visiting, number: Number) -> Response:
    """An invitation of the expert who is signed in."""
    return _page(visit, _own(visit, number), f"/invitations/{number}")


def answer_own(
    visit: Visiting, number: Number, answer: Field = "", why: Field = "", text: Text = "", outcome: Field = ""
) -> Response:
    """As by link."""
    return _answered(visit, _own(visit, number), f"/invitations/{number}", answer, why, text, outcome)


def _answered(
    visit: RequestContext, found: Proposal, path: str, answer: str, why: str, text: str, outcome: str
) -> Response:
    try:
        with visit.site.database.write() as connection:
            if outcome:
                said = Outcome(outcome) if outcome in list(Outcome) else None
                feedback.of_expert(connection, found, said, text)
            elif answer in ("accept", "decline"):
                proposals.answer(connection, found.id, accepts=answer == "accept", why=why, text=text)
            else:
                raise HubError("reason", "Neither yes nor no.")
    except HubError as error:
        if error.what == "consent":  # the officer reads it on the page of the request
            with visit.site.database.write() as connection:
                proposals.lapse(connection, SYSTEM, found.id)
        field = "why-time" if error.what == "reason" else ""
        with visit.site.database.read() as connection:
            found = proposals.get(connection, found.id)
        return _page(visit, found, path, text, (refusal_fault(visit, error, field),))
    return RedirectResponse(visit.link(path), 303, {"Cache-Control": "no-store"})


def _page(
    visit: RequestContext, found: Proposal, path: str, written: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    with visit.site.database.read() as connection:
        case = requests.get(connection, found.request)
        events = requests.timeline(connection, found.request)
        owner = accounts.get(connection, case.owner) if case.owner is not None else None
    agreed = found.standing is ProposalStatus.AGREED
    ran_out = found.expires is not None and found.expires < now()
    waits = found.standing is ProposalStatus.INVITED and not ran_out and case.stage in (Stage.PROPOSED, Stage.ACCEPTED)
    ended = visit.say(_ANSWERED[ProposalStatus.LAPSED])
    answered = visit.say(_ANSWERED[found.standing]) if found.standing in _ANSWERED else "" if waits else ended
    shown = found.standing in (ProposalStatus.ACCEPTED, ProposalStatus.AGREED) or waits
    anonymous = case.request.confidential and not agreed
    view = InvitationView(
        path=path,
        name=case.request.heading if shown and not anonymous else "",
        text=case.request.text if shown else "",
        language=case.request.language if case.request.language != "und" else "",
        facts=facts_of(visit, case, anonymous=anonymous) if shown else (),
        answered=answered,
        open=waits,
        until=visit.interface.moment(found.expires) if found.expires else "",
        whys=tuple((w.value, visit.say(name)) for w, name in WHYS.items()),
        asker=_asker(owner) if agreed else "",
        email=owner.email if agreed and owner else "",
        outcomes=_outcomes(visit, case, found, events),
        written=written,
        faults=faults,
    )
    return visit.page("matching/invitation.html", view, _UNWELCOME if faults else 200)


def _outcomes(
    visit: RequestContext, case: RequestRecord, found: Proposal, events: list[Event]
) -> tuple[tuple[str, str], ...]:
    """What can be said of how it went, where that is due."""
    due = found.standing is ProposalStatus.AGREED and case.stage in (Stage.UNDER_WAY, Stage.CLOSED)
    if not due or feedback.given(events, FeedbackSide.EXPERT, found.expert) is not None:
        return ()
    return tuple((outcome.value, visit.say(name)) for outcome, name in OUTCOMES.items())


def _asker(owner: Account | None) -> str:
    if owner is None:
        return ""
    return ", ".join(each for each in (owner.name, owner.organisation) if each)


def _of_link(visit: RequestContext, key: str) -> Proposal | None:
    with visit.site.database.read() as connection:
        return proposals.by_link(connection, key)


def _own(visit: RequestContext, number: int) -> Proposal:
    with visit.site.database.read() as connection:
        found = proposals.get(connection, number)
        reached = experts.contact(connection, found.expert)
    visit.require(Action.ANSWER_PROPOSAL, reached.account if reached else None)
    return found


def _path(key: str) -> str:
    return f"/invitation?{urlencode({'key': key})}"


def _gone(visit: RequestContext) -> Response:
    return _private(visit.page("accounts/link_gone.html", EmptyView(), _GONE))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the secret
    return response
