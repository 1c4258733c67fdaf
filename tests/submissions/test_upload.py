"""Sending files in, as a browser and as a program do it: what is taken, what is told, who sees it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from httpx2 import Response

from ingest.readers.sandbox import Limits, Sandbox
from ingest.worker import Worker
from kb.accounts.account import Account, Role
from kb.accounts.store import api_tokens
from kb.documents.practice import SECTIONS, Field
from kb.documents.state import State
from kb.documents.store import documents, history, originals, practices
from kb.jobs.job import MOST_WAITING, Job, JobFilter, JobState
from kb.jobs.store import queue
from tests.support import bad_files
from tests.support.http_client import Client
from tests.support.site import SCRIPT, TEXTS, TestSite, make_site
from tests.support.uploads import work, worker_of

TEXT = b"# Mobile consulates\n\nConsulates that travel renewed the passports of 4,000 workers within a year.\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FIELDS: dict[str, str | list[str]] = {
    Field.TITLE: "Windows for people who return",
    Field.IMPLEMENTER: "Ministry of Labour of Peru",
    Field.FOCAL_POINT: "Ana Sample, ana.sample@example.org",
    Field.COUNTRIES: "Peru",
    Field.BEGIN: "2021-03",
    Field.OBJECTIVES: ["21", "18"],
    Field.PRINCIPLES: ["human-rights"],
    Field.SUMMARY: "One window in each town hall.\nIt issues papers and finds courses.",
    Field.CONTEXT: "People came back without papers.",
    Field.CHALLENGES: "Offices did not speak with one another.",
    Field.RESULTS: "3,000 people had papers after a month.",
    Field.REASONS: "One office was in charge.",
    Field.REPLICABLE: "A room, two people and a law that lets offices share files.",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:2])


@pytest.fixture(scope="module")
def worker(site: TestSite) -> Iterator[Worker]:
    with worker_of(site.instance) as working:
        yield working


@pytest.fixture
def ana(site: TestSite) -> Account:
    return site.person(Role.CONTRIBUTOR, name="Ana")


@pytest.fixture
def client(site: TestSite, ana: Account) -> Client:
    return site.signed_in(ana)


def send(client: Client, *files: tuple[str, bytes], **fields: str) -> Response:
    parts = [("files", (name, BytesIO(data))) for name, data in files]
    return client.post("/upload", files=parts, data=fields)


def own(site: TestSite, account: Account) -> dict[str, Job]:
    with site.instance.database.read() as connection:
        return {job.name: job for job in queue.list_jobs(connection, JobFilter(account.id))}


def told(page: str) -> dict[str, str]:
    """What the page of jobs says of each file."""
    rows = BeautifulSoup(page, "html.parser").select("li.job")
    return {row.h2.get_text(strip=True): row.get_text(" ", strip=True) for row in rows if row.h2}


def unique(name: str) -> bytes:
    return TEXT + name.encode()


# --- pages ---


def test_limits_are_said_beforehand(client: Client) -> None:
    page = client.get("/upload").text
    hint = BeautifulSoup(page, "html.parser").select_one("#files-hint")
    assert hint is not None
    for said in (".pdf .docx .html .htm .txt .md", "50 MB", "100 files", "500 MB"):
        assert said in hint.get_text()
    assert 'enctype="multipart/form-data"' in page
    assert " multiple>" in page


def test_every_file_ends_in_an_outcome_with_what_to_do(
    site: TestSite, worker: Worker, client: Client, ana: Account
) -> None:
    answer = send(
        client,
        ("good.md", unique("good")),
        ("empty.txt", b"  "),
        ("broken.pdf", b"%PDF-1.7 and nothing else"),
        ("scan.pdf", bad_files.image_pdf()),
        ("locked.pdf", bad_files.encrypted_pdf("secret")),
        ("program.txt", bad_files.PROGRAM),
        ("picture.png", b"\x89PNG"),
        ("../../etc/pass\u202ewd.txt", unique("name")),
    )
    assert answer.status_code == 303
    assert re.fullmatch(r"/jobs\?upload=[0-9a-f]{16}", answer.headers["location"])
    waiting = client.get(answer.headers["location"]).text
    assert "See how far they are" in waiting
    assert told(waiting)["good.md"].startswith("good.md Waiting")
    work(worker)
    page = client.get(answer.headers["location"]).text
    assert "See how far they are" not in page
    found = {name: job.outcome for name, job in own(site, ana).items()}
    assert found == {
        "good.md": "stored", "empty.txt": "no-text", "broken.pdf": "damaged", "scan.pdf": "no-text",
        "locked.pdf": "encrypted", "program.txt": "refused", "picture.png": "refused", "pass�wd.txt": "stored",
    }  # fmt: skip
    said = told(page)
    assert said.keys() == found.keys()
    for name, words in {
        "good.md": "Taken in", "empty.txt": "No text in it", "broken.pdf": "save it anew", "scan.pdf": "a scan",
        "locked.pdf": "without a password", "picture.png": "Save it as PDF",
    }.items():  # fmt: skip
        assert words in said[name]
    spanish = client.get("/es" + answer.headers["location"]).text
    assert "Guarde una copia sin contraseña y envíela." in told(spanish)["locked.pdf"]


def test_what_is_taken_in_waits_and_belongs_to_who_sent_it(
    site: TestSite, worker: Worker, client: Client, ana: Account
) -> None:
    send(client, ("mobile.md", unique("mobile")), type="practice")
    work(worker)
    number = own(site, ana)["mobile.md"].document
    assert number is not None
    with site.instance.database.read() as connection:
        stored = documents.get(connection, number)
    assert (stored.state, stored.owner, stored.description.type) == (State.DESCRIBED, ana.id, "practice")
    assert site.client.get(f"/documents/{number}").status_code == 404
    assert "Mobile consulates" not in site.client.get("/search?q=mobile+consulates").text


def test_the_same_file_twice_is_told(site: TestSite, worker: Worker, client: Client, ana: Account) -> None:
    send(client, ("first.md", unique("twice")))
    work(worker)
    again = send(client, ("first.md", unique("twice")), ("other.md", unique("twice")))  # told at once
    said = told(client.get(again.headers["location"]).text)
    assert "byte for byte" in said["first.md"]
    assert "under another name" in said["other.md"]
    both = send(client, ("one.md", unique("both")), ("two.md", unique("both")))  # told by the worker
    work(worker)
    assert "under another name" in told(client.get(both.headers["location"]).text)["two.md"]
    assert documents.count_by_state(site.instance.database)["described"] == len(
        {job.document for job in _all(site) if job.document is not None}
    )


def test_what_others_hold_is_not_named(site: TestSite, worker: Worker, client: Client) -> None:
    send(client, ("secret plan.md", unique("secret")))
    work(worker)
    other = site.person(Role.CONTRIBUTOR)
    answer = send(site.signed_in(other), ("mine.md", unique("secret")))
    page = site.signed_in(other).get(answer.headers["location"]).text
    assert "under another name" in page
    assert "secret plan" not in page
    assert "Mobile consulates" not in page
    assert "/documents/" not in page


def test_a_file_that_waits_is_taken_back_and_one_that_failed_tried_again(
    site: TestSite, worker: Worker, client: Client, ana: Account
) -> None:
    send(client, ("back.md", unique("back")), ("bad.pdf", b"%PDF-1.7 bad"))
    number, bad_number = own(site, ana)["back.md"].id, 0
    page = client.get("/jobs").text
    assert f'action="/jobs/{number}/cancel"' in page
    answer = client.post(f"/jobs/{number}/cancel")
    assert answer.status_code == 303
    assert "nothing of it was stored" in client.get(answer.headers["location"]).text
    work(worker)
    found = own(site, ana)
    assert (found["back.md"].state, found["bad.pdf"].state) == (JobState.CANCELLED, JobState.FAILED)
    bad_number = found["bad.pdf"].id
    late = client.post(f"/jobs/{bad_number}/cancel")
    assert "not possible any more" in client.get(late.headers["location"]).text
    for each in (number, bad_number):
        assert client.post(f"/jobs/{each}/retry").status_code == 303
    assert own(site, ana)["bad.pdf"].state is JobState.WAITING
    work(worker)
    found = own(site, ana)
    assert (found["back.md"].outcome, found["bad.pdf"].outcome) == ("stored", "damaged")


def test_jobs_are_for_their_owner_and_for_librarians(site: TestSite, client: Client, ana: Account) -> None:
    send(client, ("private.md", unique("private")))
    number = own(site, ana)["private.md"].id
    other = site.signed_in(site.person(Role.CONTRIBUTOR))
    assert "private.md" not in other.get("/jobs?whose=all").text
    for path in (f"/jobs/{number}/cancel", f"/jobs/{number}/retry"):
        assert other.post(path).status_code == 404
    librarian = site.signed_in(site.person(Role.LIBRARIAN))
    assert "private.md" not in librarian.get("/jobs").text
    page = told(librarian.get("/jobs?whose=all").text)
    assert "Ana" in page["private.md"]
    assert librarian.post(f"/jobs/{number}/cancel").headers["location"].startswith("/jobs?upload=")
    assert own(site, ana)["private.md"].state is JobState.CANCELLED


def test_who_may_not_send_is_told_nothing(site: TestSite) -> None:
    reader = site.signed_in(site.person(Role.READER))
    for path in ("/upload", "/jobs", "/practice"):
        assert reader.get(path).status_code == 404
        assert site.client.get(path, follow_redirects=False).headers["location"].startswith("/sign-in")
    before = len(_all(site))
    assert send(reader, ("a.md", TEXT)).status_code == 404
    assert len(_all(site)) == before


def test_a_new_version_is_sent_for_a_document_of_ones_own(
    site: TestSite, worker: Worker, client: Client, ana: Account
) -> None:
    send(client, ("plan.md", unique("version one")))
    work(worker)
    first = own(site, ana)["plan.md"].document
    page = client.get(f"/upload?replaces={first}").text
    assert "Mobile consulates" in page
    assert " multiple>" not in page
    send(client, ("plan-final.md", unique("version two")), replaces=str(first))
    work(worker)
    job = own(site, ana)["plan-final.md"]
    assert job.outcome == "new-version"
    assert job.document is not None
    with site.instance.database.read() as connection:
        assert documents.get(connection, job.document).previous == first
    librarian = site.person(Role.LIBRARIAN)
    send(site.signed_in(librarian), ("theirs.md", unique("version three")), replaces=str(job.document))
    work(worker)
    third = own(site, librarian)["theirs.md"].document
    assert third is not None
    with site.instance.database.read() as connection:
        assert documents.get(connection, third).owner == ana.id
        assert [c.account for c in history.of_document(connection, third)] == [librarian.id]
    other = site.signed_in(site.person(Role.CONTRIBUTOR))
    for asked in (str(first), "999999", "x", "1" * 30):
        assert other.get(f"/upload?replaces={asked}").status_code == 404
        assert send(other, ("x.md", unique("theirs")), replaces=asked).status_code == 404


# --- limits ---


def test_a_form_without_a_file_asks_for_one(client: Client) -> None:
    answer = client.post("/upload", files=[("files", ("", BytesIO(b""))), ("type", (None, BytesIO(b"")))])
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    assert client.post("/upload", data={"type": "report"}).status_code == 422


def test_too_many_files_are_refused_in_words(site: TestSite, client: Client, ana: Account) -> None:
    answer = send(client, *((f"{n}.md", TEXT) for n in range(101)))
    assert answer.status_code == 422
    assert "Up to 100 files" in answer.text
    assert own(site, ana) == {}


def test_so_many_may_wait_and_no_more(
    site: TestSite, client: Client, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.uploads.MOST_WAITING", 2)
    assert MOST_WAITING > 100  # what may be sent in one go
    assert send(client, ("a.md", unique("a")), ("b.md", unique("b"))).status_code == 303
    answer = send(client, ("c.md", unique("c")))
    assert answer.status_code == 422
    assert "Send them later" in answer.text
    assert own(site, ana).keys() == {"a.md", "b.md"}
    for job in own(site, ana).values():
        client.post(f"/jobs/{job.id}/cancel")


def test_large_files_are_turned_away_and_large_requests_not_read(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:1], max_file_mb=1)
    account = site.person(Role.CONTRIBUTOR)
    client = site.signed_in(account)
    answer = send(client, ("large.txt", b"word " * 300_000), ("small.txt", TEXT))
    assert "Too large" in told(client.get(answer.headers["location"]).text)["large.txt"]
    assert own(site, account)["large.txt"].can_be_retried is False
    assert own(site, account)["small.txt"].state is JobState.WAITING
    answer = send(client, *((f"{n}.txt", b"w" * 1_000_000) for n in range(11)))
    assert answer.status_code == 413
    assert BeautifulSoup(answer.text, "html5lib").h1 is not None
    assert send(client, *((f"{n}.txt", b"w" * 1_000_000) for n in range(33))).status_code == 413
    assert len(own(site, account)) == 2
    assert list((tmp_path / "originals").glob(".part-*")) == []


def test_nothing_is_acknowledged_that_is_not_on_the_disk(
    site: TestSite, client: Client, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("kb.documents.store.originals.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            send(client, ("lost.md", unique("lost")))
    assert own(site, ana) == {}
    answer = send(client, ("kept.md", unique("kept")))
    assert answer.status_code == 303
    job = own(site, ana)["kept.md"]
    assert originals.path_of(site.instance.home, job.digest).read_bytes() == unique("kept")


def test_names_and_titles_run_nowhere(site: TestSite, worker: Worker, client: Client) -> None:
    answer = send(client, (f"{SCRIPT}.md", f"# {SCRIPT}\n\nText {SCRIPT}".encode()), ('"><img src=x>.exe', b"x"))
    work(worker)
    page = client.get(answer.headers["location"])
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in page.headers["content-security-policy"]


# --- programs ---


def bearer(site: TestSite, account: Account) -> dict[str, str]:
    with site.instance.database.write() as connection:
        token = api_tokens.make(connection, account.actor, account.id, "program")
    return {"authorization": f"Bearer {token}"}


def test_a_program_sends_files_and_asks_what_became_of_them(site: TestSite, worker: Worker, ana: Account) -> None:
    client, headers = Client(site.app), bearer(site, ana)
    files = [("file", ("api.md", TEXT + b"api")), ("file", ("api.pdf", b"%PDF-1.7 bad"))]
    answer = client.post("/api/documents", files=files, data={"country": "per", "type": "report"}, headers=headers)
    assert answer.status_code == 202
    sent = answer.json()["jobs"]
    assert [(job["name"], job["state"]) for job in sent] == [("api.md", "waiting"), ("api.pdf", "waiting")]
    assert answer.headers["location"] == sent[0]["address"]
    work(worker)
    good, broken = (client.get(job["address"], headers=headers).json() for job in sent)
    assert (good["state"], good["outcome"]) == ("done", "stored")
    with site.instance.database.read() as connection:
        assert documents.get(connection, good["document"]).description.countries == ("PER",)
    assert (broken["state"], broken["outcome"], broken["document"]) == ("failed", "damaged", None)
    assert "Fetch it again." in broken["message"]
    assert [job["id"] for job in client.get("/api/jobs", headers=headers).json()["jobs"]] == [broken["id"], good["id"]]
    again = client.post(f"{broken['address']}/retry", headers=headers)
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    back = client.post(f"{broken['address']}/cancel", headers=headers)
    assert back.json()["state"] == "cancelled"
    refused = client.post(f"{good['address']}/cancel", headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    theirs = bearer(site, site.person(Role.CONTRIBUTOR))
    for path, method in ((good["address"], "GET"), (f"{good['address']}/retry", "POST"), ("/api/jobs/99999", "GET")):
        assert client.request(method, path, headers=theirs).status_code == 404


@pytest.mark.parametrize(
    ("files", "fields", "status"),
    [
        ([], {}, 400),
        ([("file", ("a.md", TEXT))], {"type": "novel"}, 400),
        ([("file", ("a.md", TEXT))], {"country": "Peru"}, 400),
        ([("file", ("a.md", TEXT))], {"replaces": "999999"}, 404),
        ([("file", (f"{n}.md", TEXT)) for n in range(101)], {}, 400),
    ],
)
def test_what_a_program_sends_wrongly_is_refused(
    site: TestSite, ana: Account, files: list[tuple[str, tuple[str, bytes]]], fields: dict[str, str], status: int
) -> None:
    client, headers = Client(site.app), bearer(site, ana)
    answer = client.post("/api/documents", files=files, data=fields, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert own(site, ana) == {}


def test_a_program_needs_a_token(site: TestSite) -> None:
    client = Client(site.app)
    files = [("file", ("a.md", TEXT))]
    for headers in ({}, {"authorization": "Bearer kbt_wrong"}):
        assert client.post("/api/documents", files=files, headers=headers).status_code == 401
    reader = bearer(site, site.person(Role.READER))
    assert client.post("/api/documents", files=files, headers=reader).status_code == 404


# --- practices ---


def test_a_practice_from_the_form_is_a_document_with_its_sections(
    site: TestSite, worker: Worker, client: Client, ana: Account
) -> None:
    answer = client.post("/practice", data=FIELDS)
    assert answer.status_code == 303
    work(worker)
    (job,) = own(site, ana).values()
    assert (job.name, job.outcome, job.warnings) == ("Windows-for-people-who-return.docx", "stored", ())
    assert job.document is not None
    with site.instance.database.read() as connection:
        stored = documents.get(connection, job.document)
    described = stored.description
    assert (described.title, described.type, described.date) == (FIELDS[Field.TITLE], "practice", "2021-03")
    assert (described.countries, described.objectives) == (("PER",), ("21", "18"))
    headings = [section.path[-1] for section in stored.sections if section.path]
    assert headings[-5:] == ["Context", "Challenges", "Results", "Why it worked", "What makes it replicable"]
    assert "example.org" not in stored.text
    assert "Main implementer: Ministry of Labour of Peru" in stored.text
    with site.instance.database.read() as connection:
        fields = practices.get(connection, job.document)
    assert fields is not None
    assert fields[Field.FOCAL_POINT] == FIELDS[Field.FOCAL_POINT]
    assert fields[Field.PRINCIPLES] == "human-rights"
    for section in SECTIONS[:-1]:
        assert fields[section] == FIELDS[section]


def test_what_is_missing_of_a_practice_is_asked_and_not_refused(
    site: TestSite, worker: Worker, client: Client, ana: Account
) -> None:
    empty = client.post("/es/practice", data={})
    assert empty.status_code == 422
    assert "¿Cómo se llama la práctica?" in empty.text
    assert 'name="anyway"' not in empty.text
    given: dict[str, str | list[str]] = {
        Field.TITLE: f"Práctica {SCRIPT}",
        Field.CONTEXT: "Había que hacer algo.",
        Field.BEGIN: "2016",
    }
    asked = client.post("/es/practice", data=given | {Field.OBJECTIVES: ["7"]})
    assert asked.status_code == 422
    page = BeautifulSoup(asked.text, "html.parser")
    questions = [link["href"] for link in page.select(".notice a")]
    assert questions == [
        "#implementer", "#focal-point", "#principles", "#summary", "#challenges", "#results", "#reasons", "#replicable",
    ]  # fmt: skip
    assert all(page.select_one(str(question)) for question in questions)
    assert page.select_one("#objectives-7[checked]")
    assert "<script" not in asked.text
    assert [area.get_text(strip=True) for area in page.select("#context")] == [given[Field.CONTEXT]]
    sent = client.post("/es/practice", data=given | {Field.OBJECTIVES: ["7"], "anyway": "1"})
    assert sent.status_code == 303
    work(worker)
    (job,) = own(site, ana).values()
    assert job.outcome == "stored"
    assert "What stood in the way?" in map(str, job.warnings)
    said = next(iter(told(client.get("/es" + sent.headers["location"].removeprefix("/es")).text).values()))
    assert "¿Qué dificultades hubo?" in said
    assert "antes de diciembre de 2018" in said


def test_a_field_that_cannot_be_taken_is_told(client: Client) -> None:
    answer = client.post("/practice", data=FIELDS | {Field.BEGIN: "last spring", Field.CONTEXT: "x" * 20_001})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert [link["href"] for link in page.select(".notice a")] == ["#context", "#begin"]
    assert 'name="anyway"' not in answer.text


@pytest.mark.parametrize(
    ("path", "language", "label"),
    [
        ("/practice-template.docx", "en", "Main implementer"),
        ("/es/practice-template.docx", "es", "Ejecutor principal"),
        ("/fr/practice-template.docx", "fr", "Principal responsable"),
    ],
)
def test_the_template_is_for_everybody_and_in_three_languages(
    site: TestSite, path: str, language: str, label: str
) -> None:
    answer = site.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == WORD
    assert answer.headers["content-disposition"] == f'attachment; filename="practice-{language}.docx"'
    with Sandbox(Limits(seconds=20)) as sandbox:
        raw = sandbox.read_bytes("practice.docx", answer.content).raw
    assert any(block.cells and block.cells[0].startswith(label) for block in raw.blocks)


def _all(site: TestSite) -> list[Job]:
    with site.instance.database.read() as connection:
        return queue.list_jobs(connection, JobFilter(limit=10_000))
