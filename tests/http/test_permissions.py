"""Every route of the site, for every role, on one's own and on another's object, against the table of permissions."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx2 import Response

from kb.accounts.account import ANYONE, SYSTEM, Account, Actor, Role
from kb.accounts.permissions import RULES, Action, may, may_ever
from kb.accounts.store import api_tokens, sessions
from kb.documents.duplicate import Likeness, LinkKind
from kb.documents.models import Outcome
from kb.documents.state import State
from kb.documents.store import documents, duplicates
from kb.editorial.review import Side
from kb.editorial.store import reviews, transitions
from kb.experts.store import experts
from kb.i18n.catalogue import LANGUAGES
from kb.jobs.job import JobWishes, Sent
from kb.jobs.store import queue
from kb.matching.store import proposals, rankings
from kb.requests.request import Request
from kb.requests.store import requests
from tests.support import decisions, expert_samples
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site, prepared
from web.http.context import Context
from web.http.permissions import Declared, allowed, declared

SAFE = {"GET", "HEAD", "OPTIONS"}
NOWHERE = 2_000_000_000  # the number of no object
LIVES = sessions.Lifetimes(timedelta(hours=12), timedelta(days=14))


def a_session(site: TestSite, account: Account) -> int:
    with site.instance.database.write() as connection:
        sessions.begin(connection, account, "testclient", "test")
        return max(session.id for session in sessions.of_account(connection, account.id, LIVES))


def a_token(site: TestSite, account: Account) -> int:
    with site.instance.database.write() as connection:
        api_tokens.make(connection, account.actor, account.id, "program")
        return api_tokens.of_account(connection, account.id)[0].id


def a_waiting_job(site: TestSite, account: Account) -> int:
    with site.instance.database.write() as connection:
        return queue.submit(connection, account.actor, "upload", [Sent("a.md", "d" * 64, 1)], JobWishes())[0]


def a_failed_job(site: TestSite, account: Account) -> int:
    with site.instance.database.write() as connection:
        sent = [Sent("a.md", "d" * 64, 1, Outcome.DAMAGED)]
        return queue.submit(connection, account.actor, "upload", sent, JobWishes())[0]


def a_document(site: TestSite, account: Account) -> int:
    """A document of an account that waits to be described."""
    text = replace(TEXTS[0], title=secrets.token_hex(4))
    mine = replace(prepared(text, site.instance), owner=account.id)
    mine = replace(mine, source=replace(mine.source, origin=text.title, name=text.title))
    return documents.add(site.instance.database, mine, publish=False).document


def a_review(site: TestSite, account: Account) -> int:
    document = a_document(site, site.person(Role.CONTRIBUTOR))
    with site.instance.database.write() as connection:
        transitions.send_to_review(connection, SYSTEM, document, State.DESCRIBED)
        return reviews.ask(connection, SYSTEM, document, account.id, Side.EXTERNAL).id


def a_likeness(site: TestSite, account: Account) -> int:
    one, two = a_document(site, account), a_document(site, account)
    with site.instance.database.write() as connection:
        return duplicates.keep(connection, [Likeness(LinkKind.VERSION, one, two, 0.9)])[0].id


def a_request(site: TestSite, account: Account) -> int:
    """A request of this account, whatever its roles."""
    asking = Actor(account.id, account.email, (Role.OFFICIAL,))
    with site.instance.database.write() as connection:
        return requests.file(connection, asking, Request("Passports are lost.", "en", country="PER"))


def an_invitation(site: TestSite, account: Account) -> int:
    """An invitation of the expert who signs in with this account."""
    person = expert_samples.add(site, expert_samples.expert(f"Sample of account {account.id}"))
    number = a_request(site, account)
    with site.instance.database.write() as connection:
        mine = experts.of_account(connection, account.id)
        if mine is None:
            experts.set_contact(connection, person.id, account.email, "en", account.id)
        ranked = decisions.ranking([mine or person.id])
        kept = rankings.get(connection, rankings.keep(connection, SYSTEM, number, ranked))
        proposals.choose(connection, SYSTEM, kept, {mine or person.id: ""}, "filed", "")
        found = proposals.of_request(connection, number)[0]
        proposals.invite(connection, SYSTEM, found.id, "matched")
        return found.id


# For each route that asks whose an object is: makes one of an account, and gives the number that stands in the address.
OWNED: dict[str, Callable[[TestSite, Account], int]] = {
    "/jobs/{id}/retry": a_failed_job,
    "/jobs/{id}/cancel": a_waiting_job,
    "/api/jobs/{id}": a_waiting_job,
    "/api/jobs/{id}/retry": a_failed_job,
    "/api/jobs/{id}/cancel": a_waiting_job,
    "/account/sessions/{id}/end": a_session,
    "/account/tokens/{id}/end": a_token,
    "/requests/{id}": a_request,
    "/requests/{id}/{step}": a_request,
    "/requests/{id}/answer": a_request,
    "/requests/{id}/withdraw": a_request,
    "/requests/{id}/settle": a_request,
    "/requests/{id}/feedback": a_request,
    "/requests/{id}/objectives": a_request,
    "/requests/{id}/title": a_request,
    "/invitations/{id}": an_invitation,
    "/likenesses/{id}": a_likeness,
    "/reviews/{id}": a_review,
    **{f"/reviews/{{id}}/{s}": a_review for s in ("declare", "decline", "comment", "take-back", "recommend")},
    **{f"/submissions/{{id}}{s}": a_document for s in ("", "/answer", "/take-back")},
    "/workbench/documents/{id}/review/decide": a_document,
    **{
        f"/workbench/documents/{{id}}{s}": a_document
        for s in ("", "/description", "/tag", "/tags", "/add", "/objectives", "/undo", "/compare/{other:int}")
    },
    **{f"/workbench/documents/{{id}}/{m}": a_document for m in ("describe", "publish", "return", "reject")},
    **{f"/workbench/documents/{{id}}/{m}": a_document for m in ("take-back", "answer")},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:1])


@pytest.fixture(scope="module")
def routes(site: TestSite) -> list[Declared]:
    return list(declared(site.app))


@pytest.fixture(scope="module")
def people(site: TestSite) -> dict[Role, tuple[Account, Client]]:
    """Somebody of each role, signed in. A session is made for each change, as some routes end all of them."""
    found = {role: site.person(role, email=f"{role}@example.org") for role in Role}
    return {role: (account, site.signed_in(account)) for role, account in found.items()}


@pytest.fixture(scope="module")
def somebody_else(site: TestSite) -> Account:
    """Whose objects are another's to everybody in `people`."""
    return site.person(Role.CONTRIBUTOR)


