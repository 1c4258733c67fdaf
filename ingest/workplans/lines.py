"""Lines of a workplan (lineamientos): as sections of a document, and read back from it as values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.blocks import Piece, joined
from ingest.workplans.flattened_tables import from_lines
from ingest.workplans.row_labels import opener_at, role_of
from ingest.workplans.table_rows import FoundLine, Row, from_cells
from kb.documents.models import BlockKind, Document, PlacedBlock, Section
from kb.text.folding import fold_in_place
from kb.text.word_lists import SMALL_WORDS
from kb.vocabularies.concept import Scheme
from kb.vocabularies.number_lists import notations_in

LINE_LEVEL = 6  # a line is the innermost heading, under whatever group it stands in
_ITEM = re.compile(r"(?:\d{1,2}[).]|[a-z]\)|[ivx]{1,4}\)|[•–—-])\s")
_INLINE_BULLET = re.compile(r"\s+•\s+")
_AREA_NUMBER = re.compile(r"\d{1,2}\s*[:.–-]")
_ARTICLE = re.compile(r"(?:El|La|Los|Las|Un|Una|Se|En|Le|Les|Un|Une|The|This|Cada|Con|Este|Esta)")
_INFINITIVE = re.compile(r"[A-ZÁÉÍÓÚ][a-záéíóúñü]+(?:ar|er|ir)(?:se)?")
_ACTIVITY = re.compile(r"(?:\d{1,2}[).])\s")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a workplan as its document states it; offsets point into the text of the document.

    `kind` is core, thematic, cross-cutting or "" (not said); `annex` tells proposals for the future.
    """

    number: str
    kind: str
    annex: bool
    title: str
    description: str
    objectives: tuple[str, ...]
    area: tuple[str, ...]
    timeline: str
    activities: tuple[str, ...]
    leads: str
    participants: str
    interest: str
    status: str
    start: int
    end: int


# --- into the document -----------------------------------------------------------------------------


def with_lines(pieces: Sequence[Piece], words: frozenset[str]) -> list[Piece]:
    """`pieces` where each line of a workplan is a heading with a description and labelled rows."""
    found: list[Piece] = []
    for piece in _gathered(pieces):
        found.extend(_line_pieces(piece, words) if isinstance(piece, FoundLine) else (piece,))
    return found


def _gathered(pieces: Sequence[Piece]) -> Iterator[Piece | FoundLine]:
    """`pieces` with each line of a workplan gathered into one `FoundLine`; all else as it was."""
    index = 0
    while index < len(pieces):
        reader = from_cells if pieces[index].kind is BlockKind.TABLE_ROW else from_lines
        found, index_after = reader(pieces, index)
        yield pieces[index] if found is None else found
        index = index_after


def _line_pieces(found: FoundLine, words: frozenset[str]) -> Iterator[Piece]:
    parts = found.rows[0].parts
    whole = joined(parts, words) if parts else Piece(BlockKind.LINE, "", ((0, found.page),))
    cut = title_end(whole.text) if len(parts) < 2 or parts[0].kind is BlockKind.LINE else len(whole.text)
    title = f"{found.title}: {whole.text[:cut].strip()}".rstrip(": ")
    yield Piece(BlockKind.HEADING, title, ((0, found.page),), LINE_LEVEL)
    if whole.text[cut:].strip():
        yield replace(whole.slice(cut), kind=BlockKind.PARAGRAPH, gap=0)
    for row in found.rows[1:]:
        yield from _row_pieces(row, words)
    yield from found.rest


def title_end(text: str) -> int:
    """Where the title of a line ends and its description begins, when both share a cell.

    A description begins with a verb or an article in capitals after a word that ends no phrase.
    """
    tokens = list(re.finditer(r"\S+", text[:3000]))
    for before, token in pairwise(tokens):
        word = token.group().rstrip(",;:")
        if not word[0].isupper() or not (_ARTICLE.fullmatch(word) or _INFINITIVE.fullmatch(word)):
            continue
        if before.group().casefold() in SMALL_WORDS or (before.group()[-1] in ",;:(/–—" and len(tokens) > 1):
            continue
        if len(text[token.start() :].split()) >= 6 and len(text[: token.start()].split()) >= 3:
            return token.start()
    return len(text)


