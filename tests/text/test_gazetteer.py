"""Names in a text: the longest leftmost one counts, whichever reading of the words it is found in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.gazetteer import Found, Gazetteer, find_names

NAMES = Gazetteer((name.split(), name) for name in ("south sudan", "sudan", "south", "sudan del sur", "a b c", "b"))
LETTERS = st.sampled_from("abc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("south sudan and sudan", ["south sudan", "sudan"]),
        ("north sudan del norte", ["sudan"]),
        ("sudan del sur", ["sudan del sur"]),
        ("a b d", ["b"]),  # what only begins like a longer name
        ("a b c", ["a b c"]),  # none within another
        ("sudanese", []),
        ("", []),
    ],
)
def test_the_longest_leftmost_name(text: str, expected: list[str]) -> None:
    assert [found.value for found in find_names([(NAMES, text.split())])] == expected


def test_a_longer_name_that_is_not_meant_leaves_room_for_a_shorter_one() -> None:
    found = find_names([(NAMES, ["south", "sudan"])], lambda found: found.value != "south sudan")
    assert [each.value for each in found] == ["south", "sudan"]


def test_of_several_readings_the_longest_name_counts_and_then_the_earlier_reading() -> None:
    stems = Gazetteer([(("mexic",), "people"), (("red", "mexic"), "network")])
    written = Gazetteer([(("mexicana",), "word"), (("red",), "colour")])
    keys = ["red", "mexic"], ["red", "mexicana"]
    assert [each.value for each in find_names([(written, keys[1]), (stems, keys[0])])] == ["network"]
    assert [each.value for each in find_names([(written, keys[1][1:]), (stems, keys[0][1:])])] == ["word"]


def test_of_one_name_the_earlier_meaning_counts() -> None:
    assert [each.value for each in find_names([(Gazetteer([(["a"], 1), (["a"], 2)]), ["a"])])] == [1]


@given(st.lists(st.lists(LETTERS, min_size=1, max_size=3), max_size=6), st.lists(LETTERS, max_size=12))
def test_it_finds_what_trying_every_stretch_finds(names: list[list[str]], keys: list[str]) -> None:
    known, expected, place = {tuple(name) for name in names}, [], 0
    while place < len(keys):
        ends = [end for end in range(len(keys), place, -1) if tuple(keys[place:end]) in known]
        expected += [Found(tuple(keys[place : ends[0]]), place, ends[0])] if ends else []
        place = ends[0] if ends else place + 1
    assert list(find_names([(Gazetteer((name, tuple(name)) for name in names), keys)])) == expected
