"""Labels of concepts found in a text: stemmed and folded, longest first, weighted by how few concepts they fit."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.folding import fold
from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.words import Word, stem, words
from kb.vocabularies.concept import Scheme
from kb.vocabularies.descriptions import labels_of, profiles_of, rarity_of, spelled
from kb.vocabularies.scheme_names import FUNCTION_WORDS

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
        self.profiles = profiles_of(scheme)
        self.languages = frozenset(self.profiles)
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
                    stems = tuple(fold(w) if language == _ANY else stem(w, language) for w in spelled(label))
                    fits[stems, label.isupper(), of].add(number)
        labels: list[tuple[tuple[str, ...], _Label]] = []
        for (stems, capitals, of), concepts in sorted(fits.items()):
            weight = self._weight(_stems_of(stems, of, language), of, len(concepts), capitals)
            labels.append((stems, _Label(tuple(sorted(concepts)), weight, capitals)))
        return Gazetteer(labels)

    def _weight(self, stems: Sequence[str], language: str, shared: int, capitals: bool) -> float:
        """How much a label tells: little where its words stand in the descriptions of many concepts."""
        own = rarity_of(shared, self._size)
        if capitals:
            return own
        rarities = [self.profiles[language].rarity(each) for each in set(stems) if each not in FUNCTION_WORDS]
        return own * (1.0 - math.prod(1.0 - rarity for rarity in rarities))


def _is_as_written(analysis: Analysis, found: Found[_Label]) -> bool:
    """Whether an acronym stands in capitals."""
    name = analysis.text[analysis.words[found.first].start : analysis.words[found.end - 1].end]
    return not found.value.capitals or name.removesuffix("s").isupper()


def _stems_of(spelled: Sequence[str], of: str, language: str) -> tuple[str, ...]:
    return tuple(stem(word, of) for word in spelled) if language == _ANY else tuple(spelled)
