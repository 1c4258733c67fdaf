"""Countries: what they are called in ten languages, which of them are States, and where a text names one."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import regex

from kb.places.place_names import NamedPlace
from kb.places.word_forms import CONJUNCTION, PREPOSITIONS, WordForms, is_arabic
from kb.text.folding import fold
from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.word_lists import word_set
from kb.text.words import Word, words

LANGUAGES = ("es", "en", "fr", "pt", "ar", "zh", "ru")  # of documents
ASKED = (*LANGUAGES, "de", "it", "nl")  # of questions
# One row a country or area of ISO 3166-1; what is shown stands first, what else people write behind a bar. Shown are
# the short names of UNTERM, the terminology database of the United Nations, and for territories those of its Standard
# country or area codes for statistical use (M49); in Portuguese the name usual in Brazil. German, Italian and Dutch
# names are Unicode's (CLDR). A State is a Member State or a non-member observer State. `short` counts in questions
# only, in capitals: in documents "US" stands before sums of money.
_TABLE = Path(__file__).parent / "countries.csv"
# Words that hold a name, or are spelled like one, and mean no country: nowhere, or in `documents`, where "Ciudad de
# México" is a seat of meetings. In `small letters` others are words unless something says they are meant as names, and
# `doubtful` ones (Maurice, Того, مالي) with a capital, too. What is written in small letters counts in small letters.
_OTHER_MEANINGS = Path(__file__).parent / "other_meanings.csv"
_NONE, _DOCUMENTS, _SMALL, _DOUBTFUL = "", "documents", "small letters", "doubtful"
_SHORTEST = 4  # Latin letters of a name; shorter ones are other words without their accents: irá is not Irã
_SHADDA = "\u0651"  # عمّان is Amman, عمان or عُمان Oman
# 国 as the first character of the next word: 拉美国家, 非法国际; but 中国家庭.
_BEGINS_WITH_STATE = regex.compile("国(?:际|家(?![庭属长人园乡]))")
# What stands before the name of a place, whatever its first letter, and before one with a capital. Folded.
_BEFORE_PLACES = word_set(
    "in from into near across en desde hacia entre dans vers depuis au em no na para "
    "в во из о об на для через к до между "
    "في من الى على عن بين عبر نحو داخل حكومة جمهورية دولة شعب سكان حدود شمال جنوب مواطني لاجيي مهاجري"
)
_BEFORE_CAPITALS = _BEFORE_PLACES | word_set("to of de a la do da")
_BETWEEN_NAMES = frozenset((",", "،", "、", ";", "/", "-", "–", "y", "e", "and", "et", "и", "&", "und"))


@dataclass(frozen=True, slots=True)
class Country:
    """A country or area: its code (ISO 3166-1 alpha-3), and its names by language, that which is shown first."""

    code: str
    is_state: bool
    names: Mapping[str, tuple[str, ...]]
    short: tuple[str, ...]

    @property
    def all_names(self) -> tuple[str, ...]:
        return tuple(name for names in self.names.values() for name in names)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a name stands for; `written` if it counts in this spelling only."""

    code: str
    written: str = ""

    def fits(self, name: str) -> bool:
        """Whether it may be meant by a name as a text has it."""
        if not self.code:
            return not self.written or name == name.lower()
        if not self.written:
            return self.code != "OMN" or _SHADDA not in name
        return name.replace(".", "") == self.written or (self.written.islower() and name.lower() == self.written)


@cache
def countries() -> Mapping[str, Country]:
    """All countries and areas by code."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _country(row) for row in csv.DictReader(file)}


def name_of(code: str, language: str) -> str:
    """What a country is called in a language, in English where that is not known; the code when it is none."""
    country = countries().get(code)
    return code if country is None else country.names.get(language, country.names["en"])[0]


@lru_cache(maxsize=512)
def names_of(code: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a country in these languages, the usual and others, without those that hold another one of them."""
    country = countries().get(code)
    if country is None:
        return ()
    names = dict.fromkeys(name for language in languages for name in country.names.get(language, ()))
    keys = {name: fold(f" {' '.join(name.split('-'))} ") for name in names}
    return tuple(name for name in names if not any(key != keys[name] and key in keys[name] for key in keys.values()))


def find_countries(text: str, languages: Sequence[str] = LANGUAGES, *, typed: bool = False) -> tuple[NamedPlace, ...]:
    """Countries by ISO 3166-1 alpha-3 that `text` names in one of these languages, in order, the longest name first.

    Names count with a capital letter; in a question that somebody `typed` in small letters too, and short forms.
    For adjectives of nationality see kb.places.demonyms.
    """
    found = names_and_others(text, tuple(words(text)), tuple(languages), typed=typed)
    return tuple(named for named in found if named.code != _NONE)


