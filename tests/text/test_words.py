"""Words, folding and stems: offsets are slices, forms of one word meet, scripts without spaces are paired."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.folding import fold
from kb.text.words import STEMMED_LANGUAGES, fold_word, is_unspaced, stem, stop_words, terms, words

TEXTS = st.text(max_size=60)
# What people type in the languages of the platform, rather than all of Unicode.
LETTERS = st.text(st.characters(codec="utf-8", categories=("Lu", "Ll", "Lo", "Nd"), max_codepoint=0x9FFF), max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'OIM et l’ONU", ["l", "oim", "et", "l", "onu"]),
        ("pre-departure (13.2)", ["pre", "departure", "13", "2"]),
        ("¿Qué es?", ["que", "es"]),
        ("移民工人", ["移", "民", "工", "人"]),
        ("2018年12月", ["2018", "年", "12", "月"]),  # a number ends where a character begins
        ("NGO组织", ["ngo", "组", "织"]),
        ("حقوق المهاجرين", ["حقوق", "المهاجرين"]),
        ("¡…! — \n\t", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [word.folded for word in words(text)] == expected


@given(TEXTS)
def test_words_are_slices_in_order(text: str) -> None:
    at = 0
    for word in words(text):
        assert at <= word.start < word.end <= len(text)
        assert fold_word(text[word.start : word.end]) == word.folded
        at = word.end


@given(LETTERS, st.sampled_from([*STEMMED_LANGUAGES, "und", "zh", "xx"]))
def test_a_stem_is_a_single_folded_term(word: str, language: str) -> None:
    found = stem(word, language)
    assert not any(c.isspace() for c in found)
    assert bool(found) == bool(fold(word))


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("es", ["migración", "migraciones", "Migracion"]),
        ("es", ["detención", "detenciones"]),
        ("en", ["detention", "detentions"]),
        ("en", ["Migrant", "migrants"]),
        ("fr", ["régularisation", "régularisations"]),
        ("pt", ["direito", "direitos"]),
        ("ar", ["المهاجرين", "مهاجرين"]),
        ("ru", ["мигранты", "мигрантов"]),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, forms: list[str]) -> None:
    assert len({stem(form, language) for form in forms}) == 1


def test_a_language_without_a_stemmer_gives_the_folded_word() -> None:
    assert stem("Migrações", "und") == "migracoes"
    assert stem("移", "zh") == "移"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("移民工人", "zh", ["移", "移民", "民", "民工", "工", "工人", "人"]),
        ("移民 工人", "zh", ["移", "移民", "民", "工", "工人", "人"]),  # no pair across a space
        ("OIM 移民", "zh", ["oim", "移", "移民", "民"]),
        ("移x民", "zh", ["移", "x", "民"]),
        ("las migraciones", "es", ["las", stem("migración", "es")]),
        ("", "es", []),
    ],
)
def test_terms(text: str, language: str, expected: list[str]) -> None:
    assert sorted(terms(text, language)) == sorted(expected)


@settings(max_examples=200)
@given(TEXTS)
def test_every_language_cuts_a_text_into_the_same_number_of_terms(text: str) -> None:
    """The lexical index lays the stems of several languages side by side."""
    assert len({len(terms(text, language)) for language in ("es", "en", "ar", "zh", "und")}) == 1


def test_stop_words_are_folded_and_known_for_the_languages_of_the_platform() -> None:
    for language, word in (("es", "mas"), ("en", "the"), ("fr", "meme"), ("ar", "من"), ("ru", "и")):
        assert word in stop_words(language)
    assert stop_words("und") == frozenset()


@pytest.mark.parametrize(("text", "expected"), [("移民", True), ("คน", True), ("migrant", False), ("", False)])
def test_is_unspaced(text: str, expected: bool) -> None:
    assert is_unspaced(text) is expected
