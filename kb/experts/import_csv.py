"""A table of experts in CSV, read from whatever a spreadsheet makes of it."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import TypeVar

import pycountry
from babel import Locale

from kb.errors import RefusedError, UsageError
from kb.experts.expert import Expert, LanguageLevel, OrganisationKind
from kb.experts.import_columns import COLUMNS, KINDS, LEVELS, SUPPORTS, compared, names_of
from kb.experts.organisations import split_names
from kb.experts.profile_json import STATEMENT
from kb.experts.works import Work
from kb.i18n.catalogue import LANGUAGES
from kb.places.countries import countries, find_countries
from kb.text.decoding import NotATextError, decode
from kb.text.folding import fold
from kb.text.language import language_of
from kb.vocabularies.concept import Scheme
from kb.vocabularies.number_lists import notations_in

_Value = TypeVar("_Value", bound=Enum)
_SEPARATORS = (";", ",", "\t")
_BETWEEN = re.compile(r"[;|,/\n]")  # values of one cell
_YEAR = re.compile(r"\s*\(((?:19|20)\d\d)\)\s*$")
_LONGEST = 20_000  # characters of a cell
_OTHER_NAMES = {"organization": "organisation", "e-mail": "email", "mail": "email", "correo electronico": "email"}


class RowError(StrEnum):
    """What is wrong with a row; `detail` of the fault says where."""

    MISSING = "missing"  # a column is empty
    VALUE = "value"  # a value is none of those that can be chosen
    COUNTRY = "country"
    EMAIL = "email"
    CELLS = "cells"  # more cells than columns
    TWICE = "twice"  # the code stands in an earlier row
    OTHER = "other"  # the address is another person's here
    LINE = "line"  # no object in JSON, or a field of it does not fit


class CellError(RefusedError):
    """A cell does not fit."""

    code: RowError

    def __init__(self, code: RowError, column: str, value: str = "") -> None:
        super().__init__(code, f"The column {column} cannot hold {value!r}.")
        self.column, self.value = column, value[:80]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as (line, cells by column, how many cells there are too many), and headings that nobody knows."""

    rows: tuple[tuple[int, Mapping[str, str], int], ...]
    unknown: tuple[str, ...]


def read_table(data: bytes) -> Table:
    """The rows of a table. Raises UsageError when it has no row of headings with a name among them."""
    try:
        text = decode(data).text
    except NotATextError as error:
        raise _no_headings() from error
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # how some spreadsheets say it
        separator, text, skipped = first.strip()[4:5] or ",", rest, 1
    else:
        separator, skipped = max(_SEPARATORS, key=_outside_quotes(first).count), 0
    _require_closed_quotes(text, separator)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        headings = [_column(heading) for heading in next(reader, [])]
        if "name" not in headings:
            raise _no_headings()
        rows = tuple(_rows(reader, headings, skipped))
    except csv.Error as error:
        raise UsageError(f"The table cannot be read ({error}). Save it as CSV again.") from error
    known = {column.name for column in COLUMNS}
    return Table(rows, tuple(heading for heading in headings if heading and heading not in known))


def expert_of(cells: Mapping[str, str], objectives: Scheme | None) -> Expert:
    """The person of a row. Raises CellError."""
    name = cells.get("name", "")
    if not name:
        raise CellError(RowError.MISSING, "name")
    statement = cells.get("statement", "")
    works = tuple(_work(title) for part in re.split(r"[|\n]", cells.get("works", "")) if (title := part.strip()))
    if not works and statement:
        works = (Work(0, "", statement, language_of(statement), STATEMENT),)
    country = cells.get("country", "")
    return Expert(
        id=0,
        name=name,
        organisation=cells.get("organisation", ""),
        kind=_one(KINDS, cells.get("kind", ""), "kind") if cells.get("kind") else OrganisationKind.CIVIL_SOCIETY,
        country=_country(country, "country") if country else "",
        countries=tuple(dict.fromkeys(_country(each, "countries") for each in _several(cells, "countries"))),
        gender=cells.get("gender", ""),
        languages=tuple(dict(_spoken(each) for each in _several(cells, "languages")).items()),
        objectives=tuple(dict.fromkeys(_objective(each, objectives) for each in _several(cells, "objectives"))),
        supports=tuple(dict.fromkeys(_one(SUPPORTS, each, "supports") for each in _several(cells, "supports"))),
        statement=statement,
        works=works,
        aliases=split_names(cells.get("aliases", "")),
    )


