"""Late interaction: packed tokens rank as exact MaxSim does, and alignment says where the tokens stand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from index.search.late_interaction import MAX_TOKENS, TokenCodec, align, load_codec, make_codec
from index.search.late_interaction import rerank as weighted_rerank
from kb.search.answers import Ranking

DIMENSION = 128
RANDOM = np.random.default_rng(11)
PASSAGE_MEAN, QUESTION_MEAN = (RANDOM.standard_normal(DIMENSION).astype(np.float32) for _ in range(2))
Tokens = NDArray[np.float32]


def tokens(count: int, mean: Tokens, random: np.random.Generator) -> Tokens:
    """Random unit vectors around the part they share."""
    free = random.standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(free / np.linalg.norm(free, axis=1, keepdims=True) + mean, np.float32)


def codec() -> TokenCodec:
    return make_codec(np.stack([PASSAGE_MEAN]), np.stack([QUESTION_MEAN]))


def packed(vectors: Tokens) -> bytes:
    places = np.arange(len(vectors), dtype=np.int32)
    return codec().pack(vectors, places * 5, places * 5 + 4)


def rerank(question: Tokens, codes: Mapping[int, bytes], candidates: Sequence[int]) -> Ranking:
    """All tokens of the question count alike."""
    return weighted_rerank(question, np.ones(len(question), np.float32), codes, candidates)


def cosines(question: Tokens, passage: Tokens) -> Tokens:
    asked, given = question - QUESTION_MEAN, passage - PASSAGE_MEAN
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    return np.asarray(asked @ given.T)


def maxsim(question: Tokens, passage: Tokens) -> float:
    return float(cosines(question, passage).max(1).mean())


@pytest.mark.parametrize("seed", range(5))
def test_packed_scores_are_near_exact_maxsim_and_rank_alike(seed: int) -> None:
    random = np.random.default_rng(seed)
    question = tokens(8, QUESTION_MEAN, random)
    passages = {i: tokens(int(random.integers(5, 40)), PASSAGE_MEAN, random) for i in range(30)}
    # Five passages hold ever more of the question's own tokens.
    for number in range(5):
        passages[number][: number + 1] = question[: number + 1] - QUESTION_MEAN + PASSAGE_MEAN
    ranking = rerank(codec().question(question), {i: packed(p) for i, p in passages.items()}, list(passages))
    exact = {i: maxsim(question, p) for i, p in passages.items()}
    for number, score in zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True):
        assert score == pytest.approx(exact[number], abs=0.06)
    assert ranking.ids[:4].tolist() == [4, 3, 2, 1]


def test_alignment_is_near_exact_cosine_and_knows_the_places() -> None:
    random = np.random.default_rng(1)
    question, passage = tokens(4, QUESTION_MEAN, random), tokens(50, PASSAGE_MEAN, random)
    passage[17] = question[2] - QUESTION_MEAN + PASSAGE_MEAN
    similarity, spans = align(codec().question(question), packed(passage))
    assert similarity.shape == (4, 50)
    assert np.abs(similarity - cosines(question, passage)).max() < 0.2
    assert similarity[2].argmax() == 17
    assert similarity[2, 17] > 0.9
    assert (spans.starts[17], spans.ends[17]) == (85, 89)
    assert spans.starts.tolist() == list(range(0, 250, 5))


def test_two_bits_a_dimension_is_what_it_costs() -> None:
    size = len(packed(tokens(100, PASSAGE_MEAN, np.random.default_rng(2))))
    assert size / 100 <= DIMENSION / 4 + 6


def test_a_passage_longer_than_the_limit_is_cut() -> None:
    similarity, spans = align(
        codec().question(tokens(2, QUESTION_MEAN, RANDOM)), packed(tokens(MAX_TOKENS + 40, PASSAGE_MEAN, RANDOM))
    )
    assert similarity.shape == (2, MAX_TOKENS)
    assert len(spans.starts) == MAX_TOKENS


def test_candidates_without_tokens_are_left_out() -> None:
    question = codec().question(tokens(3, QUESTION_MEAN, RANDOM))
    codes = {1: packed(tokens(4, PASSAGE_MEAN, RANDOM)), 2: packed(np.zeros((0, DIMENSION), np.float32))}
    assert rerank(question, codes, [3, 2, 1]).ids.tolist() == [1]
    assert len(rerank(question, codes, [2, 3]).ids) == 0
    assert len(rerank(question[:0], codes, [1]).ids) == 0
    assert len(rerank(question, {}, []).ids) == 0


def test_codes_belong_to_their_candidate_whatever_the_order() -> None:
    random = np.random.default_rng(3)
    question = tokens(5, QUESTION_MEAN, random)
    codes = {i: packed(tokens(9, PASSAGE_MEAN, random)) for i in range(6)}
    turned = codec().question(question)
    forwards, backwards = rerank(turned, codes, range(6)), rerank(turned, codes, list(range(5, -1, -1)))
    assert forwards.ids.tolist() == backwards.ids.tolist()
    assert forwards.scores == pytest.approx(backwards.scores, abs=1e-5)


def test_a_token_counts_by_its_weight() -> None:
    random = np.random.default_rng(4)
    question, passage = tokens(2, QUESTION_MEAN, random), tokens(6, PASSAGE_MEAN, random)
    turned, codes = codec().question(question), {1: packed(passage)}
    each = [float(weighted_rerank(turned, np.array(w, np.float32), codes, [1]).scores[0]) for w in ([1, 0], [0, 1])]
    (both,) = weighted_rerank(turned, np.array([3, 1], np.float32), codes, [1]).scores
    assert both == pytest.approx((3 * each[0] + each[1]) / 4, abs=1e-5)


def test_a_codec_comes_back_from_its_text() -> None:
    back = load_codec(codec().dump())
    vectors = tokens(7, PASSAGE_MEAN, RANDOM)
    places = np.arange(7, dtype=np.int32)
    assert back.pack(vectors, places, places + 1) == codec().pack(vectors, places, places + 1)
    assert np.array_equal(back.question(vectors), codec().question(vectors))


@pytest.mark.parametrize("text", ["", "{", '{"seed": 1, "means": ""}', '{"seed": 20181210, "means": "AA"}'])
def test_a_codec_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_codec(text)


def test_the_rotation_turns_and_does_nothing_else() -> None:
    rotation = codec().rotation
    assert rotation @ rotation.T == pytest.approx(np.eye(DIMENSION), abs=1e-5)
