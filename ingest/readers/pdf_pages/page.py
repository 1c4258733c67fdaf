"""What stands on one page of a PDF and where: pieces of text and drawn lines, in points, y growing upwards."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf_pages.engine import Box, Drawn, Glyph, Path
from ingest.readers.pdf_pages.runs import Fragment, Sign, Uprights, fragments
from ingest.readers.pdf_pages.view import View

THICKEST_RULE = 3.0  # points; a filled rectangle thinner than this is a drawn line
TYPED_SIZE = 11.0  # points; of what is typed on a page without text
MOST_SEGMENTS = 4000  # a page with more is a map or a chart, not a table
UPRIGHT = 8.0  # degrees that a line may lean
STAMP = 1.5  # times the usual size: slanted text that is larger is stamped over the page


@dataclass(frozen=True, slots=True)
class Segment:
    """A horizontal or vertical drawn line; `at` is its fixed coordinate, it runs from `low` to `high`."""

    horizontal: bool
    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PageContent:
    """Fragments in the order of the content stream and the drawn lines of a page; whether text was `unseen`."""

    fragments: tuple[Fragment, ...]
    segments: tuple[Segment, ...]
    unseen: bool = False


Typed = Iterable[tuple[str, float, float]]


def page_content(glyphs: Sequence[Glyph], drawn: Drawn, view: View, typed: Typed = ()) -> PageContent:
    """The content of a page that is seen as `view` says, with what was `typed` on it: (text, x, y)."""
    within = [glyph for glyph in glyphs if view.holds(glyph.x, glyph.y)]
    shown = [glyph for glyph in within if not glyph.style.white or _behind(glyph, drawn.backgrounds)]
    found: list[Fragment] = []
    segments: list[Segment] = []
    for turned, group in _by_direction(shown, view.turned):
        frame = View(0, 0, 0, 0, turned)
        own = _segments(drawn.paths, frame)
        found.extend(fragments([_sign(glyph, frame) for glyph in group], _uprights(own)))
        segments = segments or own  # those of the direction that most of the text has
    unseen = any(not glyph.text.isspace() for glyph in within) and len(shown) < len(within)
    return PageContent(tuple(_with_typed(found, typed, view)), tuple(segments), unseen)


def _behind(glyph: Glyph, backgrounds: Sequence[Box]) -> bool:
    """Whether something is drawn behind a glyph, so that white is seen on it."""
    x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in backgrounds)


def _by_direction(glyphs: Sequence[Glyph], turned: int) -> Iterator[tuple[int, list[Glyph]]]:
    """Glyphs by the direction of their lines, most of them first; without what is stamped slantwise over the page."""
    groups: dict[int, list[Glyph]] = {}
    slanted: list[Glyph] = []
    of_style: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        lines = of_style.get(id(glyph.style))
        if lines is None:
            quarter = round(glyph.style.angle / 90)
            upright = abs(glyph.style.angle - 90 * quarter) <= UPRIGHT
            lines = of_style[id(glyph.style)] = groups.setdefault(90 * quarter % 360, []) if upright else slanted
        lines.append(glyph)
    usual = Counter(round(glyph.style.size) for group in groups.values() for glyph in group)
    largest = STAMP * usual.most_common(1)[0][0] if usual else math.inf
    if kept := [glyph for glyph in slanted if glyph.style.size <= largest]:
        groups.setdefault(turned, []).extend(kept)
    yield from sorted(groups.items(), key=lambda group: -len(group[1]))


def _sign(glyph: Glyph, frame: View) -> Sign:
    left, bottom, right, top = glyph.box
    if not frame.turned:
        return Sign(
            glyph.text, glyph.x, glyph.x + glyph.advance, glyph.y, glyph.style, max(right, glyph.x + glyph.advance)
        )
    x, y = frame.seen(glyph.x, glyph.y)
    reach = max(frame.seen(left, bottom)[0], frame.seen(right, top)[0])
    return Sign(glyph.text, x, x + glyph.advance, y, glyph.style, max(reach, x + glyph.advance))


def _with_typed(drawn: list[Fragment], typed: Typed, view: View) -> list[Fragment]:
    """What is drawn, and below the line above it what was typed into a field or onto the page."""
    found = list(drawn)
    for text, x, y in typed:
        x, y = view.seen(x, y)
        size = found[0].size if found else TYPED_SIZE
        place = next((n for n, other in enumerate(found) if other.y < y and other.broken), len(found))
        found.insert(place, Fragment(text, x, y, size, bold=False, broken=True, end=x))
    return found


# --- drawn lines ---------------------------------------------------------------------------------------


def _segments(paths: Sequence[Path], frame: View) -> list[Segment]:
    found: list[Segment] = []
    for path in paths:
        own = list(_straight(path, frame))
        found.extend(own if path.stroked else _thin(own))
        if len(found) > MOST_SEGMENTS:
            return []
    return found


def _straight(path: Path, frame: View) -> Iterator[Segment]:
    for left, bottom, right, top in path.strokes:
        x0, y0 = frame.seen(left, bottom)
        x1, y1 = frame.seen(right, top)
        if not all(map(math.isfinite, (x0, y0, x1, y1))):
            continue
        if abs(y0 - y1) < 0.5:
            yield Segment(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
        elif abs(x0 - x1) < 0.5:
            yield Segment(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1))


def _thin(path: list[Segment]) -> Iterable[Segment]:
    """The long sides of filled shapes that are as thin as a pen's stroke."""
    for level in (True, False):
        sides = sorted((side for side in path if side.horizontal is level), key=lambda side: (side.low, side.at))
        for one, other in zip(sides[::2], sides[1::2], strict=False):
            length = one.high - one.low
            if abs(one.at - other.at) <= THICKEST_RULE < length and abs(one.low - other.low) < 1:
                yield one


def _uprights(segments: Sequence[Segment]) -> Uprights:
    upright = sorted((s.at, s.low, s.high) for s in segments if not s.horizontal)
    return Uprights(tuple(at for at, _, _ in upright), tuple((low, high) for _, low, high in upright))
