"""Peers found by search: published documents that tell what was done about the objectives of a request."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from index.search.question import as_question
from index.search.searcher import Searcher
from kb.documents.practice import Field
from kb.documents.store import practices
from kb.errors import UsageError
from kb.experts.organisations import Organisations
from kb.experts.store import organisations
from kb.matching.peers import TELLING, Peer, PeerDocument, propose
from kb.places.countries import countries
from kb.places.countries import name_of as country_name
from kb.requests.request import Request
from kb.search.answers import Filters, Hit, Query
from kb.store.database import Database

_READ = 40  # documents that are looked at


def find_peers(
    searcher: Searcher, database: Database, request: Request, suggested: Sequence[str] = (), reader: str = ""
) -> tuple[Peer, ...]:
    """Peers for a request. `suggested` objectives count where none is stated; `reader` is the language preferred."""
    asked = request if request.objectives else replace(request, objectives=tuple(suggested))
    filters = Filters(objectives=asked.objectives, types=TELLING)
    try:
        # A problem is told in sentences: a country or a number in them is no wish for documents about it alone.
        query = Query(as_question(request.whole), filters, limit=_READ, reader=reader, literal=True)
        answer = searcher.search(query)
    except UsageError:  # nothing but signs
        return ()
    # What only comes nearest tells of somebody who has done it where it is at least about the same objectives.
    hits = answer.hits if answer.answered or asked.objectives else ()
    with database.read() as connection:
        known = Organisations(organisations.aliases(connection))
        deeds = []
        for hit in hits:
            fields = practices.get(connection, hit.record.document.id) or {}
            deeds.append(_deed(hit, fields))
    return propose(asked, deeds, known)


def peers_json(peers: Sequence[Peer]) -> list[dict[str, Any]]:
    """Peers as `kb match --json` gives them; `marks` are offsets into the passage's text."""
    return [
        {
            "country": peer.country or None,
            "name": name_of(peer),
            "score": round(peer.nearness, 4),
            "objectives": list(peer.objectives),
            "why": explain_peer(peer),
            "documents": [_deed_json(deed) for deed in peer.deeds],
        }
        for peer in peers
    ]


def explain_peer(peer: Peer) -> str:
    """Why a peer is proposed, in English, for the command line."""
    count = len(peer.deeds)
    about = (
        f" about objective{'s' * (len(peer.objectives) > 1)} {', '.join(peer.objectives)}" if peer.objectives else ""
    )
    kinds = ", ".join(dict.fromkeys(deed.record.document.type for deed in peer.deeds))
    return f"{count} document{'s' * (count > 1)}{about} ({kinds})"


def _deed(hit: Hit, fields: dict[str, str]) -> PeerDocument:
    told = [" ".join(fields.get(field, "").split()) for field in (Field.IMPLEMENTER, Field.PARTNERS)]
    return PeerDocument(hit.record, hit.score, hit.highlights, *told)


def name_of(peer: Peer) -> str:
    """What a peer is called, in English."""
    return country_name(peer.country, "en") if peer.country in countries() else peer.organisation or peer.country


def _deed_json(deed: PeerDocument) -> dict[str, Any]:
    document, passage = deed.record.document, deed.record.passage
    return {
        "id": document.id,
        "title": document.title,
        "language": document.language,
        "type": document.type,
        "year": document.year,
        "sample": document.sample,
        "implementer": deed.implementer,
        "partners": deed.partners,
        "passage": {
            "id": deed.record.id,
            "number": passage.number,
            "text": passage.text,
            "page": passage.page,
            "marks": [list(mark) for mark in deed.marks],
        },
    }
