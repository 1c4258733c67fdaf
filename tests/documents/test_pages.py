"""Pages of documents and passages: what the public may read, how it is laid out, what is marked in it."""

import dataclasses
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from kb.accounts.account import Role
from kb.documents.models import Evidence, EvidenceKind, Tag
from kb.documents.state import Move, State
from kb.documents.store import documents, publishing
from kb.editorial.store import transitions
from tests.support.site import TEXTS, TestSite, Text, make_site, prepared

REMITTANCES = next(t for t in TEXTS if t.name == "remittances.pdf")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def page(site: TestSite) -> BeautifulSoup:
    return read(site, f"/documents/{site.ids['remittances.pdf']}")


def read(site: TestSite, path: str) -> BeautifulSoup:
    return BeautifulSoup(site.client.get(path).text, "html5lib")


def test_the_summary_tells_what_it_is(page: BeautifulSoup) -> None:
    told = {
        " ".join(div.dt.get_text().split()): " ".join(div.dd.get_text().split())
        for div in page.select(".summary > div")
        if div.dt and div.dd
    }
    assert told == {
        "Type of document": "Report or review",
        "Date": "July 1, 2019",
        "Countries": "Peru, Ecuador",
        "Language": "English",
        "Source file": "remittances.pdf",
        "Pages": "2",
        "Where it comes from": "Written for tests.",
        "Review": "Not peer-reviewed",
    }


def test_the_text_is_laid_out(page: BeautifulSoup) -> None:
    body = page.select(".text")[0]
    headings = [(h.name, h.get_text()) for h in body.find_all(["h3", "h4", "h5"])]
    assert headings == [("h3", "Fees"), ("h4", "Small print")]  # the title is not repeated, no level is skipped
    assert [a.get_text() for a in page.select(".contents a")] == ["Fees", "Small print"]
    rows = [
        [" ".join(cell.get_text(" ").replace("¶", "").split()) for cell in row.find_all(["th", "td"])]
        for row in body.select("tr")
    ]
    assert rows == [["Lead", "p. 2 the central bank"], [": two rows"], ["Dates", "2019 & later"]]
    assert [mark.get_text() for mark in body.select(".page-mark")] == ["p. 1", "p. 2"]
    assert body.select(".footnotes")[0].get_text().strip().startswith("A footnote")


def test_every_passage_has_an_anchor_and_a_page_of_its_own(site: TestSite, page: BeautifulSoup) -> None:
    anchors = [str(a["href"]) for a in page.select(".pilcrow")]
    assert [a.rsplit("/", 1)[1] for a in anchors] == [str(n) for n in range(1, 8)]
    for number, path in enumerate(anchors, 1):
        assert page.find(id=f"p{number}")
        assert site.client.get(path).status_code == 200


def test_evidence_is_marked_on_demand(site: TestSite) -> None:
    number = site.ids["detention.en.txt"]
    assert not read(site, f"/documents/{number}").select(".text mark")
    lit = read(site, f"/documents/{number}?tag=objectives:13")
    assert [m.get_text() for m in lit.select(".text mark")] == ["Objective 13 asks fo", "No child."]
    assert "Marked in the text, in 2 places: what supports “13 Alternatives to detention”." in lit.get_text()
    assert lit.select(".tags details[open]")
    assert "nobody has confirmed it yet" in lit.get_text()
    for nonsense in ("objectives:99", "x", ":", "objectives:"):
        assert not read(site, f"/documents/{number}?tag={nonsense}").select(".text mark")


def test_one_goes_from_mark_to_mark_and_each_says_what_it_is(site: TestSite) -> None:
    path = f"/documents/{site.ids['detention.en.txt']}?tag=objectives:13"
    lit = read(site, path)
    assert [mark["id"] for mark in lit.select(".text mark")] == ["e1", "e2"]
    hops = lit.select(".text .hop")
    assert [" ".join(hop.get_text().split()) for hop in hops] == [
        "1/2, by a term it uses ↓",
        "2/2, by a term it uses ↑",
    ]
    assert [[str(a["href"]) for a in hop.find_all("a")] for hop in hops] == [["#e2"], ["#e1"]]
    assert "par un terme" in read(site, f"/fr{path}").select(".text .hop")[0].get_text()


