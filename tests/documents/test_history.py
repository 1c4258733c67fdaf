"""What changes of a document is kept for good: states, descriptions, tags, with who, when and why."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts, audit_trail
from kb.documents.models import Outcome, Verdict
from kb.documents.state import Move, State
from kb.documents.store import documents, history, tag_decisions
from kb.documents.store.tag_decisions import TagPlace
from kb.editorial.description import invalid_fields
from kb.editorial.store import editing, transitions
from kb.errors import ForbiddenError, RefusedError
from kb.store import instance_facts
from kb.vocabularies.skos import Taxonomy, read_folder
from tests.support.documents import Instance, prepared, sample

FILE = sample("A passage on fees.", name="fees.txt", title="Fees", countries=("PER",), objectives=("20", "1"))
NEWER = sample("A passage on lower fees.", name="fees.txt", title="Fees", objectives=("20",))
WRITING = "Lower fees for remittances"


@cache
def taxonomy() -> Taxonomy:
    return read_folder(Path(__file__).parent.parent.parent / "corpus" / "vocabularies")


@pytest.fixture
def held(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def somebody(held: Instance, *roles: Role) -> Account:
    with held.database.write() as connection:
        number = len(accounts.list_accounts(connection))
        return accounts.create(connection, SYSTEM, f"p{number}@example.org", roles, name=f"Person {number}")


def move(held: Instance, who: Account, document: int, to: Move, expected: State, reason: str = "a reason") -> State:
    with held.database.write() as connection:
        return transitions.move(connection, who.actor, document, to, reason, expected)


def told(held: Instance, document: int) -> list[tuple[object, ...]]:
    with held.database.read() as connection:
        found = history.of_document(connection, document)
    return [(c.kind.value, c.field, c.before, c.after, c.reason, c.actor) for c in found]


def test_the_life_of_a_document(held: Instance) -> None:
    librarian = somebody(held, Role.LIBRARIAN)
    (document,) = held.add(FILE, publish=False)
    assert move(held, librarian, document, Move.PUBLISH_TRUSTED, State.DESCRIBED, "Network papers") is State.PUBLISHED
    assert list(held.searcher(vectors=False).catalogue.facts) == [document]
    assert move(held, librarian, document, Move.WITHDRAW, State.PUBLISHED, "wrong file") is State.WITHDRAWN
    assert list(held.searcher(vectors=False).catalogue.facts) == []
    assert move(held, librarian, document, Move.BRING_BACK, State.WITHDRAWN, "it was right") is State.DESCRIBED
    assert told(held, document) == [
        ("text", "version", None, document, "", "system"),
        ("state", "publish-trusted", "described", "published", "Network papers", "Person 0"),
        ("state", "withdraw", "published", "withdrawn", "wrong file", "Person 0"),
        ("state", "bring-back", "withdrawn", "described", "it was right", "Person 0"),
    ]
    with held.database.read() as connection:
        changes = history.of_document(connection, document)
    assert all(change.at.tzinfo for change in changes)
    assert [c.account for c in changes] == [None, *[librarian.id] * 3]
    assert [e.action for e in audit_trail.history_of(held.database, "document", document)] == [
        "document-stored", "document-publish-trusted", "document-withdraw", "document-bring-back",
    ]  # fmt: skip
    assert audit_trail.verify(held.database) is None


def test_a_searcher_that_runs_notices_at_once(held: Instance) -> None:
    librarian = somebody(held, Role.LIBRARIAN)
    (document,) = held.add(FILE, publish=False)
    searcher = held.searcher(vectors=False)
    for to, expected, seen in (
        (Move.PUBLISH_TRUSTED, State.DESCRIBED, [document]),
        (Move.WITHDRAW, State.PUBLISHED, []),
        (Move.BRING_BACK, State.WITHDRAWN, []),
        (Move.PUBLISH_TRUSTED, State.DESCRIBED, [document]),
    ):
        move(held, librarian, document, to, expected)
        searcher.refresh()
        assert list(searcher.catalogue.facts) == seen


def test_of_two_at_once_the_second_is_told(held: Instance) -> None:
    one, two = somebody(held, Role.LIBRARIAN), somebody(held, Role.LIBRARIAN)
    (document,) = held.add(FILE, publish=False)
    move(held, one, document, Move.PUBLISH_TRUSTED, State.DESCRIBED)
    for to in (Move.REJECT, Move.PUBLISH_TRUSTED, Move.SEND_TO_REVIEW):
        with pytest.raises(RefusedError) as raised:
            move(held, two, document, to, State.DESCRIBED)
        assert raised.value.code == "changed"
    assert held.states() == {document: "published"}
    with held.database.read() as connection:
        assert len(history.of_document(connection, document)) == 2


def test_of_many_in_the_same_moment_one_decides(held: Instance) -> None:
    (document,) = held.add(FILE, publish=False)
    people = [somebody(held, Role.LIBRARIAN) for _ in range(6)]

    def attempt(number: int) -> str:
        to = (Move.PUBLISH_TRUSTED, Move.REJECT)[number % 2]
        try:
            return move(held, people[number], document, to, State.DESCRIBED)
        except RefusedError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(attempt, range(6)))
    assert sorted(said)[:5] == ["changed"] * 5
    assert held.states()[document] == max(said)
    with held.database.read() as connection:
        assert len(history.of_document(connection, document)) == 2
    assert audit_trail.verify(held.database) is None


def test_a_move_that_fails_leaves_no_trace(held: Instance) -> None:
    contributor = somebody(held, Role.CONTRIBUTOR)
    (document,) = held.add(FILE, publish=False)
    before = (told(held, document), len(audit_trail.newest(held.database, 100)))
    with pytest.raises(ForbiddenError):
        move(held, contributor, document, Move.PUBLISH_TRUSTED, State.DESCRIBED)
    with pytest.raises(RefusedError):
        move(held, somebody(held, Role.LIBRARIAN), document, Move.PUBLISH, State.DESCRIBED)
    assert told(held, document) == before[0]
    assert len(audit_trail.newest(held.database, 100)) == before[1] + 1  # the librarian's account


def test_versions_follow_each_other_on_record(held: Instance) -> None:
    held.add(FILE, NEWER)
    assert told(held, 1)[-1] == ("state", "supersede", "published", "superseded", "", "system")
    assert told(held, 2)[0] == ("text", "version", 1, 2, "", "system")
    assert told(held, 2)[1][:4] == ("state", "publish-trusted", "described", "published")


def test_an_older_version_is_not_published_over_a_newer_one(held: Instance) -> None:
    librarian = somebody(held, Role.LIBRARIAN)
    held.add(FILE)
    move(held, librarian, 1, Move.WITHDRAW, State.PUBLISHED)
    held.add(NEWER)
    move(held, librarian, 1, Move.BRING_BACK, State.WITHDRAWN)
    with pytest.raises(RefusedError) as raised:
        move(held, librarian, 1, Move.PUBLISH_TRUSTED, State.DESCRIBED)
    assert raised.value.code == "newer"
    assert held.states() == {1: "described", 2: "published"}


HELD_BACK = [
    ([Move.PUBLISH_TRUSTED, Move.WITHDRAW], "withdrawn", "They were withdrawn"),
    ([Move.REJECT], "rejected", "They were rejected"),
    ([Move.SEND_TO_REVIEW], "in-review", "They are in review"),
    ([Move.RETURN], "returned", "They were returned"),
    ([Move.SEND_TO_REVIEW, Move.RETURN, Move.ANSWER], "described", "They have been in review"),
]


@pytest.mark.parametrize(("moves", "state", "said"), HELD_BACK)
@pytest.mark.parametrize("by", ["known", "add"])
def test_reading_the_same_bytes_in_again_does_not_go_over_a_decision(
    held: Instance, moves: list[Move], state: str, said: str, by: str
) -> None:
    librarian = somebody(held, Role.LIBRARIAN)
    (document,) = held.add(FILE, publish=False)
    for to in moves:
        move(held, librarian, document, to, State(held.states()[document]))
    if by == "known":
        again = documents.recognise_bytes(held.database, FILE.source, publish=True)
    else:
        again = documents.add(held.database, prepared(FILE), publish=True)
    assert again is not None
    assert (again.outcome, again.document) == (Outcome.REFUSED, document)
    assert again.outcome.failed
    assert said in again.message
    assert f"document {document}" in again.message
    assert held.states() == {document: state}
    quietly = documents.recognise_bytes(held.database, FILE.source, publish=False)
    assert quietly == documents.Stored(Outcome.UNCHANGED, document, "fees.txt")


def test_history_cannot_be_edited_away(held: Instance) -> None:
    held.add(FILE)
    for change in ("UPDATE document_changes SET reason = 'x'", "DELETE FROM document_changes"):
        with pytest.raises(DatabaseError, match="append-only"), held.database.write() as connection:
            connection.execute(text(change))


# --- descriptions ---


def describe(
    held: Instance, who: Account, seen: int | None = None, reason: str = "", **facts: object
) -> tuple[str, ...]:
    with held.database.read() as connection:
        described = documents.get(connection, 1).description
    with held.database.write() as connection:
        known = history.last_change(connection, 1) if seen is None else seen
        changed = replace(described, **facts)  # type: ignore[arg-type]
        return editing.describe(connection, who.actor, 1, changed, reason, known)


def test_a_description_is_changed_on_record_and_seen_at_once(held: Instance) -> None:
    librarian = somebody(held, Role.LIBRARIAN)
    held.add(FILE)
    searcher = held.searcher(vectors=False)
    changed = describe(
        held, librarian, None, "as on its cover", title=WRITING, date="2021-05", countries=("PER", "ECU")
    )
    assert changed == ("title", "date", "countries")
    with held.database.read() as connection:
        stored = documents.get(connection, 1).description
    assert (stored.title, stored.date, stored.countries) == (WRITING, "2021-05", ("ECU", "PER"))
    searcher.refresh()
    assert searcher.catalogue.facts[1].title == WRITING
    assert told(held, 1)[2:] == [
        ("description", "title", "Fees", WRITING, "as on its cover", "Person 0"),
        ("description", "date", "2024", "2021-05", "as on its cover", "Person 0"),
        ("description", "countries", ["PER"], ["ECU", "PER"], "as on its cover", "Person 0"),
    ]


def test_a_description_that_is_right_is_checked_on_record(held: Instance) -> None:
    held.add(FILE)
    with held.database.read() as connection:
        before = instance_facts.revision(connection)
    assert describe(held, somebody(held, Role.LIBRARIAN)) == ()
    assert told(held, 1)[-1][1] == editing.CHECKED
    with held.database.read() as connection:
        assert instance_facts.revision(connection) == before


def test_who_writes_over_what_they_did_not_see_is_told(held: Instance) -> None:
    librarian = somebody(held, Role.LIBRARIAN)
    held.add(FILE)
    describe(held, librarian, 0, title=WRITING)
    with pytest.raises(RefusedError) as raised:
        describe(held, librarian, 0, title="Another")
    assert raised.value.code == "changed"
    with held.database.read() as connection:
        assert documents.get(connection, 1).description.title == WRITING


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, ()),
        ({"title": " "}, ("title",)),
        ({"title": "x" * 501}, ("title",)),
        ({"type": "novel"}, ("type",)),
        ({"language": "und", "date": "2024-02-29"}, ()),
        ({"language": "English"}, ("language",)),
        ({"date": "2023-02-29"}, ("date",)),
        ({"date": "May 2021"}, ("date",)),
        ({"date": "2021-13"}, ("date",)),
        ({"countries": ("PER", "Peru")}, ("countries",)),
    ],
)
def test_what_can_be_wrong_with_a_description(
    held: Instance, facts: dict[str, object], fields: tuple[str, ...]
) -> None:
    held.add(FILE)
    with held.database.read() as connection:
        described = replace(documents.get(connection, 1).description, **facts)  # type: ignore[arg-type]
    assert invalid_fields(described, ["report", "practice"]) == fields


@pytest.mark.parametrize(
    ("role", "own", "state", "allowed"),
    [
        (Role.LIBRARIAN, False, State.DESCRIBED, True),
        (Role.LIBRARIAN, False, State.PUBLISHED, True),
        (Role.LIBRARIAN, False, State.IN_REVIEW, True),
        (Role.LIBRARIAN, True, State.PUBLISHED, True),
        (Role.LIBRARIAN, False, State.WITHDRAWN, False),
        (Role.CONTRIBUTOR, True, State.DESCRIBED, True),
        (Role.CONTRIBUTOR, True, State.RETURNED, True),
        (Role.CONTRIBUTOR, True, State.IN_REVIEW, False),  # reviewers see what they began to read
        (Role.CONTRIBUTOR, True, State.PUBLISHED, False),
        (Role.CONTRIBUTOR, False, State.DESCRIBED, False),
        (Role.REVIEWER, False, State.DESCRIBED, False),
        (Role.SECRETARIAT, False, State.DESCRIBED, False),
    ],
)
def test_who_may_describe_when(held: Instance, role: Role, own: bool, state: State, allowed: bool) -> None:
    person = somebody(held, role)
    held.add(FILE, publish=False)
    with held.database.write() as connection:
        connection.execute(
            text("UPDATE documents SET state = :state, owner = :owner"),
            {"state": state.value, "owner": person.id if own else None},
        )
    place = TagPlace(1, None, "objectives", "20")
    tries: list[Callable[[], object]] = [
        lambda: describe(held, person, title=WRITING),
        lambda: said(held, person, [place], Verdict.ACCEPTED),
    ]
    for each in tries:
        if allowed:
            assert each()
        else:
            with pytest.raises(ForbiddenError):
                each()


# --- tags ---


def said(held: Instance, who: Account, places: list[TagPlace], verdict: Verdict) -> list[int]:
    with held.database.write() as connection:
        return editing.decide_tags(connection, who.actor, taxonomy(), places, verdict)


def test_several_tags_at_once_and_back(held: Instance) -> None:
    librarian, other = somebody(held, Role.LIBRARIAN), somebody(held, Role.LIBRARIAN)
    held.add(FILE)
    places = [TagPlace(1, None, "objectives", n) for n in ("20", "1")]
    numbers = said(held, librarian, places, Verdict.ACCEPTED)
    said(held, other, places[:1], Verdict.REJECTED)  # meanwhile somebody thinks otherwise: that stays
    with held.database.write() as connection:
        editing.undo(connection, librarian.actor, taxonomy(), 1, numbers)
        standing = {d.place.notation: d for d in tag_decisions.standing_decisions(connection, 1)}
    assert {n: (d.verdict, editing.account_in(d)) for n, d in standing.items()} == {"20": (Verdict.REJECTED, other.id)}
    trail = [e.action for e in audit_trail.history_of(held.database, "document", 1)]
    assert trail[2:] == ["tag-accepted", "tag-accepted", "tag-rejected", "tag-withdrawn"]
    with held.database.read() as connection:
        assert not any(librarian.email in d.who for d in tag_decisions.history(connection, 1))
