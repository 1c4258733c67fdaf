"""Errors: one base, each with an exit status and an HTTP status; the one of readers survives a child process."""

import pickle

import pytest

from kb.documents.models import Outcome
from kb.documents.reading import FAULTS, Params, ReadError, ReadFailure, ReadFault
from kb.errors import InstanceError, KbError, NotFoundError, UsageError

VALUES: Params = {
    "kind": ".exe", "kinds": ".docx .pdf", "suffix": ".pdf", "nature": "program", "size": 300, "most": 50,
    "count": 3000, "error": "Permission denied",
}  # fmt: skip


@pytest.mark.parametrize(
    ("error", "exit_status", "status"),
    [
        (UsageError("x"), 2, 400),
        (NotFoundError("x"), 2, 404),
        (InstanceError("x"), 3, 503),
        (ReadError(ReadFault.DAMAGED_PDF), 1, 422),
    ],
)
def test_statuses(error: KbError, exit_status: int, status: int) -> None:
    assert (error.exit_status, error.status) == (exit_status, status)
    assert str(error) == "x" or "damaged" in str(error)


@pytest.mark.parametrize("fault", list(ReadFault))
def test_a_read_error_survives_pickling(fault: ReadFault) -> None:
    error = ReadError(fault, VALUES)
    back = pickle.loads(pickle.dumps(error))
    assert isinstance(back, ReadError)
    assert (back.code, back.failure, back.remark, str(back)) == (fault, FAULTS[fault][0], error.remark, str(error))


@pytest.mark.parametrize("failure", list(ReadFailure))
def test_every_failure_to_read_is_an_outcome_that_failed(failure: ReadFailure) -> None:
    assert Outcome(failure.value).failed


def test_only_failures_to_read_fail() -> None:
    assert {o.value for o in Outcome if o.failed} == {f.value for f in ReadFailure}
