"""Assignments of the hub as works: which objectives a person helped with, where and when; never the problem."""

import gettext
from collections.abc import Sequence

import pycountry

from kb.experts.expert import Support
from kb.experts.works import Work
from kb.requests.request import Request
from kb.vocabularies.skos import Taxonomy

_OBJECTIVES = "objectives"
_TITLES = {
    "en": "Support given through this hub: {about}",
    "es": "Apoyo prestado a través de esta plataforma: {about}",
    "fr": "Appui apporté par l’intermédiaire de cette plateforme : {about}",
}
_SUPPORTS = {
    "en": ("advice", "training", "help with drafting", "exchange visit", "review of a draft", "data and statistics"),
    "es": ("asesoría", "capacitación", "ayuda para redactar", "visita de intercambio", "revisión de un borrador",
           "datos y estadísticas"),
    "fr": ("conseil", "formation", "aide à la rédaction", "visite d’échange", "relecture d’un projet de texte",
           "données et statistiques"),
}  # fmt: skip


def assignment(request: Request, suggested: Sequence[str], year: int, taxonomy: Taxonomy) -> Work | None:
    """What a closed request shows of who helped with it; None where it says no objective.

    Of a confidential one the objectives alone are told.
    """
    objectives = request.objectives or tuple(suggested)
    if not objectives:
        return None
    language = request.language if request.language in _TITLES else "en"
    concepts = [found for n in objectives if (found := taxonomy.find(_OBJECTIVES, n)) is not None]
    told = [] if request.confidential else [_country(request.country, language), _support(request.support, language)]
    about = ", ".join([", ".join(each.label(language) for each in concepts), *(each for each in told if each)])
    body = "\n".join(each.title(language) for each in concepts)
    return Work(0, _TITLES[language].format(about=about), body, language, "assignment", year, request=request.id)


def _country(code: str, language: str) -> str:
    found = pycountry.countries.get(alpha_3=code) if code else None
    if found is None:
        return ""
    catalogue = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    return catalogue.gettext(str(found.name)).partition(",")[0]


def _support(support: Support | None, language: str) -> str:
    return "" if support is None else _SUPPORTS[language][list(Support).index(support)]
