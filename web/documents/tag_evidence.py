"""Tags of a document as a page shows them: what is claimed, and the words of the text that support it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.documents.models import Evidence, EvidenceKind, Passage, Statement, StoredDocument, Tag, TagState
from kb.i18n.catalogue import _
from kb.vocabularies.schemes import FOUND_IN_TEXT, NOT_LISTED
from kb.vocabularies.skos import natural
from web import urls
from web.documents.text_layout import Lit
from web.i18n.labels import Labels
from web.search.snippets import Quote, quote

_AROUND = 70  # characters shown on either side of what supports a tag
_LONGEST = 240  # characters of one piece of evidence
_NAMED = frozenset((EvidenceKind.EXPLICIT, EvidenceKind.TERM))
_SURENESS = tuple(EvidenceKind)
_BESIDE = 2  # characters between a name and the acronym behind it, " ("
_MOST = 5  # pieces of evidence shown under a tag
_KINDS = {
    EvidenceKind.EXPLICIT: _("named in the text"),
    EvidenceKind.TERM: _("by a term it uses"),
    EvidenceKind.MEANING: _("by its meaning"),
}
_STATES = {
    TagState.SUGGESTED: _("Suggested by the software; nobody has confirmed it yet."),
    TagState.ACCEPTED: _("Confirmed by a person."),
    TagState.ADDED: _("Added by a person."),
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
    places: int  # in the text that light up


@dataclass(frozen=True, slots=True)
class SchemeView:
    """The tags of one vocabulary."""

    name: str
    tags: tuple[TagView, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept that parts of the text mention, though the document as a whole is not about it."""

    label: str
    key: str
    places: int


@dataclass(frozen=True, slots=True)
class MentionedView:
    """The concepts of one vocabulary that are only mentioned, most often mentioned first."""

    name: str
    mentions: tuple[Mention, ...]


Claims = Sequence[tuple[int | None, Tag]]


def tag_views(
    document: StoredDocument, claims: Claims, passages: Sequence[Passage], labels: Labels
) -> tuple[SchemeView, ...]:
    """What is asserted of the document as a whole, by vocabulary, with its evidence from anywhere in the text."""
    supporting = spans_by_tag(claims)
    found: dict[str, list[TagView]] = defaultdict(list)
    about = sorted(
        {(t.scheme, t.notation): t for place, t in claims if place is None and t.scheme not in NOT_LISTED}.values(),
        key=_order,
    )
    for tag in about:
        spans = supporting[tag.scheme, tag.notation]
        supports = tuple(support_of(document, evidence, passages, labels) for evidence in spans[:_MOST])
        found[tag.scheme].append(
            TagView(
                f"{tag.scheme}:{tag.notation}",
                labels.concept(tag.scheme, tag.notation),
                urls.objective(tag.notation) if tag.scheme == "objectives" else "",
                labels.interface.say(_STATES.get(tag.state, "")),
                supports,
                max(0, len(spans) - _MOST),
                len(spans),
            )
        )
    return tuple(
        SchemeView(scheme_name(scheme, labels), tuple(tags))
        for scheme, tags in sorted(found.items(), key=lambda item: _rank(item[0]))
    )


def mentioned_only(
    claims: Claims, countries: Sequence[str], spoken: Sequence[Statement], labels: Labels
) -> tuple[MentionedView, ...]:
    """What passages mention and the document as a whole is not about, by vocabulary.

    It is about `countries`, too; what lines of it say they treat is `spoken` of and shown apart.
    """
    about = {(t.scheme, t.notation) for place, t in claims if place is None} | {("countries", c) for c in countries}
    about |= {("objectives", one.notation) for one in spoken}
    supporting = spans_by_tag([(place, t) for place, t in claims if place is not None])
    found: dict[str, list[Mention]] = defaultdict(list)
    for (scheme, notation), spans in sorted(supporting.items(), key=lambda item: (-len(item[1]), natural(item[0][1]))):
        if (scheme, notation) not in about and (scheme in FOUND_IN_TEXT or scheme not in NOT_LISTED) and spans:
            label = labels.concept(scheme, notation)
            found[scheme].append(Mention(label, f"{scheme}:{notation}", len(spans)))
    return tuple(
        MentionedView(scheme_name(scheme, labels), tuple(several))
        for scheme, several in sorted(found.items(), key=lambda item: _rank(item[0]))
    )


def summed_up(claims: Claims, countries: Sequence[str], labels: Labels) -> tuple[tuple[str, tuple[Mention, ...]], ...]:
    """(name, values) of countries, regions and years a document is about, each with how often the text names it."""
    spans = spans_by_tag(claims)
    whole = sorted((t.scheme, t.notation) for place, t in claims if place is None)
    about = dict.fromkeys([*(("countries", code) for code in countries), *whole])
    found = []
    for scheme in FOUND_IN_TEXT:
        keys = [key for key in about if key[0] == scheme]
        values = tuple(Mention(labels.concept(*key), ":".join(key), len(spans[key])) for key in keys)
        found += [(scheme_name(scheme, labels), values)] if values else []
    return tuple(found)


def highlighted_evidence(spans: Sequence[Evidence], labels: Labels) -> tuple[Lit, ...]:
    """Evidence of one tag, none of which overlaps, as it lights up in the text."""
    return tuple(Lit(e.start, e.end, labels.interface.say(_KINDS.get(e.kind, ""))) for e in spans)


def spans_by_tag(claims: Claims) -> dict[tuple[str, str], list[Evidence]]:
    """Evidence of each concept, in order of the text; what overlaps is one, of the surest kind.

    So are names side by side, as a name is with the acronym in brackets behind it.
    """
    gathered: dict[tuple[str, str], set[Evidence]] = defaultdict(set)
    for _place, tag in claims:
        gathered[tag.scheme, tag.notation].update(e for e in tag.evidence if e.start < e.end)
    return defaultdict(list, {key: _joined(spans) for key, spans in gathered.items()})


def _joined(spans: Collection[Evidence]) -> list[Evidence]:
    found: list[Evidence] = []
    for each in sorted(spans, key=lambda e: (e.start, e.end)):
        beside = _BESIDE if found and _NAMED.issuperset((found[-1].kind, each.kind)) else -1
        if found and each.start <= found[-1].end + beside:
            last = found.pop()
            each = Evidence(last.start, max(last.end, each.end), min(last.kind, each.kind, key=_SURENESS.index))
        found.append(each)
    return found


def support_of(document: StoredDocument, evidence: Evidence, passages: Sequence[Passage], labels: Labels) -> Support:
    """The words of a piece of evidence with those around them, as far as the passage goes."""
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
    kind = labels.interface.say(_KINDS[evidence.kind])
    return Support(cut, within.number if within else None, within.page if within else None, kind)


def scheme_name(scheme: str, labels: Labels) -> str:
    """What a vocabulary is called."""
    known = {
        "objectives": _("Objectives"),
        "areas": _("Thematic areas"),
        "countries": _("Countries"),
        "regions": _("Regions"),
        "years": _("Years it speaks of"),
    }
    if scheme in known:
        return labels.interface.say(known[scheme])
    titles = dict(labels.taxonomy.by_name[scheme].titles) if scheme in labels.taxonomy.by_name else {}
    return titles.get(labels.interface.code) or titles.get("en") or scheme


def _order(tag: Tag) -> tuple[str, tuple[tuple[int, int | str], ...]]:
    return tag.scheme, natural(tag.notation)


def _rank(scheme: str) -> tuple[bool, str]:
    return scheme != "objectives", scheme
