"""The sentence of a text whose words answer a concept's definition better than they answer those of other concepts.

Each token of the text is compared with the tokens of every definition (late interaction, see index.late); what counts
is how much nearer the concept comes than the concepts that come nearest besides it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.embedding_cache import Keep, not_kept
from ingest.tagging.semantic_similarity import Vectors
from kb.documents.models import EncodedPassages
from kb.vocabularies.concept import Scheme

_RIVALS = 5  # other concepts that a token is compared with: those it comes nearest to
_WORDS = 4  # tokens of a sentence that count: those that answer best

_Near: TypeAlias = tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]


class Aligner(Protocol):
    """What the tagger needs of an encoder that keeps token vectors; see index.alignment."""

    def encode(self, texts: Sequence[str]) -> EncodedPassages: ...
    def described(self, text: str) -> Vectors: ...
    def compared(self, tokens: Vectors, packed: bytes) -> _Near: ...


@dataclass(frozen=True, slots=True)
class Packed:
    """Packed tokens of a stretch of a text that begins at `start`."""

    start: int
    tokens: bytes


class Alignment:
    """Aligns texts with the definitions of one scheme. Definitions are encoded once for each language that is met."""

    def __init__(self, scheme: Scheme, aligner: Aligner, keep: Keep = not_kept) -> None:
        self._scheme = scheme
        self._aligner = aligner
        self._keep = keep
        self._described: dict[str, tuple[Vectors, list[int]]] = {}
        self._last: tuple[tuple[bytes, str], _Near] | None = None

    def best_span(
        self, packed: Sequence[Packed], language: str, spans: Sequence[tuple[int, int]], concept: int
    ) -> tuple[float, tuple[int, int]] | None:
        """The span whose words answer `concept` best, and how much of it does; None where there are no tokens.

        How much is told by the mean over all its tokens, so that a long sentence does not count for a few words.
        """
        found: list[tuple[float, float, tuple[int, int]]] = []
        for part in packed:
            contrast, starts, ends = self._contrast(part, language, concept)
            for span in spans:
                inside = contrast[(starts >= span[0]) & (ends <= span[1]) & (ends > starts)]
                if len(inside):
                    found.append((float(np.sort(inside)[-_WORDS:].mean()), float(np.maximum(inside, 0).mean()), span))
        best = max(found, key=lambda each: (each[0], -each[2][0]), default=None)
        return (best[1], best[2]) if best else None

    def _contrast(self, part: Packed, language: str, concept: int) -> _Near:
        """How much nearer each token comes to `concept` than to rivals, shape (tokens,), and offsets in the text."""
        nearest, starts, ends = self._nearest(part, language)
        rivals = np.sort(np.delete(nearest, concept, axis=0), axis=0)[-_RIVALS:]
        against = rivals.mean(axis=0) if len(rivals) else np.zeros(nearest.shape[1], np.float32)
        return nearest[concept] - against, starts + part.start, ends + part.start

    def _nearest(self, part: Packed, language: str) -> _Near:
        """How near each token comes to each definition, shape (concepts, tokens), and offsets in the part.

        The last answer is kept, as several concepts of one text are asked about one after the other.
        """
        if self._last is None or self._last[0] != (part.tokens, language):
            tokens, begins = self._tokens(language)
            similarity, starts, ends = self._aligner.compared(tokens, part.tokens)
            self._last = (part.tokens, language), (np.maximum.reduceat(similarity, begins, axis=0), starts, ends)
        return self._last[1]

    def _tokens(self, language: str) -> tuple[Vectors, list[int]]:
        """Tokens of all definitions, one after the other, and where each begins."""
        if language not in self._described:
            texts = [f"{c.title(language)}. {c.definition(language)}" for c in self._scheme.concepts]
            each = self._keep(["tokens", *texts], lambda: [self._aligner.described(text) for text in texts])
            begins = np.cumsum([0, *(len(tokens) for tokens in each[:-1])]).tolist()
            self._described[language] = np.concatenate(each), begins
        return self._described[language]
