"""Sentences of a request or a work, with their offsets: what is compared with what, and shown beside it."""

import numpy as np

from kb.text.sentences import sentence_spans

_SHORT, _LONG = 2, 6  # sentences
_MOST = 600  # characters; what has no full stop for longer is cut at a space


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text` in order, without the space around them; a line break ends one."""
    return [piece for start, end in sentence_spans(text) for piece in _cut(text, start, end)]


def extent(text: str) -> float:
    """How long a request is: 0 with two sentences or fewer, which ask for one thing; 1 with six or more."""
    return float(np.clip((len(sentences(text)) - _SHORT) / (_LONG - _SHORT), 0, 1))


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretch in pieces of at most `_MOST` characters, bare of outer space; none of a piece without a letter."""
    pieces = []
    while start < end:
        stop = end
        if end - start > _MOST:
            space = text.rfind(" ", start + 1, start + _MOST)
            stop = space if space > start else start + _MOST
        piece = text[start:stop]
        first = start + len(piece) - len(piece.lstrip())
        last = stop - (len(piece) - len(piece.rstrip()))
        if any(c.isalpha() for c in piece):
            pieces.append((first, last))
        start = stop
    return pieces
