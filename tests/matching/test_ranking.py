"""A ranking as the database keeps it: what is written today reads as what was written before, key for key."""

import json
from pathlib import Path

import pytest

from kb.matching.eligibility import ExclusionReason
from kb.matching.ranking import NO_SLATE, RankedExpert, RankedPair, Ranking

STORED = Path(__file__).parent.parent / "files" / "stored_ranking.json"  # a row of version 0.1


def test_a_ranking_that_was_stored_before_is_read_and_written_alike() -> None:
    stored = json.loads(STORED.read_text("utf-8"))
    found = Ranking.from_json(stored)
    assert json.dumps(found.to_json()) == json.dumps(stored)  # the order of keys, too
    assert [each.expert for each in found.people] == [each["expert"] for each in stored["people"]]
    assert found.slate.alternates[found.slate.chosen[0]]
    assert ExclusionReason(stored["left_out"][0]["grounds"][0]) in found.excluded[0].reasons


def test_all_of_it_is_kept() -> None:
    pair = RankedPair(5, (3, 40), ((3, 9), (12, 20)), (0, 30), ((1, 4),))
    made = Ranking((RankedExpert(7, 1, 2.5, stated=True, pairs=(pair,)),), NO_SLATE, hidden=2, nobody_fits=True)
    assert Ranking.from_json(json.loads(json.dumps(made.to_json()))) == made
    assert (made.places, made.experts) == ({7: 1}, [7])


@pytest.mark.parametrize("key", ["slate", "eligible", "meaning", "nobody_fits", "language"])
def test_what_a_row_does_not_say_is_not_known(key: str) -> None:
    stored = {name: value for name, value in json.loads(STORED.read_text("utf-8")).items() if name != key}
    assert getattr(Ranking.from_json(stored), key) == getattr(Ranking(()), key)
