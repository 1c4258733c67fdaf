"""Objectives that lines of a document say they treat, whether or not the document as a whole is about them.

A line is a heading, a row of a table, an item of a list, a short paragraph or a sentence. It states what it treats
where it names objectives by number and is a heading, is short, names several at once, or begins with them; what long
sentences mention on their way, and footnotes, do not count. A list that goes through nearly all objectives treats none
of them in particular: its lines are kept, `general`, and count nowhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from kb.documents.models import BlockKind, Document, Passage, PlacedBlock, Statement, Tag, TagState
from kb.text.sentences import sentence_spans
from kb.vocabularies.concept import Scheme
from kb.vocabularies.descriptions import describes, profiles_of
from kb.vocabularies.number_lists import numbers_in, read_list
from kb.vocabularies.numbered_references import Reference, References

SCHEME = "objectives"
VERSION = 1  # of these rules; documents read by older ones are read again
_SHORT = 200  # characters of a line that is all statement
_LEAD = 2  # words that may stand before what a line begins with, as "• El" does
_CELL = " | "
_BLANK = 3  # characters of a cell that holds no value, as "n/a"


@dataclass(frozen=True, slots=True)
class _Named:
    """An objective named in the block at `place`; `general`: in one breath with nearly all others."""

    place: int
    notation: str
    start: int
    end: int
    general: bool = False


def statements(document: Document, passages: Sequence[Passage], scheme: Scheme) -> tuple[Statement, ...]:
    """The lines of a document that state which objectives, the concepts of `scheme`, they treat, in order."""
    references = _references(scheme)
    found = [*_named(document, references), *_in_columns(document, references)]
    stated = [list(lines) for _place, lines in groupby(sorted(found, key=_order), key=lambda one: one.place)]
    general = _going_through_all(document.blocks, stated, references.most)
    placed = (_placed(one, document, passages, one.place in general) for lines in stated for one in lines)
    return tuple(dict.fromkeys(one for one in placed if one is not None))


def beside(stated: Sequence[Statement], about: Sequence[Tag]) -> list[Statement]:
    """The lines that treat an objective which the document is not `about`, by tags that nobody rejected."""
    known = {tag.notation for tag in about if tag.scheme == SCHEME and tag.state is not TagState.REJECTED}
    return [one for one in stated if not one.general and one.notation not in known]


def _order(one: _Named) -> tuple[int, int]:
    return one.place, one.start


def _named(document: Document, references: References) -> Iterator[_Named]:
    """What running text names, where it states what it treats."""
    blocks = document.blocks
    found = references.find_all(document.text, [(block.start, block.end) for block in blocks])
    place = 0
    for each in found:
        while blocks[place].end <= each.start:
            place += 1
        if each.certain and _states(document.text, blocks[place], each):
            yield _Named(place, each.notation, *each.number, each.beside > references.most)


def _states(text: str, block: PlacedBlock, reference: Reference) -> bool:
    if block.kind is BlockKind.FOOTNOTE:
        return False
    return (
        block.kind is BlockKind.HEADING
        or reference.beside > 1
        or block.end - block.start <= _SHORT
        or len(text[block.start : reference.start].split()) <= _LEAD
    )


def _in_columns(document: Document, references: References) -> Iterator[_Named]:
    """Numbers in a column of a table whose head says that they are objectives of the scheme."""
    heads: dict[int, bool] = {}  # by place among the cells: whether what stands over the numbers there is such a head
    above: list[tuple[int, int]] = []
    for place, block in enumerate(document.blocks):
        cells = _cells(document.text, block) if block.kind is BlockKind.TABLE_ROW else []
        heads = heads if cells else {}
        for column, (start, end) in enumerate(cells):
            if not numbers_in(document.text[start:end]):
                if end - start > _BLANK:  # another head
                    heads.pop(column, None)
                continue
            if column not in heads and column < len(above):
                heads[column] = _is_head(document.text[slice(*above[column])], references)
            if heads.get(column):
                yield from _listed(document.text, place, start, end, references)
        above = cells


def _listed(text: str, place: int, start: int, end: int, references: References) -> Iterator[_Named]:
    known = {item.number: item for item in read_list(text, start, end) if item.number in references.names.numbers}
    for number, item in known.items():
        yield _Named(place, references.names.numbers[number], item.start, item.end, len(known) > references.most)


def _cells(text: str, block: PlacedBlock) -> list[tuple[int, int]]:
    """Where the cells of a row stand: its label, and what follows a colon, parted by bars."""
    at = block.start
    found = []
    if block.row and text.startswith(f"{block.row}: ", at):
        found.append((at, at + len(block.row)))
        at += len(block.row) + 2
    for cell in text[at : block.end].split(_CELL):
        found.append((at, at + len(cell)))
        at += len(cell) + len(_CELL)
    return found


def _is_head(cell: str, references: References) -> bool:
    """Whether a cell says that objectives of the scheme, and not of somebody else, stand below: "Objetivos del PMM"."""
    if not cell or any(character.isdigit() for character in cell) or len(cell) > _SHORT:
        return False
    asked = f"{cell} {next(iter(references.names.numbers), 1)}"
    return any(each.certain and each.start == 0 for each in references.find(asked, [(0, len(asked))]))


def _going_through_all(blocks: Sequence[PlacedBlock], stated: Sequence[Sequence[_Named]], most: int) -> frozenset[int]:
    """Places of the lines of lists that go through nearly all objectives: short ones that follow each other."""
    short = [lines for lines in stated if blocks[lines[0].place].end - blocks[lines[0].place].start <= _SHORT]
    numbered = enumerate(short)
    runs = (list(run) for _key, run in groupby(numbered, key=lambda pair: pair[1][0].place - pair[0]))
    found = {one.place for lines in stated for one in lines if one.general}
    for run in runs:
        named = [one for _number, lines in run for one in lines]
        if len({one.notation for one in named}) > most:
            found |= {one.place for one in named}
    return frozenset(found)


def _placed(one: _Named, document: Document, passages: Sequence[Passage], general: bool) -> Statement | None:
    """What is kept of it; None where no passage shows the line."""
    start, end = _line(document, document.blocks[one.place], one)
    passage = next((each for each in passages if each.end > one.start), None)
    if passage is None:
        return None
    said = max(one.start, start), min(one.end, end)
    return Statement(one.notation, passage.number, start, end, said, document.text[start:end], general)


def _line(document: Document, block: PlacedBlock, one: _Named) -> tuple[int, int]:
    """The block, or the sentence of it that names the objective where the block is long."""
    if block.end - block.start <= _SHORT:
        return block.start, block.end
    spans = sentence_spans(document.text, block.start, block.end)
    return next(((s, e) for s, e in spans if s <= one.start < e), (block.start, block.end))


@lru_cache(maxsize=4)
def _references(scheme: Scheme) -> References:
    profiles = profiles_of(scheme)
    places = {concept.notation: place for place, concept in enumerate(scheme.concepts)}
    return References(scheme, lambda _scheme, notation, text: describes(profiles, places[notation], text))
