"""The ranker: all arms that are ready take part, scores mean what they say, and a filter holds in every arm."""

import numpy as np
import pytest

from index.encoding.instance_encoding import Encoding
from index.search import vectors
from index.search.lexical import LexicalIndex, LexicalPassage
from index.search.question import Question
from index.search.ranker import Engines, rank
from index.search.similarity_statistics import Moments
from index.search.weights import SearchWeights
from tests.support.documents import hashing, words_of

VOCABULARY = ("visa", "migrant", "child", "detention", "consul", "labour", "return", "data", "family", "border")
TEXTS = [words_of(n, 12, VOCABULARY) for n in range(120)]
LANGUAGES = np.array(["en", "es"] * 60)
QUESTION = Question("visa for a migrant child")


def engines(encoding: Encoding | None) -> Engines:
    lexical = LexicalIndex(None)
    lexical.update((), (LexicalPassage(i, i, "en", text, "") for i, text in enumerate(TEXTS)))
    if encoding is None:
        return Engines(lexical, ("en",), lambda ids: LANGUAGES[ids])
    encoded = encoding.encode([""] * len(TEXTS), TEXTS)
    moments = Moments(encoding.dimension)
    moments.add(LANGUAGES, encoded.vectors)
    index = vectors.build(np.arange(len(TEXTS)), encoded.vectors, encoding.dimension)
    reader = (lambda ids: {i: encoded.tokens[i] for i in ids}) if encoded.tokens else None
    return Engines(lexical, ("en",), lambda ids: LANGUAGES[ids], index, moments, reader)


@pytest.mark.parametrize(
    ("encoding", "arms"),
    [(None, ("lexical",)), (hashing(), ("lexical", "dense")), (hashing(late=True), ("lexical", "dense", "late"))],
)
def test_the_arms_that_are_ready_take_part(encoding: Encoding | None, arms: tuple[str, ...]) -> None:
    ranked = rank(engines(encoding), QUESTION, encoding.question(QUESTION.text) if encoding else None)
    assert ranked.arms == arms
    pool = {*ranked.lexical.ids.tolist(), *(ranked.dense.ids.tolist() if ranked.dense else ())}
    assert set(ranked.final.ids.tolist()) == pool
    assert len(ranked.final.ids) == len(pool)
    assert np.all(np.diff(ranked.final.scores) <= 0)


def test_dense_scores_are_deviations_from_all_passages_of_the_language() -> None:
    encoding = hashing()
    encoded = encoding.question(QUESTION.text)
    dense = rank(engines(encoding), QUESTION, encoded).dense
    assert dense is not None
    similarity = encoding.encode([""] * 120, TEXTS).vectors @ encoded.vector
    both = similarity.mean(), similarity.var()
    for number, score in zip(dense.ids.tolist(), dense.scores.tolist(), strict=True):
        own = similarity[np.equal(LANGUAGES, LANGUAGES[number])]
        trust = 60 / 200  # few passages: their own moments are mixed with those of all
        mean = trust * own.mean() + (1 - trust) * both[0]
        deviation = (trust * own.var() + (1 - trust) * both[1]) ** 0.5
        assert score == pytest.approx((similarity[number] - mean) / deviation, abs=0.02)


def test_only_the_first_candidates_are_compared_token_by_token() -> None:
    encoding = hashing(late=True)
    ranked = rank(engines(encoding), QUESTION, encoding.question(QUESTION.text))
    assert ranked.late is not None
    assert ranked.fused is not None
    assert sorted(ranked.late.ids.tolist()) == sorted(ranked.fused.ids[: SearchWeights().candidates].tolist())


def test_a_filter_holds_in_every_arm() -> None:
    encoding = hashing(late=True)
    allowed = np.arange(0, 120, 7)
    ranked = rank(engines(encoding), QUESTION, encoding.question(QUESTION.text), allowed)
    for ranking in (ranked.final, ranked.lexical, ranked.dense, ranked.fused, ranked.late):
        assert ranking is not None
        assert set(ranking.ids.tolist()) <= set(allowed.tolist())
    assert len(rank(engines(encoding), QUESTION, encoding.question(QUESTION.text), allowed[:0]).final.ids) == 0


def test_words_nobody_wrote_still_rank_by_meaning() -> None:
    encoding = hashing()
    ranked = rank(engines(encoding), Question("zzzz"), encoding.question("zzzz"))
    assert len(ranked.lexical.ids) == 0
    assert len(ranked.final.ids) == 120
