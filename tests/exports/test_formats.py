"""The table of formats: each is called by its name and writes what it says it can."""

import json

import pytest

from kb.exports.exported import Table
from kb.exports.formats import CSV, FORMATS, JSON
from kb.exports.json_values import answer_json
from kb.search.answers import Answer, Query


def test_formats_are_found_by_their_names() -> None:
    assert {name: each.name for name, each in FORMATS.items()} == {name: name for name in FORMATS}
    assert all(each.answer or each.document or each.table for each in FORMATS.values())


def test_an_answer_is_written_as_its_values() -> None:
    answer = Answer(Query("niñez"), (), 0, (), 1.0)
    assert JSON.answer is not None
    assert json.loads(JSON.answer(answer)) == answer_json(answer)
    assert "niñez".encode() in JSON.answer(answer)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A1", "'@A1"),
        ("\tx", "'\tx"),
        (-1, "-1"),
        (None, ""),
        ('a "b", c', '"a ""b"", c"'),
    ],
)
def test_no_cell_is_a_formula(cell: str | int | None, written: str) -> None:
    assert CSV.table is not None
    assert CSV.table(Table(("ñ",), [(cell, 1)])).decode("utf-8-sig") == f"ñ\r\n{written},1\r\n"
    assert CSV.table(Table((cell, 1), [])).decode("utf-8-sig") == f"{written},1\r\n"


def test_a_table_begins_with_its_byte_order_mark() -> None:
    assert CSV.table is not None
    assert CSV.table(Table(("ñ",), [])) == b"\xef\xbb\xbf" + "ñ\r\n".encode()
