"""Reads texts for the concepts of one scheme: all evidence of each concept, and its score."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.evidence import MEANING, named, sentence_spans, telling_sentence
from ingest.tagging.explicit import Explicit, Reference
from ingest.tagging.meaning import Encode, Meaning, Vectors
from ingest.tagging.scoring import (
    FEW_LABELS,
    FULL,
    METHOD,
    WITHOUT_MEANING,
    Features,
    Matrix,
    Weights,
    mention_scores,
    scores,
)
from ingest.tagging.terms import Analysis, Mention, Terms
from kb.models import Evidence, Scheme, Tag

_DESCRIBES = 0.5  # rarity of a word that words and description must share to fit
_ENOUGH_LABELS = 2  # alternative labels a concept and language, on average
_NAMED = 0.5  # score from which a concept that is named rather than talked about is asserted


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, or a stretch of one, as the evidence is looked for in it.

    `body` is where evidence may stand; `context` (title, headings) counts for the words used but holds no evidence.
    `references` are the concepts named by number in `body` or in the heading it stands under.
    """

    body: Analysis
    context: tuple[Analysis, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one scheme makes of some texts: scores of shape (texts, concepts) and the named evidence of each concept."""

    scores: Matrix
    references: tuple[dict[int, list[Reference]], ...]
    mentions: tuple[dict[int, list[Mention]], ...]


class SchemeTagger:
    """The tagger of one scheme. `by_name`: its concepts are named rather than talked about, so meaning says nothing."""

    def __init__(self, scheme: Scheme, encode: Encode | None, by_name: bool = False) -> None:
        self.scheme = scheme
        self.terms = Terms(scheme)
        self.explicit = Explicit(scheme, self.describes)
        self.by_name = by_name
        self.meaning = Meaning(scheme, encode) if encode and not by_name else None
        self._places = {concept.notation: number for number, concept in enumerate(scheme.concepts)}

    @property
    def weights(self) -> Weights:
        if self.meaning is None:
            return WITHOUT_MEANING
        return FEW_LABELS if self._has_few_labels else FULL

    @property
    def _has_few_labels(self) -> bool:
        """Whether there are too few alternative labels to tell from them what a text is about."""
        alternatives = sum(len(concept.alt_labels) for concept in self.scheme.concepts)
        return alternatives < _ENOUGH_LABELS * len(self.terms.languages) * len(self.scheme.concepts)

    def threshold(self, best: float) -> float:
        """The score from which a concept is asserted of a text whose best score is `best`."""
        return _NAMED if self.by_name else max(self.weights.threshold, self.weights.of_best * best)

    def describes(self, _scheme: str, notation: str, text: str) -> bool:
        """Whether `text` has a telling word of the concept's description, in any language of the scheme."""
        concept = self._places[notation]
        return any(
            profile.rarity(each) >= _DESCRIBES and concept in profile.concepts.get(each, ())
            for language, profile in self.terms.profiles.items()
            for each in profile.stems(text)
        )

    def judge(
        self, readings: Sequence[Reading], vectors: Vectors | None, references: Sequence[Sequence[Reference]]
    ) -> Judgement:
        """`vectors` (texts, dimension) and `references` (those of each text) go with the readings, one by one."""
        mentions = [self._by_concept(self.terms.find(reading.body)) for reading in readings]
        numbered = tuple(self._numbered(each) for each in references)
        features = self.features(readings, vectors, mentions, numbered)
        found = mention_scores(features) if self.by_name else scores(features, self.weights)
        return Judgement(found, numbered, tuple(mentions))

    def features(
        self,
        readings: Sequence[Reading],
        vectors: Vectors | None,
        mentions: Sequence[dict[int, list[Mention]]],
        references: Sequence[dict[int, list[Reference]]],
    ) -> Features:
        shape = len(readings), len(self.scheme.concepts)
        nearness: NDArray[np.float64] = np.zeros(shape)
        if self.meaning is not None and vectors is not None and len(readings):
            nearness = self.meaning.nearness(vectors)
        overlap, terms, certain, doubtful = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for row, reading in enumerate(readings):
            overlap[row] = self._overlap(reading)
            for concept, several in mentions[row].items():
                terms[row, concept] = sum(mention.weight for mention in several)
            for analysis in reading.context:
                for mention in self.terms.find(analysis):
                    terms[row, mention.concept] += mention.weight
            for concept, named_here in references[row].items():
                (certain if any(each.certain for each in named_here) else doubtful)[row, concept] = 1.0
        return Features(nearness, overlap, terms, certain, doubtful)

    def evidence(self, reading: Reading, judged: Judgement, row: int, concept: int) -> tuple[Evidence, ...]:
        """The words that support a concept: those that name it, else the sentence that comes nearest.

        Where a text says by number which concepts it is about, meaning alone adds none.
        """
        found = named(judged.references[row].get(concept, ()), judged.mentions[row].get(concept, ()))
        if found or any(each.certain for several in judged.references[row].values() for each in several):
            return found
        span = self._nearest_sentence(reading, concept)
        return (Evidence(*span, MEANING),) if span else ()

    def tags(self, reading: Reading, judged: Judgement, row: int) -> tuple[Tag, ...]:
        """The concepts asserted of one text, best first; none without words to support it."""
        least = self.threshold(float(judged.scores[row].max(initial=0.0)))
        found = []
        for concept in np.argsort(-judged.scores[row], kind="stable"):
            score = float(judged.scores[row, concept])
            if score < least:
                break
            evidence = self.evidence(reading, judged, row, int(concept))
            if evidence:
                notation = self.scheme.concepts[concept].notation
                found.append(Tag(self.scheme.name, notation, round(score, 4), evidence, METHOD))
        return tuple(found)

    def ranking(self, judged: Judgement, row: int) -> tuple[tuple[str, float], ...]:
        """Every concept with its score, best first."""
        order = np.argsort(-judged.scores[row], kind="stable")
        return tuple((self.scheme.concepts[c].notation, round(float(judged.scores[row, c]), 4)) for c in order)

    def _overlap(self, reading: Reading) -> list[float]:
        profile = self.terms.profiles.get(reading.body.language)
        if profile is None:
            return [0.0] * len(self.scheme.concepts)
        return profile.overlap([each for a in (*reading.context, reading.body) for each in a.stems])

    def _nearest_sentence(self, reading: Reading, concept: int) -> tuple[int, int] | None:
        """The sentence that supports a concept which is not named; by its words where the language is described."""
        spans = sentence_spans(reading.body.text, reading.start, reading.end)
        if reading.body.language in self.terms.profiles or self.meaning is None:
            return telling_sentence(self.terms, reading.body, spans, concept)
        if len(spans) < 2:
            return spans[0] if spans else None
        near = self.meaning.sentences(concept, [reading.body.text[start:end] for start, end in spans])
        return spans[int(np.argmax(near))]

    def _by_concept(self, mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
        found: dict[int, list[Mention]] = defaultdict(list)
        for mention in mentions:
            found[mention.concept].append(mention)
        return found

    def _numbered(self, references: Sequence[Reference]) -> dict[int, list[Reference]]:
        found: dict[int, list[Reference]] = defaultdict(list)
        for reference in references:
            found[self._places[reference.notation]].append(reference)
        return found
