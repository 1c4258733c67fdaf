"""Orders what stands on a PDF page: lines of text, and tables with the lines of their cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf_pages.columns import as_columns
from ingest.readers.pdf_pages.page import PageContent
from ingest.readers.pdf_pages.runs import Fragment
from ingest.readers.pdf_pages.tables import Grid, find_grids, same_columns

SAME_LINE = 0.5  # times the size of a line: a piece of text nearer than this to its base line belongs to it
OVERLAP = 0.35  # times the size of a line: how far a piece may reach over the one before it
RAISED = 0.15  # times the size of a line: a small figure higher than this is a mark, as for a footnote
SMALL = 0.85
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
CHART_CELLS = 12  # cells from which a grid is suspected to be that of a chart
CHART_FILLED = 0.2  # share of cells that hold text in even the emptiest of tables
MOST_MARGIN_ITEMS = 3  # lines of a running head or foot


@dataclass(slots=True)
class Line:
    """One visual line: where it begins, its largest type, and whether all of it is bold."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    end: float  # where its last piece ends


@dataclass(slots=True)
class Table:
    """A ruled table on one page; `cells` by (row, column)."""

    grid: Grid
    cells: dict[tuple[int, int], list[Line]] = field(default_factory=dict)


Item = Line | Table


def page_items(page: PageContent) -> list[Item]:
    """Lines and tables of a page in reading order."""
    grids = find_grids(page.segments) if page.fragments else ()
    charts = [item.grid for item in _placed(page.fragments, grids) if isinstance(item, Table) and _is_chart(item)]
    drawn = [grid for grid in grids if grid not in charts]
    ordered = as_columns(page.fragments, lambda fragment: _place(fragment, drawn) is not None)
    return _margins_first_and_last(_placed(ordered, drawn))


def _placed(fragments: Sequence[Fragment], grids: Sequence[Grid]) -> list[Item]:
    tables = [Table(grid) for grid in grids]
    items: list[Item] = []
    previous: object = None
    for fragment in fragments:
        place = _place(fragment, grids)
        if place is None:
            _put_free(items, fragment, follows=previous is None)
        else:
            table = tables[place[0]]
            if not table.cells:
                items.append(table)
            _put(table.cells.setdefault(place[1], []), fragment, follows=place == previous)
        previous = place
    return items


def continues(earlier: Sequence[Item], later: Sequence[Item]) -> bool:
    """Whether the last table of a page goes on as the first one of the next."""
    above, below = _tables(earlier), _tables(later)
    if not above or not below or not same_columns(above[-1][1].grid, below[0][1].grid):
        return False
    lines_between = len(earlier) - 1 - above[-1][0] + below[0][0]
    return lines_between <= 2 * MOST_MARGIN_ITEMS


def _tables(items: Sequence[Item]) -> list[tuple[int, Table]]:
    return [(number, item) for number, item in enumerate(items) if isinstance(item, Table)]


def _place(fragment: Fragment, grids: Sequence[Grid]) -> tuple[int, tuple[int, int]] | None:
    """The number of the grid and the cell in which a piece of text stands."""
    for number, grid in enumerate(grids):
        cell = grid.cell(fragment.x + 1, fragment.y + fragment.size / 4)
        if cell is not None:
            return number, cell
    return None


def _put_free(items: list[Item], fragment: Fragment, follows: bool) -> None:
    last = items[-1] if items else None
    lines = [last] if isinstance(last, Line) else []
    before = len(lines)
    _put(lines, fragment, follows and bool(lines))
    items.extend(lines[before:])


def _put(lines: list[Line], fragment: Fragment, follows: bool) -> None:
    """Add a piece of text to the line it stands on, or begin a line with it."""
    line = lines[-1] if lines else None
    if line is not None and _continues_line(line, fragment, follows):
        _append(line, fragment)
    elif not fragment.text.isspace():
        lines.append(Line(fragment.text, fragment.x, fragment.y, fragment.size, fragment.bold, fragment.end))


def _continues_line(line: Line, fragment: Fragment, follows: bool) -> bool:
    if follows and not fragment.broken:
        return True
    return abs(fragment.y - line.y) < SAME_LINE * line.size and fragment.x >= line.end - OVERLAP * line.size


def _append(line: Line, fragment: Fragment) -> None:
    text = fragment.text
    if _is_mark(line, fragment):
        text = text.strip().translate(SUPERSCRIPTS)
    elif fragment.broken or fragment.spaced:
        text = " " + text
    line.text += text
    line.end = fragment.end
    line.bold = line.bold and fragment.bold
    line.size = max(line.size, fragment.size)


def _is_mark(line: Line, fragment: Fragment) -> bool:
    raised = fragment.y - line.y > RAISED * line.size
    return raised and fragment.size < SMALL * line.size and fragment.text.strip().isdigit()


def _is_chart(table: Table) -> bool:
    """Whether nearly all cells of a grid are empty."""
    size = (len(table.grid.rows) - 1) * (len(table.grid.columns) - 1)
    return size >= CHART_CELLS and len(table.cells) < CHART_FILLED * size


# --- order -------------------------------------------------------------------------------------------


def _margins_first_and_last(items: list[Item]) -> list[Item]:
    """Running heads are often written last, and page numbers first; put them where they are seen."""
    for _ in range(MOST_MARGIN_ITEMS):
        if len(items) > 1 and _top(items[-1]) > max(map(_top, items[:-1])) + 1:
            items = [items[-1], *items[:-1]]
    for _ in range(MOST_MARGIN_ITEMS):
        if len(items) > 1 and _top(items[0]) < min(map(_bottom, items[1:])) - 1:
            items = [*items[1:], items[0]]
    return items


def _top(item: Item) -> float:
    return item.y if isinstance(item, Line) else item.grid.rows[0]


def _bottom(item: Item) -> float:
    return item.y if isinstance(item, Line) else item.grid.rows[-1]
