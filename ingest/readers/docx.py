"""Reads DOCX files: paragraphs, headings, list items, tables and footnotes in order, without what was deleted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers.docx_numbers import Numbers, read_numbers
from ingest.readers.docx_parts import Parts, read_parts
from ingest.readers.docx_styles import Styles, read_styles
from ingest.readers.docx_symbols import symbol
from ingest.readers.office_zip import Element, OfficeZip, attribute, child, local
from kb.documents.models import Block, BlockKind, FrontMatter, RawDocument
from kb.documents.reading import ReadError, ReadFault

MAIN = "word/document.xml"
CONTAINERS = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "document"))
LEFT_OUT = frozenset(("del", "moveFrom", "delText", "instrText", "Fallback", "rPr", "pPr", "sdtPr", "annotationRef"))
MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
DRAWN = {"relIds": "dm", "chart": "id"}  # elements that stand for a diagram or chart, and what names its part
SEPARATORS = frozenset(("separator", "continuationSeparator", "continuationNotice"))
DEEPEST_CHUNK = 2  # documents within one another
SENTENCE = 8  # words; shorter headings may well end in a full stop
BLANKS = re.compile(r"[^\S\n]+")


def read(data: bytes) -> RawDocument:
    archive = OfficeZip(data)
    blocks = _blocks(archive, DEEPEST_CHUNK)
    if not blocks:
        raise ReadError(ReadFault.EMPTY_DOCUMENT)
    return RawDocument("docx", blocks, front=_front(archive.xml("docProps/core.xml")))


def _blocks(archive: OfficeZip, depth: int) -> tuple[Block, ...]:
    """The blocks of the body; `depth` says how many documents within one another are still read."""
    name = _main_part(archive)
    main = archive.xml(name)
    if main is None or (body := child(main, "body")) is None:
        raise ReadError(ReadFault.NOT_WORD)
    notes = {kind: _notes(archive, kind) for kind in ("footnote", "endnote")}
    styles = read_styles(archive.xml("word/styles.xml"))
    numbers = read_numbers(archive.xml("word/numbering.xml"), styles)
    return tuple(_Body(styles, notes, numbers, read_parts(archive, name), depth).blocks(body))


def _main_part(archive: OfficeZip) -> str:
    relations = archive.xml("_rels/.rels")
    for relation in relations if relations is not None else ():
        if (attribute(relation, "Type") or "").endswith("/officeDocument"):
            return (attribute(relation, "Target") or MAIN).lstrip("/")
    return MAIN


def _front(core: Element | None) -> FrontMatter:
    """The title. Word's language property is that of the program, not of the text, and its dates are of the file."""
    title = child(core, "title") if core is not None else None
    return FrontMatter(title=" ".join((title.text or "").split())[:500] if title is not None else "")


def _notes(archive: OfficeZip, kind: str) -> dict[str, str]:
    """Texts of footnotes or endnotes by their id."""
    root = archive.xml(f"word/{kind}s.xml")
    notes = (
        note
        for note in (root if root is not None else ())
        if local(note) == kind and attribute(note, "type") not in SEPARATORS
    )
    return {attribute(note, "id") or "": _plain(note) for note in notes}


def _plain(element: Element) -> str:
    paragraphs = (_paragraph(inner).text for inner in _blocks_within(element) if local(inner) == "p")
    return " ".join(filter(None, paragraphs))


def _blocks_within(element: Element) -> Iterator[Element]:
    """Paragraphs, tables and bodies in another format, through whatever wraps them."""
    for inner in element:
        if local(inner) in ("p", "tbl", "altChunk"):
            yield inner
        elif local(inner) in CONTAINERS:
            yield from _blocks_within(inner)


# --- paragraphs --------------------------------------------------------------------------------------


@dataclass
class _Paragraph:
    """Text of a paragraph, the notes it refers to as (kind, id), and what is anchored in it.

    `boxes` are boxes of text, `drawings` ids of diagrams and charts.
    """

    parts: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        lines = BLANKS.sub(" ", "".join(self.parts)).split("\n")
        return "\n".join(filter(None, (line.strip() for line in lines)))


def _paragraph(element: Element, begun: _Paragraph | None = None) -> _Paragraph:
    paragraph = begun or _Paragraph()
    _collect(element, paragraph)
    return paragraph


def _collect(element: Element, into: _Paragraph) -> None:
    for inner in element:
        name = local(inner)
        if name in LEFT_OUT or (name == "r" and _hidden(inner)):
            continue
        if name == "t":
            into.parts.append(inner.text or "")
        elif name in MARKS:
            into.parts.append(MARKS[name])
        elif name in ("footnoteReference", "endnoteReference"):
            into.notes.append((name.removesuffix("Reference"), attribute(inner, "id") or ""))
        elif name == "txbxContent":
            into.boxes.append(inner)
        elif name == "sym":
            into.parts.append(symbol(attribute(inner, "font") or "", attribute(inner, "char") or ""))
        elif name in DRAWN and (drawing := attribute(inner, DRAWN[name])):
            into.drawings.append(drawing)
        else:
            _collect(inner, into)


