"""Results of a search as a page shows them: cards, filters with counts, paging."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kb.documents.facts import PassageRecord
from kb.documents.store import passages
from kb.search.answers import Answer, Facet, Hit
from kb.store.database import Database
from web import urls
from web.http.links import Link
from web.i18n.labels import FIELD_NAMES, Chip, Labels
from web.i18n.locales import own_name, unbroken
from web.search.repeated_passages import fold
from web.search.search_url import PAGE_SIZE, SearchAddress
from web.search.snippets import Quote, excerpt

_SHOWN = 8  # values of a filter that are shown before one asks for all
_TELLING = 240  # characters a passage has at least to introduce its document
_CHIPS = 4  # objectives named on a card


@dataclass(frozen=True, slots=True)
class Card:
    """One document of an answer."""

    document: int
    title: str
    language: str
    language_name: str
    path: str
    passage_path: str
    quote: Quote
    page: int | None
    heading: str
    countries: tuple[str, ...]
    year: int | None
    type: str
    sample: bool
    objectives: tuple[Chip, ...]
    further_objectives: int
    more: Link | None
    translations: tuple[Link, ...]
    repeated: tuple[Link, ...] = ()  # further documents of the page whose passage says the same in the same words


@dataclass(frozen=True, slots=True)
class FilterView:
    """One filter: what is chosen of it, and what can be chosen, with counts."""

    field: str
    name: str
    chosen: tuple[Link, ...]
    values: tuple[Link, ...]
    folded: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """Where one is among the pages of an answer."""

    page: int
    pages: int
    first: int
    last: int
    previous: str
    next: str


def cards(database: Database, answer: Answer, labels: Labels) -> tuple[Card, ...]:
    """The hits as cards."""
    if answer.query.text.strip():
        return folded_cards(answer.hits, labels, answer.query.text)
    return tuple(card(_introduced(database, hit), labels, "") for hit in answer.hits)


def folded_cards(hits: Sequence[Hit], labels: Labels, question: str) -> tuple[Card, ...]:
    """The hits as cards; hits that only repeat the words of one before are named on its card."""
    return tuple(
        replace(card(hit, labels, question), repeated=tuple(passage_link(again.record) for again in repeated))
        for hit, repeated in fold(hits, lambda hit: hit.record.passage)
    )


def card(hit: Hit, labels: Labels, question: str) -> Card:
    """A hit as a card."""
    document, passage = hit.record.document, hit.record.passage
    path = urls.document(document.id)
    chips = labels.chips(document.objectives)
    return Card(
        document=document.id,
        title=unbroken(document.title, document.language),
        language=document.language,
        language_name=labels.interface.language(document.language),
        path=path,
        passage_path=urls.passage(document.id, passage.number),
        quote=excerpt(passage.text, hit.highlights, passage.language),
        page=passage.page,
        heading=" › ".join(part for part in passage.heading if part != document.title),
        countries=labels.countries(document.countries),
        year=document.year,
        type=labels.type(document.type),
        sample=document.sample,
        objectives=chips[:_CHIPS],
        further_objectives=max(0, len(chips) - _CHIPS),
        more=_more(hit, path, question),
        translations=tuple(
            Link(own_name(language), urls.document(other), language=language) for language, other in hit.translations
        ),
    )


def passage_link(record: PassageRecord) -> Link:
    """The passage of a record, called by the title of its document."""
    facts = record.document
    path = urls.passage(facts.id, record.passage.number)
    return Link(unbroken(facts.title, facts.language), path, language=facts.language)


def filters(answer: Answer, address: SearchAddress, labels: Labels) -> tuple[FilterView, ...]:
    """Every filter that has something chosen or to choose."""
    found = (_filter(facet, address, labels) for facet in answer.facets)
    return tuple(view for view in found if view.chosen or view.values)


def active_filters(address: SearchAddress, labels: Labels) -> tuple[Link, ...]:
    """Everything that narrows the search, each with the address that takes it off."""
    links = [
        Link(
            labels.named(field, labels.of(field, value)),
            address.without(field, value).path,
        )
        for field, value in address.chosen
    ]
    if address.year_from or address.year_to:
        links.append(Link(labels.named("year", _years(address)), address.without("year").path))
    return tuple(links)


def paging(answer: Answer, address: SearchAddress) -> Paging:
    pages = max(1, -(-answer.total // PAGE_SIZE))
    first = (address.page - 1) * PAGE_SIZE + 1
    return Paging(
        address.page,
        pages,
        first,
        min(first + PAGE_SIZE - 1, answer.total),
        address.on_page(address.page - 1).path if address.page > 1 else "",
        address.on_page(address.page + 1).path if address.page < pages else "",
    )


def _filter(facet: Facet, address: SearchAddress, labels: Labels) -> FilterView:
    """A filter with a choice offers only to take it off: its other values would not be found with their counts."""
    name = labels.interface.say(FIELD_NAMES[facet.name])
    taken = _taken(facet.name, address, labels)
    if taken:
        return FilterView(facet.name, name, taken, (), ())
    values = tuple(
        Link(labels.of(facet.name, value), address.choosing(facet.name, value).path, count)
        for value, count in facet.values
        if value
    )
    if len(values) <= _SHOWN + 1:
        return FilterView(facet.name, name, (), values, ())
    return FilterView(facet.name, name, (), values[:_SHOWN], values[_SHOWN:])


def _taken(field: str, address: SearchAddress, labels: Labels) -> tuple[Link, ...]:
    if field != "year":
        values = address.values(field)
        return tuple(Link(labels.of(field, value), address.without(field, value).path) for value in values)
    if not (address.year_from or address.year_to):
        return ()
    return (Link(_years(address), address.without("year").path),)


def _introduced(database: Database, hit: Hit) -> Hit:
    """A hit of browsing with the first passage that says something: nothing was asked that one would answer best."""
    with database.read() as connection:
        cut = passages.of_document(connection, hit.record.document.id)
    key, passage = next(((k, p) for k, p in cut if len(p.text) >= _TELLING), (hit.record.id, hit.record.passage))
    return replace(hit, record=replace(hit.record, id=key, passage=passage), others=())


def _more(hit: Hit, path: str, question: str) -> Link | None:
    if not hit.others:
        return None
    ids = ".".join(str(number) for number in (hit.record.id, *hit.others))
    return Link("", f"{path}?{urlencode({'q': question, 'answers': ids})}#answers", len(hit.others))


def _years(address: SearchAddress) -> str:
    first, last = address.year_from, address.year_to
    return str(first) if first == last else f"{first or ''}–{last or ''}"
