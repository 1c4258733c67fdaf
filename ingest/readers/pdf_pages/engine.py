"""What PDFium says of a page of a PDF: its glyphs with their places, its drawn lines, and what is filled behind text.

Coordinates are those of the page, in points, y growing upwards; nobody else calls PDFium.
"""

import ctypes
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from ingest.readers.pdf_pages.ligatures import Ligature, family
from ingest.readers.pdf_pages.stroke_font import install

MOST_OBJECTS = 20_000  # drawn objects of a page that are looked at; more are a map
MOST_POINTS = 40_000  # of their paths
DEEPEST = 12  # forms within one another
BOLD = ("bold", "black", "heavy", "semibold", "demi")
FAT = 2  # text that is filled and outlined, to look bold
FORCE_BOLD = 1 << 18  # flag of a font
WHITE = 245  # of 255, in each colour
SAME = 0.12  # times the size: a sign printed again nearer than this is printed to look bold
BLANKS = frozenset((32, 13, 10))
SAME_WIDTH = 0.01  # times the size: how much the width of a ligature differs from what is told
OVERHANG = 0.15  # times the size: how far it may reach beyond it
LONGER = 1.3  # times the width of its last letter: the least width of a ligature
NEAREST = 0.5  # times its width: a sign that stands nearer stands over the one before
MEASURED = 1.02  # times the length of its box: the greatest width of a sign
HYPHENS = {2: "-", 0xFFFE: "-"}  # how PDFium marks a hyphen at the end of a line
JOINED = re.compile("[\u0590-\u08ff\ufb1d-\ufeff]")  # letters of several shapes, of which PDFium names one
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top
UNIT: Matrix = (1, 0, 0, 1, 0, 0)


class EngineError(ValueError):
    """PDFium cannot open the file, or a page of it."""


@dataclass(frozen=True, slots=True)
class Style:
    """What glyphs of one text object have in common; `angle` in degrees, of the line they stand on."""

    size: float
    bold: bool
    white: bool
    angle: float
    font: int = 0  # its address
    stretch: float = 1.0  # points along the line for one of the font's size


class Glyph(NamedTuple):  # a tuple, as there are thousands on a page
    """A sign, where it begins (x, y on its base line), how far the next one is, and its box."""

    text: str
    x: float
    y: float
    advance: float
    box: Box
    style: Style


