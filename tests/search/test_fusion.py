"""Fusion: no candidate is lost, better stays better, and an arm that knows nothing does not drag the other down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.fusion import blend, fuse, rank_by_score
from index.search.weights import SearchWeights
from kb.search.answers import Ranking

WEIGHTS = SearchWeights()


def ranking(name: str, scores: dict[int, float]) -> Ranking:
    return rank_by_score(name, np.array(list(scores), np.int64), np.array(list(scores.values()), np.float32))


IDS = st.integers(1, 60)
DENSE = st.dictionaries(IDS, st.floats(-3, 8, width=32), max_size=30).map(lambda s: ranking("dense", s))
LEXICAL = st.dictionaries(IDS, st.floats(0, 1, width=32), max_size=30).map(lambda s: ranking("lexical", s))
SHARES = st.dictionaries(IDS, st.floats(-1, 1, width=32), max_size=50)


def by_id(given_ranking: Ranking) -> dict[int, float]:
    return dict(zip(given_ranking.ids.tolist(), given_ranking.scores.tolist(), strict=True))


@given(DENSE, LEXICAL)
def test_no_candidate_is_lost_or_doubled(dense: Ranking, lexical: Ranking) -> None:
    fused = fuse(dense, lexical, WEIGHTS)
    assert sorted(fused.ids.tolist()) == sorted({*dense.ids.tolist(), *lexical.ids.tolist()})
    assert np.all(np.diff(fused.scores) <= 0)
    assert np.isfinite(fused.scores).all()


@given(DENSE, LEXICAL)
def test_who_is_better_in_both_arms_is_better_in_the_end(dense: Ranking, lexical: Ranking) -> None:
    fused, by_meaning, by_words = by_id(fuse(dense, lexical, WEIGHTS)), by_id(dense), by_id(lexical)
    both = sorted(by_meaning.keys() & by_words.keys())
    for one in both:
        for other in both:
            if by_meaning[one] >= by_meaning[other] and by_words[one] >= by_words[other]:
                assert fused[one] >= fused[other]


@given(DENSE)
def test_without_words_in_common_the_dense_order_stands(dense: Ranking) -> None:
    assert fuse(dense, ranking("lexical", {}), WEIGHTS).ids.tolist() == dense.ids.tolist()


@given(LEXICAL)
def test_without_vectors_the_lexical_ranking_stands(lexical: Ranking) -> None:
    for dense in (None, ranking("dense", {})):
        fused = fuse(dense, lexical, WEIGHTS)
        assert fused.ids.tolist() == lexical.ids.tolist()
        assert fused.scores.tolist() == lexical.scores.tolist()


def test_scores_by_hand() -> None:
    fused = fuse(ranking("dense", {1: 3.0, 2: 1.0}), ranking("lexical", {2: 0.25, 3: 1.0}), SearchWeights(10.0, 1.5))
    assert by_id(fused) == pytest.approx({3: 1.0 + 10.0, 1: 3.0, 2: 1.0 + 10.0 * 0.125})
    assert fused.ids.tolist() == [3, 1, 2]


def test_ties_are_ordered_by_id_whatever_the_order_given() -> None:
    assert ranking("x", {7: 1.0, 3: 1.0, 5: 2.0}).ids.tolist() == [5, 3, 7]


@given(DENSE, LEXICAL, SHARES)
def test_blending_loses_nothing_either(dense: Ranking, lexical: Ranking, shares: dict[int, float]) -> None:
    fused = fuse(dense, lexical, WEIGHTS)
    late = ranking("late", {i: share for i, share in shares.items() if i in set(fused.ids.tolist())})
    final = blend(fused, late, WEIGHTS)
    assert sorted(final.ids.tolist()) == sorted(fused.ids.tolist())
    assert np.all(np.diff(final.scores) <= 0)
    if not len(late.ids):
        assert final.ids.tolist() == fused.ids.tolist()


def test_a_candidate_that_was_not_compared_counts_as_the_least_compared() -> None:
    fused = ranking("fused", {1: 3.0, 2: 2.0, 3: 1.0})
    final = blend(fused, ranking("late", {1: 0.2, 2: 0.5}), SearchWeights(late=40.0))
    assert by_id(final) == pytest.approx({2: 2.0 + 20.0, 1: 3.0 + 8.0, 3: 1.0 + 8.0})
