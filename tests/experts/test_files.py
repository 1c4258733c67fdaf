"""Files of experts, names of organisations and past assignments: what they become, who sees them, how they go."""

import html
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Account, Role
from kb.cli import bootstrap
from kb.experts.expert import Consent, Expert, OrganisationKind, Support
from kb.experts.store import erasures, experts, organisations
from kb.experts.store import works as works_store
from kb.matching.eligibility import ExclusionReason, MatchingContext, check_eligibility
from kb.matching.store import proposals, rankings
from kb.operations.store.backup import Holdings, take
from kb.operations.store.restore import Target, restore
from kb.requests.case import ProposalStatus
from kb.requests.request import Request, Stage
from kb.requests.store import requests
from kb.store.database import open_database
from tests.support import expert_samples
from tests.support.bad_files import encrypted_pdf, image_pdf
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site, taxonomy

CV = b"""# Quirina Sample

Phone: +51 999 888 777

## Experience

2018 - 2021 Quixotic pilot of alternatives to detention, with forms of assessment.

2014 - 2018 Adviser of mobile consulates that renewed lost passports.
"""
FILE = {"file": ("quirina-cv.md", CV, "text/markdown")}


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
    with site.instance.database.read() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return "\n".join(str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}")))


def test_a_cv_becomes_works_that_nobody_else_sees(site: TestSite, officer: Account) -> None:
    person, account = expert_samples.add_with_account(
        site, expert_samples.expert("Quirina Sample", works=()), "quirina@example.org"
    )
    mine, theirs = site.signed_in(account), site.signed_in(officer)
    assert mine.post("/expert/files", data={"kind": "cv"}, files=FILE).status_code == 303
    works = stored(site, person.id).works
    assert [(work.kind, work.year) for work in works] == [("assignment", 2021), ("assignment", 2018)]
    assert "quirina-cv.md" in mine.get("/expert").text
    assert mine.post("/expert/files", data={"kind": "cv"}, files=FILE).status_code == 422  # read already
    for address in ("/search?q=Quixotic+pilot", "/people", "/experts"):
        assert "forms of assessment" not in theirs.get(address).text
    assert "forms of assessment" not in str(theirs.get("/api/search?q=Quixotic+pilot").json()["hits"])
    assert mine.post("/expert/works/shown", data={"shown": [str(works[0].id)]}).status_code == 303
    public = theirs.get("/people").text
    assert "Quixotic" in public
    assert "mobile consulates" not in public
    assert mine.post("/expert/export").json()["files"][0]["name"] == "quirina-cv.md"
    with site.instance.database.read() as connection:
        number = works_store.files(connection, person.id)[0].id
    assert mine.post("/expert/files/remove", data={"file": str(number)}).status_code == 303
    assert stored(site, person.id).works == ()
    assert "Quixotic" not in dump(site)
    assert "999 888" not in dump(site)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("cv.pdf", b"%PDF-1.7 broken", "Damaged"),
        ("cv.pdf", image_pdf(), "No text in it"),
        ("cv.pdf", encrypted_pdf("secret"), "Protected with a password"),
        ("cv.exe", b"MZ\x90\x00", "Not a kind that is read"),
        ("", b"", "Choose a file"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(site: TestSite, name: str, data: bytes, told: str) -> None:
    address = f"reader-{told.split()[0].lower()}@example.org"
    person, account = expert_samples.add_with_account(site, expert_samples.expert(f"Reader {told}", works=()), address)
    files = {"file": (name, data, "application/octet-stream")} if name else None
    answer = site.signed_in(account).post("/expert/files", data={"kind": "cv"}, files=files)
    assert answer.status_code == 422
    assert told in answer.text
    assert stored(site, person.id).works == ()


def test_the_secretariat_adds_a_file_only_before_the_person_decided(site: TestSite, officer: Account) -> None:
    person = expert_samples.add(
        site, expert_samples.expert("Undecided Sample", works=(), sample=False, consent=Consent())
    )
    theirs = site.signed_in(officer)
    path = f"/experts/{person.id}/files"
    assert theirs.post(path, data={"kind": "cv"}, files=FILE).status_code == 303
    assert len(stored(site, person.id).works) == 2
    with site.instance.database.write() as connection:
        token = experts.invite(connection, SYSTEM, person.id, "undecided@example.org", "en")
    guest = Client(site.app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
    assert "Quixotic" in guest.get(f"/consent?key={token}").text  # they see what was read in
    assert guest.post(f"/consent?key={token}", data={"uses": ["found"]}).status_code == 303
    assert theirs.post(path, data={"kind": "cv"}, files={"file": ("b.md", CV + b"\n", "")}).status_code == 404
    assert site.signed_in(site.person(Role.EXPERT)).post(path, files=FILE).status_code == 404


def test_a_restored_old_backup_forgets_works_files_vectors_and_contacts(site: TestSite, tmp_path: Path) -> None:
    person, account = expert_samples.add_with_account(
        site, expert_samples.expert("Revenant Sample"), "revenant@example.org"
    )
    file = {"file": ("old-cv.md", CV.replace(b"Quixotic", b"Querulous"), "text/markdown")}
    assert site.signed_in(account).post("/expert/files", data={"kind": "cv"}, files=file).status_code == 303
    home = site.instance.home
    with site.instance.database.write() as connection:
        connection.execute(
            text("INSERT INTO work_vectors SELECT id, 'e', x'00', x'00', x'00', '[0.5]', 'm' FROM expert_works "
                 "WHERE expert = :id"), {"id": person.id},
        )  # fmt: skip
    held = Holdings(home, home / "kb.sqlite", bootstrap.CORPUS / "vocabularies", {}, "1")
    take(held, tmp_path / "backup")
    assert site.signed_in(account).post("/expert/erase", data={"sure": "1"}).status_code == 303
    target = Target(tmp_path / "new", tmp_path / "new" / "kb.sqlite")
    restore(tmp_path / "backup", target, erasures.read(home / erasures.FILE))
    raw = target.database.read_bytes().lower()
    for trace in (b"revenant", b"querulous", b"old-cv.md"):
        assert trace not in raw
    database = open_database(f"sqlite:///{target.database}", target.home)
    with database.read() as connection:
        for table in ("expert_works", "expert_files", "expert_contacts"):
            counted = connection.execute(text(f"SELECT count(*) FROM {table} WHERE expert = :id"), {"id": person.id})
            assert counted.scalar() == 0
        orphans = text("SELECT count(*) FROM work_vectors WHERE work NOT IN (SELECT id FROM expert_works)")
        assert connection.execute(orphans).scalar() == 0
    assert "revenant@example.org" in erasures.read_erased(target.home)


def test_a_number_of_who_was_erased_is_given_to_nobody_else(site: TestSite) -> None:
    """Else a list of erasures that is replayed later would erase the next person."""
    last = expert_samples.add(site, expert_samples.expert("Last Sample")).id
    with site.instance.database.write() as connection:
        assert erasures.replay(connection, [erasures.Erasure("expert", last + 3, "")]) == 1
    assert expert_samples.add(site, expert_samples.expert("Next Sample")).id > last + 3


def test_names_in_a_list_that_was_begun_long_ago_are_still_known(tmp_path: Path) -> None:
    """What an instance wrote down years before holds digests of names as they were compared then."""
    digests = [
        "a6de6d30c8c30b3dc3a1bcc05a85342ee6e9754a07d58b6006933521b1dc393d",
        "ee7821973544b652cff27adb35f3d35f2a513f51e64d0fe72ced6bcbd2a0e2c1",
    ]
    salt = "00112233445566778899aabbccddeeff"
    written = {"kind": "expert", "key": 4, "time": "2026-01-02T03:04:05+00:00", "salt": salt, "digests": digests}
    (tmp_path / erasures.FILE).write_text(json.dumps(written) + "\n", "utf-8")
    known = erasures.read_erased(tmp_path)
    assert all(name in known for name in ("José.Niño@example.org", " JOSÉ.NIÑO@EXAMPLE.ORG ", "straße-7", "STRASSE-7"))
    assert not any(name in known for name in ("Jose.Nino@example.org", "strase-7", ""))


# --- names of organisations ---


@pytest.mark.parametrize(
    ("own", "aliases", "asks"),
    [
        ("OIM", (), "International Organization for Migration"),
        ("Organisation internationale pour les migrations", (), "OIM Perú"),
        ("Instituto de Muestra", (), "Sample Institute"),  # by the page
        ("Institut (exemple)", (), "IM-Lima"),  # by the page
        ("Casa de Muestra", ("CM", "Maison exemple"), "Maison Exemple"),  # by their own profile
    ],
)
def test_a_conflict_is_seen_through_language_and_acronym(
    site: TestSite, officer: Account, own: str, aliases: tuple[str, ...], asks: str
) -> None:
    name_them(site, officer, "Instituto de Muestra; Sample Institute; Institut (exemple); IM-Lima")
    expert = expert_samples.expert("Ana Sample", organisation=own, aliases=aliases, kind=OrganisationKind.CIVIL_SOCIETY)
    with site.instance.database.read() as connection:
        known = organisations.aliases(connection)
    present = MatchingContext(date(2026, 11, 21), aliases=known)
    found = check_eligibility(Request("x", "en", organisation=asks), [expert], present)
    assert [ground for each in found.exclusions for ground, _ in each.reasons] == [ExclusionReason.SAME_ORGANISATION]
    assert check_eligibility(Request("x", "en", organisation="Another Institute"), [expert], present).exclusions == ()


def name_them(site: TestSite, officer: Account, names: str) -> None:
    theirs = site.signed_in(officer)
    with site.instance.database.read() as connection:
        state = organisations.state(organisations.list_groups(connection))
    assert theirs.post("/organisations", data={"names": names, "state": state}).status_code == 303


def test_names_that_somebody_else_changed_are_not_lost(site: TestSite, officer: Account) -> None:
    name_them(site, officer, "A Sample; B Sample")
    answer = site.signed_in(officer).post("/organisations", data={"names": "C Sample; D Sample", "state": "old"})
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert "A Sample; B Sample" in page
    assert "C Sample; D Sample" in page
    one = site.signed_in(officer).post("/organisations", data={"names": "Lonely Sample", "state": "old"})
    assert "at least two names" in one.text


# --- past assignments ---


@pytest.mark.parametrize(("confidential", "told"), [(False, "Perú, asesoría"), (True, "Protección consular")])
def test_a_request_that_was_served_is_evidence_without_its_problem(
    site: TestSite, officer: Account, confidential: bool, told: str
) -> None:
    person = expert_samples.add(site, expert_samples.expert(f"Served Sample {confidential}"))
    asked = Request("Se pierden pasaportes en Xibalba.", "es", country="PER", objectives=("14",),
                    support=Support.ADVICE, confidential=confidential, organisation="Cancillería")  # fmt: skip
    with site.instance.database.write() as connection:
        number = requests.file(connection, officer.actor, asked)
    listed = int(site.signed_in(officer).post(f"/requests/{number}/ranking").headers["location"].rsplit("=", 1)[1])
    with site.instance.database.write() as connection:
        ranked = rankings.get(connection, listed)
        proposals.choose(connection, officer.actor, ranked, {person.id: "knows"}, Stage.FILED, "knows")
        proposal = proposals.of_request(connection, number)[0].id
        proposals.invite(connection, officer.actor, proposal, Stage.MATCHED)
        proposals.answer(connection, proposal, accepts=True)
        proposals.settle(connection, officer.actor, proposal, agrees=True)
        assert proposals.get(connection, proposal).standing is ProposalStatus.AGREED
        requests.move(connection, officer.actor, number, Stage.UNDER_WAY, Stage.ACCEPTED)
        requests.move(connection, officer.actor, number, Stage.CLOSED, Stage.UNDER_WAY, taxonomy=taxonomy())
    work = stored(site, person.id).works[-1]
    assert (work.kind, work.request, work.language) == ("assignment", number, "es")
    assert work.title.endswith(told)
    assert "consular" in work.text
    for private in ("Xibalba", "pasaportes", "Cancillería"):
        assert private not in work.text
    assert ("Perú" in work.text) is not confidential
    with site.instance.database.write() as connection:  # never on the public list: who asked did not agree to that
        works_store.show(connection, SYSTEM, person.id, [work.id])
    assert not any(each.shown for each in stored(site, person.id).works)
