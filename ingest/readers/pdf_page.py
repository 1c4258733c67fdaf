"""What stands on one page of a PDF and where: pieces of text and drawn lines, in points, y growing upwards."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject

from ingest.readers.pdf_fields import typed_over
from ingest.readers.pdf_view import View, view_of

THICKEST_RULE = 3.0  # points; a filled rectangle thinner than this is a drawn line
TYPED_SIZE = 11.0  # points; of what is typed on a page without text
STRIKES = 4  # pieces of text among which one may be printed again
STRIKE = 0.15  # times its size: how far it is moved, then
MOST_SEGMENTS = 4000  # a page with more is a map or a chart, not a table
BOLD = ("bold", "black", "heavy", "semibold", "demi")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
STROKES = frozenset((b"S", b"s", b"B", b"B*", b"b", b"b*"))
FILLS = frozenset((b"f", b"F", b"f*"))
Matrix = Sequence[float]


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text in one font that starts at (x, y). `broken`: the source says that a new line begins before it."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    broken: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A horizontal or vertical drawn line; `at` is its fixed coordinate, it runs from `low` to `high`."""

    horizontal: bool
    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PageContent:
    """Fragments in the order of the content stream and the drawn lines of a page."""

    fragments: tuple[Fragment, ...]
    segments: tuple[Segment, ...]


def page_content(page: PageObject) -> PageContent:
    visitor = _Visitor(view_of(page))
    page.extract_text(visitor_text=visitor.text, visitor_operand_before=visitor.operation)
    fragments = _with_typed(page, visitor.view, visitor.fragments)
    segments = visitor.segments if len(visitor.segments) <= MOST_SEGMENTS else []
    return PageContent(tuple(fragments), tuple(segments))


def _with_typed(page: PageObject, view: View, drawn: list[Fragment]) -> list[Fragment]:
    """What is drawn, and below the line above it what was typed into a field or onto the page."""
    found = list(drawn)
    for text, x, y in typed_over(page):
        x, y = view.seen(x, y)
        size = found[0].size if found else TYPED_SIZE
        place = next((n for n, other in enumerate(found) if other.y < y and other.broken), len(found))
        found.insert(place, Fragment(text, x, y, size, False, True))
    return found


class _Visitor:
    """Collects what pypdf reports while it goes through a content stream, as the page is seen."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.fragments: list[Fragment] = []
        self.segments: list[Segment] = []
        self.path: list[Segment] = []
        self.point = (0.0, 0.0)
        self.begin = (0.0, 0.0)
        self.broken = True

    def text(self, text: str, cm: Matrix, tm: Matrix, font: Any, size: float) -> None:
        for number, line in enumerate(text.split("\n")):
            self.broken = self.broken or number > 0
            if line:
                self._add(line, _product(tm, cm), font, size)

    def _add(self, text: str, matrix: Matrix, font: Any, size: float) -> None:
        if text.isspace() and (self.broken or not self.fragments):
            return
        x, y = self.view.seen(matrix[4], matrix[5])
        if not self.view.holds(x, y):
            self.broken = True
            return
        scaled = abs(float(size)) * math.hypot(matrix[2], matrix[3])
        if self._struck_again(text, x, y, scaled):
            return
        self.fragments.append(Fragment(text, x, y, scaled, _is_bold(font), self.broken or self.view.backwards))
        self.broken = False

    def _struck_again(self, text: str, x: float, y: float, size: float) -> bool:
        """Whether the same was just printed nearly there, to look bold; it is printed once."""
        for other in self.fragments[-STRIKES:]:
            near = abs(other.x - x) < STRIKE * size and abs(other.y - y) < STRIKE * size
            placed = self.broken or (other.x, other.y) != (x, y)  # else both are parts of one piece
            if near and placed and other.text.strip() == text.strip() and text.strip():
                return True
        return False

    # --- drawing ---

    def operation(self, operator: bytes, operands: Any, cm: Matrix, _tm: Matrix) -> None:
        if operator in DRAWING and len(self.segments) <= MOST_SEGMENTS:
            DRAWING[operator](self, operator, operands, cm)

    def _move(self, _operator: bytes, operands: Any, cm: Matrix) -> None:
        self.point = self.begin = self._placed(operands, cm)

    def _line(self, _operator: bytes, operands: Any, cm: Matrix) -> None:
        there = self._placed(operands, cm)
        self._draw(self.point, there)
        self.point = there

    def _close(self, _operator: bytes, _operands: Any, _cm: Matrix) -> None:
        self._draw(self.point, self.begin)
        self.point = self.begin

    def _rectangle(self, _operator: bytes, operands: Any, cm: Matrix) -> None:
        numbers = _numbers(operands, 4)
        if numbers is None:
            return
        x, y, width, height = numbers
        corners = [self._placed(c, cm) for c in ((x, y), (x + width, y), (x + width, y + height), (x, y + height))]
        for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
            self._draw(here, there)

    def _placed(self, operands: Any, cm: Matrix) -> tuple[float, float]:
        return self.view.seen(*_placed(operands, cm))

    def _draw(self, here: tuple[float, float], there: tuple[float, float]) -> None:
        (x0, y0), (x1, y1) = here, there
        if len(self.path) > MOST_SEGMENTS:
            return
        if abs(y0 - y1) < 0.5:
            self.path.append(Segment(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) < 0.5:
            self.path.append(Segment(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1)))

    def _paint(self, operator: bytes, _operands: Any, _cm: Matrix) -> None:
        if operator in (b"s", b"b", b"b*"):
            self._draw(self.point, self.begin)
        self.segments.extend(self.path if operator in STROKES else _thin(self.path))
        self.path = []

    def _drop(self, _operator: bytes, _operands: Any, _cm: Matrix) -> None:
        self.path = []


DRAWING = {
    b"m": _Visitor._move,
    b"l": _Visitor._line,
    b"h": _Visitor._close,
    b"re": _Visitor._rectangle,
    b"n": _Visitor._drop,
    **dict.fromkeys(STROKES | FILLS, _Visitor._paint),
}


def _thin(path: list[Segment]) -> Iterable[Segment]:
    """The long sides of filled shapes that are as thin as a pen's stroke."""
    for level in (True, False):
        sides = sorted((side for side in path if side.horizontal is level), key=lambda side: (side.low, side.at))
        for one, other in zip(sides[::2], sides[1::2], strict=False):
            length = one.high - one.low
            if abs(one.at - other.at) <= THICKEST_RULE < length and abs(one.low - other.low) < 1:
                yield one


def _is_bold(font: Any) -> bool:
    name = str((font or {}).get("/BaseFont", "")).lower()
    return any(mark in name for mark in BOLD)


def _numbers(operands: Any, count: int) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(operand) for operand in operands[:count])
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def _placed(operands: Any, cm: Matrix) -> tuple[float, float]:
    x, y = _numbers(operands, 2) or (0.0, 0.0)
    return cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]


def _product(tm: Matrix, cm: Matrix) -> tuple[float, ...]:
    """Text matrix times current matrix (ISO 32000-1, 9.4.4)."""
    return (
        tm[0] * cm[0] + tm[1] * cm[2],
        tm[0] * cm[1] + tm[1] * cm[3],
        tm[2] * cm[0] + tm[3] * cm[2],
        tm[2] * cm[1] + tm[3] * cm[3],
        tm[4] * cm[0] + tm[5] * cm[2] + cm[4],
        tm[4] * cm[1] + tm[5] * cm[3] + cm[5],
    )
