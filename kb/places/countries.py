"""Places: names of countries in a text, in Spanish, English and French."""

import gettext
from functools import lru_cache

import pycountry

from kb.places.gazetteer import Gazetteer
from kb.text.folding import fold_in_place

_LANGUAGES = ("es", "fr", "pt")
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
# Names that are also ordinary words or people's names in one of the languages; they count with a capital only,
# and these not at all without the rest of their name.
_NEVER = frozenset({"jersey", "man", "isla de man", "reunion"})


def find_countries(text: str, language: str = "") -> tuple[tuple[str, int, int], ...]:
    """(ISO 3166-1 alpha-3, start, end) of each name of a country in `text`, in order.

    Names in Spanish, English, French and Portuguese count whatever the `language`; where one name means two
    countries, `language` decides. Names count with a capital letter; for nationalities see kb.places.demonyms.
    """
    return tuple(
        (_by_language(code, fold_in_place(text[start:end]), language), start, end)
        for code, start, end in _gazetteer().find(text, fold_in_place(text), capital=True)
        if not _part_of_name(text, start, end)
    )


def _by_language(code: str, name: str, language: str) -> str:
    return "NER" if name == "niger" and language != "pt" else code


def _part_of_name(text: str, start: int, end: int) -> bool:
    """Whether the name belongs to another: "Nuevo México", "Ciudad de México", "Guinea Ecuatorial"."""
    before = fold_in_place(text[max(0, start - 12) : start])
    after = fold_in_place(text[end : end + 12])
    return before.endswith(
        ("nuevo ", "new ", "nouveau ", "ciudad de ", "golfo de ", "gulf of ", "lake ", "lago ")
    ) or after.startswith((" city", " ecuatorial"))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Folded names of countries in all languages → alpha-3; common names win over official ones."""
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("official_name", "common_name", "name"):
            name = getattr(country, attribute, "")
            for variant in {name, *(_translated(language, name) for language in _LANGUAGES)}:
                for form in _forms(variant):
                    names.setdefault(form, country.alpha_3)
    names.update(USUAL)
    return {name: code for name, code in names.items() if len(name) > 3 and name not in _NEVER}


def _translated(language: str, name: str) -> str:
    return _catalogue(language).gettext(name) if name else ""


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)


def _forms(name: str) -> list[str]:
    """A name as it is and, of "Bolivia, Plurinational State of", what stands before the comma."""
    plain = fold_in_place(name).split(" (")[0].strip()
    return [plain] if "," not in plain else []


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    return Gazetteer(_names())
