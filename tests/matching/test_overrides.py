"""Where officers went against rankings: what counts, what the secretariat reads of it, and what it may not."""

import csv
import io
from dataclasses import replace

import pytest

from kb.accounts.account import Role
from kb.accounts.audit_actions import InstanceAction
from kb.accounts.store import audit_trail
from kb.experts.expert import Consent
from kb.experts.store import experts
from kb.matching.overrides import OverrideKind, by_objective, by_region, overrides
from kb.matching.store import choices as decided
from kb.store.database import Database
from tests.support import decisions
from tests.support.decisions import ASKED, choose, expert, file, rank
from tests.support.documents import Instance, hashing
from tests.support.site import TEXTS, TestSite, make_site


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Instance(tmp_path_factory.mktemp("home"), hashing()).database


def found(database: Database) -> list[tuple[OverrideKind, int | None, int | None, str]]:
    with database.read() as connection:
        named = {each.id for each in experts.profiles(connection)}
        return [
            (one.way, one.expert, one.rank, one.reason)
            for one in overrides(decided.choices(connection), decided.declined(connection), named)
        ]


def test_what_goes_against_a_ranking(database: Database) -> None:
    a, b, c, d, e = (expert(database, f"Sample {n}") for n in range(5))
    ranking = rank(database, file(database), [a, b, c, d], slate=[a, b, d])
    choose(database, ranking, {a: "", c: "", e: "Knows the ministry."}, "Speaks the language.")
    assert sorted(found(database), key=str) == [
        (OverrideKind.BY_HAND, e, None, "Knows the ministry."),
        (OverrideKind.PASSED_OVER, b, 2, "Speaks the language."),
        (OverrideKind.PASSED_OVER, d, 4, "Speaks the language."),
    ]


def test_whoever_follows_the_slate_goes_against_nothing(database: Database) -> None:
    a, b, c, d = (expert(database, f"Sample {n}") for n in range(4))
    number = file(database)
    first = rank(database, number, [a, b, c], slate=[a, c])  # balance passed over b, not the officer
    choose(database, first, {a: "", c: ""})
    decisions.answer(database, number, a, accepts=False)
    choose(database, first, {b: ""})  # who could step in
    again = rank(database, number, [c, d], slate=[c, d])  # c is asked already
    choose(database, again, {d: ""})
    assert found(database) == []
    fewer = rank(database, file(database), [a, b, c], slate=[a, b, c])
    choose(database, fewer, {a: "", b: ""})  # a shorter slate
    assert found(database) == []


def test_a_request_that_is_declined_counts_when_people_were_found(database: Database) -> None:
    someone = expert(database, "Sample")
    unranked, ranked, nobody = (file(database, replace(ASKED, country="FRA")) for _ in range(3))
    rank(database, ranked, [someone], slate=[someone])
    rank(database, nobody, [])
    for number in (unranked, ranked, nobody):
        decisions.decline(database, number, "Not ours to do.")
    assert found(database) == [(OverrideKind.DECLINED, None, None, "Not ours to do.")]
    with database.read() as connection:
        choices, refused = decided.choices(connection), decided.declined(connection)
    one = overrides(choices, refused, [])
    assert {n: t.ways[OverrideKind.DECLINED] for n, t in by_objective(choices, one).items()} == {"14": 1}
    assert {r: t.ways[OverrideKind.DECLINED] for r, t in by_region(choices, one).items()} == {"155": 1}


def test_of_who_is_gone_the_count_stays_alone(database: Database) -> None:
    first, second = expert(database, "Sample 1"), expert(database, "Sample 2")
    choose(database, rank(database, file(database), [first], slate=[first]), {second: "Knows her well."})
    with database.write() as connection:
        experts.erase(connection, second)
    assert sorted(found(database), key=str) == [
        (OverrideKind.BY_HAND, None, None, ""),
        (OverrideKind.PASSED_OVER, first, 1, ""),
    ]


# --- the page ---


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    site = make_site(tmp_path_factory.mktemp("site"), TEXTS[:1])
    database = site.instance.database
    a, b = expert(database, "Over Sample"), expert(database, "Hand Sample")
    choose(database, rank(database, file(database), [a], slate=[a]), {b: "=Knows the ministry."})
    peru = replace(ASKED, country="FRA", objectives=("13",), title="Other request")
    number = file(database, peru)
    rank(database, number, [a], slate=[a])
    decisions.decline(database, number, "Not ours to do.")
    return site


def test_the_secretariat_reads_it_with_reasons(site: TestSite) -> None:
    client = site.signed_in(site.person(Role.SECRETARIAT))
    page = client.get("/overrides").text
    for words in ("Over Sample", "Hand Sample", "=Knows the ministry.", "Not ours to do.", "place 1 of the list"):
        assert words in page
    assert 'href="/requests/1/matching?list=1"' in page
    assert client.get("/requests/1/matching?list=1").status_code == 200
    assert "Over Sample" not in (only := client.get("/overrides?objective=13").text)
    assert "Not ours to do." in only
    assert "Over Sample" in client.get("/overrides?region=005").text
    seen = [
        e for e in audit_trail.history_of(site.instance.database, "overrides", "all") if e.action == InstanceAction.SEEN
    ]
    assert [e.details["count"] for e in seen] == [2] * 3


def test_the_table_can_be_opened_in_a_spreadsheet(site: TestSite) -> None:
    client = site.signed_in(site.person(Role.SECRETARIAT))
    rows = list(csv.DictReader(io.StringIO(client.get("/overrides.csv").content.decode("utf-8-sig"))))
    assert [(r["way"], r["request"], r["objectives"], r["region"]) for r in rows] == [
        ("declined", "2", "13", "155"), ("by-hand", "1", "14", "005"), ("passed-over", "1", "14", "005"),
    ]  # fmt: skip
    assert rows[1]["reason"] == "'=Knows the ministry."  # no formula
    assert "Hand Sample" not in str(rows)
    assert [
        r["way"]
        for r in csv.DictReader(io.StringIO(client.get("/overrides.csv?objective=13").content.decode("utf-8-sig")))
    ] == ["declined"]


def test_an_admin_sees_no_names_and_others_nothing(site: TestSite) -> None:
    page = site.signed_in(site.person(Role.ADMIN)).get("/overrides")
    assert (page.status_code, "Sample" in page.text, "/matching" in page.text) == (200, False, False)
    assert "Somebody who is not shown" in page.text
    for role in (Role.OFFICIAL, Role.EXPERT, Role.LIBRARIAN):
        assert site.signed_in(site.person(role)).get("/overrides").status_code == 404


def test_who_withdrew_is_not_named(site: TestSite) -> None:
    database = site.instance.database
    shy = expert(database, "Shy Sample")
    choose(database, rank(database, file(database), []), {shy: "Told me of her illness."})
    client = site.signed_in(site.person(Role.SECRETARIAT))
    assert "Shy Sample" in client.get("/overrides").text
    decisions.change(database, shy, consent=Consent())
    for page in ("/overrides", "/overrides.csv"):
        told = client.get(page).text
        assert "Shy Sample" not in told
        assert "illness" not in told