def _require_closed_quotes(text: str, separator: str) -> None:
    """Refuse a table where a quotation mark is not closed: the words of one person would become those of another."""
    lines = text.split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator)
    before = 0
    try:
        for _cells in reader:
            if reader.line_num - before > 1:
                list(
                    csv.reader(
                        [f"{line}\n" for line in lines[before : reader.line_num]], delimiter=separator, strict=True
                    )
                )
            before = reader.line_num
    except csv.Error as error:
        raise UsageError(f"A quotation mark that opens in line {before + 1} of the table is not closed.") from error


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _column(heading: str) -> str:
    """What programs call a column; as it stands where nobody knows it."""
    plain = compared(heading)
    for column in COLUMNS:
        if plain == column.name or plain in names_of(column.heading):
            return column.name
    return _OTHER_NAMES.get(plain, heading.strip())


def _rows(
    reader: "Iterable[Sequence[str]]", headings: Sequence[str], skipped: int
) -> Iterable[tuple[int, Mapping[str, str], int]]:
    for cells in reader:
        line = skipped + int(getattr(reader, "line_num", 0))
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        extra = sum(bool(cell.strip()) for cell in cells[len(headings) :])
        pairs = zip(headings, cells, strict=False)
        yield line, {name: _plain(cell) for name, cell in pairs if name}, extra


def _plain(cell: str) -> str:
    """A cell without stray spaces; lines stay where several values stand below each other."""
    return "\n".join(" ".join(line.split()) for line in cell.strip().splitlines())[:_LONGEST]


def _several(cells: Mapping[str, str], column: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cells.get(column, "")) if part.strip()]


def _one(words: Mapping[_Value, tuple[str, str]], written: str, column: str) -> _Value:
    plain = compared(written)
    for value, (name, others) in words.items():
        single, *phrases = others.split("|")
        own = (str(value.value).lower(), value.name.lower())
        if plain in names_of(name) or plain in (*single.split(), *phrases, *own):
            return value
    raise CellError(RowError.VALUE, column, written)


def _country(written: str, column: str) -> str:
    if len(written) == 3 and written.upper() in countries():
        return written.upper()
    found = find_countries(written if written[:1].isupper() else written.title())
    # "Bolivia (Estado Plurinacional de)" is meant, "Congo-Katanga" is not the Congo.
    if len({code for code, _start, _end in found}) != 1 or written[found[0][2] :].strip()[:1] not in (
        "",
        "(",
        ")",
        ",",
    ):
        raise CellError(RowError.COUNTRY, column, written)
    return found[0][0]


def _objective(written: str, objectives: Scheme | None) -> str:
    number = written.strip(". ")
    found = notations_in(number, objectives) if number.isascii() and number.isdecimal() else ()
    if not found:
        raise CellError(RowError.VALUE, "objectives", written)
    return found[0]


def _spoken(written: str) -> tuple[str, LanguageLevel]:
    """ "español fluido", "es: fluent", "fr (courant)"; without a level it is one to work in."""
    name, *level = re.split(r"[\s:(=-]+", written.strip(" )"), maxsplit=1)
    plain = fold(name)
    code = _language_codes().get(plain, "")
    if not code and len(plain) == 2 and pycountry.languages.get(alpha_2=plain) is not None:
        code = plain
    if not code:
        raise CellError(RowError.VALUE, "languages", written)
    return code, _one(LEVELS, level[0], "languages") if level and level[0] else LanguageLevel.WORKING


def _no_headings() -> UsageError:
    names = ", ".join(sorted(names_of("name")))
    return UsageError(
        f"The first row does not name the columns: one of them must be called {names}. "
        "Take the template, and keep its first row."
    )


@cache
def _language_codes() -> Mapping[str, str]:
    """ISO 639-1 codes by the names of languages in the languages of the interface."""
    named = ((fold(name), code) for of in LANGUAGES for code, name in Locale.parse(of).languages.items())
    return {"castellano": "es", **{name: code for name, code in named if len(code) == 2}}


def _work(title: str) -> Work:
    year = _YEAR.search(title)
    plain = _YEAR.sub("", title)
    return Work(0, plain[:500], "", language_of(plain), "publication", int(year[1]) if year else None)
