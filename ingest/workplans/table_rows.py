"""Rows of a workplan's tables: which rows are one line of the workplan, and where its last value ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Piece
from ingest.workplans.row_labels import Opener, opener_of, role_of
from kb.documents.models import BlockKind
from kb.text.folding import fold_in_place

_DONE = (
    "en curso|en fase de desarrollo|en desarrollo|en preparacion|finalizado|finalizada|completado|completada|concluido"
    "|pendiente|por confirmar|ongoing|on-going|in progress|in development|under development|in preparation|completed"
    "|planned|pending|not started|en cours|en cours d'elaboration|en preparation|acheve|termine|prevu"
)
STATUS_DONE = re.compile(rf"(?:{_DONE})[ .]*")
_STATUS_TAIL = re.compile(rf"(?:{_DONE})(?: (?=[A-ZÁÉÍÓÚÑÀÇ0-9]))", re.IGNORECASE)
_TAIL = re.compile(r"(?<=[\w)])\s(?=\d{1,2}[.:] {1,3}[A-ZÁÉÍÓÚÑÀÇ]\w|(?:Anexo|Annexe?|ANEXO|ANNEXE?)\b)")
NUMBERED_HEAD = re.compile(r"\d{1,2}[.:]\s{1,3}[A-ZÁÉÍÓÚÑÀÇ]\w|(?:Anexo|Annexe?|ANEXO|ANNEXE?)\b")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as found: its label ("" for title and description), its role and the text of its value."""

    label: str
    role: str
    parts: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of a workplan in the stream: its opener as written, its rows, and what follows it by mistake."""

    opener: Opener
    title: str
    page: int | None
    rows: tuple[Row, ...]
    rest: tuple[Piece, ...]


# --- tables that are tables ------------------------------------------------------------------------


def from_cells(pieces: Sequence[Piece], index: int) -> tuple[FoundLine | None, int]:
    cells = pieces[index].cells
    opener = opener_of(cells[0]) if cells else None
    if opener is None:
        return None, index + 1
    rows = [Row("", "title", tuple(_cell_parts(pieces[index])))]
    after = index + 1
    while after < len(pieces) and pieces[after].kind is BlockKind.TABLE_ROW and pieces[after].cells:
        label = " ".join(pieces[after].cells[0].rstrip(" :").split())
        if opener_of(label):
            break
        _add_row(rows, label, tuple(_cell_parts(pieces[after])))
        after += 1
    if not any(row.role in ("activities", "objectives", "timeline") for row in rows):
        return None, index + 1
    rest = _cut_tail(rows)
    return FoundLine(opener, " ".join(cells[0].split()), pieces[index].page, tuple(rows), rest), after


def _cell_parts(row: Piece) -> Iterator[Piece]:
    value = "\n".join(dict.fromkeys(cell for cell in row.cells[1:] if cell.strip()))
    for line in value.split("\n"):
        if line.strip():
            yield replace(row, kind=BlockKind.LINE, text=line.strip(), cells=(), gap=0)


def _add_row(rows: list[Row], label: str, parts: tuple[Piece, ...]) -> None:
    """Adds a row, or what a page break or a merged cell cut off the one before."""
    whole = f"{rows[-1].label} {label}".strip()
    if not label or (not role_of(label) and not parts and role_of(whole)) or _completes(rows[-1], label, whole):
        rows[-1] = Row(whole, role_of(whole) or rows[-1].role, rows[-1].parts + parts)
    else:
        rows.append(Row(label, role_of(label), parts))


def _completes(row: Row, label: str, whole: str) -> bool:
    return bool(row.label) and not row.role and label[:1].islower() and bool(role_of(whole))


def _cut_tail(rows: list[Row]) -> tuple[Piece, ...]:
    """Takes off the last row what the next section's heading glued to it; returns it as paragraphs."""
    last = rows[-1]
    if last.role not in ("status", "interest") or not last.parts:
        return ()
    first = last.parts[0]
    cut = tail_start(last.role, first.text)
    if cut is None and (len(last.parts) == 1 or not STATUS_DONE.fullmatch(fold_in_place(first.text))):
        return ()
    kept, tail = (first, ()) if cut is None else (first.slice(0, cut), (first.slice(cut),))
    rows[-1] = replace(last, parts=(kept,))
    return tuple(replace(part, gap=int(not n)) for n, part in enumerate((*tail, *last.parts[1:])))


def tail_start(role: str, text: str) -> int | None:
    """Where the value of a last row ends and the next heading begins, on the same line."""
    match = _STATUS_TAIL.match(folded_same(text)) if role == "status" else None
    if match is not None and match.end() < len(text) and (text[match.end()].isupper() or text[match.end()].isdigit()):
        return match.end()
    found = _TAIL.search(text)
    return found.end() if found else None


def folded_same(text: str) -> str:
    """Folded only when offsets survive it; case stays, so that a capital can be seen."""
    plain = fold_in_place(text)
    if len(plain) != len(text):
        return text
    return "".join(p.upper() if c.isupper() else p for p, c in zip(plain, text, strict=True))
