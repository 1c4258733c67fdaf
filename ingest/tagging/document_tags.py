"""What a whole document is about, told from how much of it speaks of each concept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.documents.models import Evidence, EvidenceKind, Passage, Tag, TaggedPassage
from kb.vocabularies.skos import natural

STATED = "stated"
_COVERED = 0.15  # share of the text that speaks of a concept before the document is about it
_OF_BEST = 0.4  # and how that compares with the concept most is said of
_TITLE = 0.3  # share that a mention in the title is worth
_IN_TITLE = 0.97  # score of a concept that the title names by number
_SELECTIVE = 0.34  # a document that names no more than this share of a scheme by number is about those
_PIECES = 5  # pieces of evidence kept


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the passages say of one concept, together."""

    coverage: float = 0.0
    best: float = 0.0
    explicit: bool = False
    evidence: tuple[Evidence, ...] = ()


def document_tags(
    tagged: Sequence[TaggedPassage], scheme: str, size: int, in_title: Mapping[str, tuple[Evidence, ...]], method: str
) -> tuple[Tag, ...]:
    """Tags of the document in one scheme of `size` concepts, best first.

    `in_title` holds the notations that the title names, and where in the text. A passage that speaks of several
    concepts counts less for each, so that a list of all of them counts for none.
    """
    standing = dict(_standing(tagged, scheme))
    for notation, evidence in in_title.items():
        if notation in standing or any(e.kind is EvidenceKind.EXPLICIT for e in evidence):
            standing[notation] = _with_title(standing.get(notation, _Standing()), evidence)
    named = [notation for notation, each in standing.items() if each.explicit]
    selective = len(named) <= max(1, int(size * _SELECTIVE))
    coverage = {n: each.coverage for n, each in standing.items()}
    least = max(_COVERED, _OF_BEST * max(coverage.values(), default=0.0))
    found = [
        Tag(scheme, notation, round(each.best, 4), each.evidence, method)
        for notation, each in standing.items()
        if coverage[notation] >= least or (selective and each.explicit)
    ]
    return tuple(sorted(found, key=lambda tag: (-coverage[tag.notation], natural(tag.notation))))


def stated_tags(notations: Sequence[str], scheme: str, tagged: Sequence[TaggedPassage]) -> tuple[Tag, ...]:
    """Tags that the document states of itself, with what its passages have to support them."""
    standing = _standing(tagged, scheme)
    return tuple(
        Tag(scheme, n, 1.0, standing.get(n, _Standing()).evidence, STATED) for n in sorted(set(notations), key=natural)
    )


def _standing(tagged: Sequence[TaggedPassage], scheme: str) -> Mapping[str, _Standing]:
    total = sum(_length(each.passage) for each in tagged) or 1
    found: dict[str, _Standing] = {}
    for each in tagged:
        tags = [tag for tag in each.tags if tag.scheme == scheme]
        for tag in tags:
            before = found.get(tag.notation, _Standing())
            covered = tag.score * _length(each.passage) / total / len(tags) ** 0.5
            found[tag.notation] = _Standing(
                before.coverage + covered,
                max(before.best, tag.score),
                before.explicit or any(e.kind is EvidenceKind.EXPLICIT for e in tag.evidence),
                _strongest((*before.evidence, *tag.evidence)),
            )
    return found


def _with_title(before: _Standing, evidence: tuple[Evidence, ...]) -> _Standing:
    explicit = any(e.kind is EvidenceKind.EXPLICIT for e in evidence)
    best = max(before.best, _IN_TITLE) if explicit else before.best
    combined = _strongest((*evidence, *before.evidence))
    return _Standing(before.coverage + _TITLE, best, before.explicit or explicit, combined)


def _strongest(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    order = tuple(EvidenceKind)
    return tuple(sorted(dict.fromkeys(evidence), key=lambda e: order.index(e.kind))[:_PIECES])


def _length(passage: Passage) -> int:
    return passage.end - passage.start
