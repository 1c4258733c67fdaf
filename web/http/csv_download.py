"""Tables to download as CSV."""

from collections.abc import Iterable, Sequence

from starlette.responses import Response

from kb.exports.csv_table import write_csv
from kb.exports.exported import CellValue, Table
from kb.exports.formats import CSV


def csv_file(
    name: str, header: Sequence[str], rows: Iterable[Sequence[CellValue]], *, public: bool = False, language: str = ""
) -> Response:
    """A CSV file to download; kept by nobody on the way unless it is `public`. `language` is that of its words."""
    kept = "no-cache" if public else "no-store"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": kept}
    headers |= {"Content-Language": language} if language else {}
    return Response(write_csv(Table(header, list(rows))), media_type=CSV.media_type, headers=headers)