@dataclass(frozen=True, slots=True)
class Path:
    """A drawn path as straight strokes, each from one point to another, whether it is `filled` and `stroked`."""

    strokes: tuple[tuple[float, float, float, float], ...]
    filled: bool
    stroked: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page besides text: paths, and the boxes of pictures and of what is filled in a colour."""

    paths: tuple[Path, ...]
    backgrounds: tuple[Box, ...]


class Engine:
    """An open PDF. Close it by leaving the `with`."""

    def __init__(self, data: bytes) -> None:
        _start()
        self._data = data  # PDFium reads it as long as the document is open
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._document:
            raise EngineError

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_error: object) -> None:
        pdfium.FPDF_CloseDocument(self._document)

    def page(self, number: int, named: Sequence[Ligature] = ()) -> tuple[list[Glyph], Drawn]:
        """Glyphs in the order of PDFium, and drawings of the page at this index; `named` are ligatures of its fonts."""
        page = pdfium.FPDF_LoadPage(self._document, number)
        if not page:
            raise EngineError
        try:
            text = pdfium.FPDFText_LoadPage(page)
            if not text:
                raise EngineError
            try:
                return _Glyphs(text, named).all(), _drawn(page)
            finally:
                pdfium.FPDFText_ClosePage(text)
        finally:
            pdfium.FPDF_ClosePage(page)


@cache
def _start() -> None:
    config = pdfium.FPDF_LIBRARY_CONFIG()
    config.version = 2
    pdfium.FPDF_InitLibraryWithConfig(ctypes.byref(config))
    install()


# --- glyphs ------------------------------------------------------------------------------------------


# The same function, told to give the bare address: making an object of it for every sign takes too long.
_object_address = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)


class _Glyphs:
    """Goes through the signs of a page; what PDFium adds of its own (spaces, line ends) is left out."""

    def __init__(self, text: Any, named: Sequence[Ligature] = ()) -> None:
        self.text = text
        self.named = named
        self.ligatures: dict[int, dict[int, list[Ligature]]] = {}  # by font, and by the code of the last letter
        self.doubtful: dict[tuple[int, int], float] = {}  # greatest width of signs that may be less wide
        self.handle = ctypes.cast(text, ctypes.c_void_p)
        self.styles: dict[int | None, Style | None] = {}
        self.seen: dict[tuple[str, int, int], tuple[float, float]] = {}
        self.repeating = False  # whether the sign before stood there already
        self.x, self.y, self.box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
        self.matrix, self.width = pdfium.FS_MATRIX(), ctypes.c_float()
        self.fonts: dict[int, Any] = {}
        self.widths: dict[tuple[int, int], float] = {}  # of a sign in a font of one point
        self.last = (0.0, 0.0)  # where the sign before stands

    def all(self) -> list[Glyph]:
        found = list(self)
        return found if not self.doubtful else _measured(found, self.doubtful, self.widths)

    def __iter__(self) -> Iterator[Glyph]:
        high = 0
        for index in range(pdfium.FPDFText_CountChars(self.text)):
            code = pdfium.FPDFText_GetUnicode(self.text, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code, high = 0x10000 + ((high or 0xD800) - 0xD800 << 10) + code - 0xDC00, 0
            if code in BLANKS and pdfium.FPDFText_IsGenerated(self.text, index) == 1:
                continue
            glyph = self._glyph(index, code)
            if glyph is not None and not self._again(glyph):
                yield glyph

    def _glyph(self, index: int, code: int) -> Glyph | None:
        style = self._style(index)
        if style is None:
            return None
        pdfium.FPDFText_GetCharOrigin(self.text, index, self.x, self.y)
        x, y = self.x.value, self.y.value
        if not math.isfinite(x + y):
            return None
        if (letters := self.ligatures.get(style.font)) and code in letters and (x, y) != self.last:
            box = self._box(index)
            reach = _reach(box, style) / style.stretch
            if fitting := [each for each in letters[code] if 0 <= reach - each.width + SAME_WIDTH <= OVERHANG]:
                widest = max(fitting, key=lambda each: each.width)
                return Glyph(widest.letters, x, y, widest.width * style.stretch, box, style)
        key = (style.font, code)
        width = self.widths.get(key)
        if width is None:
            width = self.widths[key] = self._width(index, style, code)
        advance = width * style.stretch
        if advance > 0 and (x, y) != self.last and not style.white:
            return Glyph(_sign(code), x, y, advance, (x, y, x, y), style)
        box = self._box(index)
        return Glyph(_sign(code), x, y, advance or _reach(box, style), box, style)

    def _box(self, index: int) -> Box:
        pdfium.FPDFText_GetLooseCharBox(self.text, index, self.box)
        box = (self.box.left, self.box.bottom, self.box.right, self.box.top)
        return box if math.isfinite(sum(box)) else (0.0, 0.0, 0.0, 0.0)

    def _width(self, index: int, style: Style, code: int) -> float:
        """The width that the file gives a sign, in a font of one point; 0 where its box is to be measured.

        The box may reach further than the width, but is not narrower where PDFium found the right sign.
        """
        told = style.font and pdfium.FPDFFont_GetGlyphWidth(self.fonts[style.font], code, 1.0, self.width)
        reach = _reach(self._box(index), style)
        width = self.width.value if told else 0.0
        if not width or JOINED.match(chr(code)) or width * style.stretch > MEASURED * reach:
            return 0.0
        if reach > MEASURED * width * style.stretch:
            self.doubtful[style.font, code] = reach / style.stretch
        return float(width)

    def _style(self, index: int) -> Style | None:
        key = _object_address(self.handle, index)
        if key not in self.styles:
            self.styles[key] = self._new_style(index, pdfium.FPDFText_GetTextObject(self.text, index))
        return self.styles[key]

    def _new_style(self, index: int, found: Any) -> Style | None:
        told = pdfium.FPDFText_GetFontSize(self.text, index)
        if not pdfium.FPDFText_GetMatrix(self.text, index, self.matrix) or not math.isfinite(told) or not told:
            return None
        a, b, c, d = self.matrix.a, self.matrix.b, self.matrix.c, self.matrix.d
        size = abs(told) * math.hypot(c, d)
        if not 0 < size < math.inf:
            return None
        angle = math.degrees(math.atan2(b, a)) + (180 if told < 0 else 0)
        font = pdfium.FPDFTextObj_GetFont(found) if found else None
        address = ctypes.addressof(font.contents) if font else 0
        if address and address not in self.fonts:
            self.fonts[address] = font
            self.ligatures[address] = self._by_last_letter(font)
        bold = bool(font) and (_is_bold(font) or pdfium.FPDFTextObj_GetTextRenderMode(found) == FAT)
        return Style(size, bold, self._is_white(index), angle, address, abs(told) * math.hypot(a, b))

    def _by_last_letter(self, font: Any) -> dict[int, list[Ligature]]:
        name = family(_name(font)) if self.named else ""
        found: dict[int, list[Ligature]] = {}
        for each in self.named:
            code = ord(each.letters[-1])
            told = pdfium.FPDFFont_GetGlyphWidth(font, code, 1.0, self.width)
            if each.font == name and told and each.width > LONGER * self.width.value > 0:
                found.setdefault(code, []).append(each)
        return found

    def _is_white(self, index: int) -> bool:
        colour = [ctypes.c_uint() for _ in range(4)]
        told = pdfium.FPDFText_GetFillColor(self.text, index, *colour)
        return bool(told) and all(part.value >= WHITE for part in colour[:3])

    def _again(self, glyph: Glyph) -> bool:
        """Whether the same sign stands nearly there already: printed twice, to look bold.

        That can only be where a sign does not stand further than the one before it.
        """
        text, x, y, last = glyph.text, glyph.x, glyph.y, self.last
        if text == " " or (x, y) == last:  # a ligature stands for several letters
            return False
        self.last = (x, y)
        near = max(SAME * glyph.style.size, 0.01)
        column, row = int(x // near), int(y // near)
        if self.repeating or x < last[0] + near or y != last[1]:
            self.repeating = any(
                abs(other[0] - x) < near and abs(other[1] - y) < near
                for dx in (-1, 0, 1)
                for dy in (-1, 0, 1)
                if (other := self.seen.get((text, column + dx, row + dy)))
            )
        if not self.repeating:
            self.seen[text, column, row] = (x, y)
        return self.repeating


def _reach(box: Box, style: Style) -> float:
    """How long a box is along its line."""
    level = abs(math.cos(math.radians(style.angle))) > 0.5
    return max(box[2] - box[0], 0.0) if level else max(box[3] - box[1], 0.0)


def _sign(code: int) -> str:
    if 32 <= code < 0xD800:
        return chr(code)
    if code in HYPHENS:
        return HYPHENS[code]
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _measured(
    glyphs: list[Glyph], greatest: dict[tuple[int, int], float], least: dict[tuple[int, int], float]
) -> list[Glyph]:
    """Glyphs with the greater of two widths where the next sign never stands nearer than that.

    A box reaches over the next sign where letters lean; and of two signs of one letter PDFium names the width of one.
    """
    nearest: dict[tuple[int, int], float] = defaultdict(lambda: math.inf)
    for glyph, after in pairwise(glyphs):
        key = (glyph.style.font, ord(glyph.text[0]))
        if key in greatest and glyph.style is after.style and after.text != " ":
            step = math.hypot(after.x - glyph.x, after.y - glyph.y) / glyph.style.stretch
            if step > NEAREST * least[key]:
                nearest[key] = min(nearest[key], step)
    wide = {key: width for key, width in greatest.items() if least[key] + width < 2 * nearest[key] < math.inf}
    return [
        glyph._replace(advance=wide[key] * glyph.style.stretch)
        if (key := (glyph.style.font, ord(glyph.text[0]))) in wide and len(glyph.text) == 1
        else glyph
        for glyph in glyphs
    ]


def _is_bold(font: Any) -> bool:
    lowered = _name(font).lower()
    return any(mark in lowered for mark in BOLD) or bool(pdfium.FPDFFont_GetFlags(font) & FORCE_BOLD)


def _name(font: Any) -> str:
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, name, 200)
    return name.value.decode("latin-1")


# --- drawings ----------------------------------------------------------------------------------------


def _drawn(page: Any) -> Drawn:
    collected = _Drawings()
    collected.of_page(page)
    return Drawn(tuple(collected.paths), tuple(collected.backgrounds))


class _Drawings:
    """Collects paths and backgrounds of a page and of the forms on it."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.backgrounds: list[Box] = []
        self.objects = self.points = 0

    def of_page(self, page: Any) -> None:
        for number in range(pdfium.FPDFPage_CountObjects(page)):
            if not self._take(pdfium.FPDFPage_GetObject(page, number), UNIT, 0):
                return

    def _take(self, found: Any, outer: Matrix, depth: int) -> bool:
        self.objects += 1
        if self.objects > MOST_OBJECTS or self.points > MOST_POINTS:
            return False
        kind = pdfium.FPDFPageObj_GetType(found)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(found, _product(_matrix(found), outer))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            inner = _product(_matrix(found), outer)
            for number in range(pdfium.FPDFFormObj_CountObjects(found)):
                if not self._take(pdfium.FPDFFormObj_GetObject(found, number), inner, depth + 1):
                    return False
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            self._background(found, outer)
        return True

    def _path(self, found: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(found, fill, stroke)
        if fill.value and not _is_white(found):
            self._background(found, matrix if matrix != _matrix(found) else UNIT)
        if fill.value or stroke.value:
            strokes = tuple(self._strokes(found, matrix))
            self.paths.append(Path(strokes, bool(fill.value), bool(stroke.value)))

    def _background(self, found: Any, outer: Matrix) -> None:
        edges = [ctypes.c_float() for _ in range(4)]
        if pdfium.FPDFPageObj_GetBounds(found, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            corners = [_placed(x, y, outer) for x in (left, right) for y in (bottom, top)]
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            self.backgrounds.append((min(xs), min(ys), max(xs), max(ys)))

    def _strokes(self, found: Any, matrix: Matrix) -> Iterator[tuple[float, float, float, float]]:
        count = pdfium.FPDFPath_CountSegments(found)
        self.points += count
        if self.points > MOST_POINTS:
            return
        x, y = ctypes.c_float(), ctypes.c_float()
        here = begin = (0.0, 0.0)
        for number in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(found, number)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            there = _placed(x.value, y.value, matrix)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                begin = there
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                yield (*here, *there)
            here = there
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield (*here, *begin)
                here = begin


def _is_white(found: Any) -> bool:
    colour = [ctypes.c_uint() for _ in range(4)]
    return bool(pdfium.FPDFPageObj_GetFillColor(found, *colour)) and all(part.value >= WHITE for part in colour[:3])


def _matrix(found: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(found, matrix):
        return UNIT
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _placed(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that places by `inner`, then by `outer` (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = inner
    origin = _placed(e, f, outer)
    return (
        a * outer[0] + b * outer[2],
        a * outer[1] + b * outer[3],
        c * outer[0] + d * outer[2],
        c * outer[1] + d * outer[3],
        *origin,
    )
