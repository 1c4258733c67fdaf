"""Capital cities that a title names for their country: "Ventanilla única en Bogotá", but not "the Quito Process"."""

import csv
import re
from functools import lru_cache
from pathlib import Path

from kb.places.gazetteer import Gazetteer
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


def find_capitals(title: str) -> tuple[tuple[str, int, int], ...]:
    """(ISO 3166-1 alpha-3, start, end) of each capital in `title` that stands for its country, in order."""
    plain = fold_in_place(title)
    return tuple(
        (code, start, end)
        for code, start, end in _gazetteer().find(title, plain, capital=True)
        if title[start:end].split()[-1][0].isupper()  # "La Paz", not "La paz"
        and not _AGREED_BEFORE.search(plain, 0, start)
        and not _AGREED_AFTER.match(plain, end)
    )


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return Gazetteer(
            {fold_in_place(n): row["code"] for row in csv.DictReader(file) for n in row["names"].split("|")}
        )
