"""Tables to download as CSV, which a spreadsheet opens without taking a cell for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

Cell = str | int | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run (OWASP, CSV injection)


def csv_file(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, public: bool = False, language: str = ""
) -> Response:
    """A CSV file to download; kept by nobody on the way unless it is `public`. `language` is that of its words."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerows([_plain(cell) for cell in row] for row in (header, *rows))
    kept = "no-cache" if public else "no-store"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": kept}
    headers |= {"Content-Language": language} if language else {}
    # With its byte order mark, so that spreadsheets read the accents.
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
