"""Ranks passages for a question: both arms, their fusion, and the token-level comparison of the best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.search.backend import VectorBackend, WordBackend, WordQuery
from index.search.fusion import blend, fuse, rank_by_score
from index.search.late_interaction import rerank
from index.search.question import Question
from index.search.similarity_statistics import Moments
from index.search.weights import SearchWeights
from kb.search.answers import Ranking

Favour = Callable[[NDArray[np.int64]], NDArray[np.float32]]
TokenReader = Callable[[Sequence[int]], Mapping[int, bytes]]
LanguageReader = Callable[[NDArray[np.int64]], NDArray[np.str_]]


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question as the encoder sees it: `vector` (dimension,), and `tokens` (t, dimension) where late is on.

    `tokens` are ready to be compared with packed ones; `weights` (t,) say how much each counts, and `spans` are their
    offsets in the question.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32] | None = None
    weights: NDArray[np.float32] | None = None
    spans: tuple[tuple[int, int], ...] = ()


class Encode(Protocol):
    """Encodes one question."""

    def __call__(self, text: str, /) -> EncodedQuestion: ...


@dataclass(frozen=True, slots=True)
class Engines:
    """What is searched: the arms that are ready. `vectors` and `moments` come together."""

    lexical: WordBackend
    languages: tuple[str, ...]  # whose stems are tried, most frequent first
    language_of: LanguageReader
    vectors: VectorBackend | None = None
    moments: Moments | None = None
    read_tokens: TokenReader | None = None
    weights: SearchWeights = field(default_factory=SearchWeights)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The rankings of one question. `dense` scores are deviations, `lexical` shares; `final` is what is shown."""

    final: Ranking
    lexical: Ranking
    dense: Ranking | None = None
    fused: Ranking | None = None
    late: Ranking | None = None

    @property
    def arms(self) -> tuple[str, ...]:
        named = (("lexical", self.lexical), ("dense", self.dense), ("late", self.late))
        return tuple(name for name, ranking in named if ranking is not None)


def rank(
    engines: Engines,
    question: Question,
    encoded: EncodedQuestion | None,
    allowed: NDArray[np.int64] | None = None,
    depth: int | None = None,
    favour: Favour | None = None,
) -> Ranked:
    """Rank passages among `allowed` (None = all). Without `encoded`, by words alone.

    `depth` is how many passages each arm contributes, unless it is as many as the weights say. `favour` gives what
    passages, shape (n,), are worth beside what they say, in units of the fused score.
    """
    depth = engines.weights.depth if depth is None else depth
    asked = WordQuery(question.text, engines.languages, question.equivalents, engines.weights.boosts)
    lexical = engines.lexical.search(asked, depth, allowed)
    if encoded is None or engines.vectors is None or engines.moments is None:
        return Ranked(_favoured(fuse(None, lexical, engines.weights), favour), lexical)
    near = engines.vectors.search(encoded.vector, depth, allowed)
    dense = _deviations(near, engines, encoded.vector)
    fused = _favoured(fuse(dense, lexical, engines.weights), favour)
    late = _late(engines, encoded, fused)
    final = fused if late is None else blend(fused, late, engines.weights)
    return Ranked(final, lexical, dense, fused, late)


def _favoured(fused: Ranking, favour: Favour | None) -> Ranking:
    return fused if favour is None else rank_by_score(fused.name, fused.ids, fused.scores + favour(fused.ids))


def _deviations(near: Ranking, engines: Engines, question: NDArray[np.float32]) -> Ranking:
    """Cosines as deviations above what the question has with passages of that language in general."""
    if not len(near.ids) or engines.moments is None:
        return near
    scale = engines.moments.scale(question)
    spoken = engines.language_of(near.ids)
    mean = np.asarray([scale.get(str(lang), (0.0, 1.0))[0] for lang in spoken], np.float32)
    deviation = np.asarray([scale.get(str(lang), (0.0, 1.0))[1] for lang in spoken], np.float32)
    return rank_by_score("dense", near.ids, (near.scores - mean) / deviation)


def _late(engines: Engines, encoded: EncodedQuestion, fused: Ranking) -> Ranking | None:
    if engines.read_tokens is None or encoded.tokens is None or encoded.weights is None:
        return None
    candidates = [int(i) for i in fused.ids[: engines.weights.candidates]]
    late = rerank(encoded.tokens, encoded.weights, engines.read_tokens(candidates), candidates)
    return late if len(late.ids) else None
