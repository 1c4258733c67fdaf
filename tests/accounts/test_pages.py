"""Signing in and out, one-time links, one's own account and those of others, as a browser does it."""

import re
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from httpx2 import Response
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.passwords import Passwords
from kb.accounts.store import accounts, api_tokens, audit_trail, one_time_links, sessions
from kb.accounts.store.one_time_links import Purpose
from kb.config import Settings
from kb.mail import smtp
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site
from tests.support.smtp_server import PostOffice, post_office, words
from web.accounts.sign_in import safe_path
from web.app import create_app

PASSWORD = "correct horse battery"
OWN = {"sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:1])


@pytest.fixture
def site(house: TestSite) -> TestSite:
    """A site without people; setting one up takes longer than most tests."""
    for table in (
        "letters",
        "sessions",
        "one_time_links",
        "api_tokens",
        "account_roles",
        "sign_in_failures",
        "accounts",
    ):
        change(house, f"DELETE FROM {table}")
    return house


def browser(site: TestSite, **settings: str) -> Client:
    """A browser at this site, which may be set up otherwise."""
    app = site.app
    if settings:
        changed = replace(app.state.house.site.settings, **settings)
        app = create_app(replace(app.state.house.site, settings=changed))
    base = "https://testserver" if settings.get("public_url", "").startswith("https") else "http://testserver"
    return Client(app, base_url=base, headers=OWN, follow_redirects=False)


def with_password(site: TestSite, *roles: Role, email: str = "ana@example.org") -> Account:
    account = site.person(*roles, email=email, name="Ana")
    with site.instance.database.write() as connection:
        accounts.set_password(connection, SYSTEM, account.id, Passwords(1).hash(PASSWORD))
    return account


def link_for(site: TestSite, account: Account, purpose: Purpose = Purpose.INVITATION) -> str:
    with site.instance.database.write() as connection:
        return one_time_links.make(connection, SYSTEM, account.id, purpose)


def sign_in(client: Client, password: str = PASSWORD, email: str = "ana@example.org", **more: str) -> Response:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def change(site: TestSite, statement: str) -> None:
    with site.instance.database.write() as connection:
        connection.execute(text(statement))


def is_signed_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


# --- signing in and out ---


def test_signing_in_and_out(site: TestSite) -> None:
    with_password(site, Role.LIBRARIAN)
    client = browser(site)
    asked = client.get("/es/account?x=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/es/sign-in?next=%2Fes%2Faccount%3Fx%3D1")
    page = BeautifulSoup(client.get(asked.headers["location"]).text, "html5lib")
    assert page.select_one("input[name=next]")["value"] == "/es/account?x=1"
    assert page.select_one("input[type=password]")["autocomplete"] == "current-password"
    answer = sign_in(client, next="/es/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/es/account?x=1")
    own = client.get("/account")
    assert (own.status_code, own.headers["cache-control"]) == (200, "no-store")
    assert "Ana" in BeautifulSoup(client.get("/").text, "html5lib").select_one("nav.me").text
    secret = client.cookies["kb"]
    assert client.post("/sign-out").headers["location"] == "/sign-in?out=1"
    assert "kb" not in client.cookies
    client.cookies.set("kb", secret)  # a copy of the cookie, sent again
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("email", "password"),
    [("ana@example.org", "wrong password"), ("nobody@example.org", PASSWORD), ("", ""), ("new@example.org", ""),
     ("new@example.org", PASSWORD), ("gone@example.org", PASSWORD), ("ana@example.org", "x" * 3000), ("a\0b", "\0")],
)  # fmt: skip
def test_what_is_wrong_is_not_told(site: TestSite, email: str, password: str) -> None:
    with_password(site)
    site.person(email="new@example.org")  # has chosen no password yet
    gone = with_password(site, email="gone@example.org")
    with site.instance.database.write() as connection:
        accounts.change(connection, SYSTEM, replace(gone, active=False))
    answer = sign_in(browser(site), password, email)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    page = BeautifulSoup(answer.text, "html5lib")
    assert page.select_one("[role=alert] a[href='#email']").text.startswith("The e-mail address or the password")
    assert page.select_one("#email")["aria-invalid"] == "true"
    assert "password" not in str(page.select_one("#password").get("value", ""))


