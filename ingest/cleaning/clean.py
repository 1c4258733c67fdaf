"""Cleaning: from the blocks a reader found to a document with paragraphs, headings, notes and sections."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.blocks import Piece, joined, piece_of, words_of
from ingest.cleaning.characters import repaired, without_markdown
from ingest.cleaning.footnotes import without_footnotes
from ingest.cleaning.headings import with_headings
from ingest.cleaning.outline import outlined
from ingest.cleaning.page_furniture import without_furniture
from ingest.cleaning.paragraphs import SENTENCE_END, paragraphs
from ingest.workplans.lines import with_lines
from kb.documents.models import Block, BlockKind, Document, FrontMatter, PlacedBlock, RawDocument, Section
from kb.text.language import LANGUAGES, language_of

NOTES = {
    "es": "Notas", "en": "Notes", "fr": "Notes", "pt": "Notas", "it": "Note", "de": "Anmerkungen",
    "ar": "حواشٍ", "zh": "注释", "ru": "Примечания",
}  # fmt: skip
_HYPHEN_GAP = re.compile(r"(?<=[^\W\d_])- (?!(?:y|e|o|u|and|or|et|ou|und|oder)\b)(?=[^\W\d_])")
_CELL_SPACE = re.compile(r"\s+")
_NO_CELL = "–"
_SPANNING = 25  # letters of a text that stands in several cells of a row only where they are one
_TELLING = 250  # characters of a text whose language is told without being told
_TIGHT = (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)


def clean(raw: RawDocument) -> Document:
    """The document that `raw` was before extraction broke it: text, placed blocks and sections.

    A paragraph that goes on over a page break is placed as one block a page, with a single space between them.
    """
    pieces = without_furniture(_pieces(raw.blocks))
    words = words_of(piece.text for piece in pieces)
    pieces, notes = without_footnotes(pieces, words, raw.format in ("pdf", "text"))
    pieces = paragraphs(with_lines(pieces, words), words)
    marked = raw.format == "markdown"
    pieces = with_headings(_glued(pieces, words), marked)
    pieces = [_finished(piece) for piece in outlined(pieces, marked)]
    text, blocks = _laid_out([piece for piece in [*pieces, *_note_pieces(pieces, notes)] if piece.text])
    return Document(text, blocks, _sections(text, blocks), raw.page_count, _front(raw, text), raw.warnings)


def _front(raw: RawDocument, text: str) -> FrontMatter:
    """What the source says of itself; not the language of a web page's template, where the text is in another."""
    stated = raw.front.language
    if raw.format != "html" or stated not in LANGUAGES or len(text) < _TELLING:
        return raw.front
    return raw.front if language_of(text, stated) == stated else replace(raw.front, language="")


def _pieces(blocks: Sequence[Block]) -> list[Piece]:
    """Blocks with repaired characters; an empty line becomes the gap of the line after it."""
    found: list[Piece] = []
    gap = 0
    for block in blocks:
        text = repaired(block.text)
        if block.kind is BlockKind.TABLE_ROW:
            block = replace(block, cells=tuple(repaired(cell) for cell in block.cells))
        if not text and not block.cells:
            gap += 1
            continue
        for number, line in enumerate(text.split("\n") if block.kind is BlockKind.LINE else [text]):
            if line:
                found.append(piece_of(block, line, 0 if number else gap))
        gap = 0
    return found


def _glued(pieces: Sequence[Piece], words: frozenset[str]) -> list[Piece]:
    """Paragraphs that a page break or a footnote cut in two become one again."""
    found: list[Piece] = []
    for piece in pieces:
        if found and _goes_on(found[-1], piece):
            found[-1] = joined([found[-1], piece], words)
        else:
            found.append(piece)
    return found


def _goes_on(first: Piece, second: Piece) -> bool:
    if second.kind is not BlockKind.PARAGRAPH or not second.text[:1].islower():
        return False
    unfinished = not SENTENCE_END.search(first.text[-6:]) and len(first.text) > 60
    return unfinished and first.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)


def _finished(piece: Piece) -> Piece:
    text = _HYPHEN_GAP.sub("-", without_markdown(piece.text))
    if piece.kind is BlockKind.TABLE_ROW and piece.cells:
        return _table_row(piece)
    if piece.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.FOOTNOTE):
        text = _CELL_SPACE.sub(" ", text).strip()
    return _retexted(piece, text)


