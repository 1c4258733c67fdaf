"""A request and the people proposed for it: who asks, what happened, where each proposal stands, who may see what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from kb.places.regions import widened
from kb.requests.request import Request, Stage

LONGEST = 8000  # characters of a problem, a question, a reason
LONGEST_TITLE = 200


class RequestRefusal(StrEnum):
    """Why a step with a request or a proposal is refused."""

    MOVED = "moved"  # somebody else was quicker
    STAGE = "stage"  # not at this stage
    REASON = "reason"  # one has to be given
    NOTHING = "nothing"  # there are no words, or nobody was chosen
    OPEN = "open"  # a question waits for its answer
    ANSWERED = "answered"
    EXPIRED = "expired"
    ENDED = "ended"
    INVITED = "invited"  # already
    LEFT_OUT = "left-out"  # the rules leave the person out by now
    CONSENT = "consent"  # the same, said to the person
    PERSON = "person"  # nobody of this name can be proposed
    UNTITLED = "untitled"
    LONG = "long"
    CONFIDENTIAL = "confidential"


class ProposalStatus(StrEnum):
    """Where the proposal of a person stands."""

    CHOSEN = "chosen"  # on the slate
    INVITED = "invited"
    ACCEPTED = "accepted"  # by the expert; the one who asks has yet to agree
    AGREED = "agreed"  # by both: contact details have passed
    DECLINED = "declined"  # by the expert
    REFUSED = "refused"  # by the one who asks
    LAPSED = "lapsed"  # the invitation ran out, or the rules leave the person out by now
    RELEASED = "released"  # not needed any more


LIVE = (ProposalStatus.INVITED, ProposalStatus.ACCEPTED, ProposalStatus.AGREED)
COUNTED = (*LIVE, ProposalStatus.LAPSED)  # against the monthly limit


class DeclineReason(StrEnum):
    """Why an expert declines; a conflict of interests leaves them out for the organisation from then on."""

    TIME = "time"
    OUTSIDE = "outside"  # of what they know
    CONFLICT = "conflict"
    OTHER = "other"


class RequestEventKind(StrEnum):
    """What can happen to a request."""

    FILED = "filed"
    QUESTION = "question"
    ANSWER = "answer"
    DESCRIBED = "described"  # objectives chosen
    ENTITLED = "entitled"  # given a title, which everybody may read or not
    STAGE = "stage"
    RANKED = "ranked"
    CHOSEN = "chosen"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    AGREED = "agreed"
    REFUSED = "refused"
    FEEDBACK = "feedback"
    PRACTICE = "practice"  # what was learned was handed in as a practice


class FeedbackSide(StrEnum):
    """Who gives feedback."""

    ASKER = "asker"
    EXPERT = "expert"


class Outcome(StrEnum):
    """What came of a request."""

    HELPED = "helped"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class ObjectiveSuggestion:
    """An objective the problem seems to be about. `evidence` are spans of its text."""

    objective: str
    evidence: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request as the platform keeps it. `owner` is the account that filed it; None for a sample."""

    request: Request
    owner: int | None
    stage: Stage
    created: datetime
    changed: datetime
    suggested: tuple[ObjectiveSuggestion, ...] = ()

    @property
    def id(self) -> int:
        return self.request.id


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a request. `stage` is the one it led to, `expert` the person it is about."""

    id: int
    at: datetime
    account: int | None
    kind: RequestEventKind
    text: str = ""
    stage: Stage | None = None
    expert: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A person proposed for a request. `rank` is None for who was added by hand, with `reason`.

    `ranking` is the list it was chosen from; `answer` what the expert said, `why` in one word.
    """

    id: int
    request: int
    expert: int
    ranking: int | None
    rank: int | None
    reason: str
    standing: ProposalStatus
    expires: datetime | None
    answered: datetime | None
    why: str
    answer: str


def region_of(case: RequestRecord) -> str:
    """The smallest region that holds the country of a request; "" when there is none."""
    return next(reversed(widened((case.request.country,))), "")
