"""The page of passages that are like a passage."""

from dataclasses import dataclass

from starlette.responses import Response

from kb.documents.facts import PassageRecord
from kb.documents.models import Passage
from kb.documents.store import passages
from kb.errors import NotFoundError
from web import urls
from web.documents.citations import Facts, Neighbour, facts_of, neighbour_of
from web.documents.page import published_or_redirect
from web.http.context import Context
from web.http.links import Link
from web.i18n.labels import Labels
from web.search.repeated_passages import fold, is_repeated
from web.search.results import passage_link
from web.search.snippets import Quote, excerpt

_LOOKED_AT = 40  # texts with a near passage that are looked at; many may only repeat each other
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Like:
    """A passage that is like the one asked about, and the documents that repeat it word by word."""

    neighbour: Neighbour
    repeated: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SimilarView:
    """What the page shows. `repeated` are documents that hold the passage itself in nearly the same words."""

    facts: Facts
    number: int
    path: str
    quote: Quote
    repeated: tuple[Link, ...]
    alike: tuple[Like, ...]
    ready: bool


def similar(context: Context, number: int, place: int) -> Response:
    """Passages of other texts that are like this one."""
    found = published_or_redirect(context, number)
    if isinstance(found, Response):
        return found
    with context.site.database.read() as connection:
        cut = {p.number: (key, p) for key, p in passages.of_document(connection, number)}
    if place not in cut:
        raise NotFoundError("There is no such passage.")
    key, chosen = cut[place]
    labels = Labels(context.interface, context.site.taxonomy)
    near = context.site.searcher.similar(key, _LOOKED_AT)
    same = [record for record in near if is_repeated(chosen, record.passage)]
    others = fold([record for record in near if record not in same], _passage_of)[:_SHOWN]
    view = SimilarView(
        facts=facts_of(context, found, labels),
        number=place,
        path=urls.passage(number, place),
        quote=excerpt(chosen.text, (), chosen.language),
        repeated=tuple(passage_link(record) for record in same),
        alike=tuple(Like(neighbour_of(one, labels), tuple(passage_link(r) for r in again)) for one, again in others),
        ready=context.site.searcher.ready,
    )
    return context.page("documents/similar_passages.html", view)


def _passage_of(record: PassageRecord) -> Passage:
    return record.passage
