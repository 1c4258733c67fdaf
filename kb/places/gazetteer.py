"""Finds names of a long list in a text: the longest that begins at a word, in time that hardly grows with the list."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

Found = tuple[str, int, int]  # what is named, and where, in characters

_WORD = re.compile(r"(?<![\w-])\w+")


class Gazetteer:
    """Folded names and what each stands for."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names, key=lambda name: (-len(name), name)):
            first = _WORD.match(name)
            if first:
                self._by_first[first.group()].append(name)

    def find(self, text: str, folded: str, capital: bool) -> Iterator[Found]:
        """Names in `text`, of which `folded` is the folded form of the same length, in order, none within another.

        With `capital` they count only where they begin with a capital letter.
        """
        done = 0
        for word in _WORD.finditer(folded):
            start = word.start()
            if start < done or word.group() not in self._by_first or (capital and not text[start].isupper()):
                continue
            name = self._longest(folded, word)
            if name:
                done = start + len(name)
                yield self._names[name], start, done

    def _longest(self, folded: str, word: re.Match[str]) -> str:
        for name in self._by_first[word.group()]:
            end = word.start() + len(name)
            if folded.startswith(name, word.start()) and not _continues(folded, end):
                return name
        return ""


def _continues(text: str, place: int) -> bool:
    """Whether a word goes on at `place`."""
    return place < len(text) and (text[place].isalnum() or text[place] == "_")
