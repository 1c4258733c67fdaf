"""Addresses: which search an address stands for, and the address of each page in the reader's language."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from kb.errors import UsageError
from kb.i18n.catalogue import _
from kb.search.answers import Query
from kb.search.facets import NAMES, YEAR, filters_of

PAGE_SIZE = 10
MAX_PAGE_SIZE = 100
_MAX_VALUES = 50  # of one field
_MAX_VALUE = 64  # characters
_MAX_PAGE = 100_000
YEARS = range(1900, 2101)
MAX_NUMBER = 2**31 - 1  # largest id that is looked for

BAD_YEAR = _("A year is written with four digits, for example 2019. Correct it and search again.")


class YearError(UsageError):
    """A year of a filter is none."""


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """A search as its address says it."""

    q: str = ""
    chosen: tuple[tuple[str, str], ...] = ()  # (field, value)
    year_from: int | None = None
    year_to: int | None = None
    sort: str = "relevance"
    page: int = 1
    literal: bool = False  # read nothing into the words
    samples: bool = True  # show invented examples, too

    def query(self, reader: str, size: int = PAGE_SIZE) -> Query:
        """The query to ask the searcher, for a reader of this language."""
        filters = filters_of({name: self.values(name) for name in NAMES}, self.year_from, self.year_to, self.samples)
        return Query(self.q, filters, size, (self.page - 1) * size, reader, self.sort, literal=self.literal)

    def values(self, field: str) -> tuple[str, ...]:
        """What is chosen in one field."""
        return tuple(value for chosen, value in self.chosen if chosen == field)

    @property
    def filtered(self) -> bool:
        return bool(self.chosen or self.year_from or self.year_to)

    def choosing(self, field: str, value: str) -> "SearchAddress":
        """The first page of this search with one more choice."""
        if field == YEAR:
            return dataclasses.replace(self, year_from=int(value), year_to=int(value), page=1)
        return dataclasses.replace(self, chosen=(*self.chosen, (field, value)), page=1)

    def without(self, field: str, value: str = "") -> "SearchAddress":
        """The first page of this search with one choice taken off."""
        if field == YEAR:
            return dataclasses.replace(self, year_from=None, year_to=None, page=1)
        left = tuple(pair for pair in self.chosen if pair != (field, value))
        return dataclasses.replace(self, chosen=left, page=1)

    def unfiltered(self) -> "SearchAddress":
        """The first page of the same question without any filter."""
        return SearchAddress(q=self.q, sort=self.sort, literal=self.literal, samples=self.samples)

    def read_literally(self) -> "SearchAddress":
        """The first page of this search, with nothing read into its words."""
        return dataclasses.replace(self, literal=True, page=1)

    def with_samples(self, shown: bool) -> "SearchAddress":
        """The first page of this search, with or without invented examples."""
        return dataclasses.replace(self, samples=shown, page=1)

    def sorted_by(self, sort: str) -> "SearchAddress":
        return dataclasses.replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> "SearchAddress":
        return dataclasses.replace(self, page=page)

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address, in a stable order, without what is usual."""
        pairs = [("q", self.q)] if self.q else []
        pairs += sorted(self.chosen, key=lambda pair: NAMES.index(pair[0]))
        pairs += [(name, str(year)) for name, year in (("from", self.year_from), ("to", self.year_to)) if year]
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        pairs += [("words", "literal")] if self.literal else []
        pairs += [] if self.samples else [("samples", "hide")]
        return pairs + ([("page", str(self.page))] if self.page > 1 else [])

    def string(self) -> str:
        """The query string with its question mark; empty when there is nothing to say."""
        return "?" + urlencode(self.pairs()) if self.pairs() else ""

    @property
    def path(self) -> str:
        """The page of results."""
        return f"/search{self.string()}"


def search_for(*pairs: str) -> SearchAddress:
    """A search without words, for values of fields: field, value, field, value, …"""
    address = SearchAddress()
    for field, value in zip(pairs[::2], pairs[1::2], strict=True):
        address = address.choosing(field, value)
    return address


def read_search(parameters: QueryParams) -> SearchAddress:
    """The search of a page's address; what is unknown is left out. Raises YearError for a year that is none."""
    return SearchAddress(
        q=parameters.get("q", "").strip(),
        chosen=choices({field: parameters.getlist(field) for field in NAMES}),
        year_from=_year(parameters.get("from", "")),
        year_to=_year(parameters.get("to", "")),
        sort="date" if parameters.get("sort") == "date" else "relevance",
        page=_page(parameters.get("page", "")),
        literal=parameters.get("words") == "literal",
        samples=parameters.get("samples") != "hide",
    )


def choices(given: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Values of each field: each once, in the spelling they are stored in, no more than can be meant."""
    return tuple((field, value) for field in NAMES for value in _values(field, given.get(field, ())))


def _values(field: str, given: Sequence[str]) -> list[str]:
    spelled = (value.strip()[:_MAX_VALUE] for value in given)
    cased = (value.upper() if field == "country" else value for value in spelled)
    return list(dict.fromkeys(value for value in cased if value))[:_MAX_VALUES]


def _page(text: str) -> int:
    return max(1, min(int(text), _MAX_PAGE)) if text.isdecimal() and len(text) < 9 else 1


def _year(text: str) -> int | None:
    if not text.strip():
        return None
    if text.strip().isdecimal() and len(text.strip()) <= 4 and int(text) in YEARS:
        return int(text)
    raise YearError(BAD_YEAR)
