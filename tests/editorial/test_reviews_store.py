"""Reviews in the store: conflicts before the file opens, a round by the rule, nobody's place taken by another."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from kb.accounts.account import SYSTEM, Account, Actor, Role
from kb.accounts.store import accounts, audit_trail
from kb.clock import now
from kb.documents.state import Move, State
from kb.documents.store import history
from kb.editorial.review import Recommendation, Review, Side, Stage, days_late, due_date, missing_recommendations
from kb.editorial.store import comments, reviews, transitions
from kb.errors import ForbiddenError, NotFoundError, RefusedError, UsageError
from tests.support.documents import Instance, sample

T = TypeVar("T")
P, R = Recommendation.PUBLISH, Recommendation.REJECT


@dataclass
class Office:
    """An instance with a document in review and people around it."""

    instance: Instance
    people: dict[str, Account]
    document: int

    def actor(self, name: str) -> Actor:
        return self.people[name].actor

    def do(self, step: Callable[[Connection], T]) -> T:
        with self.instance.database.write() as connection:
            return step(connection)

    def refusal(self, step: Callable[[Connection], object]) -> str:
        with pytest.raises(RefusedError) as raised:
            self.do(step)
        return raised.value.code

    def ask(self, name: str, side: Side = Side.EXTERNAL) -> Review:
        account = self.people[name].id
        return self.do(lambda c: reviews.ask(c, self.actor("librarian"), self.document, account, side))

    def give(self, name: str, advice: Recommendation, side: Side = Side.EXTERNAL) -> Review:
        """A review from being asked to the recommendation."""
        review, actor = self.ask(name, side), self.actor(name)
        self.do(lambda c: reviews.declare(c, actor, review.id, conflict=False))
        self.do(lambda c: reviews.open_file(c, actor, review.id))
        return self.do(lambda c: reviews.recommend(c, actor, review.id, advice, "A letter."))

    def state(self) -> str:
        return self.instance.states()[self.document]

    def trail(self) -> list[str]:
        return [entry.action for entry in reversed(audit_trail.newest(self.instance.database, 1000))]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    instance = Instance(tmp_path)
    (document,) = instance.add(sample("A first passage.", "A second passage."), publish=False)
    roles = {"librarian": Role.LIBRARIAN, "contributor": Role.CONTRIBUTOR} | {f"r{n}": Role.REVIEWER for n in range(5)}
    with instance.database.write() as connection:
        people = {n: accounts.create(connection, SYSTEM, f"{n}@example.org", [role]) for n, role in roles.items()}
        connection.execute(text("UPDATE documents SET owner = :owner"), {"owner": people["contributor"].id})
        transitions.send_to_review(connection, people["librarian"].actor, document, State.DESCRIBED)
    return Office(instance, people, document)


def test_a_review_from_asking_to_publishing(office: Office) -> None:
    librarian = office.actor("librarian")
    for name, side in (("r0", Side.INTERNAL), ("r1", Side.EXTERNAL)):
        office.give(name, P, side)
        assert office.refusal(lambda c: transitions.publish(c, librarian, office.document, "ready")) == "rule"
    office.give("r2", P)
    office.do(lambda c: transitions.publish(c, librarian, office.document, "ready"))
    assert office.state() == "published"
    assert [f.id for f in office.instance.searcher(vectors=False).catalogue.facts.values()] == [office.document]
    with office.instance.database.read() as connection:
        change = history.last_move(connection, office.document, State.PUBLISHED)
    assert change is not None
    assert (change.account, change.field, change.before, change.reason) == (
        librarian.account, "publish", "in-review", "ready",
    )  # fmt: skip
    steps = ["reviewer-asked", "conflicts-declared", "file-opened", "recommendation-given"]
    assert office.trail()[-14:] == ["document-send-to-review", *steps * 3, "document-publish"]
    assert audit_trail.verify(office.instance.database) is None


def test_disagreement_calls_a_fourth(office: Office) -> None:
    librarian = office.actor("librarian")
    for name, advice in (("r0", P), ("r1", P), ("r2", R)):
        office.give(name, advice, Side.INTERNAL if name == "r0" else Side.EXTERNAL)
    assert office.refusal(lambda c: transitions.publish(c, librarian, office.document, "most of them agree")) == "rule"
    office.give("r3", P)
    office.do(lambda c: transitions.publish(c, librarian, office.document, "three of four"))
    assert office.state() == "published"


def test_the_file_opens_only_after_the_declaration(office: Office) -> None:
    review, actor = office.ask("r0"), office.actor("r0")
    assert (review.stage, review.due) == (Stage.ASKED, due_date(now().date()))
    tries: list[Callable[[Connection], object]] = [
        lambda c: reviews.open_file(c, actor, review.id),
        lambda c: comments.add(c, actor, review.id, "x"),
        lambda c: reviews.recommend(c, actor, review.id, P, "x"),
    ]
    assert [office.refusal(each) for each in tries] == ["undeclared"] * 3
    office.do(lambda c: reviews.declare(c, actor, review.id, conflict=False, interests="I know the author's agency."))
    assert [office.refusal(each) for each in tries[1:]] == ["undeclared"] * 2  # cleared, but the file was not opened
    opened = office.do(lambda c: reviews.open_file(c, actor, review.id))
    again = office.do(lambda c: reviews.open_file(c, actor, review.id))
    assert opened.opened == again.opened is not None
    assert office.trail().count("file-opened") == 1
    assert office.do(lambda c: reviews.recommend(c, actor, review.id, P, "x")).stage is Stage.GIVEN


def test_a_conflict_keeps_the_file_closed_and_counts_nothing(office: Office) -> None:
    review, actor = office.ask("r0"), office.actor("r0")
    assert office.refusal(lambda c: reviews.declare(c, actor, review.id, conflict=True)) == "reason"
    said = office.do(lambda c: reviews.declare(c, actor, review.id, conflict=True, interests="My own project."))
    assert (said.stage, said.interests) == (Stage.CONFLICTED, "My own project.")
    assert office.refusal(lambda c: reviews.open_file(c, actor, review.id)) == "conflict"
    assert office.refusal(lambda c: reviews.declare(c, actor, review.id, conflict=False)) == "conflict"


def test_a_conflict_learnt_of_later_takes_the_recommendation_out(office: Office) -> None:
    given = office.give("r0", P, Side.INTERNAL)
    assert missing_recommendations(office.do(lambda c: reviews.panel_of(c, office.document))).internal == 0
    office.do(lambda c: reviews.declare(c, office.actor("r0"), given.id, conflict=True, interests="Hired since."))
    assert missing_recommendations(office.do(lambda c: reviews.panel_of(c, office.document))).internal == 1


def test_what_was_declared_cannot_be_edited_away(office: Office) -> None:
    review = office.ask("r0")
    office.do(lambda c: reviews.declare(c, office.actor("r0"), review.id, conflict=True, interests="A project."))
    for change in ("UPDATE review_declarations SET conflict = 0", "DELETE FROM review_declarations"):
        with pytest.raises(DatabaseError, match="append-only"):
            office.do(lambda c, change=change: c.execute(text(change)))  # type: ignore[misc]


@pytest.mark.parametrize("other", ["r1", "librarian", "contributor"])
def test_nobody_works_on_the_review_of_another(office: Office, other: str) -> None:
    review, actor = office.ask("r0"), office.actor(other)
    tries: list[Callable[[Connection], object]] = [
        lambda c: reviews.declare(c, actor, review.id, conflict=False),
        lambda c: reviews.open_file(c, actor, review.id),
        lambda c: comments.add(c, actor, review.id, "x"),
        lambda c: reviews.recommend(c, actor, review.id, P, "x"),
        lambda c: reviews.decline(c, actor, review.id, "x"),
    ]
    for each in tries:
        with pytest.raises(ForbiddenError):
            office.do(each)
    assert office.do(lambda c: reviews.get(c, review.id)) == review


def test_who_asks_and_who_is_asked(office: Office) -> None:
    office.ask("r0")
    librarian = office.actor("librarian")

    def asked(name: str, actor: Actor = librarian) -> Callable[[Connection], object]:
        return lambda c: reviews.ask(c, actor, office.document, office.people[name].id, Side.EXTERNAL)

    assert office.refusal(asked("r0")) == "twice"
    assert office.refusal(asked("contributor")) == "own"
    with pytest.raises(ForbiddenError):
        office.do(asked("r1", office.actor("r2")))
    with pytest.raises(NotFoundError):
        office.do(lambda c: reviews.ask(c, librarian, 999, office.people["r1"].id, Side.EXTERNAL))


def test_declining_and_releasing_make_room_for_somebody_else(office: Office) -> None:
    first, second = office.ask("r0", Side.INTERNAL), office.ask("r1")
    office.do(lambda c: reviews.decline(c, office.actor("r0"), first.id, ""))
    assert office.refusal(lambda c: reviews.release(c, office.actor("librarian"), second.id, " ")) == "reason"
    office.do(lambda c: reviews.release(c, office.actor("librarian"), second.id, "No answer for a month."))
    panel = office.do(lambda c: reviews.panel_of(c, office.document))
    assert [r.stage for r in panel.reviews] == [Stage.DECLINED, Stage.RELEASED]
    assert office.do(reviews.list_waiting) == []
    actor = office.actor("r1")
    assert office.refusal(lambda c: reviews.declare(c, actor, second.id, conflict=False)) == "ended"
    given = office.give("r2", P)
    assert office.refusal(lambda c: reviews.release(c, office.actor("librarian"), given.id, "late")) == "given"


def test_a_recommendation_is_given_once_and_not_after_the_decision(office: Office) -> None:
    given = office.give("r0", P)
    actor = office.actor("r0")
    assert office.refusal(lambda c: reviews.recommend(c, actor, given.id, R, "I changed my mind.")) == "given"
    assert office.refusal(lambda c: comments.add(c, actor, given.id, "too late")) == "given"
    waits = office.ask("r1")
    librarian = office.actor("librarian")
    office.do(lambda c: transitions.move(c, librarian, office.document, Move.RETURN, "questions", State.IN_REVIEW))
    assert office.refusal(lambda c: reviews.declare(c, office.actor("r1"), waits.id, conflict=False)) == "state"
    assert office.do(reviews.list_waiting) == []


def test_a_new_round_begins_with_nobody(office: Office) -> None:
    for name in ("r0", "r1", "r2"):
        office.give(name, P, Side.INTERNAL if name == "r0" else Side.EXTERNAL)
    librarian = office.actor("librarian")
    office.do(lambda c: transitions.move(c, librarian, office.document, Move.RETURN, "questions", State.IN_REVIEW))
    case = office.do(lambda c: transitions.send_to_review(c, librarian, office.document, State.RETURNED))
    assert (case.panel.round, case.panel.reviews) == (2, ())
    assert office.refusal(lambda c: transitions.publish(c, librarian, office.document, "as before")) == "rule"
    assert office.ask("r0").round == 2
    assert len(office.do(lambda c: reviews.of_document(c, office.document))) == 4
    assert [r.round for r in office.do(lambda c: reviews.of_reviewer(c, office.people["r0"].id))] == [1, 2]


def test_comments_stand_in_the_text(office: Office) -> None:
    review, actor = office.ask("r0"), office.actor("r0")
    office.do(lambda c: reviews.declare(c, actor, review.id, conflict=False))
    office.do(lambda c: reviews.open_file(c, actor, review.id))
    start = office.do(lambda c: c.execute(text("SELECT start FROM passages WHERE id = 2")).scalar_one())
    second = office.do(lambda c: comments.add(c, actor, review.id, " On a word. ", 2, (start, start + 8)))
    office.do(lambda c: comments.add(c, actor, review.id, "On a passage.", 1))
    office.do(lambda c: comments.add(c, actor, review.id, "On the whole."))
    found = office.do(lambda c: comments.of_reviews(c, [review.id]))
    assert [(c.passage, c.text) for c in found] == [(None, "On the whole."), (1, "On a passage."), (2, "On a word.")]
    assert (found[2].start, found[2].end) == (start, start + 8)
    office.do(lambda c: comments.take_back(c, actor, second))
    assert [c.passage for c in office.do(lambda c: comments.of_reviews(c, [review.id]))] == [None, 1]
    assert office.do(lambda c: c.execute(text("SELECT count(*) FROM review_comments")).scalar_one()) == 3


@pytest.mark.parametrize(("passage", "span"), [(99, ()), (1, (0, 5)), (2, (40, 41_000)), (1, (30, 20)), (1, (22,))])
def test_comments_stand_nowhere_else(office: Office, passage: int, span: tuple[int, ...]) -> None:
    review, actor = office.ask("r0"), office.actor("r0")
    office.do(lambda c: reviews.declare(c, actor, review.id, conflict=False))
    office.do(lambda c: reviews.open_file(c, actor, review.id))
    with pytest.raises(UsageError):
        office.do(lambda c: comments.add(c, actor, review.id, "x", passage, span))
    with pytest.raises(UsageError, match="longer than"):
        office.do(lambda c: comments.add(c, actor, review.id, "x" * 20_001))
    assert office.refusal(lambda c: comments.add(c, actor, review.id, " ")) == "nothing"


def test_who_is_late_comes_first(office: Office) -> None:
    first, second = office.ask("r0"), office.ask("r1")
    office.do(lambda c: c.execute(text("UPDATE reviews SET due = '2020-01-03' WHERE id = :id"), {"id": second.id}))
    waiting = office.do(reviews.list_waiting)
    assert [r.id for r in waiting] == [second.id, first.id]
    assert days_late(waiting[0], now().date()) > 1000
    assert days_late(waiting[1], now().date()) == 0