def test_an_unknown_address_takes_as_long(site: TestSite) -> None:
    passwords = Passwords(16)
    stored = passwords.hash(PASSWORD)

    def seconds(against: str) -> float:
        taken = []
        for _ in range(7):
            began = time.thread_time()
            passwords.matches("wrong password", against)
            taken.append(time.thread_time() - began)
        return statistics.median(taken)

    assert 0.5 < seconds("") / seconds(stored) < 2


def test_many_wrong_attempts_are_slowed_down_and_a_link_still_works(site: TestSite) -> None:
    account = with_password(site)
    client = browser(site)
    assert [sign_in(client, "wrong password").status_code for _ in range(5)] == [422] * 5
    told = sign_in(client)
    assert (told.status_code, told.headers["retry-after"]) == (429, "1")  # the right one is not looked at either
    assert "Wait 1 second" in told.text
    answer = client.post(f"/welcome?key={link_for(site, account, Purpose.RESET)}", data=both("another long password"))
    assert answer.status_code == 303
    assert is_signed_in(client)
    assert sign_in(browser(site), "another long password").status_code == 303  # and all is forgotten


def test_the_right_password_works_after_the_wait(site: TestSite) -> None:
    with_password(site)
    client = browser(site)
    for _ in range(6):
        sign_in(client, "wrong password")
    change(site, "UPDATE sign_in_failures SET failed = 100000")
    told = sign_in(client)
    assert (told.status_code, "Wait 5 minutes" in told.text) == (429, True)
    change(site, "UPDATE sign_in_failures SET last = datetime(last, '-300 seconds')")
    assert sign_in(client).status_code == 303


def test_attempts_at_once_do_not_slip_through(site: TestSite) -> None:
    with_password(site)
    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(lambda _: sign_in(browser(site), "wrong password").status_code, range(20)))
    assert codes.count(422) + codes.count(503) <= 7  # five are free; at a second's wait, one or two more
    assert codes.count(429) >= 13


def test_a_flood_is_asked_to_come_back(site: TestSite) -> None:
    passwords = Passwords(1, in_line=0)
    site.app.state.house = replace(site.app.state.house, passwords=passwords)
    with passwords.turn(), passwords.turn():  # both places are taken, and nobody may wait
        answer = browser(site).post("/es/sign-in", data={"email": "ana@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Demasiadas personas" in answer.text
    assert browser(site).get("/").status_code == 200


# --- sessions ---


def test_a_session_that_was_fixed_by_another_opens_nothing(site: TestSite) -> None:
    with_password(site)
    attacker = site.signed_in(site.person(email="attacker@example.org")).cookies["kb"]
    for planted in ("chosen by an attacker", attacker):
        victim = browser(site)
        answer = victim.post(
            "/sign-in", data={"email": "ana@example.org", "password": PASSWORD}, headers={"cookie": f"kb={planted}"}
        )
        assert answer.status_code == 303
        assert is_signed_in(victim)
        assert victim.cookies["kb"] != planted
        assert browser(site).get("/account", headers={"cookie": f"kb={planted}"}).status_code == 303


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE sessions SET seen = datetime(seen, '-13 hours')",
        "UPDATE sessions SET created = datetime(created, '-15 days')",
        "UPDATE sessions SET ended = created",
        "UPDATE accounts SET active = 0",
        "UPDATE sessions SET digest = 'x'",
    ],
)
def test_a_session_that_ended_opens_nothing(site: TestSite, end: str) -> None:
    client = site.signed_in(site.person(Role.ADMIN))
    assert is_signed_in(client)
    change(site, end)
    assert not is_signed_in(client)
    assert client.get("/accounts").status_code == 303
    assert client.post("/accounts", data={"email": "x@example.org"}).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "kb=kb", "%00", "' OR 1=1 --"])
