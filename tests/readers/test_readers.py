"""The readers: what each format's pieces become, on files made here and on real ones where they are at hand."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.readers.decoding import decode
from ingest.readers.file_types import read, supported
from ingest.readers.front_matter import read_front, split_front
from ingest.readers.markdown_inline import strip_plain_marks
from kb.documents.models import Block, BlockKind, FrontMatter, RawDocument
from kb.documents.reading import ReadError, ReadFailure
from tests.support import bad_files

K = BlockKind
REAL = Path(__file__).parent.parent.parent.parent / "shared" / "documents"
SAMPLES = Path(__file__).parent.parent / "files" / "documents"  # one written for this, in four forms
real_documents = pytest.mark.skipif(not REAL.is_dir(), reason="the real documents are not beside this repository")


def _pieces(raw: RawDocument) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in raw.blocks]


def _texts(raw: RawDocument, kind: BlockKind) -> list[str]:
    return [block.text for block in raw.blocks if block.kind is kind]


def _rows(raw: RawDocument) -> list[Block]:
    return [block for block in raw.blocks if block.kind is K.TABLE_ROW]


def test_only_known_names_are_read() -> None:
    assert all(map(supported, ("a.pdf", "B.PDF", "c.docx", "d.html", "e.htm", "f.txt", "g.es.md")))
    assert not any(map(supported, ("a.doc", "b", ".pdfx", "c.md.bak")))


# --- PDF ---------------------------------------------------------------------------------------------


def test_pdf_lines_keep_their_page_and_the_space_between_paragraphs() -> None:
    raw = read("a.pdf", bad_files.text_pdf(["One begins", "and ends.", "", "Two."], ["Three."], title="A plan"))
    assert raw.format == "pdf"
    assert raw.page_count == 2
    assert raw.front.title == "A plan"
    assert [(b.text, b.page) for b in raw.blocks] == [
        ("One begins", 1),
        ("and ends.", 1),
        ("", 1),
        ("Two.", 1),
        ("Three.", 2),
    ]


def test_pdf_pieces_of_a_line_are_joined_and_raised_figures_marked() -> None:
    page = (
        bad_files.show("The network", 60, 700) + bad_files.show("12", 122, 705, 7) + bad_files.show("meets.", 140, 700)
    )
    raw = read("a.pdf", bad_files.pdf([page + bad_files.show("Next line.", 60, 686)]))
    assert _texts(raw, K.LINE) == ["The network¹² meets.", "Next line."]


def test_pdf_headings_are_told_by_size_and_weight() -> None:
    body = b"".join(bad_files.show(f"Running text of line {n} goes on and on.", 60, 600 - 14 * n) for n in range(20))
    page = (
        bad_files.show("A long title that", 60, 780, 20)
        + bad_files.show("goes on: 2019", 60, 756, 20)
        + bad_files.show("1. Context", 60, 700, 14, bold=True)
        + bad_files.show("Bold words as a heading", 60, 640, bold=True)
        + body
    )
    raw = read("a.pdf", bad_files.pdf([page]))
    assert [(b.text, b.level) for b in raw.blocks if b.kind is K.HEADING] == [
        ("A long title that goes on: 2019", 1),
        ("1. Context", 2),
        ("Bold words as a heading", 3),
    ]


def test_pdf_running_heads_are_no_headings_and_stand_at_the_top() -> None:
    pages = [
        bad_files.show(f"Text of page {n} that is long enough to be the usual one.", 60, 600)
        + bad_files.show(f"Running head {n}", 60, 810, 14, bold=True)
        for n in range(1, 5)
    ]
    raw = read("a.pdf", bad_files.pdf(pages))
    assert not _texts(raw, K.HEADING)
    assert next(b.text for b in raw.blocks if b.page == 2 and b.text) == "Running head 2"


def _table_page(rows: list[tuple[str, str]], top: float, height: float = 30) -> bytes:
    edges = [top - height * n for n in range(len(rows) + 1)]
    cells = b"".join(
        bad_files.show(left, 63, edge - 12, bold=True)
        + bad_files.show(right, 203, edge - 12)
        + bad_files.show("more", 203, edge - 24)
        for (left, right), edge in zip(rows, edges, strict=False)
    )
    return bad_files.grid((60, 200, 500), edges) + cells


def test_pdf_ruled_table_becomes_rows_with_cells() -> None:
    page = (
        bad_files.show("Before.", 60, 780)
        + _table_page([("Lead", "Network"), ("Status", "Open")], 700)
        + bad_files.show("After.", 60, 500)
    )
    raw = read("a.pdf", bad_files.pdf([page]))
    assert [(b.kind, b.cells, b.table) for b in raw.blocks if b.text] == [
        (K.LINE, (), None),
        (K.TABLE_ROW, ("Lead", "Network\nmore"), 1),
        (K.TABLE_ROW, ("Status", "Open\nmore"), 1),
        (K.LINE, (), None),
    ]


def test_pdf_table_goes_on_over_the_page_and_another_one_is_another() -> None:
    pages = [_table_page([("Lead", "A"), ("Tasks", "B")], 160), _table_page([("", "C"), ("Status", "D")], 800)]
    pages[1] += _table_page([("Lead", "E"), ("Status", "F")], 700)
    raw = read("a.pdf", bad_files.pdf(pages))
    assert [(row.cells[0], row.page, row.table) for row in _rows(raw)] == [
        ("Lead", 1, 1),
        ("Tasks", 1, 1),
        ("", 2, 1),
        ("Status", 2, 1),
        ("Lead", 2, 2),
        ("Status", 2, 2),
    ]


def test_pdf_tables_that_touch_are_told_apart() -> None:
    page = _table_page([("Lead", "A"), ("Status", "B")], 700) + _table_page([("Lead", "C"), ("Status", "D")], 639.7)
    assert [row.table for row in _rows(read("a.pdf", bad_files.pdf([page])))] == [1, 1, 2, 2]


def test_pdf_merged_cell_counts_once() -> None:
    page = (
        bad_files.rule(60, 700, 500, 700) + bad_files.rule(60, 670, 500, 670) + bad_files.rule(60, 640, 500, 640)
        + bad_files.rule(60, 700, 60, 640) + bad_files.rule(200, 670, 200, 640) + bad_files.rule(500, 700, 500, 640)
        + bad_files.show("Over both columns", 190, 680)
        + bad_files.show("Left", 63, 650) + bad_files.show("Right", 203, 650)
    )  # fmt: skip
    assert [row.cells for row in _rows(read("a.pdf", bad_files.pdf([page])))] == [
        ("Over both columns", ""),
        ("Left", "Right"),
    ]


def test_pdf_frame_and_chart_grid_are_no_tables() -> None:
    frame = bad_files.grid((50, 550), (800, 700)) + bad_files.show("Framed text.", 60, 750)
    chart = bad_files.grid(range(100, 500, 40), range(600, 300, -30)) + bad_files.show("Figure 1", 105, 590)
    raw = read("a.pdf", bad_files.pdf([frame, chart]))
    assert not _rows(raw)
    assert [text for text in _texts(raw, K.LINE) if text] == ["Framed text.", "Figure 1"]


def test_pdf_cells_drawn_with_thin_rectangles_are_found() -> None:
    edges = [(60, y, 440, 0.5) for y in (700, 670, 640)] + [(x, 640, 0.5, 60) for x in (60, 200, 500)]
    drawn = b"".join(b"%g %g %g %g re f\n" % edge for edge in edges)
    page = (
        drawn
        + bad_files.show("Lead", 63, 680)
        + bad_files.show("Network", 203, 680)
        + bad_files.show("Status", 63, 650)
    )
    assert [row.cells for row in _rows(read("a.pdf", bad_files.pdf([page])))] == [("Lead", "Network"), ("Status", "")]


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Microsoft Word - x.doc", ""),
        ("untitled", ""),
        ("(anonymous)", ""),
        ("2019", ""),
        ("a.pdf", ""),
        ("Brochure_v7.indd", ""),
        ("70311.exe", ""),
        ("PowerPoint Presentation", ""),
        ("Apresentação do PowerPoint", ""),
        ("PowerPoint-Präsentation", ""),
        ("Classeur1", ""),
        ("Layout 2", ""),
        ("Términos", "Términos"),
        ("Presentation of the Global Compact", "Presentation of the Global Compact"),
        ("Form of consent", "Form of consent"),
    ],
)
def test_pdf_title_only_when_it_is_one(title: str, kept: str) -> None:
    assert read("a.pdf", bad_files.text_pdf(["Text."], title=title)).front.title == kept


def test_pdf_pages_without_text_are_named() -> None:
    raw = read("a.pdf", bad_files.text_pdf(["Text."], [], ["More."], []))
    assert raw.page_count == 4
    assert tuple(map(str, raw.warnings)) == ("Pages 2, 4 without text: blank, or only images.",)


def test_pdf_repeated_pages_are_read_once() -> None:
    raw = read("a.pdf", bad_files.shared_stream_pdf(300, 3))
    assert {block.page for block in raw.blocks} == {1}
    assert str(raw.warnings[0]).startswith("Pages 2, 3, 4")


# --- DOCX --------------------------------------------------------------------------------------------


def test_docx_headings_items_and_paragraphs() -> None:
    body = (
        bad_files.paragraph("The plan", "T")
        + bad_files.paragraph("Context", "Ttulo1")
        + bad_files.paragraph("Of a style of one's own", "Mine")
        + '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>By outline</w:t></w:r></w:p>'
        + bad_files.paragraph("An item", "L")
        + f'<w:p><w:pPr><w:pStyle w:val="L"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>{_said("No item")}</w:p>'
        + bad_files.paragraph("Text.")
    )
    raw = read("a.docx", bad_files.docx(body, title="Plan"))
    assert [(b.kind, b.level, b.text) for b in raw.blocks] == [
        (K.HEADING, 1, "The plan"),
        (K.HEADING, 1, "Context"),
        (K.HEADING, 1, "Of a style of one's own"),
        (K.HEADING, 3, "By outline"),
        (K.LIST_ITEM, 0, "An item"),
        (K.PARAGRAPH, 0, "No item"),
        (K.PARAGRAPH, 0, "Text."),
    ]
    assert raw.front == FrontMatter(title="Plan")


def _run(content: str) -> str:
    return f"<w:r>{content}</w:r>"


def _said(text: str) -> str:
    return _run(f'<w:t xml:space="preserve">{text}</w:t>')


def test_docx_inline_pieces() -> None:
    inline = (
        _said("The ") + "<w:hyperlink>" + _said("network") + "</w:hyperlink>",
        _run('<w:footnoteReference w:id="2"/>') + _said(" meets") + _run("<w:tab/><w:t>twice.</w:t>"),
        "<w:del><w:r><w:delText>Deleted.</w:delText></w:r></w:del><w:ins>" + _said(" Added.") + "</w:ins>",
        _run("<w:rPr><w:vanish/></w:rPr><w:t>Hidden.</w:t>") + _run("<w:instrText>PAGEREF</w:instrText>"),
        "<w:sdt><w:sdtContent>" + _said(" In a control.") + "</w:sdtContent></w:sdt>",
    )
    body = (
        f"<w:p>{''.join(inline)}</w:p><w:sdt><w:sdtContent>{bad_files.paragraph('In a block.')}</w:sdtContent></w:sdt>"
    )
    notes = (
        '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t>See the resolution.</w:t></w:r></w:p></w:footnote>'
    )
    assert _pieces(read("a.docx", bad_files.docx(body, footnotes=notes))) == [
        (K.PARAGRAPH, "The network meets twice. Added. In a control."),
        (K.FOOTNOTE, "See the resolution."),
        (K.PARAGRAPH, "In a block."),
    ]


def test_docx_tables() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{bad_files.paragraph(text)}</w:tc>"

    body = (
        "<w:tbl><w:tr>" + cell("Title", '<w:gridSpan w:val="2"/>') + "</w:tr><w:tr>"
        + cell("Lead", '<w:vMerge w:val="restart"/>')
        + f"<w:tc>{bad_files.paragraph('A')}{bad_files.paragraph('B')}</w:tc>" + "</w:tr><w:tr>"
        + cell("Lead", "<w:vMerge/>") + cell("C") + "</w:tr><w:tr><w:trPr><w:del/></w:trPr>" + cell("x") + cell("y")
        + "</w:tr></w:tbl><w:tbl><w:tr>" + cell("Framed text.") + "</w:tr></w:tbl>"
    )  # fmt: skip
    raw = read("a.docx", bad_files.docx(body))
    assert [row.cells for row in _rows(raw)] == [("Title",), ("Lead", "A\nB"), ("", "C")]
    assert _texts(raw, K.PARAGRAPH) == ["Framed text."]


# --- HTML --------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="es-EC"><head><meta charset="utf-8"><title>Plan  de
trabajo</title><meta property="article:published_time" content="2021-03-04T10:00">
<script>let x = "<p>no</p>";</script></head>
<body><header>Inicio | Contacto</header><nav><ul><li>Menú</li></ul></nav><main><article><header><h1>Plan</h1></header>
<p>Una <a href="#">red</a><sup>1</sup> y <b>dos</b> líneas<br>aquí, 3 m<sup>2</sup>.
<h2>Objetivos</h2><ol start="2"><li>Dos</li><li><p>Tres</p></li></ol>
<ul><li>Uno<ul><li>Dentro</li></ul></li></ul>
<table><tr><th>País<th>Año<tr><td>Perú<td>2022</table>
<div hidden>Oculto</div><p>Fin &amp; final</p></article></main>
<aside>Publicidad</aside><footer>© 2021</footer></body></html>"""


