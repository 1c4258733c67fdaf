"""Reads Markdown: headings, paragraphs, lists, tables and footnotes, as plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers.decoding import decode
from ingest.readers.front_matter import read_front, split_front
from ingest.readers.markdown_inline import strip_marks
from kb.documents.models import Block, BlockKind, RawDocument
from kb.documents.reading import ReadError, ReadFault

HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?\s*#*\s*")
UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*")
RULE = re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*")
ITEM = re.compile(r"\s*(?:[-*+]|(\d{1,9}[.)]))\s+(.*)")
FOOTNOTE = re.compile(r" {0,3}\[\^[^\[\]\s]{1,60}\]:\s*(.*)")
REFERENCE = re.compile(r" {0,3}\[[^\[\]^][^\[\]]{0,200}\]:\s+\S+.*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
CELL_BORDER = re.compile(r"(?<!\\)\|")
QUOTE = re.compile(r" {0,3}>\s?")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
LONGEST_LINE = 1_000_000


def read(data: bytes) -> RawDocument:
    decoded = decode(data)
    source, body = split_front(decoded.text)
    front, warnings = read_front(source)
    lines = COMMENT.sub("", body).split("\n")
    if max(map(len, lines)) > LONGEST_LINE:
        raise ReadError(ReadFault.LONG_LINE)
    blocks = tuple(block for block in _Parser(lines).blocks() if block.text)
    if not blocks:
        raise ReadError(ReadFault.BLANK_FILE)
    return RawDocument("markdown", blocks, front=front, warnings=decoded.warnings + warnings)


@dataclass
class _Parser:
    """Goes through the lines once; a piece of several lines grows until something else begins."""

    lines: list[str]
    kind: BlockKind = BlockKind.PARAGRAPH
    piece: list[str] = field(default_factory=list)
    fence: str = ""
    table: int = 0
    columns: bool = False  # inside a table

    def blocks(self) -> Iterator[Block]:
        for number, line in enumerate(self.lines):
            following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
            yield from self._line(line, following)
        yield from self._finished()

    def _line(self, line: str, following: str) -> Iterator[Block]:
        if self.fence:
            yield from self._fenced(line)
            return
        line = QUOTE.sub("", line)
        if self.columns:
            if "|" in line:
                yield from self._row(line)
                return
            self.columns = False
        yield from self._start(line, following)

    def _start(self, line: str, following: str) -> Iterator[Block]:
        """One line outside of fences and tables: does it begin, continue or end a piece?"""
        if not line.strip():
            yield from self._finished()
        elif fence := FENCE.match(line):
            yield from self._finished()
            self.fence = fence[1]
        elif heading := HEADING.fullmatch(line):
            yield from self._finished()
            yield Block(BlockKind.HEADING, strip_marks(heading[2] or ""), level=len(heading[1]))
        elif (underline := UNDERLINE.fullmatch(line)) and self.piece and self.kind is BlockKind.PARAGRAPH:
            yield Block(BlockKind.HEADING, self._joined(), level=1 if "=" in underline[1] else 2)
        elif RULE.fullmatch(line) or REFERENCE.fullmatch(line):
            yield from self._finished()
        elif "|" in line and "-" in following and DELIMITER.fullmatch(following) and "|" in following:
            yield from self._finished()
            self.table, self.columns = self.table + 1, True
            yield from self._row(line)
        else:
            yield from self._text(line)

    def _text(self, line: str) -> Iterator[Block]:
        for kind, pattern in ((BlockKind.LIST_ITEM, ITEM), (BlockKind.FOOTNOTE, FOOTNOTE)):
            if match := pattern.fullmatch(line):
                yield from self._finished()
                self.kind = kind
                self.piece = [" ".join(filter(None, match.groups()))]
                return
        self.piece.append(line.strip())

    def _fenced(self, line: str) -> Iterator[Block]:
        if line.strip().startswith(self.fence):
            self.fence = ""
            yield from self._finished()
        else:
            self.piece.append(line.strip())

    def _row(self, line: str) -> Iterator[Block]:
        if DELIMITER.fullmatch(line):
            return
        inner = line.strip().removeprefix("|")
        inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
        cells = tuple(strip_marks(cell.strip()) for cell in CELL_BORDER.split(inner))
        yield Block(BlockKind.TABLE_ROW, " | ".join(filter(None, cells)), cells=cells, table=self.table)

    def _finished(self) -> Iterator[Block]:
        if self.piece:
            kind = self.kind
            yield Block(kind, self._joined())
        self.kind = BlockKind.PARAGRAPH

    def _joined(self) -> str:
        text = strip_marks(" ".join(self.piece))
        self.piece = []
        return text
