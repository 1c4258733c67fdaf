"""A ranking as it is kept: people by number, spans in place of sentences, and the slate proposed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.matching.eligibility import ExclusionReason
from kb.matching.match import Marks, Match, MatchedExpert, Pairing, Span

_DIGITS = 6  # of an affinity as it is stored


@dataclass(frozen=True, slots=True)
class RankedPair:
    """A sentence of the request, `asked`, beside one of a work, `said`, with the words that answer each other."""

    work: int
    asked: Span
    asked_marks: Marks
    said: Span
    said_marks: Marks


@dataclass(frozen=True, slots=True)
class RankedExpert:
    """A person of a ranking. `stated`: matched by what they say of themselves."""

    expert: int
    rank: int
    affinity: float = 0.0
    stated: bool = False
    pairs: tuple[RankedPair, ...] = ()


@dataclass(frozen=True, slots=True)
class ExcludedExpert:
    """A person whom the rules left out, who agreed to be found."""

    expert: int
    reasons: tuple[ExclusionReason, ...]


@dataclass(frozen=True, slots=True)
class Slate:
    """The people chosen, best first. `cost` is the affinity given up for balance, `costs` what each rule alone takes.

    `relaxed` names the rules that could not be kept with those before them; `alternates` are, for each person
    chosen, who could step in with every kept rule still kept, best first.
    """

    chosen: tuple[int, ...]
    cost: float
    costs: Mapping[str, float]
    relaxed: tuple[str, ...]
    alternates: Mapping[int, tuple[int, ...]]


NO_SLATE = Slate((), 0.0, {}, (), {})


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked list as it stood: people by number alone, so that who is erased leaves nothing in it.

    `eligible` is how many passed the rules, `hidden` how many were left out who did not agree to be found.
    """

    people: tuple[RankedExpert, ...]
    slate: Slate = NO_SLATE
    excluded: tuple[ExcludedExpert, ...] = ()
    hidden: int = 0
    eligible: int = 0
    language: str = "und"  # of the request
    meaning: bool = True  # whether an encoder had its part
    nobody_fits: bool = False

    @property
    def places(self) -> dict[int, int]:
        """The place of each person."""
        return {each.expert: each.rank for each in self.people}

    @property
    def experts(self) -> list[int]:
        """Everybody in it who may be named: the people, and those who were left out."""
        return [*(each.expert for each in self.people), *(each.expert for each in self.excluded)]

    def to_json(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "language": self.language,
            "meaning": self.meaning,
            "nobody_fits": self.nobody_fits,
            "eligible": self.eligible,
            "people": [_expert_json(each) for each in self.people],
            "left_out": [
                {"expert": e.expert, "grounds": [reason.value for reason in e.reasons]} for e in self.excluded
            ],
            "hidden": self.hidden,
            "slate": _slate_json(self.slate),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ranking":
        """What the database keeps."""
        return cls(
            people=tuple(_expert(each) for each in kept["people"]),
            slate=_slate(kept["slate"]) if "slate" in kept else NO_SLATE,
            excluded=tuple(
                ExcludedExpert(int(each["expert"]), tuple(map(ExclusionReason, each["grounds"])))
                for each in kept["left_out"]
            ),
            hidden=int(kept["hidden"]),
            eligible=int(kept.get("eligible", 0)),
            language=kept.get("language", "und"),
            meaning=bool(kept.get("meaning", True)),
            nobody_fits=bool(kept.get("nobody_fits", False)),
        )


@dataclass(frozen=True, slots=True)
class RankingRecord:
    """A ranking with the request it was made for, as the platform keeps it."""

    id: int
    request: int
    ranking: Ranking
    created: datetime


def ranking_of(match: Match, slate: Slate) -> Ranking:
    """What is kept of a match. Of who did not agree to be found nothing is kept but how many they are."""
    return Ranking(
        people=tuple(map(_ranked, match.proposals)),
        slate=slate,
        excluded=tuple(
            ExcludedExpert(each.expert.id, tuple(reason for reason, _detail in each.reasons))
            for each in match.exclusions
            if each.expert is not None
        ),
        hidden=sum(each.expert is None for each in match.exclusions),
        eligible=match.eligible,
        language=match.request.language,
        meaning=match.meaning,
        nobody_fits=match.nobody_fits,
    )


def _ranked(matched: MatchedExpert) -> RankedExpert:
    pairs = tuple(map(_pair_of, matched.pairings))
    return RankedExpert(matched.expert.id, matched.rank, matched.affinity, matched.stated, pairs)


def _pair_of(pairing: Pairing) -> RankedPair:
    return RankedPair(pairing.work.id, pairing.asked, pairing.asked_marks, pairing.said, pairing.said_marks)


def _expert_json(ranked: RankedExpert) -> dict[str, Any]:
    return {
        "expert": ranked.expert,
        "rank": ranked.rank,
        "affinity": round(ranked.affinity, _DIGITS),
        "stated": ranked.stated,
        "pairs": [
            {
                "work": pair.work,
                "asked": list(pair.asked),
                "asked_marks": [list(mark) for mark in pair.asked_marks],
                "said": list(pair.said),
                "said_marks": [list(mark) for mark in pair.said_marks],
            }
            for pair in ranked.pairs
        ],
    }


def _expert(kept: Mapping[str, Any]) -> RankedExpert:
    pairs = tuple(
        RankedPair(
            int(pair["work"]),
            _span(pair["asked"]),
            tuple(map(_span, pair["asked_marks"])),
            _span(pair["said"]),
            tuple(map(_span, pair["said_marks"])),
        )
        for pair in kept["pairs"]
    )
    affinity, stated = float(kept.get("affinity", 0.0)), bool(kept["stated"])
    return RankedExpert(int(kept["expert"]), int(kept["rank"]), affinity, stated, pairs)


def _span(kept: tuple[int, int] | list[int]) -> Span:
    start, end = kept
    return int(start), int(end)


def _slate_json(slate: Slate) -> dict[str, Any]:
    return {
        "chosen": list(slate.chosen),
        "cost": round(slate.cost, _DIGITS),
        "costs": {name: round(cost, _DIGITS) for name, cost in slate.costs.items()},
        "relaxed": list(slate.relaxed),
        "alternates": {str(person): list(others) for person, others in slate.alternates.items()},
    }


def _slate(kept: Mapping[str, Any]) -> Slate:
    return Slate(
        chosen=tuple(map(int, kept["chosen"])),
        cost=float(kept.get("cost", 0.0)),
        costs={name: float(cost) for name, cost in kept["costs"].items()},
        relaxed=tuple(kept["relaxed"]),
        alternates={int(person): tuple(map(int, others)) for person, others in kept["alternates"].items()},
    )