def test_html_main_text_only() -> None:
    raw = read("a.html", PAGE.encode())
    assert _pieces(raw) == [
        (K.HEADING, "Plan"),
        (K.PARAGRAPH, "Una red y dos líneas aquí, 3 m2."),
        (K.HEADING, "Objetivos"),
        (K.LIST_ITEM, "2. Dos"),
        (K.LIST_ITEM, "3. Tres"),
        (K.LIST_ITEM, "Uno"),
        (K.LIST_ITEM, "Dentro"),
        (K.TABLE_ROW, "País | Año"),
        (K.TABLE_ROW, "Perú | 2022"),
        (K.PARAGRAPH, "Fin & final"),
    ]
    assert [b.level for b in raw.blocks if b.kind is K.HEADING] == [1, 2]
    assert raw.front == FrontMatter(title="Plan de trabajo", language="es", date="2021-03-04")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=iso-8859-1><p>Niñez".encode("latin-1"), "Niñez"),
        ("<meta charset=utf-8><p>Niñez".encode("latin-1"), "Niñez"),  # the page is wrong about itself
        ("<meta charset=latin-1><p>Niñez".encode(), "Niñez"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Да'.encode("koi8-r"), "Да"),
        ("<p>Niñez".encode("utf-16"), "Niñez"),
        (b"<nav><p>All of it in a menu</nav>", "All of it in a menu"),
        (b"<table><tr><td>Layout only</table>", "Layout only"),
        (b"<h1>x</h1></div></div></p>", "x"),
    ],
)
def test_html_odd_pages(data: bytes, text: str) -> None:
    assert read("a.htm", data).blocks[0].text == text


