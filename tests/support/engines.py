"""Engines by brute force, in memory: what those of the platform are compared with, and a searcher can do without."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Ids, Vector, WordQuery
from index.search.lexical import LexicalPassage
from kb.documents.store import passages
from kb.search.answers import Ranking
from kb.store import instance_facts
from kb.store.database import Database
from kb.text.words import terms, words

K1, B = 1.2, 0.75


def ranked(name: str, scores: Mapping[int, float], limit: int, allowed: Ids | None) -> Ranking:
    """The best of all scores, ties by id."""
    chosen = set(scores) if allowed is None else set(scores) & set(allowed.tolist())
    best = sorted(chosen, key=lambda number: (-scores[number], number))[: max(0, limit)]
    return Ranking(name, np.asarray(best, np.int64), np.asarray([scores[i] for i in best], np.float32))


class MemoryWords:
    """BM25 over stems, spelled words, and title and headings, as the lexical index weighs them."""

    def __init__(self, held: Iterable[LexicalPassage]) -> None:
        held = list(held)
        self._stems = {p.id: terms(p.text, p.language) for p in held}
        self._words = {p.id: [word.folded for word in words(p.text)] for p in held}
        self._context = {p.id: terms(p.context, p.language) for p in held}

    def __len__(self) -> int:
        return len(self._stems)

    def search(self, query: WordQuery, limit: int, allowed: Ids | None = None) -> Ranking:
        columns = [terms(query.text, language) for language in query.languages]
        spelled = [word.folded for word in words(query.text)]
        scores: Counter[int] = Counter()
        rarity = 0.0
        for stems, word in dict.fromkeys(zip(map(frozenset, zip(*columns, strict=True)), spelled, strict=True)):
            rarity += min(self._idf(self._stems, stem) for stem in stems)
            for number in self._stems:
                scores[number] += (  # type: ignore[assignment]
                    max(self._gain(self._stems, number, stem) for stem in stems)
                    + query.boosts.exact * self._gain(self._words, number, word)
                    + query.boosts.context * sum(self._gain(self._context, number, stem) for stem in stems)
                )
        shares = {number: score / ((1 + K1) * rarity) for number, score in scores.items() if score > 0}
        return ranked("lexical", shares, limit, allowed)

    def containing(self, phrase: str) -> Ids:
        spelled = [word.folded for word in words(phrase)]
        found = [
            number
            for number, text in self._words.items()
            if any(text[place : place + len(spelled)] == spelled for place in range(len(text)))
        ]
        return np.asarray(found if spelled else [], np.int64)

    def holds(self, word: str) -> bool:
        return any(word in text for text in self._words.values())

    def _gain(self, texts: Mapping[int, Sequence[str]], number: int, term: str) -> float:
        count = texts[number].count(term)
        if not count:
            return 0.0
        average = sum(map(len, texts.values())) / len(texts)
        return self._idf(texts, term) * count * (1 + K1) / (count + K1 * (1 - B + B * len(texts[number]) / average))

    def _idf(self, texts: Mapping[int, Sequence[str]], term: str) -> float:
        frequency = sum(term in text for text in texts.values())
        return math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))


class MemoryVectors:
    """Cosines with every vector, which is kept as float16."""

    def __init__(self, ids: Ids, vectors: NDArray[np.float32]) -> None:
        self.ids = ids
        self._matrix = vectors.astype(np.float16).astype(np.float32)

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, query: Vector, limit: int, allowed: Ids | None = None) -> Ranking:
        scores = self._matrix @ query
        return ranked("dense", dict(zip(self.ids.tolist(), scores.tolist(), strict=True)), limit, allowed)

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        place = {int(number): row for row, number in enumerate(self.ids)}
        return self._matrix[[place[number] for number in ids]]


@dataclass(slots=True)
class FollowedWords:
    """Reads everything again whenever it is told to refresh."""

    database: Database
    engine: MemoryWords = field(init=False)
    revision: int = field(init=False)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        with self.database.read() as connection:
            self.revision = instance_facts.revision(connection)
        self.engine = MemoryWords(
            LexicalPassage(p.id, p.document, p.language, p.text, p.context)
            for p in passages.published_passages(self.database)
        )


@dataclass(slots=True)
class FollowedVectors:
    """Reads everything again whenever it is told to refresh."""

    database: Database
    engine: MemoryVectors = field(init=False)
    revision: int = field(init=False)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        with self.database.read() as connection:
            self.revision = instance_facts.revision(connection)
        self.engine = MemoryVectors(*passages.matrix(self.database))


@dataclass(frozen=True, slots=True)
class MemoryBackends:
    """The engines of an instance that keeps no caches."""

    database: Database

    def words(self) -> FollowedWords:
        return FollowedWords(self.database)

    def vectors(self, encoder: str, dimension: int) -> FollowedVectors:
        return FollowedVectors(self.database)
