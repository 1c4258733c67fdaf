"""Quoted text: cut to what answers, with the words that answer marked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from web.i18n.locales import direction

EXCERPT = 320  # characters, about four lines
_LEAD = 60  # characters shown before the first marked word
_LONG_LEAD = 140  # so many, where a sentence or line begins there
_SENTENCE = re.compile(r"(?:[.!?…؟。]\s+|\n\s*)(?=\S)")
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of quoted text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted text in its language. `before` and `after` say whether text was left out there."""

    pieces: tuple[Piece, ...]
    language: str
    before: bool = False
    after: bool = False

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def lang(self) -> str:
        """The value of the `lang` attribute; empty means unknown (HTML, section 3.2.6.1)."""
        return "" if self.language == "und" else self.language


Spans = Sequence[tuple[int, int]]


def quote(text: str, marks: Spans, language: str) -> Quote:
    """The whole text with `marks` (offsets into it) marked."""
    return Quote(tuple(pieces(text, 0, len(text), marks)), language)


def excerpt(text: str, marks: Spans, language: str, length: int = EXCERPT) -> Quote:
    """About `length` characters of the text, those with the most marks."""
    start, end = _window(text, marks, length)
    shown = (Piece(_BLANK_LINES.sub("\n", p.text), p.marked) for p in pieces(text, start, end, marks))
    return Quote(tuple(shown), language, start > 0, end < len(text))


def pieces(text: str, start: int, end: int, marks: Iterable[tuple[int, int]]) -> list[Piece]:
    """`text[start:end]` cut where marks begin and end; marks may overlap and reach beyond."""
    found: list[Piece] = []
    place = start
    for first, last in sorted(marks):
        first, last = max(first, place), min(last, end)
        if first >= last:
            continue
        if first > place:
            found.append(Piece(text[place:first], False))
        found.append(Piece(text[first:last], True))
        place = last
    if place < end:
        found.append(Piece(text[place:end], False))
    return found


def _window(text: str, marks: Spans, length: int) -> tuple[int, int]:
    if len(text) <= length * 1.15:  # leaving out a few words would only annoy
        return 0, len(text)
    starts = [0, *(_lead(text, first) for first, _last in marks)]
    best = max(starts, key=lambda start: (_covered(marks, start, start + length), -start))
    start = best if best + length < len(text) else _word_start(text, len(text) - length)
    return start, _word_end(text, start + length)


def _lead(text: str, first: int) -> int:
    """Where to begin so that the mark at `first` is understood: with its sentence, if that is not too long."""
    low = max(0, first - _LONG_LEAD)
    beginnings = [found.end() for found in _SENTENCE.finditer(text, low, first)]
    near = [place for place in beginnings if place >= first - _LEAD] or beginnings[-1:]
    return near[0] if near else _word_start(text, max(0, first - _LEAD))


def _covered(marks: Spans, start: int, end: int) -> int:
    return sum(last - first for first, last in marks if first >= start and last <= end)


def _word_start(text: str, place: int) -> int:
    """The start of the first word at or after `place`; `place` itself where words have no spaces."""
    if place == 0 or text[place - 1].isspace():
        return place
    space = text.find(" ", place, place + 30)
    return place if space < 0 else space + 1


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - 30, place + 1)
    return place if space < 0 else space
