"""Reads text files: lines and pages as they are, headings where the text marks them as Markdown does."""

import re
from collections.abc import Iterator

from ingest.readers.decoding import decode
from ingest.readers.markdown_inline import strip_plain_marks
from kb.documents.models import Block, BlockKind, RawDocument
from kb.documents.reading import ReadError, ReadFault

HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
LONGEST_LINE = 1_000_000  # characters; no text that a person wrote comes near, and a passage could not be cited


def read(data: bytes) -> RawDocument:
    decoded = decode(data)
    pages = decoded.text.split("\f")
    if pages[-1].strip() == "":
        pages = pages[:-1] or pages  # a form feed that ends the last page begins no other
    paged = len(pages) > 1
    blocks = [block for number, page in enumerate(pages, 1) for block in _lines(page, number if paged else None)]
    if not any(block.text for block in blocks):
        raise ReadError(ReadFault.BLANK_FILE)
    return RawDocument("text", tuple(blocks), len(pages) if paged else None, warnings=decoded.warnings)


def _lines(page: str, number: int | None) -> Iterator[Block]:
    for line in page.strip("\n").split("\n"):
        if len(line) > LONGEST_LINE:
            raise ReadError(ReadFault.LONG_LINE)
        yield _block(line.rstrip(), number)


def _block(line: str, page: int | None) -> Block:
    heading = HEADING.match(line)
    if heading:
        text = strip_plain_marks(heading[2].rstrip("# "))
        return Block(BlockKind.HEADING, text, page, level=len(heading[1]))
    return Block(BlockKind.LINE, strip_plain_marks(line), page)
