"""Words and pairs of neighbouring words of works, weighed by rarity, and their cosine with a request.

The classical weighting: 1 + log frequency, times a smoothed inverse document frequency, of stems *and* pairs of them.
No list of common words is needed, in any language: a word of every text weighs 1 where a rare one weighs 8, and what
tells two texts apart is mostly pairs. A pair that no other text uses still counts in its text's length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kb.text.words import terms

_ENOUGH = 20  # texts of a language before its own shares say how common a phrase is

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in parts (title, body): pairs do not reach from one part into the next."""

    parts: tuple[str, ...]
    language: str  # ISO 639-1


class PhraseIndex:
    """The works, a row each of length 1; the columns are phrases."""

    def __init__(self, works: Sequence[Text], background: Sequence[Text] = ()) -> None:
        """`background` are other texts of the same kind; they only help to tell how rare a phrase is."""
        texts = (*works, *background)
        self._words: dict[str, int] = {}
        counted = [_counted(self._numbered(text)) for text in texts]
        found = np.concatenate([keys for keys, _ in counted]) if counted else np.zeros(0, np.int64)
        self._keys, columns = np.unique(found, return_inverse=True)
        rows = np.repeat(np.arange(len(texts)), [len(keys) for keys, _ in counted])
        self._unknown = np.float32(np.log(1 + len(texts)) + 1)
        common = _commonness(rows, columns, [text.language for text in texts], len(self._keys))
        self._rarity = self._unknown - np.log1p(common).astype(np.float32)
        self._matrix = self._rows(len(works), rows, columns, counted)

    def similarities(self, text: Text) -> NDArray[np.float32]:
        """Cosine of `text` with each work, shape (works,)."""
        keys, counts = _counted(self._numbered(text, learn=False))
        columns, known = self._columns(keys)
        if not known.any():
            return np.zeros(self._matrix.shape[0], np.float32)
        weights = (1 + np.log(counts)) * np.where(known, self._rarity[columns], self._unknown)
        found: NDArray[np.float32] = self._matrix[:, columns[known]] @ weights[known].astype(np.float32)
        return found / np.float32(np.linalg.norm(weights))

    @property
    def rows(self) -> sparse.csr_matrix:
        """Weights of the phrases of each work, shape (works, phrases); rows of length 1."""
        return self._matrix.tocsr()

    def rarity(self, text: Text) -> float:
        """Mean rarity of the words of `text`: 1 is a word of every text; 0 where there is no word."""
        keys = np.concatenate([ids << 32 for ids in self._numbered(text, learn=False)] or [np.zeros(0, np.int64)])
        columns, known = self._columns(keys)
        return float(np.where(known, self._rarity[columns], self._unknown).mean()) if len(keys) else 0.0

    def _columns(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The column of each key, and whether there is one."""
        if not len(self._keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        columns = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return columns, self._keys[columns] == keys

    def _numbered(self, text: Text, learn: bool = True) -> Iterator[Keys]:
        """The stems of each part as numbers from 1; without `learn` an unknown stem has a number of no other use."""
        for part in text.parts:
            numbers: list[int] = []
            for stem in terms(part, text.language):
                number = self._words.get(stem)
                if number is None:
                    number = len(self._words) + 1 + (0 if learn else len(numbers))
                    if learn:
                        self._words[stem] = number
                numbers.append(number)
            yield np.asarray(numbers, np.int64)

    def _rows(
        self,
        works: int,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        counted: Sequence[tuple[Keys, NDArray[np.int64]]],
    ) -> sparse.csc_matrix:
        """Weights of the works, shape (works, phrases): by columns, as a request touches only those of its phrases."""
        counts = np.concatenate([c for _, c in counted]) if counted else np.zeros(0, np.int64)
        weights = (1 + np.log(counts)).astype(np.float32) * self._rarity[columns]
        lengths = np.sqrt(np.bincount(rows, weights.astype(np.float64) ** 2, works))
        weights /= np.maximum(lengths, 1e-9)[rows].astype(np.float32)
        kept = rows < works
        entries = (weights[kept], (rows[kept].astype(np.int32), columns[kept].astype(np.int32)))
        return sparse.csc_matrix(entries, (works, len(self._keys)))


def _counted(parts: Iterator[Keys]) -> tuple[Keys, NDArray[np.int64]]:
    """Keys of the words and of the pairs of neighbours, and how often each occurs."""
    found = [np.concatenate([ids << 32, (ids[:-1] << 32) + ids[1:]]) for ids in parts]
    return np.unique(np.concatenate(found or [np.zeros(0, np.int64)]), return_counts=True)


def _commonness(
    rows: NDArray[np.int64], columns: NDArray[np.int64], languages: Sequence[str], phrases: int
) -> NDArray[np.float64]:
    """In how many of the texts each phrase occurs, shape (phrases,).

    A phrase is as common as in the language that uses it most: in a pool that is mostly Spanish "the" is still no
    telling word.
    """
    common = np.bincount(columns, minlength=phrases).astype(np.float64)
    spoken, members = np.unique(np.asarray(languages, "U8"), return_inverse=True)
    for language in range(len(spoken) if len(spoken) > 1 else 0):
        size = int((members == language).sum())
        if size >= _ENOUGH:
            own = np.bincount(columns[members[rows] == language], minlength=phrases)
            common = np.maximum(common, own * (len(languages) / size))
    return common
