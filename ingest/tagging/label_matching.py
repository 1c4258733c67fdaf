"""Labels of concepts found in a text: stemmed and folded, longest first, weighted by how few concepts they fit."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.tagging.scheme_names import FUNCTION_WORDS
from kb.text.folding import fold
from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.words import Word, stem, stop_words, words
from kb.vocabularies.concept import Concept, Scheme

_ANY = ""  # the table of labels of other languages than the text's, compared word for word


@dataclass(frozen=True, slots=True)
class Analysis:
    """The words of `text[start:end]` with offsets into the whole text, and their stems in `language`."""

    text: str
    language: str
    words: tuple[Word, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A label of a concept at `text[start:end]`; `weight` in (0, 1] is how much it tells concepts apart."""

    concept: int
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Label:
    concepts: tuple[int, ...]
    weight: float
    capitals: bool  # an acronym: only in capitals is it meant


def analyse(text: str, language: str, start: int = 0, end: int | None = None) -> Analysis:
    """Words and stems of a stretch of a text."""
    part = text[start:end]
    found = tuple(words(part))
    stems = tuple(stem(part[word.start : word.end], language) for word in found)
    moved = tuple(Word(w.start + start, w.end + start, w.folded) for w in found) if start else found
    return Analysis(text, language, moved, stems)


class Terms:
    """Finds the labels of the concepts of one scheme; concepts are numbered as in the scheme."""

    def __init__(self, scheme: Scheme) -> None:
        self.languages = frozenset(language for c in scheme.concepts for language, _ in labels_of(c))
        self.profiles = {language: Profile(scheme, language) for language in sorted(self.languages)}
        self._size = len(scheme.concepts)
        self._tables: dict[str, Gazetteer[_Label]] = {}
        self._scheme = scheme

    def find(self, analysis: Analysis) -> tuple[Mention, ...]:
        """Mentions in order; where labels overlap the longest leftmost one counts."""
        folded = [word.folded for word in analysis.words]
        readings: list[tuple[Gazetteer[_Label], Sequence[str]]] = [(self._table(_ANY), folded)]
        if analysis.language in self.languages:
            readings.insert(0, (self._table(analysis.language), analysis.stems))
        return tuple(
            Mention(concept, analysis.words[found.first].start, analysis.words[found.end - 1].end, found.value.weight)
            for found in find_names(readings, lambda found: _is_as_written(analysis, found))
            for concept in found.value.concepts
        )

    def _table(self, language: str) -> Gazetteer[_Label]:
        if language not in self._tables:
            self._tables[language] = self._build(language)
        return self._tables[language]

    def _build(self, language: str) -> Gazetteer[_Label]:
        """The labels of `language` by their stems, or all labels as written."""
        fits: dict[tuple[tuple[str, ...], bool, str], set[int]] = defaultdict(set)
        for number, concept in enumerate(self._scheme.concepts):
            for of, label in labels_of(concept):
                if language in (_ANY, of):
                    stems = tuple(fold(w) if language == _ANY else stem(w, language) for w in _spelled(label))
                    fits[stems, label.isupper(), of].add(number)
        labels: list[tuple[tuple[str, ...], _Label]] = []
        for (stems, capitals, of), concepts in sorted(fits.items()):
            weight = self._weight(_stems_of(stems, of, language), of, len(concepts), capitals)
            labels.append((stems, _Label(tuple(sorted(concepts)), weight, capitals)))
        return Gazetteer(labels)

    def _weight(self, stems: Sequence[str], language: str, shared: int, capitals: bool) -> float:
        """How much a label tells: little where its words stand in the descriptions of many concepts."""
        own = _rarity(shared, self._size)
        if capitals:
            return own
        rarities = [self.profiles[language].rarity(each) for each in set(stems) if each not in FUNCTION_WORDS]
        return own * (1.0 - math.prod(1.0 - rarity for rarity in rarities))


def _is_as_written(analysis: Analysis, found: Found[_Label]) -> bool:
    """Whether an acronym stands in capitals."""
    name = analysis.text[analysis.words[found.first].start : analysis.words[found.end - 1].end]
    return not found.value.capitals or name.removesuffix("s").isupper()


class Profile:
    """The words of all labels and the definition of each concept in one language, weighted by rarity."""

    def __init__(self, scheme: Scheme, language: str) -> None:
        self._size = len(scheme.concepts)
        found: dict[str, set[int]] = defaultdict(set)
        for number, concept in enumerate(scheme.concepts):
            for each in _described(concept, language):
                for word in _spelled(each):
                    found[stem(word, language)].add(number)
        self._language = language
        common = {stem(word, language) for word in stop_words(language)} | FUNCTION_WORDS
        self.concepts = {each: tuple(sorted(numbers)) for each, numbers in found.items() if each not in common}

    def stems(self, text: str) -> tuple[str, ...]:
        """The words of `text` as this profile knows them."""
        return tuple(stem(word, self._language) for word in _spelled(text))

    def rarity(self, stemmed: str) -> float:
        """From 0 (in every concept) to 1 (in one)."""
        return _rarity(len(self.concepts.get(stemmed, (0,))), self._size)

    def overlap(self, stems: Sequence[str]) -> list[float]:
        """For each concept, the rarity of the distinct `stems` that its description shares with them, summed."""
        scores = [0.0] * self._size
        for each in dict.fromkeys(stems):
            rarity = self.rarity(each)
            for number in self.concepts.get(each, ()):
                scores[number] += rarity
        return scores


def labels_of(concept: Concept) -> Iterator[tuple[str, str]]:
    """(language, label): preferred, alternative and long ones."""
    yield from concept.labels
    yield from concept.alt_labels
    yield from concept.titles


def _described(concept: Concept, language: str) -> Iterator[str]:
    yield from (text for of, text in (*labels_of(concept), *concept.definitions) if of == language)


def _rarity(number: int, size: int) -> float:
    return math.log(size / number) / math.log(size) if size > 1 else 1.0


def _stems_of(spelled: Sequence[str], of: str, language: str) -> tuple[str, ...]:
    return tuple(stem(word, of) for word in spelled) if language == _ANY else tuple(spelled)


@lru_cache(maxsize=50_000)
def _spelled(text: str) -> tuple[str, ...]:
    return tuple(text[word.start : word.end] for word in words(text))
