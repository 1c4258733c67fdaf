"""Folding: how letters are compared, whatever their case and their accents."""

import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """Lower case without accents, compatibility forms resolved: "Niñez" -> "ninez", "ﬁn" -> "fin"."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold_in_place(text: str) -> str:
    """Lower case without accents, apostrophes straight; as long as `text`, so that its offsets hold in it."""
    return "".join(map(_folded_in_place, text))


@lru_cache(maxsize=4096)
def _folded_in_place(char: str) -> str:
    if char in "’‘":
        return "'"
    plain = unicodedata.normalize("NFD", char.lower())[0]
    return plain if len(plain) == 1 else char
