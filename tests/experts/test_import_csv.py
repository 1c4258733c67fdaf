"""Tables of experts as people send them: encodings, separators, headings in every language, rows that do not fit."""

import csv
import io
import json

import pytest
from babel import Locale

from kb.errors import UsageError
from kb.experts import import_rows
from kb.experts.expert import LanguageLevel, OrganisationKind, Support
from kb.experts.import_columns import KINDS, LEVELS, SUPPORTS, template
from kb.experts.import_csv import RowError, read_table
from kb.experts.import_rows import Roster, Row, advice
from kb.i18n.catalogue import LANGUAGES, say
from tests.support.site import taxonomy

LOCALES = {language: Locale.parse(language).languages["ru"] for language in LANGUAGES}
HEAD = "code,name,email,country,languages,objectives,kind,works,letter_language"


def read(name: str, data: bytes) -> Roster:
    return import_rows.read(name, data, taxonomy().scheme("objectives"))


def only(data: bytes, name: str = "people.csv") -> Row:
    rows = read(name, data).rows
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_whatever_a_spreadsheet_makes_of_it(encoding: str, separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(["código", "nombre", "país", "idiomas"])
    writer.writerow(["a", "Íñigo “Ñ” Ejemplo", "Perú", "español fluido, inglés básico"])
    row = only(out.getvalue().encode(encoding))
    assert row.expert is not None
    assert row.expert.name == "Íñigo “Ñ” Ejemplo"
    assert row.expert.country == "PER"
    assert row.expert.languages == (("es", LanguageLevel.FLUENT), ("en", LanguageLevel.BASIC))


def test_the_line_by_which_spreadsheets_name_the_separator() -> None:
    row = only(b"sep=;\r\nname;code\r\nAna;a\r\n")
    assert (row.line, row.code) == (3, "a")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_filled_in_is_read_and_as_it_comes_holds_nobody(language: str) -> None:
    empty = template(language)
    assert read("t.csv", empty).rows == ()
    separator = "," if language == "en" else ";"
    rows = list(csv.reader(io.StringIO(empty.decode("utf-8-sig")), delimiter=separator))
    sample = rows[2]
    sample[0] = "ana-1"  # over the mark that it is a sample
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([*rows[:2], sample])
    found = read("t.csv", out.getvalue().encode())
    assert found.unknown == ()
    expert = found.rows[0].expert
    assert expert is not None
    assert (expert.kind, expert.country, expert.objectives) == (OrganisationKind.ACADEMIA, "PER", ("13", "14"))
    assert expert.supports == (Support.ADVICE, Support.TRAINING)
    assert set(expert.countries) == {"CHL", "ECU"}
    assert (found.rows[0].email, found.rows[0].language) == ("ana@example.org", language)
    assert [work.year for work in expert.works] == [2021]
    assert len(expert.aliases) == 2


@pytest.mark.parametrize(
    ("line", "ails", "column"),
    [
        ("a,,,,,,,,", RowError.MISSING, "name"),
        (",Ana,,,,,,,", RowError.MISSING, "code"),
        ("a,Ana,nobody,,,,,,", RowError.EMAIL, "email"),
        ("a,Ana,,Narnia,,,,,", RowError.COUNTRY, "country"),
        ("a,Ana,,Congo-Katanga,,,,,", RowError.COUNTRY, "country"),
        ("a,Ana,,,Klingon,,,,", RowError.VALUE, "languages"),
        ("a,Ana,,,es good,,,,", RowError.VALUE, "languages"),
        ("a,Ana,,,,24,,,", RowError.VALUE, "objectives"),
        ("a,Ana,,,,,king,,", RowError.VALUE, "kind"),
        ("a,Ana,,,,,,,,more", RowError.CELLS, ""),
    ],
)
def test_a_row_that_does_not_fit_says_where_and_what_to_do(line: str, ails: RowError, column: str) -> None:
    row = only(f"{HEAD}\n{line}\n".encode())
    assert row.expert is None
    assert row.fault is not None
    assert (row.fault.ails, row.fault.column) == (ails, column)
    assert (row.fault.detail or column) in advice(row.fault)
    assert advice(row.fault).endswith(".")


def test_one_bad_row_leaves_the_others_alone() -> None:
    table = f"{HEAD}\na,Ana,,,,,,,\na,Again,,,,,,,\n\n# a remark,,,,\n,Mail,m@example.org,,,,,,\n"
    rows = read("x.csv", table.encode()).rows
    assert [(row.line, row.expert.name if row.expert else "") for row in rows] == [(2, "Ana"), (3, ""), (6, "Mail")]
    assert rows[1].fault is not None
    assert (rows[1].fault.ails, rows[1].fault.detail) == (RowError.TWICE, "2")
    assert "example" not in rows[2].code  # shown in lists: nothing is to be read in it


def test_columns_nobody_knows_are_told() -> None:
    assert read("x.csv", b"code,name,shoe size\na,Ana,38\n").unknown == ("shoe size",)


@pytest.mark.parametrize(
    ("name", "data"), [("x.csv", b"a;b\n1;2\n"), ("x.csv", b""), ("x.xlsx", b"PK"), ("x.jsonl", b"\xff\xfe\xfa")]
)
def test_what_is_no_table_of_experts_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(UsageError):
        read(name, data)


def test_lines_of_json_are_read_one_by_one() -> None:
    lines = [
        {"code": "a", "name": "Ana", "email": "a@example.org"},
        ["no"],
        {"code": "b"},
        {"id": "c", "name": "Celia"},
    ]
    rows = read("x.jsonl", "\n".join(map(json.dumps, lines)).encode() + b"\nnot json").rows
    assert [row.expert.name if row.expert else "" for row in rows] == ["Ana", "", "", "Celia", ""]
    assert rows[0].email == "a@example.org"
    assert [row.fault.ails for row in rows if row.fault] == [RowError.LINE] * 3
    assert all(row.fault.detail in advice(row.fault) for row in rows if row.fault)


def test_every_value_is_read_as_the_interface_calls_it_in_each_of_its_languages() -> None:
    assert (set(KINDS), set(SUPPORTS), set(LEVELS)) == (set(OrganisationKind), set(Support), set(LanguageLevel))
    for language in LANGUAGES:
        for kind, (name, _others) in KINDS.items():
            expert = only(f"code;name;kind\na;Ana;{say(language, name)}\n".encode()).expert
            assert expert is not None
            assert expert.kind is kind
        for support, (name, _others) in SUPPORTS.items():
            expert = only(f"code;name;supports\na;Ana;{say(language, name)}\n".encode()).expert
            assert expert is not None
            assert expert.supports == (support,)
        for level, (name, _others) in LEVELS.items():
            expert = only(f"code;name;languages\na;Ana;{LOCALES[language]} {say(language, name)}\n".encode()).expert
            assert expert is not None
            assert expert.languages == (("ru", level),)


@pytest.mark.parametrize("rows", ['Ana;"unclosed\nLuis;his words', 'Ana;"unclosed\nLuis;"his words"'])
def test_a_quotation_mark_that_is_not_closed_moves_no_words_to_another_person(rows: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        read_table(f"name;statement\n{rows}\n".encode())


def test_quotation_marks_within_a_line_and_lines_within_quotation_marks_are_read() -> None:
    table = read_table(b'name;statement\n"Ana" Perez;Fe "Fefa"\nLuis;"One line\nand another"\n')
    assert [cells["statement"] for _line, cells, _more in table.rows] == ['Fe "Fefa"', "One line\nand another"]
