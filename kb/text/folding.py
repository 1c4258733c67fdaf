"""Folding: how letters are compared, whatever their case and their accents."""

import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ø": "o", "ŧ": "t", "þ": "th", "œ": "oe", "æ": "ae"}
)
# What is not seen: soft hyphens, joints, byte order marks, marks of direction, placeholders of objects.
INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), 0xFFFC])


def fold(text: str) -> str:
    """Lower case without accents, compatibility forms resolved: "Niñez" -> "ninez", "ﬁn" -> "fin", "Łódź" -> "lodz"."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)


def fold_in_place(text: str) -> str:
    """Lower case without accents, apostrophes straight; as long as `text`, so that its offsets hold in it."""
    return "".join(map(_folded_in_place, text))


@lru_cache(maxsize=4096)
def _folded_in_place(char: str) -> str:
    if char in "’‘":
        return "'"
    plain = unicodedata.normalize("NFD", char.lower())[0].translate(_PLAIN)
    return plain if len(plain) == 1 else char
