"""How a document comes to be published: its states, who may move it, and the reviewers' rule."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from kb.accounts.account import Actor
from kb.accounts.permissions import Action, may, require
from kb.documents.state import LIVE, OWNED, WAITING, Move, State
from kb.editorial.review import Panel, is_outvoted, missing_recommendations
from kb.errors import RefusedError


class EditorialRefusal(StrEnum):
    """Why a document is not moved, or a review not taken, as asked."""

    STATE = "state"  # not in the state the document is in
    CHANGED = "changed"  # somebody else was quicker
    REASON = "reason"  # one has to be given
    RULE = "rule"  # recommendations are missing
    AGAINST = "against"  # more reviewers advise against it than for it
    REVIEWED = "reviewed"  # only a review can publish it now
    NEWER = "newer"  # a newer version is public
    OWN = "own"  # nobody reviews what they submitted
    TWICE = "twice"  # asked already
    REVIEWER = "reviewer"  # who reviews does not decide
    UNDECLARED = "undeclared"  # whether there is a conflict of interests
    CONFLICT = "conflict"
    GIVEN = "given"  # the recommendation stays
    ENDED = "ended"
    NOTHING = "nothing"  # there are no words


@dataclass(frozen=True, slots=True)
class Step:
    """A move: from which states it leads to which, the action it is, and whether a reason has to be given."""

    move: Move
    before: frozenset[State]
    after: State
    action: Action
    reason: bool = True


def _step(move: Move, before: Iterable[State], after: State, action: Action, *, reason: bool = True) -> Step:
    return Step(move, frozenset(before), after, action, reason)


STEPS = (
    _step(Move.DESCRIBE, [State.RECEIVED], State.DESCRIBED, Action.DESCRIBE, reason=False),
    _step(Move.SEND_TO_REVIEW, [State.DESCRIBED, State.RETURNED], State.IN_REVIEW, Action.ASSIGN, reason=False),
    _step(Move.PUBLISH, [State.IN_REVIEW], State.PUBLISHED, Action.DECIDE),
    _step(Move.PUBLISH_TRUSTED, [State.DESCRIBED], State.PUBLISHED, Action.PUBLISH),
    _step(Move.RETURN, [State.DESCRIBED, State.IN_REVIEW], State.RETURNED, Action.DECIDE),
    _step(Move.ANSWER, [State.RETURNED], State.DESCRIBED, Action.DESCRIBE),
    _step(Move.REJECT, [State.DESCRIBED, State.IN_REVIEW, State.RETURNED], State.REJECTED, Action.DECIDE),
    _step(Move.TAKE_BACK, WAITING, State.WITHDRAWN, Action.TAKE_BACK),
    _step(Move.WITHDRAW, [State.PUBLISHED], State.WITHDRAWN, Action.WITHDRAW),
    _step(Move.BRING_BACK, [State.WITHDRAWN, State.REJECTED], State.DESCRIBED, Action.WITHDRAW),
)
_BY_MOVE = {step.move: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class DocumentCase:
    """A document as far as deciding on it goes. `owner` is the account that submitted it, if one did."""

    state: State
    owner: int | None = None
    panel: Panel = field(default_factory=Panel)


def step(move: Move) -> Step:
    """What is known of a move. Raises RefusedError for SUPERSEDE, which nobody can ask for."""
    if move not in _BY_MOVE:
        raise RefusedError(EditorialRefusal.STATE, "A version is replaced by publishing the next one.")
    return _BY_MOVE[move]


def steps(actor: Actor, case: DocumentCase) -> tuple[Step, ...]:
    """The moves `actor` may make now, whether or not the reviewers' rule is kept yet."""
    possible = [s for s in STEPS if case.state in s.before and may(actor, s.action, case.owner)]
    return tuple(s for s in possible if s.move is not Move.PUBLISH_TRUSTED or not case.panel.round)


def follow(actor: Actor, case: DocumentCase, move: Move, reason: str) -> State:
    """The state a move leads to. Raises ForbiddenError where `actor` may not, RefusedError where the rules do not."""
    asked = step(move)
    require(actor, asked.action, case.owner)
    if case.state not in asked.before:
        raise RefusedError(EditorialRefusal.STATE, f"A document that is {case.state} cannot be moved by '{move}'.")
    if asked.reason and not reason.strip():
        raise RefusedError(EditorialRefusal.REASON, "Say why: the reason stays on record.")
    if move is Move.PUBLISH_TRUSTED and case.panel.round:
        raise RefusedError(
            EditorialRefusal.REVIEWED, "This document was sent to review; only a review can publish it now."
        )
    if asked.action is Action.DECIDE:
        _check_editor(actor, case.panel)
    if move is Move.PUBLISH:
        _check_rule(case.panel)
    return asked.after


def may_describe(actor: Actor, case: DocumentCase) -> bool:
    """Whether `actor` may change description and tags now; who submitted it may until others have a say in it."""
    if may(actor, Action.DESCRIBE):
        return case.state in LIVE
    return may(actor, Action.DESCRIBE, case.owner) and case.state in OWNED


def check_reviewer(case: DocumentCase, reviewer: int) -> None:
    """Raise RefusedError unless the account `reviewer` may be asked to review."""
    if case.state is not State.IN_REVIEW:
        raise RefusedError(EditorialRefusal.STATE, "Send the document to review first.")
    if reviewer == case.owner:
        raise RefusedError(EditorialRefusal.OWN, "Nobody reviews what they submitted themselves.")
    if any(review.reviewer == reviewer for review in case.panel.reviews):
        raise RefusedError(EditorialRefusal.TWICE, "This person was asked already.")


def _check_editor(actor: Actor, panel: Panel) -> None:
    if actor.account is not None and any(review.reviewer == actor.account for review in panel.reviews):
        raise RefusedError(
            EditorialRefusal.REVIEWER, "Whoever was asked to review a document does not decide on it, too."
        )


def _check_rule(panel: Panel) -> None:
    if missing_recommendations(panel):
        raise RefusedError(
            EditorialRefusal.RULE,
            "There must be the recommendations of at least one internal and two external reviewers, "
            "and of one more when they disagree.",
        )
    if is_outvoted(panel):
        raise RefusedError(EditorialRefusal.AGAINST, "More reviewers advise against publishing than for it.")