def _row_pieces(row: Row, words: frozenset[str]) -> Iterator[Piece]:
    """A row as pieces: "label: value", and one more piece for each further item of the value."""
    items = [item for group in _items(row) for item in _split_bullets(joined(group, words))]
    if row.role == "area":
        items = [_area(item, row.label) for item in items]
    for number, item in enumerate(items):
        prefix = f"{row.label}: " if number == 0 and row.label else ""
        pages = ((0, item.page), *((offset + len(prefix), page) for offset, page in item.pages[1:]))
        yield Piece(BlockKind.TABLE_ROW, prefix + item.text, pages, row=row.label or row.role)


def _area(item: Piece, label: str) -> Piece:
    """The value of an area as a phrase of its own: "Esfera temática 2: …", not "2: …"."""
    if not _AREA_NUMBER.match(item.text):
        return item
    pages = ((0, item.page), *((offset + len(label) + 1, page) for offset, page in item.pages[1:]))
    return replace(item, text=f"{label} {item.text}", pages=pages)


def _items(row: Row) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for part in row.parts:
        if group and _ITEM.match(part.text):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _split_bullets(item: Piece) -> Iterator[Piece]:
    start = 0
    for match in _INLINE_BULLET.finditer(item.text):
        yield item.slice(start, match.start())
        start = match.end() - 2
    yield item.slice(start)


# --- and back out of it ----------------------------------------------------------------------------


def find_lines(document: Document, objectives: Scheme) -> tuple[Line, ...]:
    """The lines of a workplan in `document`, in order; empty for any other document."""
    blocks = iter(document.blocks)
    block = next(blocks, None)
    found: list[Line] = []
    for section in document.sections:
        inside: list[PlacedBlock] = []
        while block is not None and block.start < section.end:
            if block.start >= section.start:
                inside.append(block)
            block = next(blocks, None)
        line = _line_of(document, section, inside, objectives) if section.path else None
        if line is not None:
            found.append(line)
    return tuple(found)


def _line_of(document: Document, section: Section, blocks: Sequence[PlacedBlock], objectives: Scheme) -> Line | None:
    opened = opener_at(section.path[-1])
    rows = _rows_by_role(document, blocks)
    if opened is None or not ({"objectives", "activities", "timeline"} & rows.keys()):
        return None
    opener, end = opened
    leads = rows.get("leads", [])
    participants = rows.get("participants", []) or leads[1:]
    return Line(
        number=opener.number,
        kind=opener.kind,
        annex=any(fold_in_place(part).startswith(("anexo", "annex")) for part in section.path),
        title=section.path[-1][end:].lstrip(" :"),
        description=" ".join(rows.get("description", [])),
        objectives=notations_in(" ".join(rows.get("objectives", [])), objectives),
        area=tuple(rows.get("area", [])),
        timeline=" ".join(rows.get("timeline", [])),
        activities=_activities(rows.get("activities", [])),
        leads=leads[0] if leads else "",
        participants=" ".join(participants),
        interest=" ".join(rows.get("interest", [])),
        status=" ".join(rows.get("status", [])),
        start=section.start,
        end=section.end,
    )


def _rows_by_role(document: Document, blocks: Sequence[PlacedBlock]) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for number, block in enumerate(blocks):
        text = document.text[block.start : block.end]
        role = role_of(block.row) if block.kind is BlockKind.TABLE_ROW else "description"
        if block.kind is BlockKind.HEADING or not role:
            continue
        value = text.removeprefix(f"{block.row}: ") if block.row else text
        continued = number and document.text[blocks[number - 1].end : block.start] == " "
        if continued and rows.get(role):
            rows[role][-1] += f" {value}"
        else:
            rows.setdefault(role, []).append(value)
    return rows


def _activities(items: Sequence[str]) -> tuple[str, ...]:
    """Numbered activities; what is listed under one belongs to it."""
    found: list[str] = []
    for item in items:
        if found and not _ACTIVITY.match(item):
            found[-1] = f"{found[-1]}\n{item}"
        else:
            found.append(item)
    return tuple(found)
