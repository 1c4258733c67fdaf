"""Ligatures that a font names by their letters ("fi", "T_h"), where its table of signs has the last letter alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject

NAME = re.compile(r"/([A-Za-z](?:_[A-Za-z]){1,3}|f[fil]|ff[il])(?:\.\w+)?")
SUBSET = re.compile(r"^[A-Z]{6}\+")
DEEPEST = 3  # forms within one another


@dataclass(frozen=True, slots=True)
class Ligature:
    """The letters of a glyph of a font, and how wide it is in a font of one point."""

    font: str
    letters: str
    width: float


def family(font: str) -> str:
    """The name of a font without the mark of its part that a file holds ("ABCDEF+Garamond")."""
    return SUBSET.sub("", font.lstrip("/"))


def ligatures(page: PageObject) -> tuple[Ligature, ...]:
    """Those of the fonts of a page and of the forms on it."""
    return tuple(found for font in _fonts(page.get("/Resources"), DEEPEST) for found in _of_font(font))


def _fonts(resources: Any, depth: int) -> Iterator[DictionaryObject]:
    held = _dictionary(resources)
    yield from _values(held.get("/Font"))
    for form in _values(held.get("/XObject")) if depth else ():
        if form.get("/Subtype") == "/Form":
            yield from _fonts(form.get("/Resources"), depth - 1)


def _dictionary(value: Any) -> DictionaryObject:
    held = value.get_object() if value is not None else None
    return held if isinstance(held, DictionaryObject) else DictionaryObject()


def _values(value: Any) -> Iterator[DictionaryObject]:
    held = _dictionary(value)
    yield from (_dictionary(held.raw_get(name)) for name in held)


def _of_font(font: DictionaryObject) -> Iterator[Ligature]:
    differences = _dictionary(font.get("/Encoding")).get("/Differences")
    widths, first = font.get("/Widths"), font.get("/FirstChar", 0)
    if not isinstance(differences, ArrayObject) or not isinstance(widths, ArrayObject):
        return
    code = 0
    for each in differences:
        if isinstance(each, (int, float)):
            code = int(each)
            continue
        match = NAME.fullmatch(str(each))
        if match and 0 <= code - int(first) < len(widths):
            letters = match[1].replace("_", "")
            yield Ligature(family(str(font.get("/BaseFont", ""))), letters, float(widths[code - int(first)]) / 1000)
        code += 1
