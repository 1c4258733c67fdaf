"""Alignment: which word of one text is which word of another, in order.

Short runs that are rare in both texts are anchors; the longest chain of them that goes forward in both is kept
(as patience diff does), and what lies between two of them is compared word by word.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

_RUN = 3  # words of an anchor
_OFTEN = 4  # a run that a text holds more often is no anchor
_FAR = 120  # words between two anchors above which nothing is compared: the same text has anchors more often than that


def align(first: Sequence[str], second: Sequence[str]) -> NDArray[np.int64]:
    """For each word of `first` the place of its equal in `second`, -1 where it has none; places only grow."""
    places = np.full(len(first), -1, np.int64)
    i = j = 0  # what lies before is settled
    for p, q in [*_chain(_anchors(first, second)), (len(first), len(second))]:
        if p < i or q < j:
            if p - q == i - j and i < p + _RUN <= len(first):  # overlaps the anchor before and goes on with it
                places[i : p + _RUN] = np.arange(j, q + _RUN)
                i, j = p + _RUN, q + _RUN
            continue
        _between(first, second, (i, p), (j, q), places)
        if p < len(first):
            places[p : p + _RUN] = np.arange(q, q + _RUN)
        i, j = p + _RUN, q + _RUN
    return places


def _anchors(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Places (in first, in second) of common runs; at one place of the first, those far in the second come first."""
    there = _runs(second)
    found = []
    for run, places in _runs(first).items():
        others = there.get(run, [])
        if len(places) <= _OFTEN and len(others) <= _OFTEN:
            found += [(p, q) for p in places for q in others]
    return sorted(found, key=lambda pair: (pair[0], -pair[1]))


def _runs(spelled: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(spelled) - _RUN + 1):
        found.setdefault(tuple(spelled[place : place + _RUN]), []).append(place)
    return found


def _chain(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The longest chain of pairs that grows on both sides (longest increasing subsequence; Fredman, 1975)."""
    tails: list[int] = []
    ends: list[int] = []
    before = [-1] * len(pairs)
    for number, (_, q) in enumerate(pairs):
        length = bisect_left(tails, q)
        tails[length : length + 1] = [q]
        ends[length : length + 1] = [number]
        before[number] = ends[length - 1] if length else -1
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return reversed(chain)


def _between(
    first: Sequence[str], second: Sequence[str], one: tuple[int, int], two: tuple[int, int], places: NDArray[np.int64]
) -> None:
    """Align what lies between two anchors, word by word."""
    if not (0 < one[1] - one[0] <= _FAR and 0 < two[1] - two[0] <= _FAR):
        return
    matcher = SequenceMatcher(None, first[slice(*one)], second[slice(*two)], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        places[one[0] + a : one[0] + a + size] = np.arange(two[0] + b, two[0] + b + size)
