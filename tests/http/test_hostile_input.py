"""No text that anybody writes runs in a reader's browser: a hundred known payloads in every field.

By parser: a page is inert when it has no element and no attribute that the site's own templates do not have, no
comment, no address that leads to a script or elsewhere. Chromium then tells what a parser cannot: whether anything ran,
was refused by the content security policy, or was loaded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI
from httpx2 import Response
from starlette.responses import HTMLResponse

from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts, api_tokens, sessions
from tests.support.chromium import HOW_TO_GET, Chromium, Heard, Page, find_chromium, open_chromium, serving
from tests.support.hostile_input import PAYLOADS
from tests.support.http_client import Client
from tests.support.page_walk import Numbers, furnish, page_paths
from tests.support.site import TEXTS, TestSite, Text, make_site
from web.http.security_headers import HEADERS

TEMPLATES = Path(__file__).parent.parent.parent / "web" / "templates"
OF_A_PARSER = {"html", "head", "body", "tbody"}  # elements that it adds
ADDRESSES = ("href", "src", "action", "formaction")
ALL_IN_ONE = "all.html"
FEW = tuple(" ".join(PAYLOADS[n : n + 45 : 15]) for n in (0, 19, 38, 55))  # for forms, where each costs a request
TENS = tuple(" ".join(PAYLOADS[n::10]) for n in range(10))
RUN = (0, 4, 18, 22, 27, 48)  # payloads that run between tags without anybody's doing


@cache
def vocabulary() -> tuple[set[str], set[str]]:
    """Elements and attributes that the site's own templates have."""
    text = "".join(path.read_text("utf-8") for path in sorted(TEMPLATES.rglob("*.html")))
    elements = set(re.findall(r"<([a-z][a-z0-9]*)", text)) | OF_A_PARSER
    attributes = set(re.findall(r"[\s\"'}]([a-z][a-z-]*)(?:=[\"{']|(?=[\s>{]))", text))
    assert not elements & {"iframe", "object", "embed", "base", "math", "style"}
    attributes -= {"style", "srcdoc", "background"}
    return elements - {"script"}, {name for name in attributes if not name.startswith("on")}


def active(html: str) -> list[str]:
    """What in a page is not of the site's own making."""
    elements, attributes = vocabulary()
    found = []
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):  # what is no element has a function for a tag
            found.append(f"comment {(element.text or '')[:40]}")
            continue
        found += [] if element.tag in elements or _is_our_script(element) else [f"<{element.tag}>"]
        found += [f"{element.tag} {name}" for name in element.attrib if name not in attributes]
        for name in ADDRESSES:
            parts = urlsplit("".join(element.get(name, "").split()).lstrip("\x01"))
            if parts.scheme not in ("", "http", "https") or "evil" in parts.netloc:
                found.append(f"{element.tag} {name}={element.get(name)}")
    return found


def _is_our_script(element: Element) -> bool:
    return element.tag == "script" and element.get("src", "").startswith("/static/") and not element.text


def text_of(payload: str) -> Text:
    """A document that is nothing but a payload, wherever a file can say something."""
    lines = (f"## {payload}", f"Hostile {payload}", f"- {payload}", f"| {payload}: {payload}", f"^ {payload}")
    return Text(f"{payload}.html", payload, lines, "en", payload[:32], "2024", ("ZZZ",), provenance=payload)


@dataclass(frozen=True)
class Attacked:
    """A site in which every field holds a payload, and somebody who sees all of it."""

    site: TestSite
    person: Account
    documents: tuple[int, ...]  # one that holds all payloads, then one for each
    tens: tuple[int, ...]  # ten that hold ten each, for a browser: what is to be told apart, a parser tells
    numbers: Numbers

    @property
    def client(self) -> Client:
        return self.site.signed_in(self.person)

    def paths(self) -> list[str]:
        """Every page that the person may open, with numbers of things that are there."""
        return page_paths(self.site.app, self.numbers)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    everything = Text(ALL_IN_ONE, "All in one", tuple(f"Hostile {payload}" for payload in PAYLOADS))
    hostile, tens = ([text_of(each) for each in several] for several in (PAYLOADS, TENS))
    site = make_site(tmp_path_factory.mktemp("site"), [TEXTS[0], everything, *hostile, *tens])
    person = site.person(*Role, email="all@example.org", name=PAYLOADS[0])
    with site.instance.database.write() as connection:
        for number, payload in enumerate(PAYLOADS):
            accounts.create(connection, SYSTEM, f"p{number}@example.org", [Role.READER], payload, "en", payload)
        for payload in FEW:
            sessions.begin(connection, person, payload[:64], payload)
            api_tokens.make(connection, person.actor, person.id, payload)
    ids, numbers = site.ids, furnish(site, person, text_of(FEW[0]), TENS)
    documents = (ids[ALL_IN_ONE], *(ids[text.name] for text in hostile))
    return Attacked(site, person, documents, tuple(ids[text.name] for text in tens), numbers)


