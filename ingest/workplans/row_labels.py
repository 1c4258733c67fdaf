"""Labels of the rows of a workplan, and the words that open one of its lines, by language."""

import re
from dataclasses import dataclass
from functools import lru_cache

from kb.text.folding import fold_in_place
from kb.text.word_lists import word_set

_LABELS: tuple[tuple[str, str], ...] = (
    # (role, label); several labels a role, "|" between alternatives
    (
        "objectives",
        "objetivos del pacto mundial para la migracion|objetivos relacionados con el pacto mundial para la"
        " migracion|objetivos relacionados con el pacto mundial|objetivos del pacto mundial|objetivos del pmm"
        "|objetivos pmm|objetivos|objetivo",
    ),
    (
        "objectives",
        "global compact for migration objectives|global compact objectives|gcm objectives|objectives of the"
        " global compact for migration|objectives of the global compact|related gcm objectives|relevant gcm objectives"
        "|related objectives|relevant objectives|objectives related to the global compact for migration|objectives"
        "|objective",
    ),
    (
        "objectives",
        "objectifs du pacte mondial pour les migrations|objectifs du pacte mondial pour des migrations"
        "|objectifs du pacte mondial|objectifs relatifs au pacte mondial pour les migrations"
        "|objectifs relatifs au pacte mondial|objectifs connexes|objectifs du pmm|objectifs|objectif",
    ),
    (
        "area",
        "esfera tematica|area tematica|eje tematico|thematic area|thematic areas|domaine thematique|axe thematique",
    ),
    (
        "timeline",
        "cronograma|calendario|plazo|plazos|timeline|timelines|time frame|timeframe|calendrier|echeancier"
        "|echeance|delais|delai",
    ),
    ("activities", "actividades|actividades principales|activities|key activities|activites|activites principales"),
    (
        "leads",
        "principales organismos e interlocutores|principales organismos|organismos principales|organismos"
        " responsables|entidades responsables|responsables|lead agencies and partners|lead agencies and stakeholders"
        "|lead agencies|lead agency|lead entities|lead entity|leads|lead|co-leads|principaux organismes et partenaires"
        "|principaux organismes et interlocuteurs|principaux organismes|organismes chefs de file|organisme chef de file"
        "|chefs de file|chef de file",
    ),
    (
        "participants",
        "organismos e interlocutores participantes|organismos participantes|entidades participantes"
        "|participantes|participating agencies and partners|participating agencies and stakeholders|participating"
        " agencies|participating entities|participants|members|organismes et partenaires participants|organismes et"
        " interlocuteurs participants|organismes participants",
    ),
    (
        "status",
        "situacion|situacion actual|estado|estado de ejecucion|status|current status|statut|situation|etat"
        "|etat d'avancement",
    ),
    (
        "interest",
        "manifestacion de interes|manifestaciones de interes|expression of interest|expressions of interest"
        "|manifestation d'interet|manifestations d'interet|declaration d'interet",
    ),
    ("description", "descripcion|description|objetivo general|resumen|summary"),
)
# Labels that are also ordinary first words of a sentence: they count only alone, before a colon or a number.
_BARE = word_set(
    "objetivos objetivo objectives objective objectifs objectif plazo plazos estado status statut etat "
    "lead leads members participants participantes responsables description descripcion resumen summary "
    "situation delai delais calendario calendrier"
)
_KINDS = {
    "core": "basico|basica|central|prioritario|core|basic|fondamental|fondamentale|essentiel|essentielle|de base",
    "thematic": "tematico|tematica|thematic|thematique",
    "cross-cutting": "transversal|transversale|cross-cutting|crosscutting|cross cutting|intersectorial|intersectoriel",
}
_OPENER_NOUNS = (
    "lineamiento|linea de trabajo|linea de accion|workstream|work stream|working line|workplan line|axe de travail"
    "|volet de travail|volet|ligne de travail|domaine de travail"
)
_QUALIFIER = "|".join(_KINDS.values())
_OPENER = re.compile(
    rf"(?:(?:{_OPENER_NOUNS})(?: (?P<after>{_QUALIFIER}))?|(?P<before>{_QUALIFIER}) (?:{_OPENER_NOUNS}))"
    r"(?: (?:no\.? |n\.?[º°o] )?(?P<number>\d{1,2}(?:\.\d{1,2}){0,2}))?(?![\w.-]*\w)"
)


@dataclass(frozen=True, slots=True)
class Opener:
    """The words that open a line of a workplan: "Lineamiento temático 2"."""

    kind: str  # core | thematic | cross-cutting | "" when it does not say
    number: str


@lru_cache(maxsize=1)
def _by_label() -> dict[str, str]:
    return {label: role for role, labels in _LABELS for label in labels.split("|")}


def role_of(label: str) -> str:
    """The role of a whole label ("" = none): objectives, area, timeline, activities, leads, …"""
    return _by_label().get(" ".join(fold_in_place(label).rstrip(" :.").split()), "") if len(label) < 120 else ""


def is_label(text: str) -> bool:
    """Whether `text` is a label, begins one or ends one, as a broken line of a table may."""
    words = " ".join(fold_in_place(text).rstrip(" :").split())
    if not words or len(words) > 120:
        return False
    whole = role_of(words) or opener_of(words)
    return (
        bool(whole)
        or any(label.startswith(words + " ") or label.endswith(" " + words) for label in _by_label())
        or any(words.startswith(label + " ") for label in _by_label() if label not in _BARE)
    )


def is_bare(label: str) -> bool:
    return fold_in_place(label) in _BARE


@lru_cache(maxsize=1)
def label_words() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """(words, role) of the labels by their first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for label, role in _by_label().items():
        words = tuple(label.split())
        found.setdefault(words[0], []).append((words, role))
    return {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in found.items()}


def opener_of(text: str) -> Opener | None:
    """The opener that `text` is, as a whole (a colon may follow)."""
    if len(text) > 80:
        return None
    match = _OPENER.fullmatch(" ".join(fold_in_place(text).rstrip(" :.").split()))
    if match is None:
        return None
    return Opener(kind_of(match.group("after") or match.group("before") or ""), match.group("number") or "")


def opener_at(text: str) -> tuple[Opener, int] | None:
    """The opener that `text` (single-spaced) begins with, and where it ends; it begins with a capital."""
    head = text[:90]
    if not head[:1].isupper():
        return None
    match = _OPENER.match(fold_in_place(head))
    if match is None or (match.group("after") is None and match.group("before") is None and not match.group("number")):
        return None
    kind = kind_of(match.group("after") or match.group("before") or "")
    return Opener(kind, match.group("number") or ""), match.end()


def kind_of(qualifier: str) -> str:
    return next((kind for kind, words in _KINDS.items() if qualifier in words.split("|")), "")
