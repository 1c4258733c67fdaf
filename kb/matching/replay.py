"""Past requests ranked again: how far a ranking agrees with the people whom officers chose and who accepted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.experts.expert import Expert
from kb.matching.choices import Choice
from kb.matching.eligibility import ExclusionReason, MatchingContext, check_eligibility
from kb.requests.request import Request

FIRST = (1, 3, 5)  # agreement is counted among so many
FEW = 30  # fewer requests than this say little

Rank = Callable[[Request, MatchingContext], Sequence[int]]  # the best people, at least the largest of FIRST


class UnrankableReason(StrEnum):
    """Why somebody who was chosen cannot be ranked today; none of it is an error of the matcher."""

    ERASED = "erased"
    CONSENT = "consent withdrawn or run out"
    RULE = "left out by a rule today"  # a pause, an interest declared since, another organisation


@dataclass(frozen=True, slots=True)
class PastRequest:
    """A request with all who were chosen for it. `then` are their places in the rankings they were chosen from."""

    request: Request
    chosen: frozenset[int]
    accepted: frozenset[int]
    then: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ReplayedRequest:
    """A past request with its people in today's ranking, and why some cannot be in it."""

    past: PastRequest
    now: Mapping[int, int]
    left: Mapping[int, UnrankableReason]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `people` for `requests`: how many are among the first k, and for how many requests at least one is."""

    requests: int
    people: int
    people_first: Mapping[int, int]
    requests_first: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ReplayComparison:
    """Today's ranking beside the one as it stood, for the same people."""

    now: Agreement
    then: Agreement


@dataclass(frozen=True, slots=True)
class Report:
    """What replaying gave. `left` counts those apart who cannot be ranked today."""

    requests: int
    samples: int
    chosen: ReplayComparison
    accepted: ReplayComparison
    objectives: Mapping[str, ReplayComparison]
    left: Mapping[UnrankableReason, int]


def gathered(decided: Iterable[Choice]) -> list[PastRequest]:
    """The requests that have a decision, with the people of all choices; each at the best place they were chosen at."""
    found: dict[int, PastRequest] = {}
    for each in decided:
        past = found.get(each.case.id, PastRequest(each.case.request, frozenset(), frozenset(), {}))
        then = dict(past.then)
        for proposal in each.chosen:
            if proposal.rank is not None:
                then[proposal.expert] = min(proposal.rank, then.get(proposal.expert, proposal.rank))
        people = past.chosen | {proposal.expert for proposal in each.chosen}
        found[each.case.id] = PastRequest(past.request, people, past.accepted | each.accepted, then)
    return list(found.values())


def again(past: PastRequest, experts: Mapping[int, Expert], now: MatchingContext, rank: Rank) -> ReplayedRequest:
    """Rank a past request as if it came today: answers to this very request and loads of the month are left aside."""
    refusals = frozenset(each for each in now.refusals if each[1] != past.request.key)
    fresh = MatchingContext(now.today, {}, refusals, now.aliases)
    left = {number: why for number in past.chosen if (why := _left(past.request, experts.get(number), fresh))}
    places = {number: place for place, number in enumerate(rank(past.request, fresh), 1)}
    return ReplayedRequest(past, places, left)


def report(replayed: Sequence[ReplayedRequest]) -> Report:
    """All of it in figures."""
    objectives = sorted({n for each in replayed for n in each.past.request.objectives or ("",)}, key=_numbered)
    why = [reason for each in replayed for reason in each.left.values()]
    return Report(
        requests=len(replayed),
        samples=sum(each.past.request.sample for each in replayed),
        chosen=_compared(replayed, lambda past: past.chosen),
        accepted=_compared(replayed, lambda past: past.accepted),
        objectives={
            n: _compared([e for e in replayed if n in (e.past.request.objectives or ("",))], lambda past: past.chosen)
            for n in objectives
        },
        left={reason: why.count(reason) for reason in UnrankableReason if reason in why},
    )


def _left(request: Request, expert: Expert | None, now: MatchingContext) -> UnrankableReason | None:
    if expert is None:
        return UnrankableReason.ERASED
    excluded = check_eligibility(request, [expert], now).exclusions
    if not excluded:
        return None
    grounds = {ground for ground, _detail in excluded[0].reasons}
    return (
        UnrankableReason.CONSENT
        if grounds & {ExclusionReason.NO_CONSENT, ExclusionReason.EXPIRED}
        else UnrankableReason.RULE
    )


def _compared(replayed: Iterable[ReplayedRequest], whom: Callable[[PastRequest], frozenset[int]]) -> ReplayComparison:
    pairs = [(each, sorted(whom(each.past) - each.left.keys())) for each in replayed]
    kept = [(each, people) for each, people in pairs if people]
    return ReplayComparison(
        _agreement([[each.now.get(n) for n in people] for each, people in kept]),
        _agreement([[each.past.then.get(n) for n in people] for each, people in kept]),
    )


def _agreement(places: Sequence[Sequence[int | None]]) -> Agreement:
    """`places` are those of the people of each request, None for who is not on the list."""
    inside = {k: [[place is not None and place <= k for place in each] for each in places] for k in FIRST}
    return Agreement(
        requests=len(places),
        people=sum(map(len, places)),
        people_first={k: sum(map(sum, found)) for k, found in inside.items()},
        requests_first={k: sum(map(any, found)) for k, found in inside.items()},
    )


def _numbered(notation: str) -> tuple[bool, int, str]:
    """Objectives by number, requests without one last."""
    return (not notation, int(notation) if notation.isdecimal() else 0, notation)
