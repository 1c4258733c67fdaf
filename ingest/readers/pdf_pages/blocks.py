"""Turns the lines and tables of a PDF's pages into blocks: headings by their type, vertical space by its height."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.pdf_pages.layout import Item, Line, Table, continues
from kb.documents.models import Block, BlockKind

GAP = 1.3  # times the usual distance of two lines, and there is vertical space between them
HEADING_GAP = 1.7  # times its size: lines of one heading are nearer
LARGER = 1.12  # times the size of running text, and it is a heading
LONGEST_HEADING = 250  # characters
RUNNING = 3  # pages that show the same line at the same height: a running head, not a heading
DEFAULT_SIZE = 11.0
Style = tuple[float, bool]  # size to half a point, bold


@dataclass(frozen=True, slots=True)
class Usual:
    """A document's running text: size, weight, and distance between two lines (points)."""

    size: float
    bold: bool
    leading: float


@dataclass(frozen=True, slots=True)
class Typography:
    """What a document's type says: the usual text, the styles of its headings by level, and its running heads."""

    usual: Usual
    styles: tuple[Style, ...]
    running: frozenset[tuple[str, int]]

    def level(self, line: Line) -> int:
        """Level of a heading, 0 for running text."""
        style = _style(line)
        return min(self.styles.index(style) + 1, 6) if style in self.styles and self._may_head(line) else 0

    def _may_head(self, line: Line) -> bool:
        return _has_words(line) and _trace(line) not in self.running


def blocks_of(pages: Sequence[Sequence[Item]]) -> Iterator[Block]:
    """Blocks of all pages in reading order; pages and tables count from 1."""
    typography = _typography(pages)
    table, previous = 0, list[Item]()
    for number, items in enumerate(pages, 1):
        first = True
        for group in _groups(items, typography):
            if isinstance(group, Table):
                table += not (first and continues(previous, items))
                first = False
                yield from _rows(group, number, table, typography.usual)
            else:
                yield from _text_blocks(group, number, typography)
        previous = list(items)


# --- typography --------------------------------------------------------------------------------------


def _typography(pages: Sequence[Sequence[Item]]) -> Typography:
    free = [line for items in pages for line in items if isinstance(line, Line)]
    traces = Counter(trace for items in pages for trace in {_trace(i) for i in items if isinstance(i, Line)})
    running = frozenset(trace for trace, count in traces.items() if count >= RUNNING)
    usual = _usual(pages)
    styles = {_style(line) for line in free if _stands_out(line, usual) and _trace(line) not in running}
    return Typography(usual, tuple(sorted(styles, reverse=True)), running)


def _usual(pages: Sequence[Sequence[Item]]) -> Usual:
    sizes: Counter[Style] = Counter()
    steps: Counter[float] = Counter()
    for lines in _columns(pages):
        for line in lines:
            sizes[_style(line)] += len(line.text)
        steps.update(round(a.y - b.y, 1) for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * a.size)
    size, bold = sizes.most_common(1)[0][0] if sizes else (DEFAULT_SIZE, False)
    plausible = {step: count for step, count in steps.items() if 0.8 * size <= step <= 3 * size}
    leading = max(plausible, key=lambda step: plausible[step]) if plausible else 1.2 * size
    return Usual(size, bold, leading)


def _columns(pages: Sequence[Sequence[Item]]) -> Iterator[list[Line]]:
    """Lines that stand below one another: those of a page outside of tables, and those of each cell."""
    for items in pages:
        yield [item for item in items if isinstance(item, Line)]
        for item in items:
            if isinstance(item, Table):
                yield from item.cells.values()


def _style(line: Line) -> Style:
    return round(line.size * 2) / 2, line.bold


def _trace(line: Line) -> tuple[str, int]:
    """The same for lines that differ only in figures and stand at the same height."""
    return "".join("#" if c.isdigit() else c for c in line.text.strip()), round(line.y / 4)


def _has_words(line: Line) -> bool:
    return len(line.text) <= LONGEST_HEADING and sum(map(str.isalpha, line.text)) >= 2


def _stands_out(line: Line, usual: Usual) -> bool:
    larger = line.size >= LARGER * usual.size
    bolder = line.bold and not usual.bold and line.size >= 0.95 * usual.size
    return (larger or bolder) and _has_words(line)


# --- blocks ------------------------------------------------------------------------------------------


def _groups(items: Sequence[Item], typography: Typography) -> Iterator[Table | list[Line]]:
    """Tables, and between them the lines that follow one another: those of one heading, or running text."""
    group: list[Line] = []
    for item in items:
        if isinstance(item, Table):
            if group:
                yield group
            group = []
            yield item
        elif group and _parts(group[-1], item, typography):
            yield group
            group = [item]
        else:
            group.append(item)
    if group:
        yield group


def _parts(above: Line, below: Line, typography: Typography) -> bool:
    """Whether a heading begins or ends between two lines."""
    level = typography.level(above)
    if level and _style(above) == _style(below):
        return not 0 < above.y - below.y <= HEADING_GAP * below.size
    return level > 0 or typography.level(below) > 0


def _text_blocks(lines: list[Line], page: int, typography: Typography) -> Iterator[Block]:
    level = typography.level(lines[0])
    text = " ".join(line.text.strip() for line in lines)
    if level and len(text) <= LONGEST_HEADING:
        yield Block(BlockKind.HEADING, text, page, level)
        return
    for number, line in enumerate(lines):
        if number and _gap(lines[number - 1], line, typography.usual):
            yield Block(BlockKind.LINE, "", page)
        yield Block(BlockKind.LINE, line.text.rstrip(), page)


def _gap(above: Line, below: Line, usual: Usual) -> bool:
    return above.y - below.y > GAP * usual.leading * max(below.size / usual.size, 1)


def _rows(table: Table, page: int, number: int, usual: Usual) -> Iterator[Block]:
    columns = len(table.grid.columns) - 1
    for row in sorted({row for row, _ in table.cells}):
        cells = tuple(_cell_text(table.cells.get((row, column), []), usual) for column in range(columns))
        text = " | ".join(" ".join(cell.split()) for cell in cells if cell)
        yield Block(BlockKind.TABLE_ROW, text, page, cells=cells, table=number)


def _cell_text(lines: list[Line], usual: Usual) -> str:
    """Lines of a cell, an empty one where there is vertical space."""
    texts: list[str] = []
    for number, line in enumerate(lines):
        if number and _gap(lines[number - 1], line, usual):
            texts.append("")
        texts.append(line.text.strip())
    return "\n".join(texts)
