"""Experts read in by the secretariat: every row is said, nobody is shown, and what people decided stays decided."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Account, Role
from kb.experts.expert import Consent, ConsentUse, Expert
from kb.experts.import_rows import read
from kb.experts.store import encoded_experts, erasures, experts, works
from kb.experts.store.imports import store_row
from tests.support import expert_samples
from tests.support.command_line import Instance
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site

HEAD = "code,name,email,letter_language,organisation,statement,works\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:2])


@pytest.fixture(scope="module")
def officer(site: TestSite) -> Account:
    return site.person(Role.SECRETARIAT, email="officer@example.org")


def send(site: TestSite, officer: Account, table: str, name: str = "people.csv") -> str:
    answer = site.signed_in(officer).post("/experts/import", files={"file": (name, table.encode(), "text/csv")})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def outcomes(page: str) -> list[str]:
    cells = re.findall(r"<tr><td>\d+</td><td>[^<]*</td><td>(?:<strong>)?([^<]+)", page)
    return [cell.strip() for cell in cells]


def person(site: TestSite, code: str) -> Expert:
    with site.instance.database.read() as connection:
        number = {c: n for n, c in experts.codes(connection).items()}[code]
        return experts.get(connection, number)


def guest(site: TestSite) -> Client:
    return Client(site.app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)


def test_good_rows_are_stored_bad_ones_told_and_nobody_is_shown(site: TestSite, officer: Account) -> None:
    table = (
        HEAD
        + "a1,Amparo Sample,amparo@example.org,es,,Knows ports.,A report (2021)\na2,,,,,,\na3,Bad Sample,nobody,,,,\n"
    )
    page = send(site, officer, table)
    assert outcomes(page) == ["Read in. Nobody sees the person before they agree.", "Not read in.", "Not read in."]
    assert "The column “name” is empty." in page
    assert "“nobody” is no e-mail address." in page
    theirs = site.signed_in(officer)
    shown = theirs.get("/experts").text
    assert "a1" in shown
    assert "Amparo" not in shown + theirs.get("/people").text
    assert person(site, "a1").consent == Consent()
    link = re.search(r"http://testserver(/es/consent\?key=[^<]+)<", page)
    assert link is not None
    assert "Amparo Sample" in guest(site).get(link[1]).text
    assert outcomes(send(site, officer, table))[0] == "The same as before."
    assert "consent?key" not in send(site, officer, table)  # who has a link is not given another one
    assert guest(site).get(link[1]).status_code == 200


def test_what_the_person_edited_is_kept(site: TestSite, officer: Account) -> None:
    page = send(site, officer, HEAD + "k1,Kept Sample,kept@example.org,en,Old Office,,\n")
    assert outcomes(send(site, officer, HEAD + "k1,Kept Sample,kept@example.org,en,New Office,,\n")) == [
        "Changed to what the file says."
    ]
    link = re.search(r"http://testserver(/en/consent\?key=[^<]+)<", page)
    assert link is not None
    assert guest(site).post(link[1], data={"uses": ["found"]}).status_code == 303
    for table in (
        "k1,Kept Sample,kept@example.org,en,Third Office,,\n",
        "k9,Kept Sample,KEPT@example.org,en,Third,,\n",
    ):
        assert outcomes(send(site, officer, HEAD + table)) == ["Kept: edited by the person."]
    kept = person(site, "k1")
    assert kept.organisation == "New Office"
    assert kept.consent.uses == {ConsentUse.FOUND}


def test_who_was_erased_is_not_brought_back(site: TestSite, officer: Account) -> None:
    page = send(site, officer, HEAD + "e1,Erased Sample,erased@example.org,en,,,\n")
    link = re.search(r"http://testserver(/en/consent\?key=[^<]+)<", page)
    assert link is not None
    assert guest(site).post(link[1], data={"answer": "erase"}).status_code == 303
    again = "e1,Erased Sample,,,,,\ne2,Erased Sample,Erased@Example.org,,,,\ne3,Other Sample,,,,,\n"
    assert outcomes(send(site, officer, HEAD + again)) == [
        "Erased on request: not imported.", "Erased on request: not imported.",
        "Read in. Nobody sees the person before they agree.",
    ]  # fmt: skip
    listed = (site.instance.home / erasures.FILE).read_text("utf-8")
    assert "erased@example.org" not in listed.casefold()
    assert '"e1"' not in listed
    number = person(site, "e3").id
    invited = site.signed_in(officer).post(f"/experts/{number}/invite", data={"email": "erased@example.org"})
    assert invited.status_code == 422
    assert "had their profile erased" in html.unescape(invited.text)


def test_an_address_is_of_one_person(site: TestSite, officer: Account) -> None:
    send(site, officer, HEAD + "o1,One Sample,one@example.org,,,,\n")
    page = send(site, officer, HEAD + "o2,Two Sample,one@example.org,,,,\n")
    assert outcomes(page) == ["Not read in."]
    assert "the person called o1 here" in page


def test_the_site_reads_no_samples_and_no_other_files(site: TestSite, officer: Account) -> None:
    line = json.dumps(
        {"code": "s", "name": "S", "sample": True, "consent": {"uses": ["public"], "given": "2026-01-01"}}
    )
    assert "Samples are read in on the command line." in send(site, officer, line, "x.jsonl")
    theirs = site.signed_in(officer)
    assert theirs.post("/experts/import", files={"file": ("x.csv", b"a,b\n", "text/csv")}).status_code == 422
    assert theirs.post("/experts/import", data={}).status_code == 422
    given = theirs.get("/fr/experts-template.csv")
    assert given.content.startswith("\ufeffcode;nom;courriel".encode())
    assert read("t.csv", given.content, None).rows == ()


def test_an_import_leaves_what_came_from_a_file_alone(site: TestSite) -> None:
    row = read("x.csv", (HEAD + "f1,File Sample,,,,,First title\n").encode(), None).rows[0]
    with site.instance.database.write() as connection:
        number = store_row(connection, SYSTEM, row, ()).expert or 0
        read_in = expert_samples.expert("x").works
        works.add_file(connection, SYSTEM, number, "cv.pdf", "cv", "0" * 64, read_in)
        assert row.expert is not None
        other = replace(row, expert=replace(row.expert, works=()))
        assert store_row(connection, SYSTEM, other, ()).outcome == "updated"
        assert [work.title for work in experts.get(connection, number).works] == [read_in[0].title]


# --- the command line ---


def test_the_command_reads_tables_and_encodes_once(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home", late="no", public_url="https://hub.example")
    file = tmp_path / "people.csv"
    file.write_text(HEAD + "a,Ana,ana@example.org,fr,,,Inspection of workshops\nb,,,,,,\n", "utf-8")
    first = instance.run("people", "import", file, "--json")
    assert first.status == 1
    assert [row["outcome"] for row in first.json] == ["added", "refused"]
    assert first.json[0]["link"].startswith("https://hub.example/fr/consent?key=")
    assert "Fill it in" in first.json[1]["message"]
    said = instance.run("people", "import", file)
    assert "line 3, b: refused." in said.out
    assert "1 unchanged, 1 refused" in said.err
    assert encoded_experts.unencoded(instance.database(), "none") != []
    assert all(encoded_experts.unencoded(instance.database(), each) == [] for each in encoders(instance))
    assert instance.run("people", "template", "--language", "es").out.startswith("\ufeffcódigo;nombre")


def encoders(instance: Instance) -> list[str]:
    with instance.database().read() as connection:
        found = list(connection.execute(text("SELECT DISTINCT encoder FROM work_vectors")).scalars())
    assert found
    return found


def test_another_encoder_reaches_works_too_and_the_doctor_tells(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home", late="yes")
    document = tmp_path / "a.txt"
    document.write_text("Consulates renew lost passports in mobile teams, said the report.\n" * 5, "utf-8")
    assert instance.run("ingest", document, "--publish").status == 0
    file = tmp_path / "people.csv"
    file.write_text(HEAD + "a,Ana,,,,,Inspection of workshops\n", "utf-8")
    assert instance.run("people", "import", file).status == 0
    assert "works" not in [finding["check"] for finding in instance.run("doctor", "--json").json]
    with instance.database().write() as connection:
        connection.execute(text("UPDATE work_vectors SET encoder = 'another', tokens = x'00'"))
    found = next(f for f in instance.run("doctor", "--json").json if f["check"] == "works")
    assert (found["level"], found["mend"]) == ("note", "kb people encode")
    assert "works of experts: 1" in instance.run("index", "reencode").err
    assert "works" not in [finding["check"] for finding in instance.run("doctor", "--json").json]
    assert "another" not in encoders(instance)
