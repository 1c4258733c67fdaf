"""Coverage: every cell of the table is the number of documents that its link shows."""

import csv
import dataclasses
import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from kb.documents.models import Evidence, EvidenceKind
from kb.documents.models import Tag as Claim
from kb.documents.store import documents
from kb.places.countries import countries
from kb.places.regions import CONTINENTS, REGIONS, countries_of, widened
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, Text, make_site, prepared

STYLE = Path(__file__).parent.parent.parent / "web" / "static" / "style.css"
BY = ("country", "region", "year", "type", "language")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    translated = Text(
        "poverty.es.txt", "Pobreza", ("Una nota sobre la pobreza.",), "es", "practice", "2013", ("CHL", "PER"), ("2",)
    )
    plan = Text("plan.txt", "A plan", ("GCM objectives: 13, 20 and 23", "More."), "en", "practice", "2022", ("PER",))
    return make_site(tmp_path_factory.mktemp("coverage"), (*TEXTS, translated, plan))


def page(client: Client, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def shown(cell: Tag) -> str:
    """What a cell shows to the eye."""
    return "".join(t for t in cell.find_all(string=True) if "unseen" not in (t.parent.get("class") or ())).strip()


def total(client: Client, path: str) -> int:
    found = re.search(r"<strong>([\d,]+)</strong> documents?", client.get(path).text)
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("by", BY)
def test_every_cell_is_the_number_of_documents_behind_its_link(site: TestSite, by: str) -> None:
    table = page(site.client, f"/coverage?by={by}").table
    assert table
    links = [(str(a["href"]), sum(map(int, re.findall(r"\d+", shown(a))))) for a in table.select("td a")]
    assert len(links) > 15
    assert [(path, total(site.client, path)) for path, _number in links] == links


def test_what_only_speaks_of_an_objective_is_counted_beside(site: TestSite) -> None:
    found = table_of(site.client, "country")
    assert (found["13"]["Mexico"], found["13"]["Peru"]) == ("1", "0 +1")
    assert total(site.client, "/search?objective=13&country=PER") == 1
    rows = list(csv.reader(io.StringIO(site.client.get("/en/coverage.csv").content.decode("utf-8-sig"))))
    assert {row[0]: row[-1] for row in rows if row[0] in ("7", "13")} == {"7": "0", "13": "1"}


def test_a_zero_is_a_search_that_finds_nothing(site: TestSite) -> None:
    found = table_of(site.client, "country")
    assert found["13"]["Chile"] == "0"
    assert total(site.client, "/search?objective=13&country=CHL") == 0
    assert (found["14"]["Chile"], found["14"]["Argentina"]) == ("6", "6")
    assert found["2"]["Peru"] == "1"


def table_of(client: Client, by: str, more: str = "") -> dict[str, dict[str, str]]:
    table = page(client, f"/en/coverage?by={by}{more}").table
    assert table
    names = [shown(th) for th in table.select("thead th")][1:]
    found = {}
    for row in table.select("tbody tr"):
        head, cells = row.th, row.find_all("td")
        if head and cells:
            number = head.select_one(".num")
            key = shown(number) if number else ""
            found[key] = dict(zip(names, [shown(cell) for cell in cells], strict=True))
    return found


def test_no_document_held_is_told_from_none_about_this(site: TestSite) -> None:
    assert "Brazil" not in table_of(site.client, "country")["14"]
    americas = table_of(site.client, "country", "&region=019")
    assert (americas["14"]["Peru"], americas["14"]["Chile"]) == ("0", "6")
    assert not {"France", "Brazil"} & set(americas["14"])
    told = page(site.client, "/en/coverage?by=country&region=019").get_text()
    absent = told[told.index("of which no document is held") :]
    assert "Brazil, " in absent
    assert "Chile" not in absent
    rows = list(
        csv.reader(io.StringIO(site.client.get("/en/coverage.csv?by=country&region=019").content.decode("utf-8-sig")))
    )
    spread = dict(zip(rows[0], rows[2], strict=True))
    assert (spread["Peru"], spread["Brazil"]) == ("0", "")
    years = table_of(site.client, "year")
    assert list(years["14"])[1:] == [str(year) for year in range(2011, 2027)]
    assert [years["14"][y] for y in ("2013", "2023", "2024", "2026")] == ["1", "–", "–", "1"]
    types = table_of(site.client, "type")["20"]
    assert (types["Report or review"], types["Workplan"], types["Guidance"]) == ("1", "–", "0")
    for cell in page(site.client, "/coverage?by=year").select("td.none"):
        assert "no document held" in cell.get_text()


def test_a_translated_work_counts_once(site: TestSite) -> None:
    assert table_of(site.client, "country")["13"]["Mexico"] == "1"
    languages = table_of(site.client, "language")["13"]
    assert (languages["All documents"], languages["English"], languages["Spanish"]) == ("1 +1", "1 +1", "1")


def test_regions_hold_the_documents_of_their_countries(site: TestSite) -> None:
    found = table_of(site.client, "region")
    assert (found["20"]["South America"], found["20"]["Americas"], found["20"]["Africa"]) == ("1 +1", "1 +1", "–")
    assert found["14"]["Latin America"] == "12"


@pytest.mark.parametrize("code", ["es", "en", "fr"])
def test_the_table_can_be_read_by_everyone(site: TestSite, code: str) -> None:
    found = page(site.client, f"/{code}/coverage")
    region = found.select_one("[role=region]")
    assert region
    assert region["tabindex"] == "0"
    assert found.find(id=region["aria-labelledby"])
    table = found.table
    assert table
    assert table.caption
    width = len(table.select("thead th"))
    assert all(th.get("scope") in ("col", "row", "rowgroup") for th in table.find_all("th"))
    for row in table.select("tbody tr"):
        assert sum(int(str(cell.get("colspan", 1))) for cell in row.find_all(["th", "td"])) == width
    assert not found.select("[style]")
    for link in table.select("td a"):
        assert str(link["href"]).startswith(f"/{code}/search")
        assert shown(link).split()[0] in link.get_text().split()


@pytest.mark.parametrize("by", BY)
def test_the_spreadsheet_holds_the_same_table(site: TestSite, by: str) -> None:
    answer = site.client.get(f"/en/coverage.csv?by={by}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    written = {row[0]: dict(zip(rows[0][2:], row[2:], strict=True)) for row in rows[1:]}
    expected = table_of(site.client, by)
    for number, cells in expected.items():
        about = {name: value.replace("–", "").partition(" ")[0] for name, value in cells.items()}
        assert dict(list(written[number].items())[:-1]) == about
    assert len(rows) == 2 + 23


def test_entities_and_regions_that_were_tagged_narrow_a_search(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:3])
    made = prepared(Text("plan.txt", "A plan", ("A plan for the region.",)), site.instance)
    spot = (Evidence(0, 4, EvidenceKind.TERM),)
    tags = (*made.tags, Claim("entities", "iom", 0.9, spot), Claim("regions", "013", 0.9, spot))
    documents.add(site.instance.database, dataclasses.replace(made, tags=tags), publish=True)
    shown = page(site.client, "/en/search")
    links = {a.get_text(): str(a["href"]) for a in shown.select(".filter a")}
    assert total(site.client, links["International Organization for Migration"]) == 1
    assert total(site.client, links["Central America"]) == 2  # the plan, and what is about Mexico
    assert total(site.client, "/search?entity=unhcr") == 0
    found = site.client.get("/api/search?entity=iom&region=419").json()
    assert [hit["document"]["title"] for hit in found["hits"]] == ["A plan"]


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    client = make_site(tmp_path, (Text("x.txt", "X", ("A note.",), type="=1+1"),)).client
    assert ",'=1+1" in client.get("/coverage.csv?by=type").text
    assert ",=1+1" not in client.get("/coverage.csv?by=type").text


def test_what_cannot_be_asked_gives_the_usual_table(site: TestSite) -> None:
    usual = table_of(site.client, "country")
    assert table_of(site.client, "nonsense") == usual
    assert table_of(site.client, "country", "&region=XX") == usual
    assert table_of(site.client, "year", "&region=019") == table_of(site.client, "year")


def test_an_empty_library_has_an_empty_table(tmp_path: Path) -> None:
    client = make_site(tmp_path, ()).client
    for by in BY:
        assert client.get(f"/coverage?by={by}").status_code == 200
    assert client.get("/coverage.csv").status_code == 200


def test_every_country_is_in_one_region_of_each_rank() -> None:
    codes = set(countries())
    placed = [code for continent in CONTINENTS for code in countries_of(continent)]
    assert len(placed) == len(set(placed))
    assert codes - set(placed) == {"ATA", "TWN"}
    assert widened(("PER", "MEX", "ZZZ")) == ("019", "419", "005", "013")
    assert widened(("419",)) == ("019", "419")
    assert all(set(countries_of(region)) <= codes for region in REGIONS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_on_every_shade(scheme: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text("utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme == "dark"]))
    for step in range(1, 5):
        light, dark = sorted((luminance(colours["ink"]), luminance(colours[f"step-{step}"])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
