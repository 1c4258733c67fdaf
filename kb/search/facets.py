"""The fields that a search filters by and counts, one row each: what is asked of it, what a document carries of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kb.documents.facts import DocumentFacts
from kb.search.answers import Filters

ABOUT = "about"  # objectives that the whole document is about; OBJECTIVE holds those that lines of it treat, too
OBJECTIVE = "objective"
LANGUAGE = "language"  # of a passage, not of its document
YEAR = "year"  # counted one by one, filtered by the first and the last


@dataclass(frozen=True, slots=True)
class Field:
    """A field whose values are chosen one by one. `name` is what it is called in addresses and answers."""

    name: str
    attribute: str  # of Filters
    asked: Callable[[Filters], tuple[str, ...]]
    carried: Callable[[DocumentFacts], tuple[str, ...]]


FIELDS = (  # in the order in which they are shown
    Field(LANGUAGE, "languages", lambda f: f.languages, lambda _d: ()),
    Field(OBJECTIVE, "objectives", lambda f: f.objectives, lambda d: (*d.objectives, *d.speaks_of)),
    Field("area", "areas", lambda f: f.areas, lambda d: d.areas),
    Field("country", "countries", lambda f: f.countries, lambda d: d.countries),
    Field("region", "regions", lambda f: f.regions, lambda d: d.regions),
    Field("entity", "entities", lambda f: f.entities, lambda d: d.entities),
    Field("type", "types", lambda f: f.types, lambda d: (d.type,)),
)
NAMES = tuple(field.name for field in FIELDS)
FACETS = (*NAMES, YEAR)


def filters_of(
    chosen: Mapping[str, Sequence[str]],
    year_from: int | None = None,
    year_to: int | None = None,
    samples: bool = True,
) -> Filters:
    """The filters that let pass what carries one of the values chosen in each field, by its name."""
    values = {field.attribute: tuple(chosen.get(field.name, ())) for field in FIELDS}
    return Filters(year_from=year_from, year_to=year_to, samples=samples, **values)


def passes_filters(filters: Filters, facts: DocumentFacts) -> bool:
    """Whether a document passes all filters but that of the passage's language."""
    year = facts.year
    return (
        all(_meets(field.asked(filters), field.carried(facts)) for field in FIELDS if field.name != LANGUAGE)
        and _meets(filters.about, facts.objectives)
        and (filters.samples or not facts.sample)
        and (filters.year_from is None or (year is not None and year >= filters.year_from))
        and (filters.year_to is None or (year is not None and year <= filters.year_to))
    )


def facet_values(facts: DocumentFacts, language: str) -> dict[str, tuple[str, ...]]:
    """What a document carries of each of FACETS, read in one of its languages."""
    carried = {field.name: field.carried(facts) for field in FIELDS}
    return carried | {LANGUAGE: (language,), YEAR: () if facts.year is None else (str(facts.year),)}


def _meets(wanted: tuple[str, ...], present: tuple[str, ...]) -> bool:
    return not wanted or not set(wanted).isdisjoint(present)
