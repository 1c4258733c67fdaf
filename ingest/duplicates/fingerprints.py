"""Fingerprints: a fixed quarter of the runs of words of a text, so that texts with common runs are found by them.

A run is kept or not by its hash alone (FracMinHash; Irber et al., 2022). Unlike MinHash, which estimates how much of
both texts is common, this tells how much of the *smaller* one is, so that an excerpt finds its whole.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from kb.text.words import words

_RUN = 4  # words; runs of three are shared by any two texts of one genre
_KEPT = (1 << 32) // 4  # hashes below this: an edit of 30 % of the words leaves a quarter of the runs, still enough
_MIX = np.uint64(0x9E3779B1)  # odd (multiplicative hashing, Knuth): CRCs of similar runs are similar themselves


def fingerprints(text: str) -> NDArray[np.uint32]:
    """The fingerprints of `text`, each once; none for a text of less than a few words."""
    spelled = [word.folded for word in words(text)]
    if len(spelled) < 2 * _RUN:
        return np.zeros(0, np.uint32)
    runs = {zlib.crc32(" ".join(spelled[i : i + _RUN]).encode()) for i in range(len(spelled) - _RUN + 1)}
    mixed = (np.fromiter(runs, np.uint64, len(runs)) * _MIX) & np.uint64(0xFFFFFFFF)
    return np.unique(mixed[mixed < _KEPT]).astype(np.uint32)


def signature(text: str) -> bytes:
    """The fingerprints of `text` as they are stored with it: little-endian uint32."""
    return fingerprints(text).astype("<u4").tobytes()


def unpacked(stored: bytes) -> NDArray[np.uint32]:
    """Fingerprints as `signature` stored them."""
    return np.frombuffer(stored, "<u4").astype(np.uint32)
