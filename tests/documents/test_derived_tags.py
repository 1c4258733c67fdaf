"""Thematic areas and round tables: they follow from the objectives of a document as soon as somebody decides."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Actor, Role
from kb.accounts.store import accounts
from kb.documents.derived_tags import with_derived_tags
from kb.documents.models import Tag, Verdict
from kb.documents.store import derived_tags, documents, tags
from kb.documents.store.tag_decisions import TagPlace
from kb.editorial.store import editing
from kb.store import instance_facts
from kb.vocabularies.skos import Taxonomy, read_folder
from tests.support.documents import Instance, prepared, sample

ACCEPTED, REJECTED, ADDED, WITHDRAWN = Verdict
Said = Sequence[tuple[str, str, Verdict]]


@cache
def taxonomy() -> Taxonomy:
    return read_folder(Path(__file__).parent.parent.parent / "corpus" / "vocabularies")


@pytest.fixture
def held(tmp_path: Path) -> Instance:
    """A document about objectives 13 (area 2, round table 2) and 20 (area 4, round table 3)."""
    held = Instance(tmp_path)
    held.add(sample("A passage.", objectives=("13", "20")))
    with held.database.write() as connection:
        tags.replace(connection, 1, [(None, tag) for tag in with_derived_tags(taxonomy(), suggested(held))])
    return held


def suggested(held: Instance) -> list[Tag]:
    with held.database.read() as connection:
        return [tag for passage, tag in tags.all_of_document(connection, 1) if passage is None]


def librarian(held: Instance) -> Actor:
    with held.database.write() as connection:
        return accounts.create(connection, SYSTEM, "lena@example.org", (Role.LIBRARIAN,), "Lena").actor


def say(held: Instance, who: Actor, said: Said) -> list[int]:
    numbers: list[int] = []
    for scheme, notation, verdict in said:
        with held.database.write() as connection:
            place = TagPlace(1, None, scheme, notation)
            numbers += editing.decide_tags(connection, who, taxonomy(), [place], verdict)
    return numbers


def shown(held: Instance) -> set[str]:
    """Groups of the document that nobody rejected."""
    return {f"{t.scheme}:{t.notation}" for t in suggested(held) if t.state != "rejected" and t.scheme != "objectives"}


BOTH = {"areas:2", "areas:4", "round-tables:2", "round-tables:3"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], BOTH),
        ([("objectives", "13", ACCEPTED)], BOTH),
        ([("objectives", "13", REJECTED)], {"areas:4", "round-tables:3"}),
        ([("objectives", "13", REJECTED), ("objectives", "13", WITHDRAWN)], BOTH),
        ([("objectives", "13", REJECTED), ("objectives", "20", REJECTED)], set()),
        ([("objectives", "1", ADDED)], BOTH | {"areas:1", "round-tables:4"}),
        ([("objectives", "1", ADDED), ("objectives", "1", WITHDRAWN)], BOTH),
        ([("objectives", "23", ADDED)], BOTH | {"round-tables:4"}),  # of every area: says nothing about which
        ([("areas", "2", ACCEPTED), ("objectives", "13", REJECTED)], {"areas:2", "areas:4", "round-tables:3"}),
        ([("areas", "2", REJECTED), ("objectives", "13", ACCEPTED)], BOTH - {"areas:2"}),
        ([("areas", "5", ADDED)], BOTH | {"areas:5"}),
    ],
)
def test_groups_follow(held: Instance, said: Said, expected: set[str]) -> None:
    say(held, librarian(held), said)
    assert shown(held) == expected


def test_the_public_sees_both_in_one_change(held: Instance) -> None:
    actor = librarian(held)
    with held.database.read() as connection:
        before = instance_facts.revision(connection)
    say(held, actor, [("objectives", "13", REJECTED)])
    with held.database.read() as connection:
        assert instance_facts.revision(connection) == before + 1
        (facts,) = documents.published_facts(connection, since=before)
    assert (facts.objectives, facts.areas) == (("20",), ("4",))


def test_what_fails_changes_neither(held: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = librarian(held)
    monkeypatch.setattr(derived_tags, "_put", lambda *_all: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        say(held, actor, [("objectives", "13", REJECTED)])
    assert shown(held) == BOTH
    assert all(tag.state == "suggested" for tag in suggested(held))


def test_undoing_brings_the_groups_back_and_rows_that_stay_keep_their_numbers(held: Instance) -> None:
    def numbers() -> dict[str, int]:
        with held.database.read() as connection:
            rows = connection.execute(text("SELECT id, notation FROM tags WHERE scheme = 'areas' AND passage IS NULL"))
            return {row.notation: row.id for row in rows}

    before, actor = numbers(), librarian(held)
    said = say(held, actor, [("objectives", "13", REJECTED)])
    with held.database.write() as connection:
        editing.undo(connection, actor, taxonomy(), 1, said)
    assert shown(held) == BOTH
    assert numbers()["4"] == before["4"]


def test_they_follow_from_what_was_carried_to_a_new_version(held: Instance) -> None:
    say(held, librarian(held), [("objectives", "13", REJECTED), ("objectives", "1", ADDED)])
    newer = prepared(sample("A passage.", "And one more.", objectives=("13", "20")))
    whole = with_derived_tags(taxonomy(), newer.tags)  # as the tagger gives them
    then = derived_tags.carry_and_derive(taxonomy(), None)
    two = documents.add(held.database, replace(newer, tags=whole), True, then).document
    with held.database.read() as connection:
        claims = [tag for passage, tag in tags.all_of_document(connection, two) if passage is None]
    kept = {f"{t.scheme}:{t.notation}" for t in claims if t.state != "rejected" and t.scheme != "objectives"}
    assert kept == {"areas:1", "areas:4", "round-tables:3", "round-tables:4"}


def test_areas_that_a_document_states_are_left_alone(tmp_path: Path) -> None:
    held = Instance(tmp_path)
    held.add(sample("A passage.", objectives=("13",), areas=("1",)))
    say(held, librarian(held), [("objectives", "20", ADDED)])
    assert shown(held) == {"areas:1", "round-tables:2", "round-tables:3"}
