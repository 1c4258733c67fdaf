"""Sentences: where a text may be cut without breaking a sentence, and about how many tokens a piece has."""

import re
from collections.abc import Iterator
from itertools import pairwise

from kb.text.word_lists import word_set

_END = re.compile(
    r"(?P<space>[.!?…]{1,3}[\"”»’)\]]{0,3}\s+|[؟۔।]{1,2}[\"”»)\]]{0,3}\s*|\n+)|(?P<wide>[。！？]{1,3}[”’」』）]{0,3})"
)
_LAST_WORD = re.compile(r"[^\s(«“\"\[]{0,20}$")
_ABBREVIATIONS = word_set(
    "párr párrs parr art arts núm núms num nro pág págs pag cap caps inc lit fig sr sra sres dr dra prof "
    "ing lic ee uu nn cf vs vol vols ed eds al i.e e.g p.ej ej no nos n.º nº p pp para paras sec "
    "secs st mr mrs ms mme mlle mm m res rev add corr doc docs ch chap app approx ca máx mín tel av avda "
    "ud uds s.a ee.uu nn.uu u.n u.s r.u a.m d.c abs"
)
_OPENER = re.compile(r"[\"“«‘(\[¿¡—–•-]*")
_NEVER_FIRST = frozenset(".,;:")  # "p1, . . . , pn", or what follows a question within a sentence
_CLAUSE = re.compile(r"(?<=[;:,،；，、])\s?|(?<=[)\]])\s|\s(?=[(\[–—•])")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_NARROW = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def tokens_in(text: str) -> float:
    """About how many tokens a subword tokenizer makes of `text`; cheap, and sound without spaces too."""
    wide, narrow = len(_WIDE.findall(text)), len(_NARROW.findall(text))
    others = len(text) - wide - narrow
    words = 0 if wide > others else len(text.split())
    return 0.7 * wide + 0.35 * narrow + max(1.35 * words, others / 6)


def sentence_ends(text: str) -> Iterator[int]:
    """Offsets where sentences or lines of `text` end (after the space that follows); the last is its length."""
    for match in _END.finditer(text):
        if match.end() < len(text) and (match.lastgroup == "wide" or _ends_sentence(text, match)):
            yield match.end()
    yield len(text)


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> tuple[tuple[int, int], ...]:
    """Offsets into `text` of the sentences and lines of `text[start:end]`, without the space around them."""
    stops = [start + stop for stop in sentence_ends(text[start:end])]
    parts = ((text[begin:stop], begin, stop) for begin, stop in pairwise((start, *stops)))
    return tuple(
        (begin + len(part) - len(part.lstrip()), stop - len(part) + len(part.rstrip()))
        for part, begin, stop in parts
        if part.strip()
    )


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if "\n" in match.group() or match.group()[0] in "؟۔।":
        return True
    following = text[match.end() : match.end() + 12]
    opened = _OPENER.match(following)
    first = following[opened.end() : opened.end() + 1] if opened else following[:1]
    if first.islower() or first in _NEVER_FIRST:
        return False
    if match.group()[0] in "!?…":
        return True
    last = _LAST_WORD.search(text[max(0, match.start() - 20) : match.start()])
    word = last.group() if last else ""
    return not _is_abbreviation(word, text, match, first)


def _is_abbreviation(word: str, text: str, match: re.Match[str], first: str) -> bool:
    if word.casefold() in _ABBREVIATIONS and match.group().startswith(". "):
        return True
    if len(word) == 1 and word.isupper():  # an initial
        return True
    if "." in word and len(word) <= 6 and all(len(part) <= 2 for part in word.split(".")):
        return word[0].isupper() and first.isdigit()
    begins_line = match.start() - len(word) == 0 or text[match.start() - len(word) - 1] == "\n"
    return begins_line and len(word) <= 5 and (word.isdigit() or word.casefold().strip("ivx") == "" or len(word) == 1)


def clause_ends(text: str) -> Iterator[int]:
    """Offsets within one long sentence where a clause ends; the last is its length."""
    for match in _CLAUSE.finditer(text):
        if 0 < match.end() < len(text):
            yield match.end()
    yield len(text)
