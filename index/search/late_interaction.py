"""Late interaction: candidates compared with the question token by token, and the words that answer each other.

MaxSim as in ColBERT (arXiv 2004.12832): for each token of the question the best token of the passage, averaged.
Token vectors of one encoder share a large common part; taking away its mean is what makes them comparable. Stored
are 2 bits a dimension after a fixed random rotation, which spreads the variance evenly (as in TurboQuant,
arXiv 2504.19874), so that one set of levels fits every dimension.
"""

import base64
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.search.fusion import rank_by_score
from kb.search.answers import Ranking

# Levels of the best 4-level quantiser of a normal variable (Max, 1960): ±0.4528 and ±1.510, borders 0 and ±0.9816.
# As small integers they keep the ratio (3 : 10) and decode four times faster than floats.
_BORDER = np.float32(0.9816)
_LEVELS = np.array([-10, -3, 3, 10], np.int8)
_SEED = 20181210  # of the rotation; part of the codec's identity
_HEADER = struct.Struct("<HH")  # tokens, bytes a token
_DECODE = _LEVELS[(np.arange(256)[:, None] >> np.array([0, 2, 4, 6])) & 3].copy().view(np.int32).ravel()
MAX_TOKENS = 512


@dataclass(frozen=True, slots=True)
class TokenSpans:
    """Where the tokens of a passage stand in its text: offsets, shape (tokens,), characters; empty outside of it."""

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TokenCodec:
    """Packs token vectors. The means, shape (dimension,), are those of passage tokens and of question tokens."""

    passage_mean: NDArray[np.float32]
    question_mean: NDArray[np.float32]
    rotation: NDArray[np.float32]  # (dimension, dimension), orthogonal

    def pack(self, vectors: NDArray[np.float32], starts: NDArray[np.int32], ends: NDArray[np.int32]) -> bytes:
        """Codes of the tokens of one passage. `vectors` (tokens, dimension), offsets (tokens,) in characters."""
        count = min(len(vectors), MAX_TOKENS)
        dimension = len(self.passage_mean)
        rotated = self._turned(vectors[:count], self.passage_mean) * np.float32(dimension**0.5)
        codes = (rotated > 0).astype(np.uint8) * 1 + 1  # 1: below zero, 2: above
        codes[rotated > _BORDER] = 3
        codes[rotated < -_BORDER] = 0
        quads = codes.reshape(count, dimension // 4, 4)
        packed = quads[..., 0] | quads[..., 1] << 2 | quads[..., 2] << 4 | quads[..., 3] << 6
        outer = ((codes == 0) | (codes == 3)).sum(1)
        lengths = np.sqrt(100.0 * outer + 9.0 * (dimension - outer)).astype("<f2")
        offsets = np.clip(starts[:count], 0, 65535).astype("<u2")
        sizes = np.clip(ends[:count] - starts[:count], 0, 255).astype(np.uint8)
        header = _HEADER.pack(count, dimension // 4)
        return b"".join([header, packed.tobytes(), lengths.tobytes(), offsets.tobytes(), sizes.tobytes()])

    def question(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Question tokens, shape (tokens, dimension), made comparable with packed ones."""
        return self._turned(vectors, self.question_mean)

    def dump(self) -> str:
        """The codec as text; the rotation follows from its seed."""
        means = np.stack([self.passage_mean, self.question_mean]).astype("<f4")
        return json.dumps({"seed": _SEED, "means": base64.b64encode(means.tobytes()).decode()})

    def _turned(self, vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
        centred = vectors.astype(np.float32) - mean
        centred = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.float32(1e-9))
        turned: NDArray[np.float32] = centred @ self.rotation
        return turned


def make_codec(passage_tokens: NDArray[np.float32], question_tokens: NDArray[np.float32]) -> TokenCodec:
    """A codec centred on the means of sample tokens, shapes (n, dimension)."""
    return _codec(passage_tokens.mean(0), question_tokens.mean(0))


def load_codec(text: str) -> TokenCodec:
    """The codec that `TokenCodec.dump` wrote. Raises ValueError when it is another kind."""
    stored = json.loads(text)
    if stored["seed"] != _SEED:
        raise ValueError("the token vectors were packed with another rotation")
    means = np.frombuffer(base64.b64decode(stored["means"]), "<f4").reshape(2, -1)
    return _codec(means[0], means[1])


def rerank(
    question: NDArray[np.float32],
    weights: NDArray[np.float32],
    codes: Mapping[int, bytes],
    candidates: Sequence[int],
) -> Ranking:
    """MaxSim of the candidates that have token vectors: the mean over the question's tokens, by `weights`, (tokens,).

    `question` (tokens, dimension) comes from `TokenCodec.question`.
    """
    known = [i for i in candidates if i in codes and _HEADER.unpack_from(codes[i])[0]]
    if not known or not len(question):
        return Ranking("late", np.zeros(0, np.int64), np.zeros(0, np.float32))
    parts = [_unpack(codes[i]) for i in known]
    counts = [len(lengths) for _, lengths, _ in parts]
    similarity = _similarity(
        question, np.concatenate([p for p, _, _ in parts]), np.concatenate([n for _, n, _ in parts])
    )
    borders = np.cumsum([0, *counts[:-1]])
    best = np.maximum.reduceat(similarity, borders, axis=1)
    return rank_by_score("late", np.asarray(known, np.int64), (weights @ best / weights.sum()).astype(np.float32))


def align(question: NDArray[np.float32], code: bytes) -> tuple[NDArray[np.float32], TokenSpans]:
    """Similarity of each question token to each passage token, shape (q, t), and where the passage tokens stand."""
    packed, lengths, spans = _unpack(code)
    return _similarity(question, packed, lengths), spans


def align_all(question: NDArray[np.float32], codes: Sequence[bytes]) -> list[tuple[NDArray[np.float32], TokenSpans]]:
    """`align` of several passages, in one multiplication: many small ones spend their time waking threads."""
    parts = [_unpack(code) for code in codes]
    if not parts:
        return []
    packed, lengths = np.concatenate([p for p, _, _ in parts]), np.concatenate([n for _, n, _ in parts])
    ends = np.cumsum([len(n) for _, n, _ in parts])
    similarity = np.split(_similarity(question, packed, lengths), ends[:-1], axis=1)
    return [(each, spans) for each, (_, _, spans) in zip(similarity, parts, strict=True)]


def _similarity(
    question: NDArray[np.float32], packed: NDArray[np.uint8], lengths: NDArray[np.float32]
) -> NDArray[np.float32]:
    levels = _DECODE[packed].view(np.int8)
    similarity: NDArray[np.float32] = question @ levels.astype(np.float32).T
    similarity /= np.maximum(lengths, 1e-9)
    return similarity


def _unpack(code: bytes) -> tuple[NDArray[np.uint8], NDArray[np.float32], TokenSpans]:
    count, width = _HEADER.unpack_from(code)
    at = _HEADER.size
    packed = np.frombuffer(code, np.uint8, count * width, at).reshape(count, width)
    at += count * width
    lengths = np.frombuffer(code, "<f2", count, at).astype(np.float32)
    at += 2 * count
    starts = np.frombuffer(code, "<u2", count, at).astype(np.int32)
    at += 2 * count
    sizes = np.frombuffer(code, np.uint8, count, at).astype(np.int32)
    return packed, lengths, TokenSpans(starts, starts + sizes)


def _codec(passage_mean: NDArray[np.float32], question_mean: NDArray[np.float32]) -> TokenCodec:
    dimension = len(passage_mean)
    noise = np.random.default_rng(_SEED).standard_normal((dimension, dimension))
    rotation = np.linalg.qr(noise)[0].astype(np.float32)
    return TokenCodec(passage_mean.astype(np.float32), question_mean.astype(np.float32), rotation)