# --- text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_text_in_any_usual_encoding(encoding: str) -> None:
    decoded = decode(bad_files.SPANISH.encode(encoding))
    assert decoded.text == bad_files.SPANISH
    assert not decoded.warnings


@pytest.mark.parametrize(
    ("data", "text", "warned"),
    [
        ("Comillas “así” y 5 €".encode("cp1252"), "Comillas “así” y 5 €", False),
        ("línea\r\notra\rmás".encode(), "línea\notra\nmás", False),
        (b"a\x00b" + b" words" * 9, "ab" + " words" * 9, True),
        ("ñ".encode() * 40 + b"\xff", "ñ" * 40 + "�", True),
        ("العربية 中文".encode(), "العربية 中文", False),
    ],
)
def test_text_is_repaired_with_a_word(data: bytes, text: str, warned: bool) -> None:
    decoded = decode(data)
    assert (decoded.text, bool(decoded.warnings)) == (text, warned)


def test_web_page_that_was_saved_as_a_text_is_read_as_a_web_page() -> None:
    page = b"<!-- saved -->\n<!DOCTYPE html><html><head><title>Fees</title><style>p{}</style></head><p>Forty.</html>"
    raw = read("a.txt", page)
    assert (raw.format, raw.front.title, _pieces(raw)) == ("html", "Fees", [(K.PARAGRAPH, "Forty.")])
    assert read("a.txt", b"The tag <html> begins a page.").format == "text"


