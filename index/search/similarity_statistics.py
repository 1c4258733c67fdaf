"""How similar a question is to passages in general, by language: the scale on which a similarity means something.

Cosines of one encoder lie in a narrow band that differs by question and by the language of the passage. With the
mean and covariance of the passage vectors, the mean and deviation of a question's similarities to all passages of a
language follow exactly, without computing them: E[q·v] = q·μ, Var[q·v] = qᵀΣq.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_ENOUGH = 200  # passages of a language before its own moments are trusted; below, they are mixed with the common ones


@dataclass(slots=True)
class _Sums:
    count: int
    first: NDArray[np.float64]  # (dimension,)
    second: NDArray[np.float64]  # (dimension, dimension)


@dataclass(slots=True)
class Moments:
    """Running sums of the vectors, by language. Vectors can be added and taken away."""

    dimension: int
    _by_language: dict[str, _Sums] = field(default_factory=dict)

    def copy(self) -> "Moments":
        """The same sums, changed apart from these."""
        copied = {k: _Sums(s.count, s.first.copy(), s.second.copy()) for k, s in self._by_language.items()}
        return Moments(self.dimension, copied)

    def add(self, languages: Sequence[str] | NDArray[np.str_], vectors: NDArray[np.float32], sign: int = 1) -> None:
        """Count vectors, shape (n, dimension), each of a language; `sign` -1 takes them away again."""
        rows: dict[str, list[int]] = defaultdict(list)
        for position, language in enumerate(languages):
            rows[str(language)].append(position)
        for language, positions in rows.items():
            chosen = vectors[positions]
            sums = self._by_language.setdefault(language, self._nothing())
            sums.count += sign * len(positions)
            sums.first += sign * chosen.sum(0, dtype=np.float64)
            sums.second += sign * (chosen.T @ chosen).astype(np.float64)

    def scale(self, question: NDArray[np.float32]) -> dict[str, tuple[float, float]]:
        """By language: mean and standard deviation of the similarity of `question`, shape (dimension,)."""
        total = self._nothing()
        for sums in self._by_language.values():
            total.count += sums.count
            total.first += sums.first
            total.second += sums.second
        if total.count < 2:
            return {}
        vector = question.astype(np.float64)
        common = _mean_and_variance(total, vector)
        scales: dict[str, tuple[float, float]] = {}
        for language, sums in self._by_language.items():
            if sums.count < 1:
                continue
            own = _mean_and_variance(sums, vector)
            trust = min(1.0, sums.count / _ENOUGH)
            mean = trust * own[0] + (1 - trust) * common[0]
            variance = trust * own[1] + (1 - trust) * common[1]
            scales[language] = (mean, max(variance, 1e-10) ** 0.5)
        return scales

    def _nothing(self) -> _Sums:
        return _Sums(0, np.zeros(self.dimension), np.zeros((self.dimension, self.dimension)))


def _mean_and_variance(sums: _Sums, vector: NDArray[np.float64]) -> tuple[float, float]:
    mean = float(vector @ sums.first) / sums.count
    square = float(vector @ sums.second @ vector) / sums.count
    return mean, square - mean * mean
