"""Feedback on a request in the store: once from the one who asked, once from each expert."""

from collections.abc import Sequence

from sqlalchemy import Connection

from kb.accounts.account import ANYONE, Actor
from kb.accounts.permissions import Action, require
from kb.errors import RefusedError
from kb.requests.case import (
    LONGEST,
    Event,
    FeedbackSide,
    Outcome,
    Proposal,
    ProposalStatus,
    RequestEventKind,
    RequestRefusal,
)
from kb.requests.request import Stage
from kb.requests.store import requests

_WHEN = (Stage.UNDER_WAY, Stage.CLOSED)


def of_asker(connection: Connection, actor: Actor, number: int, outcome: Outcome | None, text: str) -> None:
    """What the one who asked says. Raises RefusedError: `reason` without an outcome, `stage`, `answered`."""
    case = requests.get(connection, number)
    require(actor, Action.OWN_REQUEST, case.owner)
    _give(connection, actor, number, FeedbackSide.ASKER, None, outcome, text)


def of_expert(connection: Connection, proposal: Proposal, outcome: Outcome | None, text: str) -> None:
    """What an expert says of a request for which both sides agreed."""
    if proposal.standing is not ProposalStatus.AGREED:
        raise RefusedError(RequestRefusal.STAGE, "Both sides must have agreed.")
    _give(connection, ANYONE, proposal.request, FeedbackSide.EXPERT, proposal.expert, outcome, text)


def given(events: Sequence[Event], side: FeedbackSide, expert: int | None = None) -> Event | None:
    """The feedback of a side, where it was given."""
    found = (
        e for e in events if e.kind is RequestEventKind.FEEDBACK and e.details["side"] == side and e.expert == expert
    )
    return next(found, None)


def _give(
    connection: Connection,
    actor: Actor,
    number: int,
    side: FeedbackSide,
    expert: int | None,
    outcome: Outcome | None,
    text: str,
) -> None:
    if outcome is None:
        raise RefusedError(RequestRefusal.REASON, "An outcome is needed.")
    if requests.get(connection, number).stage not in _WHEN:
        raise RefusedError(RequestRefusal.STAGE, "Feedback is given once the support is under way.")
    if given(requests.timeline(connection, number), side, expert) is not None:
        raise RefusedError(RequestRefusal.ANSWERED, "Feedback was given.")
    told = {"side": side.value, "outcome": outcome.value}
    requests.happen(connection, actor, number, RequestEventKind.FEEDBACK, text.strip()[:LONGEST], None, expert, told)
