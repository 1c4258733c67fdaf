"""Reads Markdown (CommonMark, with tables and footnotes): its blocks as plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it.common.html_blocks import block_names
from markdown_it.token import Token

from ingest.readers.decoding import decode
from ingest.readers.front_matter import read_front, split_front
from ingest.readers.html import fragment_blocks
from ingest.readers.markdown_inline import DEEPEST, MARKDOWN, inline_text, is_tag, strip_marks, strip_plain_marks
from kb.documents.models import Block, BlockKind, RawDocument
from kb.documents.reading import ReadError, ReadFault

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NOTE_MARK = re.compile(r"<sup>[\s\d,]{1,20}</sup>|(?<=\S)\^\{[\s\d,]{1,20}\}")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_ELEMENT = re.compile(rf"\s*</?(?:{'|'.join(block_names)}|pre|script|style|textarea)\b|\s*<!", re.IGNORECASE)
_SPACES = re.compile(r" {2,}")
_LONGEST_LINE = 1_000_000


def read(data: bytes) -> RawDocument:
    decoded = decode(data)
    source, body = split_front(decoded.text)
    front, warnings = read_front(source)
    text = _NOTE_MARK.sub("", _COMMENT.sub("", body))
    lines = text.split("\n")
    if max(map(len, lines)) > _LONGEST_LINE:
        raise ReadError(ReadFault.LONG_LINE)
    blocks = tuple(block for block in _blocks(text, lines) if block.text)
    if not blocks:
        raise ReadError(ReadFault.BLANK_FILE)
    return RawDocument("markdown", blocks, front=front, warnings=decoded.warnings + warnings)


def _blocks(text: str, lines: list[str]) -> Iterator[Block]:
    tokens = MARKDOWN.parse(text)
    if any(token.level + token.nesting >= DEEPEST for token in tokens):
        return (Block(BlockKind.LINE, strip_plain_marks(line)) for line in lines)  # so that nothing is lost
    pieces = _Pieces(lines)
    return (block for token in tokens for block in pieces.of(token))


@dataclass
class _Pieces:
    """Makes blocks of the tokens as they come; what is open decides what a text is."""

    lines: list[str]
    level: int = 0  # of the heading that is open
    item: str | None = None  # number of a list item that has no text yet; "" where it has none
    note: bool = False
    table: int = 0
    row: bool = False

    def of(self, token: Token) -> Iterator[Block]:
        match token.type:
            case "heading_open":
                self.level = int(token.tag[1:])
            case "heading_close":
                self.level = 0
            case "list_item_open":
                self.item = f"{token.info}{token.markup} " if token.info else ""
            case "list_item_close":
                self.item = None
            case "footnote_reference_open" | "footnote_reference_close":
                self.note = token.nesting > 0
            case "table_open":
                self.table += 1
            case "tr_open":
                self.row = True
                yield self._row(token)
            case "tr_close":
                self.row = False
            case "inline" if not self.row:
                yield self._text(_SPACES.sub(" ", inline_text(token)).strip())
            case "fence":
                yield Block(BlockKind.PARAGRAPH, " ".join(token.content.split()))
            case "html_block":
                yield from self._html(token.content)

    def _text(self, text: str) -> Block:
        if self.level:
            return Block(BlockKind.HEADING, text, level=self.level)
        if self.note:
            return Block(BlockKind.FOOTNOTE, text)
        marker, self.item = self.item, None
        if marker is None:
            return Block(BlockKind.PARAGRAPH, text)
        return Block(BlockKind.LIST_ITEM, marker + text if text else "")

    def _row(self, token: Token) -> Block:
        """All cells of a row, those too that the row of headings has no column for."""
        line = self.lines[token.map[0]].strip(" \t>") if token.map else ""
        if "|" not in line:  # the paragraph that follows a table without a blank line
            return Block(BlockKind.PARAGRAPH, strip_marks(line))
        inner = line.removeprefix("|")
        inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
        cells = tuple(strip_marks(cell.strip().replace("\\|", "|")) for cell in _CELL_BORDER.split(inner))
        return Block(BlockKind.TABLE_ROW, " | ".join(filter(None, cells)), cells=cells, table=self.table)

    def _html(self, content: str) -> Iterator[Block]:
        if not (_ELEMENT.match(content) or is_tag(content.lstrip())):
            yield self._text(strip_marks(" ".join(content.split())))  # "<date of the meeting>", to be filled in
            return
        found = fragment_blocks(content)
        yield from (replace(b, table=self.table + b.table) if b.table else b for b in found)
        self.table += max((block.table or 0 for block in found), default=0)
