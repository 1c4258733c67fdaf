"""Columns of running text that a PDF draws row by row, and numbers of lines in its margin, as a person reads them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.readers.pdf_pages.bidi import mostly_left
from ingest.readers.pdf_pages.runs import WIDE, Fragment

ALIGNED = 4.0  # points: how far the beginnings of lines of a column lie apart
INDENT = 24.0  # points: how far the first line of a paragraph is set in
FEWEST_ROWS = 4  # rows of several columns, below which they are a table
PROSE = 18  # letters of an average line of a column
GOES_ON = 0.25  # share of the lines of running text that begin with a small letter, at least
ALIKE = 0.55  # width of the narrowest column as a share of the widest, at least
FEWEST_NUMBERS = 5  # lines numbered in the margin


@dataclass(frozen=True, slots=True)
class _Cell:
    """Fragments of a row that follow one another closely."""

    fragments: tuple[Fragment, ...]

    @property
    def left(self) -> float:
        return min(fragment.x for fragment in self.fragments)

    @property
    def right(self) -> float:
        return max(fragment.end for fragment in self.fragments)

    @property
    def text(self) -> str:
        return " ".join(fragment.text for fragment in self.fragments)


Row = list[_Cell]


def as_columns(fragments: Sequence[Fragment], in_table: Callable[[Fragment], bool]) -> list[Fragment]:
    """Fragments in the order they are read, without numbers of lines; those `in_table` keep their places."""
    rows = _without_line_numbers([_cells(line) for line in _lines(fragments)])
    found: list[Fragment] = []
    place = 0
    while place < len(rows):
        end = place if any(map(in_table, _flat(rows[place : place + 1]))) else _end_of_columns(rows, place, in_table)
        found.extend(_by_column(rows[place:end]) if end > place else _flat(rows[place : place + 1]))
        place = max(end, place + 1)
    return found


def _lines(fragments: Sequence[Fragment]) -> Iterator[list[Fragment]]:
    line: list[Fragment] = []
    for fragment in fragments:
        if fragment.broken and line:
            yield line
            line = []
        line.append(fragment)
    if line:
        yield line


def _cells(line: Sequence[Fragment]) -> Row:
    groups = [[line[0]]]
    for before, after in pairwise(line):
        gap = max(after.x - before.end, before.x - after.end)  # the latter where the line runs to the left
        if gap > WIDE * max(before.size, after.size):
            groups.append([])
        groups[-1].append(after)
    return [_Cell(tuple(group)) for group in groups]


def _flat(rows: Sequence[Row]) -> list[Fragment]:
    return [fragment for row in rows for cell in row for fragment in cell.fragments]


# --- columns -------------------------------------------------------------------------------------------


def _end_of_columns(rows: Sequence[Row], start: int, in_table: Callable[[Fragment], bool]) -> int:
    """Where a stretch of rows ends that are the lines of columns side by side; `start` when none begins there."""
    starts = sorted(cell.left for cell in rows[start])
    if len(starts) < 2:
        return start
    end = start
    while end < len(rows) and _fits(rows[end], starts) and not any(map(in_table, _flat(rows[end : end + 1]))):
        end += 1
    while end > start and len(rows[end - 1]) < 2:
        end -= 1  # what follows below all columns
    return end if _is_prose(rows[start:end], starts) else start


def _column(cell: _Cell, starts: Sequence[float]) -> int | None:
    """The number of the column in which a cell stands, and does not reach beyond."""
    for number, left in enumerate(starts):
        after = starts[number + 1] if number + 1 < len(starts) else float("inf")
        if left - ALIGNED <= cell.left <= left + INDENT and cell.right < after:
            return number
    return None


def _fits(row: Row, starts: Sequence[float]) -> bool:
    columns = [_column(cell, starts) for cell in row]
    return None not in columns and len(set(columns)) == len(columns)


def _is_prose(rows: Sequence[Row], starts: Sequence[float]) -> bool:
    if sum(len(row) == len(starts) for row in rows) < FEWEST_ROWS:
        return False
    columns = [[cell for row in rows for cell in row if _column(cell, starts) == n] for n in range(len(starts))]
    widths = [max(cell.right for cell in column) - left for column, left in zip(columns, starts, strict=True)]
    return min(widths) >= ALIKE * max(widths) and all(_runs(column) for column in columns)


def _runs(column: Sequence[_Cell]) -> bool:
    """Whether the cells of a column are lines of running text."""
    letters = sum(map(str.isalpha, "".join(cell.text for cell in column)))
    small = sum(cell.text[:1].islower() for cell in column)
    cased = any(char.isupper() or char.islower() for cell in column for char in cell.text)
    return letters >= PROSE * len(column) and (not cased or small >= GOES_ON * len(column))


def _by_column(rows: Sequence[Row]) -> list[Fragment]:
    starts = sorted(cell.left for cell in rows[0])
    left = mostly_left("".join(fragment.text for fragment in _flat(rows)))
    found: list[Fragment] = []
    for number in reversed(range(len(starts))) if left else range(len(starts)):
        for row in rows:
            for cell in row:
                if _column(cell, starts) == number:
                    first, *others = cell.fragments
                    found += [replace(first, broken=True, spaced=False), *others]
    return found


# --- numbers of lines ----------------------------------------------------------------------------------


def _without_line_numbers(rows: list[Row]) -> list[Row]:
    numbered = [n for n, row in enumerate(rows) if _number(row) is not None]
    if len(numbered) < FEWEST_NUMBERS:
        return rows
    values = [_number(rows[n]) or 0 for n in numbered]
    steps = {after - before for before, after in pairwise(values)}
    if steps not in ({1}, {5}):
        return rows
    margin = max(rows[n][0].right for n in numbered)
    others = [row[1:] if n in set(numbered) else row for n, row in enumerate(rows)]
    within = [row[0] for row in others[numbered[0] : numbered[-1] + 1] if row]
    if not within or min(cell.left for row in others for cell in row) <= margin or not _runs(within):
        return rows
    return [_begun(row) for row in others if row]


def _number(row: Row) -> int | None:
    """The number that stands alone at the left of a line of text."""
    text = row[0].text
    return int(text) if len(row) > 1 and text.isascii() and text.isdigit() and len(text) < 5 else None


def _begun(row: Row) -> Row:
    first, *others = row[0].fragments
    return [_Cell((replace(first, broken=True, spaced=False), *others)), *row[1:]]
