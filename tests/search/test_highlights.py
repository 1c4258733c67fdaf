"""Highlights: whole words of the passage that answer telling words of the question, by stem or across languages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoding.hashing_encoder import HashingEncoder
from index.encoding.instance_encoding import Encoding, reference_codec
from index.search.highlights import aligned_marks, lexical_marks, merged
from index.search.question import Question
from kb.text.words import words


def shown(question: str, text: str, *languages: str) -> list[str]:
    return [text[start:end] for start, end in lexical_marks(Question(question), text, languages)]


@pytest.mark.parametrize(
    ("question", "text", "languages", "expected"),
    [
        ("alternatives to detention", "An alternative to detentions.", ("en",), ["alternative", "detentions"]),
        ("migración", "Las Migraciones y el MIGRANTE", ("es",), ["Migraciones"]),
        ("ninez", "La Niñez", ("es",), ["Niñez"]),
        ("the of", "the use of force", ("en",), ["the", "of"]),  # nothing but common words was asked
        ("OIM", "L'OIM et l’ONU", ("fr",), ["OIM"]),
        ("签证", "申请签证。", ("zh",), ["签", "证"]),
        ("مهاجرين", "حقوق المهاجرين", ("ar",), ["المهاجرين"]),
        ("visa", "", ("en",), []),
        ("visa", "Nothing here", ("en",), []),
    ],
)
def test_words_are_marked_by_stem(question: str, text: str, languages: tuple[str, ...], expected: list[str]) -> None:
    assert shown(question, text, *languages) == expected


def test_marks_of_any_length_stay_whole_words() -> None:
    text = "Redetention is not detention."
    assert shown("detention", text, "en") == ["detention"]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], ()),
        ([(4, 7), (0, 3)], ((0, 7),)),  # neighbours become one
        ([(0, 3), (0, 3)], ((0, 3),)),
        ([(0, 3), (1, 7)], ((0, 7),)),
        ([(0, 3), (9, 12)], ((0, 3), (9, 12))),  # a word between them
    ],
)
def test_merging(marks: list[tuple[int, int]], expected: tuple[tuple[int, int], ...]) -> None:
    assert merged("one two, ten", marks) == expected


TEXTS = st.lists(st.sampled_from(["visa", "the", "niñez", "移民", "—", "child.", "حقوق", "\n"]), max_size=15).map(
    " ".join
)


@given(TEXTS, TEXTS)
def test_merged_marks_are_ordered_slices_of_whole_words(question: str, text: str) -> None:
    marks = merged(text, lexical_marks(Question(question), text, ("en", "es")))
    starts, ends = {w.start for w in words(text)}, {w.end for w in words(text)}
    at = -1
    for start, end in marks:
        assert at < start < end <= len(text)
        assert start in starts
        assert end in ends
        at = end


def test_alignment_marks_the_word_its_tokens_are_pieces_of() -> None:
    encoder = HashingEncoder(128)
    encoding = Encoding(encoder, reference_codec(encoder))
    text = "Consular officers visit migrants in detention."
    (code,) = encoding.encode(["Title"], [text]).tokens
    question = "migrant detentions of"
    marks = aligned_marks(Question(question), encoding.question(question), text, code, ("en",))
    assert [text[start:end] for start, end in marks] == ["migrants", "detention"]


def test_without_tokens_there_is_nothing_to_align() -> None:
    plain = Encoding(HashingEncoder(64), None).question("visa")
    assert plain.tokens is None
    assert aligned_marks(Question("visa"), plain, "visa", b"", ("en",)) == []
    late = Encoding(HashingEncoder(64), reference_codec(HashingEncoder(64)))
    (empty,) = late.encode([""], ["…"]).tokens
    assert aligned_marks(Question("visa"), late.question("visa"), "…", empty, ("en",)) == []
    assert np.asarray(late.question("visa").vector).shape == (64,)
