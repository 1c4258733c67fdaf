"""Decisions about tags when a new version of a document comes: what counts on, and what the history says."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from kb.accounts.store import audit_trail
from kb.documents.models import Evidence, EvidenceKind, Passage, PreparedDocument, Tag, TaggedPassage, Verdict
from kb.documents.passage_alignment import PassageAlignment, place_of
from kb.documents.store import carried_decisions, documents, history, tag_decisions, tags
from kb.documents.store.tag_decisions import TagPlace
from tests.support.documents import Instance, Sample, prepared, sample

ACCEPTED, REJECTED, ADDED, WITHDRAWN = Verdict
FEES = "Fees of remittances fall where prices of banks are compared in public every month."
CONSULATES = "Consulates that travel renew passports of workers who live far from any capital city."
CHILDREN = "No child is detained while the case of its family is looked at by a judge."
FIRST = sample(FEES, CONSULATES, CHILDREN, name="plan.txt", title="Plan")


def with_tags(version: Sample, *claims: tuple[int | None, str, str]) -> PreparedDocument:
    """A version in which a passage (None: the document) is about an objective, as the words given say."""
    made = prepared(version)
    whole = made.document.text

    def tag(notation: str, words: str) -> Tag:
        start = whole.index(words)
        return Tag("objectives", notation, 0.9, (Evidence(start, start + len(words), EvidenceKind.TERM),), "sample 1")

    def of(row: int | None) -> tuple[Tag, ...]:
        return tuple(tag(notation, words) for at, notation, words in claims if at == row)

    cut = tuple(TaggedPassage(each.passage, of(n)) for n, each in enumerate(made.passages, 1))
    return replace(made, passages=cut, tags=of(None))


@pytest.fixture
def held(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def store(held: Instance, version: PreparedDocument) -> int:
    return documents.add(held.database, version, publish=True).document


def say(held: Instance, document: int, row: int | None, notation: str, verdict: Verdict) -> None:
    with held.database.write() as connection:
        passage = None if row is None else passages_of(held, document)[row - 1]
        place = TagPlace(document, passage, "objectives", notation)
        tag_decisions.decide(connection, place, verdict, "Sample librarian", "a reason")


def passages_of(held: Instance, document: int) -> list[int]:
    with held.database.read() as connection:
        rows = connection.execute(text("SELECT id FROM passages WHERE document = :d ORDER BY number"), {"d": document})
        return [row.id for row in rows]


def states(held: Instance, document: int) -> dict[tuple[int | None, str], str]:
    numbers = {number: row for row, number in enumerate(passages_of(held, document), 1)}
    with held.database.read() as connection:
        claims = tags.all_of_document(connection, document)
    return {(None if p is None else numbers[p], tag.notation): tag.state for p, tag in claims}


def left(held: Instance, document: int) -> list[object]:
    with held.database.read() as connection:
        return [c.before for c in history.of_document(connection, document) if c.field == "left"]


def carried(held: Instance, document: int) -> list[tuple[str, int, bool]]:
    with held.database.read() as connection:
        said = tag_decisions.history(connection, document)
        origins = carried_decisions.origins(connection, document)
    return [(d.place.notation, origins[d.id].version, origins[d.id].supported) for d in said if d.id in origins]


@pytest.mark.parametrize(
    ("verdict", "again", "state"),
    [
        (ACCEPTED, True, "accepted"),
        (ACCEPTED, False, "accepted"),  # the tagger does not see it any more: a person did
        (REJECTED, True, "rejected"),
        (REJECTED, False, "rejected"),  # and stays so when the tagger sees it again one day
        (ADDED, True, "accepted"),
        (ADDED, False, "added"),
        (WITHDRAWN, True, "suggested"),
    ],
)
def test_what_was_said_of_the_document_counts_on(held: Instance, verdict: Verdict, again: bool, state: str) -> None:
    first = [] if verdict is ADDED else [(None, "20", "remittances")]
    store(held, with_tags(FIRST, *first))
    say(held, 1, None, "20", verdict)
    newer = replace(FIRST, passages=(FEES, CHILDREN))
    two = store(held, with_tags(newer, *([(None, "20", "remittances")] if again else [])))
    assert states(held, two) == {(None, "20"): state}
    assert carried(held, two) == ([] if verdict is WITHDRAWN else [("20", 1, True)])
    with held.database.read() as connection:
        past = tag_decisions.history(connection, two)
    assert all((d.who, d.reason) == ("Sample librarian", "a reason") for d in past)
    assert left(held, two) == []


def test_words_that_are_gone_are_said_to_be_and_those_still_there_are_evidence(held: Instance) -> None:
    store(held, with_tags(FIRST, (None, "20", "remittances"), (None, "14", "renew passports")))
    say(held, 1, None, "20", ACCEPTED)
    say(held, 1, None, "14", ACCEPTED)
    two = store(held, prepared(replace(FIRST, passages=(CHILDREN, CONSULATES.replace("renew ", "renew\n")))))
    assert carried(held, two) == [("20", 1, False), ("14", 1, True)]
    with held.database.read() as connection:
        claims = {tag.notation: tag for _passage, tag in tags.all_of_document(connection, two)}
        whole = documents.get(connection, two).text
    assert [whole[e.start : e.end] for e in claims["14"].evidence] == ["renew\npassports"]
    assert claims["20"].evidence == ()


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ((FEES, CONSULATES, CHILDREN), 2),
        ((CONSULATES, FEES), 1),  # it moved
        ((CHILDREN, CONSULATES.replace("far from any capital city", "abroad")), 2),  # edited beside the evidence
        ((FEES + " " + CONSULATES,), 1),  # joined with another
        ((FEES, CONSULATES.replace("renew passports", "issue papers")), None),  # the words that spoke for it are gone
        ((FEES, "We renew passports for a fee, says a leaflet of a travel agency nobody knows."), None),  # elsewhere
        ((FEES,), None),
    ],
)
def test_what_was_said_of_a_passage_counts_where_it_still_stands(
    held: Instance, newer: tuple[str, ...], expected: int | None
) -> None:
    store(held, with_tags(FIRST, (2, "14", "renew passports")))
    say(held, 1, 2, "14", REJECTED)
    two = store(held, prepared(replace(FIRST, passages=newer, date="2025")))
    assert states(held, two) == ({} if expected is None else {(expected, "14"): "rejected"})
    assert left(held, two) == ([] if expected else [["objectives", "14", "rejected", "renew passports"]])
    (event,) = [e for e in audit_trail.history_of(held.database, "document", two) if e.action == "decisions-carried"]
    assert event.details == {"from": 1, "carried": int(bool(expected)), "left": int(not expected)}


def test_what_a_person_added_to_a_passage_needs_the_passage(held: Instance) -> None:
    store(held, prepared(FIRST))
    say(held, 1, 1, "20", ADDED)
    say(held, 1, 3, "7", ADDED)
    two = store(held, prepared(replace(FIRST, passages=(CONSULATES, FEES))))
    assert states(held, two) == {(2, "20"): "added"}
    assert left(held, two) == [["objectives", "7", "added", CHILDREN]]


def test_from_version_to_version(held: Instance) -> None:
    store(held, with_tags(FIRST, (None, "20", "remittances")))
    say(held, 1, None, "20", ACCEPTED)
    two = store(held, prepared(replace(FIRST, date="2025")))
    say(held, two, None, "7", ADDED)
    three = store(held, prepared(replace(FIRST, date="2026")))
    assert carried(held, three) == [("20", 1, True), ("7", 2, True)]
    with held.database.read() as connection:  # what is learnt from counts once
        everywhere = tag_decisions.standing_decisions(connection)
        assert [(d.place.document, d.place.notation) for d in everywhere] == [(three, "20"), (three, "7")]
        first = min(d.id for d in tag_decisions.history(connection, 1))
        assert [d.place.document for d in tag_decisions.standing_decisions(connection, until=first)] == [1]


def test_where_a_decision_comes_from_cannot_be_edited_away(held: Instance) -> None:
    store(held, with_tags(FIRST, (None, "20", "remittances")))
    say(held, 1, None, "20", ACCEPTED)
    store(held, prepared(replace(FIRST, date="2025")))
    for change in ("UPDATE carried_decisions SET version = 9", "DELETE FROM carried_decisions"):
        with pytest.raises(DatabaseError, match="append-only"), held.database.write() as connection:
            connection.execute(text(change))


def test_a_version_that_cannot_be_stored_carries_nothing(held: Instance) -> None:
    store(held, with_tags(FIRST, (None, "20", "remittances")))
    say(held, 1, None, "20", ACCEPTED)

    def fails(_connection: Connection, _number: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        documents.add(held.database, prepared(replace(FIRST, date="2025")), True, fails)
    assert held.rows()["documents"] == 1
    with held.database.read() as connection:
        assert len(tag_decisions.standing_decisions(connection)) == 1


def test_of_passages_alike_the_nearest() -> None:
    def passage(number: int, words: str) -> Passage:
        return Passage(number, 0, len(words), words)

    newer = PassageAlignment([(n * 10, passage(n, FEES)) for n in range(1, 6)] + [(60, passage(6, ""))])
    assert newer.passage_of(passage(4, FEES), ["remittances"]) == 40
    assert newer.passage_of(passage(4, ""), []) is None
    assert place_of("a  b", "x a\nb") == (2, 5)
    assert place_of(" ", "x") is None
