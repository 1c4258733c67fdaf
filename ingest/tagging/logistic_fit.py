"""Fits the model that makes one score of the evidence: a logistic regression with an offset for each concept.

Offsets are held near zero by a penalty (they are normally distributed effects, as in a mixed model), so that a concept
of which little is known keeps what its scheme does. Everything is deterministic: the same rows give the same model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.model import Own, Weights

Concept = tuple[str, str]  # scheme, notation

FOLDS = 5
_RIDGE = 1.0  # penalty of the columns
_RIDGE_OWN = 3.0  # penalty of what is learnt of one concept
_SHRINK = 50.0  # right answers of a concept that its own threshold needs to weigh as much as its scheme's
_STEPS = 60
_THRESHOLDS = np.round(np.arange(0.02, 0.90, 0.01), 2)
_ROUND = 4  # digits that are recorded, and used


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known of concepts in texts, a row each: inputs (rows, columns), truth and weight (rows,).

    `groups` are kept together in cross-validation: the sections and translations of one document.
    """

    columns: NDArray[np.float64]
    truth: NDArray[np.float64]
    weight: NDArray[np.float64]
    concepts: tuple[Concept, ...]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.truth)

    def only(self, chosen: NDArray[np.bool_]) -> "Rows":
        kept = np.flatnonzero(chosen)
        return Rows(
            self.columns[kept],
            self.truth[kept],
            self.weight[kept],
            tuple(self.concepts[i] for i in kept),
            tuple(self.groups[i] for i in kept),
        )


@dataclass(frozen=True, slots=True)
class Measures:
    """How well scores agree with what is known, weighted as the rows are."""

    log_loss: float
    precision: float
    recall: float
    f1: float
    calibration_error: float  # expected, over ten bins of equal width


def concatenate(first: Rows, second: Rows) -> Rows:
    """The rows of both."""
    return Rows(
        np.concatenate((first.columns, second.columns)),
        np.concatenate((first.truth, second.truth)),
        np.concatenate((first.weight, second.weight)),
        first.concepts + second.concepts,
        first.groups + second.groups,
    )


def fit(rows: Rows, used: tuple[int, ...], held_out: NDArray[np.float64]) -> Weights:
    """A model of these rows that looks at the `used` columns; thresholds from their scores by `cross_validated`."""
    fitted = _logistic(rows, used)
    least = best_threshold(held_out, rows.truth, rows.weight)
    own = {
        concept: Own(round(fitted.own[concept].offset, _ROUND), threshold)
        for concept, threshold in _own_thresholds(rows, held_out, least).items()
    }
    columns = tuple(round(each, _ROUND) for each in fitted.columns)
    return Weights(columns, round(fitted.intercept, _ROUND), least, 0.0, own)


def cross_validated(rows: Rows, used: tuple[int, ...], besides: Rows | None = None) -> NDArray[np.float64]:
    """Score of each row by a model that saw nothing of its group, shape (rows,).

    `besides` are rows to learn from that are not scored; of those, too, the groups of the fold are left out.
    """
    scores = np.zeros(len(rows))
    folds = fold_of(rows.groups)
    others = fold_of(besides.groups) if besides is not None else None
    for fold in range(FOLDS):
        seen = rows.only(folds != fold)
        if besides is not None and others is not None:
            seen = concatenate(seen, besides.only(others != fold))
        inside = folds == fold
        scores[inside] = predict(_logistic(seen, used), rows.only(inside))
    return scores


def fold_of(groups: tuple[str, ...]) -> NDArray[np.int64]:
    """The fold of each row, shape (rows,): told from the name of its group, so that it never changes."""
    return np.array([crc32(group.encode()) % FOLDS for group in groups], dtype=np.int64)


def predict(weights: Weights, rows: Rows) -> NDArray[np.float64]:
    """Scores of the rows, shape (rows,)."""
    offsets = np.array([weights.own[c].offset if c in weights.own else 0.0 for c in rows.concepts])
    return np.asarray(sigmoid(rows.columns @ np.array(weights.columns) + weights.intercept + offsets))


def thresholds(weights: Weights, rows: Rows) -> NDArray[np.float64]:
    """The score from which each row is asserted, shape (rows,)."""
    return np.array([weights.own[c].threshold if c in weights.own else weights.threshold for c in rows.concepts])


