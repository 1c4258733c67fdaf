"""Finds the tables that are drawn on a page, from the lines that rule them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.pdf_pages.page import Segment

NEAR = 2.5  # points within which two drawn lines meet or are the same
LEAST_ROW = 6.0  # points; less holds no line of text
LEAST_COLUMN = 10.0
MOST_LINES = 3000  # a page with more is a drawing


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: column edges from left to right, row edges from top to bottom, and the rules themselves."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    rules: tuple[Segment, ...]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) of a point; cells that are merged count as their top left one."""
        if not (self.columns[0] - NEAR <= x <= self.columns[-1] + NEAR and self.rows[-1] <= y <= self.rows[0]):
            return None
        column = min(max(bisect_right(self.columns, x + NEAR) - 1, 0), len(self.columns) - 2)
        row = next(number for number in range(len(self.rows) - 1) if y >= self.rows[number + 1])
        while column > 0 and not self._ruled(False, self.columns[column], self._middle(row)):
            column -= 1
        centre = (self.columns[column] + self.columns[column + 1]) / 2
        while row > 0 and not self._ruled(True, self.rows[row], centre):
            row -= 1
        return row, column

    def _middle(self, row: int) -> float:
        return (self.rows[row] + self.rows[row + 1]) / 2

    def _ruled(self, horizontal: bool, at: float, through: float) -> bool:
        return any(
            rule.horizontal is horizontal
            and abs(rule.at - at) <= NEAR
            and rule.low - NEAR <= through <= rule.high + NEAR
            for rule in self.rules
        )


def find_grids(segments: Sequence[Segment]) -> tuple[Grid, ...]:
    """The ruled tables of a page from top to bottom."""
    lines = [line for line in (*_joined(segments), *_verticals(segments)) if line.high - line.low >= LEAST_ROW]
    if len(lines) > MOST_LINES:
        return ()
    grids = [grid for group in _connected(lines) for grid in _grids(group)]
    return tuple(sorted(grids, key=lambda grid: (-grid.rows[0], grid.columns[0])))


def same_columns(one: Grid, other: Grid) -> bool:
    return len(one.columns) == len(other.columns) and all(
        abs(a - b) <= NEAR for a, b in zip(one.columns, other.columns, strict=True)
    )


def _verticals(segments: Iterable[Segment]) -> set[Segment]:
    return {segment for segment in segments if not segment.horizontal}


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Horizontal lines, those drawn cell by cell as one. Vertical ones stay apart: where they end, tables end."""
    joined: list[Segment] = []
    for line in sorted((s for s in segments if s.horizontal), key=lambda s: (round(s.at), s.low)):
        last = joined[-1] if joined else None
        if last and abs(last.at - line.at) < 1 and last.low <= line.low <= last.high + NEAR:
            joined[-1] = Segment(True, last.at, last.low, max(last.high, line.high))
        else:
            joined.append(line)
    return joined


def _connected(lines: Sequence[Segment]) -> list[list[Segment]]:
    """Groups of lines that touch, by way of crossing ones."""
    horizontal = sorted((line for line in lines if line.horizontal), key=lambda line: line.at)
    heights = [line.at for line in horizontal]
    leader = {line: line for line in lines}

    def lead(line: Segment) -> Segment:
        while leader[line] != line:
            leader[line] = leader[leader[line]]
            line = leader[line]
        return line

    for upright in (line for line in lines if not line.horizontal):
        reach = slice(bisect_left(heights, upright.low - NEAR), bisect_right(heights, upright.high + NEAR))
        for other in horizontal[reach]:
            if _meet(upright, other):
                leader[lead(other)] = lead(upright)
    groups: dict[Segment, list[Segment]] = {}
    for line in lines:
        groups.setdefault(lead(line), []).append(line)
    return list(groups.values())


def _meet(one: Segment, other: Segment) -> bool:
    return (
        one.horizontal is not other.horizontal
        and one.low - NEAR <= other.at <= one.high + NEAR
        and other.low - NEAR <= one.at <= other.high + NEAR
    )


def _grids(group: list[Segment]) -> list[Grid]:
    """The tables of lines that touch: one after the other where the columns become different ones."""
    rows = _edges(-s.at for s in group if s.horizontal)
    bands = [(-top, -bottom) for top, bottom in pairwise(rows)]
    seams = _seams(rows[1:-1], group)
    grids: list[Grid] = []
    run: list[tuple[float, float]] = []
    columns: tuple[float, ...] = ()
    for band in bands:
        here = _columns_of(band, group)
        related = _within(here, columns) or _within(columns, here)
        if run and (not related or -band[0] in seams):
            grids.append(_grid(run, columns, group))
            run, columns = [], ()
        run.append(band)
        columns = here if len(here) > len(columns) else columns
    if run:
        grids.append(_grid(run, columns, group))
    return [grid for grid in grids if len(grid.columns) > 2]  # a frame around text is no table


def _seams(rows: Iterable[float], group: list[Segment]) -> set[float]:
    """Edges between rows (negated, as `rows`) where one table ends and the next begins.

    That can be told when columns are ruled in one stroke from top to bottom: no stroke runs through the seam.
    """
    through = {row: any(s.low + NEAR < -row < s.high - NEAR for s in group if not s.horizontal) for row in rows}
    return {row for row, crossed in through.items() if not crossed} if any(through.values()) else set()


def _grid(bands: list[tuple[float, float]], columns: tuple[float, ...], group: list[Segment]) -> Grid:
    top, bottom = bands[0][0], bands[-1][1]
    rules = tuple(s for s in group if (bottom - NEAR <= s.at <= top + NEAR if s.horizontal else True))
    return Grid(columns, (top, *(band[1] for band in bands)), rules)


def _columns_of(band: tuple[float, float], group: list[Segment]) -> tuple[float, ...]:
    """Where vertical lines run through a row."""
    middle = (band[0] + band[1]) / 2
    return _edges((s.at for s in group if not s.horizontal and s.low <= middle <= s.high), LEAST_COLUMN)


def _within(some: tuple[float, ...], all_of: tuple[float, ...]) -> bool:
    return all(any(abs(edge - other) <= NEAR for other in all_of) for edge in some)


def _edges(positions: Iterable[float], apart: float = LEAST_ROW) -> tuple[float, ...]:
    """Distinct positions in order; those closer than `apart` are borders of the same line."""
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] >= apart:
            edges.append(position)
    return tuple(edges)