def names_and_others(
    text: str, spelled: Sequence[Word], languages: tuple[str, ...], *, typed: bool
) -> tuple[NamedPlace, ...]:
    """The same, and without a code what holds a name and means no country; `spelled` are the words of `text`."""
    names = _names(languages, typed)
    keys = [names.forms.key(word.folded) for word in spelled]

    def is_meant(found: Found[_Meaning]) -> bool:
        start, end = spelled[found.first].start, spelled[found.end - 1].end
        if not found.value.fits(text[start:end]) or _BEGINS_WITH_STATE.match(text, end - 1):
            return False
        named = typed or not found.value.code
        return named or (not text[start].islower() and text[start - 1 : start] not in ("-", "_"))

    found = list(find_names([(names.gazetteer, keys)], is_meant))
    doubts = [names.doubts.get(tuple(keys[each.first : each.end]), "") for each in found]
    mentions = [
        _Mention(each.first, each.end, each.value.code, doubt) for each, doubt in zip(found, doubts, strict=True)
    ]
    kept = (
        each
        for place, each in enumerate(mentions)
        if not each.doubt
        or _stands_as_place(text, spelled, each, keys[each.first])
        or _beside(text, spelled, mentions[place : place + 2])
        or (place and _beside(text, spelled, mentions[place - 1 : place + 1]))
    )
    return tuple(NamedPlace(each.code, spelled[each.first].start, spelled[each.end - 1].end) for each in kept)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name in a text, from its first word up to, and without, `end`, and why it may be none."""

    first: int
    end: int
    code: str
    doubt: str


def _stands_as_place(text: str, spelled: Sequence[Word], named: _Mention, key: str) -> bool:
    """Whether a name that is also another word is alone, or is made one of a place by what stands before it."""
    word, start, end = spelled[named.first].folded, spelled[named.first].start, spelled[named.end - 1].end
    if named.end - named.first == len(spelled) or (named.doubt == _SMALL and text[start].isupper()):
        return True
    if is_arabic(word) and word[: -len(key)].endswith(PREPOSITIONS):
        return True
    before = spelled[named.first - 1] if named.first else None
    return (
        before is not None
        and before.folded in (_BEFORE_CAPITALS if text[start].isupper() else _BEFORE_PLACES)
        and text[before.end : start].isspace()
        and not (text[end : end + 1] == " " and text[end + 1 : end + 2].isupper())
    )


def _beside(text: str, spelled: Sequence[Word], pair: Sequence[_Mention]) -> bool:
    """Whether two names, one of them beyond doubt, stand in one list: "Comoras y Mauricio", "النيجر ومالي"."""
    if not any(each.code and not each.doubt for each in pair):
        return False
    one, other = pair
    between = text[spelled[one.end - 1].end : spelled[other.first].start].strip()
    return between in _BETWEEN_NAMES or (not between and spelled[other.first].folded.startswith(CONJUNCTION))


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that are looked for, how texts write their words, and those that are other words, too."""

    gazetteer: Gazetteer[_Meaning]
    forms: WordForms
    doubts: Mapping[tuple[str, ...], str]


@lru_cache(maxsize=4)
def _names(languages: tuple[str, ...], typed: bool) -> _Names:
    with _OTHER_MEANINGS.open(encoding="utf-8", newline="") as file:
        others = list(csv.DictReader(file))
    named = {name: (language, meaning) for language, name, meaning in reversed(list(_all(languages, typed)))}
    inflected = [
        *((language, name) for name, (language, _) in named.items()),
        *((r["language"], r["words"]) for r in others),
    ]
    forms = WordForms(inflected)
    nowhere = [row["words"] for row in others if row["reading"] == "" or (row["reading"] == _DOCUMENTS and not typed)]
    meanings = [
        *((forms.keys(name), _Meaning(_NONE, name if name.islower() else "")) for name in nowhere),
        *((forms.keys(name), meaning) for name, (_language, meaning) in named.items()),
    ]
    doubts = {forms.keys(row["words"]): row["reading"] for row in others if row["reading"] in (_SMALL, _DOUBTFUL)}
    return _Names(Gazetteer(dict(reversed(meanings)).items()), forms, doubts)


def _all(languages: Sequence[str], typed: bool) -> Iterator[tuple[str, str, _Meaning]]:
    """(language, name, meaning) of all countries."""
    for country in countries().values():
        for name in country.short if typed else ():
            yield "", name, _Meaning(country.code, name.replace(".", ""))
        for language in languages:
            for name in country.names[language]:
                is_short = len(name) < _SHORTEST and fold(name).isascii()
                yield language, name, _Meaning(country.code, name.lower() if is_short else "")


def _country(row: Mapping[str, str]) -> Country:
    names = {language: tuple(filter(None, row[language].split("|"))) for language in ASKED}
    return Country(row["code"], row["state"] != "", names, tuple(filter(None, row["short"].split("|"))))
