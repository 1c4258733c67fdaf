"""A ranking as it is kept: people by number, and spans in place of sentences; with the slate proposed from it."""

from collections.abc import Mapping
from typing import Any

from index.matcher import Match
from index.pairings import Pairing
from kb.people import Circumstances, Expert
from kb.regions import widened
from kb.slates import Candidate, Slate, best_slate, usual_rules

RANKED = 20  # people that are explained


def kept(match: Match, circumstances: Circumstances, size: int) -> dict[str, Any]:
    """What is stored of a match. Of who did not agree to be found nothing is kept but how many they are."""
    candidates = [_candidate(p.expert, p.affinity, circumstances) for p in match.proposals]
    slate = best_slate(candidates, size, usual_rules(candidates, min(size, len(candidates)), match.request.spoken))
    return {
        "language": match.request.language,
        "meaning": match.meaning,
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


def _candidate(expert: Expert, affinity: float, circumstances: Circumstances) -> Candidate:
    regions = widened((expert.country,))
    spoken = tuple(language for language, _level in expert.languages if expert.speaks(language))
    recent = circumstances.loads.get(expert.id, 0)
    region = regions[-1] if regions else ""
    return Candidate(expert.id, affinity, region, expert.gender, spoken, expert.kind.value, recent)


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