# --- as a parser sees it ---


def test_the_parser_notices_what_stands_unescaped() -> None:
    """All payloads that begin with markup, and those for attributes and addresses where they are meant to stand."""
    for payload in PAYLOADS:
        if re.match(r"<+[a-z!]", payload, re.IGNORECASE):
            assert active(f"<!doctype html><body><p>{payload}</p>"), payload
        if payload.startswith('"'):
            assert active(f'<!doctype html><body><p class="{payload}">x</p>'), payload
        if re.match(r"[\x01a-z\t]+:", payload, re.IGNORECASE):
            assert active(f'<!doctype html><body><a href="{payload}">x</a>') or "evil" in payload, payload
    assert not active("<!doctype html><html lang='en'><body><p class='meta'>&lt;script&gt;</p></body></html>")


def test_no_document_is_active(attacked: Attacked) -> None:
    for payload, number in zip(("", *PAYLOADS), attacked.documents, strict=True):
        answer = attacked.site.client.get(f"/documents/{number}")
        assert answer.status_code == 200, payload
        assert active(answer.text) == [], payload


def test_no_list_of_results_is_active(attacked: Attacked) -> None:
    seen = 0
    for page in range(1, 30):
        answer = attacked.site.client.get(f"/search?q=hostile&page={page}")
        if answer.status_code != 200 or "/documents/" not in answer.text:
            break
        assert active(answer.text) == []
        seen += answer.text.count("&lt;script&gt;alert(1)")
    assert seen > 20, "the payloads were not on the pages"


def test_no_question_is_active(attacked: Attacked) -> None:
    for payload in PAYLOADS:
        sent = quote(payload, safe="")
        path = f"/search?q={sent}&country={sent}&type={sent}&objective={sent}&language={sent}"
        answer = attacked.site.client.get(path)
        assert answer.status_code in (200, 400, 404), path
        assert active(answer.text) == [], payload
        assert "98587" not in answer.text  # 311 * 317: nothing was computed


def test_what_is_written_into_a_form_is_not_active(attacked: Attacked) -> None:
    client, tried = attacked.client, set()
    for _ in range(2):  # what was sent the first time opens further forms
        for path in attacked.paths():
            answer = client.get(path)
            forms = BeautifulSoup(answer.text, "lxml").find_all("form") if answer.status_code == 200 else []
            for form in forms:
                if _is_worth_trying(form) and (key := _key(form)) not in tried:
                    tried.add(key)
                    for number, payload in enumerate(FEW):
                        answer = _send(client, form, path, payload, number)
                        assert answer.status_code < 500, (path, payload, answer.status_code)
                        assert active(answer.text) == [], (path, payload)
    assert len(tried) >= 5


def test_no_page_is_active(attacked: Attacked) -> None:
    """Those too that show what the test before this one sent."""
    client, opened = attacked.client, 0
    for path in attacked.paths():
        asked = "?q=%3Cscript%3Ealert(1)%3C/script%3E&done=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"
        answer = client.get(path + asked)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert active(answer.text) == [], path
            opened += answer.status_code == 200
    assert opened > 20


def _is_worth_trying(form: Tag) -> bool:
    ends = str(form.get("action", "")).endswith(("/sign-out", "/account/password"))
    return not ends and any(_is_text(field) for field in form.find_all(["input", "textarea"]))


