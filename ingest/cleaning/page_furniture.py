"""Furniture: what a page carries besides its text (running heads and feet, page numbers, file paths)."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise

from ingest.blocks import Piece
from ingest.workplans.row_labels import is_label
from kb.documents.models import BlockKind

_FEWEST_LINES = 8  # of a page
_EDGE = 3  # lines at the top and at the bottom of a page that may be furniture
_NUMBER = re.compile(r"[-–—|\s.\[(]{0,4}(\d{1,4})[-–—|\s.\])]{0,4}")
_ROMAN = re.compile(r"[-–—\s]{0,3}([ivxlc]{1,7}|[IVXLC]{1,7})[-–—\s.]{0,3}")
_PAGE_OF = re.compile(
    r"\W{0,3}(?:(?:p[aá]g(?:ina|\.)?|page|p\.|seite|стр\.?|صفحة|第)\s*\d{1,4}(?:\s*(?:页|頁))?"
    r"(?:\s*(?:/|de|of|sur|von|из|من)\s*\d{1,4})?|\d{1,4}\s*(?:/|de|of|sur|von|из)\s*\d{1,4}"
    r"|\d{1,4}\s*\|\s*(?:p[aá]gina|page)|(?:page|p[aá]gina)\s*\|\s*\d{1,4})\W{0,3}",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?:\d{1,4}\s+)?(?:[A-Za-z]:\S[^\n\\]{0,200}\\|[A-Za-z]:\\|\\\\[\w.-]+\\|file:///|/(?:Users|home|Volumes|mnt)/)[^\n]{3,300}"
)
_FILE_NAME = re.compile(r"[\w() .&-]{0,120}\w\.(?:docx?|pdf|indd|odt|rtf|pptx?|xlsx?)(?:\s+\d{1,4})?")
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?:;…。！？؟][\"”»’)\]]*$")


def without_furniture(pieces: Sequence[Piece]) -> list[Piece]:
    """`pieces` without page numbers, file paths and lines that repeat at the edges of pages."""
    lines = [i for i, piece in enumerate(pieces) if piece.kind is BlockKind.LINE]
    gone = {i for i, piece in enumerate(pieces) if _is_path(piece)}
    gone |= {i for i in lines if len(pieces[i].text) < 60 and _PAGE_OF.fullmatch(pieces[i].text)}
    pages = _pages(pieces, lines)
    for _ in range(2):  # a page number may stand below a running foot, or above it
        gone |= _repeated(pieces, pages, gone)
        gone |= _edge_numbers(pieces, pages, gone)
    gone |= _stray_numbers(pieces, lines, gone)
    return _kept(pieces, gone)


def _kept(pieces: Sequence[Piece], gone: set[int]) -> list[Piece]:
    """The pieces that stay; a gap beside removed ones is the largest of those it swallows."""
    kept: list[Piece] = []
    gap = 0
    for index, piece in enumerate(pieces):
        gap = max(gap, piece.gap)
        if index not in gone:
            kept.append(_with_gap(piece, gap))
            gap = 0
    return kept


def _with_gap(piece: Piece, gap: int) -> Piece:
    if gap == piece.gap:
        return piece
    return Piece(piece.kind, piece.text, piece.pages, piece.level, piece.row, piece.cells, piece.table, gap)


def _is_path(piece: Piece) -> bool:
    if piece.kind not in (BlockKind.LINE, BlockKind.PARAGRAPH) or not 4 < len(piece.text) < 320:
        return False
    return bool(_PATH.fullmatch(piece.text) or _FILE_NAME.fullmatch(piece.text))


def _pages(pieces: Sequence[Piece], lines: Sequence[int]) -> list[list[int]]:
    """Indices of the lines of each page, in order; none for a source without pages."""
    groups = groupby(lines, key=lambda i: pieces[i].page)
    return [list(group) for page, group in groups if page is not None]


def _edges(page: Sequence[int], gone: set[int]) -> list[tuple[int, int]]:
    """(position, index) of the lines at the edges of a page: 0, 1, 2 from the top, -1, -2, -3 from below."""
    left = [i for i in page if i not in gone]
    top = list(enumerate(left[:_EDGE]))
    return top + [(-1 - n, i) for n, i in enumerate(reversed(left[-_EDGE:])) if len(left) > 2 * _EDGE or n < 1]


def _repeated(pieces: Sequence[Piece], pages: list[list[int]], gone: set[int]) -> set[int]:
    """Lines that stand at the same edge of many pages, digits apart."""
    places: dict[tuple[bool, str], dict[int, int]] = defaultdict(dict)
    for number, page in enumerate(pages):
        for position, index in _edges(page, gone):
            key = _DIGITS.sub("#", pieces[index].text.casefold())
            if 2 < len(key) < 160 and not key.startswith(("•", "-")):
                places[position >= 0, key].setdefault(number, index)
    enough = 2 if len(pages) in (2, 3) else max(3, len(pages) // 8)
    found: set[int] = set()
    for (_, key), where in places.items():
        if len(where) >= enough and not is_label(key) and _regular(sorted(where), len(pages)):
            found |= _but_title(pieces, pages, where)
    return found


def _regular(numbers: list[int], total: int) -> bool:
    """Running heads stand on neighbouring pages (or on every second one), not here and there."""
    close = sum(1 for first, second in pairwise(numbers) if second - first <= 2)
    return close >= 0.7 * (len(numbers) - 1) and (total > 3 or len(numbers) == total or total == 3)


def _but_title(pieces: Sequence[Piece], pages: list[list[int]], where: dict[int, int]) -> set[int]:
    """All occurrences of a running head, save that on the first page where it is the title itself."""
    found = set(where.values())
    first = where.get(0)
    if first is None or first != pages[0][0] or len(pages[0]) < 2:
        return found
    following = pieces[pages[0][1]].text
    begins_section = bool(re.match(r"(?:\d{1,2}[.:)]|#)\s?\S", following)) or len(following) > 70
    return found - {first} if begins_section and len(pieces[first].text.split()) > 2 else found


def _edge_numbers(pieces: Sequence[Piece], pages: list[list[int]], gone: set[int]) -> set[int]:
    """Numbers alone at the edge of pages that grow with the pages; Roman ones anywhere at an edge."""
    candidates: list[tuple[int, int, int]] = []
    romans: list[int] = []
    for number, page in enumerate(pages):
        for position, index in _edges(page, gone):
            if position not in (0, -1):
                continue
            match = _NUMBER.fullmatch(pieces[index].text[:20])
            if match and len(pieces[index].text) < 16:
                candidates.append((int(match.group(1)) - number, index, number))
            elif len(pieces[index].text) < 12 and _ROMAN.fullmatch(pieces[index].text):
                romans.append(index)
    offsets = defaultdict(set)
    for offset, _, number in candidates:
        offsets[offset].add(number)
    found = {index for offset, index, _ in candidates if len(offsets[offset]) > 1}
    found |= {index for offset, index, number in candidates if _own_page(pieces, index, offset + number)}
    return found | (set(romans) if len(romans) > 1 else set())


def _own_page(pieces: Sequence[Piece], index: int, value: int) -> bool:
    """Whether a lone number is that of the page it stands on, and not the value of a row of a table."""
    return pieces[index].page == value and not (index and is_label(pieces[index - 1].text))


def _stray_numbers(pieces: Sequence[Piece], lines: Sequence[int], gone: set[int]) -> set[int]:
    """Numbers alone on a line that can only be page numbers in a text without pages.

    They stand beside other furniture, in wide gaps, within a sentence, or count up far apart.
    """
    lone = [n for n, i in enumerate(lines) if len(pieces[i].text) < 12 and _lone(pieces[i].text)]
    values = {_value(pieces[lines[n]].text) for n in lone}
    found: set[int] = set()
    for n in lone:
        index = lines[n]
        if not _may_count(_value(pieces[index].text), n, values):
            continue
        before, after = _neighbour(lines, n, -1), _neighbour(lines, n, 1)
        wide = pieces[index].gap > 1 and (after is None or pieces[after].gap > 1)
        beside = bool({before, after} & gone)
        if index not in gone and (wide or beside or _interrupts(pieces, before, index, after)):
            found.add(index)
    return found | _counting(pieces, lines, lone)


def _lone(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _value(text: str) -> int:
    match = _NUMBER.fullmatch(text)
    return int(match.group(1)) if match else 0


def _may_count(value: int, line: int, values: set[int]) -> bool:
    """Whether a lone number can be that of a page: one that so many lines can have reached, or one of a sequence."""
    return value <= 2 + line // _FEWEST_LINES or not values.isdisjoint((value - 1, value + 1))


def _neighbour(lines: Sequence[int], n: int, step: int) -> int | None:
    return lines[n + step] if 0 <= n + step < len(lines) else None


def _interrupts(pieces: Sequence[Piece], before: int | None, index: int, after: int | None) -> bool:
    if before is None or after is None or not pieces[index].gap or not pieces[after].gap:
        return False
    open_before = not _SENTENCE_END.search(pieces[before].text[-6:]) and len(pieces[before].text) > 40
    return open_before and pieces[after].text[:1].islower()


def _counting(pieces: Sequence[Piece], lines: Sequence[int], lone: Sequence[int]) -> set[int]:
    """A chain n, n+1, n+2, … of lone numbers at least twelve lines apart, three links or more."""
    chain: list[tuple[int, int]] = []
    best: list[tuple[int, int]] = []
    for n in lone:
        value = _value(pieces[lines[n]].text)
        if chain and value == chain[-1][1] + 1 and n - chain[-1][0] >= 12:
            chain.append((n, value))
        elif not chain or value != chain[-1][1] + 1:
            chain = [(n, value)]
        best = chain if len(chain) > len(best) else best
    return {lines[n] for n, _ in best} if len(best) > 2 else set()
