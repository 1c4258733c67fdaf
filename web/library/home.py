"""The pages that say what this is: home and about; and what robots may read."""

from dataclasses import dataclass

from starlette.responses import PlainTextResponse, Response

from kb.documents.facts import DocumentFacts
from kb.i18n.catalogue import LANGUAGES
from kb.search.answers import Answer, Query
from web import urls
from web.http.context import Context, RequestContext
from web.i18n.labels import Labels
from web.i18n.locales import own_name, unbroken
from web.library.objectives import Group, groups

_NEWEST = 6
_LOOKED_AT = 40  # newest documents among which samples are passed over
_EXAMPLES = (
    ("es", "¿Qué alternativas a la detención hay para familias con niños?"),
    ("en", "How can sending money home be made cheaper for migrants?"),
    ("fr", "Comment faire reconnaître les diplômes et les compétences des migrants ?"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A question to try."""

    question: str
    language: str
    language_name: str


@dataclass(frozen=True, slots=True)
class Newest:
    """A document that came lately."""

    title: str
    path: str
    language: str
    language_name: str
    type: str
    date: str
    countries: tuple[str, ...]
    sample: bool


@dataclass(frozen=True, slots=True)
class HomeView:
    """What the home page shows."""

    examples: tuple[Example, ...]
    groups: tuple[Group, ...]
    newest: tuple[Newest, ...]
    documents: int


@dataclass(frozen=True, slots=True)
class AboutView:
    """What the page about the site shows."""

    documents: int
    passages: int
    languages: tuple[str, ...]
    vectors: bool
    vocabularies: tuple[tuple[str, str], ...]


def home(context: Context) -> Response:
    """The front door."""
    examples = tuple(Example(text, code, own_name(code)) for code, text in _EXAMPLES)
    answer = context.site.searcher.search(Query(limit=_LOOKED_AT, reader=context.code))
    return context.page(
        "library/home.html", HomeView(examples, groups(context), _newest(context, answer), answer.total)
    )


def about(context: Context) -> Response:
    """What this is and how far it can be trusted."""
    catalogue = context.site.searcher.catalogue
    languages = tuple(context.interface.language(code) for code in catalogue.spoken() if code != "und")
    schemes = context.site.taxonomy.schemes
    titles = tuple((dict(s.titles).get(context.code) or dict(s.titles).get("en", s.name), s.version) for s in schemes)
    view = AboutView(len(catalogue.facts), len(catalogue.ids), languages, context.site.searcher.ready, titles)
    return context.page("library/about.html", view)


def robots() -> Response:
    """Searches are not for robots: there are more of them than pages."""
    closed = ["/api/", "/search", *(f"/{code}/search" for code in LANGUAGES)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return PlainTextResponse("\n".join(lines) + "\n")


def _newest(context: RequestContext, answer: Answer) -> tuple[Newest, ...]:
    """The newest documents, samples only where there is nothing else, each in the reader's language if it can be."""
    facts = context.site.searcher.catalogue.facts
    shown = [hit for hit in answer.hits if not hit.record.document.sample] or list(answer.hits)
    found = []
    for hit in shown[:_NEWEST]:
        document = hit.record.document
        own = (
            document.id if document.language == context.code else dict(hit.translations).get(context.code, document.id)
        )
        found.append(_newest_one(context, facts.get(own, document)))
    return tuple(found)


def _newest_one(context: RequestContext, facts: DocumentFacts) -> Newest:
    labels = Labels(context.interface, context.site.taxonomy)
    return Newest(
        unbroken(facts.title, facts.language),
        urls.document(facts.id),
        facts.language,
        context.interface.language(facts.language),
        labels.type(facts.type),
        context.interface.date(facts.date),
        labels.countries(facts.countries),
        facts.sample,
    )
