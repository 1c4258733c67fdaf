"""The stored text of a document laid out for reading: headings, paragraphs, lists, tables, with passages to link to."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.models import BlockKind, Passage, PlacedBlock, StoredDocument
from web.quotes import Piece, Spans, pieces

_TOP = 3  # level of the outermost heading of a text within its page
_LOWEST = 6
_OWN_SIGN = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)\]]|[-–—•▪◦*]\s")


@dataclass(frozen=True, slots=True)
class Portion:
    """A stretch of one block within one passage. `anchor` is the passage's number where the passage begins."""

    pieces: tuple[Piece, ...]
    passage: int | None
    anchor: int | None
    answers: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A block. `page` is its page where that is another than the one before."""

    kind: str
    portions: tuple[Portion, ...]
    level: int = 0
    page: int | None = None
    anchor: str = ""  # of a heading
    itemised: bool = False  # a list item that brings its own number or sign


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its label and what stands beside it."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring blocks that are shown as one: a heading, a paragraph, a footnote, a list or a table."""

    kind: str
    lines: tuple[Line, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents."""

    text: str
    anchor: str
    depth: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A text to read, and its contents."""

    parts: tuple[Part, ...]
    contents: tuple[Entry, ...]


def lay_out(document: StoredDocument, passages: Sequence[Passage], marks: Spans, answers: frozenset[int]) -> Layout:
    """The text with `marks` (offsets into it) marked, and the passages numbered in `answers` made to stand out."""
    typesetter = _Typesetter(document.text, passages, sorted(marks), answers)
    blocks = _without_title(document)
    lines = tuple(typesetter.lines(blocks))
    parts = tuple(_parts(list(zip(blocks, lines, strict=True))))
    return Layout(parts, _contents(lines))


class _Typesetter:
    def __init__(self, text: str, passages: Sequence[Passage], marks: Spans, answers: frozenset[int]) -> None:
        self._text = text
        self._passages = sorted(passages, key=lambda p: p.start)
        self._starts = [p.start for p in self._passages]
        self._marks = marks
        self._answers = answers
        self._anchored: set[int] = set()

    def lines(self, blocks: Sequence[PlacedBlock]) -> Iterator[Line]:
        page, levels, headings = None, list[int](), 0
        for block in blocks:
            turned = block.page if block.page != page else None
            page = block.page or page
            level, anchor = 0, ""
            if block.kind is BlockKind.HEADING:
                level, headings = _nested(levels, block.level), headings + 1
                anchor = f"h{headings}"
            own = bool(_OWN_SIGN.match(self._text, block.start))
            yield Line(block.kind.value, tuple(self._portions(block)), level, turned, anchor, own)

    def _portions(self, block: PlacedBlock) -> Iterator[Portion]:
        start = block.start + len(self._label(block))
        while start < block.end:
            place = bisect_right(self._starts, start) - 1
            inside = place >= 0 and self._passages[place].end > start
            passage = self._passages[place] if inside else None
            following = self._starts[place + 1] if place + 1 < len(self._starts) else block.end
            end = min(block.end, passage.end if passage else following)
            yield self._portion(start, end, passage)
            start = end

    def _portion(self, start: int, end: int, passage: Passage | None) -> Portion:
        near = [mark for mark in self._marks if mark[1] > start and mark[0] < end]
        number = passage.number if passage else None
        anchor = number if number is not None and number not in self._anchored else None
        if number is not None:
            self._anchored.add(number)
        return Portion(tuple(pieces(self._text, start, end, near)), number, anchor, number in self._answers)

    def _label(self, block: PlacedBlock) -> str:
        """The label a table row begins with, which stands in its own cell."""
        label = f"{block.row}: "
        return label if block.row and self._text.startswith(label, block.start) else ""


def _nested(levels: list[int], level: int) -> int:
    """The level a heading gets on the page: no level is skipped on the way down (WCAG technique G141)."""
    while levels and levels[-1] >= level:
        levels.pop()
    levels.append(level)
    return min(_TOP + len(levels) - 1, _LOWEST)


def _without_title(document: StoredDocument) -> Sequence[PlacedBlock]:
    """The blocks without a first heading that only repeats the title of the page."""
    blocks = document.blocks
    if blocks and blocks[0].kind is BlockKind.HEADING:
        heading = document.text[blocks[0].start : blocks[0].end]
        if " ".join(heading.split()) == " ".join(document.description.title.split()):
            return blocks[1:]
    return blocks


def _parts(placed: list[tuple[PlacedBlock, Line]]) -> Iterator[Part]:
    grouped = {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.FOOTNOTE}
    for kind, group in groupby(placed, key=lambda pair: pair[0].kind):
        pairs = list(group)
        if kind is BlockKind.TABLE_ROW:
            yield Part("table", rows=tuple(_rows(pairs)))
        elif kind in grouped:
            yield Part(kind.value, tuple(line for _block, line in pairs))
        else:
            yield from (Part(kind.value, (line,)) for _block, line in pairs)


def _rows(pairs: list[tuple[PlacedBlock, Line]]) -> Iterator[Row]:
    for label, group in groupby(pairs, key=lambda pair: pair[0].row):
        lines = tuple(line for _block, line in group)
        yield from (Row(label, lines),) if label else (Row("", (line,)) for line in lines)


def _contents(lines: Sequence[Line]) -> tuple[Entry, ...]:
    headings = [line for line in lines if line.anchor]
    return tuple(
        Entry("".join(p.text for portion in line.portions for p in portion.pieces), line.anchor, line.level - _TOP)
        for line in headings
    )
