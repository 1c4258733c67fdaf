"""Adjectives of nationality in a text, in Spanish, English and French: "mexicana", "péruviennes", "Ecuadorian"."""

import csv
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from kb.places.countries import ASKED, find_countries
from kb.places.place_names import NamedPlace, PlaceNames, find_places, place_names
from kb.text.folding import fold_in_place

# One row a country, the masculine singular, alternatives behind a bar. Left out are adjectives that also name a
# language of many texts (Spanish, French), a continent (American) or the people of two countries (Congolese).
_TABLE = Path(__file__).parent / "demonyms.csv"
LANGUAGES = ("es", "en", "fr")
# Endings of the masculine singular, and the endings of all its forms, folded; the first that fits counts.
_SPANISH = (
    ("es", ("es", "esa", "eses", "esas")), ("o", ("o", "a", "os", "as")), ("i", ("i", "ies", "is")),
    ("ense", ("ense", "enses")), ("on", ("on", "ona", "ones", "onas")), ("u", ("u", "ues", "us")), ("a", ("a", "as")),
    ("e", ("e", "es")), ("l", ("l", "la", "les", "las")),
)  # fmt: skip
_FRENCH = (
    ("ien", ("ien", "ienne", "iens", "iennes")), ("een", ("een", "eenne", "eens", "eennes")),
    ("ais", ("ais", "aise", "aises")), ("ois", ("ois", "oise", "oises")), ("e", ("e", "es")),
    ("c", ("c", "que", "cs", "ques")), ("on", ("on", "onne", "ons", "onnes")), ("", ("", "e", "s", "es")),
)  # fmt: skip
_ENGLISH = (("sh", ("sh",)), ("ch", ("ch",)), ("ese", ("ese",)), ("", ("", "s")))
_FORMS = {"es": _SPANISH, "en": _ENGLISH, "fr": _FRENCH}


def find_nationalities(text: str, language: str) -> tuple[NamedPlace, ...]:
    """Countries, by ISO 3166-1 alpha-3, of the adjectives of nationality of `language` in `text`, in order.

    In English they count with a capital only.
    """
    if language not in LANGUAGES:
        return ()
    return tuple(find_places(_adjectives(language), text, capital=language == "en"))


def find_nations(text: str, language: str) -> tuple[NamedPlace, ...]:
    """Countries that a document names or, in its `language`, speaks of by an adjective, in order."""
    return _together(find_countries(text), find_nationalities(text, language))


def find_nations_asked(text: str) -> tuple[NamedPlace, ...]:
    """Countries that a question names in any language, or speaks of by an adjective, in order."""
    named = find_countries(text, ASKED, typed=True)
    for language in LANGUAGES:
        named = _together(named, find_nationalities(text, language))
    return named


def _together(named: Sequence[NamedPlace], others: Sequence[NamedPlace]) -> tuple[NamedPlace, ...]:
    """Both in order, without those of the others that meet one that is named: "Filipinas" is both."""
    taken = {place for each in named for place in range(each.start, each.end)}
    apart = (each for each in others if taken.isdisjoint(range(each.start, each.end)))
    return tuple(sorted((*named, *apart), key=itemgetter(1)))


@lru_cache(maxsize=3)
def _adjectives(language: str) -> PlaceNames:
    codes: dict[str, str] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for adjective in filter(None, row[language].split("|")):
                codes |= dict.fromkeys(_inflected(fold_in_place(adjective), language), row["code"])
    return place_names(codes)


def _inflected(adjective: str, language: str) -> list[str]:
    ending, forms = next((e, f) for e, f in (*_FORMS[language], ("", ("",))) if adjective.endswith(e))
    return [adjective[: len(adjective) - len(ending)] + form for form in forms]
