"""What PDFium says of a page of a PDF: its glyphs with their places, its drawn lines, and what is filled behind text.

Coordinates are those of the page, in points, y growing upwards; nobody else calls PDFium.
"""

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pypdfium2_raw as pdfium

from ingest.readers.pdf_pages.stroke_font import install

MOST_OBJECTS = 20_000  # drawn objects of a page that are looked at; more are a map
MOST_POINTS = 40_000  # of their paths
DEEPEST = 12  # forms within one another
BOLD = ("bold", "black", "heavy", "semibold", "demi")
FAT = 2  # text that is filled and outlined, to look bold
FORCE_BOLD = 1 << 18  # flag of a font
WHITE = 245  # of 255, in each colour
SAME = 0.12  # times the size: a sign printed again nearer than this is printed to look bold
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


@dataclass(frozen=True, slots=True)
class Glyph:
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

    def page(self, number: int) -> tuple[list[Glyph], Drawn]:
        """Glyphs in the order of PDFium, and drawings of the page at this index."""
        page = pdfium.FPDF_LoadPage(self._document, number)
        if not page:
            raise EngineError
        try:
            text = pdfium.FPDFText_LoadPage(page)
            if not text:
                raise EngineError
            try:
                return list(_Glyphs(text)), _drawn(page)
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


class _Glyphs:
    """Goes through the signs of a page; what PDFium adds of its own (spaces, line ends) is left out."""

    def __init__(self, text: Any) -> None:
        self.text = text
        self.styles: dict[int, Style | None] = {}
        self.seen: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
        self.x, self.y, self.box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
        self.matrix, self.width = pdfium.FS_MATRIX(), ctypes.c_float()
        self.fonts: dict[int, Any] = {}
        self.widths: dict[tuple[int, int], float] = {}  # of a sign in a font of one point
        self.last = (0.0, 0.0)  # where the sign before stands

    def __iter__(self) -> Iterator[Glyph]:
        high = 0
        for index in range(pdfium.FPDFText_CountChars(self.text)):
            code = pdfium.FPDFText_GetUnicode(self.text, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code, high = 0x10000 + ((high or 0xD800) - 0xD800 << 10) + code - 0xDC00, 0
            glyph = self._glyph(index, code)
            if glyph is not None and not self._again(glyph):
                yield glyph

    def _glyph(self, index: int, code: int) -> Glyph | None:
        if pdfium.FPDFText_IsGenerated(self.text, index) == 1:
            return None
        style = self._style(index)
        if style is None:
            return None
        pdfium.FPDFText_GetCharOrigin(self.text, index, self.x, self.y)
        pdfium.FPDFText_GetLooseCharBox(self.text, index, self.box)
        box = (self.box.left, self.box.bottom, self.box.right, self.box.top)
        x, y = self.x.value, self.y.value
        if not math.isfinite(x + y + sum(box)):
            return None
        return Glyph(_sign(code), x, y, self._advance(style, code, box), box, style)

    def _advance(self, style: Style, code: int, box: Box) -> float:
        """The width that the file gives a sign; its box may reach further."""
        key = (style.font, code)
        if key not in self.widths:
            told = style.font and pdfium.FPDFFont_GetGlyphWidth(self.fonts[style.font], code, 1.0, self.width)
            self.widths[key] = self.width.value if told else 0.0
        width = self.widths[key] * style.stretch if not JOINED.match(chr(code)) else 0.0
        reach = box[2] - box[0] if abs(math.cos(math.radians(style.angle))) > 0.5 else box[3] - box[1]
        return min(width, reach) if width > 0 and reach > 0 else max(width, reach, 0.0)

    def _style(self, index: int) -> Style | None:
        found = pdfium.FPDFText_GetTextObject(self.text, index)
        key = ctypes.addressof(found.contents) if found else 0
        if key not in self.styles:
            self.styles[key] = self._new_style(index, found)
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
        if address:
            self.fonts[address] = font
        bold = bool(font) and (_is_bold(font) or pdfium.FPDFTextObj_GetTextRenderMode(found) == FAT)
        return Style(size, bold, self._is_white(index), angle, address, abs(told) * math.hypot(a, b))

    def _is_white(self, index: int) -> bool:
        colour = [ctypes.c_uint() for _ in range(4)]
        told = pdfium.FPDFText_GetFillColor(self.text, index, *colour)
        return bool(told) and all(part.value >= WHITE for part in colour[:3])

    def _again(self, glyph: Glyph) -> bool:
        """Whether the same sign stands nearly there already: printed twice, to look bold."""
        if glyph.text == " ":
            return False
        x, y, text = glyph.x, glyph.y, glyph.text
        if (x, y) == self.last:
            return False  # a ligature stands for several letters
        self.last = (x, y)
        near = max(SAME * glyph.style.size, 0.01)
        cell = 2 * near
        column, row = int(x // cell), int(y // cell)
        beside = column + (1 if x - column * cell > near else -1)
        above = row + (1 if y - row * cell > near else -1)
        get = self.seen.get
        for key in ((text, column, row), (text, beside, row), (text, column, above), (text, beside, above)):
            for other_x, other_y in get(key, ()):
                if -near < other_x - x < near and -near < other_y - y < near:
                    return True
        self.seen.setdefault((text, column, row), []).append((x, y))
        return False


def _sign(code: int) -> str:
    if code in HYPHENS:
        return HYPHENS[code]
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _is_bold(font: Any) -> bool:
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, name, 200)
    lowered = name.value.decode("latin-1").lower()
    return any(mark in lowered for mark in BOLD) or bool(pdfium.FPDFFont_GetFlags(font) & FORCE_BOLD)


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
