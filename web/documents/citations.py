"""Where quoted text is from: the facts of its document, its place there, and passages of other documents near it."""

from dataclasses import dataclass

from kb.documents.facts import PassageRecord
from kb.documents.models import Passage, StoredDocument
from kb.documents.reading import Remark
from web import urls
from web.http.context import RequestContext
from web.i18n.labels import Labels
from web.i18n.locales import direction, unbroken
from web.search.snippets import Quote, Spans, excerpt


@dataclass(frozen=True, slots=True)
class Facts:
    """The summary of a document."""

    id: int
    title: str
    language: str
    direction: str
    language_name: str
    type: str
    date: str
    countries: tuple[str, ...]
    country_codes: tuple[str, ...]
    source: str
    format: str
    pages: int | None
    version: int
    provenance: str
    sample: bool
    warnings: tuple[tuple[str, str], ...]  # each with its language, where it is not that of the page
    path: str
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """A passage to be named and linked: where it stands, how it begins."""

    number: int
    page: int | None
    quote: Quote
    heading: str
    path: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage of another document that is near."""

    title: str
    language: str
    direction: str
    language_name: str
    place: Place
    path: str


def facts_of(context: RequestContext, stored: StoredDocument, labels: Labels) -> Facts:
    """The summary of a document, in the language of the request."""
    described = stored.description
    path = urls.document(stored.id)
    return Facts(
        id=stored.id,
        title=unbroken(described.title, described.language),
        language=described.language,
        direction=direction(described.language),
        language_name=labels.interface.language(described.language),
        type=labels.type(described.type),
        date=labels.interface.date(described.date),
        countries=labels.countries(described.countries),
        country_codes=described.countries,
        source=stored.source.name,
        format=stored.source.format,
        pages=stored.page_count,
        version=stored.version,
        provenance=described.provenance,
        sample=described.sample,
        warnings=tuple((each.said(context.code), _language_beside(context, each)) for each in stored.warnings),
        path=path,
        address=str(context.request.base_url).rstrip("/") + path,
    )


def _language_beside(context: RequestContext, remark: Remark) -> str:
    """The language of a remark where it is not the page's."""
    language = remark.language_in(context.code)
    return "" if language == context.code else language


def place_of(document: int, found: Passage, title: str, marks: Spans = ()) -> Place:
    """A passage of a document, cut to what is marked."""
    path = urls.passage(document, found.number)
    return Place(found.number, found.page, excerpt(found.text, marks, found.language), heading_of(found, title), path)


def heading_of(found: Passage, title: str) -> str:
    """Where a passage stands, from the outermost heading inwards, without the title."""
    return " › ".join(part for part in found.heading if part != title)


def neighbour_of(record: PassageRecord, labels: Labels) -> Neighbour:
    """A passage of another document."""
    facts = record.document
    place = place_of(facts.id, record.passage, facts.title)
    name = labels.interface.language(facts.language)
    title = unbroken(facts.title, facts.language)
    return Neighbour(title, facts.language, direction(facts.language), name, place, urls.document(facts.id))
