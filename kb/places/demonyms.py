"""Adjectives of nationality in a text: "mexicana", "péruviennes", "Ecuadorian", «гаитянские», «السوريون»."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from kb.places.countries import ASKED, names_and_others
from kb.places.countries import LANGUAGES as NAMED_IN
from kb.places.place_names import NamedPlace, keys_of
from kb.places.word_forms import WordForms, in_all_cases
from kb.text.folding import fold_in_place
from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.words import Word, words

# One row a country, the masculine singular, alternatives behind a bar; in Russian the people, too. Left out are
# adjectives that also name a language of many texts (Spanish, French), a continent (American), the people of two
# countries (Congolese), or are other words: مالي is financial, قطري of any country, "servia" is served. Chinese puts a
# word behind the name of the country.
_TABLE = Path(__file__).parent / "demonyms.csv"
LANGUAGES = ("es", "fr", "pt", "ru", "ar", "en")
_CAPITAL = "en"  # whose adjectives count with a capital only
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
_PORTUGUESE = (
    ("es", ("es", "esa", "eses", "esas")), ("ao", ("ao", "a", "aos", "oes", "as")), ("o", ("o", "a", "os", "as")),
    ("eu", ("eu", "eia", "eus", "eias")), ("l", ("l", "ois")), ("z", ("z", "zes")), ("", ("", "s")),
)  # fmt: skip
_ARABIC = (("ي", ("ي", "يه", "يون", "يين", "يات")),)
_FORMS = {"es": _SPANISH, "en": _ENGLISH, "fr": _FRENCH, "pt": _PORTUGUESE, "ar": _ARABIC}


@dataclass(frozen=True, slots=True)
class _Adjective:
    code: str
    with_capital: bool


def find_nationalities(text: str, language: str) -> tuple[NamedPlace, ...]:
    """Countries, by ISO 3166-1 alpha-3, of the adjectives of nationality of `language` in `text`, in order.

    In English they count with a capital only.
    """
    return tuple(_nationalities(text, tuple(words(text)), (language,))) if language in LANGUAGES else ()


def find_nations(text: str, language: str) -> tuple[NamedPlace, ...]:
    """Countries that a document names or, in its `language`, speaks of by an adjective, in order."""
    spelled = tuple(words(text))
    named = names_and_others(text, spelled, NAMED_IN, typed=False)
    return _together(named, _nationalities(text, spelled, (language,) if language in LANGUAGES else ()))


def find_nations_asked(text: str) -> tuple[NamedPlace, ...]:
    """Countries that a question names in any language, or speaks of by an adjective, in order."""
    spelled = tuple(words(text))
    named = names_and_others(text, spelled, ASKED, typed=True)
    return _together(named, _nationalities(text, spelled, LANGUAGES))


def _together(named: Sequence[NamedPlace], others: Iterable[NamedPlace]) -> tuple[NamedPlace, ...]:
    """Both in order, without those of the others that meet one that is named: "Filipinas" is both."""
    taken = {place for each in named for place in range(each.start, each.end)}
    apart = [each for each in others if taken.isdisjoint(range(each.start, each.end))]
    return tuple(sorted((*(each for each in named if each.code), *apart), key=itemgetter(1)))


def _nationalities(text: str, spelled: Sequence[Word], languages: tuple[str, ...]) -> Iterator[NamedPlace]:
    if not languages:
        return
    adjectives, forms = _adjectives(languages)

    def is_meant(found: Found[_Adjective]) -> bool:
        start = spelled[found.first].start
        return text[start - 1 : start] not in ("-", "_") and (not found.value.with_capital or text[start].isupper())

    for found in find_names([(adjectives, [forms.key(word.folded) for word in spelled])], is_meant):
        yield NamedPlace(found.value.code, spelled[found.first].start, spelled[found.end - 1].end)


@lru_cache(maxsize=16)
def _adjectives(languages: tuple[str, ...]) -> tuple[Gazetteer[_Adjective], WordForms]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    all_forms = [
        (language, form, _Adjective(row["code"], language == _CAPITAL))
        for language in languages
        for row in rows
        for adjective in filter(None, row[language].split("|"))
        for form in _inflected(fold_in_place(adjective), language)
    ]
    joined = WordForms((("ar", form) for language, form, _ in all_forms if language == "ar"), article=True)
    meanings = {form: adjective for _language, form, adjective in reversed(all_forms)}
    return Gazetteer(((form,) if form.isalpha() else keys_of(form), each) for form, each in meanings.items()), joined


def _inflected(adjective: str, language: str) -> Sequence[str]:
    if language == "ru":
        return in_all_cases(adjective)
    ending, forms = next((e, f) for e, f in (*_FORMS[language], ("", ("",))) if adjective.endswith(e))
    return [" ".join(word.removesuffix(ending) + form for word in adjective.split()) for form in forms]
