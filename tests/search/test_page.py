"""The page of results: filters with exact counts, paging, marks, and what it says when there is no answer."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import uvicorn
from bs4 import BeautifulSoup
from starlette.datastructures import QueryParams

from index.search.query_understanding import Reader
from index.search.question import read_question
from index.search.related_objectives import NearestObjectives
from index.search.spelling import Speller
from kb.documents.models import Passage
from kb.errors import UsageError
from kb.search.answers import Answer, Query, Reading
from kb.terms.glossary import Glossary
from kb.vocabularies.concept import Concept
from tests.support.http_client import Client
from tests.support.site import TestSite, Text, make_site, taxonomy
from web.search.repeated_passages import fold, is_repeated
from web.search.search_url import SearchAddress, read_search
from web.serve import configured


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"))


def soup(client: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "html5lib")


def total(client: Client, path: str) -> int:
    count = soup(client, path).select_one(".count strong")
    return int(count.get_text()) if count else 0


@pytest.mark.parametrize("question", ["", "?q=passports", "?q=remittances", "?q=detention&country=MEX"])
def test_choosing_a_value_yields_exactly_its_count(site: TestSite, question: str) -> None:
    links = soup(site.client, f"/search{question}").select(".filter li")
    offered = [
        (str(li.a["href"]), int(li.select(".tally")[0].get_text())) for li in links if li.a and li.select(".tally")
    ]
    assert offered
    for path, count in offered:
        assert total(site.client, path) == count, path


def test_what_is_read_into_the_words_is_said_and_can_be_taken_off(site: TestSite) -> None:
    page = soup(site.client, "/search?q=passports+in+Chile")
    read = {" ".join(a.get_text().split()): str(a["href"]) for a in page.select(".taken a")}
    assert list(read) == ["Only Country: Chile", "Search only for these words ×"]
    alone = soup(site.client, read["Search only for these words ×"])
    assert alone.select(".taken") == []
    only = soup(site.client, read["Only Country: Chile"])
    assert [" ".join(a.get_text().split()) for a in only.select(".taken a")] == ["Take off: Country: Chile ×"]
    assert site.client.get("/api/search?q=passports+in+Chile&words=literal").status_code == 200
    elsewhere = soup(site.client, "/en/search?q=passports+in+Japan")
    assert elsewhere.select(".taken") == []
    assert "No document here is about Japan." in elsewhere.get_text()


def test_what_is_about_an_objective_or_a_country_but_never_both_is_said(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = site.app.state.house.site.searcher
    hits = searcher.search(Query("passports")).hits

    def notices(objective: str) -> list[str]:
        reading = Reading((objective,), ("CHL",))
        monkeypatch.setattr(searcher, "search", lambda query: Answer(query, hits, 1, (), 1.0, reading=reading))
        return [" ".join(each.get_text().split()) for each in soup(site.client, "/search?q=both").select(".notice")]

    (apart,) = notices("13")
    assert "13 " in apart
    assert "Chile" in apart
    assert notices("14") == []  # a document here is about both


def test_samples_are_left_out_by_a_link_and_shown_again(site: TestSite) -> None:
    assert "samples=hide" not in str(soup(site.client, "/search?q=passports"))  # there is none
    hidden = soup(site.client, "/search?q=passports&samples=hide")
    (back,) = [a for a in hidden.select("p.meta a") if "/search" in str(a["href"]) and "api" not in str(a["href"])]
    assert "samples" not in str(back["href"])
    text = "?q=a&samples=hide"
    assert read_search(QueryParams(text[1:])).string() == text


def test_a_choice_is_taken_off_where_it_was_put_on(site: TestSite) -> None:
    path = "/search?q=passports&objective=14&country=CHL&from=2011&to=2015"
    page = soup(site.client, path)
    taken = {" ".join(a.get_text().split()): str(a["href"]) for a in page.select(".taken a")}
    assert set(taken) == {
        "Take off: Country: Chile ×",
        "Take off: Objective: 14 Consular protection ×",
        "Take off: Year: 2011–2015 ×",
        "Take all off",
    }
    assert taken["Take off: Country: Chile ×"] == "/search?q=passports&objective=14&from=2011&to=2015"
    assert taken["Take all off"] == "/search?q=passports"
    in_place = [str(a["href"]) for a in page.select(".filter .off")]
    assert set(in_place) == {href for name, href in taken.items() if name != "Take all off"}


def test_a_new_question_and_new_years_keep_the_filters(site: TestSite) -> None:
    page = soup(site.client, "/search?q=passports&objective=14&from=2012&sort=date&page=2")
    sent = {str(i["name"]): str(i["value"]) for i in page.select(".ask input[type=hidden]")}
    assert sent == {"objective": "14", "from": "2012", "sort": "date"}
    beside = {str(i["name"]): str(i["value"]) for i in page.select(".years input[type=hidden]")}
    assert beside == {"q": "passports", "objective": "14", "sort": "date"}
    assert [i["value"] for i in page.select(".years input[id]")] == ["2012", ""]


def test_one_pages_through_everything_once(site: TestSite) -> None:
    path, titles = "/search", list[str]()
    while path:
        page = soup(site.client, path)
        titles += [h.get_text() for h in page.select(".card .from")]
        following = page.select_one("a[rel=next]")
        path = str(following["href"]) if following else ""
    assert len(titles) == len(set(titles)) == total(site.client, "/search") == 17  # 18 documents, two of one text


def test_a_page_beyond_the_last_gives_the_last(site: TestSite) -> None:
    page = soup(site.client, "/search?page=999")
    assert "Page 2 of 2" in page.get_text()
    assert page.select(".card")


def test_a_result_leads_with_the_passage_and_says_where_it_is_from(site: TestSite) -> None:
    card = soup(site.client, "/en/search?q=alternatives+to+detention").select(".card")[0]
    assert [element.name for element in card.find_all(recursive=False)][:2] == ["blockquote", "h2"]
    assert "detention" in [mark.get_text() for mark in card.select("mark")]
    text = " ".join(card.get_text().split())
    for word in ("Alternatives to detention", "English", "Guidance", "Mexico", "2021", "Also in: Español", "13"):
        assert word in text, word
    quote = card.blockquote
    assert quote is not None
    assert (quote["lang"], quote["dir"]) == ("en", "ltr")


def test_a_right_to_left_passage_is_quoted_so(site: TestSite) -> None:
    page = soup(site.client, "/search?q=%D9%82%D9%86%D8%B5%D9%84%D9%8A%D8%A7%D8%AA")
    quote = page.select(".card blockquote")[0]
    assert (quote["lang"], quote["dir"]) == ("ar", "rtl")
    assert "Sample, not real" in page.get_text()


def test_more_passages_lead_to_the_document_with_its_answers(site: TestSite) -> None:
    page = soup(site.client, "/search?q=remittances")
    link = next(a for a in page.select(".steps a") if "more passage" in a.get_text())
    path, _hash, anchor = str(link["href"]).partition("#")
    document = soup(site.client, path)
    answers = document.select(f"#{anchor} ol > li")
    named = int(link.get_text().split()[0])
    assert len(answers) == named + 1 == len(parse_qs(urlsplit(path).query)["answers"][0].split("."))
    assert document.select(f"#{anchor} mark")
    assert document.select(".text .answers")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("q=%3F%21", "There is no word in the question"),
        ("q=" + "word+" * 5000, "The question is too long"),
        ("q=detention&from=abcd", "A year is written with four digits"),
        ("q=detention&to=99999", "A year is written with four digits"),
    ],
)
def test_what_cannot_be_searched_is_told_on_the_page(site: TestSite, query: str, message: str) -> None:
    answer = site.client.get(f"/search?{query}")
    assert answer.status_code == 400
    assert message in answer.text
    assert message not in site.client.get(f"/fr/search?{query}").text


def test_an_empty_answer_helps_on(site: TestSite) -> None:
    page = soup(site.client, "/search?q=remittances+fees&country=MEX&type=statement")
    text = page.get_text()
    assert "No document here answers this." in text
    assert page.find("a", href="/search?q=remittances+fees")
    assert page.find("a", href="/objectives/20")
    assert soup(site.client, "/search?q=zzzz&country=FRA&type=report").find("a", href="/objectives")


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("remittances fees", "20"), ("tarifas de las remesas", "20"), ("la rétention des enfants migrants", "13"),
        ("تحويلات مالية", "20"), ("consular assistance to detained workers abroad", "14"),
        ("best recipe for chocolate cake", ""),
        ("", ""), ("???", ""), ("zzz", ""),
    ],
)  # fmt: skip
def test_objectives_near_a_question(question: str, first: str) -> None:
    near = NearestObjectives(taxonomy()).of(question)
    assert (near[0].notation if near else "") == first
    assert len(near) <= 3


def test_words_alone_until_the_encoder_is_there(tmp_path: Path) -> None:
    client = make_site(tmp_path, vectors=False).client
    assert "Searching by words only for a moment" in client.get("/search?q=detention").text
    assert "Searching by words only" not in client.get("/search").text
    assert client.get("/documents/1/passages/1").status_code == 200
    assert client.get("/healthz").json()["vectors"] is False


def test_what_comes_nearest_is_shown_and_said_to_be_no_more(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    searcher = site.app.state.house.site.searcher
    hits = searcher.search(Query("remittances")).hits
    assert not soup(site.client, "/search?q=remittances").select(".empty")

    monkeypatch.setattr(searcher, "search", lambda query: Answer(query, hits, len(hits), (), 1.0, answered=False))
    page = soup(site.client, "/search?q=something+else")
    assert len(page.select(".answers .card")) == len(hits)
    assert page.select(".empty")
    found = site.client.get("/api/search?q=something+else").json()
    assert (found["answered"], found["nearest"]) == (False, found["hits"])


def test_an_address_reads_back_as_itself() -> None:
    text = "?q=a+b&language=es&objective=13&objective=21&country=MEX&from=2019&to=2021&sort=date&page=3"
    address = read_search(QueryParams(text[1:]))
    assert address.string() == text
    assert address.choosing("area", "2").without("area", "2") == replace(address, page=1)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("country=mex&country=MEX&country=", SearchAddress(chosen=(("country", "MEX"),))),
        ("page=0", SearchAddress()),
        ("page=-1&sort=x&nothing=1", SearchAddress()),
        ("page=99999999999", SearchAddress()),
        ("page=2&from=&to=+", SearchAddress(page=2)),
        ("from=2019", SearchAddress(year_from=2019)),
    ],
)
def test_addresses_are_read_kindly(given: str, read: SearchAddress) -> None:
    assert read_search(QueryParams(given)) == read


@pytest.mark.parametrize("year", ["19", "1899", "2101", "20x9", "-2019", "²²²²"])
def test_a_year_that_is_none(year: str) -> None:
    with pytest.raises(UsageError, match="four digits"):
        read_search(QueryParams({"from": year}))


# --- more like this, the same words again, long questions ---

STOCK = "This text was written for a test and is no official document of any State."


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A site whose documents repeat a sentence, one of them with another number of words, one with another number."""
    lines = {
        "a": STOCK,
        "b": STOCK,
        "c": STOCK,
        "d": STOCK.replace("a test", "test 7"),
        "e": "Fees of remittances fall.",
    }
    texts = [
        Text(f"{name}.txt", f"Brief {name}", (line, f"What brief {name} says."), "en", "guidance", f"202{place}")
        for place, (name, line) in enumerate(lines.items())
    ]
    return make_site(tmp_path_factory.mktemp("stock"), texts)