def test_what_only_passages_speak_of_is_told_apart(tmp_path: Path) -> None:
    site = make_site(tmp_path, ())
    text = Text("x.txt", "Lima and Quito", ("# Lima and Quito", "Peru and Ecuador.", "Peru again."), countries=("PER",))
    made = prepared(text, site.instance)
    spots = {"PER": ("Peru", "Peru"), "ECU": ("Ecuador",)}
    passages = []
    for each in made.passages:
        body, at = each.passage.text, each.passage.start
        named = [(code, body.find(name)) for code, (name, *_rest) in spots.items() if name in body]
        tags = [
            Tag("countries", c, 0.6, (Evidence(at + i, at + i + len(spots[c][0]), EvidenceKind.TERM),))
            for c, i in named
        ]
        passages.append(dataclasses.replace(each, tags=tuple(tags)))
    titled = Tag("years", "2021", 0.9, (Evidence(0, 4, EvidenceKind.EXPLICIT), Evidence(2, 8, EvidenceKind.TERM)))
    whole = dataclasses.replace(made, passages=tuple(passages), tags=(titled,))
    number = documents.add(site.instance.database, whole, publish=True).document
    page = read(site, f"/documents/{number}")
    mentioned = page.select_one("section[aria-labelledby=mentioned]")
    assert mentioned
    assert [a.get_text() for a in mentioned.find_all("a")] == ["Ecuador"]
    country = page.select_one(".summary a")
    assert country
    assert [m.get_text() for m in read(site, str(country["href"])).select(".text mark")] == ["Peru", "Peru"]
    lit = read(site, f"/documents/{number}?tag=years:2021")
    assert [m.get_text() for m in lit.select(".text mark")] == ["Lima and"]  # overlapping evidence is one place
    assert "1/1, named in the text" in lit.select(".text .hop")[0].get_text()


def test_answers_that_are_not_of_this_document_are_left_out(site: TestSite) -> None:
    for ids in ("999999", "x.y", "9" * 40, "-1", "²"):
        answer = site.client.get(f"/documents/1?q=detention&answers={ids}")
        assert answer.status_code == 200
        assert 'id="answers"' not in answer.text


def test_a_passage_is_quoted_with_its_context_and_how_to_cite_it(site: TestSite) -> None:
    number = site.ids["remittances.pdf"]
    page = read(site, f"/documents/{number}/passages/2")
    assert page.select(".quote.whole")[0].get_text().strip() == "Fees of remittances fall where prices are compared."
    citation = " ".join(page.select(".copy")[0].get_text().split())
    address = f"http://testserver/documents/{number}/passages/2"
    assert citation == f"Cheaper remittances (July 1, 2019), p. 1. remittances.pdf. Test library, {address}"
    assert page.find("a", rel="prev", href=f"/documents/{number}/passages/1")
    assert page.find("a", rel="next", href=f"/documents/{number}/passages/3")
    assert page.select("section[aria-labelledby=similar] li")


def test_right_to_left(site: TestSite) -> None:
    number = site.ids["consulates.ar.txt"]
    for path in (f"/documents/{number}", f"/documents/{number}/passages/1"):
        page = read(site, path)
        heading = page.h1
        assert heading is not None
        assert (heading["lang"], heading["dir"]) == ("ar", "rtl")
        assert page.select(".text[dir=rtl], .quote.whole[dir=rtl][lang=ar]")
        html = page.html
        assert html is not None
        assert html["dir"] == "ltr"
    assert "This is a sample." in read(site, f"/documents/{number}").get_text()


def test_translations_are_linked(site: TestSite) -> None:
    spanish, english = site.ids["detention.es.txt"], site.ids["detention.en.txt"]
    link = read(site, f"/documents/{spanish}").select(".also a")[0]
    assert (link["href"], link["lang"], link.get_text()) == (f"/documents/{english}", "en", "English")


@pytest.mark.parametrize(
    "path",
    ["/documents/777", "/documents/0", "/documents/-1", "/documents/x", "/documents/99999999999999999999",
     "/documents/1/passages/99", "/documents/777/passages/1", "/documents/1/passages/99999999999999999999",
     "/objectives/24", "/objectives/0", "/objectives/x", "/es/nada", "/de/about", "/static/nothing.css",
     "/static/..%2fapp.py"],
)  # fmt: skip
def test_what_is_not_there_is_404(site: TestSite, path: str) -> None:
    answer = site.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_what_is_not_public_looks_like_what_is_not_there(site: TestSite) -> None:
    secret = dataclasses.replace(REMITTANCES, name="secret.txt", title="A secret title")
    number = site.add(secret, publish=False)
    for path in (f"/documents/{number}", f"/documents/{number}/passages/1", f"/api/documents/{number}"):
        there, nowhere = site.client.get(path), site.client.get(path.replace(str(number), "777"))
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace(str(number), "777") == nowhere.text


