"""Misspelt questions are mended towards words of the field; what somebody can have meant is left alone."""

import csv
from functools import lru_cache
from pathlib import Path

import pytest

from index.search.spelling import Speller
from kb.cli.bootstrap import read_taxonomy, shipped_glossary
from kb.text.folding import fold

MISSPELLINGS = Path(__file__).parent / "misspellings.csv"


@lru_cache(maxsize=1)
def speller() -> Speller:
    taxonomy = read_taxonomy(None)
    return Speller(taxonomy, shipped_glossary(taxonomy))


def mended(typed: str, *held: str) -> str:
    return speller().mended(typed, lambda word: word in held)


def misspellings(half: str) -> list[tuple[str, str, str]]:
    with MISSPELLINGS.open(encoding="utf-8") as file:
        return [(r["language"], r["typed"], r["meant"]) for r in csv.DictReader(file) if r["half"] == half]


@pytest.mark.parametrize("half", ["choose", "count"])
@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_misspelt_questions_are_mended(half: str, language: str) -> None:
    asked = [(typed, meant) for spoken, typed, meant in misspellings(half) if spoken == language]
    missed = [(typed, mended(typed)) for typed, meant in asked if fold(mended(typed)) != fold(meant)]
    assert len(asked) == 10
    assert len(missed) <= 2, missed


def test_other_scripts_are_mended_too() -> None:
    assert mended("тоговля людьми") == "торговля людьми"
    assert mended("денежных переводво мигрантов") == "денежных переводов мигрантов"


@pytest.mark.parametrize(
    "typed",
    [
        "remesas y género",  # known
        "detencion de niños",  # but for an accent
        "GFDM and IMFR",  # in capitals
        '"migrnat wrokers"',  # quoted
        "A/RES/73/195",
        "R4V 2023",
        "https://example.org/migrnats and wrokers@example.org",
        "-wrokers migrants",  # left out
        "tortilla recipe for a birthday",  # of another field
        "who won the 2022 world cup",
        "un poema sobre el otoño",
        "horario de autobuses",
        "как приготовить борщ",
        "如何降低汇款成本",
        "kafala",
        "xyz ab",
    ],
)
def test_what_can_be_meant_stays(typed: str) -> None:
    assert mended(typed) == typed


def test_a_word_that_the_library_has_is_known() -> None:
    assert mended("wrokers") == "workers"
    assert mended("wrokers", "wrokers") == "wrokers"


def test_capitals_and_what_stands_around_stay() -> None:
    assert mended("Remezas (Guatmala)?") == "Remesas (Guatemala)?"