def test_documents_that_repeat_the_same_words_are_one_result_with_the_others_named(stock: TestSite) -> None:
    page = soup(stock.client, "/en/search?q=official+document+of+any+State")
    cards = [card for card in page.select(".card") if STOCK in " ".join(card.blockquote.get_text().split())]
    assert len(cards) == 1
    named = {cards[0].select_one(".from").get_text()} | {a.get_text() for a in cards[0].select(".repeated a")}
    assert named == {"Brief a", "Brief b", "Brief c"}
    for link in cards[0].select(".repeated a"):
        assert STOCK in stock.client.get(str(link["href"])).text
    shown = len(page.select(".card .from")) + len(page.select(".repeated a"))
    assert shown == total(stock.client, "/en/search?q=official+document+of+any+State")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lead: IOM and WFP", "WFP and IOM: lead", True),
        ("Quién Decide", "quien decide", True),
        ("a b c d e f g h i j k l m n o p q r s t 18", "a b c d e f g h i j k l m n o p q r s t 12", False),
        ("Children are never detained here", "Children are detained here", False),
        ("a b c d e f g h i j k l m n o p q r s t", "a b c d e f g h i j k l m n o p q r x y", False),
        ("a b c d e f g h i j k l m n o p q r s t", "a b c d e f g h i j k l m n o p q r s", True),
        ("儿童移民拘留", "儿童移民拘留", True),
    ],
)  # fmt: skip
def test_the_same_in_nearly_the_same_words(one: str, other: str, same: bool) -> None:
    passages = [Passage(1, 0, len(text), text, language="en") for text in (one, other)]
    assert is_repeated(*passages) is same
    assert len(fold(passages, lambda passage: passage)) == (1 if same else 2)
    assert not is_repeated(passages[0], replace(passages[1], language="fr"))


