"""Decisions about tags: kept for good, shown at once, and stronger than any tagging that follows."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kb.documents.models import Tag, Verdict
from kb.documents.store import documents, passages, tag_decisions, tag_models, tags
from kb.documents.store.tags import TagPlace, decide
from kb.errors import NotFoundError, UsageError
from kb.store import instance_facts
from tests.support.documents import Instance, sample


@pytest.fixture
def stored(tmp_path: Path) -> Instance:
    held = Instance(tmp_path)
    held.add(sample("One passage.", "Another one.", objectives=("13", "7")))
    return held


def states(stored: Instance, passage: int | None = None) -> dict[str, str]:
    with stored.database.read() as connection:
        claims = tags.all_of_document(connection, 1)
    return {tag.notation: tag.state for place, tag in claims if place == passage and tag.scheme == "objectives"}


def say(stored: Instance, notation: str, verdict: Verdict, passage: int | None = None) -> int:
    with stored.database.write() as connection:
        place = TagPlace(1, passage, "objectives", notation)
        return decide(connection, place, verdict, "Sample librarian", "a sample reason")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([("13", Verdict.ACCEPTED)], {"13": "accepted", "7": "suggested"}),
        ([("13", Verdict.REJECTED)], {"13": "rejected", "7": "suggested"}),
        ([("13", Verdict.REJECTED), ("13", Verdict.ACCEPTED)], {"13": "accepted", "7": "suggested"}),
        ([("13", Verdict.REJECTED), ("13", Verdict.WITHDRAWN)], {"13": "suggested", "7": "suggested"}),
        ([("20", Verdict.ADDED)], {"13": "suggested", "7": "suggested", "20": "added"}),
        ([("20", Verdict.ADDED), ("20", Verdict.REJECTED)], {"13": "suggested", "7": "suggested", "20": "rejected"}),
        ([("20", Verdict.ADDED), ("20", Verdict.WITHDRAWN)], {"13": "suggested", "7": "suggested"}),
        ([("13", Verdict.ADDED)], {"13": "accepted", "7": "suggested"}),
    ],
)
def test_a_tag_shows_what_was_said_of_it(
    stored: Instance, said: list[tuple[str, Verdict]], shown: dict[str, str]
) -> None:
    for notation, verdict in said:
        say(stored, notation, verdict)
    assert states(stored) == shown
    with stored.database.read() as connection:
        past = tag_decisions.history(connection, 1)
    assert [(d.place.notation, d.verdict) for d in past] == said
    assert all((d.who, d.reason) == ("Sample librarian", "a sample reason") and d.at.tzinfo for d in past)


def test_the_public_sees_a_decision(stored: Instance) -> None:
    with stored.database.read() as connection:
        before = instance_facts.revision(connection)
    say(stored, "13", Verdict.REJECTED)
    with stored.database.read() as connection:
        assert instance_facts.revision(connection) == before + 1
        (facts,) = documents.published_facts(connection, since=before)
    assert facts.objectives == ("7",)


def test_a_tag_may_be_named_by_its_id(stored: Instance) -> None:
    with stored.database.write() as connection:
        number = connection.execute(text("SELECT id FROM tags WHERE passage = 2 AND notation = '7'")).scalar_one()
        decide(connection, number, Verdict.REJECTED, "Sample librarian")
    assert states(stored, 2) == {"13": "suggested", "7": "rejected"}
    assert states(stored, 1) == {"13": "suggested", "7": "suggested"}


@pytest.mark.parametrize("change", ["UPDATE tag_decisions SET verdict = 'accepted'", "DELETE FROM tag_decisions"])
def test_what_was_said_cannot_be_edited_away(stored: Instance, change: str) -> None:
    say(stored, "13", Verdict.REJECTED)
    with pytest.raises(DatabaseError, match="append-only"), stored.database.write() as connection:
        connection.execute(text(change))
    with stored.database.read() as connection:
        assert [d.verdict for d in tag_decisions.history(connection, 1)] == [Verdict.REJECTED]


def test_tagging_again_changes_nothing_that_was_decided(stored: Instance) -> None:
    say(stored, "13", Verdict.REJECTED)
    say(stored, "20", Verdict.ADDED)
    say(stored, "7", Verdict.ACCEPTED, passage=1)
    claims = [(None, Tag("objectives", n, 0.8, (), "new")) for n in ("13", "20", "5")]
    with stored.database.write() as connection:
        tags.replace(connection, 1, claims)
    assert states(stored) == {"13": "rejected", "20": "added", "5": "suggested"}
    assert states(stored, 1) == {"7": "accepted"}


def test_only_the_last_word_counts(stored: Instance) -> None:
    first = say(stored, "13", Verdict.REJECTED)
    say(stored, "13", Verdict.ACCEPTED)
    say(stored, "7", Verdict.REJECTED)
    say(stored, "7", Verdict.WITHDRAWN)
    with stored.database.read() as connection:
        assert [(d.place.notation, d.verdict) for d in tag_decisions.standing_decisions(connection)] == [
            ("13", Verdict.ACCEPTED)
        ]
        (before,) = tag_decisions.standing_decisions(connection, until=first)
    assert (before.verdict, before.score) == (Verdict.REJECTED, 0.9)


def test_what_cannot_be_decided_on(stored: Instance) -> None:
    with pytest.raises(NotFoundError, match="no such tag"):
        say(stored, "20", Verdict.ACCEPTED)
    with pytest.raises(NotFoundError):
        say(stored, "20", Verdict.ADDED, passage=99)
    with stored.database.write() as connection:
        with pytest.raises(NotFoundError):
            decide(connection, 999, Verdict.REJECTED, "Sample librarian")
        with pytest.raises(UsageError, match="who"):
            decide(connection, TagPlace(1, None, "objectives", "13"), Verdict.REJECTED, " ")
    with stored.database.read() as connection:
        assert tag_decisions.history(connection, 1) == []
        assert len(passages.of_document(connection, 1)) == 2


def test_models_are_kept_and_undone(stored: Instance) -> None:
    with stored.database.write() as connection:
        assert tag_models.in_use(connection) is None
        first = tag_models.keep(connection, {"method": "a"}, {})
        second = tag_models.keep(connection, {"method": "b"}, {})
        used = tag_models.in_use(connection)
        assert used is not None
        assert (used.id, used.previous, used.model) == (second, first, {"method": "b"})
        back = tag_models.go_back(connection)
        assert back is not None
        assert back.id == first
        assert tag_models.go_back(connection) is None
        with pytest.raises(UsageError, match="comes with the platform"):
            tag_models.go_back(connection)
        assert tag_models.last_number(connection) == second
