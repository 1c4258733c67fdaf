"""Nothing in a document, a question or an address runs, is framed, or loads anything from elsewhere."""

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from tests.support.site import ATTRIBUTE, SCRIPT, TestSite, make_site

PAYLOADS = (
    SCRIPT,
    ATTRIBUTE,
    "'><svg/onload=alert(1)>",
    "{{ 311 * 317 }}",
    "%(name)s %s %",
    "javascript:alert(1)",
    "\x00\x1b",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"))


def assert_inert(html: str) -> None:
    page = BeautifulSoup(html, "html5lib")
    assert not page.find_all(["script", "style", "iframe", "img", "svg", "object", "base"])
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on") or name in ("style", "srcdoc")]
        for name in ("href", "src", "action"):
            assert not str(element.get(name, "")).lower().startswith(("javascript:", "data:", "//"))
    assert not page.find_all("b")  # markup within a document stays text


@pytest.mark.parametrize(
    "path",
    [
        "/documents/6",
        "/documents/6/passages/1",
        "/search?q=hostile",
        "/search?type=other",
        "/documents/6?q=x&answers=16",
    ],
)
def test_a_hostile_document_is_only_text(site: TestSite, path: str) -> None:
    answer = site.client.get(path)
    assert answer.status_code == 200
    assert_inert(answer.text)
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "path",
    ["/search?q=%s", "/search?q=a&country=%s", "/search?q=a&objective=%s&type=%s", "/search?from=%s", "/search?sort=%s",
     "/documents/6?tag=%s", "/documents/6?tag=objectives:%s", "/documents/6?q=%s&answers=15.16.17", "/%s", "/es/%s",
     "/objectives/%s", "/search?%s=%s"],
)  # fmt: skip
def test_an_address_cannot_smuggle_anything_in(site: TestSite, path: str, payload: str) -> None:
    answer = site.client.get(path.replace("%s", quote(payload, safe="")))
    assert answer.status_code in (200, 400, 404)
    assert_inert(answer.text)
    assert "98587" not in answer.text  # 311 * 317: nothing was computed


@pytest.mark.parametrize(
    "path", ["/", "/search?q=x", "/documents/1", "/nowhere", "/api/search", "/api/nowhere", "/healthz", "/robots.txt",
             "/static/style.css", "/favicon.ico", "/openapi.json", "/es"]
)  # fmt: skip
def test_every_answer_carries_the_headers(site: TestSite, path: str) -> None:
    headers = site.client.get(path, follow_redirects=False).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
        "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in headers
    assert "server" not in headers


def test_pages_load_nothing_from_elsewhere(site: TestSite) -> None:
    for path in ("/", "/search?q=hostile", "/documents/6", "/docs", "/about", "/objectives/20"):
        page = BeautifulSoup(site.client.get(path).text, "html5lib")
        loaded = page.select("link[rel=stylesheet], link[rel=icon]")
        assert len(loaded) == 2
        assert all(str(link["href"]).startswith("/static/") for link in loaded)


def test_static_files_are_kept_as_long_as_their_address_names_their_content(site: TestSite) -> None:
    page = BeautifulSoup(site.client.get("/").text, "html5lib")
    link = page.select_one("link[rel=stylesheet]")
    assert link is not None
    sheet = site.client.get(str(link["href"]))
    assert "immutable" in sheet.headers["cache-control"]
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    assert site.client.get("/static/style.css").headers["cache-control"] == "public, max-age=3600"
    again = site.client.get("/static/style.css", headers={"if-none-match": sheet.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert site.client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_robots_stay_out_of_searches(site: TestSite) -> None:
    assert "Disallow: /search\n" in site.client.get("/robots.txt").text
    assert 'name="robots" content="noindex"' in site.client.get("/search").text


@pytest.mark.parametrize("path", ["/", "/search", "/documents/1", "/about", "/static/style.css", "/robots.txt"])
def test_head_is_answered(site: TestSite, path: str) -> None:
    assert site.client.head(path).status_code == 200