@pytest.mark.parametrize("code", ["es", "fr", "en"])
def test_every_result_leads_to_more_like_it_at_an_address_of_its_own(site: TestSite, code: str) -> None:
    card = soup(site.client, f"/{code}/search?q=remittances").select(".card")[0]
    path = next(str(a["href"]) for a in card.select(".steps a") if str(a["href"]).endswith("/similar"))
    assert path.startswith(f"/{code}/documents/{site.ids['remittances.pdf']}/passages/")
    page = soup(site.client, path)
    assert page.html is not None
    assert page.html["lang"] == code
    rows = page.select(".rows > li")
    assert rows
    assert all(str(a["href"]).startswith(f"/{code}/documents/") for row in rows for a in row.select("a"))
    titles = [" ".join(row.h3.get_text().split()) for row in rows]
    assert "Cheaper remittances" not in titles
    assert soup(site.client, path.removesuffix("/similar")).select(f"a[href='{path}']")


def test_passages_of_other_documents_in_the_same_words_are_named_apart(stock: TestSite) -> None:
    page = soup(stock.client, f"/en/documents/{stock.ids['a.txt']}/passages/1/similar")
    same = page.select_one("section[aria-labelledby=repeated]")
    assert same is not None
    assert {a.get_text() for a in same.select("a")} == {"Brief b", "Brief c"}
    near = [" ".join(h.get_text().split()) for h in page.select(".rows h3")]
    assert near[0] == "Brief d"
    assert len(near) == len(set(near))


