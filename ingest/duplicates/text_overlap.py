"""Wording: whether two texts of one language are the same text, one of them a part of the other, or only look alike."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.duplicates.word_alignment import align
from kb.places.countries import find_countries
from kb.text.words import Word, stop_words, words

# Shares of the words that tell something, found in the other text in the same order. Texts of which 30 % of the words
# were edited keep 0.69 and more; terms of reference of two countries 0.39 at most, lines of one workplan 0.46.
_SAME = 0.58
_PART = 0.62
_FEWEST = 25  # telling words of the smaller text, below which nothing is said
_SURE = 0.9  # both ways; what another format moves (a footnote, a box) is not in the same order
_SURE_REPLACED = 0.002  # of the words stand in the place of others; formats of one document replace none
_SURE_LACKING = 0.015  # of the words are in one text only: page numbers, running heads, addresses of links


@dataclass(frozen=True)
class Wording:
    """A text as it is compared: its words, and which of them tell something."""

    text: str
    language: str

    @cached_property
    def words(self) -> list[Word]:
        return list(words(self.text))

    @cached_property
    def folded(self) -> list[str]:
        return [word.folded for word in self.words]

    @cached_property
    def telling(self) -> NDArray[np.bool_]:
        common = stop_words(self.language)
        return np.asarray([word not in common for word in self.folded], bool)

    @cached_property
    def named(self) -> NDArray[np.bool_]:
        """Which words are numbers, or names: a capital letter in the middle of a sentence."""
        marks = np.zeros(len(self.words), bool)
        end = 0
        for place, word in enumerate(self.words):
            first = self.text[word.start]
            opens = place == 0 or any(sign in ".:;!?¿¡•\n" for sign in self.text[end : word.start])
            marks[place] = first.isdigit() or (first.isupper() and not opens)
            end = word.end
        return marks

    @cached_property
    def countries(self) -> dict[int, str]:
        """Country by the place of the first word of its name."""
        starts = {word.start: place for place, word in enumerate(self.words)}
        found = find_countries(self.text)
        return {starts[start]: code for code, start, _ in found if start in starts}


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts have in common, word by word in order.

    `first` and `second` are shares of their telling words; `replaced` is the share of words with others in their
    place, `renamed` the share of names and numbers with others in their place, `moved` the same of countries;
    `lacking` the share of words that only one of the texts has, wherever. The last four are told of texts that may be
    one only.
    """

    first: float
    second: float
    replaced: float
    renamed: float
    moved: float
    lacking: float

    @property
    def same(self) -> bool:
        return min(self.first, self.second) >= _SAME and not self.template

    @property
    def part(self) -> bool:
        """Whether the text that has more of its words in the other is a part of it."""
        return not self.same and max(self.first, self.second) >= _PART and not self.template

    @property
    def template(self) -> bool:
        """Whether names, numbers or countries were put in the place of others: one form, filled for another."""
        return self.moved > 0.5 or self.renamed > 0.5

    @property
    def sure(self) -> bool:
        """Whether only what another format does to a text tells the two apart."""
        return (
            min(self.first, self.second) >= _SURE
            and self.replaced <= _SURE_REPLACED
            and self.lacking <= _SURE_LACKING
            and self.renamed == 0
            and self.moved == 0
        )


def overlap(first: Wording, second: Wording) -> Overlap:
    """How much the texts have in common. Nothing, where one of them has too few words to tell."""
    if min(first.telling.sum(), second.telling.sum()) < _FEWEST:
        return Overlap(0, 0, 0, 0, 0, 1)
    places = align(first.folded, second.folded)
    kept = places >= 0
    there = np.zeros(len(second.words), bool)
    there[places[kept]] = True
    shares = float(kept[first.telling].mean()), float(there[second.telling].mean())
    if max(shares) < _SAME:  # nothing else matters then
        return Overlap(*shares, 0, 0, 0, 1)
    replaced, by = _replaced(places, len(second.words))
    return Overlap(
        *shares,
        replaced=float(replaced.mean()),
        renamed=_renamed(first, second, kept, replaced, by),
        moved=_moved(first, second, places, replaced, by),
        lacking=_lacking(first, second),
    )


def _lacking(first: Wording, second: Wording) -> float:
    """Share of words that one of the texts has alone. Letters and small numbers do not count: formats number lists,
    notes and pages for themselves."""
    one, two = (Counter(w for w in text.folded if len(w) > 2 or w.isalpha()) for text in (first, second))
    return ((one - two).total() + (two - one).total()) / max(1, one.total() + two.total())


def _replaced(places: NDArray[np.int64], length: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which words of the first text have others in their place in the second (of `length` words), and which those are.

    Gaps of both texts between the same two neighbours, about equally long.
    """
    here, there = np.zeros(len(places), bool), np.zeros(length, bool)
    at = before = 0
    for place in [*np.flatnonzero(places >= 0).tolist(), len(places)]:
        until = int(places[place]) if place < len(places) else length
        gap, other = place - at, until - before
        if 0 < gap <= 2 * other + 1 and 0 < other <= 2 * gap + 1:
            here[at:place] = True
            there[before:until] = True
        at, before = place + 1, until + 1
    return here, there


def _renamed(
    first: Wording, second: Wording, kept: NDArray[np.bool_], replaced: NDArray[np.bool_], by: NDArray[np.bool_]
) -> float:
    """Share of the names and numbers of the first text that gave way to others in the second."""
    gone = min(int((first.named & replaced).sum()), int((second.named & by).sum()))
    stayed = int((first.named & kept).sum())
    return gone / (gone + stayed) if gone else 0.0


def _moved(
    first: Wording, second: Wording, places: NDArray[np.int64], replaced: NDArray[np.bool_], by: NDArray[np.bool_]
) -> float:
    """Share of the names of countries that gave way to other countries."""
    gone = [code for place, code in first.countries.items() if replaced[place]]
    came = {code for place, code in second.countries.items() if by[place]}
    stayed = sum(bool(places[place] >= 0) for place in first.countries)
    changed = sum(bool(came - {code}) for code in gone)
    return changed / (changed + stayed) if changed else 0.0
