"""Names of a long list in a text, word by word: the longest that begins at a word counts, leftmost first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What is named by the words from `first` up to, and without, `end`."""

    value: T
    first: int
    end: int


class Gazetteer(Generic[T]):
    """Names, each as the keys of its words, and what they stand for. Of one name the earlier meaning counts."""

    def __init__(self, names: Iterable[tuple[Sequence[str], T]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = defaultdict(list)
        for keys, value in sorted(names, key=lambda name: -len(name[0])):
            if keys:
                self._by_first[keys[0]].append((tuple(keys), value))

    def longest(self, keys: Sequence[str], place: int, is_meant: Callable[[Found[T]], bool]) -> Found[T] | None:
        """The longest name that begins at this word of a text and is meant."""
        for name, value in self._by_first.get(keys[place], ()):
            end = place + len(name)
            if tuple(keys[place:end]) == name and is_meant(found := Found(value, place, end)):
                return found
        return None


def find_names(
    readings: Sequence[tuple[Gazetteer[T], Sequence[str]]], is_meant: Callable[[Found[T]], bool] = lambda _found: True
) -> Iterator[Found[T]]:
    """The names in a text, none within another.

    `readings` are gazetteers, each with the keys by which it knows the words of the text. The longest name that
    `is_meant` counts, of one length that of the earlier reading.
    """
    place, size = 0, len(readings[0][1])
    while place < size:
        longest: Found[T] | None = None
        for gazetteer, keys in readings:
            found = gazetteer.longest(keys, place, is_meant)
            if found and (longest is None or found.end > longest.end):
                longest = found
        if longest:
            yield longest
        place = longest.end if longest else place + 1
