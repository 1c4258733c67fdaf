"""How a document comes to be published: whatever people try, by the reviewers' rule or on record as trusted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.accounts.account import Actor, Role
from kb.accounts.permissions import may
from kb.documents.state import Move, State
from kb.editorial.review import (
    Needed,
    Panel,
    Recommendation,
    Review,
    Side,
    Stage,
    days_late,
    due_date,
    missing_recommendations,
    reviewers_to_ask,
)
from kb.editorial.workflow import STEPS, DocumentCase, check_reviewer, follow, steps
from kb.errors import ForbiddenError, RefusedError

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
LIBRARIAN = Actor(1, "Librarian", (Role.READER, Role.LIBRARIAN))
OWNER = Actor(2, "Contributor", (Role.READER, Role.CONTRIBUTOR))
REVIEWER = Actor(11, "Reviewer", (Role.READER, Role.REVIEWER))
STATES = {"published": State.PUBLISHED, "in-review": State.IN_REVIEW}
P, V, R = Recommendation.PUBLISH, Recommendation.REVISE, Recommendation.REJECT


def review(number: int, side: Side = Side.EXTERNAL, advice: Recommendation | None = None, **facts: object) -> Review:
    plain = Review(number, 1, 1, 10 + number, side, MONDAY, due_date(MONDAY.date()))
    cleared = replace(plain, conflict=False, opened=MONDAY) if advice else plain
    return replace(cleared, recommendation=advice, **facts)  # type: ignore[arg-type]


def panel(*advice: Recommendation | None, internal: int = 1) -> Panel:
    sides = [Side.INTERNAL] * internal + [Side.EXTERNAL] * len(advice)
    return Panel(1, tuple(review(n, sides[n], each) for n, each in enumerate(advice)))


def what(actor: Actor, case: DocumentCase, move: Move, reason: str = "a reason") -> str:
    """The state a move leads to, or what stands against it."""
    try:
        return follow(actor, case, move, reason).value
    except RefusedError as error:
        return error.code
    except ForbiddenError:
        return "forbidden"


@pytest.mark.parametrize(
    ("given_advice", "expected"),
    [
        ((), "rule"),
        ((P,), "rule"),
        ((P, P), "rule"),
        ((P, P, P), "published"),
        ((P, P, None), "rule"),
        ((P, P, P, None), "published"),  # one more was asked, and is not needed
        ((P, P, V), "rule"),  # they disagree: a fourth is called
        ((P, P, R, None), "rule"),
        ((P, P, R, P), "published"),
        ((P, P, R, R), "published"),  # as many for it as against it: the editor's reason decides
        ((P, R, R, R), "against"),
        ((P, V, V, R), "against"),
        ((V, V, V), "against"),
        ((R, R, R), "against"),
    ],
)
def test_the_rule(given_advice: tuple[Recommendation | None, ...], expected: str) -> None:
    assert what(LIBRARIAN, DocumentCase(State.IN_REVIEW, 2, panel(*given_advice)), Move.PUBLISH) == expected


@pytest.mark.parametrize(
    ("internal", "external", "need"),
    [
        (0, 0, Needed(1, 2)),
        (0, 3, Needed(1, 0)),
        (3, 0, Needed(0, 2)),
        (2, 1, Needed(0, 1)),
        (1, 2, Needed()),
    ],
)
def test_both_sides_are_needed(internal: int, external: int, need: Needed) -> None:
    assert missing_recommendations(panel(*[P] * (internal + external), internal=internal)) == need
    assert bool(need) is (missing_recommendations(panel(*[P] * (internal + external), internal=internal)) != Needed())


@pytest.mark.parametrize(
    "change",
    [
        {"conflict": True},  # declared after the recommendation was given
        {"ending": Stage.RELEASED},
        {"ending": Stage.DECLINED},
        {"conflict": None},  # a recommendation without a declaration cannot be, and would not count
        {"recommendation": None},
    ],
)
def test_what_does_not_count(change: dict[str, object]) -> None:
    full = panel(P, P, P)
    marred = replace(full, reviews=(*full.reviews[:2], replace(full.reviews[2], **change)))  # type: ignore[arg-type]
    assert missing_recommendations(full) == Needed()
    assert missing_recommendations(marred) == Needed(0, 1)


def test_whom_to_ask_counts_those_who_may_still_answer() -> None:
    asked = panel(None, None, None)
    assert (reviewers_to_ask(asked), missing_recommendations(asked)) == (Needed(), Needed(1, 2))
    gone = replace(asked, reviews=(replace(asked.reviews[0], conflict=True), *asked.reviews[1:]))
    assert reviewers_to_ask(gone) == Needed(1, 0)
    assert reviewers_to_ask(panel(P, P, R)) == Needed(0, 0, 1)
    assert reviewers_to_ask(panel(P, P, R, None)) == Needed()
    assert missing_recommendations(panel(P, R)) == Needed(
        0, 1, 1
    )  # they differ already; one who completes the three is not enough


@pytest.mark.parametrize(
    ("actor", "state", "move", "reason", "expected"),
    [
        (LIBRARIAN, State.DESCRIBED, Move.PUBLISH_TRUSTED, "a trusted collection", "published"),
        (LIBRARIAN, State.DESCRIBED, Move.PUBLISH_TRUSTED, "  ", "reason"),
        (LIBRARIAN, State.IN_REVIEW, Move.PUBLISH_TRUSTED, "x", "state"),
        (LIBRARIAN, State.RETURNED, Move.PUBLISH_TRUSTED, "x", "state"),
        (LIBRARIAN, State.DESCRIBED, Move.PUBLISH, "x", "state"),
        (LIBRARIAN, State.PUBLISHED, Move.WITHDRAW, "", "reason"),
        (LIBRARIAN, State.PUBLISHED, Move.WITHDRAW, "wrong file", "withdrawn"),
        (LIBRARIAN, State.WITHDRAWN, Move.WITHDRAW, "x", "state"),
        (LIBRARIAN, State.WITHDRAWN, Move.BRING_BACK, "a mistake", "described"),
        (LIBRARIAN, State.REJECTED, Move.BRING_BACK, "a mistake", "described"),
        (LIBRARIAN, State.SUPERSEDED, Move.BRING_BACK, "x", "state"),
        (LIBRARIAN, State.DESCRIBED, Move.REJECT, "", "reason"),
        (LIBRARIAN, State.PUBLISHED, Move.REJECT, "x", "state"),
        (LIBRARIAN, State.DESCRIBED, Move.SUPERSEDE, "x", "state"),
        (LIBRARIAN, State.DESCRIBED, Move.TAKE_BACK, "x", "forbidden"),
        (OWNER, State.IN_REVIEW, Move.TAKE_BACK, "x", "withdrawn"),
        (OWNER, State.PUBLISHED, Move.TAKE_BACK, "x", "state"),
        (OWNER, State.RETURNED, Move.ANSWER, "see page 3", "described"),
        (OWNER, State.DESCRIBED, Move.SEND_TO_REVIEW, "", "forbidden"),
        (OWNER, State.IN_REVIEW, Move.PUBLISH, "x", "forbidden"),
        (OWNER, State.DESCRIBED, Move.PUBLISH_TRUSTED, "x", "forbidden"),
        (OWNER, State.PUBLISHED, Move.WITHDRAW, "x", "forbidden"),
    ],
)
def test_moves(actor: Actor, state: State, move: Move, reason: str, expected: str) -> None:
    assert what(actor, DocumentCase(state, owner=2), move, reason) == expected


def test_nobody_decides_on_their_own_or_on_what_they_review() -> None:
    own = DocumentCase(State.IN_REVIEW, LIBRARIAN.account, panel(P, P, P))
    assert what(LIBRARIAN, own, Move.PUBLISH) == "forbidden"
    reviewing = Panel(1, (*panel(P, P, P).reviews, review(9, advice=P, reviewer=LIBRARIAN.account)))
    for move in (Move.PUBLISH, Move.RETURN, Move.REJECT):
        assert what(LIBRARIAN, DocumentCase(State.IN_REVIEW, 2, reviewing), move) == "reviewer"


def test_a_review_cannot_be_got_round_by_calling_the_collection_trusted() -> None:
    for state in State:
        assert what(LIBRARIAN, DocumentCase(state, 2, Panel(1)), Move.PUBLISH_TRUSTED) in ("state", "reviewed")
    assert Move.PUBLISH_TRUSTED not in [s.move for s in steps(LIBRARIAN, DocumentCase(State.DESCRIBED, 2, Panel(1)))]


@pytest.mark.parametrize(
    ("state", "reviewer", "expected"),
    [
        (State.IN_REVIEW, 20, ""),
        (State.DESCRIBED, 20, "state"),
        (State.IN_REVIEW, 2, "own"),
        (State.IN_REVIEW, 10, "twice"),
    ],
)
def test_who_may_be_asked(state: State, reviewer: int, expected: str) -> None:
    case = DocumentCase(state, 2, panel(None))
    if not expected:
        check_reviewer(case, reviewer)
        return
    with pytest.raises(RefusedError) as raised:
        check_reviewer(case, reviewer)
    assert raised.value.code == expected


HELD = [(Role.LIBRARIAN,), (Role.CONTRIBUTOR,), (Role.REVIEWER,), (Role.ADMIN,), tuple(Role)]
ACTORS = [Actor(number, "x", (Role.READER, *roles)) for number, roles in enumerate(HELD)]
REVIEWS = st.lists(
    st.builds(
        review,
        st.integers(0, 30),
        st.sampled_from(Side),
        st.sampled_from([P, P, P, V, R, None]),
        conflict=st.sampled_from([False, False, False, True, None]),
        ending=st.sampled_from([None, None, None, Stage.RELEASED]),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from([None, 0, 1]))
def test_no_path_publishes_without_the_rule(data: st.DataObject, owner: int | None) -> None:
    """Anybody tries anything in any order, while reviewers say whatever they like."""
    case, ever_in_review = DocumentCase(State.RECEIVED, owner), False
    for _ in range(8):
        actor = data.draw(st.sampled_from([ACTORS[0], *ACTORS]))
        likely = [s.move for s in STEPS if case.state in s.before]
        move = data.draw(st.sampled_from(likely or list(Move)) | st.sampled_from(Move))
        if case.state is State.IN_REVIEW:  # the reviewers get on with it; some vote in spite of a conflict
            said = data.draw(REVIEWS)
            case = replace(case, panel=Panel(case.panel.round, tuple(said)))
        try:
            after = follow(actor, case, move, data.draw(st.sampled_from(["why", "why", ""])))
        except (RefusedError, ForbiddenError):
            continue
        if after is State.PUBLISHED:
            assert Role.LIBRARIAN in actor.roles
            assert not ever_in_review or (_rule_is_kept(case.panel.reviews) and actor.account != owner)
        ever_in_review = ever_in_review or after is State.IN_REVIEW
        fresh = Panel(case.panel.round + 1) if move is Move.SEND_TO_REVIEW else case.panel
        case = DocumentCase(after, owner, fresh)


@settings(max_examples=400, deadline=None)
@given(REVIEWS)
def test_reviews_that_let_the_editor_publish(said: list[Review]) -> None:
    case = DocumentCase(State.IN_REVIEW, 2, Panel(1, tuple(said)))
    assert (what(LIBRARIAN, case, Move.PUBLISH) == "published") is _rule_is_kept(said)


def _rule_is_kept(reviews: Sequence[Review]) -> bool:
    """The rule said once more, in other words than the code's."""
    votes = [r for r in reviews if r.recommendation is not None and r.conflict is False and r.ending is None]
    sides = [vote.side for vote in votes]
    advice = [vote.recommendation for vote in votes]
    both = sides.count(Side.INTERNAL) >= 1 and sides.count(Side.EXTERNAL) >= 2
    settled = len(set(advice)) == 1 or len(advice) >= 4
    return both and settled and advice.count(P) >= len(advice) - advice.count(P)


