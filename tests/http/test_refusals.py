"""Every reason for which a step is refused has its words."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from kb.accounts.account import AccountRefusal
from kb.editorial.workflow import EditorialRefusal
from kb.errors import RefusedError
from kb.requests.case import RequestRefusal
from web.accounts.administration import FAULTS
from web.editorial import review_labels
from web.requests import labels


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (RequestRefusal, labels.REFUSALS),
        (EditorialRefusal, review_labels.REFUSALS),
        (AccountRefusal, FAULTS),
    ],
)
def test_every_refusal_of_a_feature_has_its_words(codes: type[StrEnum], told: Mapping[StrEnum, object]) -> None:
    assert set(told) == set(codes)


def test_a_refusal_says_why() -> None:
    error = RefusedError(RequestRefusal.EXPIRED, "It has run out.")
    assert (error.code, str(error), error.status) == (RequestRefusal.EXPIRED, "It has run out.", 400)
