"""Pieces: blocks on their way from a reader to a cleaned document, each knowing which page its words are on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.documents.models import Block, BlockKind
from kb.text.word_lists import word_set

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHEN_END = re.compile(r"[^\W\d_]-$")
_LAST_PART = re.compile(r"([^\W\d_]{1,40})-$")
_FIRST_PART = re.compile(r"[^\W\d_]{1,40}")
_UNSPACED = "\u2e80-\u2fdf\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60"  # Han, kana, their marks
_UNSPACED_END = re.compile(f"[{_UNSPACED}]$")
_UNSPACED_START = re.compile(f"[{_UNSPACED}]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[/\-_=&?%#~]$", re.IGNORECASE)
_ADDRESS_PART = re.compile(r"[\w%~-]*(?:[/_=?&%~]|\.[a-z]{2}|\d|-\w+-)")  # after a slash: a word may follow it, too
_ADDRESS_REST = re.compile(r"[\w%/.~]")
_SYMBOL = re.compile(r"[(\[]?[A-Z][\w.]*/(?:[\w.()-]+/)+$")  # "A/RES/73/", "E/CN.9/"
_SYMBOL_PART = re.compile(r"(?:\d|[A-Z]+[./]|Add\.|Rev\.|Corr\.|L\.|CRP\.|INF\.)")
_RANGE_END = re.compile(r"\d[–-]$")
_RANGE_REST = re.compile(r"\d")
_LONGEST_SYMBOL = 300  # characters
_JOINING_PREFIXES = word_set(
    "socio ex vice inter intra anglo franco hispano afro indo ibero político teórico multi non self co "
    "cross post pre semi sub well long short sous avant après demi mi"
)

Pages = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A block being cleaned. `pages` are (offset in `text`, page) where each page begins; `gap` counts the
    blank lines before it. `level` is 0 where the level of a heading is not yet known."""

    kind: BlockKind
    text: str
    pages: Pages = ((0, None),)
    level: int = 0
    row: str = ""
    cells: tuple[str, ...] = ()
    table: int | None = None
    gap: int = 0

    @property
    def page(self) -> int | None:
        return self.pages[0][1]

    @property
    def last_page(self) -> int | None:
        return self.pages[-1][1]

    def slice(self, start: int, end: int | None = None) -> "Piece":
        """The part `text[start:end]` without outer whitespace, with the pages its words are on."""
        part = self.text[start:end]
        begin = start + len(part) - len(part.lstrip())
        text = part.strip()
        pages = _pages_within(self.pages, begin, begin + len(text))
        return replace(self, text=text, pages=pages)


def _pages_within(pages: Pages, start: int, end: int) -> Pages:
    first = [page for offset, page in pages if offset <= start][-1]
    return ((0, first), *((offset - start, page) for offset, page in pages if start < offset < end))


def piece_of(block: Block, text: str, gap: int = 0) -> Piece:
    return Piece(block.kind, text, ((0, block.page),), block.level, "", block.cells, block.table, gap)


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The vocabulary of a document, case-folded; hyphenated words count whole and by their parts.

    Halves of words that a line break parted are no words.
    """
    found: set[str] = set()
    parted = False
    for text in texts:
        words = WORD.findall(text.casefold())
        whole = words[parted and text[:1].islower() :]
        parted = bool(_HYPHEN_END.search(text[-2:]))
        found.update(whole[:-1] if parted else whole)
    parts = {part for word in found if "-" in word for part in word.split("-")}
    return frozenset(found | parts)


def mends_without_hyphen(left: str, right: str, words: frozenset[str]) -> bool:
    """Whether `left-` at the end of a line and `right` on the next are one word without the hyphen.

    The document's own vocabulary decides; without evidence a small list of prefixes does.
    """
    left, right = left.casefold(), right.casefold()
    if f"{left}-{right}" in words:
        return False
    if left + right in words:
        return True
    return not (left in _JOINING_PREFIXES or (len(left) > 3 and left in words and right in words))


def hyphen_joint(left: str, right: str, words: frozenset[str]) -> tuple[str, str]:
    """What stands between two lines, and the left line as it reads once joined."""
    if _goes_on_unspaced(left, right):
        return left, ""
    if not _HYPHEN_END.search(left[-2:]):
        return left, " "
    before, after = _LAST_PART.search(left[-42:]), _FIRST_PART.match(right)
    if before is None or after is None or not right[0].islower():
        return left, "" if right[:1].isalnum() else " "
    if after.group() in ("y", "e", "o", "u", "and", "or", "et", "ou", "und", "oder"):
        return left, " "  # a suspended hyphen: "pre- y postnatal"
    return (left[:-1] if mends_without_hyphen(before.group(1), after.group(), words) else left), ""


def _goes_on_unspaced(left: str, right: str) -> bool:
    """Whether a line end parted what has no space: an address, a symbol of a document, a range, Chinese, Japanese."""
    if _UNSPACED_END.search(left[-1:]) and _UNSPACED_START.match(right):
        return True
    last = left[-_LONGEST_SYMBOL:].rsplit(maxsplit=1)[-1:]
    if not last or not right:
        return False
    if _ADDRESS.search(last[0]):
        return bool((_ADDRESS_PART if last[0][-1] == "/" else _ADDRESS_REST).match(right))
    if last[0][-1] == "/" and last[0].count("/") > 1:
        return bool(_SYMBOL.match(last[0]) and _SYMBOL_PART.match(right))
    return bool(_RANGE_END.search(left[-12:]) and _RANGE_REST.match(right))


def joined(parts: Sequence[Piece], words: frozenset[str]) -> Piece:
    """Several pieces as one running text, hyphenation across lines undone; kind and level of the first."""
    texts: list[str] = []
    pages: list[tuple[int, int | None]] = [parts[0].pages[0]]
    length, right = 0, ""
    for index, part in enumerate(parts):
        right = part.text if not index else right
        following = parts[index + 1].text if index + 1 < len(parts) else ""
        left, joint = hyphen_joint(right, following, words) if following else (right, "")
        _add_pages(pages, part, length, bool(texts) and not texts[-1].endswith(" "))
        texts.append(left + joint)
        length += len(left) + len(joint)
        right = following
    return replace(parts[0], text="".join(texts), pages=tuple(pages))


def _add_pages(pages: list[tuple[int, int | None]], part: Piece, start: int, mid_word: bool) -> None:
    for offset, page in part.pages:
        if page == pages[-1][1]:
            continue
        space = part.text.find(" ", offset) if mid_word and not offset else offset - 1
        if space >= 0 or not mid_word:
            pages.append((start + space + 1, page))
