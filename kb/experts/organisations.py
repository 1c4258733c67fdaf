"""Names of organisations: when two of them mean the same one, across acronyms, spellings and languages."""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from kb.text.folding import fold
from kb.text.words import words
from kb.vocabularies.skos import read_scheme

# Names of bodies are data: the vocabulary of entities, which a librarian may correct, and a table of some beside them.
_VOCABULARY = Path(__file__).parent.parent.parent / "corpus" / "vocabularies" / "entities.ttl"
_TABLE = Path(__file__).with_name("organisations.csv")  # names of one organisation a row, behind semicolons
_SHORTEST = 3  # letters of an acronym that is looked for inside a name
# Words that names of State bodies are made of: Spanish, English, French -> one of them.
_SAME_WORDS = {
    "ministry": "ministerio ministere secretaria secretariat",
    "labour": "labor trabajo travail empleo employment emploi", "interior": "interieur gobernacion home",
    "foreign": "exteriores etrangeres cancilleria", "affairs": "relaciones relations affaires asuntos",
    "migration": "migracion migraciones migrations immigration inmigracion extranjeria",
    "health": "salud sante sanidad", "education": "educacion", "justice": "justicia", "women": "mujer mujeres femmes",
    "national": "nacional nationale", "institute": "instituto institut", "statistics": "estadistica estadisticas "
    "statistique statistiques census censos", "social": "sociale sociales", "development": "desarrollo developpement",
    "security": "seguridad securite", "finance": "finanzas hacienda finances economia", "police": "policia",
    "directorate": "direccion direction", "general": "generale", "office": "oficina bureau",
    "council": "consejo conseil", "university": "universidad universite",
    "protection": "proteccion",
    "inclusion": "integration integracion", "borders": "fronteras frontieres border",
}  # fmt: skip
_SMALL = frozenset(
    word
    for language in (
        "de del la las el los y e para por en a",
        "le les l d des du et pour au aux",
        "of the and for in on",
    )
    for word in language.split()
)
_WORD = {fold(w): canonical for canonical, several in _SAME_WORDS.items() for w in (canonical, *several.split())}
_HEADS = frozenset({"ministry", "university", "institute", "council", "police"})  # a part with one is an organisation
_UNITS = frozenset({"unit", "unidad", "unite", "division", "section", "seccion", "directorate", "office"})
_NO_NAME = _HEADS | {"national", "general", "office", "directorate", "unit", "unidad", "unite"}  # not by themselves
_PARTS = re.compile(r"\s*[(),;/|]\s*|\s+[-–—]\s+")


Aliases = Mapping[str, Iterable[str]]


class Organisations:
    """What is known of names of organisations: the bodies that are data, and `aliases`, further names by name."""

    def __init__(self, aliases: Aliases | None = None) -> None:
        stated = [_keys(name).union(*(_keys(other) for other in others)) for name, others in (aliases or {}).items()]
        self._groups = [*stated, *_bodies()]
        self._of: dict[str, list[int]] = {}
        for place, group in enumerate(self._groups):
            for key in group:
                self._of.setdefault(key, []).append(place)
        self._known: dict[str, frozenset[str]] = {}

    def same(self, one: str, other: str) -> bool:
        """Whether two names mean the same organisation, a part of one counting as it ("Ministry of Labour, Unit X")."""
        return not self._names(one).isdisjoint(self._names(other))

    def _names(self, name: str) -> frozenset[str]:
        """All keys of an organisation: of its name, of what in it is a name too, and of its other names."""
        found = self._known.get(name)
        if found is None:
            own = set(_keys(name)) | {key for key in _acronyms(name) if key in self._of}
            places = {place for key in own for place in self._of.get(key, ())}
            # A name the secretariat gave to a body of the vocabulary stands for all names of that body.
            places |= {place for near in places for key in self._groups[near] for place in self._of[key]}
            found = self._known[name] = frozenset(own.union(*(self._groups[place] for place in places)))
        return found


def same_organisation(one: str, other: str, aliases: Aliases | None = None) -> bool:
    """Whether two names mean the same organisation; for many pairs make `Organisations` once."""
    return (_plain() if not aliases else Organisations(aliases)).same(one, other)


def split_names(text: str) -> tuple[str, ...]:
    """Names written behind semicolons or on lines of their own, each once."""
    return tuple(dict.fromkeys(name for part in re.split(r"[;\n]", text) if (name := " ".join(part.split()))))


@lru_cache(maxsize=1)
def _plain() -> Organisations:
    return Organisations()


@lru_cache(maxsize=1)
def _bodies() -> tuple[frozenset[str], ...]:
    """The keys of each body that is data."""
    groups = []
    if _VOCABULARY.exists():
        for concept in (concept for scheme in read_scheme(_VOCABULARY) for concept in scheme.concepts):
            groups.append([label for _language, label in (*concept.labels, *concept.alt_labels)])
    with _TABLE.open(encoding="utf-8", newline="") as file:
        groups += [row["names"].split(";") for row in csv.DictReader(file)]
    return tuple(frozenset(key for name in group if (key := _key(name))) for group in groups)


def _acronyms(name: str) -> set[str]:
    """What in a name is written in capitals: the "OIM" of "OIM Perú", not the "who" of "Those who care"."""
    found = (name[word.start : word.end] for word in words(name))
    return {_key(word) for word in found if len(word) >= _SHORTEST and word.isupper()}


@lru_cache(maxsize=20_000)
def _keys(name: str) -> frozenset[str]:
    first, *others = _PARTS.split(name)
    found = {_key(name)}
    if not _UNITS & set(_key(first).split()):
        found.add(_key(first))
    found |= {key for part in others if _HEADS & set((key := _key(part)).split())}
    return frozenset(key for key in found if set(key.split()) - _NO_NAME)


def _key(part: str) -> str:
    """The words that matter, each as one of its translations, in alphabetical order."""
    spelled = [word.folded for word in words(part)]
    return " ".join(sorted({_WORD.get(word, word) for word in spelled if word not in _SMALL}))
