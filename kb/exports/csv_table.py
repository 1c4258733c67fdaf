"""Tables as CSV, which a spreadsheet opens without taking a cell for a formula."""

import csv
import io

from kb.exports.exported import CellValue, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run (OWASP, CSV injection)


def write_csv(table: Table) -> bytes:
    """A table in UTF-8 with its byte order mark, so that spreadsheets read the accents."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerows([_plain(cell) for cell in row] for row in (table.header, *table.rows))
    return written.getvalue().encode("utf-8-sig")


def _plain(cell: CellValue) -> CellValue:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
