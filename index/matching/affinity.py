"""Affinity of a request to people, read from their works.

Words and pairs of words, the meaning of the whole, and its details: of a long request how well each sentence is met by
some sentence of a work, of a short one each word by some word. Without an encoder the company that texts keep stands
in for meaning. A person is as near as their best works. Concepts that request and works share are added where both
have them. The weights stand in `weights`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.matching.phrase_index import PhraseIndex, Text
from index.matching.second_order import SecondOrderSimilarity, unit
from index.matching.sentences import extent
from index.matching.weights import MatchingWeights
from index.search.late_interaction import rerank
from index.search.ranker import EncodedQuestion
from kb.experts.works import EncodedWork
from kb.matching.match import WorkText

Floats = NDArray[np.float32]
ReadWorks = Callable[[Sequence[int]], Sequence[EncodedWork]]  # of these rows


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an encoder makes of the works: their vectors, (works, dimension), and a way to read the rest of some."""

    vectors: NDArray[np.float16] | Floats
    read: ReadWorks


@dataclass(frozen=True, slots=True)
class EncodedRequest:
    """`vector` (dimension,), `sentences` (n, dimension), and the request as a question, with its tokens.

    `long` is 0 for a short request, 1 for a long one, whose tokens are not compared.
    """

    vector: Floats
    sentences: Floats
    long: float
    question: EncodedQuestion | None = None


@dataclass(frozen=True, slots=True)
class RequestText:
    """A request to be compared. Without `encoded` words alone count; `concepts` (concepts,) are in [0, 1]."""

    text: str
    language: str
    encoded: EncodedRequest | None = None
    concepts: Floats | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """Affinity of a request to people, best first, and to each work, (works,)."""

    people: NDArray[np.int64]
    scores: Floats
    works: Floats


@dataclass(frozen=True, slots=True)
class _Language:
    """The works of one language: their rows, the mean of their vectors, these without it, and a sample of rows."""

    rows: NDArray[np.int64]
    mean: Floats
    centred: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (rows, dimension), of length 1
    sample: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


