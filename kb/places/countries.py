"""Countries: their names in many languages, to find them in a text and to say them in others."""

import gettext
from collections.abc import Iterator, Sequence
from functools import lru_cache

import pycountry
import regex
from babel import Locale

from kb.places.place_names import NamedPlace, PlaceNames, keys_of
from kb.text.folding import fold_in_place
from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.words import Word, stem, words

LANGUAGES = ("es", "en", "fr", "pt")  # of documents
ASKED = ("ar", "de", "en", "es", "fr", "it", "nl", "pt", "ru", "zh")  # of questions
# How people write what the lists call otherwise; folded name → ISO 3166-1 alpha-3.
USUAL = {
    "bolivia": "BOL", "brasil": "BRA", "cabo verde": "CPV", "cape verde": "CPV", "corea del sur": "KOR",
    "coree du sud": "KOR", "cote d'ivoire": "CIV", "costa de marfil": "CIV", "czech republic": "CZE",
    "democratic republic of congo": "COD", "dr congo": "COD", "rd congo": "COD", "rdc": "COD",
    "republica democratica del congo": "COD", "republique democratique du congo": "COD", "estados unidos": "USA",
    "estados unidos de america": "USA", "etats-unis": "USA", "etats-unis d'amerique": "USA", "united states": "USA",
    "united states of america": "USA", "the usa": "USA", "ee. uu.": "USA", "ee.uu.": "USA", "gran bretana": "GBR",
    "great britain": "GBR", "reino unido": "GBR", "royaume-uni": "GBR", "united kingdom": "GBR", "iran": "IRN",
    "ivory coast": "CIV", "laos": "LAO", "moldova": "MDA", "moldavia": "MDA", "moldavie": "MDA", "north korea": "PRK",
    "palestina": "PSE", "palestine": "PSE", "rusia": "RUS", "russia": "RUS", "russie": "RUS", "siria": "SYR",
    "south korea": "KOR", "syria": "SYR", "syrie": "SYR", "swaziland": "SWZ", "suazilandia": "SWZ", "tanzania": "TZA",
    "tanzanie": "TZA", "turkey": "TUR", "turkiye": "TUR", "turquia": "TUR", "turquie": "TUR", "venezuela": "VEN",
    "viet nam": "VNM", "vietnam": "VNM", "bahamas": "BHS", "gambia": "GMB", "the gambia": "GMB", "gambie": "GMB",
    "brunei": "BRN", "micronesia": "FSM", "macedonia del norte": "MKD", "north macedonia": "MKD",
    "republica dominicana": "DOM", "dominican republic": "DOM", "republique dominicaine": "DOM", "pays-bas": "NLD",
    "paises bajos": "NLD", "netherlands": "NLD", "holanda": "NLD", "bosnia": "BIH", "bosnie": "BIH",
    "kirguistan": "KGZ",
    "bahrein": "BHR", "qatar": "QAT", "catar": "QAT", "marruecos": "MAR", "sudan del sur": "SSD",
    "soudan du sud": "SSD",
    "filipinas": "PHL", "birmania": "MMR", "congo": "COG", "republic of the congo": "COG", "mexico": "MEX",
    "arabia saudita": "SAU", "arabia saudi": "SAU", "haiti": "HTI", "trinidad y tobago": "TTO", "taiwan": "TWN",
    "zimbabue": "ZWE", "kenia": "KEN", "nueva zelanda": "NZL", "nueva zelandia": "NZL", "egipto": "EGY",
    "inglaterra": "GBR", "england": "GBR", "escocia": "GBR", "scotland": "GBR", "peru": "PER",
}  # fmt: skip
# Short forms, which count in questions only: in documents "US" stands before sums of money.
_SHORT = {"USA": ("USA", "EEUU", "US", "美国"), "GBR": ("UK",), "COD": ("RDC", "DRC"), "ARE": ("UAE", "EAU")}
_SHORTEST = 4  # letters of a name in letters; shorter ones are other words too
# Names that are more often another word, and those that are where capitals tell nothing.
_NEVER = frozenset({"jersey", "man", "isla de man", "reunion"})
_NEVER_TYPED = _NEVER | {"chad", "maurice"}
# Languages whose names differ in a text from those in a list: stems are compared, by the script of a word.
_INFLECTED = {"ru": regex.compile(r"\p{Cyrillic}"), "ar": regex.compile(r"\p{Arabic}")}
_ARTICLES = regex.compile(r"^(?:وال|بال|لل|ال)(?=\p{Arabic}{3})")
_ELSEWHERE = ("nuevo ", "new ", "nouveau ", "golfo de ", "gulf of ", "lake ", "lago ")