def test_a_made_up_cookie_opens_nothing(site: TestSite, cookie: str) -> None:
    client = browser(site)
    site.signed_in(site.person(Role.ADMIN))
    assert (
        client.get("/account", headers={"cookie": f"kb={cookie}".encode("latin1").decode("latin1")}).status_code == 303
    )


def test_a_person_sees_and_ends_their_sessions(site: TestSite) -> None:
    account = site.person()
    one, two, three = (site.signed_in(account) for _ in range(3))
    page = BeautifulSoup(one.get("/account").text, "html5lib")
    forms = [str(f["action"]) for f in page.select("form[action^='/account/sessions/']")]
    assert len(forms) == 3  # two others, and all others
    assert one.post(forms[0]).status_code == 303
    assert [is_signed_in(c) for c in (one, two, three)].count(True) == 2
    assert is_signed_in(one)
    assert one.post("/account/sessions/end-others").status_code == 303
    assert [is_signed_in(c) for c in (one, two, three)] == [True, False, False]


def test_an_admin_ends_sessions_and_takes_roles_at_once(site: TestSite) -> None:
    account, admin = site.person(Role.ADMIN), site.signed_in(site.person(Role.ADMIN))
    client = site.signed_in(account)
    assert client.get("/accounts").status_code == 200
    form = {"email": account.email, "active": "yes", "roles": ["reader"]}
    assert admin.post(f"/accounts/{account.id}", data=form).status_code == 303
    assert client.get("/accounts").status_code == 404
    assert admin.post(f"/accounts/{account.id}/sessions/end").status_code == 303
    assert not is_signed_in(client)


def test_an_admin_sees_the_sessions_of_another_and_ends_one(site: TestSite) -> None:
    account, admin = site.person(), site.person(Role.ADMIN)
    one, two = site.signed_in(account), site.signed_in(account)
    office, own = site.signed_in(admin), site.signed_in(admin)
    page = BeautifulSoup(office.get(f"/es/accounts/{account.id}").text, "html5lib")
    forms = [str(f["action"]) for f in page.select("form[action*='/sessions/']")]
    assert len(forms) == 3  # each of the two, and all
    answer = office.post(forms[0])
    assert (answer.status_code, answer.headers["location"]) == (303, f"/es/accounts/{account.id}?done=session")
    assert [is_signed_in(c) for c in (one, two)].count(True) == 1
    ended = [
        e for e in audit_trail.history_of(site.instance.database, "account", account.id) if e.action == "session-ended"
    ]
    assert [entry.account for entry in ended] == [admin.id]
    with site.instance.database.read() as connection:
        lives = sessions.Lifetimes(timedelta(hours=1), timedelta(days=1))
        mine = max(session.id for session in sessions.of_account(connection, admin.id, lives))
    for number in (mine, 10**6, 2**40):  # not of this account, or of nobody
        assert office.post(f"/accounts/{account.id}/sessions/{number}/end").status_code == 404
    assert is_signed_in(own)
    assert site.signed_in(account).post(forms[1]).status_code == 404  # for an admin alone


def test_changing_the_password_ends_other_sessions(site: TestSite) -> None:
    account = with_password(site)
    client, other = browser(site), site.signed_in(account)
    sign_in(client)
    before = client.cookies["kb"]
    for old, new, again in (("wrong", "a new long password", "a new long password"), (PASSWORD, "short", "short"),
                            (PASSWORD, "a new long password", "another")):  # fmt: skip
        assert client.post("/account/password", data={"old": old, "password": new, "again": again}).status_code == 422
    assert is_signed_in(other)
    form = {"old": PASSWORD, **both("a new long password")}
    assert client.post("/account/password", data=form).headers["location"] == "/account?done=password"
    assert client.cookies["kb"] != before
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    assert sign_in(browser(site)).status_code == 422
    assert sign_in(browser(site), "a new long password").status_code == 303


