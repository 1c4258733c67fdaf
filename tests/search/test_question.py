"""What a person typed: phrases and words to leave out are read, the rest is words, and only noise is an error."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.question import MAX_CHARACTERS, Question, read_question
from kb.errors import UsageError
from kb.text.words import words


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("alternatives to detention", Question("alternatives to detention")),
        ("  two\t words \n", Question("two words")),
        ('"best interests" of the child', Question("best interests of the child", ("best interests",))),
        ("«retorno voluntario» asistido", Question("«retorno voluntario» asistido", ("retorno voluntario",))),
        ("“one” „two“", Question("“one” „two“", ("one", "two"))),
        ("migration -climate -disaster", Question("migration", (), ("climate", "disaster"))),
        ('"best interests" -detention', Question("best interests", ("best interests",), ("detention",))),
        ("pre-departure", Question("pre-departure")),  # an inner hyphen leaves nothing out
        ("2020 -2024", Question("2020 -2024")),  # nor does a number
        ("migration - climate", Question("migration - climate")),
        ('"unclosed phrase', Question("unclosed phrase")),
        ("a", Question("a")),
        ("بدائل الاحتجاز", Question("بدائل الاحتجاز")),
        ("مهاجر -لاجئ", Question("مهاجر", (), ("لاجئ",))),
        ("移民", Question("移民")),
        ("chil\u00addren \u200bfirst", Question("children first")),  # as copied from a page
    ],
)
def test_reading(typed: str, expected: Question) -> None:
    assert read_question(typed) == expected


@pytest.mark.parametrize("typed", ["?!…", "-detention", '""', "«»", "---", "\u200f", "¿?", '" "'])
def test_no_word_is_an_error_that_says_what_to_do(typed: str) -> None:
    with pytest.raises(UsageError, match="Write a few words"):
        read_question(typed)


def test_ten_thousand_short_words_are_cut_and_a_book_is_refused() -> None:
    question = read_question("w " * 9_999)
    assert len(list(words(question.text))) == 400
    with pytest.raises(UsageError, match=r"20,001 characters; the limit is 20,000"):
        read_question("w" * (MAX_CHARACTERS + 1))


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_question_or_a_clear_error(typed: str) -> None:
    with contextlib.suppress(UsageError):
        assert list(words(read_question(typed).text))


@pytest.mark.parametrize(
    ("typed", "lists"),
    [
        ("objetivos 2, 7, 8 y 13", ("2 7 8",)),
        ("articles 5, 6 et 7 de 2018, 2019", ("5 6", "2018 2019")),
        ("A/RES/73/195, 2", ()),
        ("1,5 million", ("1 5",)),
        ("objective 13", ()),
    ],
)
def test_lists_of_numbers(typed: str, lists: tuple[str, ...]) -> None:
    assert read_question(typed).listed == lists
