"""Whether a text reads as it was written, or lost its letters on the way: which damage it shows."""

from collections.abc import Iterable
from enum import StrEnum

import regex

from kb.text.letter_model import readings, unlike_chinese
from kb.text.mojibake import is_misread

_LARGE = 120_000  # characters, above which slices stand for the whole
_SLICES, _SLICE = 40, 3_000
_ADDRESS = regex.compile(r"\S*(?:://|www\.|@)\S*")
_LOST = regex.compile(r"[\ufffd\p{Co}\p{Cn}\p{Cs}\p{Cc}--\s]|\(cid:\d+\)|(?<=\p{L})\?(?=\p{Ll})|\?{3,}", regex.V1)
_LOST_SHARE, _LOST_LEAST = 0.003, 3  # of the signs of a text
_APART = regex.compile(r"(?<!\S)(?:\p{L}\p{M}*\s+){5,}\p{L}(?!\S)")
_APART_SHARE = 0.1  # of its letters; a spaced heading or two are left alone
_TOGETHER = 40  # letters of a word, more than any word of running text has
_TOGETHER_SHARE = 0.2
_AVERAGE = 22  # letters of an average word in scripts that have spaces
_SIGNS = r"|!\\$€£¢{}\[\]<>~^*=+_§¬¦"
_NOISE = regex.compile(rf"\p{{Ll}}[0-9{_SIGNS}]+\p{{Ll}}|\p{{Arabic}}[{_SIGNS}]+\p{{Arabic}}")
_NOISE_SHARE, _NOISE_LEAST = 0.02, 4  # of its words
_SIGNS_SHARE = 0.5
_ENOUGH = 100  # characters
_WORDS, _PART = 40, 80  # words that can be judged; words of a part of a text that is judged alone
_DIFFERENT = 20  # different words, below which a form is filled over and over, or there is nothing to tell from
_PARTS = 30
# Scores of kb.text.letter_model below which a text is no text, where it has many words. Fitted on the documents that
# come with the platform and on damaged ones (benchmarks/garbled.py): the languages of which there are many are held to
# more.
_KNOWN = {"es", "en", "fr", "pt"}
_LEAST = {"known": -2.33, "Latin": -2.62, "Cyrillic": -2.65, "Arabic": -3.05, "other": -9.0}
_PART_LEAST = {"Latin": -3.2, "Cyrillic": -3.4, "Arabic": -3.6, "other": -9.0}
_FEW = 0.3  # by so much less may a text of few words score


class Damage(StrEnum):
    """What happened to a text."""

    ENCODING = "encoding"  # read in another encoding than it was written in
    LOST = "lost"  # signs stand where letters were
    APART = "apart"  # the letters of words stand apart
    TOGETHER = "together"  # words stand together
    NOISE = "noise"  # digits and signs stand among the letters of words
    NONSENSE = "nonsense"  # no words of a language that is known


def damage(text: str) -> Damage | None:
    """The damage a text shows, None when it reads well or is too short to tell."""
    text = _ADDRESS.sub(" ", _sampled(text))
    signs = len(regex.findall(r"\S", text))
    if not signs:
        return None
    if is_misread(text):
        return Damage.ENCODING
    if _lost(text) >= max(_LOST_LEAST, _LOST_SHARE * signs):
        return Damage.LOST
    if _are_apart(text):
        return Damage.APART
    if _stand_together(text):
        return Damage.TOGETHER
    if len(_NOISE.findall(text)) >= max(_NOISE_LEAST, _NOISE_SHARE * len(text.split())):
        return Damage.NOISE
    return Damage.NONSENSE if _is_nonsense(text) else None


def _sampled(text: str) -> str:
    """The text, or slices of it from beginning to end when it is large."""
    if len(text) <= _LARGE:
        return text
    step = (len(text) - _SLICE) // (_SLICES - 1)
    return "\n".join(text[first : first + _SLICE] for first in range(0, step * _SLICES, step))


def _lost(text: str) -> int:
    """Signs that no text has, but for those that stand alone, as bullets of a font do."""
    found = (_LOST.findall(token) for token in text.split() if len(token) > 1)
    return sum(len(sign) if sign.startswith("?") else 1 for several in found for sign in several)


def _are_apart(text: str) -> bool:
    letters = len(regex.findall(r"\p{L}", text))
    apart = sum(len(regex.findall(r"\p{L}", run)) for run in _APART.findall(text))
    return apart > max(20, _APART_SHARE * letters)


def _stand_together(text: str) -> bool:
    """Whether the spaces between words are gone, in scripts that have them."""
    spaced = [token for token in text.split() if regex.search(r"[\p{Latin}\p{Cyrillic}\p{Arabic}\p{Greek}]", token)]
    letters = sum(map(len, spaced))
    if not spaced or letters < 0.8 * len("".join(text.split())):
        return False
    long = sum(len(token) for token in spaced if regex.search(rf"\p{{L}}{{{_TOGETHER},}}", token))
    return long > _TOGETHER_SHARE * letters or letters / len(spaced) > _AVERAGE


def _is_nonsense(text: str) -> bool:
    if _is_signs(text) or unlike_chinese(text):
        return True
    ranked = readings(text)
    whole = ranked[0]
    if whole.words < _WORDS / 2 or whole.different < _DIFFERENT:
        return False
    least = _LEAST["known" if whole.language in _KNOWN else whole.script]
    least -= _FEW if whole.words < 3 * _WORDS else 0.0
    return whole.score < least or _has_bad_parts(text, {each.language for each in ranked[:2]} | _KNOWN)


def _is_signs(text: str) -> bool:
    """Whether more than half is neither letter nor digit; a row of dots counts once."""
    dense = regex.sub(r"([^\p{L}\p{N}])\1+", r"\1", "".join(text.split()))
    known = len(regex.findall(r"[\p{L}\p{M}\p{N}]", dense))
    return len(dense) > _ENOUGH and len(dense) - known > _SIGNS_SHARE * len(dense)


def _has_bad_parts(text: str, languages: Iterable[str]) -> bool:
    """Whether pages of a text are nonsense, though the text as a whole is not."""
    tokens = text.split()
    size = max(_PART, -(-len(tokens) // _PARTS))
    parts = [" ".join(tokens[first : first + size]) for first in range(0, len(tokens), size)]
    read = [readings(part, languages)[0] for part in parts]
    read = [each for each in read if each.words >= _WORDS and each.different >= _DIFFERENT]
    return len(read) > 1 and any(each.score < _PART_LEAST[each.script] for each in read)