def test_text_lines_headings_and_pages() -> None:
    raw = read("a.txt", b"## **2.** Goals ##\n\nThe text \\(PMM\\) of a [link](#).\n#tag\n\fPage two\n\f")
    assert raw.page_count == 2
    assert [(b.kind, b.text, b.page, b.level) for b in raw.blocks] == [
        (K.HEADING, "2. Goals", 1, 2),
        (K.LINE, "", 1, 0),
        (K.LINE, "The text (PMM) of a link.", 1, 0),
        (K.LINE, "#tag", 1, 0),
        (K.LINE, "Page two", 2, 0),
    ]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**bold** and *slanted*, __bold__ and _slanted_", "bold and slanted, bold and slanted"),
        ("[Plan \\(PMM\\)](#) and ![a map](map.png)", "Plan (PMM) and a map"),
        ("<https://example.org/a_b_c>", "https://example.org/a_b_c"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("`code` and A &amp; B<br>C", "code and A & B C"),
        ("a claim[^1] made<sup>2</sup> here^{1 2}", "a claim made here"),
        ("written for <name of the person>, a <b>must</b>", "written for <name of the person>, a must"),
        ("[a plan](file:///C:/plan.docx), str -> str and ~~old~~ new", "a plan, str -> str and old new"),
        ("x < y and a > b", "x < y and a > b"),
        ("***both***", "both"),
    ],
)
def test_inline_marks_of_markdown(marked: str, plain: str) -> None:
    assert _texts(read("a.md", marked.encode()), K.PARAGRAPH) == [plain]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Goal**: a_b * c_d", "Goal: a_b * c_d"),
        ("R&amp;D and 5 < 6", "R&amp;D and 5 < 6"),
        ("[see note] and array[1]", "[see note] and array[1]"),
        ("1\\. Item", "1. Item"),
        ("5*3*2 and a *note*", "5*3*2 and a *note*"),
        ("see __init__ and `code`", "see init and `code`"),
    ],
)
def test_plain_text_keeps_what_is_no_mark(text: str, plain: str) -> None:
    assert strip_plain_marks(text) == plain


