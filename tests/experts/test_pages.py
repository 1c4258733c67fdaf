"""Experts' own pages, how they come in, and who may see whom."""

import html
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts
from kb.experts.expert import Availability, Consent, ConsentUse, Expert, LanguageLevel
from kb.experts.store import erasures, experts
from kb.matching.store import proposals, rankings
from kb.requests.request import Request
from kb.requests.store import requests
from tests.support import expert_samples
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:2])


@pytest.fixture(scope="module")
def officer(site: TestSite) -> Account:
    return site.person(Role.SECRETARIAT, email="officer@example.org")


def stored(site: TestSite, number: int) -> Expert:
    with site.instance.database.read() as connection:
        return experts.get(connection, number)


def dump(site: TestSite) -> str:
    """Everything in the database but the audit trail, whose details hold numbers alone, and what is computed."""
    with site.instance.database.read() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return "\n".join(str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}")))


def test_somebody_registers_and_is_invisible_until_they_agree(site: TestSite, officer: Account) -> None:
    account = site.person(Role.EXPERT, email="self@example.org", name="Self Sample")
    mine = site.signed_in(account)
    assert "There is no profile of you yet" in mine.get("/expert").text
    assert mine.post("/expert", data={"name": "  "}).status_code == 422
    saved = {"name": "Self Sample", "kind": "un", "countries": "Perú, Chile", "level-es": "fluent", "statement": "Bees"}
    assert mine.post("/expert", data=saved).status_code == 303
    theirs = site.signed_in(officer)
    assert "Self Sample" not in theirs.get("/experts").text + theirs.get("/people").text
    agreed = saved | {"uses": ["found", "public"], "hidden": ["countries"], "organisation": "Sample Hive"}
    assert mine.post("/expert", data=agreed).status_code == 303
    assert "Self Sample" in theirs.get("/experts").text
    public = theirs.get("/people").text
    assert "Self Sample" in public
    assert "Sample Hive" in public
    assert "Peru" not in public
    assert mine.post("/expert", data=agreed | {"paused": "1"}).status_code == 303
    assert "Self Sample" not in theirs.get("/people").text


