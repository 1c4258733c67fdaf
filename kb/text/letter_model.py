"""How much a text reads like words of a language: by pairs of letters, and by the words that every text uses.

Pairs of letters are learnt from the lists of common words of each language (stopwordsiso), so that no text is needed.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex
import stopwordsiso

from kb.text.folding import fold
from kb.text.words import stop_words, words

_LEAST_LEARNT = 80  # words of a list that is learnt from
_SMOOTHING = 0.1
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_HAN = regex.compile(r"\p{Han}")
_SCRIPTS = {name: regex.compile(rf"\p{{{name}}}") for name in ("Latin", "Cyrillic", "Arabic")}
_HAN_ENOUGH = 100  # signs that can be judged
_HAN_GRAMMAR, _HAN_RARE = 0.012, 0.05  # shares of signs; Chinese prose has about 0.1 and less than 0.01
Pairs = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How well a text reads in the language it reads best in.

    `score` is the mean logarithm of the probability of a letter after the one before it, plus the share of words that
    every text of the language uses: about -2.2 in English, Spanish and French, -3.7 where letters were exchanged.
    """

    language: str
    script: str  # Latin | Cyrillic | Arabic | other
    score: float
    words: int
    different: int = 0  # words


def readings(text: str, languages: Iterable[str] = ()) -> list[Reading]:
    """How a text in letters reads in these languages (in all that are known, when none is given), best first."""
    found = Counter(_spelled(text))
    if not found:
        return [Reading("", "other", 0.0, 0)]
    pairs, script, count = _pairs(found), _script(found), found.total()
    scored = ((_likelihood(pairs, model) + _everyday(found, code), code) for code, model in _chosen(languages))
    return [Reading(code, script, score, count, len(found)) for score, code in sorted(scored, reverse=True)]


def unlike_chinese(text: str) -> bool:
    """Whether a text in Chinese signs is none in Chinese: no grammar, signs that hardly occur, or turned round."""
    signs = _HAN.findall(text)
    if len(signs) < _HAN_ENOUGH or regex.search(r"\p{Hiragana}|\p{Hangul}", text):
        return False
    grammar, rare = stop_words("zh"), sum(not _is_usual(sign) for sign in signs)
    if rare > _HAN_RARE * len(signs) or sum(sign in grammar for sign in signs) < _HAN_GRAMMAR * len(signs):
        return True
    return _reads_backwards(text)


@lru_cache(maxsize=8192)
def _is_usual(sign: str) -> bool:
    """Whether a sign is among the more frequent half of GB 2312 (rows from B0) or of Big5 (from A4)."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        data = sign.encode(encoding, "ignore")
        if data and first <= data[0] <= last:
            return True
    return False


def _reads_backwards(text: str) -> bool:
    """Whether Chinese reads from its end: its words of several signs stand turned round."""
    pattern = _several_signs()
    ahead, back = len(pattern.findall(text)), len(pattern.findall(text[::-1]))
    return back >= 5 and back > 2 * ahead


def _spelled(text: str) -> list[str]:
    """Words of two letters or more, folded, of scripts that have spaces; without those in capitals, many acronyms."""
    held = (word.folded for word in words(text) if not text[word.start : word.end].isupper())
    return [word for word in held if len(word) > 1 and word.isalpha() and not _UNSPACED.search(word)]


def _pairs(found: Counter[str]) -> Pairs:
    counted: Pairs = Counter()
    for word, number in found.items():
        framed = f" {word} "
        for pair in pairwise(framed):
            counted[pair] += number
    return counted


@dataclass(frozen=True, slots=True)
class _Model:
    pairs: Pairs
    after: Counter[str]
    letters: int


def _chosen(languages: Iterable[str]) -> list[tuple[str, _Model]]:
    models = _models()
    asked = [code for code in languages if code in models]
    return [(code, models[code]) for code in asked or models]


@lru_cache(maxsize=1)
def _models() -> dict[str, _Model]:
    made = {code: _model(code) for code in sorted(stopwordsiso.langs())}
    return {code: model for code, model in made.items() if model is not None}


def _model(language: str) -> _Model | None:
    listed = [fold(word) for word in stopwordsiso.stopwords(language)]
    known = [word for word in listed if word.isalpha() and not _UNSPACED.search(word)]
    if len(known) < _LEAST_LEARNT:
        return None
    pairs = _pairs(Counter(known))
    after: Counter[str] = Counter()
    for (before, _letter), number in pairs.items():
        after[before] += number
    return _Model(pairs, after, len({letter for _before, letter in pairs}) + 1)


def _likelihood(pairs: Pairs, model: _Model) -> float:
    """Mean logarithm of the probability of each letter after the one before it, with additive smoothing."""
    total = sum(
        number * math.log((model.pairs[pair] + _SMOOTHING) / (model.after[pair[0]] + _SMOOTHING * model.letters))
        for pair, number in pairs.items()
    )
    return total / max(1, pairs.total())


def _everyday(found: Counter[str], language: str) -> float:
    """Share of the words that every text of the language uses."""
    return sum(found[word] for word in stop_words(language) & found.keys()) / found.total()


def _script(found: Counter[str]) -> str:
    """The script of most words."""
    written: Counter[str] = Counter()
    for word, number in found.items():
        written[next((name for name, pattern in _SCRIPTS.items() if pattern.match(word)), "other")] += number
    return written.most_common(1)[0][0]


@lru_cache(maxsize=1)
def _several_signs() -> "regex.Pattern[str]":
    listed = sorted(
        (w for w in stopwordsiso.stopwords("zh") if len(w) > 1 and _HAN.match(w)), key=lambda w: (-len(w), w)
    )
    return regex.compile("|".join(map(regex.escape, listed)))
