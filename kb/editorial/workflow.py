"""How a document comes to be published: its states, who may move it, and the reviewers' rule."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from kb.accounts.account import Action, Actor, may, require
from kb.documents.models import State
from kb.errors import UsageError

INTERNAL, EXTERNAL = 1, 2  # reviewers there must be at least, of the United Nations and from outside
FURTHER = INTERNAL + EXTERNAL + 1  # when those disagree, one more is called
WORKING_DAYS = 10  # promised for a review
LONGEST = 20_000  # characters of a comment, letter, declaration or reason


class MoveError(UsageError):
    """A document cannot be moved, or a review not be given, as asked.

    `what` is state, changed, reason, rule, against, reviewed, newer, own, twice, reviewer, undeclared, conflict, given,
    ended or nothing.
    """

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


class Move(StrEnum):
    """What takes a document from one state to the next."""

    DESCRIBE = "describe"
    SEND_TO_REVIEW = "send-to-review"
    PUBLISH = "publish"  # the editor's decision after review
    PUBLISH_TRUSTED = "publish-trusted"  # by a librarian alone, from a collection that is trusted
    RETURN = "return"  # with questions to whoever submitted it
    ANSWER = "answer"  # the questions are answered
    REJECT = "reject"
    TAKE_BACK = "take-back"  # by whoever submitted it, before it is published
    WITHDRAW = "withdraw"
    BRING_BACK = "bring-back"  # to where it can be described and published again
    SUPERSEDE = "supersede"  # follows from a newer version; nobody can ask for it


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


_WAITING = (State.RECEIVED, State.DESCRIBED, State.IN_REVIEW, State.RETURNED)
STEPS = (
    _step(Move.DESCRIBE, [State.RECEIVED], State.DESCRIBED, Action.DESCRIBE, reason=False),
    _step(Move.SEND_TO_REVIEW, [State.DESCRIBED, State.RETURNED], State.IN_REVIEW, Action.ASSIGN, reason=False),
    _step(Move.PUBLISH, [State.IN_REVIEW], State.PUBLISHED, Action.DECIDE),
    _step(Move.PUBLISH_TRUSTED, [State.DESCRIBED], State.PUBLISHED, Action.PUBLISH),
    _step(Move.RETURN, [State.DESCRIBED, State.IN_REVIEW], State.RETURNED, Action.DECIDE),
    _step(Move.ANSWER, [State.RETURNED], State.DESCRIBED, Action.DESCRIBE),
    _step(Move.REJECT, [State.DESCRIBED, State.IN_REVIEW, State.RETURNED], State.REJECTED, Action.DECIDE),
    _step(Move.TAKE_BACK, _WAITING, State.WITHDRAWN, Action.TAKE_BACK),
    _step(Move.WITHDRAW, [State.PUBLISHED], State.WITHDRAWN, Action.WITHDRAW),
    _step(Move.BRING_BACK, [State.WITHDRAWN, State.REJECTED], State.DESCRIBED, Action.WITHDRAW),
)
_BY_MOVE = {step.move: step for step in STEPS}


class Side(StrEnum):
    """Where a reviewer stands to the Network."""

    INTERNAL = "internal"  # of the United Nations
    EXTERNAL = "external"


class Recommendation(StrEnum):
    """What a reviewer advises."""

    PUBLISH = "publish"
    REVISE = "revise"  # back to whoever submitted it, with questions
    REJECT = "reject"


class Stage(StrEnum):
    """Where one review stands."""

    ASKED = "asked"  # conflicts are not declared yet, so the file is closed
    CLEARED = "cleared"  # no conflict; the file is open
    GIVEN = "given"
    CONFLICTED = "conflicted"
    DECLINED = "declined"  # by the reviewer
    RELEASED = "released"  # by a librarian


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's part in one round. `conflict` is None until declared; `due` is the day it is promised for."""

    id: int
    document: int
    round: int
    reviewer: int  # account
    side: Side
    asked: datetime
    due: date
    conflict: bool | None = None
    interests: str = ""  # as declared, in the reviewer's words
    opened: datetime | None = None
    recommendation: Recommendation | None = None
    letter: str = ""  # to the editor
    given: datetime | None = None
    ending: Stage | None = None  # DECLINED or RELEASED
    ending_reason: str = ""

    @property
    def stage(self) -> Stage:
        if self.ending is not None:
            return self.ending
        if self.conflict is None:
            return Stage.ASKED
        if self.conflict:
            return Stage.CONFLICTED
        return Stage.CLEARED if self.recommendation is None else Stage.GIVEN

    @property
    def counts(self) -> bool:
        """Whether its recommendation counts: given without a conflict, neither declined nor released."""
        return self.stage is Stage.GIVEN

    @property
    def stands(self) -> bool:
        """Whether it counts or may still come to."""
        return self.stage in (Stage.ASKED, Stage.CLEARED, Stage.GIVEN)

    @property
    def waits(self) -> bool:
        """Whether the reviewer has something to do."""
        return self.stage in (Stage.ASKED, Stage.CLEARED)


@dataclass(frozen=True, slots=True)
class Panel:
    """The reviews of the round a document is in; round 0: it never was in review."""

    round: int = 0
    reviews: tuple[Review, ...] = ()

    @property
    def votes(self) -> Counter[Recommendation]:
        """How often each recommendation was given that counts."""
        return Counter(r.recommendation for r in self.reviews if r.counts and r.recommendation is not None)

    @property
    def disagrees(self) -> bool:
        return len(self.votes) > 1