def _is_sentence(text: str) -> bool:
    """Whether a text is running text, though its author set it as a heading."""
    return text.endswith((".", ";")) and len(text.split()) >= SENTENCE


def _goes_on(paragraph: Element) -> bool:
    """Whether the next paragraph is its end: after a large first letter, or where the mark between is deleted."""
    properties = child(paragraph, "pPr")
    frame = child(properties, "framePr") if properties is not None else None
    if frame is not None and attribute(frame, "dropCap") in ("drop", "margin"):
        return True
    return properties is not None and child(properties, "rPr", "del") is not None


def _hidden(run: Element) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")


# --- blocks ------------------------------------------------------------------------------------------


@dataclass
class _Body:
    """Turns the body into blocks; a note stands after the paragraph or row that refers to it, once."""

    styles: Styles
    notes: dict[str, dict[str, str]]
    numbers: Numbers
    parts: Parts
    depth: int = 0
    tables: int = 0

    def blocks(self, body: Element) -> Iterator[Block]:
        begun = _Paragraph()  # what goes on in the next paragraph
        for element in _blocks_within(body):
            if local(element) == "p":
                begun = _paragraph(element, begun)
                if not _goes_on(element):
                    yield from self._paragraph_blocks(element, begun)
                    begun = _Paragraph()
            elif local(element) == "tbl":
                yield from self._table_blocks(element)
            else:
                yield from self._chunk(attribute(element, "id") or "")
        yield from self._paragraph_blocks(body, begun)

    def _paragraph_blocks(self, element: Element, paragraph: _Paragraph) -> Iterator[Block]:
        label = self.numbers.label(child(element, "pPr"))
        if paragraph.text:
            yield self._block(element, f"{label} {paragraph.text}".strip())
        yield from self._footnotes(paragraph.notes)
        for box in paragraph.boxes:
            yield from self.blocks(box)
        for drawing in paragraph.drawings:
            yield from self.parts.drawing(drawing)

    def _chunk(self, relation: str) -> Iterator[Block]:
        yield from self.parts.chunk(relation)
        if self.depth and (data := self.parts.document(relation)):
            yield from _blocks(OfficeZip(data), self.depth - 1)

    def _block(self, element: Element, text: str) -> Block:
        properties = child(element, "pPr")
        level = self.styles.level(properties)
        if level and not _is_sentence(text):
            return Block(BlockKind.HEADING, " ".join(text.split()), level=level)
        kind = BlockKind.LIST_ITEM if self.styles.is_item(properties) else BlockKind.PARAGRAPH
        return Block(kind, text)

    def _footnotes(self, references: list[tuple[str, str]]) -> Iterator[Block]:
        for kind, number in references:
            text = self.notes[kind].pop(number, "")
            if text:
                yield Block(BlockKind.FOOTNOTE, text)

    # --- tables ---

    def _table_blocks(self, table: Element) -> Iterator[Block]:
        rows = list(_rows(table))
        if all(len(row) <= 1 for row in rows):  # a frame around text
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        self.tables += 1
        number = self.tables
        for row in rows:
            yield from self._row_blocks(row, number)

    def _row_blocks(self, row: list[Element], number: int) -> Iterator[Block]:
        references: list[tuple[str, str]] = []
        cells = tuple("" if _merged_above(cell) else self._cell(cell, references) for cell in row)
        if any(cells):
            text = " | ".join(" ".join(cell.split()) for cell in cells if cell)
            yield Block(BlockKind.TABLE_ROW, text, cells=cells, table=number)
        yield from self._footnotes(references)

    def _cell(self, cell: Element, references: list[tuple[str, str]]) -> str:
        """Paragraphs of a cell, one a line; a table within is text of the cell."""
        texts: list[str] = []
        for element in _blocks_within(cell):
            if local(element) == "p":
                paragraph = _paragraph(element)
                references += paragraph.notes
                label = self.numbers.label(child(element, "pPr"))
                own = f"{label} {paragraph.text}".strip() if paragraph.text else ""
                texts += [own, *(_plain(box) for box in paragraph.boxes)]
            elif local(element) == "tbl":
                inner = (" ".join(self._cell(c, references).split()) for row in _rows(element) for c in row)
                texts.append(" ".join(filter(None, inner)))
        return "\n".join(filter(None, texts))


def _rows(table: Element) -> Iterator[list[Element]]:
    for row in _named(table, "tr"):
        if child(row, "trPr", "del") is None:
            yield list(_named(row, "tc"))


def _named(element: Element, name: str) -> Iterator[Element]:
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in CONTAINERS:
            yield from _named(inner, name)


def _merged_above(cell: Element) -> bool:
    merge = child(cell, "tcPr", "vMerge")
    return merge is not None and attribute(merge, "val") != "restart"
