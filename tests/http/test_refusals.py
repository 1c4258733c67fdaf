"""Every reason for which a step is refused has its words."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kb.accounts.account import AccountRefusal, Role
from kb.editorial.workflow import EditorialRefusal
from kb.errors import RefusedError
from kb.requests.case import RequestRefusal
from tests.support.site import TEXTS, make_site
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


def test_a_form_that_is_too_long_is_answered_by_a_page_of_ours(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:1])
    answer = site.signed_in(site.person(Role.READER)).post("/es/sign-in", data={"email": "x" * 100_000})
    assert answer.status_code == 413
    assert "content-security-policy" in answer.headers
    page = BeautifulSoup(answer.text, "html5lib")
    assert page.html is not None
    assert page.html["lang"] == "es"
    assert page.h1 is not None
