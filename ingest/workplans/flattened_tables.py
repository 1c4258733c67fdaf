"""Flattened tables of workplans: finds labels and values where extraction left only lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Piece
from ingest.workplans.row_labels import Opener, is_bare, label_words, opener_at
from ingest.workplans.table_rows import NUMBERED_HEAD, STATUS_DONE, FoundLine, Row, tail_start
from kb.documents.models import BlockKind
from kb.text.folding import fold_in_place

_TOKEN = re.compile(r"\S+")
_LOOK = 7  # lines a broken label may stretch over
_LONGEST = 400  # lines one line of a workplan may have
_FIRST_WORDS = ("lineamiento", "linea", "work", "core", "them", "cross", "axe", "volet", "ligne", "domaine")


def from_lines(pieces: Sequence[Piece], index: int) -> tuple[FoundLine | None, int]:
    if pieces[index].kind is not BlockKind.LINE or not pieces[index].text[:1].isupper():
        return None, index + 1
    opened = _opener(pieces, index)
    if opened is None:
        return None, index + 1
    opener, title, line, offset = opened
    rows, after, rest = _read_rows(pieces, line, offset)
    if sum(1 for row in rows if row.role in ("activities", "objectives", "timeline", "area")) < 2:
        return None, index + 1
    return FoundLine(opener, title, pieces[index].page, tuple(rows), rest), after


def _window(pieces: Sequence[Piece], index: int) -> Iterator[tuple[int, re.Match[str]]]:
    """The words of the next few lines, each with the index of its line."""
    for line in range(index, min(index + _LOOK, len(pieces))):
        if pieces[line].kind is not BlockKind.LINE:
            return
        for token in _TOKEN.finditer(pieces[line].text, 0, 200):
            yield line, token


def _opener(pieces: Sequence[Piece], index: int) -> tuple[Opener, str, int, int] | None:
    """The opener at `index`, its words, and the line and offset where it ends."""
    head = pieces[index].text[:90]
    if not fold_in_place(head).startswith(_FIRST_WORDS):
        return None
    words: list[tuple[int, re.Match[str]]] = []
    for word in _window(pieces, index):
        words.append(word)
        if len(words) == 8:
            break
    found = opener_at(" ".join(token.group() for _, token in words))
    if found is None:
        return None
    length = -1
    for line, token in words:
        length += len(token.group()) + 1
        if length >= found[1]:
            title = " ".join(t.group() for _, t in words)[: found[1]].rstrip(" :.")
            return found[0], title, line, token.end()
    return None


def _read_rows(pieces: Sequence[Piece], line: int, offset: int) -> tuple[list[Row], int, tuple[Piece, ...]]:
    """Rows from `offset` of `line` to the next opener or the end of the last row, the index after, the rest."""
    label, role = "", "title"
    rows: list[Row] = []
    parts: list[Piece] = []
    removed: dict[int, int] = {}  # line → offset where its value begins, after the second half of a label
    limit = min(len(pieces), line + _LONGEST)
    while line < limit and pieces[line].kind is BlockKind.LINE:
        piece = pieces[line].slice(max(offset, removed.get(line, 0)))
        at_start = offset == 0 and line not in removed
        if at_start and (_opener(pieces, line) or _ends(role, parts, piece)):
            break
        found = _label(pieces, line, {row.role for row in rows} | {role}) if at_start else None
        if found is not None:
            rows.append(Row(label, role, tuple(parts)))
            label, role, parts = found.label, found.role, []
            line, offset = found.line, found.offset
            removed.update(found.removed)
            continue
        cut = tail_start(role, piece.text) if role in ("status", "interest") and not parts else None
        if cut is not None:
            rows.append(Row(label, role, (piece.slice(0, cut),)))
            return rows, line + 1, (replace(piece.slice(cut), gap=1),)
        if piece.text:
            parts.append(piece)
        line, offset = line + 1, 0
    rows.append(Row(label, role, tuple(parts)))
    return rows, line, ()


def _ends(role: str, parts: Sequence[Piece], piece: Piece) -> bool:
    """Whether `piece` no longer belongs to the value of a last row."""
    if role not in ("status", "interest") or not parts:
        return False
    value = " ".join(part.text for part in parts)
    done = role == "status" and STATUS_DONE.fullmatch(fold_in_place(value)) and not piece.text[:1].islower()
    return bool(done or piece.gap > 1 or NUMBERED_HEAD.match(piece.text) or piece.text.startswith("#"))


@dataclass(frozen=True, slots=True)
class _Label:
    label: str
    role: str
    line: int
    offset: int
    removed: dict[int, int]


def _label(pieces: Sequence[Piece], index: int, seen: set[str]) -> _Label | None:
    """The label of a row at the start of `index`, broken over lines or interrupted by a page break."""
    text = pieces[index].text
    if not text[:1].isupper():
        return None
    first = fold_in_place(text[:60]).split(maxsplit=1)[0].rstrip(":")
    candidates = label_words().get(first, ())
    if not candidates:
        return None
    window = list(_window(pieces, index))
    for words, role in candidates:
        matched = _matched(window, words)
        if matched == len(words):
            found = _whole(pieces, window, words, role)
        elif matched >= 2:
            found = _interrupted(pieces, window, words, role, matched)
        else:
            found = None
        if found is not None and _fits(role, seen):
            return found
    return None


def _fits(role: str, seen: set[str]) -> bool:
    """A row comes once; the area may come again, and leads where participants are meant."""
    return role not in seen or role == "area" or (role == "leads" and "participants" not in seen)


def _matched(window: Sequence[tuple[int, re.Match[str]]], words: Sequence[str]) -> int:
    count = 0
    for (_, token), word in zip(window, words, strict=False):
        if fold_in_place(token.group()).rstrip(":") != word:
            break
        count += 1
    return count


def _whole(
    pieces: Sequence[Piece], window: Sequence[tuple[int, re.Match[str]]], words: Sequence[str], role: str
) -> _Label | None:
    line, last = window[len(words) - 1]
    label = " ".join(token.group() for _, token in window[: len(words)]).rstrip(":")
    rest = pieces[line].text[last.end() :].lstrip()
    alone = not rest or last.group().endswith(":") or rest[0] == ":" or rest[0].isdigit()
    if is_bare(" ".join(words)) and not alone:
        return None
    offset = last.end() + (1 + pieces[line].text[last.end() :].index(":") if rest[:1] == ":" else 0)
    if offset >= len(pieces[line].text):
        return _Label(label, role, line + 1, 0, {})
    return _Label(label, role, line, offset, {})


def _interrupted(
    pieces: Sequence[Piece], window: Sequence[tuple[int, re.Match[str]]], words: Sequence[str], role: str, matched: int
) -> _Label | None:
    """A label whose second half stands at the top of the next page, after the beginning of the value."""
    line, last = window[matched - 1]
    rest = " ".join(words[matched:])
    for later in range(line + 1, min(line + _LOOK, len(pieces))):
        if pieces[later].page == pieces[line].page:
            continue
        if pieces[later].kind is BlockKind.LINE and (fold_in_place(pieces[later].text) + " ").startswith(rest + " "):
            tail = pieces[later].text[: len(rest)]
            label = " ".join([*(token.group() for _, token in window[:matched]), tail])
            offset, begin = (last.end(), line) if last.end() < len(pieces[line].text) else (0, line + 1)
            return _Label(label, role, begin, offset, {later: len(rest)})
        return None
    return None
