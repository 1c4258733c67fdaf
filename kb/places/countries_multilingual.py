"""Names of countries in every language a question may come in, to find them in a question and to say them in others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pycountry
import regex
from babel import Locale

from kb.places.countries import USUAL
from kb.places.demonyms import LANGUAGES as NATIONALITIES
from kb.places.demonyms import find_nationalities
from kb.text.folding import fold
from kb.text.words import is_unspaced, stem, words

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "nl", "pt", "ru", "zh")
_INFLECTED = ("ru", "ar")  # names in a question differ from those in a list: their stems are compared
_ARTICLES = regex.compile(r"^(?:وال|بال|لل|ال)(?=\p{Arabic}{3})")
_SHORTEST = 4  # letters of a name in letters; shorter ones are other words too
# Short forms; how else people write what the lists call otherwise is kept in kb.places.names.
_SHORT = {"USA": ("USA", "EEUU", "EE. UU.", "US", "美国"), "GBR": ("UK",), "COD": ("RDC", "DRC"), "ARE": ("UAE", "EAU")}
# Names that are more often another word in one of the languages.
_NEVER = frozenset({"jersey", "man", "chad", "maurice"})


@dataclass(frozen=True, slots=True)
class NamedCountry:
    """A country that a text names: ISO 3166-1 alpha-3, and where, in characters."""

    code: str
    start: int
    end: int


def countries_in(text: str) -> tuple[NamedCountry, ...]:
    """Countries named in `text` in any of LANGUAGES, or meant by an adjective of nationality, in order.

    Where names overlap the longest counts.
    """
    found = [*_spaced(text), *(_unspaced(text) if is_unspaced(text) else ())]
    for named in _people(text):
        if not any(named.start < other.end and other.start < named.end for other in found):
            found.append(named)
    return tuple(sorted(found, key=lambda named: named.start))


@lru_cache(maxsize=512)
def names_of(code: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Usual names of a country in these languages, without repetition."""
    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return ()
    names = [_territories(language).get(country.alpha_2, "") for language in languages if language in LANGUAGES]
    return tuple(dict.fromkeys(name for name in names if name))


def _people(text: str) -> Iterator[NamedCountry]:
    """Countries by an adjective of nationality, of any of the languages these are kept in."""
    for language in NATIONALITIES:
        for code, start, end in find_nationalities(text, language):
            yield NamedCountry(code, start, end)


def _spaced(text: str) -> list[NamedCountry]:
    found: list[NamedCountry] = []
    spelled = list(words(text))
    keys = [_keys(text[word.start : word.end]) for word in spelled]
    place = 0
    while place < len(spelled):
        length, code = _longest(keys, place)
        if code and _is_meant(text[spelled[place].start : spelled[place + length - 1].end]):
            found.append(NamedCountry(code, spelled[place].start, spelled[place + length - 1].end))
        place += max(length, 1)
    return found


def _longest(keys: list[tuple[str, ...]], place: int) -> tuple[int, str]:
    """Number of words and code of the longest name that begins at this word; (0, "") where none does."""
    names, longest = _names()
    for length in range(min(longest, len(keys) - place), 0, -1):
        for form in range(len(_INFLECTED) + 1):
            code = names.get(tuple(key[form] for key in keys[place : place + length]))
            if code:
                return length, code
    return 0, ""


def _is_meant(name: str) -> bool:
    """Short forms are meant only in capitals: "US", "UAE"."""
    return len(name) >= _SHORTEST or name.isupper() or not name.isascii()


def _unspaced(text: str) -> list[NamedCountry]:
    pattern, codes = _unspaced_names()
    return [NamedCountry(codes[match.group()], *match.span()) for match in pattern.finditer(text)]


def _keys(word: str) -> tuple[str, ...]:
    """A word as names are looked up by: folded, and cut as each inflected language cuts it."""
    return (fold(word), *(_stem(word, language) for language in _INFLECTED))


def _stem(word: str, language: str) -> str:
    return stem(_ARTICLES.sub("", word) if language == "ar" else word, language)


@lru_cache(maxsize=1)
def _names() -> tuple[dict[tuple[str, ...], str], int]:
    """Names in letters, as words, to codes; and the most words a name has."""
    names: dict[tuple[str, ...], str] = {}
    for code, language, name in _all():
        spelled = [name[word.start : word.end] for word in words(name)]
        forms = [tuple(fold(word) for word in spelled)]
        if language in _INFLECTED:
            forms.append(tuple(_stem(word, language) for word in spelled))
        for form in forms:
            if form and " ".join(form) not in _NEVER and not is_unspaced(name):
                names.setdefault(form, code)
    return names, max(len(form) for form in names)


@lru_cache(maxsize=1)
def _unspaced_names() -> tuple[regex.Pattern[str], dict[str, str]]:
    codes = {name: code for code, _, name in _all() if is_unspaced(name) and len(name) > 1}
    longest_first = sorted(codes, key=lambda name: (-len(name), name))
    return regex.compile("|".join(regex.escape(name) for name in longest_first)), codes


def _all() -> list[tuple[str, str, str]]:
    """(code, language, name) of all countries."""
    usual = [(code, "", name) for code, names in _SHORT.items() for name in names]
    usual += [(code, "", name) for name, code in USUAL.items()]
    listed = [
        (country.alpha_3, language, name.split(" (")[0])
        for language in LANGUAGES
        for country in pycountry.countries
        if (name := _territories(language).get(country.alpha_2))
    ]
    return usual + listed


@lru_cache(maxsize=32)
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)
