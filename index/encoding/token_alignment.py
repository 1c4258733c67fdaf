"""Which words of a text answer a description, for whoever has no business with encoders: token vectors as values."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoding.instance_encoding import Encoding
from index.search.late_interaction import align
from kb.documents.models import EncodedPassages


class Alignment:
    """Token vectors of one encoding. The encoding must keep token vectors (its codec is not None)."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    def encode(self, texts: Sequence[str]) -> EncodedPassages:
        """Vectors and packed tokens of texts that stand alone."""
        return self._encoding.encode([""] * len(texts), texts)

    def described(self, text: str) -> NDArray[np.float32]:
        """The tokens of a description that tell what it is about, shape (tokens, dimension)."""
        asked = self._encoding.question(text)
        if asked.tokens is None or asked.weights is None:
            return np.zeros((0, self._encoding.dimension), np.float32)
        telling = asked.tokens[asked.weights >= 1.0]
        return telling if len(telling) else asked.tokens

    def compared(
        self, tokens: NDArray[np.float32], packed: bytes
    ) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
        """Similarity of description tokens to text tokens, shape (d, t), and offsets (t,) of the latter in the text."""
        similarity, spans = align(tokens, packed)
        return similarity, spans.starts, spans.ends
