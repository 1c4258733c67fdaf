"""A font of one stroke for every letter: PDFium measures by it what is set in fonts that the file does not hold.

A letter without a shape it takes for nothing; and which fonts the machine has must not decide what is read.
"""

import ctypes
from functools import cache
from struct import pack
from typing import Any

import pypdfium2_raw as pdfium

EM = 1000
THIN = 50  # thinner than any letter, so that the widths which the file gives count
LATIN = frozenset((0, 1, 2))  # character sets of Windows: Western, default, symbols
KNOWN = (b"helvetica", b"arial", b"times", b"courier", b"symbol", b"zapf")  # fonts that PDFium has shapes of
LAST = 0x10FFFF  # code point


@cache
def install() -> "pdfium.FPDF_SYSFONTINFO":
    """Tell PDFium to take no font but the stroke. What is given back must live as long as PDFium."""
    info = pdfium.FPDF_SYSFONTINFO()
    kinds = dict(info._fields_)
    info.version = 1
    info.MapFont = kinds["MapFont"](_font)
    info.GetFontData = kinds["GetFontData"](_data)
    info.DeleteFont = kinds["DeleteFont"](lambda *_asked: None)
    pdfium.FPDF_SetSystemFontInfo(ctypes.byref(info))
    return info


def _font(_info: Any, _weight: int, _italic: int, charset: int, _pitch: int, face: Any, _exact: Any) -> int:
    name = ctypes.cast(face, ctypes.c_char_p).value or b""
    return 0 if charset in LATIN and name.lower().startswith(KNOWN) else 1


def _data(_info: Any, _font: Any, table: int, buffer: Any, size: int) -> int:
    if table:
        return 0
    data = stroke_font()
    if size >= len(data) and buffer:
        ctypes.memmove(buffer, data, len(data))
    return len(data)


@cache
def stroke_font() -> bytes:
    """The font as a TrueType file (OpenType 1.9): two glyphs, both a stroke as high as one em."""
    corners = ((0, 0), (0, EM), (THIN, EM), (THIN, 0))
    steps = [(x - x0, y - y0) for (x, y), (x0, y0) in zip(corners, ((0, 0), *corners), strict=False)]
    outline = b"\x01" * 4 + b"".join(pack(">h", x) for x, _ in steps) + b"".join(pack(">h", y) for _, y in steps)
    glyph = pack(">hhhhhHH", 1, 0, 0, THIN, EM, 3, 0) + outline
    glyph += b"\0" * (-len(glyph) % 4)
    tables = {
        b"cmap": pack(">HHHHI", 0, 1, 3, 10, 12) + pack(">HHIIIIII", 13, 0, 28, 0, 1, 0, LAST, 1),
        b"glyf": glyph * 2,
        b"head": pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, EM, 0, 0, 0, 0, THIN, EM, 0, 8, 2, 1, 0),
        b"hhea": pack(">IhhhHhhhhhhhhhhhH", 0x10000, EM, 0, 0, EM, 0, 0, THIN, 1, 0, 0, 0, 0, 0, 0, 0, 2),
        b"hmtx": pack(">HhHh", EM, 0, EM, 0),
        b"loca": pack(">III", 0, len(glyph), 2 * len(glyph)),
        b"maxp": pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    header = pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64)
    place = len(header) + 16 * len(tables)
    directory, body = b"", b""
    for name, content in sorted(tables.items()):
        padded = content + b"\0" * (-len(content) % 4)
        directory += name + pack(">III", 0, place + len(body), len(content))
        body += padded
    return header + directory + body
