"""The board of requests: how many stand where, how long they wait and for whom, and demand beside supply."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from kb.experts.expert import Availability, Consent, ConsentUse, Expert
from kb.requests.case import RequestRecord, region_of
from kb.requests.request import PROMISED, Stage, next_stages

FEW = 3  # a public count under this is not told: it could point to somebody
_UNTITLED = (Stage.DECLINED, Stage.WITHDRAWN)  # of these no title is shown
_Key = TypeVar("_Key", bound=Hashable)


class Party(StrEnum):
    """For whom a request waits."""

    OFFICE = "secretariat"
    ASKER = "asker"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class OpenContacts:
    """What the stage of a request does not tell: in which a question is open, and in which somebody accepted."""

    asked: Collection[int] = ()
    settling: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that has not ended. `late` is how many days it is over what is promised at its stage."""

    case: RequestRecord
    days: int
    late: int
    waits_for: Party = Party.OFFICE


@dataclass(frozen=True, slots=True)
class Age:
    """Requests at a stage against what is promised there; `longest` is the longest wait, in days."""

    stage: Stage
    promised: int | None
    waiting: int
    late: int
    longest: int


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
    """All of it. `titles` are requests of which everybody may read the title."""

    stages: Mapping[Stage, int]
    regions: Mapping[str, int]
    waiting: tuple[Waiting, ...]
    ages: tuple[Age, ...]
    balances: tuple[Balance, ...]
    titles: tuple[RequestRecord, ...]


@dataclass(frozen=True, slots=True)
class PublicBalance:
    """Demand beside supply as everybody may read it; None is not told."""

    objective: str
    requests: int | None
    experts: int | None
    documents: int


@dataclass(frozen=True, slots=True)
class PublicBoard:
    """What everybody may read: counts, None where one is too small to be told, and titles that may be shown."""

    stages: Mapping[Stage, int | None]
    regions: Mapping[str, int | None]
    balances: tuple[PublicBalance, ...]
    titles: tuple[RequestRecord, ...]


def board(
    cases: Sequence[RequestRecord],
    experts: Iterable[Expert],
    documents: Mapping[str, int],
    now: datetime,
    circle: OpenContacts = OpenContacts(),
) -> Board:
    """The board at this moment; samples count as requests, and say so where they are shown.

    `documents` counts those of each objective, in the order in which objectives are told.
    """
    able = [e for e in experts if _able(e.consent, e.availability, now)]
    offered = Counter(n for expert in able for n in expert.objectives)
    asked = Counter(n for case in cases for n in case.request.objectives)
    still = Counter(n for case in cases if next_stages(case.stage) for n in case.request.objectives)
    waiting = [_waiting(case, now, circle) for case in cases if next_stages(case.stage)]
    titled = [case for case in cases if case.request.public_title and case.stage not in _UNTITLED]
    return Board(
        stages={stage: sum(case.stage is stage for case in cases) for stage in Stage},
        regions=Counter(region for case in cases if (region := region_of(case))),
        waiting=tuple(sorted(waiting, key=lambda each: (-each.late, -each.days, each.case.id))),
        ages=tuple(_age(stage, waiting, now) for stage in Stage if next_stages(stage)),
        balances=tuple(Balance(n, still[n], asked[n], offered[n], count) for n, count in documents.items()),
        titles=tuple(sorted(titled, key=lambda case: case.request.title)),
    )


def public_board(
    cases: Iterable[RequestRecord], experts: Iterable[Expert], documents: Mapping[str, int], now: datetime
) -> PublicBoard:
    """What everybody may read of it.

    Confidential requests count nowhere, so that no figure here changes with them. Of the others a count under FEW is
    not told, nor one that could be reckoned from the rest (see `told`); for that reason open requests are not counted
    by themselves, neither by objective nor by age: together with the stages they would tell what is withheld there.
    """
    found = board([case for case in cases if not case.request.confidential], experts, documents, now)
    return PublicBoard(
        stages=suppress_small_counts(found.stages),
        regions=suppress_small_counts(found.regions),
        balances=tuple(map(_public, found.balances)),
        titles=found.titles,
    )


def suppress_small_counts(counts: Mapping[_Key, int], few: int = FEW) -> dict[_Key, int | None]:
    """Counts that add up to a total known from elsewhere, with small ones withheld (None).

    One withheld count alone, or several that are few together, could be had by subtraction: then the smallest of the
    others are withheld as well, until what is hidden is more than one count, no fewer than `few`, and not all ones.
    """
    order = sorted((key for key, count in counts.items() if count), key=lambda key: counts[key])
    hidden = [key for key in order if counts[key] < few]
    for key in order[len(hidden) :]:
        if not hidden or (len(hidden) > 1 and sum(counts[each] for each in hidden) >= max(few, len(hidden) + 1)):
            break
        hidden.append(key)
    return {key: None if key in hidden else count for key, count in counts.items()}


def _public(balance: Balance) -> PublicBalance:
    requests, experts = (count if not count or count >= FEW else None for count in (balance.requests, balance.experts))
    return PublicBalance(balance.objective, requests, experts, balance.documents)


def _able(consent: Consent, availability: Availability, now: datetime) -> bool:
    return (
        all(consent.covers(use, now.date()) for use in (ConsentUse.FOUND, ConsentUse.PROPOSED))
        and not availability.paused
    )


def _waiting(case: RequestRecord, now: datetime, circle: OpenContacts) -> Waiting:
    at_stage = now - case.changed
    promised = PROMISED.get(case.stage)
    late = max(0, (at_stage - timedelta(days=promised)).days) if promised is not None else 0
    return Waiting(case, (now - case.created).days, late, _party(case, circle))


def _party(case: RequestRecord, circle: OpenContacts) -> Party:
    if case.id in circle.asked or (case.stage is Stage.PROPOSED and case.id in circle.settling):
        return Party.ASKER
    return Party.EXPERT if case.stage is Stage.PROPOSED else Party.OFFICE


def _age(stage: Stage, waiting: Iterable[Waiting], now: datetime) -> Age:
    here = [each for each in waiting if each.case.stage is stage]
    longest = max(((now - each.case.changed).days for each in here), default=0)
    return Age(stage, PROMISED.get(stage), len(here), sum(each.late > 0 for each in here), longest)
