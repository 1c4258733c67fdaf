"""Every page in every language: whole, linked, marked up as a page for everyone has to be."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup, Tag

from kb.i18n.catalogue import LANGUAGES
from kb.vocabularies.skos import Taxonomy
from tests.support.http_client import Client
from tests.support.site import TestSite, make_site
from web.i18n.locales import own_name

STYLE = Path(__file__).parent.parent.parent / "web" / "static" / "style.css"
PAGES = (
    "/",
    "/search",
    "/search?q=alternatives+to+detention",
    "/search?q=passports&objective=14&sort=date",
    "/search?q=zzz&country=PER&type=statement",
    "/search?q=%3F",
    "/documents/1?tag=objectives:13",
    "/documents/3?q=remittances&answers=5.6",
    "/documents/4",
    "/documents/6",
    "/documents/4/passages/1",
    "/quality",
    "/documents/1/passages/1/similar",
    "/objectives",
    "/objectives/13",
    "/objectives/23",
    "/coverage",
    "/coverage?by=year",
    "/coverage?by=country&region=142",
    "/about",
    "/glossary",
    "/docs",
    "/nowhere",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"))


def soup(client: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "html5lib")


def says(element: Tag | None) -> str:
    assert element is not None
    return " ".join(element.get_text().split())


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/es", "/en", "/fr"])
def test_a_page_is_marked_up_for_everyone(site: TestSite, prefix: str, path: str) -> None:
    page = soup(site.client, prefix + path)
    html = page.html
    assert html is not None
    assert html["lang"] == (prefix[1:] or "en")
    assert len(page.find_all("h1")) == 1
    assert len(page.find_all("main")) == 1
    assert says(page.title).endswith("– Test library")
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels
    first = page.find("a")
    assert first is not None
    assert first["href"] == "#main"
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for field in page.find_all("input"):
        assert field["type" if field.get("type") == "hidden" else "id"]
        assert field.get("type") == "hidden" or page.find("label", attrs={"for": str(field["id"])})
    for named in page.select("[aria-labelledby]"):
        assert page.find(id=str(named["aria-labelledby"]))
    for link in page.find_all("a"):
        assert says(link) or link.get("aria-label")


def test_every_link_on_every_page_leads_somewhere(site: TestSite) -> None:
    seen, waiting, anchors = set[str](), ["/", "/fr/"], list[tuple[str, str]]()
    pages: dict[str, BeautifulSoup] = {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = site.client.get(path, follow_redirects=False)
        if answer.status_code == 303 and "/sign-in" in answer.headers["location"]:
            continue  # a door for those who have an account
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        pages[path] = page = BeautifulSoup(answer.text, "lxml")
        for element in page.select("a[href], link[href]"):
            if element.has_attr("hreflang") and element.find_parent("main") is None:
                continue  # the same page in other languages
            target, anchor = urldefrag(urljoin("http://testserver" + path, str(element["href"])))
            if not target.startswith("http://testserver"):
                assert target.startswith("http://metadata.un.org/sdg/")
                continue
            target = target.removeprefix("http://testserver")
            anchors += [(target, anchor)] if anchor else []
            deep = target.count("=") > 1  # combinations of filters without end
            waiting += [] if deep or target in seen else [target]
    assert len(seen) > 200
    for target, anchor in anchors:
        assert target not in pages or pages[target].find(id=anchor), (target, anchor)


@pytest.mark.parametrize("code", LANGUAGES)
def test_links_keep_the_language_of_the_address(site: TestSite, code: str) -> None:
    page = soup(site.client, f"/{code}/search?q=passports")
    inside = [str(a["href"]) for a in page.find_all("a", href=True) if not a.has_attr("hreflang")]
    assert all(h.startswith((f"/{code}/", "#", "/api/")) for h in inside), inside
    forms = [str(form["action"]) for form in page.find_all("form")]
    assert forms
    assert all(action == f"/{code}/search" for action in forms)


def test_the_language_switch_stays_on_the_page(site: TestSite) -> None:
    page = soup(site.client, "/es/search?q=detención&objective=13")
    links = page.select(".tongues a")
    assert [says(link) for link in links] == [own_name(code) for code in LANGUAGES]
    assert [link["href"] for link in links] == [f"/{code}/search?q=detenci%C3%B3n&objective=13" for code in LANGUAGES]
    assert [link.get("aria-current") for link in links] == ["true" if code == "es" else None for code in LANGUAGES]


@pytest.mark.parametrize(
    ("accept", "language"),
    [("es-MX,es;q=0.9,en;q=0.5", "es"), ("fr", "fr"), ("de, fr;q=0.2", "fr"), ("", "en"), ("es;q=0, fr;q=x", "en")],
)
def test_an_address_without_language_follows_the_browser(site: TestSite, accept: str, language: str) -> None:
    answer = site.client.get("/about", headers={"accept-language": accept})
    assert answer.headers["content-language"] == language
    assert "accept-language" in answer.headers["vary"].lower()
    assert "accept-language" not in site.client.get("/fr/about").headers.get("vary", "").lower()


def test_home_invites(site: TestSite) -> None:
    page = soup(site.client, "/es/")
    assert {a["lang"] for a in page.select(".examples a")} == {"es", "en", "fr"}
    objectives = [str(a["href"]) for a in page.select(".grid .plain a")]
    assert sorted(int(h.rsplit("/", 1)[1]) for h in objectives) == list(range(1, 24))
    newest = page.select("section[aria-labelledby=newest] .rows > li")
    assert "Alternativas a la detención" not in says(newest[0])
    assert not page.select("section[aria-labelledby=newest] .sample")  # samples are no news
    assert any("note" in says(li) for li in newest)


def test_newest_documents_come_in_the_readers_language(tmp_path: Path) -> None:
    from tests.support.site import TEXTS

    client = make_site(tmp_path, TEXTS[:2]).client
    for code, title in (("es", "Alternativas a la detención"), ("en", "Alternatives to detention")):
        assert says(soup(client, f"/{code}/").select("section[aria-labelledby=newest] li a")[0]) == title


def test_an_objective_tells_what_it_is_and_what_is_here(site: TestSite) -> None:
    page = soup(site.client, "/es/objectives/13")
    text = says(page.main)
    assert "Utilizar la detención de migrantes solo como último recurso" in text
    assert "No abarca" in text
    assert "Mesa redonda 2" in text
    assert says(page.select_one("section.notice a")) == "Alternativas a la detención"
    assert "1 documento sobre él" in text
    counts = {says(row.th): says(row.td) for row in page.select(".tallies tr") if row.th and row.td}
    assert counts["México"] == "1"
    assert soup(site.client, "/en/objectives/20").find("a", href="http://metadata.un.org/sdg/10.c")


def test_an_empty_site_says_so(tmp_path: Path) -> None:
    client = make_site(tmp_path, ()).client
    assert "There are no documents here yet" in client.get("/").text
    assert client.get("/search").status_code == 200
    assert "No document here is about this objective yet" in client.get("/objectives/5").text
    assert client.get("/healthz").json()["documents"] == 0


def test_a_vocabulary_without_objectives_breaks_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.site.taxonomy", lambda: Taxonomy(()))
    client = make_site(tmp_path).client
    for path in ("/", "/objectives", "/search?q=detention", "/documents/1", "/search?q=zzz&country=PER", "/about"):
        assert client.get(path).status_code == 200, path
    assert client.get("/objectives/13").status_code == 404


def test_the_style_sheet_is_light_and_knows_no_left_or_right() -> None:
    import gzip

    css = STYLE.read_text("utf-8")
    assert len(gzip.compress(css.encode())) < 20_000
    assert not re.search(r"\b(margin|padding|border|inset)-(left|right|top|bottom)\b|text-align:\s*(left|right)", css)
    assert "url(" not in css
    assert "@import" not in css


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "page", 7.0), ("soft", "page", 4.5), ("blue", "page", 4.5), ("blue-deep", "page", 4.5),
        ("ink", "mark", 4.5), ("ink", "tint", 4.5), ("blue", "tint", 4.5), ("amber", "amber-tint", 4.5),
        ("ink", "amber-tint", 4.5), ("ink", "red-tint", 4.5), ("on-blue", "blue", 4.5), ("edge", "page", 3.0),
        ("blue", "mark", 3.0), ("soft", "tint", 4.5),
    ],
)  # fmt: skip
def test_colours_can_be_told_apart(scheme: str, ink: str, ground: str, least: float) -> None:
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text("utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme == "dark"]))
    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
