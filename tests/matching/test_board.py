"""The board of requests: what waits for whom and how long, what everybody may read, and what nobody can reckon."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kb.accounts.account import Account, Role
from kb.matching.board import FEW, OpenContacts, Party, board, public_board, suppress_small_counts
from kb.requests.case import RequestRecord
from kb.requests.request import Request, Stage
from kb.requests.store import requests
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROBLEM = "Our consulates cannot replace lost passports, and nobody has trained the staff."


def case(number: int = 1, stage: Stage = Stage.FILED, days: float = 0, **facts: object) -> RequestRecord:
    request = replace(Request(PROBLEM, "en", id=number, country="PER"), **facts)  # type: ignore[arg-type]
    return RequestRecord(request, None, stage, NOW - timedelta(days=days + 30), NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("stage", "days", "late", "party"),
    [
        (Stage.FILED, 5.5, 0, Party.OFFICE),
        (Stage.FILED, 6.5, 1, Party.OFFICE),
        (Stage.MATCHED, 10, 7, Party.OFFICE),
        (Stage.PROPOSED, 12, 0, Party.EXPERT),
        (Stage.UNDER_WAY, 400, 0, Party.OFFICE),  # nothing is promised for the support itself
    ],
    ids=lambda value: str(value),
)
def test_age_against_the_promise(stage: Stage, days: float, late: int, party: Party) -> None:
    found = board([case(1, stage, days)], [], {}, NOW)
    assert [(each.late, each.waits_for) for each in found.waiting] == [(late, party)]
    age = next(age for age in found.ages if age.stage is stage)
    assert (age.waiting, age.late, age.longest) == (1, int(late > 0), int(days))


def test_for_whom_it_waits_when_the_stage_does_not_tell() -> None:
    cases = [case(1), case(2, Stage.PROPOSED), case(3, Stage.PROPOSED)]
    found = board(cases, [], {}, NOW, OpenContacts(asked={1}, settling={3}))
    assert {each.case.id: each.waits_for for each in found.waiting} == {
        1: Party.ASKER,
        2: Party.EXPERT,
        3: Party.ASKER,
    }


@given(some.dictionaries(some.integers(0, 12), some.integers(0, 9), max_size=8))
def test_no_count_that_is_withheld_can_be_reckoned(counts: dict[int, int]) -> None:
    """To whoever knows the total: what is hidden is all there is, or several counts, not few, and not all ones."""
    found = suppress_small_counts(counts)
    assert all(count is None or count == counts[key] for key, count in found.items())
    hidden = [counts[key] for key, count in found.items() if count is None]
    assert all(count >= FEW or not count for count in found.values() if count is not None)
    some_left = any(count for count in found.values())
    assert not hidden or not some_left or (len(hidden) > 1 and sum(hidden) >= FEW and sum(hidden) > len(hidden))


def test_large_counts_are_told() -> None:
    assert suppress_small_counts({"a": 9, "b": 3, "c": 0}) == {"a": 9, "b": 3, "c": 0}
    assert suppress_small_counts({"a": 9, "b": 5, "c": 1}) == {
        "a": 9,
        "b": None,
        "c": None,
    }  # c alone would be had from the total


_cases = some.lists(
    some.builds(
        case,
        stage=some.sampled_from(Stage),
        days=some.integers(0, 30),
        country=some.sampled_from(("PER", "SEN", "FRA", "")),
        objectives=some.sampled_from(((), ("13",), ("13", "14"))),
        confidential=some.booleans(),
        title=some.sampled_from(("", "A title", "Another title")),
        title_public=some.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(_cases)
def test_nothing_public_depends_on_a_confidential_request(cases: Sequence[RequestRecord]) -> None:
    open_ones = [each for each in cases if not each.request.confidential]
    documents = dict.fromkeys(("1", "7", "13"), 0)
    found = public_board(cases, [], documents, NOW)
    assert found == public_board(open_ones, [], documents, NOW)
    titled = {each.request.title for each in open_ones if each.request.title_public}
    assert {each.request.public_title for each in found.titles} <= titled
    for balance in found.balances:
        asked = sum(balance.objective in each.request.objectives for each in open_ones)
        assert balance.requests == (asked if not asked or asked >= FEW else None)


# --- the pages ---


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:3])


@pytest.fixture(scope="module")
def asker(site: TestSite) -> Account:
    return site.person(Role.OFFICIAL, email="asker@example.org", name="Awa Sample")


def filed(client: Client, **fields: str | list[str]) -> int:
    answer = client.post("/requests/new", data={"text": PROBLEM, "country": "SEN"} | fields)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].split("?")[0].rsplit("/", 1)[1])


def public(site: TestSite) -> str:
    return site.client.get("/support").text + site.client.get("/support.csv").text


def test_a_title_is_public_where_its_author_agreed(site: TestSite, asker: Account) -> None:
    mine = site.signed_in(asker)
    number = filed(mine, title="Passports in three days", title_public="1")
    filed(mine, title="Nobody reads this", organisation="Ministry Example")
    assert "Passports in three days" in (page := public(site))
    for words in ("Nobody reads this", "Ministry Example", "consulates cannot", "Senegal"):
        assert words not in page
    assert mine.post(f"/requests/{number}/title", data={"title": "Passports"}).status_code == 303
    assert "Passports" not in public(site)
    shown = {"title": "Quick passports", "title_public": "1"}
    assert mine.post(f"/requests/{number}/title", data=shown).status_code == 303
    assert "Quick passports" in public(site)
    assert "Title changed" in mine.get(f"/requests/{number}").text
    mine.post(f"/requests/{number}/withdraw", data={"at": "filed", "reason": "Done."})
    assert "Quick passports" not in public(site)


def test_without_consent_or_title_nothing_is_shown(site: TestSite, asker: Account) -> None:
    mine = site.signed_in(asker)
    form = mine.get("/requests/new").text
    assert 'name="title_public" value="1" aria' in form  # off until ticked
    both = {"text": PROBLEM, "country": "SEN", "title_public": "1", "confidential": "1", "title": "Veiled"}
    for fields, fault in ((both, "title_public"), (both | {"title": "", "confidential": ""}, "title")):
        answer = mine.post("/requests/new", data=fields)
        assert answer.status_code == 422
        assert f'href="#{fault}"' in answer.text
    number = filed(mine, confidential="1", title="Veiled")
    for fields in ({"title": "Veiled", "title_public": "1"}, {"title": "x" * 201}):
        assert mine.post(f"/requests/{number}/title", data=fields).status_code == 422
    assert mine.post(f"/requests/{filed(mine)}/title", data={"title_public": "1"}).status_code == 422
    assert "Veiled" not in public(site)


def test_a_confidential_request_changes_no_public_figure(site: TestSite, asker: Account) -> None:
    mine = site.signed_in(asker)
    carried = {"offered": ["13"], "objective": ["13"]}
    for _ in range(FEW):
        filed(mine, **carried)
    before = public(site)
    assert "requests,13,3" in before
    for _ in range(FEW):
        filed(mine, **carried, confidential="1")
    assert public(site) == before
    filed(mine, **carried)
    assert public(site) != before


def test_the_secretariat_reads_who_waits_for_whom(site: TestSite, asker: Account) -> None:
    mine, theirs = site.signed_in(asker), site.signed_in(site.person(Role.SECRETARIAT))
    number = filed(mine, title="Waits for an answer", country="JPN", offered="19", objective="19", confidential="1")
    theirs.post(f"/requests/{number}/ask", data={"text": "Where?"})
    page = theirs.get("/board?objective=19").text
    assert "Waits for an answer" in page
    assert "waits for the one who asks" in page
    assert "Waits for an answer" in theirs.get("/board?region=030").text
    assert "Waits for an answer" not in theirs.get("/board?objective=20").text
    rows = {
        row["request"]: row
        for row in csv.DictReader(io.StringIO(theirs.get("/board/requests.csv").content.decode("utf-8-sig")))
    }
    row = rows[str(number)]
    assert (row["waits_for"], row["region"], row["objectives"], row["confidential"]) == ("asker", "030", "19", "1")
    assert PROBLEM not in str(rows)
    balance = {
        r["objective"]: r for r in csv.DictReader(io.StringIO(theirs.get("/board.csv").content.decode("utf-8-sig")))
    }
    assert (balance["19"]["open_requests"], balance["20"]["documents"]) == ("1", "1")


# --- from a search in vain ---


def test_what_was_searched_in_vain_is_carried(site: TestSite, asker: Account) -> None:
    mine = site.signed_in(asker)
    asked = "alternativas a la detención de niños en el Perú"
    page = mine.get(f"/es/search?q={asked}&objective=20&country=JPN&type=statement").text
    link = page.split('href="/es/requests/new')[1].split('"')[0].replace("&amp;", "&")
    assert set(link[1:].split("&")) >= {"country=JPN", "country=PER", "objective=20", "language=es"}
    form = mine.get(f"/es/requests/new{link}").text
    assert f">{asked}</textarea>" in form
    assert '<option value="JPN" selected>' in form
    assert 'id="objective-20" name="objective" value="20" checked' in form
    assert 'name="language" value="es"' in form


def test_what_was_carried_is_filed_as_it_was_left(site: TestSite, asker: Account) -> None:
    mine = site.signed_in(asker)
    number = filed(mine, text="Fronteras", language="es", offered=["13", "20", "99"], objective=["20", "99", "7"])
    with site.instance.database.read() as connection:
        request = requests.get(connection, number).request
    assert (request.objectives, request.language) == (("20",), "es")  # ticked, offered and known
    faulty = {"text": "", "country": "SEN", "offered": ["13", "20"], "objective": ["20"]}
    form = mine.post("/requests/new", data=faulty).text
    assert 'name="objective" value="20" checked' in form
    assert 'name="objective" value="13"><' in form


def test_nonsense_in_the_address_is_left_out(site: TestSite, asker: Account) -> None:
    form = site.signed_in(asker).get("/requests/new?q=x&country=XXX&country=sen&objective=99&language=klingon")
    assert form.status_code == 200
    assert '<option value="SEN" selected>' in form.text
    assert 'value="klingon"' not in form.text
    assert 'name="objective"' not in form.text
