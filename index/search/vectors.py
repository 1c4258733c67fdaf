"""Dense search: FAISS over passage ids, known to this module alone."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.search.answers import Ranking


class VectorIndex:
    """Cosine search over L2-normalised vectors kept as float16, exact. Ids are passage ids, unique.

    A value: a change gives a new index and leaves this one to those who are searching it. Exact scan is right up to
    about 200,000 passages and serves every filter; architecture decision 5 says what comes after.
    """

    name = "dense"

    def __init__(self, index: "faiss.IndexIDMap2") -> None:
        self._index = index
        self._ids: NDArray[np.int64] = faiss.vector_to_array(index.id_map)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @property
    def ids(self) -> NDArray[np.int64]:
        """All ids, shape (n,), in the order they are kept."""
        return self._ids

    def changed(self, gone: NDArray[np.int64], ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> "VectorIndex":
        """This index without the ids `gone` and with `vectors`, shape (n, dimension); known ids are replaced."""
        index = cast(faiss.IndexIDMap2, faiss.clone_index(self._index))
        # FAISS takes an id twice without a word, and would answer with both.
        dropped = np.intersect1d(self._ids, np.union1d(gone, ids))
        if len(dropped):
            index.remove_ids(faiss.IDSelectorBatch(dropped))
        if len(ids):
            unique, last = np.unique(ids[::-1], return_index=True)
            index.add_with_ids(np.ascontiguousarray(vectors[::-1][last], dtype=np.float32), unique)
        return VectorIndex(index)

    def search(self, vector: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None = None) -> Ranking:
        """The `limit` passages nearest to `vector`, shape (dimension,), among `allowed` (None = all) by cosine."""
        if limit < 1 or not len(self) or (allowed is not None and not len(allowed)):
            return Ranking(self.name, np.zeros(0, np.int64), np.zeros(0, np.float32))
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters()
            selector = faiss.IDSelectorBatch(allowed)  # a name keeps it alive: FAISS holds a bare pointer
            parameters.sel = selector
        faiss.omp_set_num_threads(1)  # FAISS shares questions out, and this is one: others would only be waited for
        scores, ids = self._index.search(vector[None, :], min(limit, len(self)), params=parameters)
        found = ids[0] >= 0
        return Ranking(self.name, ids[0][found], scores[0][found])

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The stored vectors of these ids, shape (len(ids), dimension). Raises KeyError for an unknown id."""
        unknown = np.setdiff1d(np.asarray(ids, np.int64), self._ids)
        if len(unknown):
            raise KeyError(int(unknown[0]))
        rows = [self._index.reconstruct(int(i)) for i in ids]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def save(self, path: Path) -> None:
        """Write to `path` durably; a crash leaves the old file or the new one."""
        part = path.with_name(path.name + ".part")
        faiss.write_index(self._index, str(part))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)


def build(ids: NDArray[np.int64], vectors: NDArray[np.float32], dimension: int) -> VectorIndex:
    """An index of `vectors`, shape (n, dimension)."""
    flat = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    return VectorIndex(faiss.IndexIDMap2(flat)).changed(np.zeros(0, np.int64), ids, vectors)


def load(path: Path, dimension: int) -> VectorIndex:
    """An index as saved. Raises ValueError when the file does not hold one of this dimension.

    FAISS loads most damaged files without a word, so the caller compares a checksum before.
    """
    try:
        stored = faiss.read_index(str(path))
    except RuntimeError as error:
        raise ValueError(f"{path.name} does not hold an index") from error
    if not isinstance(stored, faiss.IndexIDMap2) or stored.d != dimension:
        raise ValueError(f"{path.name} holds another kind of index")
    return VectorIndex(stored)
