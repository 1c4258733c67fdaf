"""Reviews of a document: who is asked, what they recommend, when the panel is complete."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kb.errors import UsageError

INTERNAL, EXTERNAL = 1, 2  # reviewers there must be at least, of the United Nations and from outside


FURTHER = INTERNAL + EXTERNAL + 1  # when those disagree, one more is called


WORKING_DAYS = 10  # promised for a review


LONGEST = 20_000  # characters of a comment, letter, declaration or reason


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


def missing_recommendations(panel: Panel) -> Needed:
    """The recommendations that are still needed before the editor may publish (domain rules, peer review)."""
    return _needed(panel, [review for review in panel.reviews if review.counts])


def reviewers_to_ask(panel: Panel) -> Needed:
    """The reviewers who have to be asked still, if those who were asked all answer."""
    return _needed(panel, [review for review in panel.reviews if review.stands])


def is_outvoted(panel: Panel) -> bool:
    """Whether more reviewers advise against publishing than for it."""
    votes = panel.votes
    return 2 * votes[Recommendation.PUBLISH] < votes.total()


def due_date(asked: date, days: int = WORKING_DAYS) -> date:
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


def check_length(text: str) -> str:
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
