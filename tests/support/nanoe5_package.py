"""A small model in the format of the package that carries the embedded one, for tests of unpacking it."""

import struct
from itertools import accumulate

import numpy as np

_PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "c")
_HIDDEN, _POSITIONS = 32, 16
_IN_BLOCKS = 1  # kind of a tensor whose weights are kept in blocks of four bits
_SIZES = {
    "emb.word": (_IN_BLOCKS, len(_PIECES) * _HIDDEN),
    "emb.pos": (0, _POSITIONS * _HIDDEN),
    "emb.type": (0, _HIDDEN),
    "emb.ln.w": (0, _HIDDEN),
    "emb.ln.b": (0, _HIDDEN),
    **{f"l0.{part}.w": (_IN_BLOCKS, _HIDDEN * _HIDDEN) for part in ("q", "k", "v", "ao")},
    **{f"l0.{part}.w": (_IN_BLOCKS, 2 * _HIDDEN * _HIDDEN) for part in ("fi", "fo")},
    **{f"l0.{part}.w": (0, _HIDDEN) for part in ("aln", "oln")},
    **{f"l0.{part}.b": (0, _HIDDEN) for part in ("q", "k", "v", "ao", "fo", "aln", "oln")},
    "l0.fi.b": (0, 2 * _HIDDEN),
}


def small_package() -> bytes:
    """Header, vocabulary, an empty table of normalisation, directory of tensors, random weights."""
    joined = "".join(_PIECES).encode()
    ends = [0, *accumulate(len(piece.encode()) for piece in _PIECES)]
    head = struct.pack("<4sI7ifi", b"E5S1", 1, _HIDDEN, 1, 2, 2 * _HIDDEN, len(_PIECES), _POSITIONS, 1, 1e-12, 32)
    head += struct.pack("<5iQ", len(_PIECES), 0, 2, 1, 3, len(joined)) + np.array(ends, "<u4").tobytes()
    head += np.linspace(-1, -9, len(_PIECES)).astype("<f4").tobytes() + joined + struct.pack("<iI", 0, 0)
    weights = [_weights(kind, elements) for kind, elements in _SIZES.values()]
    at = len(head) + 4 + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in _SIZES)
    directory = struct.pack("<i", len(_SIZES))
    for (name, (kind, elements)), data in zip(_SIZES.items(), weights, strict=True):
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, elements, at, len(data))
        at += len(data)
    return head + directory + b"".join(weights)


def _weights(kind: int, elements: int) -> bytes:
    rng = np.random.default_rng(elements)
    if kind != _IN_BLOCKS:
        return rng.standard_normal(elements).astype("<f4").tobytes()
    blocks = np.zeros(elements // 32, [("scale", "<f2"), ("nibbles", "u1", 16)])
    blocks["scale"], blocks["nibbles"] = 0.1, rng.integers(0, 256, blocks["nibbles"].shape)
    return blocks.tobytes()
