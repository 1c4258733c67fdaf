"""Errors: one base, each with an exit status and an HTTP status; the one of readers survives a child process."""

import pickle

import pytest

from kb.documents.models import Outcome
from kb.errors import InstanceError, KbError, NotFoundError, ReadError, ReadFailure, UsageError


@pytest.mark.parametrize(
    ("error", "exit_status", "status"),
    [
        (UsageError("x"), 2, 400),
        (NotFoundError("x"), 2, 404),
        (InstanceError("x"), 3, 503),
        (ReadError(ReadFailure.DAMAGED, "x"), 1, 422),
    ],
)
def test_statuses(error: KbError, exit_status: int, status: int) -> None:
    assert (error.exit_status, error.status, str(error)) == (exit_status, status, "x")


@pytest.mark.parametrize("failure", list(ReadFailure))
def test_a_read_error_survives_pickling(failure: ReadFailure) -> None:
    back = pickle.loads(pickle.dumps(ReadError(failure, "Ask for the file without a password.")))
    assert isinstance(back, ReadError)
    assert (back.failure, str(back)) == (failure, "Ask for the file without a password.")


@pytest.mark.parametrize("failure", list(ReadFailure))
def test_every_failure_to_read_is_an_outcome_that_failed(failure: ReadFailure) -> None:
    assert Outcome(failure.value).failed


def test_only_failures_to_read_fail() -> None:
    assert {o.value for o in Outcome if o.failed} == {f.value for f in ReadFailure}
