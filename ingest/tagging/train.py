"""Learns the tagging model: from the training texts alone, or from them and the decisions of persons."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.definition_alignment import Aligner, Alignment
from ingest.tagging.logistic_fit import Measures, Rows, balanced_threshold, cross_validated, fit, measure, thresholds
from ingest.tagging.model import COLUMNS, FEW_LABELS, FULL, WORDS, Model, Origin, Weights
from ingest.tagging.scheme_tagger import SchemeTagger
from ingest.tagging.semantic_similarity import Encode
from ingest.tagging.text_inputs import Text, encoded_texts
from ingest.tagging.training_data import TrainingText, digest, training_rows
from kb.text.sentences import sentence_spans
from kb.vocabularies.concept import Scheme

METHOD = "evidence-2"  # names the tagger in stored tags
# Columns that a kind of scheme is looked at with: without an encoder there is no nearness.
USED = {
    FULL: tuple(range(len(COLUMNS))),
    FEW_LABELS: tuple(range(len(COLUMNS))),
    WORDS: tuple(COLUMNS.index(name) for name in ("words_in_text", "terms", "words")),
}
_UNALIGNED = 10, 25  # per cent of right answers that do worse than a supporting sentence must: in a text, in a passage
_OF_BEST = 0.1  # where little is asked, a concept still needs a tenth of the best score of its text


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights, the rows they were fitted on, and the score of each row by a model that did not see its group."""

    weights: Weights
    rows: Rows
    held_out: NDArray[np.float64]

    @property
    def measures(self) -> Measures:
        return measure(self.held_out, thresholds(self.weights, self.rows), self.rows)


def learn(
    scheme: Scheme, encode: Encode, aligner: Aligner, texts: Sequence[TrainingText], date: str, encoder: str
) -> tuple[Model, dict[str, Fitted]]:
    """The model that is shipped, and how each kind of it was fitted; the texts are labelled with `scheme`."""
    fitted = {
        FULL: _fitted(SchemeTagger(scheme, encode), encode, texts, FULL),
        FEW_LABELS: _for_unknown(_fitted(SchemeTagger(_without_labels(scheme), encode), encode, texts, FEW_LABELS)),
        WORDS: _fitted(SchemeTagger(scheme, None), None, texts, WORDS),
    }
    origin = Origin(
        date=date,
        encoder=encoder,
        training=digest(texts),
        texts=len(texts),
        positives=sum(len(each.concepts) for each in texts),
        sources=tuple(sorted(Counter(each.source for each in texts).items())),
    )
    weights = {kind: each.weights for kind, each in fitted.items()}
    return Model(METHOD, origin, weights, *_aligned(scheme, aligner, texts)), fitted


def _fitted(tagger: SchemeTagger, encode: Encode | None, texts: Sequence[TrainingText], kind: str) -> Fitted:
    known = training_rows(tagger, encode, texts)
    held_out = cross_validated(known, USED[kind])
    return Fitted(fit(known, USED[kind], held_out), known, held_out)


def _for_unknown(fitted: Fitted) -> Fitted:
    """For a vocabulary that brings labels and definitions alone: nothing of the concepts that it was fitted on.

    Less of a text is then recognised, so that less is asked: what tells true from false best when both are as likely.
    """
    least = balanced_threshold(fitted.held_out, fitted.rows.truth, fitted.rows.weight)
    return replace(fitted, weights=replace(fitted.weights, threshold=least, of_best=_OF_BEST, own={}))


def _without_labels(scheme: Scheme) -> Scheme:
    return replace(scheme, concepts=tuple(replace(concept, alt_labels=()) for concept in scheme.concepts))


def _aligned(scheme: Scheme, aligner: Aligner, texts: Sequence[TrainingText]) -> tuple[float, float]:
    """How well the best sentence of a text answers a concept the text is about, in all but the worst cases."""
    alignment = Alignment(scheme, aligner)
    places = {concept.notation: place for place, concept in enumerate(scheme.concepts)}
    defined = {language for concept in scheme.concepts for language, _ in concept.definitions}
    own = [each for each in texts if each.concepts and each.language in defined]
    _, packed = encoded_texts(aligner, [Text(each.text, "", each.language) for each in own])
    found = []
    for text, tokens in zip(own, packed, strict=True):
        spans = sentence_spans(text.text)
        for notation in text.concepts:
            best = alignment.best_span(tokens, text.language, spans, places[notation])
            found += [best[0]] if best else []
    in_text, in_passage = (round(float(np.percentile(found, share)), 4) for share in _UNALIGNED)
    return in_text, in_passage
