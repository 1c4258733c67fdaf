"""What an encoder gives of texts: one vector a text and, for late interaction, one a token with its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Progress = Callable[[int], object]  # told how many more texts are done; `tqdm.update` fits


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text, in order; special tokens and those of the prompt are left out.

    `vectors` has shape (tokens, dimension), as the model gives them: not normalised. `starts` and `ends`, shape
    (tokens,), are character offsets into the text, without the space before a word.
    """

    vectors: NDArray[np.float16]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


class Encoder(Protocol):
    """Text to vectors. All pooled vectors are float32 with L2 norm 1, so that a dot product is a cosine.

    `identity` names model and weights; vectors of two identities must not be compared. May be called from
    several threads.
    """

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (texts, dimension)."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Vectors of passages, shape (texts, dimension). What is longer than 512 tokens is cut."""
        ...

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        """Vector of one question, shape (dimension,), and its tokens, from one pass."""
        ...

    def encode_passage_tokens(
        self, texts: Sequence[str], skips: Sequence[int] | None = None, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        """Vectors of passages, shape (texts, dimension), and the tokens of each, from one pass.

        `skips` are the numbers of leading characters of each text (title, heading) that count for the meaning
        but whose tokens are left out; offsets are relative to what follows them.
        """
        ...


def token_vectors(text: str, states: NDArray[np.float16], offsets: NDArray[np.int64], skip: int = 0) -> TokenVectors:
    """The tokens of `text` from `skip` on, of states, shape (tokens, dimension), and offsets, shape (tokens, 2).

    Those with no characters (special, padding, lone spaces) are dropped.
    """
    kept, starts, ends = [], [], []
    for position, (start, end) in enumerate(offsets.tolist()):
        first = max(start, 0)
        while first < end and text[first].isspace():
            first += 1
        if skip <= first < end:
            kept.append(position)
            starts.append(first - skip)
            ends.append(end - skip)
    return TokenVectors(states[kept], np.array(starts, np.int32), np.array(ends, np.int32))


def normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows brought to L2 norm 1; those without a direction stay zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
