"""The board of requests: how many stand where, how old they are, and demand beside supply for each objective."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.hub import Case
from kb.people import Availability, Consent, Expert, Use
from kb.regions import widened
from kb.requests import Stage, next_stages

# What a request may wait at a stage before it counts as late: days.
PROMISED = {Stage.FILED: 5, Stage.CLARIFIED: 5, Stage.MATCHED: 3, Stage.PROPOSED: 12, Stage.ACCEPTED: 10}
FEW = 3  # a public count under this is not told: it could point to somebody


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that has not ended. `late` is how many days it is over what is promised at its stage."""

    case: Case
    days: int
    late: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Demand beside supply of an objective: open and all requests, experts who can be proposed, documents."""

    objective: str
    open: int
    requests: int
    experts: int
    documents: int


@dataclass(frozen=True, slots=True)
class Board:
    """All of it."""

    stages: Mapping[Stage, int]
    regions: Mapping[str, int]
    waiting: tuple[Waiting, ...]
    balances: tuple[Balance, ...]


def board(cases: Sequence[Case], experts: Iterable[Expert], documents: Mapping[str, int], now: datetime) -> Board:
    """The board at this moment; samples count as requests, and say so where they are shown."""
    able = [e for e in experts if _able(e.consent, e.availability, now)]
    offered = Counter(n for expert in able for n in expert.objectives)
    asked = Counter(n for case in cases for n in case.request.objectives)
    still = Counter(n for case in cases if next_stages(case.stage) for n in case.request.objectives)
    numbers = [str(number) for number in range(1, 24)]
    waiting = [_waiting(case, now) for case in cases if next_stages(case.stage)]
    return Board(
        stages={stage: sum(case.stage is stage for case in cases) for stage in Stage},
        regions=Counter(region for case in cases for region in widened((case.request.country,))[-1:]),
        waiting=tuple(sorted(waiting, key=lambda each: (-each.late, -each.days, each.case.id))),
        balances=tuple(Balance(n, still[n], asked[n], offered[n], documents.get(n, 0)) for n in numbers),
    )


def _able(consent: Consent, availability: Availability, now: datetime) -> bool:
    return all(consent.covers(use, now.date()) for use in (Use.FOUND, Use.PROPOSED)) and not availability.paused


def _waiting(case: Case, now: datetime) -> Waiting:
    at_stage = now - case.changed
    promised = PROMISED.get(case.stage)
    late = max(0, (at_stage - timedelta(days=promised)).days) if promised is not None else 0
    return Waiting(case, (now - case.created).days, late)
