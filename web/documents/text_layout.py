"""The stored text of a document laid out for reading: headings, paragraphs, lists, tables, with passages to link to."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.documents.models import BlockKind, Passage, PlacedBlock, StoredDocument
from web.search.snippets import Spans, pieces

_TOP = 3  # level of the outermost heading of a text within its page
_LOWEST = 6
_OWN_SIGN = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)\]]|[-–—•▪◦*]\s")


@dataclass(frozen=True, slots=True)
class Lit:
    """Words that support the tag that was chosen; `kind` says how they do, in the reader's language."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where words light up: their number among those of the text, and the kind of support they are."""

    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text that is marked as a whole or not; what lights up may go over several."""

    text: str
    marked: bool
    begins: Spot | None = None
    ends: Spot | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """A stretch of one block within one passage. `anchor` is the passage's number where the passage begins."""

    pieces: tuple[Stretch, ...]
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
    spots: int = 0  # places that light up


def lay_out(
    document: StoredDocument,
    passages: Sequence[Passage],
    marks: Spans,
    answers: frozenset[int],
    lit: Sequence[Lit] = (),
) -> Layout:
    """The text with `marks` (offsets into it) and what is `lit` marked, and the passages numbered in `answers` made to
    stand out. What is lit is numbered in order; none of it overlaps."""
    blocks = _without_title(document, lit)
    typesetter = _Typesetter(document.text, passages, marks, answers, _spots(document.text, blocks, lit))
    lines = tuple(typesetter.lines(blocks))
    parts = tuple(_parts(list(zip(blocks, lines, strict=True))))
    return Layout(parts, _contents(lines), len(typesetter.spots))


def _spots(text: str, blocks: Sequence[PlacedBlock], lit: Sequence[Lit]) -> list[tuple[int, int, Spot]]:
    """(start, end, spot) of what is lit, from its first to its last character that is shown."""
    found: list[tuple[int, int, Spot]] = []
    for each in sorted(lit, key=lambda one: one.start):
        shown = [
            (max(each.start, b.start + len(_label(text, b))), min(each.end, b.end))
            for b in blocks
            if b.start < each.end and each.start < b.end
        ]
        shown = [(start, end) for start, end in shown if start < end]
        if shown:
            found.append((shown[0][0], shown[-1][1], Spot(len(found) + 1, each.kind)))
    return found


class _Typesetter:
    def __init__(
        self,
        text: str,
        passages: Sequence[Passage],
        marks: Spans,
        answers: frozenset[int],
        spots: Sequence[tuple[int, int, Spot]],
    ) -> None:
        self._text = text
        self._passages = sorted(passages, key=lambda p: p.start)
        self._starts = [p.start for p in self._passages]
        self._marks = sorted([*((start, end) for start, end, _spot in spots), *marks])
        self._answers = answers
        self._anchored: set[int] = set()
        self._begins = {start: spot for start, _end, spot in spots}
        self._ends = {end: spot for _start, end, spot in spots}
        self.spots = spots

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
        start = block.start + len(_label(self._text, block))
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
        return Portion(tuple(self._stretches(start, end, near)), number, anchor, number in self._answers)

    def _stretches(self, start: int, end: int, near: Spans) -> Iterator[Stretch]:
        for piece in pieces(self._text, start, end, near):
            stop = start + len(piece.text)
            spots = (self._begins.get(start), self._ends.get(stop)) if piece.marked else (None, None)
            yield Stretch(piece.text, piece.marked, *spots)
            start = stop


def _label(text: str, block: PlacedBlock) -> str:
    """The label a table row begins with, which stands in its own cell."""
    label = f"{block.row}: "
    return label if block.row and text.startswith(label, block.start) else ""


def _nested(levels: list[int], level: int) -> int:
    """The level a heading gets on the page: no level is skipped on the way down (WCAG technique G141)."""
    while levels and levels[-1] >= level:
        levels.pop()
    levels.append(level)
    return min(_TOP + len(levels) - 1, _LOWEST)


def _without_title(document: StoredDocument, lit: Sequence[Lit]) -> Sequence[PlacedBlock]:
    """The blocks without a first heading that only repeats the title of the page and has nothing to light up."""
    blocks = document.blocks
    if blocks and blocks[0].kind is BlockKind.HEADING and not any(each.start < blocks[0].end for each in lit):
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
