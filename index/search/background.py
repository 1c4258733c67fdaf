"""A fixed background of general knowledge: how near a question comes to passages that have nothing to do with it.

The same 72 passages in each of seven languages, written for this project, encoded beforehand by the embedded model
(see benchmarks/background.py). What a question has in common with them it has in common with any text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.search.late_interaction import align_all

FILE = Path(__file__).parent / "background.npz"
_USUAL = "en"  # stands for languages that the background does not speak
_NEAREST = 3  # passages of the background that tell how near it comes


@dataclass(frozen=True, slots=True)
class BackgroundSimilarity:
    """How near the background comes to a question.

    `tokens`, shape (question tokens,), is what the nearest few passages give each token; `matched` and `usual` are the
    mean over telling tokens in the nearest few and in all; `cosine` is that of the nearest few as wholes.
    """

    tokens: NDArray[np.float32]
    matched: float
    usual: float
    cosine: float


class Background:
    """The passages of one language, encoded."""

    def __init__(self, vectors: NDArray[np.float32], codes: Sequence[bytes]) -> None:
        self._vectors, self._codes = vectors, codes

    def similarity(
        self, vector: NDArray[np.float32], tokens: NDArray[np.float32], telling: NDArray[np.bool_]
    ) -> BackgroundSimilarity:
        """For a question's vector, (dimension,), and tokens, (tokens, dimension); those `telling`, (tokens,), count."""
        best = np.stack([each.max(1) for each, _ in align_all(tokens, self._codes)])
        means = best[:, telling].mean(1)
        return BackgroundSimilarity(
            tokens=np.sort(best, 0)[-_NEAREST:].mean(0),
            matched=float(np.sort(means)[-_NEAREST:].mean()),
            usual=float(means.mean()),
            cosine=float(np.sort(self._vectors @ vector)[-_NEAREST:].mean()),
        )


@lru_cache(maxsize=8)
def background(language: str) -> Background:
    """The background in a language, or in English where it does not speak that."""
    with np.load(FILE) as stored:
        spoken = language if f"{language}.vectors" in stored else _USUAL
        vectors = stored[f"{spoken}.vectors"].astype(np.float32)
        joined, ends = stored[f"{spoken}.codes"].tobytes(), np.cumsum(stored[f"{spoken}.sizes"])
    return Background(vectors, [joined[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)])
