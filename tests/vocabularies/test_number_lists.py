"""Concepts by number: what a list of numbers states of whichever scheme it is read for."""

import pytest

from kb.vocabularies.concept import Concept, Scheme
from kb.vocabularies.number_lists import notations_in, numbers_of


def scheme(*notations: str) -> Scheme:
    concepts = tuple(Concept(f"urn:{each}", "objectives", each, (("en", each),)) for each in notations)
    return Scheme("objectives", "urn:objectives", "", (), concepts)


FIVE = scheme("1", "2", "3", "4", "5")
MANY = scheme(*map(str, range(1, 41)))
GOALS = scheme("SDG 1", "SDG 2", "SDG 10")


@pytest.mark.parametrize(
    ("text", "read_for", "expected"),
    [
        ("13, 7 y 10", MANY, ("13", "7", "10")),
        ("5 y 7", FIVE, ("5",)),  # there is no seventh
        ("39; 041", MANY, ("39",)),
        ("1–3", MANY, ("1", "3")),
        ("Objetivo 04", FIVE, ("4",)),
        ("0 y 6", FIVE, ()),
        ("3; 3", FIVE, ("3",)),
        ("3.5 de 1.000", FIVE, ()),  # decimals and sums
        ("10 and 2", GOALS, ("SDG 10", "SDG 2")),
        ("1", scheme("a", "1"), ()),  # members that have no numbers
        ("1", None, ()),
        ("", FIVE, ()),
    ],
)
def test_what_a_list_states(text: str, read_for: Scheme | None, expected: tuple[str, ...]) -> None:
    assert notations_in(text, read_for) == expected


def test_numbers_of_a_scheme() -> None:
    assert numbers_of(GOALS) == {1: "SDG 1", 2: "SDG 2", 10: "SDG 10"}
    assert numbers_of(scheme("A 1", "B 2")) == {}
