"""The page of an objective: counts are exact, practices and plans come first."""

import re

import pytest
from bs4 import BeautifulSoup

from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, Text, make_site

PRACTICES = tuple(
    Text(f"practice-{n}.txt", f"Practice {n}", (f"A practice on detention, number {n}.",), type="practice",
         date=f"20{10 + n}", countries=("PER",), objectives=("13",))
    for n in range(1, 8)
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("objectives"), (*TEXTS, *PRACTICES))


def page(client: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "lxml")


def total(client: Client, path: str) -> int:
    found = re.search(r"<strong>([\d,]+)</strong> documents?", client.get(path).text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("number", [13, 14, 20, 23])
def test_every_count_is_what_its_link_shows(site: TestSite, number: int) -> None:
    found = page(site.client, f"/objectives/{number}")
    rows = [(str(row.a["href"]), row.td.get_text()) for row in found.select(".tallies tr") if row.a and row.td]
    for field in ("country", "language", "type"):
        assert any(f"{field}=" in path for path, _count in rows)
    assert [(path, str(total(site.client, path))) for path, _count in rows] == rows
    heading = found.find(id="documents")
    assert heading
    assert heading.get_text().split()[0] == str(total(site.client, f"/search?objective={number}"))


def test_practices_come_newest_first_with_the_way_to_all(site: TestSite) -> None:
    section = page(site.client, "/objectives/13").select_one("section[aria-labelledby=featured]")
    assert section
    links = section.find_all("a")
    assert [link.get_text() for link in links] == [*(f"Practice {n}" for n in range(7, 2, -1)), "See all 7 documents"]
    assert total(site.client, str(links[-1]["href"])) == 7
    assert "National implementation plan: nothing here about this objective yet." in section.get_text()


def test_an_objective_without_practices_says_so(site: TestSite) -> None:
    section = page(site.client, "/es/objectives/20").select_one("section[aria-labelledby=featured]")
    assert section
    assert not section.find_all("a")
    assert "aún no hay nada" in section.get_text()