def test_more_like_this_without_the_model_says_so(tmp_path: Path) -> None:
    client = make_site(tmp_path, vectors=False).client
    answer = client.get("/en/documents/1/passages/1/similar")
    assert answer.status_code == 200
    assert "still being loaded" in answer.text
    assert client.get("/en/documents/1/passages/999/similar").status_code == 404
    assert client.get("/en/documents/999/passages/1/similar").status_code == 404


@pytest.mark.parametrize("word", ["remittances ", "نص ", "费"])
def test_a_long_question_is_asked_in_an_address_that_holds_what_is_searched(site: TestSite, word: str) -> None:
    typed = word * 401
    answer = site.client.get("/en/search", params={"q": typed, "country": "PER"}, follow_redirects=False)
    assert answer.status_code == 302
    address = read_search(QueryParams(urlsplit(answer.headers["location"]).query))
    assert address.q == (word * 400).strip()
    assert address.chosen == (("country", "PER"),)
    assert read_question(address.q).text == read_question(typed).text
    page = soup(site.client, answer.headers["location"])
    assert "its first 400 words were searched" in page.get_text()
    kept = site.client.get("/en/search", params={"q": (word * 400).strip()}, follow_redirects=False)
    assert kept.status_code == 200
    assert "were searched" not in kept.text


@pytest.mark.parametrize(
    ("character", "count", "status", "says"),
    [
        ("移", 19_000, 302, ""),
        ("نص ", 6_000, 302, ""),
        ("🛂a ", 6_000, 302, ""),
        ("移", 21_000, 400, "The question is too long"),
    ],
)
def test_a_served_question_may_be_as_long_as_a_page_in_any_script(
    served: int, character: str, count: int, status: int, says: str
) -> None:
    connection = HTTPConnection("127.0.0.1", served, timeout=20)
    connection.request("GET", "/en/search?q=" + quote(character * count))
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    assert answer.status == status
    assert says in body


def test_an_address_far_longer_than_any_question_is_refused(served: int) -> None:
    connection = HTTPConnection("127.0.0.1", served, timeout=20)
    try:
        connection.request("GET", "/en/search?q=" + quote("移" * 60_000))
        status = connection.getresponse().status
    except ConnectionError:  # closed while it was still being sent
        status = 400
    connection.close()
    assert status == 400


@pytest.fixture(scope="module")
def served(site: TestSite) -> Iterator[int]:
    """Port of a real server over the site."""
    server = uvicorn.Server(configured(site.app))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_a_mended_question_is_said_and_can_be_searched_as_typed(tmp_path: Path) -> None:
    concept = Concept("urn:t:remittances", "terms", "remittances", (("en", "remittances"),))
    glossary = Glossary((concept,))
    speller = Speller(None, lambda: glossary)
    site = make_site(tmp_path, reader=Reader(None, lambda: glossary, speller))
    page = soup(site.client, "/search?q=remitances")
    (said,) = (notice for notice in page.select(".notice") if notice.select("bdi"))
    assert [bdi.get_text() for bdi in said.select("bdi")] == ["remittances", "remitances"]
    assert total(site.client, "/search?q=remitances") == total(site.client, "/search?q=remittances") > 0
    assert said.a is not None
    literal = soup(site.client, str(said.a["href"]))
    assert [notice for notice in literal.select(".notice") if notice.select("bdi")] == []
    assert site.client.get("/api/search?q=remitances").json()["corrected"] == "remittances"
