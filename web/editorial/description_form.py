"""The description of a document as a form holds it: read, checked, and filled in with what the text suggests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.documents.models import Description
from kb.editorial.description import FIELDS, invalid_fields
from kb.i18n.catalogue import _
from kb.places.countries import find_countries
from kb.text.language import UNKNOWN
from kb.vocabularies.schemes import VOCABULARY_OF
from web.documents.tag_evidence import Claims, spans_by_tag
from web.http.context import RequestContext
from web.http.form_errors import Fault
from web.i18n.labels import Labels

_LANGUAGES = ("es", "en", "fr", "pt", "ar", "zh", "ru", UNKNOWN)
_COUNTRIES = 8  # of those the text names most often are offered
_WRONG = {
    "title": _("Give a title of up to 500 characters."),
    "type": _("Choose one of the types."),
    "language": _("Choose one of the languages."),
    "date": _("Write the date as 2021, 2021-05 or 2021-05-31."),
    "countries": _("Write names of countries, or their codes of three letters, with commas between them."),
}


@dataclass(frozen=True, slots=True)
class Country:
    """A country a document may be about: whether it is said to be, and how often the text names it."""

    code: str
    name: str
    chosen: bool
    places: int


@dataclass(frozen=True, slots=True)
class Fields:
    """The description as a form holds it. `seen` is the last change that was known when it was filled in."""

    title: str
    type: str
    language: str
    date: str
    countries: tuple[Country, ...]
    others: str
    types: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    seen: int


def faults_of(context: RequestContext, described: Description, unknown: Sequence[str]) -> tuple[Fault, ...]:
    """What is to be mended; `unknown` was written for countries and names none."""
    bad = [*invalid_fields(described, [n for n, _name in _types(context)]), *(["countries"] if unknown else [])]
    return tuple(Fault(field, context.say(_WRONG[field])) for field in FIELDS if field in bad)


def with_countries(described: Description, chosen: Sequence[str], others: str) -> tuple[Description, list[str]]:
    """The description with the countries that were chosen or written down, and what was written that names none."""
    codes, unknown = list(chosen), []
    for part in filter(None, (part.strip() for part in others.replace(";", ",").split(","))):
        found = [code for code, _start, _end in find_countries(part)] or _as_code(part)
        codes += found
        unknown += [] if found else [part]
    return replace(described, countries=tuple(dict.fromkeys(codes))), unknown


def fields_of(context: RequestContext, described: Description, claims: Claims, others: str, seen: int) -> Fields:
    """The form filled in."""
    labels = Labels(context.interface, context.site.taxonomy)
    languages = dict.fromkeys([*_LANGUAGES, described.language])
    return Fields(
        title=described.title,
        type=described.type,
        language=described.language,
        date=described.date,
        countries=_countries(described.countries, claims, labels),
        others=others,
        types=_types(context),
        languages=tuple((code, context.interface.language(code)) for code in languages if code),
        seen=seen,
    )


def _countries(chosen: Sequence[str], claims: Claims, labels: Labels) -> tuple[Country, ...]:
    """Those it is said to be about, and those its text names most often."""
    named: Mapping[str, int] = {n: len(spans) for (s, n), spans in spans_by_tag(claims).items() if s == "countries"}
    often = sorted(named, key=lambda code: -named[code])[:_COUNTRIES]
    codes = dict.fromkeys([*chosen, *often])
    return tuple(Country(c, labels.interface.country(c), c in chosen, named.get(c, 0)) for c in codes)


def _types(context: RequestContext) -> tuple[tuple[str, str], ...]:
    labels = Labels(context.interface, context.site.taxonomy)
    scheme = context.site.taxonomy.by_name[VOCABULARY_OF["type"]]
    named = ((c.notation, labels.type(c.notation)) for c in scheme.concepts)
    return tuple(sorted(named, key=lambda pair: pair[1]))


def _as_code(part: str) -> list[str]:
    return [part.upper()] if len(part) == 3 and part.isascii() and part.isalpha() else []
