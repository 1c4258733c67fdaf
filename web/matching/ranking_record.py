"""A ranking as it is kept: people by number, and spans in place of sentences; with the slate proposed from it."""

from collections.abc import Mapping
from typing import Any

from index.matching.explanations import Pairing
from index.matching.matcher import Match
from kb.matching.eligibility import MatchingContext
from kb.matching.slates import NEAREST, Slate, slate_of

RANKED = NEAREST  # people that are explained


def kept(match: Match, circumstances: MatchingContext, size: int) -> dict[str, Any]:
    """What is stored of a match. Of who did not agree to be found nothing is kept but how many they are."""
    slate = slate_of(match.request, [(p.expert, p.affinity) for p in match.proposals], circumstances, size)
    return {
        "language": match.request.language,
        "meaning": match.meaning,
        "nobody_fits": match.nobody_fits,
        "eligible": match.eligible,
        "people": [
            {
                "expert": p.expert.id,
                "rank": p.rank,
                "affinity": round(p.affinity, 6),
                "stated": p.stated,
                "pairs": [_pair(pairing) for pairing in p.pairings],
            }
            for p in match.proposals
        ],
        "left_out": [
            {"expert": e.expert.id, "grounds": [ground.value for ground, _detail in e.reasons]}
            for e in match.exclusions
            if e.expert is not None
        ],
        "hidden": sum(e.expert is None for e in match.exclusions),
        "slate": _slate(slate),
    }


def proposed(content: Mapping[str, Any]) -> tuple[int, ...]:
    """The people of the slate that was proposed."""
    return tuple(int(number) for number in content["slate"]["chosen"])


def _slate(slate: Slate) -> dict[str, Any]:
    return {
        "chosen": list(slate.chosen),
        "cost": round(slate.cost, 6),
        "costs": {name: round(cost, 6) for name, cost in slate.costs.items()},
        "relaxed": list(slate.relaxed),
        "alternates": {str(person): list(others) for person, others in slate.alternates.items()},
    }


def _pair(pairing: Pairing) -> dict[str, Any]:
    return {
        "work": pairing.work.id,
        "asked": list(pairing.asked),
        "asked_marks": [list(mark) for mark in pairing.asked_marks],
        "said": list(pairing.said),
        "said_marks": [list(mark) for mark in pairing.said_marks],
    }