# --- Markdown ----------------------------------------------------------------------------------------

MARKDOWN = """---
title: "Alternatives: what and how"
language: es
type: guidance
date: 2026-11
countries: [ECU]
objectives: ["13", 7]
translations:
  en: brief.en.md
sample: true
provenance: "Written for a test."
---

# Title #

*Not an
official document.*

Setext
------

- one
  goes on
- two

1. first
2. second

| Lead | When |
|------|-----:|
| A \\| B | **2021** |
After the table[^1].

> Quoted.

***

```
some code
```
[^1]: The *note*.

[ref]: https://example.org
<!-- not
seen -->
"""


def test_markdown_blocks() -> None:
    raw = read("a.md", MARKDOWN.encode())
    assert _pieces(raw) == [
        (K.HEADING, "Title"),
        (K.PARAGRAPH, "Not an official document."),
        (K.HEADING, "Setext"),
        (K.LIST_ITEM, "one goes on"),
        (K.LIST_ITEM, "two"),
        (K.LIST_ITEM, "1. first"),
        (K.LIST_ITEM, "2. second"),
        (K.TABLE_ROW, "Lead | When"),
        (K.TABLE_ROW, "A | B | 2021"),
        (K.PARAGRAPH, "After the table."),
        (K.PARAGRAPH, "Quoted."),
        (K.PARAGRAPH, "some code"),
        (K.FOOTNOTE, "The note."),
    ]
    assert _rows(raw)[1].cells == ("A | B", "2021")
    assert raw.warnings == ()
    assert raw.front == FrontMatter(
        title="Alternatives: what and how",
        language="es",
        date="2026-11",
        type="guidance",
        countries=("ECU",),
        objectives=("13", "7"),
        translations=(("en", "brief.en.md"),),
        provenance="Written for a test.",
        sample=True,
    )


