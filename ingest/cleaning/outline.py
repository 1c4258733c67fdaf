"""Outline: which headings are the title of a document, and how deep each of the others stands."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import WORD, Piece
from ingest.cleaning.headings import ANNEX, NUMBERED
from ingest.cleaning.paragraphs import SENTENCE_END
from ingest.workplans.lines import LINE_LEVEL
from kb.documents.models import BlockKind
from kb.text.folding import fold_in_place

_OPENING = re.compile(
    r"(?:introducci[oó]n|antecedentes|contexto|presentaci[oó]n|pre[aá]mbulo|resumen|justificaci[oó]n|objetivos?|prop[oó]sito|"
    r"introduction|background|context|contexte|summary|executive summary|foreword|preface|preamble|overview|purpose|"
    r"résumé|avant-propos|préambule|introdução|apresentação|sumário|índice|contents|table of contents|sommaire|"
    r"what it asks for|qué pide)\b.{0,40}",
    re.IGNORECASE | re.DOTALL,
)
_SMALL_WORD = 4
_NAMED = 3  # words of a name that tell that a heading repeats the title
_LAST_TITLE_PIECE = 12
_MOST_TITLE_PIECES = 6  # more short lines than this are a list, of which the first is the title


def outlined(pieces: Sequence[Piece], marked: bool = False) -> list[Piece]:
    """`pieces` with the lines of the title as headings of level 1 and all other headings at their level.

    `marked` says that the author marked the headings, so that none of them can be a letterhead.
    """
    front = _front(pieces)
    title = [replace(piece, kind=BlockKind.HEADING, level=1) for piece in pieces[:front]]
    rest = _levelled(pieces[front:] if marked else _without_echoes(pieces[front:], title))
    return title + _without_bare([_below_title(piece) if title else piece for piece in rest])


def _without_bare(pieces: Sequence[Piece]) -> list[Piece]:
    """Headings that head nothing become text, or their words would stand in no passage."""
    following = [*pieces, None][1:]
    return [
        replace(piece, kind=BlockKind.PARAGRAPH, level=0) if _is_bare(piece, after) else piece
        for piece, after in zip(pieces, following, strict=True)
    ]


def _is_bare(piece: Piece, after: Piece | None) -> bool:
    if piece.kind is not BlockKind.HEADING:
        return False
    return after is None or (after.kind is BlockKind.HEADING and after.level <= piece.level)


def _below_title(piece: Piece) -> Piece:
    return replace(piece, level=2) if piece.kind is BlockKind.HEADING and piece.level < 2 else piece


# --- the title -------------------------------------------------------------------------------------


def _front(pieces: Sequence[Piece]) -> int:
    """How many pieces at the beginning are the title and what stands with it (subtitle, date)."""
    count = 0
    for piece in pieces[:_LAST_TITLE_PIECE]:
        if not _may_be_title(piece) or _begins_text(pieces, count):
            break
        count += 1
    if count > _MOST_TITLE_PIECES:
        count = 1
    if count == 1 and pieces[0].kind is BlockKind.HEADING and not _is_top(pieces):
        return 0
    if count and count == len(pieces):
        return count - 1 if count > 1 else 0
    return count


def _may_be_title(piece: Piece) -> bool:
    if piece.kind is BlockKind.HEADING:
        return piece.level < LINE_LEVEL
    words = piece.text.split()
    return piece.kind is BlockKind.PARAGRAPH and len(words) <= 30 and not SENTENCE_END.search(piece.text)


def _begins_text(pieces: Sequence[Piece], index: int) -> bool:
    """Whether the piece at `index` is the first section, no longer the title."""
    piece = pieces[index]
    if index and (NUMBERED.match(piece.text) or ANNEX.fullmatch(piece.text)) and not piece.text[-4:].isdigit():
        return True
    if _OPENING.fullmatch(piece.text) and len(piece.text.split()) < 8 and index:
        return True
    first = pieces[0]
    deeper = piece.kind is BlockKind.HEADING and first.level and piece.level > first.level
    again = _content(piece.text)
    return bool(deeper) and not (len(again) >= _NAMED and again <= _content(first.text))


def _is_top(pieces: Sequence[Piece]) -> bool:
    """A single heading at the beginning is the title when no other stands as high."""
    if NUMBERED.match(pieces[0].text) or (_OPENING.fullmatch(pieces[0].text) and len(pieces[0].text.split()) < 3):
        return False
    levels = [piece.level for piece in pieces[1:] if piece.kind is BlockKind.HEADING and piece.level]
    return not pieces[0].level or all(level > pieces[0].level for level in levels) or _numbered_below(pieces)


def _numbered_below(pieces: Sequence[Piece]) -> bool:
    following = next((piece for piece in pieces[1:] if piece.kind is BlockKind.HEADING), None)
    return following is not None and bool(NUMBERED.match(following.text))


def _content(text: str) -> set[str]:
    return {word for word in WORD.findall(fold_in_place(text)) if len(word) >= _SMALL_WORD}


def _without_echoes(pieces: Sequence[Piece], title: Sequence[Piece]) -> list[Piece]:
    """Without letterheads: headings that only repeat the name in the title; what stands below is no heading."""
    named = _content(" ".join(piece.text for piece in title))
    numbered = sum(1 for piece in pieces if _is_heading(piece) and NUMBERED.match(piece.text)) > 1
    found: list[Piece] = []
    below = False
    for piece in pieces:
        if _echoes(piece, named):
            below = True
            continue
        motto = below and _is_heading(piece) and (numbered or not piece.level) and not _begins_section(piece)
        found.append(replace(piece, kind=BlockKind.PARAGRAPH, level=0) if motto else piece)
        below = False
    return found


def _begins_section(piece: Piece) -> bool:
    return bool(NUMBERED.match(piece.text) or ANNEX.match(piece.text) or _OPENING.fullmatch(piece.text))


def _echoes(piece: Piece, named: set[str]) -> bool:
    if piece.kind is not BlockKind.HEADING or piece.level == LINE_LEVEL or NUMBERED.match(piece.text):
        return False
    content = _content(piece.text)
    small = {"sobre", "para", "pour", "with", "from"}
    return (
        len(content - small) >= 3 and len(piece.text.split()) > 4 and content - small <= named and len(piece.text) < 120
    )


# --- levels ----------------------------------------------------------------------------------------


def _levelled(pieces: Sequence[Piece]) -> list[Piece]:
    explicit = {piece.level for piece in pieces if _is_heading(piece) and piece.level}
    pieces = _same_for_numbered(pieces) if len(explicit) > 1 else list(pieces)
    outline = _Outline(bool(explicit))
    return [outline.place(piece) if piece.kind is BlockKind.HEADING else outline.body(piece) for piece in pieces]


def _is_heading(piece: Piece) -> bool:
    return piece.kind is BlockKind.HEADING and piece.level < LINE_LEVEL


def _same_for_numbered(pieces: Sequence[Piece]) -> list[Piece]:
    """Headings 1, 2, 3, … stand equally deep, whatever depth each was set in."""
    numbered = [i for i, piece in enumerate(pieces) if _is_heading(piece) and _style(piece) == "1."]
    numbers = [int(piece_number(pieces[i])) for i in numbered]
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return list(pieces)
    level = min((pieces[i].level for i in numbered if pieces[i].level), default=0)
    return [replace(piece, level=level) if i in set(numbered) else piece for i, piece in enumerate(pieces)]


def piece_number(piece: Piece) -> str:
    match = NUMBERED.match(piece.text)
    return (match.group("num") or "0") if match else "0"


def _style(piece: Piece) -> str:
    """How a heading is numbered: "1.", "1:", "1.1", "i.", "A."; "" when it is not."""
    match = NUMBERED.match(piece.text)
    if match is None:
        return "annex" if ANNEX.match(piece.text) else ""
    if match.group("num"):
        depth = match.group("num").count(".")
        return "1" + ".1" * depth if depth else "1" + (match.group("mark") or ".")
    return ("i." if match.group("roman").islower() else "I.") if match.group("roman") else "A."


class _Outline:
    """Gives levels to headings one after the other, from how they are numbered and what stands above."""

    def __init__(self, explicit: bool) -> None:
        self._explicit = explicit
        self._levels: dict[str, int] = {}
        self._first: str | None = None  # the style of the first heading
        self._above: Piece | None = None  # the heading directly above, nothing between
        self._last = 1

    def body(self, piece: Piece) -> Piece:
        self._above = None
        return piece

    def place(self, piece: Piece) -> Piece:
        if piece.level == LINE_LEVEL:
            self._above = None
            return piece
        style = _style(piece)
        self._first = style if self._first is None else self._first
        level = piece.level or self._level(style)
        self._levels[style] = level
        self._above = placed = replace(piece, level=min(level, LINE_LEVEL - 1))
        self._last = level
        return placed

    def _level(self, style: str) -> int:
        if self._explicit:
            return self._levels.get(style, max(self._last, 2))
        if style == "annex":
            return 2
        if self._above is not None and style != _style(self._above) and _style(self._above) in ("", "annex"):
            return self._above.level + 1
        if style.startswith("1.1"):
            return self._levels.get("1.", 2) + style.count(".1")
        if style in self._levels:
            return self._levels[style]
        if style in ("i.", "A.") and self._first != style:
            return self._last + 1
        if style == "" and self._first in ("1.", "1:", "I."):
            return self._levels[self._first] + 1
        if style == "" and self._above is not None and _style(self._above) == "annex":
            return self._above.level + 1
        return 2
