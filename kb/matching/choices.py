"""What officers decided on requests: whom they chose from which ranking, and which requests they declined."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.matching.ranking import RankingRecord
from kb.requests.case import Proposal, RequestRecord


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice from one ranking. `chosen` are those who stayed on the slate; `accepted` the experts who said yes.

    `reasons` is what the officer wrote to the choice, kept with each person of it.
    """

    case: RequestRecord
    ranking: RankingRecord
    chosen: tuple[Proposal, ...]
    accepted: frozenset[int]
    reasons: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declined:
    """A request that the secretariat did not take on though a ranking, the newest, had found people for it."""

    case: RequestRecord
    ranking: RankingRecord
    reason: str = ""
