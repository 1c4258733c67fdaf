"""Adjectives of nationality in a text, in Spanish, English and French: "mexicana", "péruviennes", "Ecuadorian"."""

import csv
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from kb.places.countries import find_countries
from kb.places.gazetteer import Found, Gazetteer
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


def find_nationalities(text: str, language: str) -> tuple[tuple[str, int, int], ...]:
    """(ISO 3166-1 alpha-3, start, end) of each adjective of nationality of `language` in `text`, in order.

    In English they count with a capital only.
    """
    if language not in LANGUAGES:
        return ()
    return tuple(_gazetteer(language).find(text, fold_in_place(text), capital=language == "en"))


def find_nations(text: str, language: str) -> tuple[Found, ...]:
    """Countries that `text` names or speaks of by an adjective, in order; "Filipinas" is both and found once."""
    named = find_countries(text, language)
    starts = {start for _code, start, _end in named}
    others = (found for found in find_nationalities(text, language) if found[1] not in starts)
    return tuple(sorted((*named, *others), key=itemgetter(1)))


@lru_cache(maxsize=3)
def _gazetteer(language: str) -> Gazetteer:
    codes: dict[str, str] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for adjective in filter(None, row[language].split("|")):
                codes |= dict.fromkeys(_inflected(fold_in_place(adjective), language), row["code"])
    return Gazetteer(codes)


def _inflected(adjective: str, language: str) -> list[str]:
    ending, forms = next((e, f) for e, f in (*_FORMS[language], ("", ("",))) if adjective.endswith(e))
    return [adjective[: len(adjective) - len(ending)] + form for form in forms]
