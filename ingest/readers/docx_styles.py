"""What the styles of a Word document say of a paragraph: heading and level, or item of a list."""

import re
from dataclasses import dataclass, field

from ingest.readers.office_zip import Element, attribute, child, local

HEADING = re.compile(r"heading ([1-9])")
DEEPEST = 6
LONGEST_CHAIN = 20  # styles based on one another; Word allows 11


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style: its level as a heading (0: none), whether it makes list items, and what it builds on."""

    level: int
    item: bool
    based_on: str
    numbering: tuple[str, int | None] = ("", None)  # list and level that it gives to its paragraphs


@dataclass(frozen=True, slots=True)
class Styles:
    """Paragraph styles by their id."""

    by_id: dict[str, Style] = field(default_factory=dict)

    def level(self, properties: Element | None) -> int:
        """Level of a paragraph with these properties as a heading, 0 when it is none."""
        own = _outline(properties)
        return own or next((style.level for style in self._chain(properties) if style.level), 0)

    def is_item(self, properties: Element | None) -> bool:
        number = child(properties, "numPr", "numId") if properties is not None else None
        if number is not None:
            return attribute(number, "val") != "0"  # 0 takes a paragraph out of its style's list
        return any(style.item for style in self._chain(properties))

    def numbering(self, properties: Element | None) -> tuple[str, int]:
        """(List, level) that a paragraph with these properties is numbered in; the list is "" where it is in none."""
        own = _numbering(properties)
        given = [own, *(style.numbering for style in self._chain(properties))]
        number = next((number for number, _level in given if number), "")
        level = next((level for _number, level in given if level is not None), 0)
        return number, level

    def _chain(self, properties: Element | None) -> list[Style]:
        named = child(properties, "pStyle") if properties is not None else None
        name = (attribute(named, "val") or "") if named is not None else ""
        chain: list[Style] = []
        while name in self.by_id and len(chain) < LONGEST_CHAIN:
            chain.append(self.by_id[name])
            name = chain[-1].based_on
        return chain


def read_styles(root: Element | None) -> Styles:
    styles = (style for style in (root if root is not None else ()) if local(style) == "style")
    return Styles({attribute(style, "styleId") or "": _style(style) for style in styles})


def _style(style: Element) -> Style:
    properties = child(style, "pPr")
    based_on = child(style, "basedOn")
    return Style(
        level=_named_level(style) or _outline(properties),
        item=properties is not None and child(properties, "numPr") is not None,
        based_on=(attribute(based_on, "val") or "") if based_on is not None else "",
        numbering=_numbering(properties),
    )


def _numbering(properties: Element | None) -> tuple[str, int | None]:
    given = child(properties, "numPr") if properties is not None else None
    number, level = (child(given, name) if given is not None else None for name in ("numId", "ilvl"))
    depth = (attribute(level, "val") or "") if level is not None else ""
    return (
        (attribute(number, "val") or "") if number is not None else "",
        int(depth) if depth.isascii() and depth.isdigit() and len(depth) == 1 else None,
    )


def _named_level(style: Element) -> int:
    element = child(style, "name")
    name = (attribute(element, "val") or "").lower() if element is not None else ""
    match = HEADING.fullmatch(name)
    return min(int(match[1]), DEEPEST) if match else int(name == "title")


def _outline(properties: Element | None) -> int:
    """Level from 1; the format counts from 0 and calls running text 9."""
    outline = child(properties, "outlineLvl") if properties is not None else None
    value = (attribute(outline, "val") or "") if outline is not None else ""
    return min(int(value) + 1, DEEPEST) if value.isascii() and value.isdigit() and int(value) < 9 else 0
