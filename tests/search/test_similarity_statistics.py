"""Moments: mean and deviation of a question's similarities, as if every one had been computed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.search.similarity_statistics import Moments

DIMENSION = 16
MANY = 400  # enough that a language is trusted by itself


def unit(random: np.random.Generator, count: int, towards: float) -> NDArray[np.float32]:
    found = (random.standard_normal((count, DIMENSION)) + towards).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), gone=st.integers(0, 150))
def test_scale_equals_brute_force_after_adding_and_taking_away(seed: int, gone: int) -> None:
    random = np.random.default_rng(seed)
    vectors = {"es": unit(random, MANY, 1.0), "en": unit(random, MANY + 50, 0.2)}
    question = unit(random, 1, 0.5)[0]
    moments = Moments(DIMENSION)
    for language, several in vectors.items():
        for part in np.array_split(several, 3):
            moments.add([language] * len(part), part)
    moments.add(np.array(["en"] * gone, "U8"), vectors["en"][:gone], -1)
    vectors["en"] = vectors["en"][gone:]
    scale = moments.scale(question)
    assert sorted(scale) == ["en", "es"]
    for language, several in vectors.items():
        similarities = several.astype(np.float64) @ question
        assert scale[language] == pytest.approx((similarities.mean(), similarities.std()), rel=1e-4, abs=1e-6)


def test_languages_may_come_mixed() -> None:
    random = np.random.default_rng(0)
    vectors = unit(random, 2 * MANY, 0.3)
    languages = ["es", "en"] * MANY
    mixed, apart = Moments(DIMENSION), Moments(DIMENSION)
    mixed.add(languages, vectors)
    apart.add(["es"] * MANY, vectors[::2])
    apart.add(["en"] * MANY, vectors[1::2])
    for language, pair in mixed.scale(vectors[0]).items():
        assert pair == pytest.approx(apart.scale(vectors[0])[language], rel=1e-5)


def test_a_language_with_few_passages_leans_on_the_others() -> None:
    random = np.random.default_rng(0)
    common, rare = unit(random, MANY, 0.0), unit(random, 10, 2.0)
    moments = Moments(DIMENSION)
    moments.add(["es"] * MANY, common)
    moments.add(["ar"] * 10, rare)
    question = rare[0]
    own, shared = float((rare @ question).mean()), float((np.concatenate([common, rare]) @ question).mean())
    assert moments.scale(question)["ar"][0] == pytest.approx(0.05 * own + 0.95 * shared, rel=1e-4)


def test_too_little_gives_no_scale_and_identical_vectors_no_zero_deviation() -> None:
    moments = Moments(DIMENSION)
    vector = unit(np.random.default_rng(0), 1, 0.0)
    assert moments.scale(vector[0]) == {}
    moments.add(["es"], vector)
    assert moments.scale(vector[0]) == {}
    moments.add(["es"], vector)
    assert moments.scale(vector[0])["es"][1] > 0


def test_a_language_that_was_taken_away_is_forgotten() -> None:
    vectors = unit(np.random.default_rng(0), 9, 0.0)
    moments = Moments(DIMENSION)
    moments.add(["es"] * 5, vectors[:5])
    moments.add(["fr"] * 4, vectors[5:])
    moments.add(["fr"] * 4, vectors[5:], -1)
    assert list(moments.scale(vectors[0])) == ["es"]


def test_a_copy_is_changed_apart() -> None:
    vectors = unit(np.random.default_rng(0), 9, 0.0)
    moments = Moments(DIMENSION)
    moments.add(["es"] * 5, vectors[:5])
    before = moments.scale(vectors[0])
    moments.copy().add(["es"] * 4, vectors[5:])
    assert moments.scale(vectors[0]) == before
