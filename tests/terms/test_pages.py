"""The glossary as readers see it, what librarians change there, and what results say of terms."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kb.accounts.account import Role
from kb.vocabularies.concept import Concept
from tests.support.http_client import Client
from tests.support.site import TestSite, make_site

PREFIX = "urn:gcm-kb:terms:"
UNIONS = Concept(
    f"{PREFIX}trade-unions",
    "terms",
    "trade-unions",
    (("en", "trade unions"), ("es", "sindicatos"), ("ar", "النقابات العمالية")),
    (("en", "labour unions"),),
    (("en", "Organizations of workers."), ("es", "Organizaciones de trabajadores.")),
    broader=(f"{PREFIX}workers",),
    related=(f"{PREFIX}gone",),
    matches=(("broadMatch", "urn:gcm-kb:objectives:6"),),
)
WORKERS = Concept(f"{PREFIX}workers", "terms", "workers", (("en", "migrant workers"), ("es", "trabajadores migrantes")))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return made(tmp_path_factory.mktemp("site"))


def made(home: Path) -> TestSite:
    return make_site(home, glossary=(UNIONS, WORKERS))


def soup(client: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "html5lib")


def terms(page: BeautifulSoup) -> list[str]:
    return [a.get_text() for a in page.select(".rows a")]


def test_terms_are_listed_by_letter_by_objective_and_by_a_word(site: TestSite) -> None:
    assert terms(soup(site.client, "/en/glossary?letter=T")) == ["trade unions"]
    assert terms(soup(site.client, "/es/glossary?letter=T")) == ["trabajadores migrantes"]
    assert terms(soup(site.client, "/en/glossary?objective=6")) == ["trade unions"]
    for typed in ("labour", "unions", "sindic", "النقابات"):
        assert terms(soup(site.client, f"/en/glossary?q={typed}")) == ["trade unions"]
    assert terms(soup(site.client, "/glossary?q=zzz")) == []


def test_a_term_says_what_it_is_in_every_language_and_where_it_stands(site: TestSite) -> None:
    page = soup(site.client, "/es/glossary/trade-unions")
    cells = {str(td["lang"]): (str(td["dir"]), td.get_text()) for td in page.select("td[lang]")[::2]}
    assert cells == {
        "es": ("ltr", "sindicatos"),
        "en": ("ltr", "trade unions"),
        "ar": ("rtl", "النقابات العمالية"),
    }
    links = [str(a["href"]) for a in page.select("main a")]
    assert {"/es/search?q=sindicatos", "/es/glossary/workers", "/es/objectives/6"} <= set(links)
    assert not any("gone" in link or "workbench" in link for link in links)
    assert site.client.get("/glossary/nothing").status_code == 404


def test_results_lead_to_the_terms_of_the_question_and_offer_near_ones(site: TestSite) -> None:
    named = soup(site.client, "/en/search?q=trade+unions+for+women")
    assert [str(a["href"]) for a in named.select(".taken a")] == ["/en/glossary/trade-unions"]
    near = soup(site.client, "/en/search?q=work")
    assert [str(a["href"]) for a in near.select(".taken a")] == ["/en/search?q=migrant+workers"]


def test_programs_are_given_suggestions(site: TestSite) -> None:
    told = site.client.get("/api/terms?q=labour&language=es").json()
    assert told["terms"] == [
        {
            "id": "trade-unions",
            "label": "sindicatos",
            "matched": "labour unions",
            "matched_language": "en",
            "definition": "Organizaciones de trabajadores.",
            "objectives": ["6"],
        }
    ]


def test_a_librarian_adds_corrects_and_takes_out_terms(tmp_path: Path) -> None:
    site = made(tmp_path)
    librarian = site.signed_in(site.person(Role.LIBRARIAN))
    sent = {"id": "pollero", "es": "pollero; coyote", "objectives": "9, 10", "related": "workers"}
    assert librarian.post("/workbench/terms", data=sent).headers["location"] == "/glossary/pollero"
    assert site.client.get("/api/terms?q=coyote&language=es").json()["terms"][0]["objectives"] == ["9", "10"]
    assert soup(site.client, "/search?q=los+polleros").select(".taken a")[0]["href"] == "/glossary/pollero"
    form = soup(librarian, "/workbench/terms/pollero")
    assert form.select("#es")[0]["value"] == "pollero; coyote"
    assert librarian.post("/workbench/terms/pollero", data={**sent, "es": "pollero"}).status_code == 303
    assert site.client.get("/api/terms?q=coyote").json()["terms"] == []
    assert librarian.post("/workbench/terms/trade-unions/retire").status_code == 303
    assert site.client.get("/glossary/trade-unions").status_code == 404
    assert len(soup(librarian, "/workbench/terms").select(".rows .badge")) == 1
    assert librarian.post("/workbench/terms/trade-unions/restore").status_code == 303
    assert site.client.get("/glossary/trade-unions").status_code == 200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"id": "Not An Id", "en": "smuggler"}, "id"),
        ({"id": "workers", "en": "smuggler"}, "id"),
        ({"id": "new", "en": "smuggler"}, "id"),
        ({"id": "nameless"}, "en"),
        ({"id": "unions", "en": "Trade Unions"}, "en"),
        ({"id": "smuggler", "en": "smuggler", "broader": "nothing"}, "broader"),
        ({"id": "smuggler", "en": "smuggler", "objectives": "24"}, "objectives"),
    ],
)
def test_what_is_wrong_with_a_term_is_said_at_its_field(site: TestSite, sent: dict[str, str], field: str) -> None:
    librarian = site.signed_in(site.person(Role.LIBRARIAN, email=f"{sent['id'][:3]}{field}@x.org"))
    answer = librarian.post("/workbench/terms", data=sent)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html5lib")
    assert [str(a["href"]) for a in page.select(".notice.bad a")] == [f"#{field}"]


def test_whoever_is_no_librarian_changes_nothing(site: TestSite) -> None:
    expert = site.signed_in(site.person(Role.EXPERT, email="expert@x.org"))
    assert expert.get("/workbench/terms").status_code in (403, 404)
    for client in (site.client, expert):
        assert client.post("/workbench/terms/workers/retire").status_code in (303, 401, 403, 404)
    assert site.client.get("/glossary/workers").status_code == 200
