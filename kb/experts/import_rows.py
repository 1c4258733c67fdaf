"""Rows of experts that are read in: from a table or from JSON lines, each an expert, or a fault with what to do."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from kb.errors import UsageError
from kb.experts.expert import Expert
from kb.experts.import_csv import CellError, RowError, expert_of, read_table
from kb.experts.profile_json import read_import
from kb.i18n.catalogue import LANGUAGES, _
from kb.vocabularies.concept import Scheme

MOST_ROWS = 10_000
_LONGEST_CODE = 64


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # the person looks after their profile themselves
    ERASED = "erased"  # the person had it erased
    REFUSED = "refused"  # there is a fault in it


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row: in which column or field, and what stands there."""

    ails: RowError
    column: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as read: a person with what imports call them and how they are reached, or a fault."""

    line: int
    code: str
    expert: Expert | None = None
    email: str = ""
    language: str = ""  # of the letter
    fault: RowFault | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows of a file. `unknown` are columns that nobody knows and that were not read."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()


def read(name: str, data: bytes, objectives: Scheme | None) -> Roster:
    """The rows of a file; its name tells what it is. Raises UsageError when it is no table of experts at all.

    A table states `objectives` by number.
    """
    ending = Path(name).suffix.lower()
    if ending == ".csv":
        table = read_table(data)
        roster = Roster(tuple(_from_cells(*row, objectives) for row in table.rows), table.unknown)
    elif ending in (".jsonl", ".ndjson", ".json"):
        roster = Roster(tuple(_from_lines(data)))
    else:
        raise UsageError(f"{name!r} is neither a table (.csv) nor JSON lines (.jsonl). Save it as CSV.")
    if len(roster.rows) > MOST_ROWS:
        raise UsageError(f"The file has {len(roster.rows)} rows; up to {MOST_ROWS} are read at a time. Split it.")
    return replace(roster, rows=tuple(_each_once(roster.rows)))


def _from_cells(line: int, cells: Mapping[str, str], extra: int, objectives: Scheme | None) -> Row:
    code, email = cells.get("code", ""), cells.get("email", "")
    if email and not code:  # the list of experts shows codes: nothing is to be read in it
        code = f"mail-{hashlib.sha256(email.casefold().encode()).hexdigest()[:12]}"
    if extra:
        return Row(line, code, fault=RowFault(RowError.CELLS, detail=str(extra)))
    if not code:
        return Row(line, "", fault=RowFault(RowError.MISSING, "code"))
    try:
        expert = expert_of(cells, objectives)
    except CellError as error:
        return Row(line, code, fault=RowFault(error.code, error.column, error.value))
    return _checked(Row(line, code, expert, email, cells.get("letter_language", "").lower()[:2]))


def _from_lines(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _line(number, line)


def _line(number: int, line: str) -> Row:
    code = ""
    try:
        row: Any = json.loads(line)
        if not isinstance(row, dict):
            return Row(number, "", fault=RowFault(RowError.LINE, detail="The line is not an object."))
        code = str(row.get("code") or row.get("id") or "")
        code, expert = read_import(row)
    except ValueError:
        return Row(number, code, fault=RowFault(RowError.LINE, detail="The line is not JSON in UTF-8."))
    except UsageError as error:
        return Row(number, code, fault=RowFault(RowError.LINE, detail=str(error)))
    return _checked(Row(number, code, expert, str(row.get("email") or ""), str(row.get("letter_language") or "")))


def _checked(row: Row) -> Row:
    """The row, or what is wrong with its code and address."""
    at, dot = row.email.partition("@")[2], row.email.rpartition(".")[2]
    if row.email and not (at and dot and "." in at and not set(row.email) & set(" ,;<>\"'()")):
        return replace(row, expert=None, fault=RowFault(RowError.EMAIL, "email", row.email))
    if len(row.code) > _LONGEST_CODE:
        return replace(row, expert=None, fault=RowFault(RowError.VALUE, "code", row.code[:_LONGEST_CODE]))
    return replace(row, language=row.language if row.language in LANGUAGES else "")


def _each_once(rows: Iterable[Row]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for row in rows:
        if row.fault is None and row.code in seen:
            yield replace(row, expert=None, fault=RowFault(RowError.TWICE, "code", str(seen[row.code])))
        else:
            seen.setdefault(row.code, row.line)
            yield row


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("JSON lines are read in UTF-8, and this file is not in it. Save it so.") from error


def advice(fault: RowFault) -> str:
    """What is wrong with a row and what to do, in English, for the command line."""
    return ADVICE[fault.ails] % {"column": fault.column, "detail": fault.detail}


ADVICE: dict[RowError, str] = {
    RowError.MISSING: _(
        "The column “%(column)s” is empty. Fill it in; a row needs a name, and a code or an e-mail address."
    ),
    RowError.VALUE: _(
        "In the column “%(column)s” stands “%(detail)s”, which cannot be there. The second row of the template tells "
        "what can."
    ),
    RowError.COUNTRY: _(
        "In the column “%(column)s” stands “%(detail)s”, which is no country. Write its name, or three letters as PER."
    ),
    RowError.EMAIL: _("“%(detail)s” is no e-mail address. Write one of the form name@example.org, or leave it empty."),
    RowError.CELLS: _(
        "The row has %(detail)s more cells than there are columns. Put quotation marks around what holds the sign that "
        "separates columns."
    ),
    RowError.TWICE: _("The code stands in line %(detail)s already. Give each person a code of their own."),
    RowError.OTHER: _(
        "The address is the one of the person called %(detail)s here. Use that code, or another address."
    ),
    RowError.LINE: _("The line cannot be read: %(detail)s Correct it, and read the file in again."),
}
