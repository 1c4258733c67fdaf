"""Names of places in a text, by lists of names and codes."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.words import words

PlaceNames: TypeAlias = Gazetteer[str]


class NamedPlace(NamedTuple):
    """A place that a text names: its code, and where, in characters."""

    code: str
    start: int
    end: int


def place_names(codes: Mapping[str, str]) -> PlaceNames:
    """Names in letters and their codes, to be found by `find_places`."""
    return Gazetteer((keys_of(name), code) for name, code in codes.items())


def keys_of(name: str) -> tuple[str, ...]:
    return tuple(word.folded for word in words(name))


def find_places(names: PlaceNames, text: str, *, capital: bool) -> Iterator[NamedPlace]:
    """The names in `text` in order; with `capital` they count only where they begin with a capital letter."""
    spelled = tuple(words(text))

    def is_meant(found: Found[str]) -> bool:
        start = spelled[found.first].start
        return text[start - 1 : start] not in ("-", "_") and (not capital or text[start].isupper())

    for found in find_names([(names, [word.folded for word in spelled])], is_meant):
        yield NamedPlace(found.value, spelled[found.first].start, spelled[found.end - 1].end)
