"""Lines set as the title of a document that are not in the title it got: they are text, found in a passage."""

import re
from dataclasses import replace

from kb.documents.models import BlockKind, Document, PlacedBlock
from kb.text.folding import fold_in_place

_WORD = re.compile(r"\w+")


def with_words_outside_title(document: Document, title: str) -> Document:
    """`document` with those lines of its title as paragraphs that hold a word which `title` has not."""
    held = _words(title)
    begun = next((n for n, block in enumerate(document.blocks) if not _heads_all(block)), len(document.blocks))
    lines = tuple(
        block if _words(document.text[block.start : block.end]) <= held else _as_text(block)
        for block in document.blocks[:begun]
    )
    return replace(document, blocks=(*lines, *document.blocks[begun:]))


def _heads_all(block: PlacedBlock) -> bool:
    return block.kind is BlockKind.HEADING and block.level == 1


def _as_text(block: PlacedBlock) -> PlacedBlock:
    return replace(block, kind=BlockKind.PARAGRAPH, level=0)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(fold_in_place(text)))