HTML_INSIDE = """<div class="note"><strong>Note</strong> The fee is <em>forty</em> dollars.</div>

<details><summary>More on fees</summary>

Children pay nothing.

</details>

<table><tr><th>State</th><th>Fee</th></tr><tr><td>Peru</td><td>40</td></tr></table>

<date of the meeting>

Line one<br/>line two <img src="a.png" alt="map"> <a href="https://example.org">site</a>
"""


def test_markdown_with_html_inside() -> None:
    raw = read("a.md", ("| A | B |\n|---|---|\n| c | d |\n\n" + HTML_INSIDE).encode())
    assert _pieces(raw) == [
        (K.TABLE_ROW, "A | B"),
        (K.TABLE_ROW, "c | d"),
        (K.PARAGRAPH, "Note The fee is forty dollars."),
        (K.PARAGRAPH, "More on fees"),
        (K.PARAGRAPH, "Children pay nothing."),
        (K.TABLE_ROW, "State | Fee"),
        (K.TABLE_ROW, "Peru | 40"),
        (K.PARAGRAPH, "<date of the meeting>"),
        (K.PARAGRAPH, "Line one line two site"),
    ]
    assert [row.table for row in _rows(raw)] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "1. One\n   goes on\n\n   More of it.\n2. Two\n   - nested",
            ["1. One goes on", "More of it.", "2. Two", "nested"],
        ),
        ("- one\n    - deep", ["one", "deep"]),
        ("7) seventh\n8) eighth", ["7) seventh", "8) eighth"]),
        ("Some 38 and\n37. Ten pairs of sentences.", ["Some 38 and 37. Ten pairs of sentences."]),
        ("> - quoted\n>\n> # Head", ["quoted", "Head"]),
        ("    indented, no code", ["indented, no code"]),
        ("| A |\n|---|\n| b | more than columns |", ["A", "b | more than columns"]),
        ("> | A | B |\n> |---|---|\n> | **c** | `x|y` |", ["A | B", "c | `x | y`"]),
        ("[^n]: A note\n    that goes on.\n\n    And on.", ["A note that goes on.", "And on."]),
        ("text <!-- not\n\nseen --> seen", ["text seen"]),
        ("~~~\n# no heading\n~~~", ["# no heading"]),
        ("<?php\n\nall", ["<?php all"]),
    ],
)
def test_markdown_pieces(text: str, pieces: list[str]) -> None:
    assert [block.text for block in read("a.md", text.encode()).blocks] == pieces


@pytest.mark.parametrize("deep", ["- " * 500 + "down", "\n".join("> " * n + "down" for n in range(500))])
def test_markdown_nested_deeper_than_anybody_writes_is_not_cut_off(deep: str) -> None:
    raw = read("a.md", f"Before.\n\n{deep}\n\n{'> ' * 300}after".encode())
    assert raw.blocks[-1].text.endswith("after")


def test_front_matter_in_toml() -> None:
    raw = read("a.md", b'+++\ntitle = "Plan"\ndate = 2021-04-02\ncountries = ["PER"]\n+++\n\n# Plan\n\nIt opens.\n')
    assert raw.front == FrontMatter(title="Plan", date="2021-04-02", countries=("PER",))
    assert _pieces(raw) == [(K.HEADING, "Plan"), (K.PARAGRAPH, "It opens.")]


