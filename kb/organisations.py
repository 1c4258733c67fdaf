"""Names of organisations: when two of them mean the same one, across acronyms, spellings and languages."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kb.text import fold, words

# Spanish and English acronyms of one body (see the platform's list of acronyms), and its name.
_BODIES = (
    "oim iom|international organization for migration|organizacion internacional para las migraciones|"
    "organisation internationale pour les migrations",
    "acnur unhcr hcr|united nations high commissioner for refugees|"
    "alto comisionado de las naciones unidas para los refugiados",
    "acnudh ohchr hcdh|office of the high commissioner for human rights",
    "oit ilo bit|international labour organization|organizacion internacional del trabajo|"
    "organisation internationale du travail",
    "pnud undp|united nations development programme|programa de las naciones unidas para el desarrollo",
    "unicef|united nations children's fund|fondo de las naciones unidas para la infancia",
    "unodc onudd|united nations office on drugs and crime",
    "daes desa|department of economic and social affairs",
    "oms who|world health organization|organizacion mundial de la salud|organisation mondiale de la sante",
    "onu-mujeres onumujeres un-women|un women|onu mujeres|onu femmes",
    "cepal eclac cepalc|economic commission for latin america and the caribbean",
    "ocde oecd|organisation for economic co-operation and development",
    "pma wfp pam|world food programme", "fida ifad|international fund for agricultural development",
)  # fmt: skip
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


def same_organisation(one: str, other: str, aliases: Mapping[str, Iterable[str]] | None = None) -> bool:
    """Whether two names mean the same organisation, a part of one counting as it ("Ministry of Labour, Unit X").

    `aliases` are further names of organisations by name, as an instance keeps them.
    """
    return bool(_names(one, aliases or {}) & _names(other, aliases or {}))


def _names(name: str, aliases: Mapping[str, Iterable[str]]) -> set[str]:
    """All keys of an organisation: of its name, of what in it is a name too, and of the names it is also known by."""
    keys = set(_keys(name))
    groups = [_keys(known).union(*(_keys(other) for other in others)) for known, others in aliases.items()]
    for group in groups:
        if keys & group:
            keys |= group
    acronyms = {word.folded for word in words(name)}
    for body in _GROUPS:
        if keys & body or acronyms & body:  # "OIM Perú"
            keys |= body
    return keys


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


_GROUPS = tuple(
    frozenset(key for name in (*acronyms.split(), *names) if (key := _key(name)))
    for acronyms, *names in (body.split("|") for body in _BODIES)
)
