"""Addresses: which search an address stands for, and the address of each page in the reader's language."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from kb.errors import UsageError
from kb.models import Filters, Query
from web.interface import _

PAGE_SIZE = 10
MAX_PAGE_SIZE = 100
FIELDS = ("language", "objective", "area", "country", "type")  # those that may be given several times
_MAX_VALUES = 50  # of one field
_MAX_VALUE = 64  # characters
_MAX_PAGE = 100_000
_YEARS = range(1900, 2101)
MAX_NUMBER = 2**31 - 1  # largest id that is looked for


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """A search as its address says it. Fields are named as in the address, but for the years."""

    q: str = ""
    language: tuple[str, ...] = ()
    objective: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    sort: str = "relevance"
    page: int = 1

    def query(self, reader: str, size: int = PAGE_SIZE) -> Query:
        """The query to ask the searcher, for a reader of this language."""
        filters = Filters(
            self.language, self.objective, self.area, self.country, self.type, self.year_from, self.year_to
        )
        return Query(self.q, filters, size, (self.page - 1) * size, reader, self.sort)

    def values(self, field: str) -> tuple[str, ...]:
        """What is chosen in one of FIELDS."""
        chosen: tuple[str, ...] = getattr(self, field)
        return chosen

    @property
    def filtered(self) -> bool:
        return any(self.values(field) for field in FIELDS) or bool(self.year_from or self.year_to)

    def choosing(self, field: str, value: str) -> "SearchAddress":
        """The first page of this search with one more choice."""
        if field == "year":
            return dataclasses.replace(self, year_from=int(value), year_to=int(value), page=1)
        return self._replaced(field, (*self.values(field), value))

    def without(self, field: str, value: str = "") -> "SearchAddress":
        """The first page of this search with one choice taken off."""
        if field == "year":
            return dataclasses.replace(self, year_from=None, year_to=None, page=1)
        return self._replaced(field, tuple(v for v in self.values(field) if v != value))

    def unfiltered(self) -> "SearchAddress":
        """The first page of the same question without any filter."""
        return SearchAddress(q=self.q, sort=self.sort)

    def sorted_by(self, sort: str) -> "SearchAddress":
        return dataclasses.replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> "SearchAddress":
        return dataclasses.replace(self, page=page)

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address, in a stable order, without what is usual."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(field, value) for field in FIELDS for value in self.values(field)]
        pairs += [(name, str(year)) for name, year in (("from", self.year_from), ("to", self.year_to)) if year]
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        return pairs + ([("page", str(self.page))] if self.page > 1 else [])

    def string(self) -> str:
        """The query string with its question mark; empty when there is nothing to say."""
        return "?" + urlencode(self.pairs()) if self.pairs() else ""

    def _replaced(self, field: str, values: tuple[str, ...]) -> "SearchAddress":
        if field not in FIELDS:
            raise ValueError(field)
        chosen = dict(zip(FIELDS, (self.language, self.objective, self.area, self.country, self.type), strict=True))
        chosen[field] = values
        return SearchAddress(self.q, *chosen.values(), self.year_from, self.year_to, self.sort)


def read_search(parameters: QueryParams) -> SearchAddress:
    """The search of a page's address; what is unknown is left out. Raises UsageError for a year that is none."""
    page = parameters.get("page", "1")
    return SearchAddress(
        parameters.get("q", "").strip(),
        *(values_of(field, parameters.getlist(field)) for field in FIELDS),
        _year(parameters.get("from", "")),
        _year(parameters.get("to", "")),
        "date" if parameters.get("sort") == "date" else "relevance",
        min(int(page), _MAX_PAGE) if page.isdecimal() and 0 < len(page) < 9 and int(page) > 0 else 1,
    )


def values_of(field: str, given: Sequence[str]) -> tuple[str, ...]:
    """Values of one field: each once, in the spelling they are stored in, no more than can be meant."""
    spelled = (value.strip()[:_MAX_VALUE] for value in given)
    cased = (value.upper() if field == "country" else value for value in spelled)
    return tuple(dict.fromkeys(value for value in cased if value))[:_MAX_VALUES]


def _year(text: str) -> int | None:
    if not text.strip():
        return None
    if text.strip().isdecimal() and len(text.strip()) <= 4 and int(text) in _YEARS:
        return int(text)
    raise UsageError(_("A year is written with four digits, for example 2019. Correct it and search again."))