def _is_text(field: Tag) -> bool:
    kinds = ("text", "search", "email", "url", "tel", "date", "number", "file")
    return bool(field.get("name")) and str(field.get("type", "text")) in kinds


def _key(form: Tag) -> tuple[str, ...]:
    names = [str(field.get("name")) for field in form.find_all(["input", "textarea", "select"])]
    return (re.sub(r"\d+", "N", str(form.get("action", ""))), *sorted(set(names)))


def _send(client: Client, form: Tag, path: str, payload: str, number: int) -> Response:
    """Send a form with a payload in every text, each time by another of its buttons and with other choices."""
    values: dict[str, str] = {}
    files = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name") or ""), str(field.get("type", "text"))
        if kind == "file":
            page = f"<html><title>{payload}</title><h1>{payload}</h1><p>Hostile {payload}</p></html>"
            files[name] = (f"{payload}.html", page.encode("utf-8", "replace"), "text/html")
        elif field.name == "select":
            options = [str(option.get("value", option.text)) for option in field.find_all("option")]
            values[name] = options[number % len(options)] if options else ""
        elif _is_text(field):
            values[name] = payload if kind != "email" or number % 2 else f"x{number}@example.org"
        elif name and (kind == "hidden" or kind in ("checkbox", "radio")):
            values.setdefault(name, str(field.get("value", "")))
    buttons = [button for button in form.find_all("button") if button.get("name")]
    if buttons:
        button = buttons[number % len(buttons)]
        values[str(button["name"])] = str(button.get("value", ""))
    target = str(form.get("action") or path)
    if str(form.get("method", "get")).lower() == "get":
        return client.get(target, params=values, follow_redirects=True)
    return client.post(target, data=values, files=files or None, follow_redirects=True)


# --- as a browser sees it ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    program = find_chromium()
    if program is None:
        pytest.skip(HOW_TO_GET)
    with open_chromium(program) as opened:
        yield opened


@pytest.fixture
def page(browser: Chromium) -> Page:
    return browser.page()


def happened(page: Page, origin: str) -> list[str]:
    """What a page did that none of ours does: ran something, was refused something, asked or went elsewhere."""
    found = [f"{each.kind}: {each.text[:160]}" for each in page.heard if not _is_own_request(each, origin)]
    page.heard.clear()
    return found


def _is_own_request(heard: Heard, origin: str) -> bool:
    """Whether it is a request to the site, or for a picture of the browser's own, as in a field for a date."""
    pictures = heard.resource == "image" and heard.text.startswith("data:image/")
    return heard.kind == "request" and (heard.text.startswith(origin) or pictures)


@pytest.mark.parametrize("guarded", [True, False], ids=["with-the-policy", "without-it"])
def test_chromium_tells_when_something_runs(page: Page, guarded: bool) -> None:
    """The test itself can fail: a careless page shows what would be noticed."""
    app = FastAPI()

    @app.get("/")
    def careless(number: int) -> HTMLResponse:
        policy = {"content-security-policy": HEADERS["Content-Security-Policy"]} if guarded else {}
        return HTMLResponse(f"<!doctype html><title>x</title><p>{PAYLOADS[number]}</p>", headers=policy)

    noticed = 0
    with serving(app) as origin:
        for number in RUN:
            page.heard.clear()
            page.go(f"{origin}/?number={number}", 0.1)
            noticed += bool(happened(page, origin))
    assert noticed == len(RUN)


def test_nothing_runs_in_chromium(attacked: Attacked, page: Page) -> None:
    with attacked.site.instance.database.write() as connection:
        token = sessions.begin(connection, attacked.person, "127.0.0.1", "test")
    results = [f"/search?q=hostile&page={number}" for number in range(1, 12)]
    documents = [f"/documents/{number}" for number in (*attacked.documents[::5], *attacked.tens)]
    questions = [f"/search?q={quote(payload, safe='')}" for payload in FEW]
    with serving(attacked.site.app) as origin:
        page.sign_in(token, origin)
        for path in [*attacked.paths(), *results, *documents, *questions]:
            if not path.endswith((".csv", ".docx")):
                page.heard.clear()
                page.go(origin + path)
                assert happened(page, origin) == [], path
        page.listen(0.3)
        assert happened(page, origin) == []
