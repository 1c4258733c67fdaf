"""Text that was written in one encoding and read in another, told by undoing it."""

import regex

# (what it was written in, what it was read as): undone by encoding in the second and decoding in the first.
_READ_AS = ("cp1252", "mac_roman", "cp437", "cp850", "cp1251", "koi8_r", "cp1256", "gb18030", "big5", "shift_jis")
_TOKEN = regex.compile(r"\S+")
_ENTITY = regex.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5});")
_LEAST = 3  # tokens; one or two may be quotations of such text
_SHARE = 0.3  # of the tokens with other than ASCII signs
_OF_WORDS = 0.005  # of all tokens, for entities
_ACCENTED = 0.5  # of the letters; Vietnamese, which has most accents, stays below
_LETTERS = 40  # below which that says nothing
_HAN_RUN = regex.compile(r"[\p{Han}]{8,}")
_DECODED = 0.8  # share of the bytes of a run that are text in the other encoding; by chance about a fifth


def is_misread(text: str) -> bool:
    """Whether letters stand for the bytes of others: "Ã¡" for "á", "Ïðèâåò" for "Привет", "&aacute;"."""
    tokens = _TOKEN.findall(text)
    foreign = [token for token in tokens if not token.isascii()]
    undone = sum(_can_be_undone(token) for token in foreign)
    if undone >= max(_LEAST, _SHARE * len(foreign)):
        return True
    entities = len(_ENTITY.findall(text))
    if entities >= max(_LEAST, _OF_WORDS * len(tokens)):
        return True
    return _is_accents(text) or _is_han_of_bytes(text)


def _can_be_undone(token: str) -> bool:
    """Whether the token gives a shorter one when it is read as UTF-8; by chance that hardly happens."""
    for encoding in _READ_AS:
        try:
            decoded = _bytes_of(token, encoding).decode("utf-8")
        except UnicodeError:
            continue
        if len(decoded) < len(token):
            return True
    return False


def _bytes_of(token: str, encoding: str) -> bytes:
    """The bytes a token was read from; those that cp1252 does not know are read as they are."""
    if encoding != "cp1252":
        return token.encode(encoding)
    return b"".join(sign.encode("latin-1" if "\x80" <= sign <= "\x9f" else "cp1252") for sign in token)


def _is_accents(text: str) -> bool:
    """Whether most letters are Latin ones with accents, as where Cyrillic, Arabic or Chinese was read as Latin-1."""
    latin = regex.findall(r"\p{Latin}", text)
    return len(latin) >= _LETTERS and sum(not sign.isascii() for sign in latin) > _ACCENTED * len(latin)


def _is_han_of_bytes(text: str) -> bool:
    """Whether Chinese signs stand for bytes of UTF-8: "绉绘皯" for "移民"."""
    run = "".join(_HAN_RUN.findall(text)[:40])
    data = run.encode("gb18030", "ignore")
    decoded = data.decode("utf-8", "ignore").encode()
    return len(run) >= _LETTERS and len(decoded) > _DECODED * len(data)
