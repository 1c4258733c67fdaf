"""The pages of the objectives: what each asks for, and what is known here about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

from kb.errors import NotFoundError
from kb.i18n.catalogue import _
from kb.search.answers import Filters, Query
from kb.vocabularies.concept import Concept
from web import urls
from web.http.context import Context, RequestContext
from web.http.links import Link
from web.i18n.labels import FIELD_NAMES, Chip, Labels
from web.i18n.locales import unbroken
from web.library.spoken_of import SpokenIn, spoken_in
from web.search.results import Card, cards
from web.search.search_url import search_for

_SDG = "http://metadata.un.org/sdg/"
_SHOWN = 6  # documents listed on the page of an objective
_COUNTED = ("country", "language", "type")
_FEATURED = ("practice", "implementation-plan")  # types an official asks for first
_LISTED = 5  # documents of each of them
_BRIEF = "guidance"  # type of a document that explains one objective


@dataclass(frozen=True, slots=True)
class Group:
    """Objectives under one heading."""

    name: str
    path: str
    objectives: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents share each value of a field."""

    name: str
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Featured:
    """Documents of one type about it, newest first; behind `path` are `total`, with those that only speak of it."""

    name: str
    total: int
    documents: tuple[Link, ...]
    path: str


@dataclass(frozen=True, slots=True)
class ListView:
    """All objectives, by thematic area."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """What the page of an objective shows."""

    chip: Chip
    title: str
    definition: str
    scope_note: str
    areas: tuple[Link, ...]
    tables: tuple[str, ...]
    targets: tuple[Link, ...]
    brief: Link | None
    featured: tuple[Featured, ...]
    total: int  # of documents about it
    cards: tuple[Card, ...]
    spoken_in: tuple[SpokenIn, ...]
    listed_in: tuple[SpokenIn, ...]  # where it is only one of nearly all
    found: int  # by a search for it: documents about it, and those with lines that treat it
    counts: tuple[Counts, ...]
    all_path: str
    previous: Chip | None
    next: Chip | None


def objectives(context: Context) -> Response:
    """The list of all objectives."""
    return context.page("library/objectives.html", ListView(groups(context)))


def objective(context: Context, number: int) -> Response:
    """One objective."""
    concept = context.site.taxonomy.find("objectives", str(number)) if number < 1000 else None
    if concept is None:
        raise NotFoundError("There is no such objective.")
    return context.page("library/objective.html", _view(context, concept))


def groups(context: RequestContext) -> tuple[Group, ...]:
    """The objectives by thematic area; those of several areas once, apart, at the end."""
    taxonomy, labels = context.site.taxonomy, Labels(context.interface, context.site.taxonomy)
    areas = taxonomy.by_name["areas"].concepts if "areas" in taxonomy.by_name else ()
    everything = taxonomy.by_name["objectives"].concepts if "objectives" in taxonomy.by_name else ()
    homes = {c.notation: taxonomy.linked(c, "areas") for c in everything}
    found = [
        Group(
            area.label(context.code),
            search_for("area", area.notation).path,
            _chips(labels, (c for c in everything if homes[c.notation] == (area,))),
        )
        for area in areas
    ]
    apart = _chips(labels, (c for c in everything if len(homes[c.notation]) != 1))
    if apart:
        found.append(Group(context.say(_("Across all areas")), "", apart))
    return tuple(found)


def _view(context: RequestContext, concept: Concept) -> ObjectiveView:
    taxonomy, labels = context.site.taxonomy, Labels(context.interface, context.site.taxonomy)
    number, code = concept.notation, context.code
    search = context.site.searcher.search
    answer = search(Query(filters=Filters(about=(number,)), limit=_SHOWN, reader=code))
    found = search(Query(filters=Filters(objectives=(number,)), limit=0, reader=code))
    spoken, listed = spoken_in(context, number)
    neighbours = taxonomy.by_name["objectives"].concepts
    place = neighbours.index(concept)
    return ObjectiveView(
        chip=labels.chip(concept),
        title=concept.title(code),
        definition=concept.definition(code),
        scope_note=dict(concept.scope_notes).get(code) or dict(concept.scope_notes).get("en", ""),
        areas=tuple(
            Link(a.label(code), search_for("area", a.notation).path) for a in taxonomy.linked(concept, "areas")
        ),
        tables=tuple(t.label(code) for t in taxonomy.linked(concept, "round-tables")),
        targets=tuple(Link(uri.removeprefix(_SDG), uri) for _r, uri in concept.matches if uri.startswith(_SDG)),
        brief=_brief(context, number),
        featured=tuple(_featured(context, labels, number, kind) for kind in _FEATURED),
        total=answer.total,
        spoken_in=spoken,
        listed_in=listed,
        found=found.total,
        cards=tuple(sorted(cards(context.site.database, answer, labels), key=lambda card: card.sample)),
        counts=tuple(
            Counts(
                context.say(FIELD_NAMES[facet.name]),
                tuple(
                    Link(labels.of(facet.name, value), search_for("objective", number, facet.name, value).path, count)
                    for value, count in facet.values
                    if value
                ),
            )
            for facet in found.facets
            if facet.name in _COUNTED and facet.values
        ),
        all_path=search_for("objective", number).path,
        previous=labels.chip(neighbours[place - 1]) if place > 0 else None,
        next=labels.chip(neighbours[place + 1]) if place + 1 < len(neighbours) else None,
    )


def _featured(context: RequestContext, labels: Labels, number: str, kind: str) -> Featured:
    about = Filters(about=(number,), types=(kind,))
    answer = context.site.searcher.search(Query(filters=about, limit=_LISTED, reader=context.code))
    every = context.site.searcher.search(Query(filters=Filters(objectives=(number,), types=(kind,)), limit=0))
    found = (hit.record.document for hit in answer.hits)
    links = tuple(Link(unbroken(d.title, d.language), urls.document(d.id), language=d.language) for d in found)
    return Featured(labels.type(kind), every.total, links, search_for("objective", number, "type", kind).path)


def _brief(context: RequestContext, number: str) -> Link | None:
    """The document that explains this objective alone, in the reader's language where there is one."""
    facts = [
        f
        for f in context.site.searcher.catalogue.facts.values()
        if f.objectives == (number,) and f.type == _BRIEF and not f.sample
    ]
    if not facts:
        return None
    best = min(facts, key=lambda f: (f.language != context.code, f.language != "en", f.id))
    return Link(unbroken(best.title, best.language), urls.document(best.id), language=best.language)


def _chips(labels: Labels, concepts: Iterable[Concept]) -> tuple[Chip, ...]:
    return tuple(labels.chip(concept) for concept in concepts)