def test_front_matter_that_is_no_yaml_is_told_with_its_line() -> None:
    raw = read("a.md", b"---\nlanguage: en\ntitle: Report: the year\n---\n\nIt opens.\n")
    assert "line 3" in str(raw.warnings[0])
    assert _pieces(raw) == [(K.PARAGRAPH, "It opens.")]


@pytest.mark.parametrize(
    ("yaml", "front", "warned"),
    [
        ("date: 2026-11-21", FrontMatter(date="2026-11-21"), ""),
        ("date: 2026", FrontMatter(date="2026"), ""),
        ("date: last year\ntitle: T", FrontMatter(title="T"), "“date”"),
        ("countries: []\nobjectives: 13", FrontMatter(countries=(), objectives=("13",)), ""),
        ("objectives: 2, 5 a 7 y 13", FrontMatter(objectives=("2", "5", "6", "7", "13")), ""),
        ("countries: [Ecuador]\nsample: yes", FrontMatter(sample=True), "“countries”"),
        ("language: no", FrontMatter(language="no"), ""),
        ("titel: T\nlanguage: español", FrontMatter(), "unknown field “titel”"),
        ("title: [a", FrontMatter(), "not valid YAML"),
        ("- a\n- b", FrontMatter(), "not a list of fields"),
        ("title: !!python/object/apply:os.system [ls]", FrontMatter(), "not valid YAML"),
        ("title: " + "x" * 30_000, FrontMatter(), "more than"),
    ],
)
def test_front_matter_field_by_field(yaml: str, front: FrontMatter, warned: str) -> None:
    found, warnings = read_front(yaml)
    assert found == front
    assert warned in " ".join(map(str, warnings))
    assert bool(warnings) == bool(warned)


@pytest.mark.parametrize(
    "text", ["No front matter.", "--- a rule\ntext", "---\nnever: closed\n\ntext", "text\n---\nx\n---\n"]
)
def test_text_without_front_matter_is_left_alone(text: str) -> None:
    assert split_front(text) == ("", text)


# --- real files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["docx", "html", "pdf"])
def test_a_document_has_the_same_headings_and_table_in_every_form(form: str) -> None:
    path = SAMPLES / f"sample-terms.es.{form}"
    raw = read(path.name, path.read_bytes())
    assert not raw.warnings
    headings = _texts(raw, K.HEADING)
    assert " ".join(headings[:-5]) == "Términos de referencia de una mesa de muestra sobre ciudades de frontera"
    assert headings[-5:] == [
        "1. Contexto",
        "2. Objetivos de la mesa",
        "3. Miembros",
        "4. Reuniones",
        "5. Plan de trabajo",
    ]
    rows = _rows(raw)
    assert len(rows) == 5
    assert [" ".join(cell.split()) for cell in rows[2].cells] == [
        "Protocolo de derivación de niñas y niños",
        "Defensoría",
        "junio de 2025",
    ]


@real_documents
def test_real_documents_are_all_read() -> None:
    for path in sorted(REAL.iterdir()):
        raw = read(path.name, path.read_bytes())
        assert len(raw.blocks) > 40, path.name
        assert not raw.warnings, path.name
        assert not any("\ufffd" in block.text for block in raw.blocks), path.name


@real_documents
def test_real_workplan_gives_the_same_tables_as_pdf_and_docx() -> None:
    printed = _rows(read("w.pdf", (REAL / "workplan-2019.es.pdf").read_bytes()))
    written = _rows(read("w.docx", (REAL / "workplan-2019.es.docx").read_bytes()))
    assert _words_of_tables(printed) == _words_of_tables(written)
    assert {row.page for row in printed} == set(range(4, 21))


def _words_of_tables(rows: list[Block]) -> dict[int | None, Counter[str]]:
    words: dict[int | None, Counter[str]] = {}
    for row in rows:
        words.setdefault(row.table, Counter()).update(" ".join(row.cells).split())
    return words


