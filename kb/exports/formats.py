"""The formats people and programs take things away in, one row each: what it is called, and what can be written in it.

A new format is a module beside this one, of pure functions, and its row here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kb.exports.csv_table import write_csv
from kb.exports.exported import ExportedDocument, Table
from kb.exports.json_values import write_answer, write_document
from kb.search.answers import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format. None stands for what cannot be written in it; `name` is also the ending of its files."""

    name: str
    media_type: str
    answer: Callable[[Answer], bytes] | None = None
    document: Callable[[ExportedDocument], bytes] | None = None
    table: Callable[[Table], bytes] | None = None


JSON = Format(name="json", media_type="application/json", answer=write_answer, document=write_document)
CSV = Format(name="csv", media_type="text/csv; charset=utf-8", table=write_csv)
FORMATS = {each.name: each for each in (JSON, CSV)}
