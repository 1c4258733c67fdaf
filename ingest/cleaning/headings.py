"""Headings: which pieces are headings, and which headings are glued to the paragraph below them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.blocks import Piece
from ingest.cleaning.paragraphs import BULLET, ITEM, SENTENCE_END
from kb.documents.models import BlockKind
from kb.text.word_lists import SMALL_WORDS, word_set

_MARK = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*$", re.DOTALL)
_BOLD = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.:)]?\s+)?(?:\*\*|__)(?=\S)([^*\n]{2,160})(?:\*\*|__):?")
NUMBERED = re.compile(
    r"(?P<num>\d{1,2}(?:\.\d{1,2}){0,3})(?P<mark>[.:]?)\s{1,3}(?=[^\W\d_a-z])|(?P<roman>[IVXivx]{1,5})[.:]\s{1,3}(?=[^\W\d_a-z])"
    r"|(?P<letter>[A-H])\.\s{1,3}(?=[^\W\d_a-z])"
)
_CALLED = re.compile(
    r"(?:cap[ií]tulo|secci[oó]n|parte|t[ií]tulo|chapter|section|part|chapitre|partie|titre|annex|annexe|anexo|appendix|"
    r"ap[eé]ndice|appendice|objetivo|objective|objectif)\s+(?:\d{1,2}|[IVX]{1,5}|[A-H])\b",
    re.IGNORECASE,
)
ANNEX = re.compile(
    r"(?:anexo|annexe?|appendix|ap[eé]ndice|appendice)s?(?:\s+(?:\d{1,2}|[IVX]{1,5}|[A-H]))?[.:]?", re.IGNORECASE
)
_DATE = re.compile(r"(?<![\w(])\d{1,2} (?:de )?[^\W\d_]{3,10},? (?:de )?20\d\d(?= [^\W\d_a-z])")
_URL = re.compile(r"https?://|www\.|\S@\S")
# After these words, in capitals and without punctuation before them, a sentence begins: the heading ended there.
_STARTERS = {
    "es": "El La Los Las En Como Un Una Se Con Para Por De Al Cada Cuando Este Esta Estos Estas Todos "
    "Todas Hasta Desde Según Durante Tras Conforme Si Es Son Hay A",
    "fr": "Le La Les Un Une Dans Ce Cette Ces Afin Pour Par Selon Il Elle Ils Elles Chaque Lors Depuis Au Aux Des",
    "en": "The This These In As A An For To At It They When Since Each All During Under With",
}
_STARTER = {language: frozenset(words.split()) for language, words in _STARTERS.items()}
_NAMES_AFTER_ARTICLE = word_set("Salvador Paz Haya Habana Rioja Vegas Ángeles Havre Hague Cairo Réunion")
_NO_HEADING_START = word_set(
    "en el la los las un una de por para con como al a se si este esta cuando según durante además "
    "asimismo finalmente igualmente también así the in this a an for to it as when also however dans le "
    "les une pour par afin ce cette il"
)
_LONGEST = 30  # words of a heading


def with_headings(pieces: Sequence[Piece], marked: bool = False) -> list[Piece]:
    """`pieces` with headings recognised, headings glued to paragraphs split off, false ones put back.

    `marked` says that marks of Markdown have been read, so that one which is left is text.
    """
    split = [part for piece in _with_date_apart(pieces) for part in _split(piece)]
    found: list[Piece] = []
    for index, piece in enumerate(split):
        following = split[index + 1] if index + 1 < len(split) else None
        found.append(_classified(piece, found[-1] if found else None, following, marked))
    return [piece for piece in found if piece.text]


def _classified(piece: Piece, before: Piece | None, after: Piece | None, marked: bool) -> Piece:
    if piece.kind is BlockKind.HEADING:
        return _checked(piece)
    if piece.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return piece
    if match := _MARK.match(piece.text[:300]) if piece.text.startswith("#") and not marked else None:
        return _checked(replace(piece.slice(match.start(2)), kind=BlockKind.HEADING, level=len(match.group(1))))
    return replace(piece, kind=BlockKind.HEADING) if _is_heading(piece, before, after) else piece


def _checked(piece: Piece) -> Piece:
    """A heading as a reader gave it, unless it is an item of a list or a paragraph set large."""
    if BULLET.match(piece.text) and piece.level < 6:
        return replace(piece, kind=BlockKind.LIST_ITEM, level=0)
    words = len(piece.text.split())
    if words > _LONGEST and piece.level < 6 and SENTENCE_END.search(piece.text):
        return replace(piece, kind=BlockKind.PARAGRAPH, level=0)
    return piece


def _is_heading(piece: Piece, before: Piece | None, after: Piece | None) -> bool:
    text = piece.text
    if len(text) > 300 or after is None or BULLET.match(text) or _URL.search(text):
        return False
    if piece.kind is BlockKind.LIST_ITEM and not ITEM.match(text):
        return False  # an item by its reader's word, not by its number
    words = text.split()
    bold = _BOLD.fullmatch(text)
    if bold and len(words) <= 20 and not bold.group(1).rstrip().endswith((".", ";", ",")):
        return True
    if SENTENCE_END.search(text) or text[-1] in ",–-" or len(words) > _LONGEST - 6:
        return False
    if NUMBERED.match(text):
        return len(words) <= 22 and not _next_in_list(text, after) and not _next_in_list(_text(before), piece)
    if ITEM.match(text):
        return False
    if _CALLED.match(text) or ANNEX.fullmatch(text):
        return len(words) <= 16
    if _capitals(text):
        return len(words) <= 16
    return _stands_short(piece, words, before, after)


def _text(piece: Piece | None) -> str:
    return piece.text if piece is not None and piece.kind is not BlockKind.HEADING else ""


def _next_in_list(text: str, after: Piece) -> bool:
    """Whether `after` is the next item of the list that `text` would be an item of."""
    first, second = NUMBERED.match(text), NUMBERED.match(after.text[:40])
    if first is None or second is None or first.lastgroup is None or after.kind is BlockKind.HEADING:
        return False
    numbers = [match.group("num") for match in (first, second)]
    if None in numbers:
        return bool(first.group("roman")) == bool(second.group("roman")) and not any(numbers)
    depths = [number.count(".") for number in numbers]
    return depths[0] == depths[1] and int(numbers[1].rsplit(".", 1)[-1]) == int(numbers[0].rsplit(".", 1)[-1]) + 1


def _capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 3 and text == text.upper() and text != text.lower() and (" " in text or len(letters) > 5)


def _stands_short(piece: Piece, words: Sequence[str], before: Piece | None, after: Piece) -> bool:
    """A short line without a full stop, after a finished paragraph and above a longer one."""
    if (
        len(words) > 10
        or len(piece.text) > 90
        or not piece.text[0].isupper()
        or "|" in piece.text
        or "\n" in piece.text
    ):
        return False
    if before is not None and before.kind is BlockKind.PARAGRAPH and _unfinished(before.text):
        return False
    longer = len(after.text) > max(100, len(piece.text)) or after.kind is not BlockKind.PARAGRAPH
    return longer or after.kind is BlockKind.HEADING or bool(after.gap and SENTENCE_END.search(after.text))


def _unfinished(text: str) -> bool:
    return text.endswith((",", ":")) or (len(text) > 100 and not SENTENCE_END.search(text[-6:]))


# --- headings glued to what follows ----------------------------------------------------------------


def _with_date_apart(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """On the first page, a date between the end of the title and the first heading stands by itself."""
    for index, piece in enumerate(pieces):
        match = _DATE.search(piece.text[:300]) if index < 10 and piece.kind is BlockKind.PARAGRAPH else None
        if match is None or re.search(r"[.;:!?]", piece.text[: match.start()]) or match.start() < 3:
            yield piece
            continue
        yield replace(piece.slice(0, match.start()), kind=BlockKind.HEADING)
        yield replace(piece.slice(match.start(), match.end()), kind=BlockKind.HEADING)
        yield piece.slice(match.end())


def _split(piece: Piece) -> Iterator[Piece]:
    if piece.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING) or piece.level == 6:
        yield piece
        return
    if piece.kind is BlockKind.LIST_ITEM and not ITEM.match(piece.text[:40]):
        yield piece
        return
    start = 0
    for end in _joints(piece.text[:700]):
        yield replace(piece.slice(start, end), kind=BlockKind.HEADING)
        start = end
    rest = piece.slice(start) if start else piece
    if start and (rest.kind is not BlockKind.HEADING or SENTENCE_END.search(rest.text)):
        rest = replace(
            rest, kind=BlockKind.LIST_ITEM if ITEM.match(rest.text[:40]) else BlockKind.PARAGRAPH, level=0, gap=0
        )
    yield rest


def _joints(text: str) -> Iterator[int]:
    """Offsets where headings at the beginning of `text` end; usually none."""
    start = 0
    match = re.match(rf"(?i:{ANNEX.pattern})\s+(?=[^\W\d_a-z])(?!(?:[IVX]{{1,5}}|[A-H])\b[:.])", text)
    if match and match.group()[0].isupper() and len(text[match.end() :].split()) >= 3:
        yield match.end()
        start = match.end()
    inner = re.match(r"[^\W\d_a-z][^\W\d]{3,}(?: [^\W\d]{2,}){0,4} (?=\d{1,2}\. [^\W\d_a-z][^\W\d_A-Z])", text[start:])
    if inner and inner.group().split()[0].casefold() not in _NO_HEADING_START and _small_free(inner.group()):
        following = _sentence_start(text, start + inner.end())
        if following:
            yield start + inner.end()
            yield following
            return
    if following := _sentence_start(text, start):
        yield following


def _small_free(phrase: str) -> bool:
    return phrase.split()[-1].casefold() not in (
        *SMALL_WORDS,
        "objetivo",
        "objetivos",
        "párrafo",
        "artículo",
        "objective",
    )


def _sentence_start(text: str, start: int) -> int | None:
    """Where, after a heading that begins at `start`, the first sentence begins; None without a heading."""
    tokens = list(re.finditer(r"\S+", text[start:]))
    number = NUMBERED.match(text, start)
    first = len(text[start : number.end()].split()) if number else 0
    if len(tokens) < first + 4 or (not number and tokens[0].group().casefold().rstrip(",") in _NO_HEADING_START):
        return None
    if not number and (tokens[0].group().endswith("mente") or not tokens[0].group()[0].isupper()):
        return None
    for n in range(first + 1, min(len(tokens) - 1, first + (22 if number else 12))):
        before, token, after = (tokens[n + step].group() for step in (-1, 0, 1))
        if before[-1] in ".,;:!?–—-/" and n > first:
            return None
        if _begins_sentence(before, token, after) or (number and _begins_label(tokens, n)):
            return start + tokens[n].start() if _is_sentence(text[start + tokens[n].start() :]) else None
    return None


def _begins_sentence(before: str, token: str, after: str) -> bool:
    if before.casefold() in SMALL_WORDS or after in _NAMES_AFTER_ARTICLE:
        return False
    if token in _STARTER["es"] or token in _STARTER["fr"]:
        return True
    return token in _STARTER["en"] and after[0].islower()


def _begins_label(tokens: Sequence[re.Match[str]], n: int) -> bool:
    """ "… en Perú Membresía voluntaria: La Red …": a run-in label of up to three words and a colon."""
    if not tokens[n].group()[0].isupper() or tokens[n - 1].group().casefold() in SMALL_WORDS:
        return False
    label = [token.group() for token in tokens[n : n + 3]]
    ends = [k for k, word in enumerate(label) if word.endswith(":")]
    return bool(ends) and all(word[0].islower() for word in label[1 : ends[0] + 1])


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= 6 and bool(re.search(r"[.:;]", text))
