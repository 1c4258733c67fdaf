"""How a PDF page is seen: turned as its reader turns it, and no further than its visible part."""

from collections.abc import Sequence
from dataclasses import dataclass

from pypdf import PageObject
from pypdf.generic import RectangleObject

BLEED = 2.0  # points a letter may begin outside of what is seen
SMALLEST = 36.0  # points; a visible part smaller than this is a mistake of the file


@dataclass(frozen=True, slots=True)
class View:
    """The visible part of a page in its own coordinates, and by how many degrees it is turned clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int = 0

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """A point as it is seen, y growing upwards."""
        if self.turned == 90:
            return y, -x
        if self.turned == 180:
            return -x, -y
        if self.turned == 270:
            return -y, x
        return x, y

    def holds(self, x: float, y: float) -> bool:
        """Whether a point in coordinates of the page lies in the visible part."""
        return self.left - BLEED <= x <= self.right + BLEED and self.bottom - BLEED <= y <= self.top + BLEED


def view_of(page: PageObject) -> View:
    boxes = [_edges(page.cropbox), _edges(page.mediabox)]
    cut = (
        max(boxes[0][0], boxes[1][0]),
        max(boxes[0][1], boxes[1][1]),
        min(boxes[0][2], boxes[1][2]),
        min(boxes[0][3], boxes[1][3]),
    )
    whole = (float("-inf"), float("-inf"), float("inf"), float("inf"))
    trimmed = boxes[0] != boxes[1] and cut[2] - cut[0] >= SMALLEST and cut[3] - cut[1] >= SMALLEST
    return View(*(cut if trimmed else whole), turned=_turned(page))


def _turned(page: PageObject) -> int:
    try:
        return page.rotation % 360
    except (TypeError, ValueError):
        return 0


def _edges(box: RectangleObject) -> Sequence[float]:
    return float(box.left), float(box.bottom), float(box.right), float(box.top)
