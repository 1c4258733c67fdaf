"""The catalogue: filters and facets agree with a plain reading of the facts, for any documents."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.catalogue import Catalogue, empty
from kb.documents.facts import DocumentFacts
from kb.search.answers import Filters
from kb.search.facets import ABOUT, FACETS, passes_filters

LANGUAGES, COUNTRIES, NUMBERS = ("es", "en", "fr"), ("MEX", "GTM", "PER"), ("1", "7", "13", "23")
TYPES, DATES = ("report", "brief"), ("", "2019", "2021-05", "2024-11-03")


def several(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


@st.composite
def facts(draw: st.DrawFn, number: int) -> DocumentFacts:
    return DocumentFacts(
        id=number,
        work=f"w{draw(st.integers(0, 5))}",
        title=f"t{number}",
        source="s",
        language=draw(st.sampled_from(LANGUAGES)),
        type=draw(st.sampled_from(TYPES)),
        date=draw(st.sampled_from(DATES)),
        countries=draw(several(COUNTRIES)),
        objectives=draw(several(NUMBERS)),
        areas=draw(several(("1", "2"))),
        sample=False,
        regions=draw(several(("419", "013"))),
        entities=draw(several(("iom", "unhcr"))),
        speaks_of=draw(several(NUMBERS)),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    came = [draw(facts(number)) for number in range(1, draw(st.integers(0, 9)) + 1)]
    rows = [
        (10 * fact.id + place, fact.id, draw(st.sampled_from(LANGUAGES)))
        for fact in came
        for place in range(draw(st.integers(0, 3)))
    ]
    return empty().changed((), came, rows)


YEARS = st.sampled_from([None, 2019, 2021, 2024])
FILTERS = st.builds(
    Filters,
    languages=several(LANGUAGES),
    objectives=several(NUMBERS),
    areas=several(("1", "2")),
    countries=several(COUNTRIES),
    types=several(TYPES),
    year_from=YEARS,
    year_to=YEARS,
    regions=several(("419", "013")),
    entities=several(("iom", "unhcr")),
    about=several(NUMBERS),
)
ONE = {
    "language": lambda value: Filters(languages=(value,)),
    "objective": lambda value: Filters(objectives=(value,)),
    ABOUT: lambda value: Filters(about=(value,)),
    "area": lambda value: Filters(areas=(value,)),
    "country": lambda value: Filters(countries=(value,)),
    "region": lambda value: Filters(regions=(value,)),
    "entity": lambda value: Filters(entities=(value,)),
    "type": lambda value: Filters(types=(value,)),
    "year": lambda value: Filters(year_from=int(value), year_to=int(value)),
}


def plainly(catalogue: Catalogue, filters: Filters) -> list[int]:
    """Read without columns."""

    def any_of(wanted: tuple[str, ...], present: Sequence[str]) -> bool:
        return not wanted or any(value in present for value in wanted)

    passing = []
    for number, document, language in zip(catalogue.ids, catalogue.documents, catalogue.languages, strict=True):
        fact = catalogue.facts[int(document)]
        year = int(fact.date[:4]) if fact.date else None
        in_years = (filters.year_from is None or (year or 0) >= filters.year_from) and (
            filters.year_to is None or (year or 9999) <= filters.year_to
        )
        if (
            any_of(filters.languages, [str(language)])
            and any_of(filters.objectives, (*fact.objectives, *fact.speaks_of))
            and any_of(filters.about, fact.objectives)
            and any_of(filters.areas, fact.areas)
            and any_of(filters.countries, fact.countries)
            and any_of(filters.types, [fact.type])
            and any_of(filters.regions, fact.regions)
            and any_of(filters.entities, fact.entities)
            and in_years
        ):
            passing.append(int(number))
    return passing


@settings(deadline=None)
@given(catalogues(), FILTERS)
def test_filters_equal_a_plain_reading(catalogue: Catalogue, filters: Filters) -> None:
    allowed = catalogue.allowed(filters)
    assert (catalogue.ids if allowed is None else allowed).tolist() == plainly(catalogue, filters)


@settings(deadline=None)
@given(catalogues(), FILTERS)
def test_a_facet_counts_what_choosing_it_would_leave(catalogue: Catalogue, filters: Filters) -> None:
    allowed = catalogue.allowed(filters)
    ids = catalogue.ids if allowed is None else allowed
    facets = {facet.name: facet.values for facet in catalogue.facets(ids)}
    assert tuple(facets) == FACETS
    for name, values in facets.items():
        assert list(values) == sorted(values, key=lambda pair: (-pair[1], pair[0]))
        for value, count in values:
            chosen = catalogue.allowed(ONE[name](value))
            assert chosen is not None
            left = np.intersect1d(ids, chosen)
            works = {catalogue.facts[int(d)].work for d in catalogue.documents_of(left)}
            assert len(works) == count > 0


@settings(deadline=None, max_examples=50)
@given(catalogues(), st.sampled_from((ABOUT, *FACETS)), st.sampled_from((ABOUT, *FACETS)))
def test_two_fields_crossed_count_what_choosing_both_would_leave(catalogue: Catalogue, one: str, other: str) -> None:
    crossed = catalogue.crossed(one, other).counts
    values = {facet.name: ["", *(value for value, _ in facet.values)] for facet in catalogue.facets(catalogue.ids)}
    values[ABOUT] = values["objective"]
    for pair in product(values[one], values[other]):
        chosen = [ONE[field](value) for field, value in zip((one, other), pair, strict=True) if value]
        if one == other and pair[0] != pair[1] and all(pair):
            continue  # two values of one field are alternatives in a search
        left = catalogue.ids
        for filters in chosen:
            allowed = catalogue.allowed(filters)
            assert allowed is not None
            left = np.intersect1d(left, allowed)
        works = {catalogue.facts[int(d)].work for d in catalogue.documents_of(left)}
        assert crossed.get(pair, 0) == len(works), pair
    carrying = [catalogue.allowed(ONE[other](value)) for value in values[other][1:]]
    ids = np.unique(np.concatenate([catalogue.ids[:0], *(each for each in carrying if each is not None)]))
    works = {catalogue.facts[int(d)].work for d in catalogue.documents_of(catalogue.ids)}
    kept = {catalogue.facts[int(d)].work for d in catalogue.documents_of(ids)}
    assert catalogue.crossed(one, other).lacking == len(works - kept)


@settings(deadline=None)
@given(catalogues(), catalogues(), st.sets(st.integers(1, 9)))
def test_a_change_equals_building_anew(before: Catalogue, after: Catalogue, gone: set[int]) -> None:
    came = list(after.facts.values())
    rows = [(int(i), int(d), str(lang)) for i, d, lang in zip(after.ids, after.documents, after.languages, strict=True)]
    changed = before.changed(gone, came, rows)
    kept = {i: f for i, f in before.facts.items() if i not in gone and i not in after.facts}
    expected = {int(i) for i, d in zip(before.ids, before.documents, strict=True) if int(d) in kept}
    assert changed.ids.tolist() == sorted(expected | {int(i) for i in after.ids})
    assert changed.facts == kept | after.facts
    works = defaultdict(set)
    for fact in changed.facts.values():
        works[fact.work].add(fact.id)
    assert {work: {f.id for f in several} for work, several in changed.by_work.items()} == works


def test_known_and_columns() -> None:
    fact = DocumentFacts(1, "w", "t", "s", "es", "report", "", (), (), (), False)
    catalogue = empty().changed((), [fact], [(10, 1, "es"), (12, 1, "en"), (14, 1, "en")])
    assert catalogue.known(np.array([9, 10, 11, 14, 15])).tolist() == [False, True, False, True, False]
    assert catalogue.languages_of(np.array([14, 10])).tolist() == ["en", "es"]
    assert catalogue.spoken() == ["en", "es"]
    assert empty().known(np.array([1])).tolist() == [False]
    assert empty().spoken() == []


def test_a_document_without_a_date_is_in_no_year() -> None:
    fact = DocumentFacts(1, "w", "t", "s", "es", "report", "", (), (), (), False)
    assert not passes_filters(Filters(year_to=2024), fact)
    assert not passes_filters(Filters(year_from=1900), fact)
    assert passes_filters(Filters(types=("report",)), fact)
