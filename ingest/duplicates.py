"""Tells nearly the same text: a signature that two texts share about as much as they share runs of words.

MinHash over runs of four folded words (Broder, 1997): the share of equal positions in two signatures estimates the
share of runs the texts have in common. The store gives documents whose signatures nearly agree the same work.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from kb.text import words

_RUN = 4  # words; runs of three are shared by any two texts of one genre
_POSITIONS = 128  # standard error of the estimate: 0.04 at most
# Multiply-shift hashing (Dietzfelbinger et al., 1997): odd factors, overflow intended, the upper half is kept.
_RANDOM = np.random.default_rng(1997)
_FACTORS = _RANDOM.integers(0, 1 << 63, _POSITIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SHIFTS = _RANDOM.integers(0, 1 << 63, _POSITIONS, dtype=np.uint64)
_AT_ONCE = 20_000  # runs hashed at a time, so that a long text needs no more memory


def signature(text: str) -> bytes:
    """The signature of `text`: 128 little-endian uint32; empty for a text of less than a few words."""
    spelled = [word.folded for word in words(text)]
    if len(spelled) < 2 * _RUN:
        return b""
    runs = {zlib.crc32(" ".join(spelled[i : i + _RUN]).encode()) for i in range(len(spelled) - _RUN + 1)}
    hashes = np.fromiter(runs, np.uint64, len(runs))
    least: NDArray[np.uint64] = np.full(_POSITIONS, np.iinfo(np.uint64).max, np.uint64)
    for first in range(0, len(hashes), _AT_ONCE):
        mixed = hashes[first : first + _AT_ONCE, None] * _FACTORS + _SHIFTS
        least = np.minimum(least, mixed.min(0))
    return (least >> np.uint64(32)).astype("<u4").tobytes()
