"""Where the words of one version of a text stand in the next."""

import re
from collections.abc import Iterable, Sequence

from kb.documents.models import Passage
from kb.text.words import words

_ALIKE = 0.5  # share of the words of the shorter of two passages, below which they speak of different things


def place_of(phrase: str, text: str) -> tuple[int, int] | None:
    """Where a phrase stands first, however its lines are broken."""
    parts = phrase.split()
    found = re.search(r"\s+".join(map(re.escape, parts)), text) if parts else None
    return found.span() if found else None


class PassageAlignment:
    """The passages of the newer version, by id, ready to be compared with those of the older one."""

    def __init__(self, passages: Iterable[tuple[int, Passage]]) -> None:
        self._passages = list(passages)
        self._words = [_words(passage.text) for _number, passage in self._passages]

    def passage_of(self, older: Passage, phrases: Sequence[str]) -> int | None:
        """The passage that says what `older` says and holds all `phrases`, in its text or headings; None if none does.

        The one most like it; of several, the one that stands nearest to its place.
        """
        spoken = _words(older.text)
        ranked = sorted(
            (-_likeness(spoken, said), abs(passage.number - older.number), row)
            for row, ((_number, passage), said) in enumerate(zip(self._passages, self._words, strict=True))
        )
        for likeness, _distance, row in ranked:
            if -likeness < _ALIKE:
                return None
            number, passage = self._passages[row]
            whole = "\n".join((*passage.heading, passage.text))
            if all(place_of(phrase, whole) for phrase in phrases):
                return number
        return None


def _words(text: str) -> frozenset[str]:
    return frozenset(word.folded for word in words(text))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of two passages is the same: of all their words, and next of those of the shorter one.

    The first ranks a passage that stayed whole before one that only holds it.
    """
    common = len(one & other)
    if not common:
        return 0.0
    contained = common / min(len(one), len(other))
    return contained if contained < _ALIKE else _ALIKE + (1 - _ALIKE) * common / len(one | other)
