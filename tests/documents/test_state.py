"""The table of states: every state is in it, and what it says of them holds together."""

from kb.documents.state import LIVE, OWNED, PUBLIC, STATES, TAKEN_AWAY, UNTOUCHED, WAITING, Move, State
from kb.editorial.workflow import STEPS


def test_every_state_stands_in_the_table_and_every_move_leads_somewhere() -> None:
    assert set(STATES) == set(State)
    assert {step.move for step in STEPS} == set(Move) - {Move.SUPERSEDE}


def test_only_what_is_published_is_found_by_readers() -> None:
    assert PUBLIC == (State.PUBLISHED,)


def test_states_exclude_and_include_each_other() -> None:
    assert {*WAITING, *PUBLIC} == set(LIVE)
    assert set(UNTOUCHED) <= set(OWNED) <= set(WAITING)
    assert set(TAKEN_AWAY).isdisjoint(LIVE)


def test_whatever_may_be_published_again_but_not_by_the_command_line_says_what_to_do() -> None:
    silent = {state for state, means in STATES.items() if not means.held_back}
    assert silent == {State.RECEIVED, State.PUBLISHED, State.SUPERSEDED}
