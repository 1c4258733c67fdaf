"""The pages of a document and of one of its passages."""

from dataclasses import dataclass
from urllib.parse import quote as percent

from starlette.responses import RedirectResponse, Response

from index.search.highlights import lexical_marks, merged
from index.search.question import MAX_CHARACTERS, read_question
from kb.documents.facts import PassageRecord
from kb.documents.models import Passage, StoredDocument
from kb.documents.speaks_of import SCHEME, beside
from kb.documents.state import PUBLIC, State
from kb.documents.store import documents, history, passages, speaks_of, tags
from kb.errors import NotFoundError, UsageError
from kb.text.language import question_language
from web import urls
from web.documents.citations import Facts, Neighbour, Place, facts_of, heading_of, neighbour_of, place_of
from web.documents.history import how_published
from web.documents.stated_lines import SpokenView, as_claims, spoken_views
from web.documents.tag_evidence import (
    Mention,
    MentionedView,
    SchemeView,
    highlighted_evidence,
    mentioned_only,
    spans_by_tag,
    summed_up,
    tag_views,
)
from web.documents.text_layout import Layout, lay_out
from web.http.context import Context, RequestContext
from web.http.errors import GoneError
from web.http.links import Link
from web.i18n.labels import Labels
from web.i18n.locales import own_name
from web.search.search_url import MAX_NUMBER
from web.search.snippets import Quote, Spans, quote

_SIMILAR = 4
_LINES = 3  # quoted of an objective that lines treat
_MISSING = "There is no such document."  # in the same words as for one that is not public
_TRIED = 3  # passages of a document that similar documents are looked for by
_MOST_ANSWERS = 60


@dataclass(frozen=True, slots=True)
class DocumentView:
    """What the page of a document shows."""

    facts: Facts
    summed_up: tuple[tuple[str, tuple[Mention, ...]], ...]  # countries, regions and years it is about
    layout: Layout
    schemes: tuple[SchemeView, ...]
    spoken: tuple[SpokenView, ...]
    mentioned: tuple[MentionedView, ...]
    lit: str  # key of the tag whose evidence is marked
    lit_label: str
    lit_mentioned: bool  # the tag is one of those that are only mentioned
    question: str
    answers: tuple[Place, ...]
    translations: tuple[Link, ...]
    similar: tuple[Neighbour, ...]
    replaced: bool
    review: str


@dataclass(frozen=True, slots=True)
class PassageView:
    """What the page of a passage shows. `cite` is a reference to copy."""

    facts: Facts
    passage: Passage
    quote: Quote
    heading: str
    before: Place | None
    after: Place | None
    tags: tuple[Link, ...]
    address: str
    similar: tuple[Neighbour, ...]


def document(context: Context, number: int) -> Response:
    """A document to read."""
    found = published_or_redirect(context, number)
    if isinstance(found, Response):
        return found
    labels = Labels(context.interface, context.site.taxonomy)
    with context.site.database.read() as connection:
        cut = passages.of_document(connection, number)
        stated = speaks_of.of_document(connection, number)
    claims = tags.of_document(context.site.database, number)
    spoken = beside(stated, [tag for at, tag in claims if at is None])
    plain = [passage for _id, passage in cut]
    question, answering = _asked(context, dict(cut))
    scheme, _colon, notation = context.request.query_params.get("tag", "").partition(":")
    key = (scheme, notation)
    whole = {(t.scheme, t.notation) for p, t in claims if p is None} | {(SCHEME, one.notation) for one in spoken}
    evidence = highlighted_evidence(spans_by_tag([*claims, *as_claims(spoken)])[scheme, notation], labels)
    marked = {p.number: _marks(question, p) for p in answering}
    marks = [(p.start + s, p.start + e) for p in answering for s, e in marked[p.number]]
    view = DocumentView(
        facts=facts_of(context, found, labels),
        layout=lay_out(found, plain, marks, frozenset(marked), evidence),
        schemes=tag_views(found, claims, plain, labels),
        spoken=spoken_views(found, spoken, plain, labels, _LINES),
        mentioned=mentioned_only(claims, found.description.countries, spoken, labels),
        summed_up=summed_up(claims, found.description.countries, labels),
        lit=f"{scheme}:{notation}" if evidence else "",
        lit_label=labels.concept(scheme, notation) if evidence else "",
        lit_mentioned=bool(evidence) and key in {(t.scheme, t.notation) for p, t in claims if p is not None} - whole,
        question=question,
        answers=tuple(place_of(number, p, found.description.title, marked[p.number]) for p in answering),
        translations=_translations(context, found),
        similar=_similar(
            context, [i for i, p in cut if len(p.text) > 200][:_TRIED] or [i for i, _p in cut][:1], labels
        ),
        replaced="instead-of" in context.request.query_params,
        review=how_published(context, number),
    )
    return context.page("documents/document.html", view)