def measure(scores: NDArray[np.float64], least: NDArray[np.float64], rows: Rows) -> Measures:
    """`scores` and `least` (the threshold of each row), shape (rows,)."""
    precision, recall, f1 = _agreement(scores >= least, rows.truth, rows.weight)
    return Measures(
        float(np.average(log_losses(scores, rows.truth), weights=rows.weight)),
        precision,
        recall,
        f1,
        calibration_error(scores, rows.truth, rows.weight),
    )


def log_losses(scores: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.asarray(-(truth * np.log(clipped) + (1 - truth) * np.log(1 - clipped)))


def bins(
    scores: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64], count: int = 10
) -> Iterator[tuple[float, float, float, int]]:
    """(mean score, share that is true, weight, rows) of each bin of equal width that holds any."""
    which = np.minimum((scores * count).astype(int), count - 1)
    for number in range(count):
        inside = which == number
        if inside.any():
            w = weight[inside]
            yield (
                float(np.average(scores[inside], weights=w)),
                float(np.average(truth[inside], weights=w)),
                float(w.sum()),
                int(inside.sum()),
            )


def calibration_error(scores: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Expected calibration error (Naeini et al., 2015): the mean gap between score and share, by weight of the bins."""
    return sum(abs(score - share) * w for score, share, w, _ in bins(scores, truth, weight)) / float(weight.sum())


def best_threshold(scores: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """The threshold with the best F1; of several, the highest."""
    found = [(_agreement(scores >= least, truth, weight)[2], least) for least in _THRESHOLDS]
    return float(max(found)[1])


def balanced_threshold(scores: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """The threshold with the best mean of the shares of true and of false rows told rightly; the highest of several."""
    true, false = truth > 0, truth == 0
    found = [
        (
            np.average(scores[true] >= least, weights=weight[true])
            + np.average(scores[false] < least, weights=weight[false]),
            least,
        )
        for least in _THRESHOLDS
    ]
    return float(max(found)[1])


def sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def _own_thresholds(rows: Rows, scores: NDArray[np.float64], least: float) -> Mapping[Concept, float]:
    """A threshold for each concept: its own best one and its scheme's, by how many right answers it has."""
    places: dict[Concept, list[int]] = {}
    for place, concept in enumerate(rows.concepts):
        places.setdefault(concept, []).append(place)
    found = {}
    for concept, inside in places.items():
        known = float(rows.weight[inside] @ rows.truth[inside])
        best = best_threshold(scores[inside], rows.truth[inside], rows.weight[inside]) if known else least
        mixed = (known * _logit(best) + _SHRINK * _logit(least)) / (known + _SHRINK)
        found[concept] = round(float(sigmoid(np.array(mixed))), _ROUND)
    return found


def _logistic(rows: Rows, used: tuple[int, ...]) -> Weights:
    """Newton's method on the penalised likelihood; converges for any rows, as the penalty keeps it strictly convex."""
    known = tuple(sorted(set(rows.concepts)))
    place = {concept: number for number, concept in enumerate(known)}
    which = np.array([place[concept] for concept in rows.concepts])
    inputs = np.concatenate((rows.columns[:, list(used)], np.ones((len(rows), 1)), np.eye(len(known))[which]), axis=1)
    penalty = np.array([_RIDGE] * len(used) + [1e-6] + [_RIDGE_OWN] * len(known))
    found = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chance = sigmoid(inputs @ found)
        gradient = inputs.T @ (rows.weight * (rows.truth - chance)) - penalty * found
        curvature = (inputs.T * (rows.weight * chance * (1 - chance))) @ inputs + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        found += step / max(1.0, float(np.abs(step).max()))  # damped: far from the optimum a full step may overshoot
        if np.abs(step).max() < 1e-8:
            break
    columns = np.zeros(rows.columns.shape[1])
    columns[list(used)] = found[: len(used)]
    offsets = found[len(used) + 1 :]
    own = {concept: Own(float(offsets[number]), 1.0) for concept, number in place.items()}
    return Weights(tuple(map(float, columns)), float(found[len(used)]), 1.0, 0.0, own)


def _agreement(
    asserted: NDArray[np.bool_], truth: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, float, float]:
    right = float((asserted * truth) @ weight)
    precision = right / (float(asserted @ weight) or 1.0)
    recall = right / (float(truth @ weight) or 1.0)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1.0)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
