"""Comparison: the passages of two documents that correspond, with the words that differ, and those only one has."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ingest.duplicates.translation_search import agreement_of
from ingest.duplicates.word_alignment import align
from kb.documents.models import Passage, StoredDocument
from kb.documents.store import documents, passages
from kb.store.database import Database
from kb.text.words import Word, words

_CORRESPONDS = 0.2  # of the words of a passage stand in the other text in the same order
_ALONE = 3  # words in a row that only the other text has, from which they are shown


class Change(StrEnum):
    """What became of some words of the first text in the second."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, with the signs and spaces after it, and what became of it."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a document: `text == document.text[start:end]`; `passage` is the number of the one it begins in."""

    text: str
    start: int
    end: int
    passage: int
    page: int | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Stretches that correspond; None where one document has nothing of the kind. `pieces` tell the words apart, and
    are empty for a translation."""

    first: Stretch | None
    second: Stretch | None
    pieces: tuple[Piece, ...] = ()

    @property
    def differs(self) -> bool:
        return self.first is None or self.second is None or any(p.change is not Change.SAME for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents side by side, in order of the first."""

    first: int
    second: int
    translated: bool
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> tuple[Pair, ...]:
        """The pairs that are not word for word the same."""
        return tuple(pair for pair in self.pairs if pair.differs)


def compare(database: Database, first: int, second: int) -> Comparison:
    """Two documents side by side: by their words, or by meaning when their languages differ. Raises NotFoundError."""
    with database.read() as connection:
        one, two = documents.get(connection, first), documents.get(connection, second)
        cut = (
            [p for _, p in passages.of_document(connection, first)],
            [p for _, p in passages.of_document(connection, second)],
        )
    if one.description.language != two.description.language:
        agreed = agreement_of(database, first, second).pairs
        return Comparison(first, second, True, tuple(_by_meaning(*cut, agreed)))
    return Comparison(first, second, False, tuple(_by_words(_Text(one, cut[0]), _Text(two, cut[1]))))


def pieces(first: str, second: str) -> tuple[Piece, ...]:
    """What becomes of the words of `first` in `second`; case and accents do not count."""
    one, two = list(words(first)), list(words(second))
    matcher = SequenceMatcher(None, [w.folded for w in one], [w.folded for w in two], autojunk=False)
    found: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.SAME, _slice(first, one, a, b)))
        else:
            found += [Piece(Change.REMOVED, _slice(first, one, a, b))] if b > a else []
            found += [Piece(Change.ADDED, _slice(second, two, c, d))] if d > c else []
    return tuple(found)


class _Text:
    """A document with its words and passages."""

    def __init__(self, document: StoredDocument, cut: Sequence[Passage]) -> None:
        self.text = document.text
        self.cut = cut
        self.words = list(words(document.text))
        self._starts = [word.start for word in self.words]

    def places(self, passage: Passage) -> tuple[int, int]:
        """The words of a passage: places from, to."""
        return bisect_left(self._starts, passage.start), bisect_left(self._starts, passage.end)

    def stretch(self, first: int, last: int) -> Stretch:
        """The text from one word to another, both included."""
        start, end = self.words[first].start, self.words[last].end
        known = max(0, bisect_right([p.start for p in self.cut], start) - 1)
        return Stretch(self.text[start:end], start, end, self.cut[known].number, self.cut[known].page)


def _by_words(one: _Text, two: _Text) -> Iterator[Pair]:
    """Each passage of the first beside the stretch of the second that holds its words; then what the second has more.

    Passages are cut differently in another format, so a passage is laid beside whatever stretch there is.
    """
    places = align([word.folded for word in one.words], [word.folded for word in two.words])
    told = 0  # words of the second text that were shown
    for passage in one.cut:
        start, end = one.places(passage)
        there = places[start:end][places[start:end] >= 0]
        if len(there) < _CORRESPONDS * max(1, end - start):
            yield Pair(_stretch(passage), None)
            continue
        first, last = max(told, _back(places, start, told)), int(there[-1])
        yield from _alone(two, told, first)
        other = two.stretch(min(first, last), last)
        whole = _stretch(passage)
        yield Pair(whole, other, pieces(whole.text, other.text))
        told = last + 1
    yield from _alone(two, told, len(two.words))


def _back(places: NDArray[np.int64], start: int, told: int) -> int:
    """Where the stretch beside the words from `start` begins."""
    found = np.flatnonzero(places[start:] >= 0)
    return int(places[start + found[0]]) if len(found) else told


def _alone(two: _Text, start: int, end: int) -> Iterator[Pair]:
    """Stretches of the second text from one word to another, passage by passage; headings and a stray word are not
    shown."""
    for passage in two.cut:
        first, last = two.places(passage)
        first, last = max(first, start), min(last, end)
        if last - first >= _ALONE:
            yield Pair(None, two.stretch(first, last - 1))


def _by_meaning(one: Sequence[Passage], two: Sequence[Passage], agreed: Sequence[tuple[int, int]]) -> Iterator[Pair]:
    """Passages that correspond side by side, and those that stand alone, in order."""
    i = j = 0
    for p, q in [*agreed, (len(one), len(two))]:
        yield from (Pair(_stretch(passage), None) for passage in one[i:p])
        yield from (Pair(None, _stretch(passage)) for passage in two[j:q])
        if p < len(one):
            yield Pair(_stretch(one[p]), _stretch(two[q]))
        i, j = p + 1, q + 1


def _stretch(passage: Passage) -> Stretch:
    return Stretch(passage.text, passage.start, passage.end, passage.number, passage.page)


def _slice(text: str, spelled: Sequence[Word], first: int, last: int) -> str:
    """The text from one word up to another, which begins the next piece."""
    start = spelled[first].start if first else 0
    return text[start : spelled[last].start if last < len(spelled) else len(text)]