def _retexted(piece: Piece, text: str) -> Piece:
    """`piece` with a shorter text; page breaks move to the nearest word."""
    if text == piece.text or len(piece.pages) == 1:
        return replace(piece, text=text)
    pages = [piece.pages[0]]
    for offset, page in piece.pages[1:]:
        word = piece.text[offset : offset + 25]
        place = text.find(word, max(0, offset - (len(piece.text) - len(text)) - 2))
        pages.append((place if place > pages[-1][0] else min(offset, len(text) - 1), page))
    return replace(piece, text=text, pages=tuple(pages))


def _table_row(piece: Piece) -> Piece:
    """A row of an ordinary table: "first cell: the others", so that a passage can be read by itself."""
    cells = _cells_in_place([_CELL_SPACE.sub(" ", without_markdown(cell)).strip() for cell in piece.cells])
    label = cells[0] if len(cells) > 1 and len(cells[0]) < 120 else ""
    text = f"{label.rstrip(':')}: {' | '.join(cells[1:])}" if label else " | ".join(cells)
    return replace(piece, text=text, row=label.rstrip(":"), cells=())


def _cells_in_place(cells: Sequence[str]) -> list[str]:
    """Cells as they are read: an empty one before the last that is filled keeps its place, as a dash.

    A text that runs over several columns stands once; equal figures stand as often as they are counted.
    """
    kept = [cell for n, cell in enumerate(cells) if not n or cell != cells[n - 1] or len(cell) < _SPANNING]
    while kept and not kept[-1]:
        kept.pop()
    filled = sum(map(bool, kept))
    return [cell or _NO_CELL for cell in kept] if filled > 1 and kept[0] else [cell for cell in kept if cell]


def _note_pieces(pieces: Sequence[Piece], notes: Sequence[Piece]) -> Iterator[Piece]:
    if not notes:
        return
    sample = " ".join(piece.text for piece in pieces[:80])[:6000]
    title = NOTES.get(language_of(sample), "Notes")
    yield Piece(BlockKind.HEADING, title, ((0, notes[0].page),), level=2)
    for note in notes:
        yield _finished(note)


# --- layout ----------------------------------------------------------------------------------------


def _laid_out(pieces: Sequence[Piece]) -> tuple[str, tuple[PlacedBlock, ...]]:
    """The stored text and where each block stands in it."""
    texts: list[str] = []
    blocks: list[PlacedBlock] = []
    length = 0
    for number, piece in enumerate(pieces):
        if number:
            space = "\n" if piece.kind in _TIGHT and pieces[number - 1].kind is piece.kind else "\n\n"
            texts.append(space)
            length += len(space)
        blocks.extend(_placed(piece, length))
        texts.append(piece.text)
        length += len(piece.text)
    return "".join(texts), tuple(blocks)


def _placed(piece: Piece, start: int) -> Iterator[PlacedBlock]:
    bounds = [offset for offset, _ in piece.pages[1:]] if piece.kind is not BlockKind.HEADING else []
    begin = 0
    for (_, page), end in zip(piece.pages, [*bounds, len(piece.text)], strict=False):
        part = piece.text[begin:end]
        last = piece.last_page if piece.kind is BlockKind.HEADING else page
        if part.strip():
            left = start + begin + len(part) - len(part.lstrip())
            yield PlacedBlock(piece.kind, left, left + len(part.strip()), page, last, piece.level, piece.row)
        begin = end


def _sections(text: str, blocks: Sequence[PlacedBlock]) -> tuple[Section, ...]:
    """Sections partition the text; the first, without a path, is the title and what precedes all headings."""
    begun = next((n for n, block in enumerate(blocks) if block.kind is not BlockKind.HEADING or block.level != 1), 0)
    heads = [block for block in blocks[begun:] if block.kind is BlockKind.HEADING]
    stack: list[tuple[int, str]] = []
    found: list[Section] = []
    starts = [block.start for block in heads] + [len(text)]
    if starts[0] > 0 or not heads:
        found.append(Section((), 0, starts[0], 0))
    for block, end in zip(heads, starts[1:], strict=True):
        stack = [above for above in stack if above[0] < block.level]
        stack.append((block.level, text[block.start : block.end]))
        found.append(Section(tuple(name for _, name in stack), block.start, end, block.level))
    return tuple(found)
