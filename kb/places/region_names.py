"""Names of regions of the world in a text, in Spanish, English, French and Portuguese."""

from functools import lru_cache

from babel import Locale

from kb.places.place_names import NamedPlace, PlaceNames, find_places, place_names
from kb.places.regions import REGIONS
from kb.text.folding import fold_in_place

_LANGUAGES = ("es", "en", "fr", "pt")
# How people write what the lists call otherwise; folded name → M49.
_USUAL = {
    "america latina": "419", "america latina y el caribe": "419", "latinoamerica y el caribe": "419",
    "latin america and the caribbean": "419", "amerique latine et caraibes": "419",
    "amerique latine et les caraibes": "419", "amerique latine et dans les caraibes": "419",
    "america latina e caribe": "419", "america latina e o caribe": "419", "america central": "013",
    "centroamerica": "013", "mesoamerica": "013", "america del sur": "005", "suramerica": "005",
    "the americas": "019", "las americas": "019", "les ameriques": "019", "caraibe": "029", "west africa": "011",
    "east africa": "014", "central africa": "017", "southern africa": "018", "north africa": "015",
    "africa del norte": "015", "norte de africa": "015", "afrique du nord": "015", "afrique de l'ouest": "011",
    "afrique de l'est": "014", "south-east asia": "035", "southeast asia": "035", "south asia": "034",
    "east asia": "030", "asia sudoriental": "035", "asia meridional": "034", "western asia": "145",
    "eastern europe": "151", "europa del este": "151", "europe de l'est": "151", "sub-saharan africa": "202",
    "africa subsahariana": "202",
}  # fmt: skip
_COUNTRY = ""
_NO_REGIONS = dict.fromkeys(("south africa", "afrique du sud", "africa do sul"), _COUNTRY)


def find_regions(text: str) -> tuple[NamedPlace, ...]:
    """Regions by M49 that `text` names, in order, the longest name first.

    Names count with a capital letter.
    """
    return tuple(named for named in find_places(_regions(), text, capital=True) if named.code != _COUNTRY)


@lru_cache(maxsize=1)
def _regions() -> PlaceNames:
    names: dict[str, str] = {}
    for code in REGIONS:
        for language in _LANGUAGES:
            name = Locale.parse(language).territories.get(code, "")
            names.setdefault(fold_in_place(name), code)
    return place_names({name: code for name, code in (names | _USUAL | _NO_REGIONS).items() if len(name) > 3})
