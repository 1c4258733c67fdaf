"""The table of schemes fits the vocabularies of the corpus and the fields of a search."""

from kb.cli.bootstrap import CORPUS
from kb.documents.facts import DocumentFacts
from kb.search.answers import Filters
from kb.search.facets import FIELDS, NAMES, facet_values, filters_of
from kb.vocabularies.schemes import ADDED_FROM, DECIDED, SCHEMES


def test_every_vocabulary_of_the_corpus_has_its_row_and_every_row_its_file() -> None:
    files = {path.stem for path in (CORPUS / "vocabularies").glob("*.ttl")}
    assert {scheme.name for scheme in SCHEMES if scheme.vocabulary} == files


def test_schemes_are_filtered_by_fields_of_a_search() -> None:
    assert {scheme.field for scheme in SCHEMES if scheme.field} <= set(NAMES)


def test_only_what_stands_in_a_vocabulary_can_be_added() -> None:
    assert [name for name in DECIDED if name not in ADDED_FROM] == ["regions", "years"]


def test_each_field_asks_and_carries_its_own_values() -> None:
    chosen = {name: (name,) for name in NAMES}
    filters = filters_of(chosen)
    assert {field.name: field.asked(filters) for field in FIELDS} == chosen
    assert not filters_of({})
    assert filters_of({}, 2019, 2021) == Filters(year_from=2019, year_to=2021)
    facts = DocumentFacts(
        1, "w", "t", "s", "es", "report", "2021-05", ("MEX",), ("13",), ("2",), False, True, ("419",), ("iom",), ("7",)
    )
    assert facet_values(facts, "fr") == {
        "language": ("fr",),
        "objective": ("13", "7"),
        "area": ("2",),
        "country": ("MEX",),
        "region": ("419",),
        "entity": ("iom",),
        "type": ("report",),
        "year": ("2021",),
    }
