"""Peers for an exchange, as the page of a request shows them: who, what they did, and the passage that tells it."""

from dataclasses import dataclass

from index.matching.peers import find_peers
from kb.matching.peers import Peer, PeerDocument
from kb.requests.case import RequestRecord
from web import urls
from web.http.context import RequestContext
from web.i18n.labels import Chip, Labels
from web.search.snippets import Quote, excerpt

_LENGTH = 240  # characters of a passage


@dataclass(frozen=True, slots=True)
class DeedLine:
    """A document that tells what was done."""

    title: str
    language: str
    language_name: str
    type: str
    year: int | None
    sample: bool
    path: str
    passage_path: str
    quote: Quote
    implementer: str
    partners: str


@dataclass(frozen=True, slots=True)
class PeerLine:
    """A country or an organisation with what it did."""

    name: str
    objectives: tuple[Chip, ...]
    deeds: tuple[DeedLine, ...]


def peer_lines(context: RequestContext, case: RequestRecord) -> tuple[PeerLine, ...]:
    """Peers for a request, nearest first."""
    suggested = [each.objective for each in case.suggested]
    found = find_peers(context.site.searcher, context.site.database, case.request, suggested, context.code)
    labels = Labels(context.interface, context.site.taxonomy)
    return tuple(_line(labels, peer) for peer in found)


def _line(labels: Labels, peer: Peer) -> PeerLine:
    name = labels.interface.country(peer.country) if peer.country else peer.organisation
    return PeerLine(name, labels.chips(peer.objectives), tuple(_deed(labels, deed) for deed in peer.deeds))


def _deed(labels: Labels, deed: PeerDocument) -> DeedLine:
    document, passage = deed.record.document, deed.record.passage
    path = urls.document(document.id)
    return DeedLine(
        title=document.title,
        language=document.language,
        language_name=labels.interface.language(document.language),
        type=labels.type(document.type),
        year=document.year,
        sample=document.sample,
        path=path,
        passage_path=f"{path}/passages/{passage.number}",
        quote=excerpt(passage.text, deed.marks, passage.language, _LENGTH),
        implementer=deed.implementer,
        partners=deed.partners,
    )
