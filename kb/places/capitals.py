"""Capital cities that a title names for their country: "Ventanilla única en Bogotá", but not "the Quito Process"."""

import csv
import re
from functools import lru_cache
from pathlib import Path

from kb.places.place_names import NamedPlace, PlaceNames, find_places, place_names
from kb.text.folding import fold_in_place

# One row a country, its capital in Spanish, English and French. Left out are seats of international organizations
# (Brussels, Rome, Addis Ababa), names that several places share (San José, Georgetown) and those of the country itself.
_TABLE = Path(__file__).parent / "capitals.csv"
# A capital that belongs to the name of something agreed there stands for no country.
_AGREED = (
    r"proceso|process|processus|declaracion|declaration|consenso|consensus|acuerdos?|accords?|agreement|convenio|"
    r"convencion|convention|protocolo?|protocole|principios|principles|principes|grupo|group|groupe|compromisos?|"
    r"commitments?|engagements?|plan de accion|action plan|programa|programme|agenda|conferencia|conference|"
    r"cumbre|summit"
)
_AGREED_BEFORE = re.compile(rf"\b(?:{_AGREED}) (?:de |d'|of |du )?$")
_AGREED_AFTER = re.compile(rf"\s+(?:{_AGREED})\b")


def find_capitals(title: str) -> tuple[NamedPlace, ...]:
    """The countries, by ISO 3166-1 alpha-3, for which a capital stands in `title`, in order."""
    plain = fold_in_place(title)
    return tuple(
        named
        for named in find_places(_capitals(), title, capital=True)
        if title[named.start : named.end].split()[-1][0].isupper()  # "La Paz", not "La paz"
        and not _AGREED_BEFORE.search(plain, 0, named.start)
        and not _AGREED_AFTER.match(plain, named.end)
    )


@lru_cache(maxsize=1)
def _capitals() -> PlaceNames:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return place_names({name: row["code"] for row in rows for name in row["names"].split("|")})