def passage(context: Context, number: int, place: int) -> Response:
    """One passage: to quote, to cite, to go on from."""
    found = published_or_redirect(context, number)
    if isinstance(found, Response):
        return found
    with context.site.database.read() as connection:
        cut = passages.of_document(connection, number)
    at = next((i for i, (_id, p) in enumerate(cut) if p.number == place), None)
    if at is None:
        raise NotFoundError("There is no such passage.")
    key, chosen = cut[at]
    labels = Labels(context.interface, context.site.taxonomy)
    facts = facts_of(context, found, labels)
    claimed = [tag for owner, tag in tags.of_document(context.site.database, number) if owner == key]
    evidence = [(e.start - chosen.start, e.end - chosen.start) for tag in claimed for e in tag.evidence]
    inside = [(max(0, start), end) for start, end in evidence if end > 0 and start < len(chosen.text)]
    title = found.description.title
    view = PassageView(
        facts=facts,
        passage=chosen,
        quote=quote(chosen.text, inside, chosen.language),
        heading=heading_of(chosen, title),
        before=place_of(number, cut[at - 1][1], title) if at > 0 else None,
        after=place_of(number, cut[at + 1][1], title) if at + 1 < len(cut) else None,
        tags=tuple(
            Link(
                labels.concept(t.scheme, t.notation), f"{facts.path}?tag={percent(f'{t.scheme}:{t.notation}')}#p{place}"
            )
            for t in claimed
        ),
        address=f"{facts.address}/passages/{place}",
        similar=_similar(context, [key], labels),
    )
    return context.page("documents/passage.html", view)


def published_or_redirect(context: RequestContext, number: int) -> StoredDocument | Response:
    """A document the public may read, or the way to the version in its place.

    Raises NotFoundError for what is not public, whatever the reason, and GoneError for what was withdrawn.
    """
    found = published_or_successor(context, number)
    if isinstance(found, StoredDocument):
        return found
    return RedirectResponse(context.link(f"{urls.document(found)}?instead-of={number}"), 302)


def published_or_successor(context: RequestContext, number: int) -> StoredDocument | int:
    """A published document, or the number of the one that took its place."""
    if number > MAX_NUMBER:
        raise NotFoundError(_MISSING)
    try:
        with context.site.database.read() as connection:
            found = documents.get(connection, number)
    except NotFoundError:
        raise NotFoundError(_MISSING) from None
    if found.state in PUBLIC:
        return found
    newer = documents.published_successor(context.site.database, number) if found.state is State.SUPERSEDED else None
    if newer is None:
        _refuse_if_gone(context, found)
        raise NotFoundError(_MISSING)
    return newer


def _refuse_if_gone(context: RequestContext, stored: StoredDocument) -> None:
    """Raise GoneError for what the public could once read, itself or another version in its place."""
    with context.site.database.read() as connection:
        withdrawn = history.last_withdrawal(connection, stored.id)
    if withdrawn is not None:
        raise GoneError("This document was withdrawn.", withdrawn.reason)


def _asked(context: RequestContext, cut: dict[int, Passage]) -> tuple[str, list[Passage]]:
    """The question that led here and the passages of this document that answer it, as the address says."""
    ids = context.request.query_params.get("answers", "").split(".")[:_MOST_ANSWERS]
    found = [cut[int(i)] for i in ids if i.isdecimal() and len(i) < 19 and int(i) in cut]
    question = context.request.query_params.get("q", "").strip()[:MAX_CHARACTERS]
    return question, sorted(dict.fromkeys(found), key=lambda p: p.number)


def _marks(question: str, answering: Passage) -> Spans:
    try:
        read = read_question(question)
    except UsageError:
        return ()
    spoken = tuple(filter(None, (question_language(read.text), answering.language)))
    return merged(answering.text, lexical_marks(read, answering.text, spoken))


def _translations(context: RequestContext, stored: StoredDocument) -> tuple[Link, ...]:
    known = documents.translations(context.site.database, stored.work)
    return tuple(
        Link(own_name(language), urls.document(number), language=language)
        for language, number, _title in known
        if number != stored.id and language != stored.description.language
    )


def _similar(context: RequestContext, ids: list[int], labels: Labels) -> tuple[Neighbour, ...]:
    near: dict[str, PassageRecord] = {}
    for one in ids:
        for record in context.site.searcher.similar(one, _SIMILAR):
            near.setdefault(record.document.work, record)
    return tuple(neighbour_of(record, labels) for record in list(near.values())[:_SIMILAR])
