"""Concepts by number, and lists of numbers as people write them: "13, 7 y 10", "5–7", '2 ("…"), 5 ("…")', "20 b)"."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from kb.vocabularies.concept import Scheme

# A number of a list. Not part of a year, a decimal of three digits, a percentage or a larger sum.
_ITEM = regex.compile(
    r"(?<![[\p{L}\d]--[\p{Han}و]])(?<!\d[.,])(?P<number>\d{1,3})"
    r"(?![\d%年月日岁万亿]|[.,]\d{3}|\s?%|\s(?:per cent|por ciento|pour cent|años|years|ans)\b)"
    r"(?P<part>\.\d{1,2}(?!\d)|\.?[a-z](?![\p{L}\d])|\s[a-z]\))*"
    r"(?P<aside>\s*\([^()]{1,300}\)|\s*[“«\"][^“”«»\"]{1,300}[”»\"])?",
    regex.V1,
)
_NOTATION = regex.compile(r"(?P<prefix>\D*?)0*(?P<number>\d+)")
_ALONE = regex.compile(r"(?<![\d.])\d{1,3}(?![\d.]*\d)")  # of no date, decimal or larger sum
_AND = r"(?:y|e|o|u|and|or|et|ou|und|oder|и|&)"
_SEPARATOR = regex.compile(rf"\s*(?:[,;/،؛、，；]\s*(?:{_AND}\s+|و\s*)?|\s{_AND}\s+|\s?[&和与及]\s?|\sو\s?)")
_RANGE = regex.compile(r"\s*(?:[-–—]|\s(?:a|al|to|through|à|hasta|bis|au)\s)\s*")


@dataclass(frozen=True, slots=True)
class Item:
    """A number of a list, and where its own words stand: `text[start:end]`, what is said in brackets included."""

    number: int
    start: int
    end: int


def numbers_of(scheme: Scheme) -> dict[int, str]:
    """Notations by number, where all of them are one prefix and a number: "13", "SDG 13", "goal-13"; else none."""
    parsed = [(_NOTATION.fullmatch(concept.notation), concept.notation) for concept in scheme.concepts]
    if not all(match for match, _ in parsed) or len({match["prefix"] for match, _ in parsed if match}) != 1:
        return {}
    return {int(match["number"]): notation for match, notation in parsed if match}


def notations_in(text: str, scheme: Scheme | None) -> tuple[str, ...]:
    """The concepts of `scheme` whose numbers a text states that is a list of them, in order, each once."""
    numbers = numbers_of(scheme) if scheme is not None else {}
    stated = (int(number) for number in _ALONE.findall(text))
    return tuple(dict.fromkeys(numbers[number] for number in stated if number in numbers))


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers of a text that is a list of them and nothing else, ranges spelled out, each once."""
    items = read_list(text, 0, len(text))
    return tuple(dict.fromkeys(item.number for item in items)) if items and items[-1].end == len(text) else ()


def read_list(text: str, start: int, end: int) -> tuple[Item, ...]:
    """The list of numbers that begins at `start`, ranges spelled out; nothing where there is no number."""
    return tuple(_items(text, start, end))


def _items(text: str, start: int, end: int) -> Iterator[Item]:
    match = _ITEM.match(text, start, end)
    while match:
        item = Item(int(match["number"]), match.start(), match.end())
        yield item
        following, between = _next(text, match.end(), end)
        if following and between:
            yield from _between(item, int(following["number"]), following.end())
        match = following


def _next(text: str, position: int, end: int) -> tuple["regex.Match[str] | None", bool]:
    """The next number and whether a range leads to it."""
    for separator, is_range in ((_RANGE, True), (_SEPARATOR, False)):
        gap = separator.match(text, position, end)
        match = _ITEM.match(text, gap.end(), end) if gap else None
        if match:
            return match, is_range
    return None, False


def _between(first: Item, last: int, end: int) -> Iterator[Item]:
    yield from (Item(number, first.start, end) for number in range(first.number + 1, last))
