"""An encoder that needs no model: words and parts of words hashed to dimensions, for tests and for trying out."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import Progress, TokenVectors, normalised
from kb.text.words import words

HASHING = "hashing"  # what KB_ENCODER calls it


class HashingEncoder:
    """Words and their character n-grams hashed to signed dimensions: deterministic, and no model is needed.

    Texts that share words or parts of words are near; a text without words has the zero vector.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.identity = f"{HASHING}-{dimension}"

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        return self.encode_passage_tokens(texts, progress=progress)[0]

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        vectors, tokens = self.encode_passage_tokens([text])
        return vectors[0], tokens[0]

    def encode_passage_tokens(
        self, texts: Sequence[str], skips: Sequence[int] | None = None, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        tokens = []
        for i, text in enumerate(texts):
            vectors[i], of_text = self._encode_one(text, skips[i] if skips else 0)
            tokens.append(of_text)
            if progress is not None:
                progress(1)
        return normalised(vectors), tokens

    def _encode_one(self, text: str, skip: int) -> tuple[NDArray[np.float32], TokenVectors]:
        found = list(words(text))
        hashed = np.zeros((len(found), self.dimension), np.float32)
        for row, word in enumerate(found):
            hashed[row] = _hashed(word.folded, self.dimension)
        kept = [row for row, word in enumerate(found) if word.start >= skip]
        starts = np.array([found[row].start - skip for row in kept], np.int32)
        ends = np.array([found[row].end - skip for row in kept], np.int32)
        return hashed.sum(axis=0), TokenVectors(hashed[kept].astype(np.float16), starts, ends)


@lru_cache(maxsize=50_000)
def _hashed(word: str, dimension: int) -> NDArray[np.float32]:
    vector = np.zeros(dimension, np.float32)
    bounded = f"<{word}>"
    for size in (3, 4, len(bounded)):
        for start in range(len(bounded) - size + 1):
            gram = bounded[start : start + size].encode()
            number = int.from_bytes(hashlib.blake2b(gram, digest_size=8).digest())
            vector[number % dimension] += 1 if number >> 63 else -1
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-12))
