"""Paragraphs: joins the broken lines of paginated and plain-text sources into paragraphs and list items."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.blocks import Piece, joined
from kb.documents.models import BlockKind
from kb.text.word_lists import word_set

ITEM = re.compile(
    r"(?:[•–—▪*+-]|\(?\d{1,3}\)|\d{1,3}\.(?!\d)|\(?[a-zñA-Z]\)|[a-z]\.|\(?[ivx]{1,5}\)|[ivx]{1,5}\.|[①-⑳])\s+(?=\S)"
)
BULLET = re.compile(r"[•–—▪*+-]\s+")
SENTENCE_END = re.compile(r"[.!?:;…。！？：；؟۔।][\"”»’')\]]*$")
_OPEN_END = word_set(
    "de del la el los las y e o u en a al para por con sin sobre entre que se su sus un una lo como of "
    "the and or to in on for with by from at a an as its their du des le les et ou à au aux dans par pour "
    "sur avec un une ce da do dos das e em no na para com"
)
_HEAD_MARK = re.compile(r"#{1,6}\s")
_BOLD_LINE = re.compile(r"\*\*[^*\n]{2,150}\*\*:?")


def runs_on(first: Piece, second: Piece, width: int, near: bool) -> bool:
    """Whether the line `second` goes on with the sentence or paragraph of the line `first`.

    `width` is the length of full lines around; `near` says that no paragraph's space lies between.
    """
    end, start = first.text[-60:], second.text[:60]
    if not end or not start or _HEAD_MARK.match(start) or _HEAD_MARK.match(first.text):
        return False
    if SENTENCE_END.search(end):
        return near and _full(first.text, start, width)
    last = end.rsplit(maxsplit=1)[-1].casefold()
    if last in _OPEN_END or end[-1] in ",-–(/¿¡" or start[0].islower() or start[0] in "),;.»”":
        return True
    return near and _full(first.text, start, width)


def _full(line: str, following: str, width: int) -> bool:
    """Whether `line` was broken because the next word would not have fitted."""
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) >= 0.87 * width


def paragraphs(pieces: Sequence[Piece], words: frozenset[str]) -> list[Piece]:
    """`pieces` with lines joined into paragraphs, list items and marked headings."""
    found: list[Piece] = []
    run: list[Piece] = []
    for piece in pieces:
        if piece.kind is BlockKind.LINE:
            run.append(piece)
            continue
        found.extend(_from_lines(run, words))
        run = []
        found.append(_as_item(piece))
    found.extend(_from_lines(run, words))
    return found


def _from_lines(lines: Sequence[Piece], words: frozenset[str]) -> Iterator[Piece]:
    group: list[Piece] = []
    for index, line in enumerate(lines):
        if group and not _joins(lines, index):
            yield _paragraph(group, words)
            group = []
        group.append(line)
    if group:
        yield _paragraph(group, words)


def _joins(lines: Sequence[Piece], index: int) -> bool:
    """Whether line `index` belongs to the paragraph of the line before it."""
    first, second = lines[index - 1], lines[index]
    if _starts_item(lines, index) or _BOLD_LINE.fullmatch(first.text) or _BOLD_LINE.fullmatch(second.text):
        return False
    if SENTENCE_END.search(first.text[-6:]) and _stands_alone(lines, index):
        return False
    if first.page != second.page:
        return runs_on(first, second, _width(lines, index), near=second.gap < 2 and second.text[:1].islower())
    near = second.gap == 0 or (second.gap == 1 and _double_spaced(lines, index))
    if second.gap > 3 and second.text[:1].isupper():
        near = False
    return runs_on(first, second, _width(lines, index), near) and not _set_apart(first, second, near)


def _stands_alone(lines: Sequence[Piece], index: int) -> bool:
    """A short line without a full stop above a line that begins with a capital: a heading, not a sentence."""
    text, below = lines[index].text, lines[index + 1].text if index + 1 < len(lines) else ""
    short = len(text) < 0.6 * min(len(below), 120) and not SENTENCE_END.search(text[-6:])
    return short and text[0].isupper() and below[:1].isupper() and text.split()[-1].casefold() not in _OPEN_END


def _set_apart(first: Piece, second: Piece, near: bool) -> bool:
    """A capital after a paragraph's space begins anew, however the line before it ends, unless it ends openly."""
    if near or not second.text[:1].isupper():
        return False
    last = first.text.rsplit(maxsplit=1)[-1].casefold()
    return last not in _OPEN_END and first.text[-1] not in ",-–(/"


def _starts_item(lines: Sequence[Piece], index: int) -> bool:
    """Whether line `index` begins an item of a list; an enumeration within a sentence does not."""
    text, before = lines[index].text[:40], lines[index - 1].text
    match = ITEM.match(text)
    if match is None:
        return False
    finished = bool(SENTENCE_END.search(before[-6:]))
    if text[0] in "–—*+-" or text[0] == "(":
        return finished or lines[index].gap > 0 or not _full(before, text, _width(lines, index))
    if text[0] == "•" or not text[match.end() : match.end() + 1].islower():
        return True
    if lines[index].gap == 0 and not ITEM.match(_paragraph_start(lines, index)):
        return before.endswith(":") or not _full(before, text, _width(lines, index))
    return finished or lines[index].gap > 0


def _paragraph_start(lines: Sequence[Piece], index: int) -> str:
    """The first words of the few lines above that may begin an item of the same list."""
    return next(
        (line.text[:40] for line in reversed(lines[max(0, index - 8) : index]) if ITEM.match(line.text[:40])), ""
    )


def _double_spaced(lines: Sequence[Piece], index: int) -> bool:
    """Whether one blank line here is the spacing of lines, not of paragraphs: most lines around have it."""
    around = lines[max(1, index - 5) : index + 6]
    gaps = [line.gap for line in around]
    open_ends = sum(
        1
        for n in range(max(1, index - 5), min(index + 6, len(lines)))
        if lines[n].gap == 1 and not SENTENCE_END.search(lines[n - 1].text[-6:]) and lines[n].text[:1].islower()
    )
    return gaps.count(1) >= 0.5 * len(gaps) and open_ends >= 2


def _width(lines: Sequence[Piece], index: int) -> int:
    """The length of full lines around line `index`: the longer of the two that follow, and its own."""
    second = lines[index]
    longest = len(second.text)
    for other in lines[index + 1 : index + 2]:
        if not ITEM.match(other.text[:40]) and other.gap <= second.gap:
            longest = max(longest, len(other.text))
    if index > 1 and lines[index - 1].gap <= second.gap:
        longest = max(longest, len(lines[index - 2].text) if lines[index - 1].gap == second.gap else 0)
    return min(longest, 400)


def _paragraph(group: Sequence[Piece], words: frozenset[str]) -> Piece:
    return _as_item(replace(joined(group, words), kind=BlockKind.PARAGRAPH, gap=group[0].gap))


def _as_item(piece: Piece) -> Piece:
    """A paragraph that begins as an item of a list is one; headings are told apart later."""
    if piece.kind is BlockKind.PARAGRAPH and ITEM.match(piece.text[:40]):
        return replace(piece, kind=BlockKind.LIST_ITEM)
    return piece