def test_cookies_are_for_this_site_alone(site: TestSite) -> None:
    with_password(site)
    plain = sign_in(browser(site)).headers["set-cookie"]
    assert re.fullmatch(r"kb=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", plain)
    secure = sign_in(browser(site, public_url="https://testserver")).headers["set-cookie"]
    assert re.fullmatch(r"__Host-kb=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", secure)


def test_readers_get_no_cookie(site: TestSite) -> None:
    client = browser(site)
    for path in ("/", "/sign-in", "/account", "/search?q=x"):
        assert "set-cookie" not in client.get(path).headers
    assert "set-cookie" not in sign_in(client, "wrong password").headers


# --- one-time links ---


def both(password: str) -> dict[str, str]:
    return {"password": password, "again": password}


def test_an_invitation_is_taken_up(site: TestSite) -> None:
    token = link_for(site, site.person(Role.LIBRARIAN, email="new@example.org"))
    client = browser(site)
    for _ in range(3):  # mail programs look at links
        page = BeautifulSoup(client.get(f"/welcome?key={token}").text, "html5lib")
    assert [f["autocomplete"] for f in page.select("input[type=password]")] == ["new-password"] * 2
    action = str(page.select_one("main form")["action"])
    for wrong in (both("short"), {"password": "a long enough one", "again": "another"}, both("new@example.org")):
        assert client.post(action, data=wrong).status_code == 422
    answer = client.post(action, data={"name": "  Nueva   Persona ", "language": "es", **both(PASSWORD)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert "Nueva Persona" in client.get("/account").text
    for again in (client.get(action), client.post(action, data=both("some other password"))):
        assert again.status_code == 410
    assert sign_in(browser(site), email="NEW@example.org").status_code == 303


def test_a_link_used_twice_at_once_works_once(site: TestSite) -> None:
    token = link_for(site, site.person(email="new@example.org"))
    gate = threading.Barrier(4)

    def take_up(number: int) -> int:
        client = browser(site)
        gate.wait()
        return int(client.post(f"/welcome?key={token}", data=both(f"password number {number}")).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take_up, range(4))) == [303, 410, 410, 410]


def test_an_expired_or_unknown_link_tells_what_to_do(site: TestSite) -> None:
    token = link_for(site, site.person(email="new@example.org"), Purpose.RESET)
    change(site, "UPDATE one_time_links SET expires = datetime(expires, '-2 hours')")
    client = browser(site)
    for key in (token, "unknown", "", "a" * 5000):
        answers = client.get(f"/welcome?key={key}"), client.post(f"/welcome?key={key}", data=both(PASSWORD))
        assert [a.status_code for a in answers] == [410, 410]
        assert "/sign-in/help" in answers[0].text


def test_a_reset_ends_all_sessions(site: TestSite) -> None:
    account = with_password(site)
    other = site.signed_in(account)
    client = browser(site)
    client.post(f"/welcome?key={link_for(site, account, Purpose.RESET)}", data=both("a new long password"))
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    assert sign_in(browser(site)).status_code == 422


# --- mail ---


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


MAILS = {"smtp_host": "mail.example.org", "smtp_from": "kb@example.org", "public_url": "http://kb.example.org"}


def test_a_way_back_is_sent_and_tells_nothing(site: TestSite, post: PostOffice) -> None:
    with_password(site)
    client = browser(site, **MAILS)
    answers = [client.post("/sign-in/help", data={"email": e}, headers={"host": "evil.example.com"}).text
               for e in ("Ana@example.org", "nobody@example.org")]  # fmt: skip
    assert answers[0] == answers[1]
    (letter,) = post.new(site)
    assert letter["To"] == "ana@example.org"
    token = re.search(r"https://kb\.example\.org/en/welcome\?key=([\w-]{43})\n", words(letter))
    assert token, letter  # the address is that of the settings, not the one the request came with
    assert client.get(f"/welcome?key={token[1]}").status_code == 200
    for _ in range(10):
        client.post("/sign-in/help", data={"email": "ana@example.org"})
    post.deliver(site)
    assert len(post.letters) == 3  # nobody's letter box is filled


def test_without_mail_people_are_told_whom_to_ask(site: TestSite) -> None:
    page = browser(site).get("/sign-in/help").text
    assert "Ask those who run this site for a link" in page
    assert BeautifulSoup(page, "html5lib").select("main form") == []


def test_an_admin_invites_by_mail_or_passes_the_link_on(site: TestSite, post: PostOffice) -> None:
    admin = site.person(Role.ADMIN)
    form = {"email": "new@example.org", "name": "New", "language": "fr", "roles": ["librarian", "reviewer", "king"]}
    page = BeautifulSoup(site.signed_in(admin).post("/accounts", data=form).text, "html5lib")
    shown = page.select_one(".notice code").text
    assert browser(site).get(shown).status_code == 200
    assert post.new(site) == []
    by_mail = browser(site, **MAILS)
    by_mail.cookies.set("kb", site.signed_in(admin).cookies["kb"])
    answer = by_mail.post("/accounts", data=form | {"email": "other@example.org"})
    assert "welcome?key=" not in answer.text
    (letter,) = post.new(site)
    assert letter["To"] == "other@example.org"
    assert "Vous êtes invité" in words(letter)
    address = re.search(r"kb\.example\.org(/fr/welcome\?key=\S+)", words(letter))
    assert address
    assert browser(site).get(address[1]).status_code == 200
    with site.instance.database.read() as connection:
        made = accounts.by_email(connection, "other@example.org")
    assert made == replace(made, language="fr", roles=(Role.LIBRARIAN, Role.REVIEWER))  # type: ignore[type-var]


def test_mail_that_cannot_be_sent_is_told_without_what_it_said() -> None:
    settings = Settings(smtp_host="127.0.0.1", smtp_port=1, smtp_from="kb@example.org", smtp_password="geheim")
    with pytest.raises(smtp.MailError) as told:
        smtp.send(settings, "ana@example.org", "Subject", "https://kb.example.org/welcome?key=secret")
    assert not re.search(r"secret|geheim|ana@", f"{told.value} {told.value.reason}")


# --- accounts, tokens, the trail ---


@pytest.mark.parametrize(
    ("form", "field"),
    [({"email": "ana@example.org"}, "email"), ({"email": "no address"}, "email"), ({}, "email")],
)
def test_an_invitation_that_cannot_be_made_says_why(site: TestSite, form: dict[str, str], field: str) -> None:
    site.person(email="ana@example.org")
    answer = site.signed_in(site.person(Role.ADMIN)).post("/es/accounts", data=form)
    page = BeautifulSoup(answer.text, "html5lib")
    assert answer.status_code == 422
    assert page.select(f"[role=alert] a[href='#{field}']")
    assert page.select(f"#{field}[aria-invalid=true]")


def test_the_only_admin_cannot_lock_everybody_out(site: TestSite) -> None:
    admin = with_password(site, Role.ADMIN)
    client = site.signed_in(admin)
    for form in ({"email": admin.email, "active": "yes"}, {"email": admin.email, "roles": ["admin"]}):
        answer = client.post(f"/accounts/{admin.id}", data=form)
        assert (answer.status_code, "only account that administers" in answer.text) == (422, True)
    assert is_signed_in(client)


def test_a_token_works_for_programs_and_nowhere_else(site: TestSite) -> None:
    account = site.person(Role.CONTRIBUTOR)
    client = site.signed_in(account)
    assert client.post("/account/tokens", data={"name": " "}).status_code == 422
    page = BeautifulSoup(client.post("/account/tokens", data={"name": "uploader"}).text, "html5lib")
    token = page.select_one(".notice code").text
    assert token.startswith("kbt_")
    assert token not in client.get("/account").text  # shown once
    program = browser(site)
    assert program.get("/account", headers={"authorization": f"Bearer {token}"}).status_code == 303
    assert program.get("/account", headers={"cookie": f"kb={token}"}).status_code == 303
    with site.instance.database.read() as connection:
        assert api_tokens.find(connection, token)
    (held,) = (str(f["action"]) for f in BeautifulSoup(client.get("/account").text, "html5lib")
               .select("form[action^='/account/tokens/']"))  # fmt: skip
    assert client.post(held).status_code == 303
    with site.instance.database.read() as connection:
        assert api_tokens.find(connection, token) is None
    for n in range(25):
        answer = client.post("/account/tokens", data={"name": f"program {n}"})
    assert "as many tokens as one may have" in answer.text


def test_what_happens_is_on_record_and_no_secret_is(site: TestSite) -> None:
    admin, account = site.person(Role.ADMIN), with_password(site)
    client = browser(site)
    sign_in(client)
    page = client.post("/account/tokens", data={"name": "uploader"}).text
    client.post("/sign-out")
    office = site.signed_in(admin)
    office.get(f"/accounts/{account.id}")
    made = office.post(f"/accounts/{account.id}/link").text
    database = site.instance.database
    actions = [e.action for e in audit_trail.history_of(database, "account", account.id)]
    assert actions == ["account-created", "password-set", "signed-in", "token-made", "session-ended", "seen",
                       "link-made"]  # fmt: skip
    assert [e.account for e in audit_trail.history_of(database, "account", account.id)][-2:] == [admin.id] * 2
    told = str(audit_trail.newest(database, 1000))
    for secret in (PASSWORD, *re.findall(r"kbt_[\w-]+|key=[\w-]{43}", page + made), "ana@example.org"):
        assert secret.removeprefix("key=") not in told
    trail = office.get("/audit?check=1").text
    assert "The trail holds" in trail
    assert "personal data seen" in trail


def test_a_trail_that_was_edited_is_told(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:1])
    office = site.signed_in(site.person(Role.ADMIN))
    change(site, "DROP TRIGGER audit_no_update")
    change(site, "UPDATE audit SET action = 'x' WHERE id = 2")
    page = office.get("/audit?check=1").text
    assert "Row 2 was edited" in page
    assert "The trail holds" not in page
    assert "does not hold" not in office.get("/audit").text  # only told when it is looked at


