"""Vectors as they are kept: in half precision, little-endian, row by row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def unpack(rows: Sequence[bytes]) -> NDArray[np.float32]:
    """Vectors of one dimension, shape (rows, dimension)."""
    flat = np.frombuffer(b"".join(rows), "<f2").astype(np.float32)
    return flat.reshape(len(rows), -1) if rows else np.zeros((0, 0), np.float32)
