"""Inflection of nouns, roughly: the singular and the plural, or the cases, of one noun have the same key.

Much lighter than the stems of kb.text.words, which take "trata" and "tratado", or "виза" and "визит", for one word.
"""

from functools import lru_cache

import regex

from kb.text.words import fold_word

_LEAST = 3  # letters of a key
# Endings of the folded word, and what they become; the first that fits is taken, and whatever rules are left.
_ENDINGS = {
    "en": (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ss", "ss"), ("us", "us"),
           ("s", "")),
    "es": (("ces", "z"), ("es", ""), ("s", ""), ("e", "")),
    "fr": (("eaux", "eau"), ("aux", "al"), ("eux", "eu"), ("s", "")),
    "pt": (("oes", "ao"), ("aos", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ns", "m"), ("res", "r"),
           ("zes", "z"), ("s", "")),
}  # fmt: skip
# Endings of Russian nouns and adjectives in all cases; those of verbs are not among them.
_RUSSIAN = regex.compile(
    r"(?:ого|его|ому|ему|ыми|ими|ая|яя|ое|ее|ые|ие|ый|ий|ой|ей|ую|юю|ым|им|ом|ем|ых|их|ою|ею"
    r"|иями|иям|иях|ией|ием|ия|ии|ию|ями|ами|ям|ам|ях|ах|ов|ев|ью|[аяыиуюеоьй])$"
)

# What Arabic writes together with a noun: "and the", "with the", "for the", "the"; and endings of number and gender.
_ARABIC_BEFORE = regex.compile(r"^[وف]?(?:بال|كال|لل|ال)(?=\p{L}{3})")
_ARABIC_MEN = regex.compile(r"(?<=\p{L}{3})(?:ون|ين)$")
_ARABIC_WOMEN = regex.compile(r"(?<=\p{L}{3})(?:ات|ة|ه)$")  # another noun, often: "عائدون" return, "عائدات" are yields


@lru_cache(maxsize=100_000)
def noun_key(word: str, language: str) -> str:
    """What a noun has in common with its other forms, folded; in other languages than these the folded word."""
    folded = fold_word(word)
    if language == "ar":
        bare = _ARABIC_MEN.sub("", _ARABIC_BEFORE.sub("", folded))
        return str(_ARABIC_WOMEN.sub("ه", bare))
    if language == "ru":
        key = str(_RUSSIAN.sub("", folded))
        key = f"{key[:-2]}ц" if key.endswith("ец") else key
        return key if len(key) >= _LEAST else folded
    for ending, becomes in _ENDINGS.get(language, ()):
        if folded.endswith(ending) and len(folded) - len(ending) >= _LEAST:
            return folded[: len(folded) - len(ending)] + becomes
    return folded
