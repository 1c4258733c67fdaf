"""The words that support a tag: where a text names a concept, and the sentence that comes nearest to it."""

from collections.abc import Sequence

from ingest.tagging.label_matching import Analysis, Mention, Terms
from kb.documents.models import Evidence, EvidenceKind
from kb.vocabularies.numbered_references import Reference

TELLING = 0.8  # summed rarity of the words that a sentence must share with a description to support it
_MOST = 5  # pieces of evidence of one tag


def named_evidence(references: Sequence[Reference], mentions: Sequence[Mention]) -> tuple[Evidence, ...]:
    """Evidence of one concept by number and label, strongest first; a label inside a reference is left out."""
    explicit = list(dict.fromkeys(Evidence(r.start, r.end, EvidenceKind.EXPLICIT) for r in references))
    terms = [
        Evidence(m.start, m.end, EvidenceKind.TERM)
        for m in sorted(mentions, key=lambda m: (-m.weight, m.start))
        if not any(e.start <= m.start and m.end <= e.end for e in explicit)
    ]
    return tuple(explicit + list(dict.fromkeys(terms)))[:_MOST]


def telling_sentence(
    terms: Terms, analysis: Analysis, spans: Sequence[tuple[int, int]], concept: int, least: float = TELLING
) -> tuple[int, int] | None:
    """The sentence with most of the rare words of a concept's description; None where none has `least` of them."""
    profile = terms.profiles.get(analysis.language)
    if profile is None:
        return None
    told = [0.0] * len(spans)
    for number, (start, end) in enumerate(spans):
        inside = {s for w, s in zip(analysis.words, analysis.stems, strict=True) if start <= w.start and w.end <= end}
        told[number] = sum(profile.rarity(s) for s in inside if concept in profile.concepts.get(s, ()))
    best = max(range(len(spans)), key=lambda number: (told[number], -number), default=None)
    return spans[best] if best is not None and told[best] >= least else None
