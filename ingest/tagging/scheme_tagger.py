"""Reads texts for the concepts of one scheme: all evidence of each concept, and its score."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.definition_alignment import Aligner, Alignment, Packed
from ingest.tagging.embedding_cache import Keep, not_kept
from ingest.tagging.evidence import TELLING, named_evidence, telling_sentence
from ingest.tagging.label_matching import Analysis, Mention, Terms
from ingest.tagging.model import FEW_LABELS, FULL, WORDS, Model, Own, Weights, shipped_model
from ingest.tagging.scoring import Features, Matrix, mention_scores, scores
from ingest.tagging.semantic_similarity import Encode, Meaning, Vectors
from kb.documents.models import Evidence, EvidenceKind, Tag
from kb.text.sentences import sentence_spans
from kb.vocabularies.concept import Scheme
from kb.vocabularies.descriptions import describes
from kb.vocabularies.numbered_references import Reference, References

_ENOUGH_LABELS = 2  # alternative labels a concept and language, on average
_TELLS = 0.5  # weight from which a label supports a concept by itself
_NAMED = 0.5  # score from which a concept that is named rather than talked about is asserted


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, or a stretch of one, as the evidence is looked for in it.

    `body` is where evidence may stand; `context` (title, headings) counts for the words used but holds no evidence.
    `packed` are the vectors of its tokens, where there are any.
    """

    body: Analysis
    context: tuple[Analysis, ...]
    start: int
    end: int
    packed: tuple[Packed, ...] = ()
    in_document: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one scheme makes of some texts: scores, shape (texts, concepts), their features, the named evidence."""

    scores: Matrix
    features: Features
    references: tuple[dict[int, list[Reference]], ...]
    mentions: tuple[dict[int, list[Mention]], ...]


class SchemeTagger:
    """The tagger of one scheme. `by_name`: its concepts are named rather than talked about, so meaning says nothing."""

    def __init__(
        self,
        scheme: Scheme,
        encode: Encode | None,
        by_name: bool = False,
        model: Model | None = None,
        aligner: Aligner | None = None,
        keep: Keep = not_kept,
    ) -> None:
        self.scheme = scheme
        self.terms = Terms(scheme)
        self.explicit = References(scheme, self.describes)
        self.by_name = by_name
        self.meaning = Meaning(scheme, encode, keep) if encode and not by_name else None
        self._alignment = Alignment(scheme, aligner, keep) if aligner and self.meaning else None
        self._given = model
        self._places = {concept.notation: number for number, concept in enumerate(scheme.concepts)}

    @cached_property
    def _model(self) -> Model:
        """Read when it is needed: fitting a first one needs none."""
        return self._given or shipped_model()

    @property
    def kind(self) -> str:
        """Which of the model's weights fit what the scheme and the encoder offer."""
        if self.meaning is None:
            return WORDS
        return FEW_LABELS if self._has_few_labels else FULL

    @property
    def weights(self) -> Weights:
        return self._model.weights[self.kind]

    @property
    def _has_few_labels(self) -> bool:
        """Whether there are too few alternative labels to tell from them what a text is about."""
        alternatives = sum(len(concept.alt_labels) for concept in self.scheme.concepts)
        return alternatives < _ENOUGH_LABELS * len(self.terms.languages) * len(self.scheme.concepts)

    @cached_property
    def _own(self) -> tuple[Own, ...]:
        """What was learnt of each concept, or its scheme's values."""
        weights, name = self.weights, self.scheme.name
        return tuple(weights.own.get((name, c.notation), Own(0.0, weights.threshold)) for c in self.scheme.concepts)

    def threshold(self, concept: int, best: float) -> float:
        """The score from which a concept is asserted of a text whose best score is `best`."""
        return _NAMED if self.by_name else max(self._own[concept].threshold, self.weights.of_best * best)

    def describes(self, _scheme: str, notation: str, text: str) -> bool:
        """Whether `text` has a telling word of the concept's description, in any language of the scheme."""
        return describes(self.terms.profiles, self._places[notation], text)

    def judge(
        self, readings: Sequence[Reading], vectors: Vectors | None, references: Sequence[Sequence[Reference]]
    ) -> Judgement:
        """`vectors` (texts, dimension) and `references` (those of each text) go with the readings, one by one."""
        mentions = [self._by_concept(self.terms.find(reading.body)) for reading in readings]
        numbered = tuple(self._numbered(each) for each in references)
        features = self.features(readings, vectors, mentions, numbered)
        return Judgement(self.scored(features), features, numbered, tuple(mentions))

    def scored(self, features: Features) -> Matrix:
        """The score of each concept in each text, shape (texts, concepts)."""
        if self.by_name:
            return mention_scores(features)
        return scores(features, self.weights, np.array([each.offset for each in self._own]))

    def columns(self, readings: Sequence[Reading], vectors: Vectors | None) -> NDArray[np.float64]:
        """What the model is fitted on, shape (texts, concepts, columns): all but the concepts named by number."""
        mentions = [self._by_concept(self.terms.find(reading.body)) for reading in readings]
        return self.features(readings, vectors, mentions, [{} for _ in readings]).columns

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

        A label of words that many concepts share ("data") needs such a sentence beside it.
        Where a text says by number which concepts it is about, meaning alone adds none.
        """
        references, mentions = judged.references[row].get(concept, ()), judged.mentions[row].get(concept, ())
        found = named_evidence(references, mentions)
        telling = references or self.by_name or any(each.weight >= _TELLS for each in mentions)
        if telling or any(each.certain for several in judged.references[row].values() for each in several):
            return found
        span = self._nearest_sentence(reading, concept, float(judged.scores[row, concept]))
        return (*found, Evidence(*span, EvidenceKind.MEANING)) if span else ()

    def tags(self, reading: Reading, judged: Judgement, row: int) -> tuple[Tag, ...]:
        """The concepts asserted of one text, best first; none without words to support it."""
        best = float(judged.scores[row].max(initial=0.0))
        found = []
        for concept in map(int, np.argsort(-judged.scores[row], kind="stable")):
            score = float(judged.scores[row, concept])
            evidence = self.evidence(reading, judged, row, concept) if score >= self.threshold(concept, best) else ()
            if evidence:
                notation = self.scheme.concepts[concept].notation
                found.append(Tag(self.scheme.name, notation, round(score, 4), evidence, self._model.method))
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

    def _nearest_sentence(self, reading: Reading, concept: int, score: float) -> tuple[int, int] | None:
        """The sentence that supports a concept which is not named; None where none does so well enough.

        The less certain the concept is, the better its sentence must be: as given at a score of one half. Where a
        scheme has few labels scores are low, and the words of a definition are support enough.
        """
        spans = sentence_spans(reading.body.text, reading.start, reading.end)
        described = reading.body.language in self.terms.profiles
        if self._alignment and reading.packed:
            best = self._alignment.best_span(reading.packed, reading.body.language, spans, concept)
            if best and (not described or best[0] >= self._least_aligned(reading, score)):
                return best[1]
            if self.kind == FULL:
                return None
        if described or self.meaning is None:
            # Where no token vectors bear a word out, one is not enough.
            least = TELLING if self.kind == FEW_LABELS else 2 * TELLING
            return telling_sentence(self.terms, reading.body, spans, concept, least)
        if len(spans) < 2:
            return spans[0] if spans else None
        near = self.meaning.sentences(concept, [reading.body.text[start:end] for start, end in spans])
        return spans[int(np.argmax(near))]

    def _least_aligned(self, reading: Reading, score: float) -> float:
        return self._model.aligned_in_passage if reading.in_document else self._model.aligned * 2 * (1 - score)

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
