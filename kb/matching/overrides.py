"""Where officers went against a ranking: people added by hand, people passed over, requests declined all the same."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.matching.choices import Choice, Declined
from kb.requests.case import RequestRecord, region_of


class OverrideKind(StrEnum):
    """How an officer went against a ranking."""

    BY_HAND = "by-hand"  # somebody who is not on the list
    PASSED_OVER = "passed-over"  # one of the first k of the slate that was proposed, when k were chosen
    DECLINED = "declined"  # the request, though people had been found


@dataclass(frozen=True, slots=True)
class Override:
    """One of them. `expert` is None for who may not be named, `rank` for who is not on the list."""

    way: OverrideKind
    case: RequestRecord
    ranking: int
    at: datetime
    expert: int | None = None
    rank: int | None = None
    reason: str = ""

    @property
    def region(self) -> str:
        return region_of(self.case)


@dataclass(frozen=True, slots=True)
class Tally:
    """Choices from rankings, the people chosen, and how often each way was gone."""

    choices: int
    chosen: int
    ways: Counter[OverrideKind]


def overrides(choices: Iterable[Choice], declined: Iterable[Declined], named: Collection[int]) -> list[Override]:
    """All of them, newest first. Of who is not among `named` neither the person nor what was written is told."""
    found: list[Override] = []
    before: defaultdict[int, set[int]] = defaultdict(set)  # chosen for a request from an earlier ranking
    for each in sorted(choices, key=lambda choice: choice.ranking.id):
        found += _by_hand(each, named)
        found += _passed_over(each, before[each.case.id], named)
        before[each.case.id] |= {proposal.expert for proposal in each.chosen}
    found += [Override(OverrideKind.DECLINED, d.case, d.ranking.id, d.case.changed, reason=d.reason) for d in declined]
    return sorted(found, key=lambda one: (one.at, one.ranking), reverse=True)


def by_objective(choices: Sequence[Choice], found: Sequence[Override]) -> dict[str, Tally]:
    """Counts for each objective; a request about several counts for each, one about none under ""."""
    return _tallies(choices, found, lambda case: case.request.objectives or ("",))


def by_region(choices: Sequence[Choice], found: Sequence[Override]) -> dict[str, Tally]:
    """Counts for each region of the countries that ask."""
    return _tallies(choices, found, lambda case: (region_of(case),))


def _by_hand(choice: Choice, named: Collection[int]) -> list[Override]:
    return [
        Override(
            OverrideKind.BY_HAND,
            choice.case,
            choice.ranking.id,
            choice.ranking.created,
            proposal.expert if proposal.expert in named else None,
            None,
            proposal.reason if proposal.expert in named else "",
        )
        for proposal in choice.chosen
        if proposal.rank is None
    ]


def _passed_over(choice: Choice, before: Collection[int], named: Collection[int]) -> list[Override]:
    """Of the slate as it was proposed, balance and all, the first k who were not chosen, where k were."""
    ranking = choice.ranking.ranking
    slate = [number for number in ranking.slate.chosen if number not in before]
    chosen = {proposal.expert for proposal in choice.chosen}
    reason = next((text for number, text in choice.reasons.items() if number in named), "")
    return [
        Override(
            OverrideKind.PASSED_OVER,
            choice.case,
            choice.ranking.id,
            choice.ranking.created,
            number if number in named else None,
            ranking.places.get(number),
            reason,
        )
        for number in slate[: len(chosen)]
        if number not in chosen
    ]


def _tallies(
    choices: Sequence[Choice], found: Sequence[Override], keys: Callable[[RequestRecord], Sequence[str]]
) -> dict[str, Tally]:
    made, people = Counter[str](), Counter[str]()
    ways: defaultdict[str, Counter[OverrideKind]] = defaultdict(Counter)
    for choice in choices:
        for key in keys(choice.case):
            made[key] += 1
            people[key] += len(choice.chosen)
    for one in found:
        for key in keys(one.case):
            ways[key][one.way] += 1
    return {key: Tally(made[key], people[key], ways[key]) for key in {*made, *ways}}