def test_a_withdrawn_document_leaves_a_tombstone(site: TestSite) -> None:
    number = site.add(dataclasses.replace(REMITTANCES, name="gone.txt", title="Gone for good"))
    assert site.client.get(f"/documents/{number}").status_code == 200
    site.instance.withdraw(number)
    for path in (f"/documents/{number}", f"/fr/documents/{number}", f"/documents/{number}/passages/1"):
        answer = site.client.get(path)
        assert answer.status_code == 410
        assert "Gone for good" not in answer.text
    problem = site.client.get(f"/api/documents/{number}")
    assert (problem.status_code, problem.json()["title"]) == (410, "Gone")


def test_an_older_version_leads_to_the_current_one(site: TestSite) -> None:
    first = dataclasses.replace(REMITTANCES, name="versions.txt")
    old = site.add(first)
    new = site.add(dataclasses.replace(first, title="Second version"))
    for path in (f"/es/documents/{old}", f"/es/documents/{old}/passages/2"):
        answer = site.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/es/documents/{new}?instead-of={old}")
    assert "This is the current one." in site.client.get(f"/documents/{old}").text
    assert site.client.get(f"/api/documents/{old}").json()["id"] == new


def test_older_versions_of_a_withdrawn_document_leave_a_tombstone(site: TestSite) -> None:
    first = dataclasses.replace(REMITTANCES, name="line.txt", title="Line of versions")
    oldest, old, new = (site.add(dataclasses.replace(first, date=year)) for year in ("2019", "2020", "2021"))
    never = site.add(dataclasses.replace(first, date="2022"), publish=False)
    site.instance.withdraw(new)
    assert documents.published_successor(site.instance.database, old) is None
    for number in (oldest, old, new):
        for path in (f"/es/documents/{number}", f"/documents/{number}/passages/1"):
            answer = site.client.get(path)
            assert answer.status_code == 410
            assert "Line of versions" not in answer.text
        assert "Reason: A sample reason." in site.client.get(f"/api/documents/{number}").json()["detail"]
    assert site.client.get(f"/documents/{never}").status_code == 404
    with site.instance.database.write() as connection:
        publishing.publish_document(connection, never)
    statuses = [site.client.get(f"/documents/{n}", follow_redirects=False).status_code for n in (oldest, old, new)]
    assert statuses == [302, 302, 410]


def test_a_version_that_was_public_and_came_back_as_a_draft_leaves_a_tombstone(site: TestSite) -> None:
    first = dataclasses.replace(REMITTANCES, name="back.txt")
    number, librarian = site.add(first), site.person(Role.LIBRARIAN)
    site.instance.withdraw(number)
    with site.instance.database.write() as connection:
        transitions.move(connection, librarian.actor, number, Move.BRING_BACK, "It was right.", State.WITHDRAWN)
    replaced = site.add(dataclasses.replace(first, date="2020"), publish=False)
    assert site.instance.states()[number] == "superseded"
    assert [site.client.get(f"/documents/{n}").status_code for n in (number, replaced)] == [410, 404]


@pytest.mark.parametrize("state", [s for s in State if s not in (State.PUBLISHED, State.WITHDRAWN)])
def test_only_published_documents_are_shown(site: TestSite, state: State) -> None:
    number = site.add(dataclasses.replace(REMITTANCES, name=f"{state.value}.txt"))
    with site.instance.database.write() as connection:
        connection.execute(text("UPDATE documents SET state = :s WHERE id = :i"), {"s": state.value, "i": number})
    assert site.client.get(f"/documents/{number}").status_code == 404


def test_what_lines_treat_stands_beside_what_it_is_about(site: TestSite) -> None:
    plan = Text("plan.txt", "A plan", ("GCM objectives: 13 and 22", "It meets in March."), objectives=("13",))
    number = site.add(plan)
    shown = read(site, f"/en/documents/{number}")
    section = shown.select_one("section[aria-labelledby=spoken]")
    assert section
    assert [" ".join(s.get_text().split()) for s in section.select("summary")] == ["22 Social protection"]
    quote = section.blockquote
    assert quote
    assert quote.get_text().strip() == "GCM objectives: 13 and 22"
    path = f"/en/documents/{number}/passages/1"
    assert [str(a["href"]) for a in section.select("a")] == [
        path, f"/en/documents/{number}?tag=objectives%3A22#text", "/en/objectives/22"
    ]  # fmt: skip
    assert not shown.find(id="mentioned")
    lit = read(site, f"/en/documents/{number}?tag=objectives:22")
    assert [mark.get_text() for mark in lit.select(".text mark")] == ["22"]
    assert lit.select("section[aria-labelledby=spoken] details[open]")
    given = site.client.get(f"/api/documents/{number}").json()
    (line,) = given["speaks_of"]
    assert (line["notation"], line["text"]) == ("22", "GCM objectives: 13 and 22")
    assert line["text"] == given["text"][line["start"] : line["end"]]
    assert [p["number"] for p in given["passages"] if p["id"] == line["passage"]] == [1]
