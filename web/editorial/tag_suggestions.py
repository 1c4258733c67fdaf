"""What the software suggests a document is about, as a librarian decides on it: one by one, evidence at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.documents.models import Evidence, Passage, StoredDocument, Tag, TagState, Verdict
from kb.documents.store.carried_decisions import Carried
from kb.i18n.catalogue import _
from kb.vocabularies.schemes import ADDED_FROM, DECIDED
from kb.vocabularies.skos import Taxonomy, natural
from web.documents.tag_evidence import Claims, Support, scheme_name, spans_by_tag, support_of
from web.i18n.labels import Labels

_MOST = 4  # pieces of evidence shown of the suggestion that is being decided
LEVELS = (90, 80, 70, 60, 50)  # scores, in hundredths, above which all can be accepted
_CARRIED = _("carried from version %(version)s")
_UNSUPPORTED = _("carried from version %(version)s; the words that spoke for it are not in this one")
_STANDINGS = {
    TagState.SUGGESTED: _("not decided yet"),
    TagState.ACCEPTED: _("accepted"),
    TagState.REJECTED: _("rejected"),
    TagState.ADDED: _("added by a person"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A claim about the document as a whole. `score` is in hundredths, None where a person made it."""

    key: str
    scheme: str
    notation: str
    label: str
    state: TagState
    standing: str
    score: int | None
    carried: str
    places: int
    current: bool
    supports: tuple[Support, ...]

    @property
    def decided(self) -> bool:
        return self.state is not TagState.SUGGESTED


@dataclass(frozen=True, slots=True)
class Group:
    """The suggestions of one vocabulary."""

    name: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All of them, and which one is being decided. `levels` are (score in hundredths, how many reach it)."""

    groups: tuple[Group, ...]
    current: str
    waiting: int
    total: int
    levels: tuple[tuple[int, int], ...]
    evidence: tuple[Evidence, ...]


def in_order(claims: Claims) -> list[Tag]:
    """Claims about the document as a whole that are decided here, as they are shown: by vocabulary, surest first."""
    about = {(t.scheme, t.notation): t for place, t in claims if place is None and t.scheme in DECIDED}
    return sorted(about.values(), key=lambda t: (DECIDED.index(t.scheme), -t.score, natural(t.notation)))


def waiting_after(claims: Claims, key: str) -> str:
    """The next claim that waits after the one called `key`, from the top again at the end; "" when none waits."""
    keys = [(key_of(tag), tag.state) for tag in in_order(claims)]
    at = next((n for n, (name, _state) in enumerate(keys) if name == key), -1)
    turned = [*keys[at + 1 :], *keys[: at + 1]]
    return next((name for name, state in turned if state is TagState.SUGGESTED), "")


def key_of(tag: Tag) -> str:
    """What a claim is called in addresses."""
    return f"{tag.scheme}:{tag.notation}"


def suggestions(
    document: StoredDocument,
    claims: Claims,
    passages: Sequence[Passage],
    labels: Labels,
    asked: str,
    carried: Mapping[str, Carried],
) -> Suggestions:
    """The suggestions, with the evidence of the one that was `asked` for, else of the first that waits.

    `carried` tells, by key, which decisions come from an earlier version.
    """
    tags = in_order(claims)
    spans = spans_by_tag(claims)
    keys = {key_of(tag) for tag in tags} | {f"{scheme}:{notation}" for scheme, notation in spans}
    current = asked if asked in keys else waiting_after(claims, "")
    groups = []
    for scheme in DECIDED:
        shown = [
            replace(
                _suggestion(document, t, spans[scheme, t.notation], passages, labels, current),
                carried=_carried(carried.get(key_of(t)), labels),
            )
            for t in tags
            if t.scheme == scheme
        ]
        groups += [Group(scheme_name(scheme, labels), tuple(shown))] if shown else []
    scores = [_hundredths(tag) or 0 for tag in tags if tag.state is TagState.SUGGESTED]
    reached = tuple((level, sum(score >= level for score in scores)) for level in LEVELS)
    scheme, _colon, notation = current.partition(":")
    evidence = tuple(spans[scheme, notation]) if current else ()
    return Suggestions(tuple(groups), current, len(scores), len(tags), reached, evidence)


def verdict_of(word: str) -> Verdict | None:
    """The verdict a button stands for."""
    return next((v for v in (Verdict.ACCEPTED, Verdict.REJECTED, Verdict.WITHDRAWN) if v.value == word), None)


def addable(taxonomy: Taxonomy, claims: Claims, labels: Labels) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Concepts that are not claimed yet, as (vocabulary, ((key, label), …))."""
    taken = {key_of(tag) for tag in in_order(claims) if tag.state is not TagState.REJECTED}
    found = []
    for name in ADDED_FROM:
        concepts = taxonomy.by_name[name].concepts if name in taxonomy.by_name else ()
        keys = ((f"{name}:{c.notation}", labels.concept(name, c.notation)) for c in concepts)
        rest = tuple(pair for pair in keys if pair[0] not in taken)
        found += [(scheme_name(name, labels), rest)] if rest else []
    return tuple(found)


def _suggestion(
    document: StoredDocument,
    tag: Tag,
    spans: Sequence[Evidence],
    passages: Sequence[Passage],
    labels: Labels,
    current: str,
) -> Suggestion:
    chosen = key_of(tag) == current
    return Suggestion(
        key=key_of(tag),
        scheme=tag.scheme,
        notation=tag.notation,
        label=labels.concept(tag.scheme, tag.notation),
        state=tag.state,
        standing=labels.interface.say(_STANDINGS[tag.state]),
        score=_hundredths(tag),
        carried="",
        places=len(spans),
        current=chosen,
        supports=tuple(support_of(document, e, passages, labels) for e in spans[:_MOST]) if chosen else (),
    )


def _carried(origin: Carried | None, labels: Labels) -> str:
    if origin is None:
        return ""
    said = labels.interface.say(_CARRIED if origin.supported else _UNSUPPORTED)
    return said % {"version": labels.interface.number(origin.version)}


def _hundredths(tag: Tag) -> int | None:
    return None if tag.method == "person" else round(100 * tag.score)