def without_language(routes: list[Declared]) -> list[Declared]:
    return [route for route in routes if route.path.split("/")[1] not in LANGUAGES]


def guarded(routes: list[Declared]) -> list[Declared]:
    """Routes that are not for everybody, without those that are the same in another language."""
    return [r for r in without_language(routes) if not all(may_ever(ANYONE, action) for action in r.actions)]


def address(route: Declared, number: int = NOWHERE) -> str:
    return re.sub(r"\{[^}]*\}", str(number), route.path)


def ask(client: Client, method: str, path: str) -> Response:
    return client.request(method, path, follow_redirects=False)


def is_door(answer: Response) -> bool:
    """Whether the answer sends somebody to sign in who has not."""
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status_code == 401 or (answer.status_code == 303 and to_sign_in)


def told(answer: Response) -> str:
    """What an answer says, but for the address that was asked."""
    return answer.text.replace(quote(answer.request.url.path), "")


def test_every_route_says_what_it_needs(routes: list[Declared]) -> None:
    assert [route.path for route in routes if not route.actions] == []
    assert len(guarded(routes)) >= 15


def test_a_route_that_says_nothing_is_noticed() -> None:
    app = FastAPI(openapi_url=None)
    app.add_api_route("/", lambda: None)
    assert [(route.path, route.actions) for route in declared(app)] == [("/", frozenset())]


