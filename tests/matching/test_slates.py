"""Slates: the best few who together keep the rules of balance, as brute force finds them too."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kb.experts.expert import Expert, LanguageLevel, OrganisationKind
from kb.matching.eligibility import MatchingContext
from kb.matching.ranking import Slate
from kb.matching.slates import Candidate, Rule, best_slate, keeps, slate_of, usual_rules
from kb.requests.request import Request

_candidates = some.lists(
    some.builds(
        Candidate,
        id=some.just(0),
        affinity=some.integers(0, 20).map(lambda n: n / 20),
        region=some.sampled_from(("019", "002", "150", "")),
        gender=some.sampled_from(("woman", "man", "")),
        languages=some.sampled_from((("es",), ("en",), ("fr", "es"))),
        kind=some.sampled_from(("un", "state", "academia")),
        recent=some.integers(0, 1),
    ),
    min_size=1,
    max_size=9,
).map(lambda several: [replace(candidate, id=i) for i, candidate in enumerate(several, 1)])


def worth(candidates: list[Candidate], chosen: tuple[int, ...]) -> float:
    return sum(c.affinity for c in candidates if c.id in chosen)


@settings(max_examples=60, deadline=None)
@given(_candidates, some.integers(1, 4))
def test_no_slate_that_keeps_the_rules_is_better(candidates: list[Candidate], size: int) -> None:
    rules = usual_rules(candidates, size, ["es"])
    found = best_slate(candidates, size, rules)
    kept = [rule for rule in rules if rule.name not in found.relaxed]
    size = min(size, len(candidates))
    possible = [each for each in combinations([c.id for c in candidates], size) if keeps(each, kept)]
    assert tuple(sorted(found.chosen)) in possible
    assert worth(candidates, found.chosen) == pytest.approx(max(worth(candidates, each) for each in possible))
    best = sum(sorted((c.affinity for c in candidates), reverse=True)[:size])
    assert found.cost == pytest.approx(best - worth(candidates, found.chosen))
    assert all(0 <= cost <= found.cost + 1e-9 for cost in found.costs.values())


@settings(max_examples=60, deadline=None)
@given(_candidates, some.integers(1, 4))
def test_a_rule_is_given_up_only_when_it_does_not_fit_with_those_before_it(
    candidates: list[Candidate], size: int
) -> None:
    rules = usual_rules(candidates, size, ["fr"])
    found = best_slate(candidates, size, rules)
    everyone = [c.id for c in candidates]
    kept: list[Rule] = []
    for name in dict.fromkeys(rule.name for rule in rules):
        tried = [*kept, *(rule for rule in rules if rule.name == name)]
        fits = any(keeps(each, tried) for each in combinations(everyone, min(size, len(everyone))))
        assert fits != (name in found.relaxed)
        kept = tried if fits else kept


@settings(max_examples=40, deadline=None)
@given(_candidates, some.integers(1, 4))
def test_whoever_steps_in_keeps_the_kept_rules(candidates: list[Candidate], size: int) -> None:
    rules = usual_rules(candidates, size)
    found = best_slate(candidates, size, rules)
    kept = [rule for rule in rules if rule.name not in found.relaxed]
    assert set(found.alternates) == set(found.chosen)
    for person, others in found.alternates.items():
        for other in others:
            assert other not in found.chosen
            assert keeps([*(c for c in found.chosen if c != person), other], kept)


def test_balance_costs_what_it_takes_and_says_so() -> None:
    men = [Candidate(i, 1.0 - i / 100, gender="man", kind="state") for i in range(5)]
    women = [Candidate(10 + i, 0.5, gender="woman", kind="un") for i in range(5)]
    found = best_slate([*men, *women], 5, usual_rules([*men, *women], 5))
    assert found.chosen[:3] == (0, 1, 2)
    assert set(found.chosen[3:]) <= {10, 11, 12, 13, 14}
    assert found.cost == pytest.approx(0.97 + 0.96 - 1.0)
    assert found.costs["gender"] == pytest.approx(0.97 - 0.5)  # the UN keeps one woman
    assert found.relaxed == ()


def test_what_cannot_be_kept_is_told() -> None:
    men = [Candidate(i, 0.5, gender="man", kind="un" if i == 0 else "state") for i in range(4)]
    found = best_slate(men, 3, usual_rules(men, 3))
    assert found.relaxed == ("gender",)
    assert 0 in found.chosen


def person(number: int, **facts: object) -> Expert:
    plain = Expert(
        number,
        f"Sample {number}",
        "Institute",
        OrganisationKind.STATE,
        "PER",
        languages=(("en", LanguageLevel.FLUENT),),
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def slate(asked: Request, people: list[Expert], size: int, **loads: int) -> Slate:
    now = MatchingContext(date(2026, 11, 21), {int(key[1:]): load for key, load in loads.items()})
    return slate_of(asked, [(each, 1 - each.id / 100) for each in people], now, size)


def test_a_slate_for_a_request_keeps_the_five_rules() -> None:
    near = [person(n, gender="man") for n in range(1, 7)]
    far = [
        person(7, kind=OrganisationKind.UN, gender="woman", country="FRA", languages=(("fr", LanguageLevel.FLUENT),)),
        person(8, gender="woman", country="KEN", languages=(("fr", LanguageLevel.WORKING),)),
        person(9, gender="man", country="KEN", languages=(("fr", LanguageLevel.BASIC),)),
    ]
    found = slate(Request("x", "fr"), [*near, *far], 4, _1=1, _2=1, _3=1)
    assert found.chosen == (1, 2, 7, 8)  # half from Peru, half asked lately, half speak French
    assert found.relaxed == ()
    needed = slate(Request("x", "fr", spoken=("en",)), [*near, *far], 2)
    assert needed.chosen == (1, 7)  # the language that is needed counts, not the one asked in
    assert slate(Request("x", "und"), near, 2).relaxed == ("un-and-others", "region")


def test_of_one_person_no_balance_of_the_un_and_others_is_asked() -> None:
    assert slate(Request("x", "en"), [person(1), person(2, kind=OrganisationKind.UN)], 1).chosen == (1,)


def test_a_slate_of_nobody() -> None:
    assert best_slate([], 3, []).chosen == ()


@pytest.mark.parametrize(
    ("written", "counted"),
    [("woman", "woman"), ("Mujer", "woman"), ("féminin", "woman"), (" homme", "man"), ("no binario", ""), ("", "")],
)
def test_gender_counts_in_the_language_it_was_written_in(written: str, counted: str) -> None:
    assert person(1, gender=written).counted_gender == counted