@real_documents
def test_real_headings_of_the_terms_of_reference() -> None:
    raw = read("t.pdf", (REAL / "tor-mexico.es.pdf").read_bytes())
    headings = _texts(raw, K.HEADING)
    assert headings[1] == "1. Contexto"
    assert [text[:2] for text in headings[1:5]] == ["1.", "2.", "3.", "4."]


def test_error_names_what_the_file_is() -> None:
    with pytest.raises(ReadError, match=r"ends in \.pdf, but by its content it is a program") as caught:
        read("plan.pdf", bad_files.PROGRAM)
    assert caught.value.failure is ReadFailure.REFUSED


def _page_pdf(content: bytes, entries: bytes = b"", annotations: Sequence[bytes] = ()) -> bytes:
    """One page with entries of its own and annotations."""
    maker = bad_files.PdfMaker()
    kids = b" ".join(b"%d 0 R" % maker.add(annotation) for annotation in annotations)
    page = maker.page(maker.stream(content))
    maker.objects[page] = maker.objects[page].removesuffix(b">>") + entries + b" /Annots [%s] >>" % kids
    return maker.file([page])


def _lines_of(data: bytes) -> list[str]:
    return [text for text in _texts(read("a.pdf", data), K.LINE) if text]


@pytest.mark.parametrize(
    ("turned", "matrix"), [(90, b"0 1 -1 0 595 0"), (180, b"-1 0 0 -1 595 842"), (270, b"0 -1 1 0 0 842")]
)
def test_pdf_turned_page_is_read_as_it_is_seen(turned: int, matrix: bytes) -> None:
    shown = bad_files.show("Country", 60, 500) + bad_files.show("Pledge", 180, 500)
    shown += bad_files.show("Utopia", 60, 486) + bad_files.show("Two centres", 180, 486)
    data = _page_pdf(b"q " + matrix + b" cm " + shown + b" Q", b"/Rotate %d" % turned)
    assert _lines_of(data) == ["Country Pledge", "Utopia Two centres"]


def test_pdf_what_stands_outside_the_visible_page_is_left_out() -> None:
    shown = bad_files.show("CYAN MAGENTA 14:11", 20, 830) + bad_files.show("Seen.", 90, 700)
    shown += bad_files.show("Printer's slug", 20, 10)
    assert _lines_of(_page_pdf(shown, b"/CropBox [60 60 540 790]")) == ["Seen."]


def test_pdf_line_printed_twice_is_read_once() -> None:
    shown = bad_files.show("Agreed by all.", 60, 700) + bad_files.show("Agreed by all.", 60.4, 700)
    shown += bad_files.show("0", 60, 660) + bad_files.show("0", 120, 660)
    assert _lines_of(bad_files.pdf([shown])) == ["Agreed by all.", "0 0"]


def test_pdf_what_was_typed_into_fields_and_onto_the_page_stands_where_it_is_seen() -> None:
    shown = bad_files.show("1. Which ministry?", 60, 750) + bad_files.show("2. Which law?", 60, 650)
    field = b"<< /Type /Annot /Subtype /Widget /FT /%s /Rect [60 %d 500 %d] /F %d /Ff %d /V %s >>"
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [60 580 500 640] /Contents (The Aliens Act.) >>"
    annotations = [
        field % (b"Tx", 710, 734, 4, 0, b"(Ministry of Interior)"),
        field % (b"Ch", 690, 709, 4, 0, b"[(Geneva) (Dakar)]"),
        field % (b"Btn", 690, 709, 4, 0, b"/Yes"),
        field % (b"Tx", 690, 709, 2, 0, b"(hidden)"),
        field % (b"Tx", 690, 709, 4, 1 << 13, b"(password)"),
        note,
    ]
    assert _lines_of(_page_pdf(shown, annotations=annotations)) == [
        "1. Which ministry?", "Ministry of Interior", "Geneva, Dakar", "2. Which law?", "The Aliens Act.",
    ]  # fmt: skip
