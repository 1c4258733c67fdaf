"""What Word shows and keeps elsewhere than in its paragraphs: numbers, drawings, bodies of another format, signs."""

import zipfile
from io import BytesIO

import pytest

from ingest.readers.file_types import read
from kb.documents.models import BlockKind
from tests.support import bad_files

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _with_parts(document: bytes, parts: dict[str, str | bytes]) -> bytes:
    """A document with further parts; those named rId1, rId2, … by the order they come in, from the body."""
    buffer = BytesIO(document)
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATION}/other" Target="{name.removeprefix("word/")}"/>'
        for number, name in enumerate(parts, 1)
    )
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _texts(document: bytes) -> list[str]:
    return [block.text for block in read("a.docx", document).blocks]


def _level(depth: int, signs: str, text: str, more: str = "") -> str:
    counted = f'<w:start w:val="1"/><w:numFmt w:val="{signs}"/><w:lvlText w:val="{text}"/>{more}'
    return f'<w:lvl w:ilvl="{depth}">{counted}</w:lvl>'


def _item(text: str, depth: int = 0, number: int = 1) -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{numbered}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


NUMBERING = (
    f'<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="7">{_level(0, "decimal", "%1.")}'
    f"{_level(1, 'lowerLetter', '(%2)')}{_level(2, 'upperRoman', '%1.%3', '<w:isLgl/>')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="8">{_level(0, "bullet", "•")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)


def test_paragraphs_bear_the_numbers_that_word_gives_them() -> None:
    items = (
        *(_item("one"), _item("two"), _item("first", 1), _item("second", 1), _item("deep", 2)),
        *(_item("three"), _item("again", 1), _item("a point", 0, 2), _item("five", 0, 3), _item("six", 0, 1)),
    )
    document = _with_parts(bad_files.docx("".join(items)), {"word/numbering.xml": NUMBERING})
    assert _texts(document) == [
        *("1. one", "2. two", "(a) first", "(b) second", "2.1 deep"),
        *("3. three", "(a) again", "a point", "5. five", "6. six"),
    ]


@pytest.mark.parametrize(
    ("count", "signs", "shown"),
    [(28, "lowerLetter", "bb"), (27, "upperLetter", "AA"), (49, "lowerRoman", "xlix"), (3, "decimalZero", "03")],
)
def test_numbers_count_far(count: int, signs: str, shown: str) -> None:
    level = _level(0, signs, "%1)")
    numbering = (
        f'<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="7">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    document = _with_parts(bad_files.docx(_item("item") * count), {"word/numbering.xml": numbering})
    assert _texts(document)[-1] == f"{shown}) item"


DIAGRAM = """<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:ptLst>
<dgm:pt><dgm:t><a:p><a:r><a:t>Prepare</a:t></a:r><a:r><a:t>the journey</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt type="parTrans"><dgm:t><a:p><a:r><a:t>arrow</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt><dgm:t><a:p><a:r><a:t>Return</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"""
CHART = """<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart><c:title>
<c:tx><c:rich><a:p><a:r><a:t>Visas issued</a:t></a:r></a:p>
</c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Women</c:v>
</c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>2020</c:v></c:pt><c:pt idx="1">
<c:v>2021</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>41</c:v></c:pt>
<c:pt idx="1"><c:v>41</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart>
</c:chartSpace>"""


def test_text_of_diagrams_and_charts_is_read_where_they_stand() -> None:
    body = (
        (
            '<w:p><w:r><w:t>A figure:</w:t><w:drawing><x:relIds r:dm="rId1"/></w:drawing></w:r></w:p>'
            '<w:p><w:r><w:drawing><x:chart r:id="rId2"/></w:drawing></w:r></w:p><w:p><w:r><w:t>After.</w:t></w:r></w:p>'
        )
        .replace("<x:relIds", '<x:relIds xmlns:x="x" xmlns:r="r"')
        .replace("<x:chart", '<x:chart xmlns:x="x" xmlns:r="r"')
    )
    parts: dict[str, str | bytes] = {"word/diagrams/data1.xml": DIAGRAM, "word/charts/chart1.xml": CHART}
    found = read("a.docx", _with_parts(bad_files.docx(body), parts)).blocks
    assert [block.text for block in found] == [
        *("A figure:", "Prepare the journey", "Return", "Visas issued", "Women", "2020 | 41", "2021 | 41", "After."),
    ]
    assert found[-2].cells == ("2021", "41")


PAGE = "<html><body><h1>Mission</h1><p>The team saw three centres.</p></body></html>"
LETTER = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{PAGE}\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/afchunk.html", PAGE),
        ("word/afchunk.mht", LETTER),
        ("word/afchunk.txt", "Mission\n\nThe team saw three centres."),
        ("word/afchunk.docx", bad_files.docx("<w:p><w:r><w:t>Mission The team saw three centres.</w:t></w:r></w:p>")),
    ],
)
def test_a_body_in_another_format_is_read(name: str, content: str | bytes) -> None:
    body = '<w:altChunk xmlns:r="r" r:id="rId1"/>'
    assert " ".join(_texts(_with_parts(bad_files.docx(body), {name: content}))) == "Mission The team saw three centres."


def test_paragraphs_that_word_shows_as_one_are_one() -> None:
    body = (
        '<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr><w:r><w:t>M</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>igration gave me a house.</w:t></w:r></w:p>"
        '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        '<w:r><w:t xml:space="preserve">One sentence </w:t></w:r></w:p>'
        "<w:p><w:r><w:t>in two.</w:t></w:r></w:p>"
    )
    assert _texts(bad_files.docx(body)) == ["Migration gave me a house.", "One sentence in two."]


def test_signs_of_fonts_of_pictures_are_read() -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">Consent: </w:t></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
        '<w:r><w:t xml:space="preserve"> yes </w:t></w:r><w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'
        '<w:r><w:t xml:space="preserve"> no </w:t></w:r><w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r></w:p>'
    )
    assert _texts(bad_files.docx(body)) == ["Consent: ☑ yes ☐ no ≥"]


def test_a_sentence_set_as_a_heading_is_text() -> None:
    sentence = "Decides to look at the question again in two years."
    body = "".join(
        f'<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for text in ("Return.", sentence)
    )
    found = read("a.docx", bad_files.docx(body)).blocks
    assert [block.kind for block in found] == [BlockKind.HEADING, BlockKind.PARAGRAPH]
