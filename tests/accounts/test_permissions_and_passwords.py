"""Who may do what to whose object, and what is asked of a password."""

import threading
import time

import pytest

from kb.accounts.account import ANYONE, SYSTEM, Actor, Role
from kb.accounts.passwords import Passwords, fault
from kb.accounts.permissions import RULES, Action, may, may_ever, require
from kb.errors import BusyError, ForbiddenError

ME, OTHER = 1, 2


def actor(*roles: Role) -> Actor:
    return Actor(ME, "Ana", roles)


def test_every_action_has_its_rule() -> None:
    assert set(RULES) == set(Action)


@pytest.mark.parametrize(
    ("role", "action", "own", "others"),
    [
        (Role.READER, Action.READ_PUBLIC, True, True),
        (Role.READER, Action.SUBMIT, False, False),
        (Role.CONTRIBUTOR, Action.SEE_SUBMISSION, True, False),  # nobody reads what others sent in
        (Role.CONTRIBUTOR, Action.PUBLISH, False, False),
        (Role.LIBRARIAN, Action.SEE_SUBMISSION, True, True),
        (Role.LIBRARIAN, Action.DECIDE, False, True),  # nor decides on their own
        (Role.REVIEWER, Action.REVIEW, True, False),  # only what they were asked to review
        (Role.ADMIN, Action.REVIEW, False, False),
        (Role.ADMIN, Action.SEE_PERSON, False, False),  # running the site is no reason to read experts' profiles
        (Role.ADMIN, Action.MANAGE_ACCOUNTS, True, True),
        (Role.SECRETARIAT, Action.SEE_PERSON, False, True),
        (Role.EXPERT, Action.SEE_PERSON, True, False),
        (Role.OFFICIAL, Action.SEE_REQUEST, True, False),
        (Role.LIBRARIAN, Action.READ_AUDIT, False, False),
        (Role.EXPERT, Action.OWN_ACCOUNT, True, False),
        (Role.ADMIN, Action.OWN_ACCOUNT, True, False),  # not even an admin acts in another's account
    ],
)
def test_roles_hold_what_they_should(role: Role, action: Action, own: bool, others: bool) -> None:
    person = actor(role)
    assert (may(person, action, ME), may(person, action, OTHER)) == (own, others)
    assert may_ever(person, action) == (own or others)


def test_what_is_nobodys_is_not_ones_own() -> None:
    assert not may(actor(Role.CONTRIBUTOR), Action.DESCRIBE, None)
    assert not may(ANYONE, Action.SEE_SUBMISSION, None)
    assert not may(SYSTEM, Action.OWN_ACCOUNT, None)


def test_roles_add_up() -> None:
    both = actor(Role.LIBRARIAN, Role.REVIEWER)
    assert may(both, Action.DECIDE, OTHER)
    assert may(both, Action.REVIEW, ME)


@pytest.mark.parametrize("action", Action)
def test_a_reader_who_is_not_signed_in_only_reads_and_signs_in(action: Action) -> None:
    assert may(ANYONE, action) == (action in (Action.READ_PUBLIC, Action.SIGN_IN))
    imposter = Actor(None, "nobody", tuple(Role))
    assert may(imposter, action) == (action in (Action.READ_PUBLIC, Action.SIGN_IN))


def test_what_may_not_be_done_is_refused() -> None:
    require(actor(Role.LIBRARIAN), Action.WITHDRAW, OTHER)
    with pytest.raises(ForbiddenError):
        require(actor(Role.CONTRIBUTOR), Action.WITHDRAW, ME)


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("eleven char", "short"), ("twelve chars", ""), ("correct horse battery " * 30, ""), ("x y" * 400, "long"),
        ("aaaaaaaaaaaaaa", "plain"), ("Ana.Perez@example.org", "email"), ("contraseña ñandú", ""),
        ("密码密码很长很长的一句话啊", ""),
    ],
)  # fmt: skip
def test_a_password_is_long_and_nothing_more(password: str, wrong: str) -> None:
    assert fault(password, "ana.perez@example.org") == wrong


def test_a_password_matches_however_its_letters_are_written() -> None:
    passwords = Passwords(1)
    stored = passwords.hash("contrase\u00f1a larga")
    assert "contrase" not in stored
    assert passwords.matches("contrasen\u0303a larga", stored)
    assert not passwords.matches("contrasena larga", stored)
    assert not passwords.matches("contrase\u00f1a larga", "")
    assert Passwords(2).outdated(stored)


def test_a_flood_of_attempts_is_bounded() -> None:
    passwords, gate = Passwords(1, patience=60), threading.Barrier(40)
    outcomes: list[int] = []  # False is 0

    def attempt() -> None:
        gate.wait()
        try:
            outcomes.append(passwords.matches("wrong password", ""))
        except BusyError as error:
            outcomes.append(error.status)

    threads = [threading.Thread(target=attempt) for _ in range(40)]
    with passwords.turn(), passwords.turn():  # both places are taken
        for thread in threads:
            thread.start()
        until = time.monotonic() + 30
        while len(outcomes) < 32 and time.monotonic() < until:  # eight may wait; the others are told at once
            time.sleep(0.01)
        assert outcomes == [503] * 32
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=int) == [False] * 8 + [503] * 32