def find_countries(text: str, languages: Sequence[str] = LANGUAGES, *, typed: bool = False) -> tuple[NamedPlace, ...]:
    """Countries by ISO 3166-1 alpha-3 that `text` names in one of these languages, in order, the longest name first.

    Names count with a capital letter; in a question that somebody `typed` in small letters too, and short forms.
    For adjectives of nationality see kb.places.demonyms.
    """
    names, spelled = _names(tuple(languages), typed), tuple(words(text))
    readings = [(names, [word.folded for word in spelled])]
    if any(language in languages and script.search(text) for language, script in _INFLECTED.items()):
        readings.append((names, [_stemmed(text[word.start : word.end], word.folded) for word in spelled]))

    def is_meant(found: Found[str]) -> bool:
        start, end = _span(found, spelled)
        name = text[start:end]
        if typed:
            return len(name) >= _SHORTEST or name.isupper() or not name.isascii()
        return name[0].isupper() and text[start - 1 : start] not in ("-", "_")

    found = (NamedPlace(each.value, *_span(each, spelled)) for each in find_names(readings, is_meant))
    return tuple(named for named in found if not _part_of_name(text, named, typed))


@lru_cache(maxsize=512)
def names_of(code: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Usual names of a country in these languages, without repetition."""
    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return ()
    names = [_territories(language).get(country.alpha_2, "") for language in languages if language in ASKED]
    return tuple(dict.fromkeys(name for name in names if name))


def _span(found: Found[str], spelled: Sequence[Word]) -> tuple[int, int]:
    return spelled[found.first].start, spelled[found.end - 1].end


def _part_of_name(text: str, named: NamedPlace, typed: bool) -> bool:
    """Whether the name belongs to another: "Nuevo México"; in documents "Ciudad de México" too, a seat of meetings."""
    before = fold_in_place(text[max(0, named.start - 12) : named.start])
    after = fold_in_place(text[named.end : named.end + 12])
    return before.endswith(_ELSEWHERE) or (not typed and (before.endswith("ciudad de ") or after.startswith(" city")))


def _stemmed(word: str, folded: str) -> str:
    """A word as the inflected language of its script cuts it."""
    language = next((code for code, script in _INFLECTED.items() if script.match(word)), "")
    return stem(_ARTICLES.sub("", word), language) if language else folded


@lru_cache(maxsize=4)
def _names(languages: tuple[str, ...], typed: bool) -> PlaceNames:
    names: dict[tuple[str, ...], str] = {}
    never = {keys_of(name) for name in (_NEVER_TYPED if typed else _NEVER)}
    for code, language, name in _all(languages, typed):
        forms = [keys_of(name)]
        if language in _INFLECTED:
            forms.append(tuple(_stemmed(name[word.start : word.end], word.folded) for word in words(name)))
        for form in forms:
            if form not in never and (len(name) >= _SHORTEST or typed):
                names.setdefault(form, code)
    return Gazetteer(names.items())


def _all(languages: Sequence[str], typed: bool) -> Iterator[tuple[str, str, str]]:
    """(code, language, name) of all countries, what is usual first."""
    yield from ((code, "", name) for code, names in _SHORT.items() for name in names if typed)
    yield from ((code, "", name) for name, code in USUAL.items())
    for language in languages:
        for country in pycountry.countries:
            listed = (_territories(language).get(country.alpha_2, ""), *_of_the_standard(country, language))
            for name in dict.fromkeys(each.split(" (")[0].strip() for each in listed):
                if name and "," not in name:
                    yield country.alpha_3, language, name


def _of_the_standard(country: object, language: str) -> Iterator[str]:
    """Names of ISO 3166-1: the usual and the official one."""
    if language in LANGUAGES:
        for attribute in ("name", "common_name", "official_name"):
            if name := getattr(country, attribute, ""):
                yield _catalogue(language).gettext(name)


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)


@lru_cache(maxsize=32)
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)
