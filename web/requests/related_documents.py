"""What is known already of a problem: passages that answer, in whatever language, and countries that have done it."""

from collections import Counter
from dataclasses import dataclass

from index.search.question import as_question
from kb.errors import UsageError
from kb.requests.request import Request
from kb.search.answers import Query
from web import urls
from web.http.context import RequestContext
from web.http.links import Link
from web.i18n.labels import Labels
from web.search.results import Card, folded_cards

_SHOWN = 5  # documents
_READ = 25  # documents whose countries are counted
_PEERS = 5


@dataclass(frozen=True, slots=True)
class RelatedDocuments:
    """Documents, best first, and whether they answer; `peers` are countries they are about, with how many."""

    cards: tuple[Card, ...]
    answered: bool
    more: str
    peers: tuple[Link, ...]
    words_only: bool


def related_documents(context: RequestContext, request: Request) -> RelatedDocuments:
    """What is known of the problem of a request."""
    text = as_question(request.whole)
    labels = Labels(context.interface, context.site.taxonomy)
    more = urls.with_query("/search", q=text)
    try:
        # A problem is told in sentences: a country or a number in them is no wish for documents about it alone.
        answer = context.site.searcher.search(Query(text, limit=_READ, reader=context.code, literal=True))
    except UsageError:  # nothing but signs
        return RelatedDocuments((), False, more, (), False)
    about: Counter[str] = Counter()
    for hit in answer.hits if answer.answered else ():
        about.update(code for code in hit.record.document.countries if code != request.country)
    peers = tuple(
        Link(labels.of("country", code), urls.with_query("/search", q=text, country=code), count)
        for code, count in about.most_common(_PEERS)
    )
    cards = folded_cards(answer.hits[:_SHOWN], labels, text)
    return RelatedDocuments(cards, answer.answered, more, peers, answer.degraded)
