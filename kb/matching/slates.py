"""Slates: the best few of many who together keep rules of balance, what that costs, and who could step in.

An integer programme: choose n people of the highest affinity such that each rule's members among them are not fewer
and not more than it says. Solved exactly (HiGHS, through scipy.optimize.milp).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy import optimize, sparse

from kb.experts.expert import Expert
from kb.matching.eligibility import MatchingContext
from kb.matching.ranking import NO_SLATE, Slate
from kb.places.regions import widened
from kb.requests.request import Request

NEAREST = 20  # people of a ranking from whom a slate is chosen
_TINY = 1e-9  # per place in the order given: of two equal slates the one that comes first


@dataclass(frozen=True, slots=True)
class Candidate:
    """What balance looks at. `recent` is how often they were proposed lately; empty texts mean not said."""

    id: int
    affinity: float
    region: str = ""
    gender: str = ""
    languages: tuple[str, ...] = ()
    kind: str = ""
    recent: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """Of `members` at least `least` and at most `most` are chosen. Rules of one `name` stand or fall together."""

    name: str
    members: frozenset[int]
    least: int = 0
    most: int | None = None


def usual_rules(candidates: Sequence[Candidate], size: int, languages: Collection[str] = ()) -> list[Rule]:
    """The five rules of balance in order of weight: the last is the first to be given up.

    One person of the UN and one from elsewhere; women and men two fifths each; half speak one of `languages`; at most
    half from one region; at most half who were proposed lately. Who did not say counts for neither side, and of one
    person no balance of the UN and others is asked.
    """
    fifths, half = (2 * size) // 5, ceil(size / 2)
    rules = [_of("gender", candidates, gender, fifths) for gender in ("woman", "man")]
    if size > 1:
        rules.insert(0, Rule("un-and-others", frozenset(c.id for c in candidates if c.kind == "un"), 1, size - 1))
    if languages:
        speakers = frozenset(c.id for c in candidates if set(c.languages) & set(languages))
        rules.append(Rule("language", speakers, half))
    for region in sorted({c.region for c in candidates if c.region}):
        members = frozenset(c.id for c in candidates if c.region == region)
        rules.append(Rule("region", members, 0, half))
    rules.append(Rule("not-the-same-few", frozenset(c.id for c in candidates if c.recent), 0, half))
    return rules


def slate_of(request: Request, ranked: Sequence[tuple[Expert, float]], now: MatchingContext, size: int) -> Slate:
    """The slate for a request, from people with their affinity, best first, by the usual rules.

    Half must speak a language that is needed or, where none is, the one the request is written in.
    """
    candidates = [_candidate(expert, affinity, now) for expert, affinity in ranked]
    languages = request.spoken or tuple(code for code in (request.language,) if code != "und")
    return best_slate(candidates, size, usual_rules(candidates, min(size, len(candidates)), languages))


def best_slate(candidates: Sequence[Candidate], size: int, rules: Sequence[Rule], spare: int = 2) -> Slate:
    """The slate of `size` (of all, when there are fewer) with the highest affinity that keeps the rules.

    When all cannot be kept at once they are tried in their order, and each that does not fit with those before it is
    given up whole and told.
    """
    size = min(size, len(candidates))
    if not size:
        return NO_SLATE
    free = _solve(candidates, size, ()) or ()
    kept, chosen = list(rules), _solve(candidates, size, rules)
    if chosen is None:
        kept, chosen = [], free
        for name in dict.fromkeys(rule.name for rule in rules):
            tried = [*kept, *(rule for rule in rules if rule.name == name)]
            found = _solve(candidates, size, tried)
            if found is not None:
                kept, chosen = tried, found
    names = dict.fromkeys(rule.name for rule in kept)
    worth = _worth(candidates, chosen)
    costs = {}
    for name in names:
        without = _solve(candidates, size, [rule for rule in kept if rule.name != name]) or chosen
        costs[name] = max(_worth(candidates, without) - worth, 0.0)
    relaxed = tuple(name for name in dict.fromkeys(rule.name for rule in rules) if name not in names)
    cost = max(_worth(candidates, free) - worth, 0.0)
    return Slate(chosen, cost, costs, relaxed, _alternates(candidates, chosen, kept, spare))


def keeps(chosen: Collection[int], rules: Sequence[Rule]) -> bool:
    """Whether a slate keeps all of these rules."""
    return all(_keeps(rule, len(rule.members.intersection(chosen))) for rule in rules)


def _candidate(expert: Expert, affinity: float, now: MatchingContext) -> Candidate:
    regions = widened((expert.country,))
    spoken = tuple(language for language, _level in expert.languages if expert.speaks(language))
    region = regions[-1] if regions else ""
    return Candidate(
        expert.id, affinity, region, expert.counted_gender, spoken, expert.kind.value, now.loads.get(expert.id, 0)
    )


def _keeps(rule: Rule, count: int) -> bool:
    return rule.least <= count and (rule.most is None or count <= rule.most)


def _of(name: str, candidates: Sequence[Candidate], gender: str, least: int) -> Rule:
    return Rule(name, frozenset(c.id for c in candidates if c.gender == gender), least)


def _worth(candidates: Sequence[Candidate], chosen: Collection[int]) -> float:
    return sum(c.affinity for c in candidates if c.id in chosen)


def _solve(candidates: Sequence[Candidate], size: int, rules: Sequence[Rule]) -> tuple[int, ...] | None:
    """The ids chosen, best first; None when the rules cannot be kept."""
    candidates = _foremost(candidates, size, rules)
    places = {c.id: place for place, c in enumerate(candidates)}
    affinity = np.asarray([c.affinity for c in candidates])
    rows = [list(range(len(candidates))), *([places[i] for i in rule.members if i in places] for rule in rules)]
    low = np.asarray([size, *(rule.least for rule in rules)], float)
    high = np.asarray([size, *(size if rule.most is None else rule.most for rule in rules)], float)
    matrix = sparse.csr_array(
        (
            np.ones(sum(map(len, rows))),
            np.concatenate([np.asarray(row, np.int32) for row in rows]),
            np.cumsum([0, *map(len, rows)]),
        ),
        shape=(len(rows), len(candidates)),
    )
    found = optimize.milp(
        _TINY * np.arange(len(candidates)) - affinity,
        integrality=np.ones(len(candidates)),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": 0.0},
    )
    if not found.success:
        return None
    chosen = np.flatnonzero(found.x > 0.5)
    order = chosen[np.argsort(-affinity[chosen], kind="stable")]
    return tuple(candidates[place].id for place in order)


def _foremost(candidates: Sequence[Candidate], size: int, rules: Sequence[Rule]) -> list[Candidate]:
    """Those who can be in a best slate: of people alike to every rule only the `size` with the highest affinity."""
    seen: Counter[tuple[bool, ...]] = Counter()
    found = []
    for candidate in sorted(candidates, key=lambda c: -c.affinity):
        alike = tuple(candidate.id in rule.members for rule in rules)
        if seen[alike] < size:
            found.append(candidate)
        seen[alike] += 1
    return found


def _alternates(
    candidates: Sequence[Candidate], chosen: Sequence[int], rules: Sequence[Rule], spare: int
) -> dict[int, tuple[int, ...]]:
    others = sorted((c for c in candidates if c.id not in set(chosen)), key=lambda c: -c.affinity)
    found: dict[int, tuple[int, ...]] = {}
    for person in chosen:
        # How many of each rule stay, and so what whoever steps in must and must not be a member of.
        stay = [(rule, len(rule.members.intersection(chosen)) - (person in rule.members)) for rule in rules]
        fit = (c.id for c in others if all(_keeps(rule, count + (c.id in rule.members)) for rule, count in stay))
        found[person] = tuple(candidate for candidate, _ in zip(fit, range(spare), strict=False))
    return found