def test_an_imported_person_consents_by_a_link_used_once(site: TestSite, officer: Account) -> None:
    person = expert_samples.add(site, expert_samples.expert("Import Sample", sample=False, consent=Consent()))
    theirs = site.signed_in(officer)
    with site.instance.database.write() as connection:
        connection.execute(text("UPDATE experts SET code = 'import-7' WHERE id = :id"), {"id": person.id})
    listed = theirs.get("/experts").text
    assert "import-7" in listed
    assert "Import Sample" not in listed
    assert theirs.post(f"/experts/{person.id}/invite", data={"email": "no"}).status_code == 422
    page = theirs.post(f"/experts/{person.id}/invite", data={"email": "imp@example.org", "language": "es"}).text
    link = html.unescape(re.search(r"http://testserver(/es/consent\?key=[^<]+)<", page)[1])  # type: ignore[index]
    guest = Client(site.app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
    assert "Import Sample" in guest.get(link).text
    assert guest.post(link, data={}).status_code == 422
    assert stored(site, person.id).consent == Consent()
    answer = guest.post(link, data={"uses": ["found", "proposed"]})
    assert urlsplit(answer.headers["location"]).path == "/es/welcome"
    assert guest.get(link).status_code == 410
    assert guest.post(link, data={"uses": ["public"]}).status_code == 410
    assert stored(site, person.id).consent.uses == {ConsentUse.FOUND, ConsentUse.PROPOSED}
    assert "Import Sample" in theirs.get("/experts").text


def test_a_consent_link_opens_no_account_with_other_tasks(site: TestSite) -> None:
    """Who can invite experts must not come into an account that nobody has chosen a password for yet."""
    for roles in ((Role.ADMIN,), (Role.ADMIN, Role.EXPERT)):
        account = site.person(*roles)
        person = expert_samples.add(
            site, expert_samples.expert(f"Chief Sample {len(roles)}", sample=False, consent=Consent())
        )
        with site.instance.database.write() as connection:
            token = experts.invite(connection, SYSTEM, person.id, account.email, "en")
        guest = Client(site.app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
        answer = guest.post(f"/consent?key={token}", data={"uses": ["found"]})
        assert urlsplit(answer.headers["location"]).path == "/sign-in"
        with site.instance.database.read() as connection:
            held = accounts.get(connection, account.id)
        assert held is not None
        assert set(held.roles) == {Role.ADMIN, Role.EXPERT}


def test_a_consent_link_runs_out(site: TestSite, officer: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    person = expert_samples.add(site, expert_samples.expert("Slow Sample", sample=False, consent=Consent()))
    monkeypatch.setattr(experts, "LASTS", timedelta(seconds=-1))
    with site.instance.database.write() as connection:
        token = experts.invite(connection, SYSTEM, person.id, "slow@example.org", "en")
    assert site.client.get(f"/consent?key={token}").status_code == 410


def test_everything_is_exported_and_erased(site: TestSite, officer: Account) -> None:
    person, account = expert_samples.add_with_account(
        site, expert_samples.expert("Zephyrine Sample"), "zephyrine@example.org"
    )
    mine, theirs = site.signed_in(account), site.signed_in(officer)
    mine.post("/expert/works", data={"title": "Zephyrine's second work", "body": "Passports.", "year": "2020"})
    with site.instance.database.write() as connection:
        number = requests.file(connection, officer.actor, Request("Passports are lost. Zephyr?", "en", country="PER"))
    listed = theirs.post(f"/requests/{number}/ranking").headers["location"].rsplit("=", 1)[1]
    data = {"ranking": listed, "at": "filed", "expert": str(person.id), "reason": "Zephyrine knows."}
    assert theirs.post(f"/requests/{number}/slate", data=data).status_code == 303
    with site.instance.database.read() as connection:
        found = proposals.of_request(connection, number)[0]
    theirs.post(f"/requests/{number}/invite", data={"proposal": str(found.id), "at": "matched"})
    mine.post(f"/invitations/{found.id}", data={"answer": "accept", "text": "Zephyrine says yes."})
    export = mine.post("/expert/export").json()
    assert export["profile"]["name"] == "Zephyrine Sample"
    assert [work["title"] for work in export["works"]][-1] == "Zephyrine's second work"
    assert export["proposals"][0]["answer"] == "Zephyrine says yes."
    assert [each["what"] for each in export["happened"]] == ["chosen", "invited", "accepted"]
    assert [each["text"] for each in export["happened"]] == ["", "", "Zephyrine says yes."]
    assert mine.post("/expert/erase", data={}).status_code == 422
    assert "Zephyrine" in dump(site)
    assert mine.post("/expert/erase", data={"sure": "1"}).status_code == 303
    assert "zephyrine" not in dump(site).lower()
    assert "Zephyrine" not in theirs.get(f"/requests/{number}/matching").text
    assert "Cannot be asked any more" in theirs.get(f"/requests/{number}").text
    assert mine.get("/expert").status_code == 303  # the account is gone, too
    assert [(e.kind, e.key) for e in erasures.read(site.instance.home / erasures.FILE)][-1] == ("expert", person.id)
    assert json.dumps(export)  # plain values alone


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_form_reads_back_every_country_it_shows(site: TestSite, language: str) -> None:
    codes = ("COD", "COG", "TTO", "LCA", "PSE", "KGZ", "COM", "SLB", "VAT", "HKG")
    spoken = (("es", LanguageLevel.FLUENT), ("de", LanguageLevel.WORKING))  # German came by an import
    expert = expert_samples.expert(f"Travelled Sample {language}", countries=codes, languages=spoken)
    person, account = expert_samples.add_with_account(site, expert, f"travelled-{language}@example.org")
    mine = site.signed_in(account)
    page = mine.get(f"/{language}/expert").text
    shown = re.search(r'name="countries"[^>]*value="([^"]+)"', page)
    assert shown is not None
    form = {"name": expert.name, "countries": html.unescape(shown[1]), "level-es": "fluent", "level-de": "basic"}
    assert mine.post(f"/{language}/expert", data=form).status_code == 303
    assert stored(site, person.id).countries == codes
    assert stored(site, person.id).languages == (("es", LanguageLevel.FLUENT), ("de", LanguageLevel.BASIC))
    assert mine.post("/expert", data=form | {"countries": "Peru, Narnia"}).status_code == 422
    assert stored(site, person.id).countries == codes


def test_a_consent_is_renewed_by_saying_so_and_not_by_saving(site: TestSite) -> None:
    given, soon = date(2025, 1, 15), date.today() + timedelta(days=5)
    agreed = Consent(frozenset({ConsentUse.FOUND}), given, soon)
    person, account = expert_samples.add_with_account(
        site, expert_samples.expert("Renewing Sample", consent=agreed), "renew@example.org"
    )
    mine = site.signed_in(account)
    form = {"name": "Renewing Sample", "uses": ["found"]}
    assert mine.post("/expert", data=form).status_code == 303
    assert stored(site, person.id).consent.given == given
    assert mine.post("/expert", data=form | {"anew": "1"}).status_code == 303
    renewed = stored(site, person.id).consent
    assert renewed.expires is not None
    assert renewed.expires > soon + timedelta(days=700)
    with site.instance.database.write() as connection:
        ran_out = replace(stored(site, person.id), consent=replace(agreed, expires=date(2025, 2, 1)))
        experts.save(connection, SYSTEM, ran_out)
    page = mine.get("/expert").text
    assert "ran out on" in page
    assert not re.search(r'name="uses"[^>]*checked', page)


def test_a_restored_backup_erases_again(site: TestSite) -> None:
    person = expert_samples.add(site, expert_samples.expert("Revenant Sample"))
    with site.instance.database.write() as connection:
        replayed = [erasures.Erasure("expert", person.id, ""), erasures.Erasure("expert", 10**6, "")]
        assert erasures.replay(connection, replayed) == 2
    assert "Revenant" not in dump(site)


def test_an_account_with_other_tasks_stays(site: TestSite) -> None:
    person, _account = expert_samples.add_with_account(site, expert_samples.expert("Both Sample"), "both@example.org")
    with site.instance.database.write() as connection:
        connection.execute(
            text("INSERT INTO account_roles SELECT id, 'librarian' FROM accounts WHERE email = 'both@example.org'")
        )
        experts.erase(connection, person.id)
        held = connection.execute(text("SELECT role FROM account_roles ar JOIN accounts a ON a.id = ar.account "
                                       "WHERE a.email = 'both@example.org'")).scalars().all()  # fmt: skip
    assert held == ["librarian"]


# --- who may see whom ---

DAY = date(2026, 1, 15)
_consents = st.builds(
    Consent,
    st.frozensets(st.sampled_from(list(ConsentUse))),
    st.sampled_from([None, DAY, date(2200, 1, 1)]),
    st.sampled_from([None, DAY, date(2200, 1, 1)]),
)
_people = st.tuples(_consents, st.booleans(), st.sampled_from(["", "Ministry X", "PER"]), st.integers(0, 1))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(_people, min_size=1, max_size=4))
def test_nobody_is_shown_to_whom_they_are_hidden_from(
    site: TestSite, officer: Account, drawn: list[tuple[Consent, bool, str, int]]
) -> None:
    """Over random consents, pauses, conflicts and limits: the pages and the export of the board name nobody wrongly."""
    people = []
    for number, (consent, paused, declared, limit) in enumerate(drawn):
        changes = {
            "consent": consent,
            "declared": (declared,) if declared else (),
            "availability": Availability(paused, None, limit),
        }
        people.append(expert_samples.add(site, expert_samples.expert(f"Person{number} Sample", **changes)))
    asker = site.person(Role.OFFICIAL)
    with site.instance.database.write() as connection:
        asked = Request("Consulates replace lost passports.", "en", country="PER", organisation="Ministry X")
        number = requests.file(connection, asker.actor, asked)
    theirs, mine = site.signed_in(officer), site.signed_in(asker)
    ranking = theirs.post(f"/requests/{number}/ranking", data={"size": "2"}).headers["location"]
    today = date.today()
    with site.instance.database.read() as connection:
        kept = rankings.get(connection, int(ranking.rsplit("=", 1)[1])).ranking
    eligible = {each.expert for each in kept.people}
    office = theirs.get(ranking).text + theirs.get("/experts").text
    asking = "".join(mine.get(path).text for path in (f"/requests/{number}", "/requests", "/support"))
    everybody = site.client.get("/people").text
    for person in people:
        found = person.consent.covers(ConsentUse.FOUND, today)
        assert (person.name in office) is found
        free = found and person.consent.covers(ConsentUse.PROPOSED, today) and not person.availability.paused
        conflict = bool({"Ministry X", "PER"} & set(person.declared))
        assert (person.id in eligible) is (free and not conflict and person.availability.monthly_limit > 0)
        assert person.name not in asking
        shown = person.consent.covers(ConsentUse.PUBLIC, today) and not person.availability.paused
        assert (person.name in everybody) is shown
    # What is taken back is taken back on the page of the ranking as it stood, too.
    for person in people:
        expert_samples.save(site, replace(person, consent=Consent()))
    after = theirs.get(ranking).text
    assert not any(person.name in after for person in people)
