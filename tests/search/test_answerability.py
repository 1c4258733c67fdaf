"""When "nothing here answers this" is said: support against the floor of the question's language."""

import pytest

from index.search.answerability import ABSENT_COUNTRY, OTHER_LANGUAGE, OTHER_SCRIPT, SAME_LANGUAGE, is_answered, support
from tests.support.documents import hashing

MODEL = "multilingual-e5-small-0.3.0"


@pytest.mark.parametrize(
    ("found", "language", "spoken", "absent", "expected"),
    [
        (SAME_LANGUAGE, "es", 0.6, False, True),
        (SAME_LANGUAGE - 0.01, "es", 0.6, False, False),
        (SAME_LANGUAGE, "es", 0.6, True, False),  # a country that nothing here is about
        (SAME_LANGUAGE + ABSENT_COUNTRY, "es", 0.6, True, True),  # unless it answers very well all the same
        (SAME_LANGUAGE - 0.01, "", 0.0, False, False),  # a few words that tell no language
        (OTHER_LANGUAGE, "en", 0.01, False, True),  # a language the library hardly speaks
        (OTHER_LANGUAGE - 0.01, "en", 0.01, False, False),
        (OTHER_SCRIPT, "zh", 0.0, False, True),
        (OTHER_SCRIPT - 0.01, "ru", 0.0, False, False),
        (SAME_LANGUAGE - 0.01, "zh", 0.3, False, False),  # a library in Chinese is asked as any other
        (None, "es", 0.6, True, True),  # it cannot be told
    ],
)
def test_the_floor_is_that_of_the_question(
    found: float | None, language: str, spoken: float, absent: bool, expected: bool
) -> None:
    assert is_answered(found, MODEL, language, spoken, absent) is expected


def test_other_encoders_have_other_scales() -> None:
    assert is_answered(0.0, "some-other-model", "es", 0.6, True)


def test_support_is_that_of_the_best_candidate() -> None:
    encoding = hashing(late=True)
    asked = encoding.question("consular help for migrants")
    encoded = encoding.encode(["", ""], ["consular help for migrants abroad", "a recipe for soup"])
    good, bad = encoded.tokens
    assert support(asked, {1: bad}) < support(asked, {1: bad, 2: good})  # type: ignore[operator]
    assert support(asked, {}) is None
    assert support(hashing().question("consular"), {1: good}) is None
