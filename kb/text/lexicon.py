"""The words of a language, of a field and common ones; and which of them a misspelt word is meant to be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from kb.text.folding import fold
from kb.text.inflection import noun_key
from kb.text.words import stem, stop_words

_COUNTED = ("es", "en", "fr", "pt", "ru", "ar")  # languages whose common words are known
_LEAST = 4  # letters of a word that is mended


@dataclass(frozen=True, slots=True)
class MendingWeights:
    """Which words are near enough to a misspelt one, and what speaks against each beside its distance, in edits.

    Chosen on one half of tests/terms/misspellings.csv, and on 1,200 questions of other sets that want no mending.
    """

    two_edits: int = 8  # letters from which two edits lead to a word of the field
    to_common: int = 6  # letters from which one edit leads to a common word that is none of the field
    two_to_common: int = 10
    common: float = 0.4
    absent: float = 0.3  # no passage here has it
    first_letter: float = 0.5  # it begins with another letter
    rarity: float = 0.1  # for each tenfold by which it is rarer


@dataclass(frozen=True, slots=True, order=True)
class Meant:
    """A word that may be meant, and what speaks against it."""

    cost: float
    word: str


class Lexicon:
    """The words of one language, as "the field" has them, and common ones: of a million words, one is each."""

    def __init__(self, language: str, field: Iterable[str], weights: MendingWeights | None = None) -> None:
        self._language, self._weights = language, weights or MendingWeights()
        self._field = {fold(word): word for word in field}

    def knows(self, word: str) -> bool:
        """Whether a word is one of the language."""
        folded = fold(word)
        return folded in self._field or folded in self._usual or folded in stop_words(self._language)

    def knows_form(self, word: str) -> bool:
        """Whether a word has the stem of one of the language: it may be another form of it, or misspelt behind it."""
        return self._key(word) in self._keys

    def nearest(self, word: str, held: Callable[[str], bool], named: bool = False) -> Meant | None:
        """The word that a misspelt one is likeliest meant to be, if any is near; of the field, where it is a name.

        `held` says whether a folded word is in any passage of the library.
        """
        sure = self.knows_form(word)
        folded = fold(word)
        weights = self._weights
        found = [
            (self._cost(folded, each, edits) + (0 if held(each) else weights.absent), each)
            for each, edits in self._near(folded)
            if not sure or (each in self._field and edits == 1)
            if not named or self._field.get(each, "")[:1].isupper()
        ]
        if not found:
            return None
        cost, best = min(found)
        return Meant(cost, self._field.get(best) or self._usual[best][0])

    def _near(self, folded: str) -> Iterator[tuple[str, int]]:
        """Words within one edit, or two of a long word, that begin as it does or with its second letter."""
        weights, size = self._weights, len(folded)
        if size < _LEAST:
            return
        edits = 2 if size >= weights.two_edits else 1
        lengths = range(size - edits, size + edits + 1)
        words = [w for first in {*folded[:2]} for length in lengths for w in self._alike.get((first, length), ())]
        distances = cdist([folded], words, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)[0]
        for place in np.flatnonzero(distances <= edits):
            word, distance = words[place], int(distances[place])
            if word in self._field or size >= (weights.to_common if distance == 1 else weights.two_to_common):
                yield word, distance

    def _cost(self, folded: str, word: str, edits: int) -> float:
        weights = self._weights
        cost = edits + (0 if word[0] == folded[0] else weights.first_letter)
        return cost if word in self._field else cost + weights.common + weights.rarity * self._usual[word][1]

    def prepare(self) -> None:
        """Make what words are compared with."""
        _ = self._keys, self._alike

    @property
    def _usual(self) -> dict[str, tuple[str, float]]:
        return _usual_words(self._language)

    def _key(self, word: str) -> str:
        return noun_key(word, self._language) if self._language == "ar" else stem(word, self._language)

    @cached_property
    def _keys(self) -> frozenset[str]:
        """What other forms of known words are known by."""
        spelled = [*self._field.values(), *(word for word, _ in self._usual.values())]
        return frozenset(map(self._key, spelled))

    @cached_property
    def _alike(self) -> dict[tuple[str, int], list[str]]:
        """Words by first letter and length."""
        found: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted({*self._field, *self._usual}):
            if word.isalpha():
                found[word[0], len(word)].append(word)
        return dict(found)


@lru_cache(maxsize=len(_COUNTED))
def _usual_words(language: str) -> dict[str, tuple[str, float]]:
    """Common words, folded: as they are spelled, and by how many tens all words of a text are more."""
    from wordfreq import get_frequency_list  # most questions are spelled well

    found: dict[str, tuple[str, float]] = {}
    for hundredths, words in enumerate(get_frequency_list(language, "small") if language in _COUNTED else ()):
        for word in words:
            found.setdefault(word if word.isascii() else fold(word), (word, hundredths / 100))
    return found
