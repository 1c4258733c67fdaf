"""The automatic numbers of Word, which stand in no text: counted as Word counts them, "2." or "(b)" for a paragraph."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers.docx_styles import Styles
from ingest.readers.office_zip import Element, attribute, child, local

DEEPEST = 9  # levels of a list in Word
PLACE = re.compile(r"%([1-9])")
UNNUMBERED = ("bullet", "none", "")
ROMANS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts: from where, in which signs, and what stands round them ("(%2)")."""

    start: int = 1
    signs: str = ""
    text: str = ""
    arabic: bool = False  # all numbers in digits, whatever the levels above count in
    restarts: int = -1  # after which level above it begins anew; -1: any, 0: none


@dataclass(frozen=True, slots=True)
class List:
    """One list: those of the same `family` count on together, unless one says where it starts."""

    family: str
    levels: dict[int, Level]
    starts: dict[int, int]


@dataclass
class Numbers:
    """Gives each paragraph its number, in the order of the document."""

    lists: dict[str, List]
    styles: Styles
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, properties: Element | None) -> str:
        """What Word shows before the paragraph; "" where it shows nothing, or a bullet."""
        number, depth = self.styles.numbering(properties)
        counted = self.lists.get(number)
        level = counted.levels.get(depth) if counted is not None else None
        if counted is None or level is None:
            return ""
        counts = self._advanced(number, counted, depth)
        if level.signs in UNNUMBERED:
            return ""
        return " ".join(PLACE.sub(lambda place: _shown(counted, counts, level, int(place[1]) - 1), level.text).split())

    def _advanced(self, number: str, counted: List, depth: int) -> dict[int, int]:
        counts = self._counts.setdefault(counted.family, {})
        if number not in self._begun:
            self._begun.add(number)
            for level, start in counted.starts.items():
                counts[level] = start - 1
        counts[depth] = counts.get(depth, counted.levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth and _restarts(counted, level, depth)]:
            del counts[deeper]
        return counts


def _restarts(counted: List, level: int, after: int) -> bool:
    restarts = counted.levels[level].restarts if level in counted.levels else -1
    return restarts < 0 or after < restarts


def _shown(counted: List, counts: dict[int, int], level: Level, depth: int) -> str:
    own = counted.levels.get(depth, Level())
    return _written(counts.get(depth, own.start), "decimal" if level.arabic else own.signs)


def _written(count: int, signs: str) -> str:
    if signs in ("lowerLetter", "upperLetter") and count > 0:
        letters = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
        return letters.upper() if signs == "upperLetter" else letters
    if signs in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        return _roman(count).upper() if signs == "upperRoman" else _roman(count)
    if signs in UNNUMBERED:
        return ""
    return f"{count:02}" if signs == "decimalZero" else str(count)


def _roman(count: int) -> str:
    text = ""
    for value, sign in ROMANS:
        text += sign * (count // value)
        count %= value
    return text


# --- what the part of the document says ----------------------------------------------------------------


def read_numbers(root: Element | None, styles: Styles) -> Numbers:
    families = {_of(each, "abstractNumId"): each for each in _named(root, "abstractNum")}
    lists = {}
    for number in _named(root, "num"):
        family = _value(number, "abstractNumId")
        if family in families:
            lists[_of(number, "numId")] = _list(number, family, families[family])
    return Numbers(lists, styles)


def _list(number: Element, family: str, described: Element) -> List:
    levels = dict(_levels(described))
    starts = {}
    for override in _named(number, "lvlOverride"):
        levels.update(_levels(override))
        if start := _value(override, "startOverride"):
            starts[_integer(_of(override, "ilvl"))] = _integer(start)
    return List(family, levels, starts)


def _levels(described: Element) -> Iterator[tuple[int, Level]]:
    for level in _named(described, "lvl"):
        depth = _integer(_of(level, "ilvl"))
        if depth < DEEPEST:
            yield (
                depth,
                Level(
                    _integer(_value(level, "start") or "1"),
                    _value(level, "numFmt"),
                    _value(level, "lvlText")[:100],
                    child(level, "isLgl") is not None,
                    _integer(_value(level, "lvlRestart")) if child(level, "lvlRestart") is not None else -1,
                ),
            )


def _named(element: Element | None, name: str) -> Iterator[Element]:
    return (inner for inner in (element if element is not None else ()) if local(inner) == name)


def _of(element: Element, name: str) -> str:
    return attribute(element, name) or ""


def _value(element: Element, name: str) -> str:
    inner = child(element, name)
    return _of(inner, "val") if inner is not None else ""


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
