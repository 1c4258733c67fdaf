"""Footnotes: tells notes from text, takes them out of the sentences they interrupt, removes their marks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.blocks import WORD, Piece, joined
from ingest.cleaning.paragraphs import SENTENCE_END, runs_on
from kb.documents.models import BlockKind

_SUP = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TO_DIGITS = str.maketrans(_SUP, "0123456789")
_SUP_DEFINITION = re.compile(rf"([{_SUP}]{{1,3}})\s?(?=\S)")
_DEFINITION = re.compile(r"\[?(\d{1,3})\]?\s{1,3}(?=[^\W\d_a-zà-ÿ]|[¿¡“\"«(]|https?:|[Vv]éase|[Ss]ee |[Vv]oir )")
_ROMAN_DEFINITION = re.compile(r"(x{0,2}(?:ix|iv|v?i{1,3}|v|x))\s{1,3}(?=[A-ZÁÉÍÓÚÑÀÇ¿¡“\"«])")
_GLUED = re.compile(r"(?:(?<=[a-zà-ÿß][a-zà-ÿß]{2})|(?<=[”»’)\"]))(\d{1,2})(?=[\s.,;:)”»]|$)")
_ROMAN_GLUED = re.compile(r"(?<=[a-zà-ÿ]{4})(x{0,2}(?:ix|iv|v?i{1,3}|v|x))(?=[.,;:\s]|$)")
_SUP_MARK = re.compile(
    rf"(?<=[^\s{_SUP}])\s?(?<!\bm)(?<![kcdm]m)[{_SUP}]{{1,3}}(?:[ ,]{{1,2}}[{_SUP}]{{1,3}}){{0,4}}(?![{_SUP}])"
)
_LEADING_URLS = re.compile(r"(?:https?://\S+\s+)+(?=[a-zà-ÿ])")
_ONLY_URLS = re.compile(r"(?:https?://\S+\s*)+")
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_NOTED = (BlockKind.LINE, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)


@dataclass(frozen=True, slots=True)
class Marks:
    """Reference marks seen in the text: numbers glued to words, Roman ones, all of which may be words."""

    numbers: frozenset[int]
    romans: frozenset[str]


def without_footnotes(
    pieces: Sequence[Piece], words: frozenset[str], glued: bool = True
) -> tuple[list[Piece], list[Piece]]:
    """(`pieces` without notes and without their marks, the notes in order as footnotes).

    `glued` says that numbers may be marks that the source glued to words, though their notes are lost.
    """
    marks = _marks(pieces)
    body: list[Piece] = []
    notes: list[Piece] = []
    for is_note, group in _grouped(_split_notes(pieces, marks), marks):
        if is_note and not (notes and notes[-1].text == group[0].text):
            notes.append(replace(joined(group, words), kind=BlockKind.FOOTNOTE, level=0, gap=0))
        elif not is_note:
            body.extend(group)
    defined = {int(m.group()) for note in notes if (m := re.match(r"\d{1,3}", _plain(note.text)))}
    romans = {m.group(1) for note in notes if (m := _ROMAN_DEFINITION.match(note.text))}
    return _unmarked(body, defined | (_counting(body) if glued else set()), romans, words), notes


def _plain(text: str) -> str:
    return text.translate(_TO_DIGITS)


def _marks(pieces: Sequence[Piece]) -> Marks:
    numbers: set[int] = set()
    romans: set[str] = set()
    for piece in pieces:
        numbers.update(int(number) for number in _GLUED.findall(piece.text))
        romans.update(_ROMAN_GLUED.findall(piece.text))
        numbers.update(int(_plain(mark)) for mark in re.findall(rf"(?<=\S)[{_SUP}]{{1,3}}", piece.text))
    return Marks(frozenset(numbers), frozenset(romans))


def _split_notes(pieces: Sequence[Piece], marks: Marks) -> Iterator[Piece]:
    """Notes and addresses that a reader glued to what follows them become pieces of their own."""
    for piece in pieces:
        if piece.kind is not BlockKind.PARAGRAPH:
            yield piece
            continue
        if match := _LEADING_URLS.match(piece.text):
            yield piece.slice(0, match.end())
            piece = piece.slice(match.end())
        start = 0
        if first := _ROMAN_DEFINITION.match(piece.text):
            following = _after(first.group(1))
            cut = piece.text.find(f". {following} ", first.end()) if following in marks.romans else -1
            if cut > 0 and _ROMAN_DEFINITION.match(piece.text, cut + 2):
                yield piece.slice(0, cut + 1)
                start = cut + 2
        yield piece.slice(start) if start else piece


def _after(roman: str) -> str:
    position = _ROMANS.index(roman) + 1 if roman in _ROMANS else len(_ROMANS)
    return _ROMANS[position] if position < len(_ROMANS) else ""


def _grouped(pieces: Iterator[Piece], marks: Marks) -> Iterator[tuple[bool, list[Piece]]]:
    """Pieces in groups: (False, body pieces) or (True, the pieces of one note)."""
    note: list[Piece] = []
    last = "0"
    for piece in pieces:
        number = _defines(piece, marks, last)
        if note and not number and not _continues(note, piece):
            yield True, note
            note = []
        if number:
            if note:
                yield True, note
            note, last = [piece], number
        elif note:
            note.append(piece)
        elif piece.kind is BlockKind.FOOTNOTE or (last != "0" and _ONLY_URLS.fullmatch(piece.text[:2000])):
            yield True, [piece]
        else:
            yield False, [piece]
    if note:
        yield True, note


def _defines(piece: Piece, marks: Marks, last: str) -> str:
    """The number of the note that begins with `piece`; "" when none does."""
    if piece.kind not in _NOTED:
        return ""
    head = piece.text[:60]
    if match := _SUP_DEFINITION.match(head):
        return _plain(match.group(1))
    if match := _DEFINITION.match(head):
        number = int(match.group(1))
        expected = int(last) + 1 if last.isdigit() else 1
        return str(number) if number in marks.numbers and number in (expected, 1) else ""
    if match := _ROMAN_DEFINITION.match(head):
        roman = match.group(1)
        expected_roman = _after(last) if last in _ROMANS else "i"
        return roman if roman in marks.romans and roman in (expected_roman, "i") else ""
    return ""


def _continues(note: Sequence[Piece], piece: Piece) -> bool:
    """Whether `piece` is a further line of the note."""
    last = note[-1]
    if last.kind is not BlockKind.LINE or piece.kind is not BlockKind.LINE or len(note) > 60:
        return False
    if (
        piece.page != last.page
        or piece.gap > 1
        or _ONLY_URLS.fullmatch(piece.text[:2000])
        or re.search(r"https?://\S+>?$", last.text[-300:])
    ):
        return False
    if SENTENCE_END.search(last.text[-6:]) and piece.text[:1].islower():
        return False  # the sentence that the note interrupted
    return runs_on(last, piece, max(len(note[0].text), len(piece.text)), piece.gap < 2)


# --- marks -----------------------------------------------------------------------------------------


def _counting(pieces: Sequence[Piece]) -> set[int]:
    """Numbers glued to words that count 1, 2, 3 through the text are marks even when their notes are lost.

    Those of one word with several numbers are no marks but names: "Grupo1" and "Grupo2".
    """
    glued = [
        (_word_before(piece.text, found), int(found[1])) for piece in pieces for found in _GLUED.finditer(piece.text)
    ]
    numbers: dict[str, set[int]] = {}
    for word, number in glued:
        numbers.setdefault(word, set()).add(number)
    several = {word for word, own in numbers.items() if word and len(own) > 1}
    expected = 1
    for word, number in glued:
        expected += number == expected and word not in several
    return set(range(1, expected)) if expected > 2 else set()


def _word_before(text: str, found: re.Match[str]) -> str:
    words = WORD.findall(text[max(0, found.start() - 40) : found.start()])
    return words[-1].casefold() if words and text[found.start() - 1].isalpha() else ""


def _unmarked(pieces: Sequence[Piece], numbers: set[int], romans: set[str], words: frozenset[str]) -> list[Piece]:
    return [_without_marks(piece, numbers, romans, words) for piece in pieces]


def _without_marks(piece: Piece, numbers: set[int], romans: set[str], words: frozenset[str]) -> Piece:
    spans = [match.span() for match in _SUP_MARK.finditer(piece.text)]
    spans += [m.span(1) for m in _GLUED.finditer(piece.text) if int(m.group(1)) in numbers]
    if romans:
        spans += [m.span(1) for m in _ROMAN_GLUED.finditer(piece.text) if _is_mark(piece.text, m, romans, words)]
    cells = tuple(_SUP_MARK.sub("", cell) for cell in piece.cells)
    if not spans:
        return piece if cells == piece.cells else replace(piece, cells=cells)
    text, begin = [], 0
    for start, end in sorted(spans):
        text.append(piece.text[begin:start])
        begin = max(end, begin)
    text.append(piece.text[begin:])
    return replace(piece, text="".join(text), cells=cells)


def _is_mark(text: str, match: re.Match[str], romans: set[str], words: frozenset[str]) -> bool:
    if match.group(1) not in romans:
        return False
    before = text[max(0, match.start() - 40) : match.start()]
    word = WORD.findall(before)[-1].casefold()
    return word in words or (len(match.group(1)) > 1 and not word.endswith("i")) or word[-1] in "sdn"
