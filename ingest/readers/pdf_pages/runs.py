"""From the glyphs of a PDF page to pieces of text: words with the spaces between them, line by line."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import regex

from ingest.readers.pdf_pages.bidi import as_read, letters_of_glyph, mostly_left, runs_left
from ingest.readers.pdf_pages.engine import Style

SAME_LINE = 0.5  # times the size: how far base lines of one line lie apart
ALIKE = 0.05  # times the size: how much sizes in one piece differ
SAME_HEIGHT = 0.12  # times the size: how far those of one piece do
SPACE = 0.1  # times the size: a wider gap is a space
WIDE = 1.2  # times the size: a wider gap parts two pieces
BACK = 0.35  # times the size: how far a piece may reach over the one before it
UNSPACED_GAP = 0.5  # times the size: a gap between signs of Chinese or Japanese that is a space
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}　-〿＀-￯]")
LETTERS = 5  # pairs of letters from which it can be told how far they stand apart
SMALL_CAPITALS = 0.2  # times the size: a gap between letters of two sizes that is a space
TRACKED = 0.08  # times the size: letters that all stand so far apart are set apart, not words


class Sign(NamedTuple):
    """A glyph as its line is seen: upright, running to the right. `reach` is where its box ends."""

    text: str
    left: float
    right: float
    y: float
    style: Style
    reach: float


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text in one font that stands from x to `end`. `broken`: a new line begins before it; `spaced`: a space does."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    broken: bool
    end: float = 0.0
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Uprights:
    """The vertical rules of a page, from left to right; text does not run over them."""

    places: tuple[float, ...]
    spans: tuple[tuple[float, float], ...]

    def between(self, left: float, right: float, y: float) -> bool:
        place = bisect_left(self.places, left)
        while place < len(self.places) and self.places[place] <= right:
            low, high = self.spans[place]
            if low <= y <= high:
                return True
            place += 1
        return False


def fragments(signs: Sequence[Sign], rules: Uprights) -> Iterator[Fragment]:
    """Pieces of text in the order of their signs."""
    joined = list(_joined(signs))
    leftwards = mostly_left("".join(sign.text for sign in joined))
    for line in _lines(joined):
        if any(runs_left(sign.text) for sign in line):
            yield from _leftward(line, rules, leftwards or mostly_left("".join(sign.text for sign in line)))
        else:
            yield from _pieces(line, rules)


def _lines(signs: Sequence[Sign]) -> Iterator[list[Sign]]:
    """Signs that follow one another on one base line."""
    line: list[Sign] = []
    for sign in signs:
        if line and abs(sign.y - line[-1].y) > SAME_LINE * max(sign.style.size, line[-1].style.size):
            yield line
            line = []
        line.append(sign)
    if line:
        yield line


def _pieces(line: Sequence[Sign], rules: Uprights) -> Iterator[Fragment]:
    """The pieces of a line that runs to the right."""
    begun = _Piece(broken=True)
    least = _least_space(line)
    for sign in line:
        if sign.text.isspace():
            begun.space = True
            continue
        if begun.signs and not begun.takes(sign, rules):
            yield begun.fragment()
            begun = begun.after(sign, least)
        begun.add(sign, least)
    if begun.signs:
        yield begun.fragment()


def _least_space(line: Sequence[Sign]) -> float:
    """Times the size: the gap that is a space on this line. Letters may be set apart, all of them."""
    gaps = sorted(
        (after.left - before.right) / before.style.size
        for before, after in pairwise(line)
        if before.text.isalpha() and after.text.isalpha()
    )
    least = gaps[len(gaps) // 5] if len(gaps) >= LETTERS else 0.0
    return 2 * least + SPACE if TRACKED < least < WIDE / 2 else SPACE


class _Piece:
    """A piece of text that is being put together."""

    def __init__(self, broken: bool, space: bool = False) -> None:
        self.broken = broken
        self.spaced = space
        self.space = False  # whether a space was seen since the last sign
        self.signs: list[Sign] = []
        self.text: list[str] = []

    def takes(self, sign: Sign, rules: Uprights) -> bool:
        """Whether a sign goes on with this piece."""
        last = self.signs[-1]
        size = last.style.size
        if sign.style is not last.style:
            size = max(size, sign.style.size)
            if sign.style.bold != last.style.bold or abs(sign.style.size - last.style.size) >= ALIKE * size:
                return False
        gap = sign.left - last.right
        level = abs(sign.y - last.y) <= SAME_HEIGHT * size
        if not level or gap > WIDE * size or sign.left < last.left - SAME_HEIGHT * size:
            return False
        apart = self.space or gap > SPACE * size
        return not (apart and rules.places and rules.between(last.right - 1, sign.left + 1, sign.y + size / 4))

    def add(self, sign: Sign, least: float) -> None:
        if self.signs and _parted(self.signs[-1], sign, self.space, least):
            self.text.append(" ")
        self.space = False
        self.text.append(sign.text)
        self.signs.append(sign)

    def after(self, sign: Sign, least: float) -> "_Piece":
        """The piece that a sign begins which does not go on with this one."""
        last = self.signs[-1]
        back = sign.left < last.right - max(BACK * last.style.size, 1.0)
        return _Piece(back, not back and _parted(last, sign, self.space, least))

    def fragment(self) -> Fragment:
        first = self.signs[0]
        end = max(sign.right for sign in self.signs)
        text = "".join(self.text)
        return Fragment(text, first.left, first.y, first.style.size, first.style.bold, self.broken, end, self.spaced)


def _parted(before: Sign, after: Sign, space: bool, least: float) -> bool:
    """Whether a space lies between two signs."""
    size = max(before.style.size, after.style.size)
    gap = after.left - before.right
    if before.text > "\u2e7f" and UNSPACED.match(before.text) and UNSPACED.match(after.text):
        return gap > UNSPACED_GAP * size
    if before.style.size != after.style.size and before.text.isalpha() and after.text.isalpha():
        least = max(least, SMALL_CAPITALS)
    return space or gap > least * size


# --- lines that run to the left ------------------------------------------------------------------------


def _leftward(line: Sequence[Sign], rules: Uprights, leftwards: bool) -> Iterator[Fragment]:
    """The pieces of a line with Arabic or Hebrew, each as it is read and in the order they are read."""
    groups = list(_apart(_ordered(line), rules))
    for number, group in enumerate(reversed(groups) if leftwards else groups):
        least = _least_space(group)
        seen: list[str] = []
        space, last = False, None
        for sign in group:
            if sign.text.isspace():
                space = True
                continue
            if last is not None and _parted(last, sign, space, least):
                seen.append(" ")
            space, last = False, sign
            seen.append(sign.text)
        text = as_read(seen, leftwards).strip()
        size, bold = max(s.style.size for s in group), all(s.style.bold for s in group)
        end = max(sign.right for sign in group)
        if text:
            yield Fragment(text, group[0].left, group[0].y, size, bold, number == 0, end, number > 0)


def _joined(signs: Sequence[Sign]) -> Iterator[Sign]:
    """Signs of one glyph as one: a ligature stands for several letters."""
    group: list[Sign] = []
    for sign in signs:
        if group and (sign.left != group[0].left or sign.y != group[0].y):
            yield _one(group)
            group = []
        group.append(sign)
    if group:
        yield _one(group)


def _one(group: list[Sign]) -> Sign:
    if len(group) == 1:
        return group[0]
    reach = max(sign.reach for sign in group)
    return group[0]._replace(text=letters_of_glyph("".join(s.text for s in group)), right=reach, reach=reach)


def _ordered(known: Sequence[Sign]) -> list[Sign]:
    """Signs from left to right, marks of vowels behind the letter they stand on."""
    letters = sorted((s for s in known if not _is_mark(s)), key=lambda s: s.left + s.right)
    middles = [s.left + s.right for s in letters]
    marked: dict[int, str] = {}
    for mark in (s for s in known if _is_mark(s)):
        place = bisect_left(middles, mark.left + mark.right)
        near = min(
            (n for n in (place - 1, place) if 0 <= n < len(letters)),
            key=lambda n: abs(middles[n] - mark.left - mark.right),
            default=-1,
        )
        if near >= 0:
            marked[near] = marked.get(near, "") + mark.text
    return [s._replace(text=s.text + marked[n]) if n in marked else s for n, s in enumerate(letters)]


def _is_mark(sign: Sign) -> bool:
    return bool(regex.fullmatch(r"\p{M}+", sign.text))


def _apart(signs: Sequence[Sign], rules: Uprights) -> Iterator[list[Sign]]:
    """Signs from left to right in groups that wide gaps and rules part."""
    group: list[Sign] = []
    for sign in signs:
        if group:
            last = group[-1]
            size = max(last.style.size, sign.style.size)
            if sign.left - last.right > WIDE * size or rules.between(last.right - 1, sign.left + 1, sign.y + size / 4):
                yield group
                group = []
        group.append(sign)
    if group:
        yield group
