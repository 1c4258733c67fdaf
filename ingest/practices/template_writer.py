"""The Word template of a practice, empty or filled in."""

import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from kb.documents.practice import SECTIONS, Field
from kb.documents.practice_wording import Words, wording

_WRITTEN = datetime(2026, 1, 1)
_MARK = "x"
_LABEL, _ANSWER = Cm(6), Cm(11)
_BLUE, _GREY = RGBColor(0x00, 0x55, 0x8C), RGBColor(0x56, 0x53, 0x4D)


def template(language: str) -> bytes:
    """The empty template in one of the languages of the pages, as a DOCX."""
    return write_template(language, {})


def write_template(language: str, fields: Mapping[str, str]) -> bytes:
    """The template with these fields filled in; principles are notations and objectives numbers, with commas."""
    words = wording(language)
    document = _styled(language, words.heading)
    document.add_heading(words.heading, 0)
    document.add_paragraph(words.opening, "Hint")
    document.add_heading(words.about, 1)
    _add_facts(document, words, fields)
    document.add_heading(words.fields[Field.PRINCIPLES].label, 1)
    document.add_paragraph(words.mark, "Hint")
    _add_principles(document, words, fields.get(Field.PRINCIPLES, ""))
    for section in SECTIONS:
        document.add_heading(words.fields[section].label, 1)
        document.add_paragraph(words.fields[section].hint, "Hint")
        for line in _lines(fields.get(section, "")):
            document.add_paragraph(line)
    return _packed(document)


def _styled(language: str, title: str) -> Document:
    """An empty A4 document in a language, with the looks of headings and hints."""
    document = docx.Document()
    section, styles, about = document.sections[0], document.styles, document.core_properties
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    about.title, about.language, about.author, about.comments = title, language, "", ""
    about.created = about.modified = _WRITTEN
    styles.element.find(f".//{qn('w:lang')}").set(qn("w:val"), language)
    hint = styles.add_style("Hint", WD_STYLE_TYPE.PARAGRAPH)
    hint.base_style, hint.font.italic = styles["Normal"], True
    for style, size, colour in ((styles["Title"], 17, None), (styles["Heading 1"], 13, _BLUE), (hint, 10, _GREY)):
        style.font.size, style.font.color.rgb = Pt(size), colour
    return document


def _add_facts(document: Document, words: Words, fields: Mapping[str, str]) -> None:
    asked = [field for field in Field if field not in SECTIONS and field is not Field.PRINCIPLES]
    table = _table(document, words.about, len(asked), _LABEL, _ANSWER)
    for field, (label, answer) in zip(asked, table, strict=True):
        label.paragraphs[0].add_run(words.fields[field].label).bold = True
        if words.fields[field].hint:
            label.add_paragraph(words.fields[field].hint, "Hint")
        _fill(answer, fields.get(field, ""))


def _add_principles(document: Document, words: Words, chosen: str) -> None:
    marked = {notation.strip() for notation in chosen.split(",")}
    heading = words.fields[Field.PRINCIPLES].label
    table = _table(document, heading, len(words.principles), _ANSWER, _LABEL)
    for (notation, name), (label, mark) in zip(words.principles.items(), table, strict=True):
        _fill(label, name)
        _fill(mark, _MARK if notation in marked else "")


def _table(document: Document, title: str, rows: int, *widths: Cm) -> list[tuple[_Cell, ...]]:
    """The cells of a new table row by row; `title` is what a screen reader says of it."""
    table = document.add_table(rows, len(widths), "Table Grid")
    table.autofit = False
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), title)
    table._tbl.tblPr.append(caption)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    return [row.cells for row in table.rows]


def _fill(cell: _Cell, text: str) -> None:
    first, *others = _lines(text)
    cell.paragraphs[0].text = first
    for line in others:
        cell.add_paragraph(line)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _printable(text).splitlines() if line.strip()] or [""]


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 has no place for (section 2.2)."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def _packed(document: Document) -> bytes:
    """The file, with one time on all its parts."""
    saved, out = BytesIO(), BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(out, "w") as archive:
        for part in parts.infolist():
            written = zipfile.ZipInfo(part.filename, _WRITTEN.timetuple()[:6])
            archive.writestr(written, parts.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()