def test_routes_need_the_same_in_every_language(routes: list[Declared]) -> None:
    needs = {(route.path, route.methods): route.actions for route in routes}
    for (path, methods), actions in needs.items():
        first, _slash, rest = path[1:].partition("/")
        if first in LANGUAGES:
            assert needs.get((f"/{rest}", methods), needs.get(("", methods))) == actions, path


def test_who_is_not_signed_in_is_asked_to_and_told_nothing_else(site: TestSite, routes: list[Declared]) -> None:
    client = Client(site.app, headers={"sec-fetch-site": "same-origin"})
    for route in guarded(routes):
        for method in route.methods:
            for number in (1, NOWHERE):
                answer = ask(client, method, address(route, number))
                assert is_door(answer), (method, route.path)
                assert answer.text == "" or route.path.startswith("/api/"), (method, route.path)


@pytest.mark.parametrize("role", Role)
def test_roles_pass_the_doors_that_the_table_opens(
    site: TestSite, routes: list[Declared], people: dict[Role, tuple[Account, Client]], role: Role
) -> None:
    account = people[role][0]
    client = site.signed_in(account)
    missing = ask(client, "GET", "/no/such/page")
    for route in guarded(routes):
        welcome = all(may_ever(account.actor, action) for action in route.actions)
        for method in route.methods:
            if method not in SAFE:
                client = site.signed_in(account)
            answer = ask(client, method, address(route))
            assert not is_door(answer), (role, method, route.path)
            if not welcome:
                assert answer.status_code == 404, (role, method, route.path)
                if method == "GET" and not route.path.startswith("/api"):
                    assert told(answer) == told(missing)
            elif "{" not in route.path:
                assert answer.status_code != 404, (role, method, route.path)


def test_every_route_to_an_object_of_somebody_is_tried(routes: list[Declared]) -> None:
    """A route on a new kind of object needs a line in OWNED; without one it would not be tried on another's."""
    asking = {
        route.path
        for route in guarded(routes)
        if "{" in route.path and any(RULES[action].own != RULES[action].others for action in route.actions)
    }
    assert asking - OWNED.keys() == set()


@pytest.mark.parametrize("path", OWNED)
@pytest.mark.parametrize("role", Role)
def test_roles_reach_the_objects_that_the_table_opens(
    site: TestSite,
    routes: list[Declared],
    people: dict[Role, tuple[Account, Client]],
    somebody_else: Account,
    role: Role,
    path: str,
) -> None:
    account = people[role][0]
    reading = site.signed_in(account)
    for route in (r for r in routes if r.path == path):
        for method in route.methods:
            for owner in (account, somebody_else):
                number = OWNED[path](site, owner)
                client = reading if method in SAFE else site.signed_in(account)
                answer = ask(client, method, address(route, number))
                expected = all(may(account.actor, action, owner.id) for action in route.actions)
                assert (answer.status_code != 404) is expected, (role, method, path, owner is account)
                if not expected:  # whether there is such a thing is not told
                    assert told(answer) == told(ask(client, method, address(route)))


# --- requests that another site makes a browser send ---

FOREIGN: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:8080"},
    {"origin": "http://evil.example", "referer": "http://testserver/"},
    {"referer": "http://evil.example/testserver"},
    {"referer": "http://testserver@evil.example/"},
    {},
]
OWN: list[dict[str, str]] = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": "http://testserver"},
    {"origin": "HTTP://TESTSERVER:80"},
    {"referer": "http://testserver/account"},
]


def changing(routes: list[Declared]) -> list[tuple[str, str]]:
    return [(method, address(route, 1)) for route in routes for method in route.methods - SAFE]


def test_every_route_that_changes_something_refuses_other_sites(
    site: TestSite, routes: list[Declared], people: dict[Role, tuple[Account, Client]]
) -> None:
    cookie = {"cookie": f"kb={people[Role.ADMIN][1].cookies['kb']}"}
    client = Client(site.app)
    assert len(changing(routes)) >= 14 * (1 + len(LANGUAGES))
    for method, path in changing(routes):
        for headers in FOREIGN if path.split("/")[1] not in LANGUAGES else FOREIGN[:1]:
            answer = client.request(method, path, headers=headers | cookie, follow_redirects=False)
            assert answer.status_code == 403, (method, path, headers)
            assert "set-cookie" not in answer.headers
            assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("headers", OWN)
