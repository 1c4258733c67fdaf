"""Passages: cuts a document into stretches that can answer a question, each under one heading, with its page."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.documents.models import BlockKind, Document, Passage, PlacedBlock, Section
from kb.text.language import language_of
from kb.text.sentences import clause_ends, sentence_ends, tokens_in

MOST = 200.0  # tokens a passage should have at most
LEAST = 60.0  # tokens below which a passage is joined to its neighbour, if it has one
HARD = 260.0  # tokens no passage exceeds
_SHORT = 40.0  # tokens of a list item that rather stays with the others
_SLICE = 700  # characters of a stretch in which nothing can be cut


@dataclass(frozen=True, slots=True)
class _Unit:
    """The smallest stretch that is not cut: a sentence, a list item, a row.

    It `opens` a block of the document or not; a short item of a list `clings` to the one before; what ends in a
    colon `leads` to what follows.
    """

    start: int
    end: int
    tokens: float
    opens: bool
    clings: bool
    leads: bool


def passages(document: Document) -> tuple[Passage, ...]:
    """The passages of `document` in order. Together they hold every character that is not heading or space."""
    blocks = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    starts = [block.start for block in blocks]
    sample = " ".join(document.text[block.start : block.end] for block in blocks[:60])
    hint = document.front.language or language_of(sample)
    found: list[Passage] = []
    for section in document.sections:
        inside = blocks[bisect_right(starts, section.start - 1) : bisect_right(starts, section.end - 1)]
        for start, end in _stretches(document.text, inside):
            found.append(_passage(document, section, inside, start, end, len(found) + 1, hint))
    return tuple(found)


def _passage(
    document: Document, section: Section, blocks: Sequence[PlacedBlock], start: int, end: int, number: int, hint: str
) -> Passage:
    text = document.text[start:end]
    starts = [block.start for block in blocks]
    first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
    page, page_end = blocks[first].page, blocks[last].page_end
    return Passage(number, start, end, text, section.path, page, page_end, language_of(text, hint))


def _stretches(text: str, blocks: Sequence[PlacedBlock]) -> Iterator[tuple[int, int]]:
    """(start, end) of the passages of one section, without outer whitespace."""
    for group in _packed(list(_units(text, blocks))):
        start, end = group[0].start, group[-1].end
        part = text[start:end]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


# --- units -----------------------------------------------------------------------------------------


def _units(text: str, blocks: Sequence[PlacedBlock]) -> Iterator[_Unit]:
    for start, end in _runs(text, blocks):
        opens, item = True, text[start - 1 : start] == "\n" and text[start - 2 : start] != "\n\n"
        for unit_start, unit_end in _cut(text, start, end):
            part = text[unit_start:unit_end]
            tokens = tokens_in(part)
            yield _Unit(
                unit_start, unit_end, tokens, opens, item and tokens < _SHORT, part.rstrip().endswith((":", "："))
            )
            opens = item = False


def _runs(text: str, blocks: Sequence[PlacedBlock]) -> Iterator[tuple[int, int]]:
    """Blocks, where those of one paragraph that a page break parted count as one."""
    start = end = -1
    for block in blocks:
        if start >= 0 and text[end : block.start] in (" ", ""):
            end = block.end
            continue
        if start >= 0:
            yield start, end
        start, end = block.start, block.end
    if start >= 0:
        yield start, end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences; of a sentence that is too long its clauses, of an endless clause slices."""
    for sentence in _parts(text, start, end, sentence_ends):
        if tokens_in(text[slice(*sentence)]) <= MOST:
            yield sentence
            continue
        for clause in _parts(text, *sentence, clause_ends):
            if tokens_in(text[slice(*clause)]) <= MOST:
                yield clause
            else:
                yield from _slices(text, *clause)


def _parts(text: str, start: int, end: int, ends: Callable[[str], Iterator[int]]) -> Iterator[tuple[int, int]]:
    before = start
    for offset in ends(text[start:end]):
        if start + offset > before:
            yield before, start + offset
        before = start + offset


def _slices(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches of a fixed size, cut at spaces where there are any."""
    while start < end:
        size = _SLICE if tokens_in(text[start : start + _SLICE]) <= MOST else _SLICE // 3
        cut = min(start + size, end)
        space = text.rfind(" ", start + size // 2, cut) if cut < end else -1
        cut = space + 1 if space > 0 else cut
        yield start, cut
        start = cut


# --- packing ---------------------------------------------------------------------------------------


def _packed(units: Sequence[_Unit]) -> Iterator[list[_Unit]]:
    """Units in groups of about equal size, closed at paragraphs rather than within them."""
    total = sum(unit.tokens for unit in units)
    left = total
    group: list[_Unit] = []
    size = 0.0
    for unit in units:
        if group and _closes(group[-1], size, unit, left):
            yield group
            group, size = [], 0.0
        group.append(unit)
        size += unit.tokens
        left -= unit.tokens
    if group:
        yield group


def _closes(last: _Unit, size: float, unit: _Unit, left: float) -> bool:
    """Whether to close a group of `size` after `last`, before `unit`; `left` is what the section still has."""
    if size + left <= MOST * 1.1:
        return False
    if size + unit.tokens > HARD or (size + unit.tokens > MOST and size >= LEAST):
        return True
    if left < LEAST:
        return size + left > HARD
    if last.leads or unit.clings:
        return False
    count = max(1, round((size + left) / (0.8 * MOST) + 0.3))
    ideal = (size + left) / count
    if unit.opens:
        return size >= 0.7 * ideal and size + 0.6 * unit.tokens > ideal
    return size >= LEAST and size + unit.tokens / 2 > 1.15 * ideal
