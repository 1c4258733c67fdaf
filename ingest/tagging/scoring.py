"""One calibrated score from the three kinds of evidence: a logistic model over how a concept stands out in a text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.logistic_fit import sigmoid
from ingest.tagging.model import Weights

Matrix = NDArray[np.float64]  # (texts, concepts)

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
        """Inputs of the logistic model in the order of model.COLUMNS, shape (texts, concepts, 5)."""
        near, shared = _standard(self.nearness), _standard(self.overlap)
        return np.stack((near, shared, np.log1p(self.terms), self.nearness, np.log1p(self.overlap)), axis=-1)


def scores(features: Features, weights: Weights, offsets: NDArray[np.float64]) -> Matrix:
    """Probability that each text is about each concept, shape (texts, concepts); `offsets` of shape (concepts,)."""
    logit = features.columns @ np.array(weights.columns) + weights.intercept + offsets + _DOUBTFUL * features.doubtful
    evident = np.where(features.certain > 0, np.maximum(_CERTAIN, sigmoid(logit)), sigmoid(logit))
    return np.asarray(evident, dtype=np.float64)


def mention_scores(features: Features) -> Matrix:
    """The same for schemes whose concepts are named rather than talked about: labels and numbers alone count."""
    named = 1.0 - np.exp(-_TERM_RATE * features.terms)
    return np.asarray(np.where(features.certain > 0, np.maximum(_CERTAIN, named), named), dtype=np.float64)


def _standard(values: Matrix) -> Matrix:
    """Standard scores across the concepts of each text; zero where all are alike."""
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0))