def test_forms_of_this_site_are_taken(site: TestSite, headers: dict[str, str]) -> None:
    answer = Client(site.app).post("/sign-in", headers=headers, data={"email": "x"}, follow_redirects=False)
    assert answer.status_code in (422, 429)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer kbt_x"}, 404),
        ({"authorization": "Bearer kbt_x", "sec-fetch-site": "cross-site"}, 404),  # no browser adds it by itself
        ({}, 404),  # a program with nothing to steal
        ({"cookie": "kb=x"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"authorization": "Basic eDp5", "cookie": "kb=x"}, 403),  # a browser does add this one
    ],
)
def test_programs_need_no_page_to_send_from(site: TestSite, headers: dict[str, str], status: int) -> None:
    assert Client(site.app).post("/api/nothing", headers=headers).status_code == status


def test_a_token_opens_the_interface_for_programs(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:1])

    def who(context: Context) -> str:
        return context.actor.name

    site.app.add_api_route("/api/who", who, methods=["POST"], dependencies=[allowed(Action.SUBMIT)])
    account, reader = site.person(Role.CONTRIBUTOR, name="Ana"), site.person(Role.READER)
    with site.instance.database.write() as connection:
        tokens = [api_tokens.make(connection, each.actor, each.id, "program") for each in (account, reader)]
    cookie = {"cookie": f"kb={site.signed_in(account).cookies['kb']}"}
    bearer = [{"authorization": f"Bearer {token}"} for token in (*tokens, "kbt_unknown", "")]
    client = Client(site.app)
    told = [client.post("/api/who", headers=headers) for headers in (*bearer, {})]
    assert [answer.status_code for answer in told] == [200, 404, 401, 401, 401]
    assert told[0].json() == "Ana"
    assert told[-1].headers["www-authenticate"] == "Bearer"
    assert client.post("/api/who", headers=bearer[2] | cookie).status_code == 401  # a cookie does not stand in
    assert client.post("/api/who", headers=cookie | {"sec-fetch-site": "same-origin"}).status_code == 200
    with site.instance.database.write() as connection:
        api_tokens.end(connection, account.actor, api_tokens.of_account(connection, account.id)[0].id)
    assert client.post("/api/who", headers=bearer[0]).status_code == 401


def test_a_token_opens_no_page(site: TestSite) -> None:
    account = site.person(Role.ADMIN)
    with site.instance.database.write() as connection:
        token = api_tokens.make(connection, account.actor, account.id, "program")
    client = Client(site.app, headers={"authorization": f"Bearer {token}"}, follow_redirects=False)
    assert client.get("/accounts").status_code == 303
    assert client.post("/accounts", data={"email": "x@example.org"}).status_code == 403


def test_the_page_that_refuses_says_what_to_do(site: TestSite) -> None:
    answer = Client(site.app).post("/es/sign-in", headers={"sec-fetch-site": "cross-site"})
    assert "Esto no se envió desde una página de este sitio" in answer.text
    told = Client(site.app).post("/api/nothing", headers={"sec-fetch-site": "cross-site"})
    assert (told.status_code, told.headers["content-type"]) == (403, "application/problem+json")


def test_where_https_is_served_http_does_not_count(site: TestSite) -> None:
    from web.http.csrf import OwnFormsOnly

    middleware = OwnFormsOnly(site.app, "https://kb.example.org/")
    for came_from, ours in (("https://kb.example.org", True), ("http://kb.example.org", False),
                            ("https://inner:8000/x", True), ("http://inner:8000", False)):  # fmt: skip
        assert middleware._is_ours(came_from, "inner:8000") is ours


def test_an_action_is_in_use_or_waits(routes: list[Declared]) -> None:
    """Actions that no route needs are written down, so that a forgotten door is noticed."""
    used = {action for route in routes for action in route.actions}
    assert used >= {Action.READ_PUBLIC, Action.SIGN_IN, Action.OWN_ACCOUNT, Action.MANAGE_ACCOUNTS, Action.READ_AUDIT}