@dataclass(frozen=True, slots=True)
class Needed:
    """Reviewers that are missing; `further` are called because the others disagree, from either side."""

    internal: int = 0
    external: int = 0
    further: int = 0

    def __bool__(self) -> bool:
        return self != Needed()


@dataclass(frozen=True, slots=True)
class Case:
    """A document as far as deciding on it goes. `owner` is the account that submitted it, if one did."""

    state: State
    owner: int | None = None
    panel: Panel = field(default_factory=Panel)


def missing(panel: Panel) -> Needed:
    """The recommendations that are still needed before the editor may publish (domain rules, peer review)."""
    return _needed(panel, [review for review in panel.reviews if review.counts])


def to_ask(panel: Panel) -> Needed:
    """The reviewers who have to be asked still, if those who were asked all answer."""
    return _needed(panel, [review for review in panel.reviews if review.stands])


def outvoted(panel: Panel) -> bool:
    """Whether more reviewers advise against publishing than for it."""
    votes = panel.votes
    return 2 * votes[Recommendation.PUBLISH] < votes.total()


def step(move: Move) -> Step:
    """What is known of a move. Raises MoveError for SUPERSEDE, which nobody can ask for."""
    if move not in _BY_MOVE:
        raise MoveError("state", "A version is replaced by publishing the next one.")
    return _BY_MOVE[move]


def steps(actor: Actor, case: Case) -> tuple[Step, ...]:
    """The moves `actor` may make now, whether or not the reviewers' rule is kept yet."""
    possible = [s for s in STEPS if case.state in s.before and may(actor, s.action, case.owner)]
    return tuple(s for s in possible if s.move is not Move.PUBLISH_TRUSTED or not case.panel.round)


def follow(actor: Actor, case: Case, move: Move, reason: str) -> State:
    """The state a move leads to. Raises ForbiddenError where `actor` may not, MoveError where the rules forbid it."""
    asked = step(move)
    require(actor, asked.action, case.owner)
    if case.state not in asked.before:
        raise MoveError("state", f"A document that is {case.state} cannot be moved by '{move}'.")
    if asked.reason and not reason.strip():
        raise MoveError("reason", "Say why: the reason stays on record.")
    if move is Move.PUBLISH_TRUSTED and case.panel.round:
        raise MoveError("reviewed", "This document was sent to review; only a review can publish it now.")
    if asked.action is Action.DECIDE:
        _check_editor(actor, case.panel)
    if move is Move.PUBLISH:
        _check_rule(case.panel)
    return asked.after


def may_describe(actor: Actor, case: Case) -> bool:
    """Whether `actor` may change description and tags now; who submitted it may until others have a say in it."""
    if may(actor, Action.DESCRIBE):
        return case.state not in (State.SUPERSEDED, State.WITHDRAWN, State.REJECTED)
    return may(actor, Action.DESCRIBE, case.owner) and case.state in (State.RECEIVED, State.DESCRIBED, State.RETURNED)


def check_reviewer(case: Case, reviewer: int) -> None:
    """Raise MoveError unless the account `reviewer` may be asked to review."""
    if case.state is not State.IN_REVIEW:
        raise MoveError("state", "Send the document to review first.")
    if reviewer == case.owner:
        raise MoveError("own", "Nobody reviews what they submitted themselves.")
    if any(review.reviewer == reviewer for review in case.panel.reviews):
        raise MoveError("twice", "This person was asked already.")


def due(asked: date, days: int = WORKING_DAYS) -> date:
    """The day `days` working days later; Saturdays and Sundays do not count, holidays do."""
    day = asked
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def days_late(review: Review, today: date) -> int:
    """Working days that a review which waits is overdue."""
    if not review.waits or today <= review.due:
        return 0
    days = (review.due + timedelta(days=n) for n in range(1, (today - review.due).days + 1))
    return sum(day.weekday() < 5 for day in days)


def bounded(text: str) -> str:
    """What a person wrote, without space around it. Raises UsageError when it is too long to be kept."""
    said = text.strip()
    if len(said) > LONGEST:
        raise UsageError(f"This is longer than {LONGEST} characters. Shorten it.")
    return said


def _needed(panel: Panel, reviews: list[Review]) -> Needed:
    internal = sum(review.side is Side.INTERNAL for review in reviews)
    first = Needed(max(0, INTERNAL - internal), max(0, EXTERNAL - (len(reviews) - internal)))
    total = len(reviews) + first.internal + first.external
    return Needed(first.internal, first.external, max(0, FURTHER - total) if panel.disagrees else 0)


def _check_editor(actor: Actor, panel: Panel) -> None:
    if actor.account is not None and any(review.reviewer == actor.account for review in panel.reviews):
        raise MoveError("reviewer", "Whoever was asked to review a document does not decide on it, too.")


def _check_rule(panel: Panel) -> None:
    if missing(panel):
        raise MoveError(
            "rule",
            "There must be the recommendations of at least one internal and two external reviewers, "
            "and of one more when they disagree.",
        )
    if outvoted(panel):
        raise MoveError("against", "More reviewers advise against publishing than for it.")
