"""Works of an expert: what shows what they know, and what an encoder made of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class EncodedWork:
    """`vector` (dimension,) of the whole, `sentences` (n, dimension), both float16, and packed `tokens`, if any."""

    vector: "NDArray[np.float16]"
    sentences: "NDArray[np.float16]"
    tokens: bytes = b""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that shows what a person knows: a publication, a CV, an assignment. Passages point into `text`."""

    id: int
    title: str
    body: str
    language: str  # ISO 639-1
    kind: str = "publication"  # publication | assignment | document | cv
    year: int | None = None
    link: str = ""
    file: int | None = None  # it was read from
    request: int | None = None  # an assignment of the hub was served in
    shown: bool = False  # whether its title stands on the public list

    @property
    def text(self) -> str:
        """Title and body, as they are compared."""
        return titled(self.title, self.body)


def titled(title: str, body: str) -> str:
    """The text of a work, title first."""
    return f"{title}\n{body}" if title else body