class AffinityIndex:
    """Works of people, ready to be compared with requests."""

    def __init__(
        self,
        works: Sequence[WorkText],
        meaning: Meaning | None = None,
        concepts: Floats | None = None,
        background: Sequence[Text] = (),
        weights: MatchingWeights | None = None,
    ) -> None:
        """`concepts` (works, concepts) in [0, 1]; `background` are texts that only tell how rare a phrase is."""
        self.works = tuple(works)
        self.words = PhraseIndex([Text((w.title, w.body), w.language) for w in works], background)
        self.weights = weights or MatchingWeights()
        self._owners = np.asarray([w.person for w in works], np.int64)
        self.people, self._rows = np.unique(self._owners, return_inverse=True)
        self.meaning = meaning if len(works) else None
        # Where an encoder tells the meaning, company adds nothing that can be relied on: benchmarks/README.md.
        self.company = self._second_order() if meaning is None else None
        self._concepts = None if concepts is None else unit(np.sqrt(concepts))
        self._spoken = np.asarray([w.language for w in works], "U8")
        self._languages = self._by_language()

    def _second_order(self) -> SecondOrderSimilarity:
        return SecondOrderSimilarity(self.words.rows, [w.language for w in self.works], self.weights.second_order)

    def rows_of(self, person: int) -> NDArray[np.int64]:
        """Which of `works` are of this person."""
        return np.flatnonzero(self._owners == person)

    def mean(self, language: str) -> Floats:
        """What vectors of this language share; of a language without works what all share."""
        return (self._languages.get(language) or self._languages[""]).mean

    def rank(self, asked: RequestText, allowed: Sequence[int] | None = None, in_full: bool = False) -> Ranked:
        """Affinity to all people (of `allowed` only). Unless `in_full`, only the best works of the first are compared
        in detail."""
        shortlist, in_detail = (None, None) if in_full else (self.weights.shortlist, self.weights.in_detail)
        works = self._near(asked)
        people = np.arange(len(self.people))
        if allowed is not None:
            people = np.flatnonzero(np.isin(self.people, np.asarray(list(allowed), np.int64)))
        decay = 1 - extent(asked.text)
        scores = pool_best_works(works, self._rows, len(self.people), self.weights.best, decay)
        order = people[np.argsort(-scores[people], kind="stable")]
        if self.meaning is not None and asked.encoded is not None:
            first, others = order[:shortlist], order[len(order[:shortlist]) :]
            works = self._in_detail(works, asked, first, in_detail)
            scores = pool_best_works(works, self._rows, len(self.people), self.weights.best, decay)
            # Who was not compared in detail stays behind who was.
            order = np.concatenate([first[np.argsort(-scores[first], kind="stable")], others])
            if len(first) and len(others):
                scores[others] = np.minimum(scores[others], scores[first].min())
        return Ranked(self.people[order], scores[order], works)

    def _near(self, asked: RequestText) -> Floats:
        """Likeness of words, of the whole and of concepts, shape (works,)."""
        title, _, body = asked.text.partition("\n")
        cosines = self.words.similarities(Text((title, body), asked.language))
        words = self.weights.words * cosines
        if self.company is not None:
            words = words + self.weights.company * self.company.similarities(cosines, asked.language)
        near = words
        if self.meaning is not None and asked.encoded is not None:
            whole = np.zeros(len(self.works), np.float32)
            question = unit(asked.encoded.vector - self.mean(asked.language))
            for name, language in self._languages.items():
                if name:
                    whole[language.rows] = language.centred @ question
            near = self._joined(words, self.weights.whole * self._levelled(whole), asked.language)
        if self._concepts is not None and asked.concepts is not None:
            near = near + self.weights.concepts * (self._concepts @ unit(np.sqrt(asked.concepts)))
        return near.astype(np.float32)

    def _joined(self, words: Floats, meaning: Floats, language: str) -> Floats:
        """Words and meaning; to works in another language words are imagined from the meaning."""
        same = self._spoken == language
        usual = float(words[same].mean()) if same.any() else 0.0
        return np.where(same, words, np.maximum(words, usual + self.weights.imagined * meaning)) + meaning

    def _levelled(self, whole: Floats) -> Floats:
        """Likeness in meaning less what works of each language have of it on average: a language is no subject."""
        usual = float(whole.mean())
        found = whole.copy()
        for _name, language in self._named():
            own = whole[language.rows]
            found[language.rows] -= (own.sum() + self.weights.few * usual) / np.float32(len(own) + self.weights.few)
        return found

    def _in_detail(self, near: Floats, asked: RequestText, people: NDArray[np.int64], most: int | None) -> Floats:
        """`near` with the details of the best works of these people added; of other works the usual detail."""
        if self.meaning is None or asked.encoded is None:
            return near
        rows = self._foremost(near, people, most)
        samples = np.concatenate([each.sample for name, each in self._languages.items() if name])
        read = np.union1d(rows, samples)
        details = self._details(asked, read, self.meaning.read(read.tolist()))
        found = near.copy()
        usual = {name: float(details[np.searchsorted(read, each.sample)].mean()) for name, each in self._named()}
        level = usual.get(asked.language, float(np.mean(list(usual.values()))))
        same = self._spoken == asked.language
        for name, each in self._named():
            chosen = np.intersect1d(rows, each.rows)
            raised = np.full(len(self.works), level, np.float32)
            raised[chosen] = details[np.searchsorted(read, chosen)] - usual[name] + level
            part = raised[each.rows]
            found[each.rows] += np.where(same[each.rows], part, part + self.weights.imagined * (part - level))
        return found

    def _details(self, asked: RequestText, rows: NDArray[np.int64], works: Sequence[EncodedWork]) -> Floats:
        """Weighted likeness in detail of these works, shape (rows,)."""
        request = asked.encoded
        if request is None:
            return np.zeros(len(rows), np.float32)
        total = np.zeros(len(rows), np.float32)
        if request.long:
            centred = unit(request.sentences - self.mean(asked.language))
            near = [
                (unit(work.sentences.astype(np.float32) - self.mean(str(self._spoken[row]))) @ centred.T).max(0).mean()
                for row, work in zip(rows, works, strict=True)
            ]
            total += self.weights.sentences * request.long * np.asarray(near, np.float32)
        question = request.question
        if request.long < 1 and question is not None and question.tokens is not None and question.weights is not None:
            codes = {place: work.tokens for place, work in enumerate(works) if work.tokens}
            ranking = rerank(question.tokens, question.weights, codes, list(codes))
            likeness = np.full(len(rows), float(ranking.scores.mean()) if len(ranking.ids) else 0.0, np.float32)
            likeness[ranking.ids] = ranking.scores
            total += self.weights.tokens * (1 - request.long) * likeness
        return total

    def _foremost(self, near: Floats, people: NDArray[np.int64], most: int | None) -> NDArray[np.int64]:
        """Rows of the best `most` works of each of these people, ascending."""
        chosen = np.flatnonzero(np.isin(self._rows, people))
        return np.sort(chosen if most is None else _best(near[chosen], self._rows[chosen], most, chosen))

    def _named(self) -> list[tuple[str, _Language]]:
        return [(name, each) for name, each in self._languages.items() if name]

    def _by_language(self) -> dict[str, _Language]:
        """The works of each language; "" stands for all."""
        if self.meaning is None:
            return {}
        vectors = self.meaning.vectors
        everything = np.arange(len(self.works))
        overall = vectors.mean(0, dtype=np.float32)
        found = {"": _Language(everything, overall)}
        random = np.random.default_rng(0)
        for language in np.unique(self._spoken):
            rows = np.flatnonzero(self._spoken == language)
            total = vectors[rows].sum(0, dtype=np.float32)
            mean = (total + self.weights.few * overall) / np.float32(len(rows) + self.weights.few)
            sample = np.sort(random.choice(rows, min(self.weights.sample, len(rows)), replace=False))
            found[str(language)] = _Language(rows, mean, unit(vectors[rows].astype(np.float32) - mean), sample)
        return found


def pool_best_works(works: Floats, rows: NDArray[np.int64], people: int, most: int, decay: float = 0.0) -> Floats:
    """Affinity of each person, shape (people,): the mean of their `most` best works; `rows` says whose each work is.

    The work in place r counts r to the power of -`decay`: of a short request, which asks for one thing, 1/r, as who
    did that thing once is right; of a long one, which describes a field, all alike.
    """
    if not people:
        return np.zeros(0, np.float32)
    best = _best(works, rows, most, np.arange(len(rows)))
    sizes = np.bincount(rows[best], minlength=people)
    place = np.arange(len(best)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    counts = (1.0 + place) ** -decay
    total = np.bincount(rows[best], works[best] * counts, people)
    return (total / np.maximum(np.bincount(rows[best], counts, people), 1e-9)).astype(np.float32)


def _best(works: Floats, rows: NDArray[np.int64], most: int, names: NDArray[np.int64]) -> NDArray[np.int64]:
    """`names` of the best `most` works of each person."""
    order = np.lexsort((-works, rows))
    sizes = np.bincount(rows)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen: NDArray[np.int64] = names[order[place < most]]
    return chosen
