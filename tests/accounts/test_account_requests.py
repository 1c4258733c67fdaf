"""The open door: asking for an account, and what an admin does with it."""

import re
from pathlib import Path

import pytest

from kb.accounts.account import Account, Role
from kb.accounts.store import account_requests, accounts, audit_trail
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site

OWN = {"sec-fetch-site": "same-origin", "accept-language": "en"}
WISH = {
    "email": "rosa@example.org",
    "name": "Rosa Muestra",
    "organisation": "Mesa de prueba",
    "language": "es",
    "words": "Trabajo con la mesa 2.",
    "roles": "contributor",
}


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    return make_site(tmp_path, TEXTS[:1])


def visitor(site: TestSite) -> Client:
    return Client(site.app, headers=OWN, follow_redirects=False)


def admin(site: TestSite) -> Client:
    return site.signed_in(site.person(Role.ADMIN, email="admin@example.org"))


def wishes(site: TestSite) -> list[account_requests.AccountRequest]:
    with site.instance.database.read() as connection:
        return account_requests.list_waiting(connection)


def account(site: TestSite, email: str) -> Account | None:
    with site.instance.database.read() as connection:
        return accounts.by_email(connection, email)


def test_who_asks_is_let_in_and_chooses_a_password(site: TestSite) -> None:
    sent = visitor(site).post("/join", data=WISH)
    assert sent.status_code == 200
    assert "pass you a link" in sent.text
    assert account(site, "rosa@example.org") is None
    (wish,) = wishes(site)
    office = admin(site)
    assert "Trabajo con la mesa 2." in office.get("/wishes").text
    granted = office.post(f"/wishes/{wish.id}/grant", data={"roles": ["contributor", "reviewer"]})
    link = re.search(r"http://[^<\s]+/welcome\?key=[\w-]+", granted.text)
    made = account(site, "rosa@example.org")
    assert link is not None
    assert made is not None
    assert (made.roles, made.name, made.language) == ((Role.CONTRIBUTOR, Role.REVIEWER), "Rosa Muestra", "es")
    newcomer = visitor(site)
    password = {"password": "una frase muy larga", "again": "una frase muy larga"}
    assert newcomer.post(link[0].removeprefix("http://testserver"), data=password).status_code == 303
    assert newcomer.get("/upload").status_code == 200


@pytest.mark.parametrize("step", ["grant", "refuse"])
def test_what_was_said_is_gone_once_it_is_answered(site: TestSite, step: str) -> None:
    visitor(site).post("/join", data=WISH)
    (wish,) = wishes(site)
    office = admin(site)
    path = f"/wishes/{wish.id}/{step}"
    assert office.post(path, data={"roles": "contributor"}).status_code in (200, 303)
    assert wishes(site) == []
    assert "Trabajo con la mesa 2." not in "".join(
        str(e) for e in audit_trail.history_of(site.instance.database, "wish", wish.id)
    )
    assert office.post(path, data={"roles": "contributor"}).status_code == 404  # the second of two clicks


def test_an_address_with_an_account_is_answered_alike(site: TestSite) -> None:
    site.person(Role.CONTRIBUTOR, email="rosa@example.org")
    there, not_there = (visitor(site).post("/join", data=WISH | {"email": e}) for e in ("Rosa@Example.org", "x@y.org"))
    assert there.text == not_there.text
    assert [wish.email for wish in wishes(site)] == ["x@y.org"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"email": "rosa"}, "no e-mail address"),
        ({"name": " "}, "what your name is"),
        ({"roles": ""}, "at least one thing"),
        ({"roles": "admin"}, "at least one thing"),  # nobody asks to be that
    ],
    ids=["address", "name", "nothing", "admin"],
)
def test_what_is_missing_is_asked_for_and_nothing_lost(site: TestSite, change: dict[str, str], told: str) -> None:
    answer = visitor(site).post("/join", data=WISH | change)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Trabajo con la mesa 2." in answer.text
    assert wishes(site) == []


def test_asking_again_replaces_and_many_have_to_wait(site: TestSite) -> None:
    client = visitor(site)
    for words in ("one", "two"):
        client.post("/join", data=WISH | {"words": words})
    assert [wish.words for wish in wishes(site)] == ["two"]
    answers = [client.post("/join", data=WISH | {"email": f"{n}@example.org"}) for n in range(6)]
    assert answers[0].status_code == 200
    assert "Wait an hour" in answers[-1].text


def test_an_account_made_meanwhile_is_told(site: TestSite) -> None:
    visitor(site).post("/join", data=WISH)
    (wish,) = wishes(site)
    site.person(Role.OFFICIAL, email="rosa@example.org")
    answer = admin(site).post(f"/wishes/{wish.id}/grant", data={"roles": "contributor"})
    assert answer.status_code == 422
    assert "already" in answer.text
    assert len(wishes(site)) == 1
