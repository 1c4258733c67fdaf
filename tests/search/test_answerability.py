"""When "nothing here answers this" is said: support against the floor of the question's language."""

import pytest

from index.search.answerability import is_answered, support
from index.search.weights import SupportWeights
from tests.support.documents import hashing

WEIGHTS = SupportWeights()
MODEL = "multilingual-e5-small-0.3.0"


@pytest.mark.parametrize(
    ("found", "language", "spoken", "absent", "expected"),
    [
        (WEIGHTS.same_language, "es", 0.6, False, True),
        (WEIGHTS.same_language - 0.01, "es", 0.6, False, False),
        (WEIGHTS.same_language, "es", 0.6, True, False),  # a country that nothing here is about
        (
            WEIGHTS.same_language + WEIGHTS.absent_country,
            "es",
            0.6,
            True,
            True,
        ),  # unless it answers well
        (WEIGHTS.same_language - 0.01, "", 0.0, False, False),  # a few words that tell no language
        (WEIGHTS.other_language, "en", 0.01, False, True),  # a language the library hardly speaks
        (WEIGHTS.other_language - 0.01, "en", 0.01, False, False),
        (WEIGHTS.other_script, "zh", 0.0, False, True),
        (WEIGHTS.other_script - 0.01, "ru", 0.0, False, False),
        (WEIGHTS.same_language - 0.01, "zh", 0.3, False, False),  # a library in Chinese is asked as any other
        (None, "es", 0.6, True, True),  # it cannot be told
    ],
)
def test_the_floor_is_that_of_the_question(
    found: float | None, language: str, spoken: float, absent: bool, expected: bool
) -> None:
    assert is_answered(found, MODEL, language, spoken, absent, WEIGHTS) is expected


def test_other_encoders_have_other_scales() -> None:
    assert is_answered(0.0, "some-other-model", "es", 0.6, True, WEIGHTS)


def test_support_is_that_of_the_best_candidate() -> None:
    encoding = hashing(late=True)
    asked = encoding.question("consular help for migrants")
    encoded = encoding.encode(["", ""], ["consular help for migrants abroad", "a recipe for soup"])
    good, bad = encoded.tokens
    assert support(asked, {1: bad}, WEIGHTS) < support(asked, {1: bad, 2: good}, WEIGHTS)  # type: ignore[operator]
    assert support(asked, {}, WEIGHTS) is None
    assert support(hashing().question("consular"), {1: good}, WEIGHTS) is None
