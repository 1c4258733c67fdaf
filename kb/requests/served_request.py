"""Assignments of the hub as works: which objectives a person helped with, where and when; never the problem."""

from collections.abc import Sequence

from kb.experts.expert import Support
from kb.experts.labels import SUPPORTS
from kb.experts.works import Work
from kb.i18n.catalogue import LANGUAGES, _, say
from kb.places.countries import name_of
from kb.requests.request import Request
from kb.vocabularies.skos import Taxonomy

_OBJECTIVES = "objectives"
_TITLE = _("Support given through this hub: %(about)s")


def assignment(request: Request, suggested: Sequence[str], year: int, taxonomy: Taxonomy) -> Work | None:
    """What a closed request shows of who helped with it; None where it says no objective.

    Of a confidential one the objectives alone are told.
    """
    objectives = request.objectives or tuple(suggested)
    if not objectives:
        return None
    language = request.language if request.language in LANGUAGES else LANGUAGES[0]
    concepts = [found for n in objectives if (found := taxonomy.find(_OBJECTIVES, n)) is not None]
    told = [] if request.confidential else [name_of(request.country, language), _support(request.support, language)]
    about = ", ".join([", ".join(each.label(language) for each in concepts), *(each for each in told if each)])
    body = "\n".join(each.title(language) for each in concepts)
    return Work(0, say(language, _TITLE) % {"about": about}, body, language, "assignment", year, request=request.id)


def _support(support: Support | None, language: str) -> str:
    """The kind of support as it is called within a sentence."""
    name = "" if support is None else say(language, SUPPORTS[support])
    return name[:1].lower() + name[1:]
