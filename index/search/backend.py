"""What search asks of its engines: protocols that tantivy and FAISS satisfy today, and any other engine can.

An engine ranks passages by their ids. It follows what is published when it is told to refresh; where it keeps what it
holds, and how it is built, is its own affair (of those here see `caches`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.search.question import Equivalent
from index.search.weights import FieldBoosts
from kb.search.answers import Ranking

Ids = NDArray[np.int64]
Vector = NDArray[np.float32]  # (dimension,), of length 1


@dataclass(frozen=True, slots=True)
class WordQuery:
    """Words to look for: `languages` are those whose stems are tried, names are found under any of their forms."""

    text: str
    languages: Sequence[str]
    equivalents: Sequence[Equivalent] = ()
    boosts: FieldBoosts = field(default_factory=FieldBoosts)


Asked = TypeVar("Asked", contravariant=True)


class SearchBackend(Protocol[Asked]):
    """Ranks passages. Any number of threads may search at a time."""

    def __len__(self) -> int:
        """How many passages it holds."""

    def search(self, query: Asked, limit: int, allowed: Ids | None = None, /) -> Ranking:
        """The `limit` passages that match best, best first, ties by id, among `allowed` (None = all)."""


class WordBackend(SearchBackend[WordQuery], Protocol):
    """Ranks by words. Scores are the share, about 0 to 1, of the question's rarity that a passage covers."""

    def containing(self, phrase: str, /) -> Ids:
        """Ids of the passages in which the words of `phrase` stand in this order, as spelled but for accents."""

    def holds(self, word: str, /) -> bool:
        """Whether any passage has this folded word."""


class VectorBackend(SearchBackend[Vector], Protocol):
    """Ranks by cosine. A value: what is published later stands in another one."""

    @property
    def ids(self) -> Ids:
        """All ids, shape (n,)."""

    def vectors(self, ids: Sequence[int], /) -> NDArray[np.float32]:
        """The vectors of these ids, shape (len(ids), dimension). Raises KeyError for an unknown id."""


Engine = TypeVar("Engine", covariant=True)


class Followed(Protocol[Engine]):
    """An engine together with the revision of the instance that it stands at. One thread may refresh it at a time."""

    @property
    def engine(self) -> Engine: ...

    @property
    def revision(self) -> int: ...

    def refresh(self) -> None:
        """Take in what was published or withdrawn, by whichever process."""


class Backends(Protocol):
    """Opens the engines of an instance, up to date."""

    def words(self) -> Followed[WordBackend]: ...

    def vectors(self, encoder: str, dimension: int) -> Followed[VectorBackend]:
        """Vectors that `encoder` made, which have this dimension."""
