"""Likeness of texts by the company they keep: two are alike that resemble the same other texts, even in other words.

The second-order likeness that latent semantic analysis rests on (Deerwester et al., 1990), with no number of topics to
choose: a text is the row of its cosines with texts of its language, less what these have with everybody. It needs no
encoder. In a small collection such a row tells little, so it counts the more the more texts there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index.matching.weights import SecondOrderWeights

_BLOCK = 5_000  # texts compared at a time

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Circle:
    """The texts of a language. `profiles` (rows, kept): cosines less `usual`, turned by `axes`, of length 1."""

    rows: NDArray[np.int64]
    companions: NDArray[np.int64]
    usual: Floats  # (companions,)
    axes: Floats  # (companions, kept)
    profiles: Floats
    weight: float  # makes the spread of likenesses 1, or less where there are few texts


class SecondOrderSimilarity:
    """The works, by the company they keep within their language."""

    def __init__(
        self, phrases: sparse.csr_matrix, languages: Sequence[str], weights: SecondOrderWeights | None = None
    ) -> None:
        """`phrases` (works, phrases) has rows of length 1."""
        self._works = phrases.shape[0]
        spoken = np.asarray(languages, "U8")
        members = {str(name): np.flatnonzero(spoken == name) for name in np.unique(spoken)}
        weights = weights or SecondOrderWeights()
        self._circles = {name: _circle(phrases, rows, weights) for name, rows in members.items() if len(rows) > 2}

    def similarities(self, cosines: Floats, language: str) -> Floats:
        """Likeness of a text to each work, in units of its spread; `cosines` (works,) are those of its phrases."""
        found = np.zeros(self._works, np.float32)
        circle = self._circles.get(language)
        if circle is not None:
            own: Floats = cosines[circle.companions] - circle.usual
            profile = unit(np.asarray(own @ circle.axes, np.float32))
            found[circle.rows] = circle.weight * (circle.profiles @ profile)
        return found


def _circle(phrases: sparse.csr_matrix, rows: NDArray[np.int64], weights: SecondOrderWeights) -> _Circle:
    some = np.random.default_rng(0).choice(rows, min(len(rows), weights.companions), replace=False)
    companions = np.sort(some)
    theirs = phrases[companions].T.tocsr()
    own = (phrases[companions] @ theirs).toarray().astype(np.float32)
    usual = own.mean(0)
    axes = np.linalg.svd(own - usual, full_matrices=False)[2][: weights.directions].T
    blocks = [rows[first : first + _BLOCK] for first in range(0, len(rows), _BLOCK)]
    alike = (np.asarray((phrases[b] @ theirs).toarray(), np.float32) for b in blocks)
    profiles = np.concatenate([unit((each - usual) @ axes) for each in alike])
    placed = profiles[np.searchsorted(rows, companions)]
    spread = float((placed @ placed.T)[~np.eye(len(companions), dtype=bool)].std())
    weight = len(rows) / (len(rows) + weights.enough) / max(spread, 1e-3)
    return _Circle(rows, companions, usual, axes, profiles, weight)


def unit(vectors: Floats) -> Floats:
    """Vectors, (…, dimension), of length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
