"""The page on which an expert reads a request they are invited to, and answers: by link, or signed in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.account import SYSTEM, Account
from kb.accounts.permissions import Action
from kb.accounts.store import accounts
from kb.clock import now
from kb.errors import RefusedError
from kb.experts.store import experts
from kb.i18n.catalogue import _
from kb.matching.store import proposals
from kb.requests.case import Event, FeedbackSide, Outcome, Proposal, ProposalStatus, RequestRecord, RequestRefusal
from kb.requests.request import Stage
from kb.requests.store import feedback, requests
from web import urls
from web.accounts.one_time_links import link_gone
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import LongText, Number, OneLine, one_of
from web.requests.labels import OUTCOMES, REFUSALS, WHYS
from web.requests.page import facts_of

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


class AnswerForm(BaseModel, frozen=True):
    """What an expert sends: an answer to the invitation or, with an `outcome`, how the support went."""

    answer: OneLine = ""
    why: OneLine = ""
    text: LongText = ""
    outcome: Annotated[Outcome | None, one_of(Outcome)] = None


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


def by_link(context: Context, key: str = "") -> Response:
    """What a link asks; opening it answers nothing, as mail programs open links before people do."""
    found = _of_link(context, key)
    return link_gone(context) if found is None else _page(context, found, urls.invitation(key))


def answer_by_link(context: Context, form: Annotated[AnswerForm, Form()], key: str = "") -> Response:
    """Accept, decline or, later, give feedback."""
    found = _of_link(context, key)
    return link_gone(context) if found is None else _answered(context, found, urls.invitation(key), form)


def own_invitation(context: Context, number: Number) -> Response:
    """An invitation of the expert who is signed in."""
    return _page(context, _own(context, number), urls.own_invitation(number))


def answer_own(context: Context, number: Number, form: Annotated[AnswerForm, Form()]) -> Response:
    """As by link."""
    return _answered(context, _own(context, number), urls.own_invitation(number), form)


def _answered(context: RequestContext, found: Proposal, path: str, form: AnswerForm) -> Response:
    try:
        with context.site.database.write() as connection:
            if "outcome" in form.model_fields_set:
                feedback.of_expert(connection, found, form.outcome, form.text)
            elif form.answer in ("accept", "decline"):
                accepts = form.answer == "accept"
                proposals.answer(connection, found.id, accepts=accepts, why=form.why, text=form.text)
            else:
                raise RefusedError(RequestRefusal.REASON, "Neither yes nor no.")
    except RefusedError as error:
        if error.code is RequestRefusal.CONSENT:  # the officer reads it on the page of the request
            with context.site.database.write() as connection:
                proposals.lapse(connection, SYSTEM, found.id)
        field = "why-time" if error.code is RequestRefusal.REASON else ""
        with context.site.database.read() as connection:
            found = proposals.get(connection, found.id)
        return _page(context, found, path, form.text, (refusal_fault(context, error, REFUSALS, field),))
    return context.redirect(path)


def _page(
    context: RequestContext, found: Proposal, path: str, written: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    with context.site.database.read() as connection:
        case = requests.get(connection, found.request)
        events = requests.timeline(connection, found.request)
        owner = accounts.get(connection, case.owner) if case.owner is not None else None
    agreed = found.standing is ProposalStatus.AGREED
    ran_out = found.expires is not None and found.expires < now()
    waits = found.standing is ProposalStatus.INVITED and not ran_out and case.stage in (Stage.PROPOSED, Stage.ACCEPTED)
    ended = context.say(_ANSWERED[ProposalStatus.LAPSED])
    answered = context.say(_ANSWERED[found.standing]) if found.standing in _ANSWERED else "" if waits else ended
    shown = found.standing in (ProposalStatus.ACCEPTED, ProposalStatus.AGREED) or waits
    anonymous = case.request.confidential and not agreed
    view = InvitationView(
        path=path,
        name=case.request.heading if shown and not anonymous else "",
        text=case.request.text if shown else "",
        language=case.request.language if case.request.language != "und" else "",
        facts=facts_of(context, case, anonymous=anonymous) if shown else (),
        answered=answered,
        open=waits,
        until=context.interface.moment(found.expires) if found.expires else "",
        whys=tuple((w.value, context.say(name)) for w, name in WHYS.items()),
        asker=_asker(owner) if agreed else "",
        email=owner.email if agreed and owner else "",
        outcomes=_outcomes(context, case, found, events),
        written=written,
        faults=faults,
    )
    return context.page("matching/invitation.html", view, private=True)


def _outcomes(
    context: RequestContext, case: RequestRecord, found: Proposal, events: list[Event]
) -> tuple[tuple[str, str], ...]:
    """What can be said of how it went, where that is due."""
    due = found.standing is ProposalStatus.AGREED and case.stage in (Stage.UNDER_WAY, Stage.CLOSED)
    if not due or feedback.given(events, FeedbackSide.EXPERT, found.expert) is not None:
        return ()
    return tuple((outcome.value, context.say(name)) for outcome, name in OUTCOMES.items())


def _asker(owner: Account | None) -> str:
    if owner is None:
        return ""
    return ", ".join(each for each in (owner.name, owner.organisation) if each)


def _of_link(context: RequestContext, key: str) -> Proposal | None:
    with context.site.database.read() as connection:
        return proposals.by_link(connection, key)


def _own(context: RequestContext, number: int) -> Proposal:
    with context.site.database.read() as connection:
        found = proposals.get(connection, number)
        reached = experts.contact(connection, found.expert)
    context.require(Action.ANSWER_PROPOSAL, reached.account if reached else None)
    return found
