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

LINEAS = ("## Línea 1", "Objetivos del PMM: 13, 20 y 22", "Sesiona en marzo.")
LINES = ("## Line 1", "GCM objectives: 13, 20 and 22", "It meets in March.")
SPEAKING = (
    Text("plan.en.txt", "A plan", LINES, "en", "workplan", "2022", ("CHL",), translations=(("es", "plan.es.txt"),)),
    Text("plan.es.txt", "Un plan", LINEAS, "es", "workplan", "2022", ("CHL",), translations=(("en", "plan.en.txt"),)),
    Text("tables.txt", "Working tables", ("All GCM objectives: 1 to 23", "It meets in May.")),
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("objectives"), (*TEXTS, *PRACTICES, *SPEAKING))


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
    also = found.find(id="spoken")
    further = int(re.findall(r"\d+", also.get_text())[0]) if also else 0
    assert int(heading.get_text().split()[0]) + further == total(site.client, f"/search?objective={number}")


def test_what_speaks_of_an_objective_is_quoted(site: TestSite) -> None:
    section = page(site.client, "/es/objectives/13").select_one("section[aria-labelledby=spoken]")
    assert section
    assert [link.get_text() for link in section.select(".from a")] == ["Un plan"]  # the translation of the reader
    quote = section.blockquote
    assert quote
    assert (quote["lang"], quote.get_text().strip()) == ("es", "Objetivos del PMM: 13, 20 y 22")
    assert [mark.get_text() for mark in quote.find_all("mark")] == ["13"]
    path = f"/es/documents/{site.ids['plan.es.txt']}/passages/1"
    assert [str(link["href"]) for link in section.select(".steps a")] == [path]
    assert "Objetivos del PMM: 13, 20 y 22" in site.client.get(path).text


def test_a_list_of_all_objectives_speaks_of_none(site: TestSite) -> None:
    found = page(site.client, "/en/objectives/22")
    spoken, listed = (found.select_one(f"section[aria-labelledby={name}]") for name in ("spoken", "listed"))
    assert spoken
    assert listed
    assert listed.details
    assert "open" not in listed.details.attrs
    assert [link.get_text() for link in spoken.select(".from a")] == ["A plan"]
    assert [link.get_text() for link in listed.select(".from a")] == ["Working tables"]
    assert "Working tables" not in site.client.get("/en/search?objective=22").text


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
