"""What was typed into the fields of a PDF page, or onto it, and where: a form that was filled in is not blank."""

from collections.abc import Iterator
from typing import Any

from pypdf import PageObject
from pypdf.generic import DictionaryObject

INHERITED = 10  # levels of parents that a field may have its value from
HIDDEN = 0b10  # flag of an annotation that is not shown
PASSWORD = 1 << 13  # flag of a text field
LINE = 11.0  # points below the upper edge of a field, where its first line stands
MOST_TYPED = 2000  # fields of a page


def typed_over(page: PageObject) -> Iterator[tuple[str, float, float]]:
    """(text, x, y) of each line of the values of text and choice fields, and of comments that stand on the page."""
    annotations = page.get("/Annots")
    for reference in list(annotations.get_object() if annotations is not None else ())[:MOST_TYPED]:
        annotation = reference.get_object()
        if isinstance(annotation, DictionaryObject) and not _flags(annotation, "/F") & HIDDEN:
            yield from _lines(annotation, _value(annotation))


def _lines(annotation: DictionaryObject, value: str) -> Iterator[tuple[str, float, float]]:
    box = [float(edge) for edge in annotation.get("/Rect", ())]
    if len(box) != 4:
        return
    left, top = min(box[0], box[2]), max(box[1], box[3])
    for number, line in enumerate(filter(str.strip, value.replace("\r", "\n").split("\n"))):
        yield line.strip(), left, top - (number + 1) * LINE


def _value(annotation: DictionaryObject) -> str:
    if annotation.get("/Subtype") == "/FreeText":
        return str(annotation.get("/Contents", ""))
    if annotation.get("/Subtype") != "/Widget":
        return ""
    kind = _inherited(annotation, "/FT")
    secret = kind == "/Tx" and _flags(annotation, "/Ff") & PASSWORD
    value = _inherited(annotation, "/V") if kind in ("/Tx", "/Ch") and not secret else None
    if isinstance(value, list):
        return ", ".join(str(one.get_object()) for one in value)
    return value if isinstance(value, str) else ""


def _inherited(field: DictionaryObject, key: str) -> Any:
    for _ in range(INHERITED):
        if key in field:
            return field[key]
        parent = field.get("/Parent")
        if parent is None or not isinstance(parent.get_object(), DictionaryObject):
            return None
        field = parent.get_object()
    return None


def _flags(field: DictionaryObject, key: str) -> int:
    value = _inherited(field, key) if key == "/Ff" else field.get(key, 0)
    return int(value) if isinstance(value, (int, float)) else 0
