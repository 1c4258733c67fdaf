"""The Word template of a practice, empty or filled in, written with nothing but the standard library.

WordprocessingML as ECMA-376 (part 1) has it, in its smallest form: Word and LibreOffice open it.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from kb.documents.practice import SECTIONS, Field
from kb.documents.practice_wording import Words, wording

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WRITTEN = (2026, 1, 1, 0, 0, 0)  # the same fields give the same bytes
_MARK = "x"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/></Types>'
)
_PARTS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_OF_DOCUMENT = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/styles" '
    'Target="styles.xml"/></Relationships>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="85806F"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def template(language: str) -> bytes:
    """The empty template in one of the languages of the pages, as a DOCX."""
    return write_template(language, {})


def write_template(language: str, fields: Mapping[str, str]) -> bytes:
    """The template with these fields filled in; principles are notations and objectives numbers, with commas."""
    words = wording(language)
    body = [
        _paragraph(words.heading, "Title"),
        _paragraph(words.opening, "Hint"),
        _paragraph(words.about, "Heading1"),
        _facts(words, fields),
        _paragraph(words.fields[Field.PRINCIPLES].label, "Heading1"),
        _paragraph(words.mark, "Hint"),
        _principles(words, fields.get(Field.PRINCIPLES, "")),
        *(_section(words, section, fields.get(section, "")) for section in SECTIONS),
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" '
        'w:left="1134" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>',
    ]
    return _packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _PARTS,
            "word/_rels/document.xml.rels": _OF_DOCUMENT,
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{"".join(body)}</w:body></w:document>',
            "word/styles.xml": _styles(language),
        }
    )


def _facts(words: Words, fields: Mapping[str, str]) -> str:
    asked = [f for f in Field if f not in SECTIONS and f is not Field.PRINCIPLES]
    rows = [
        (_paragraph(words.fields[f].label, bold=True) + _hint(words.fields[f].hint), _lines(fields.get(f, "")))
        for f in asked
    ]
    return _table(rows, (3400, 6238))


def _principles(words: Words, chosen: str) -> str:
    marked = {notation.strip() for notation in chosen.split(",")}
    rows = [(_paragraph(label), _lines(_MARK if n in marked else "")) for n, label in words.principles.items()]
    return _table(rows, (6238, 3400))


def _section(words: Words, section: Field, text: str) -> str:
    asked = words.fields[section]
    return _paragraph(asked.label, "Heading1") + _hint(asked.hint) + _lines(text)


def _hint(text: str) -> str:
    return _paragraph(text, "Hint") if text else ""


def _lines(text: str) -> str:
    return "".join(_paragraph(line.strip()) for line in text.splitlines() if line.strip()) or _paragraph("")


def _paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    named = f"<w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>" if style else ""
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    run = f'<w:r>{weight}<w:t xml:space="preserve">{escape(_printable(text))}</w:t></w:r>' if text else ""
    return f"<w:p>{named}{run}</w:p>"


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 has no place for (section 2.2)."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def _table(rows: list[tuple[str, str]], widths: tuple[int, int]) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    written_rows = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for cell, width in zip(row, widths, strict=True)
        )
        + "</w:tr>"
        for row in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{written_rows}</w:tbl>'
    )


def _styles(language: str) -> str:
    def style(key: str, name: str, look: str, spacing: str, level: str = "") -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
            f'<w:next w:val="Normal"/><w:pPr><w:spacing {spacing}/>{level}</w:pPr><w:rPr>{look}</w:rPr></w:style>'
        )

    return (
        f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" '
        f'w:cs="Calibri"/><w:sz w:val="22"/><w:lang w:val="{language}"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing '
        'w:after="80"/></w:pPr></w:style>'
        + style("Title", "Title", '<w:b/><w:sz w:val="34"/>', 'w:after="120"')
        + style(
            "Heading1", "heading 1", '<w:b/><w:color w:val="00558C"/><w:sz w:val="26"/>', 'w:before="280" w:after="60"',
            '<w:outlineLvl w:val="0"/>',
        )
        + style("Hint", "Hint", '<w:i/><w:color w:val="56534D"/><w:sz w:val="20"/>', 'w:after="60"')
        + "</w:styles>"
    )  # fmt: skip


def _packed(parts: Mapping[str, str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), _XML + content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
