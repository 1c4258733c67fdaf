"""Which passages say the same in nearly the same words: sentences that many documents repeat."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from kb.documents.models import Passage
from kb.text.words import words

_ALIKE = 0.9  # share of two passages' different words that both have

_Item = TypeVar("_Item")


def fold(items: Sequence[_Item], passage_of: Callable[[_Item], Passage]) -> list[tuple[_Item, list[_Item]]]:
    """Each item that says something new, in order, with the later ones that only repeat it."""
    kept: list[tuple[Passage, frozenset[str], _Item, list[_Item]]] = []
    for item in items:
        passage = passage_of(item)
        said = _said(passage)
        same = next((known for known in kept if known[0].language == passage.language and _alike(known[1], said)), None)
        if same is None:
            kept.append((passage, said, item, []))
        else:
            same[3].append(item)
    return [(item, repeated) for _passage, _said, item, repeated in kept]


def is_repeated(one: Passage, other: Passage) -> bool:
    """Whether two passages of one language say the same in nearly the same words."""
    return one.language == other.language and _alike(_said(one), _said(other))


def _said(passage: Passage) -> frozenset[str]:
    return frozenset(word.folded for word in words(passage.text))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """A number that differs makes a difference, however long the passage."""
    if any(word.isnumeric() for word in one ^ other):
        return False
    return len(one & other) >= _ALIKE * len(one | other)
