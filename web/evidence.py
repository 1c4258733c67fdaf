"""Tags of a document as a page shows them: what is claimed, and the words of the text that support it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kb.models import Evidence, Passage, StoredDocument, Tag
from kb.taxonomy import natural
from web.interface import _
from web.labels import Labels
from web.quotes import Quote, quote

_AROUND = 70  # characters shown on either side of what supports a tag
_LONGEST = 240  # characters of one piece of evidence
_APART = ("document-types", "round-tables")  # told elsewhere: they sort documents and say nothing of the text
_MOST = 5  # pieces of evidence shown under a tag
_KINDS = {
    "explicit": _("named in the text"),
    "term": _("by a term it uses"),
    "meaning": _("by its meaning"),
    "stated": _("stated by the source"),
}
_STATES = {
    "suggested": _("Suggested by the software; nobody has confirmed it yet."),
    "accepted": _("Confirmed by a person."),
    "added": _("Added by a person."),
}


@dataclass(frozen=True, slots=True)
class Support:
    """One piece of evidence: the words, where they stand, what kind of support they are."""

    quote: Quote
    passage: int | None
    page: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class TagView:
    """A tag of the document. `key` names it in addresses; `path` is the page about it, if there is one."""

    key: str
    label: str
    path: str
    state: str
    supports: tuple[Support, ...]
    further: int


@dataclass(frozen=True, slots=True)
class SchemeView:
    """The tags of one vocabulary."""

    name: str
    tags: tuple[TagView, ...]


Claims = Sequence[tuple[int | None, Tag]]


def tag_views(
    document: StoredDocument, claims: Claims, passages: Sequence[Passage], labels: Labels
) -> tuple[SchemeView, ...]:
    """What is asserted of the document as a whole, by vocabulary, with its evidence from anywhere in the text."""
    supporting = spans_by_tag(claims)
    found: dict[str, list[TagView]] = defaultdict(list)
    about = sorted(
        {(t.scheme, t.notation): t for place, t in claims if place is None and t.scheme not in _APART}.values(),
        key=_order,
    )
    for tag in about:
        spans = supporting[tag.scheme, tag.notation]
        supports = tuple(_support(document, evidence, passages, labels) for evidence in spans[:_MOST])
        found[tag.scheme].append(
            TagView(
                f"{tag.scheme}:{tag.notation}",
                labels.concept(tag.scheme, tag.notation),
                f"/objectives/{tag.notation}" if tag.scheme == "objectives" else "",
                labels.interface.say(_STATES.get(tag.state, "")),
                supports,
                max(0, len(spans) - _MOST),
            )
        )
    return tuple(
        SchemeView(_scheme_name(scheme, labels), tuple(tags)) for scheme, tags in sorted(found.items(), key=_first)
    )


def spans_by_tag(claims: Claims) -> dict[tuple[str, str], list[Evidence]]:
    """Evidence of each concept, in order of the text, each stretch once."""
    gathered: dict[tuple[str, str], dict[tuple[int, int], Evidence]] = defaultdict(dict)
    for _place, tag in claims:
        gathered[tag.scheme, tag.notation].update({(e.start, e.end): e for e in tag.evidence})
    return defaultdict(list, {key: [spans[place] for place in sorted(spans)] for key, spans in gathered.items()})


def _support(document: StoredDocument, evidence: Evidence, passages: Sequence[Passage], labels: Labels) -> Support:
    text = document.text
    within = next((p for p in passages if p.start <= evidence.start < p.end), None)
    low, high = (within.start, within.end) if within else (evidence.start, evidence.end)
    end = min(evidence.end, evidence.start + _LONGEST)
    start, stop = max(low, evidence.start - _AROUND), min(high, end + _AROUND)
    while start > low and not text[start - 1].isspace():
        start -= 1
    while stop < high and not text[stop].isspace():
        stop += 1
    language = within.language if within else document.description.language
    shown = quote(text[start:stop], [(evidence.start - start, end - start)], language)
    cut = Quote(shown.pieces, language, start > low, stop < high)
    kind = labels.interface.say(_KINDS.get(evidence.kind, ""))
    return Support(cut, within.number if within else None, within.page if within else None, kind)


def _scheme_name(scheme: str, labels: Labels) -> str:
    known = {"objectives": _("Objectives"), "areas": _("Thematic areas")}
    if scheme in known:
        return labels.interface.say(known[scheme])
    titles = dict(labels.taxonomy.by_name[scheme].titles) if scheme in labels.taxonomy.by_name else {}
    return titles.get(labels.interface.code) or titles.get("en") or scheme


def _order(tag: Tag) -> tuple[str, tuple[tuple[int, int | str], ...]]:
    return tag.scheme, natural(tag.notation)


def _first(item: tuple[str, list[TagView]]) -> tuple[bool, str]:
    return item[0] != "objectives", item[0]
