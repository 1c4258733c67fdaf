"""From what is seen on a line to what is read: Arabic and Hebrew run to the left, figures and Latin words do not.

The inverse of the Unicode Bidirectional Algorithm (UAX 9), for a line of which every sign has a place.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WITHIN_NUMBER = frozenset(".,:/\\-٫٬")
_TURNED_LIGATURE = re.compile(
    "(?<=ا)([أإآا])ل"
)  # no word has two alefs together: lam and alef, drawn as one, turned round
_ALEFS = frozenset("اأإآٱ")
_LAM = "ل"


@lru_cache(maxsize=4096)
def _kind(signs: str) -> str:
    """R for letters that run to the left, L for other letters, N for figures, S for all else."""
    kinds = {unicodedata.bidirectional(sign) for sign in signs}
    if kinds & {"R", "AL"}:
        return "R"
    if "L" in kinds:
        return "L"
    return "N" if kinds & {"EN", "AN"} else "S"


def runs_left(text: str) -> bool:
    """Whether a text holds a letter of a script that runs to the left."""
    return not text.isascii() and any(_kind(sign) == "R" for sign in text)


def mostly_left(text: str) -> bool:
    """Whether more letters of a text run to the left than to the right."""
    kinds = [_kind(sign) for sign in text]
    return kinds.count("R") > kinds.count("L")


def letters_of_glyph(signs: str) -> str:
    """The letters of one glyph as they are read, given in the order of PDFium, which turns those of Arabic round."""
    turned = signs[::-1] if runs_left(signs) else signs
    return turned[::-1] if len(turned) == 2 and turned[0] in _ALEFS and turned[1] == _LAM else turned


def as_read(seen: Sequence[str], leftwards: bool) -> str:
    """The text of glyphs and spaces that stand on a line from left to right; whether lines run `leftwards`."""
    if leftwards:
        return _leftwards(seen)
    found: list[str] = []
    place = 0
    while place < len(seen):
        end = _end(seen, place, "R", "L")
        found.append(_leftwards(seen[place:end]) if end > place else seen[place])
        place = max(end, place + 1)
    return "".join(found)


def _leftwards(seen: Sequence[str]) -> str:
    """The text of a stretch that runs to the left; Latin words and numbers in it keep their order."""
    signs = list(reversed(seen))
    found: list[str] = []
    place = 0
    while place < len(signs):
        end = max(_end(signs, place, "L", "R"), _end_of_number(signs, place))
        found.extend(reversed(signs[place:end]) if end > place else [signs[place]])
        place = max(end, place + 1)
    return _TURNED_LIGATURE.sub(r"ل\1", "".join(found))


def _end(signs: Sequence[str], start: int, wanted: str, other: str) -> int:
    """Where a stretch ends that begins and ends with a wanted kind, or a figure, and holds none of the other kind."""
    if _kind(signs[start]) not in (wanted, "N"):
        return start
    end = found = start
    for place in range(start, len(signs)):
        kind = _kind(signs[place])
        if kind == other:
            break
        if kind in (wanted, "N"):
            end = place + 1
        found += kind == wanted
    return end if found > start else start


def _end_of_number(signs: Sequence[str], start: int) -> int:
    """Where a number ends that begins here, with the signs between its figures."""
    if _kind(signs[start]) != "N":
        return start
    end = start + 1
    while end < len(signs):
        if _kind(signs[end]) == "N":
            end += 1
        elif signs[end] in _WITHIN_NUMBER and end + 1 < len(signs) and _kind(signs[end + 1]) == "N":
            end += 2
        else:
            break
    return end