def test_what_people_write_of_themselves_is_only_text(site: TestSite) -> None:
    payload = "\"><script>alert(1)</script><b>'"
    admin = site.signed_in(site.person(Role.ADMIN))
    account = site.person(email="x@example.org")
    client = site.signed_in(account)
    client.post("/account/details", data={"name": payload, "organisation": payload, "language": payload})
    client.post("/account/tokens", data={"name": payload})
    pages = [client.get("/account"), client.get("/"), admin.get("/accounts"), admin.get(f"/accounts/{account.id}"),
             admin.get("/audit"), sign_in(client, email=payload, next=payload)]  # fmt: skip
    for page in pages:
        assert not BeautifulSoup(page.text, "html5lib").select("script, b")
    assert payload in BeautifulSoup(pages[0].text, "html5lib").select_one("#name")["value"]


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/account", True), ("/es/search?q=a&b=c#d", True), ("", False), ("//evil.example", False),
        ("/\\evil.example", False), ("https://evil.example", False), ("javascript:alert(1)", False),
        ("account", False), ("/a\nb", False), ("/\t/evil.example", False), ("///evil.example", False),
        (" /account", False), ("/account\x7f", False),
    ],
)  # fmt: skip
def test_signing_in_leads_to_this_site_only(path: str, safe: bool) -> None:
    assert safe_path(path) == (path if safe else "")


def test_a_browser_signs_in_to_one_account_at_a_time(site: TestSite) -> None:
    with_password(site)
    first = site.person(email="first@example.org")
    client = site.signed_in(first)
    sign_in(client)
    with site.instance.database.read() as connection:
        assert (
            sessions.of_account(connection, first.id, sessions.Lifetimes(timedelta(hours=12), timedelta(days=14))) == []
        )
