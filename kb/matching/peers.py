"""Peers: States and organisations that have done what a request asks for, as documents about them tell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kb.documents.facts import PassageRecord
from kb.experts.organisations import Organisations
from kb.requests.request import Request
from kb.vocabularies.skos import natural

# Types of documents that tell of something done or decided, not only thought about or asked for.
TELLING = ("practice", "implementation-plan", "workplan", "terms-of-reference", "report")
MOST = 5
_SHOWN = 3  # documents of a peer
_FEW = 6  # countries of a document; one about more tells of none of them in particular


@dataclass(frozen=True, slots=True)
class PeerDocument:
    """A document that tells what was done, with the passage that best answers the request.

    `marks` are offsets into the passage's text. `implementer` and `partners` are those of a practice, as published;
    its focal point is a person and not among them.
    """

    record: PassageRecord
    nearness: float
    marks: tuple[tuple[int, int], ...] = ()
    implementer: str = ""
    partners: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """A country (alpha-3), or an organisation where no country is told, proposed for an exchange.

    `objectives` are those of the request that its documents are about, or all of theirs where the request states none.
    """

    country: str
    organisation: str
    deeds: tuple[PeerDocument, ...]
    objectives: tuple[str, ...]
    nearness: float


def propose(
    request: Request, deeds: Iterable[PeerDocument], organisations: Organisations | None = None
) -> tuple[Peer, ...]:
    """The best peers for a request, each as near as the best passage of its documents; never who asks."""
    same = (organisations or Organisations()).same
    found: dict[tuple[str, str], list[PeerDocument]] = {}
    for deed in sorted(deeds, key=lambda each: -each.nearness):
        countries = deed.record.document.countries
        if len(countries) > _FEW:
            continue
        for country in countries:
            if country != request.country:
                found.setdefault((country, ""), []).append(deed)
        if not countries and deed.implementer and not same(deed.implementer, request.organisation):
            found.setdefault(("", _known_as(deed.implementer, found, same)), []).append(deed)
    peers = [
        Peer(country, organisation, _of_different_works(told), _objectives(request, told), told[0].nearness)
        for (country, organisation), told in found.items()
    ]
    return tuple(sorted(peers, key=lambda p: (-p.nearness, -len(p.deeds), p.country, p.organisation))[:MOST])


def _known_as(name: str, found: Iterable[tuple[str, str]], same: Callable[[str, str], bool]) -> str:
    """What an organisation is called already, whatever the language."""
    return next((other for _country, other in found if other and same(other, name)), name)


def _of_different_works(deeds: Iterable[PeerDocument]) -> tuple[PeerDocument, ...]:
    """The nearest few, of translations of one text the first."""
    first: dict[str, PeerDocument] = {}
    for deed in deeds:
        first.setdefault(deed.record.document.work, deed)
    return tuple(first.values())[:_SHOWN]


def _objectives(request: Request, deeds: Iterable[PeerDocument]) -> tuple[str, ...]:
    """What the documents are about, of what is asked for where that is stated; in order of number."""
    about = {objective for deed in deeds for objective in deed.record.document.objectives}
    return tuple(sorted(about & set(request.objectives) if request.objectives else about, key=natural))