@given(st.sampled_from(ACTORS), st.sampled_from(State), st.sampled_from([None, 0, 1]))
def test_moves_that_are_offered_are_those_that_can_be_made(actor: Actor, state: State, owner: int | None) -> None:
    case = DocumentCase(state, owner, panel(P, P, P) if state is State.IN_REVIEW else Panel())
    offered = {step.move for step in steps(actor, case)}
    assert offered == {move for move in Move if what(actor, case, move) in {s.value for s in State}}
    assert all(may(actor, step.action, owner) for step in steps(actor, case))


def test_every_state_but_the_last_ones_can_be_left() -> None:
    left = {state for step in STEPS for state in step.before}
    assert set(State) - left == {State.SUPERSEDED}
    assert {step.after for step in STEPS} >= set(State) - {State.SUPERSEDED, State.RECEIVED}


@pytest.mark.parametrize(
    ("asked", "promised", "today", "late"),
    [
        (date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 16), 0),
        (date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 17), 1),
        (date(2026, 11, 6), date(2026, 11, 20), date(2026, 11, 22), 0),  # a Friday to a Friday; then a weekend
        (date(2026, 11, 7), date(2026, 11, 20), date(2026, 11, 23), 1),  # asked on a Saturday
    ],
)
def test_a_promise_is_in_working_days(asked: date, promised: date, today: date, late: int) -> None:
    assert due_date(asked) == promised
    assert days_late(replace(review(1), due=promised), today) == late
    assert days_late(replace(review(1, advice=P), due=promised), today) == 0
