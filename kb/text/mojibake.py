"""Text that was written in one encoding and read in another (mojibake), told by what letters then stand together."""

import regex
from ftfy.badness import badness

# What ftfy does not count: letters of two scripts in a word ("detenciГіn"), and letters around the lines of boxes
# (KOI8-R and code page 866).
_MIXED = regex.compile(r"[a-z][\p{Cyrillic}\p{Arabic}\uFF66-\uFF9F]|\p{L}(?![│║]\p{L})[\u2500-\u259F]+\p{L}")
_ENTITY = regex.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5});")
_LEAST = 3  # places; one or two may be quotations of such text
_SHARE = 0.3  # of the tokens with other than ASCII signs
_OF_WORDS = 0.005  # of all tokens, for entities
_ACCENTED = 0.5  # of the letters; Vietnamese, which has most accents, stays below
_LETTERS = 40  # below which that says nothing
_HAN_RUN = regex.compile(r"[\p{Han}]{8,}")
_DECODED = 0.8  # share of the bytes of a run that are text in the other encoding; by chance about a fifth


def is_misread(text: str) -> bool:
    """Whether letters stand for the bytes of others: "Ã¡" for "á", "Ïðèâåò" for "Привет", "&aacute;"."""
    tokens = text.split()
    foreign = sum(not token.isascii() for token in tokens)
    if badness(text) + len(_MIXED.findall(text)) >= max(_LEAST, _SHARE * foreign):
        return True
    if len(_ENTITY.findall(text)) >= max(_LEAST, _OF_WORDS * len(tokens)):
        return True
    return _is_accents(text) or _is_han_of_bytes(text)


def _is_accents(text: str) -> bool:
    """Whether most letters are Latin ones with accents, as where Cyrillic, Arabic or Chinese was read as Latin-1."""
    latin = regex.findall(r"\p{Latin}", text)
    return len(latin) >= _LETTERS and sum(not sign.isascii() for sign in latin) > _ACCENTED * len(latin)


def _is_han_of_bytes(text: str) -> bool:
    """Whether Chinese signs stand for bytes of UTF-8, which ftfy leaves alone: "绉绘皯" for "移民"."""
    run = "".join(_HAN_RUN.findall(text)[:40])
    data = run.encode("gb18030", "ignore")
    decoded = data.decode("utf-8", "ignore").encode()
    return len(run) >= _LETTERS and len(decoded) > _DECODED * len(data)
