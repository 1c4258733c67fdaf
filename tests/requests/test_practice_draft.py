"""What was learned of a closed request as the beginnings of a practice: filled in, gone over, sent by a person."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from kb.accounts.account import SYSTEM, Account, Role
from kb.documents.store import documents
from kb.jobs.job import JobFilter
from kb.jobs.store import queue
from kb.requests.case import FeedbackSide, Outcome, RequestEventKind
from kb.requests.request import Request, Stage
from kb.requests.store import feedback, requests
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site, prepared

ASKED = Request(
    "Nos consulats ne savent pas remplacer un passeport perdu.",
    "fr",
    title="Passeports perdus",
    organisation="Ministère exemple",
    country="SEN",
    objectives=("4", "14"),
)
_WAY = (Stage.CLARIFIED, Stage.MATCHED, Stage.PROPOSED, Stage.ACCEPTED, Stage.UNDER_WAY)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:1])


@pytest.fixture(scope="module")
def asker(site: TestSite) -> Account:
    return site.person(Role.OFFICIAL, email="asker@example.org", name="Awa Sample")


def closed(site: TestSite, asker: Account, request: Request = ASKED) -> int:
    """A request of `asker` that went its whole way."""
    with site.instance.database.write() as connection:
        number = requests.file(connection, asker.actor, request)
        requests.ask(connection, SYSTEM, number, "Combien de consulats ?")
        requests.answer(connection, asker.actor, number, "Douze consulats, sans machine.")
        for before, after in pairwise(_WAY):
            requests.move(connection, SYSTEM, number, after, before)
        feedback.of_asker(connection, asker.actor, number, Outcome.PARTLY, "Le délai reste long.")
        told = {"side": FeedbackSide.EXPERT.value, "outcome": Outcome.HELPED.value}
        requests.happen(connection, SYSTEM, number, RequestEventKind.FEEDBACK, "Entre nous: difficile.", None, 7, told)
        requests.step(connection, SYSTEM, number, Stage.CLOSED, Stage.UNDER_WAY, "Remplacés en trois jours.")
    return number


def fields(client: Client, address: str) -> dict[str, list[str]]:
    """What stands in the form of a practice."""
    page = BeautifulSoup(client.get(address).text, "lxml")
    form = page.find("form", {"action": re.compile("/practice$")})
    found: dict[str, list[str]] = {}
    for field in form.find_all(["input", "textarea"]):
        if field.get("type") != "checkbox" or field.get("checked") is not None:
            value = field.get_text().strip() if field.name == "textarea" else str(field.get("value", ""))
            found.setdefault(str(field["name"]), []).append(value)
    return found


def sent(site: TestSite) -> int:
    with site.instance.database.read() as connection:
        return sum(queue.counts(connection, JobFilter()).values())


def test_what_is_on_record_stands_in_the_form_and_nothing_is_sent(site: TestSite, asker: Account) -> None:
    number, before = closed(site, asker), sent(site)
    mine = site.signed_in(asker)
    assert f"/fr/practice?request={number}" in mine.get(f"/fr/requests/{number}").text
    written = fields(mine, f"/fr/practice?request={number}")
    assert written["title"] == ["Passeports perdus"]
    assert written["implementer"] == ["Ministère exemple"]
    assert written["countries"] == ["Sénégal"]
    assert written["objectives"] == ["4", "14"]
    assert ASKED.text in written["context"][0]
    assert "Douze consulats" in written["context"][0]
    assert written["challenges"] == ["Le délai reste long."]
    assert written["results"] == ["Remplacés en trois jours."]
    assert "Entre nous" not in str(written)  # what an expert told the secretariat
    assert sent(site) == before
    assert "handed in as a practice" not in mine.get(f"/requests/{number}").text


def test_the_record_leads_to_what_was_handed_in(site: TestSite, asker: Account) -> None:
    number, mine = closed(site, asker), site.signed_in(asker)
    written = fields(mine, f"/practice?request={number}")
    refused = mine.post("/practice", data=written | {"title": ""})
    assert refused.status_code == 422
    assert f'name="request" value="{number}"' in refused.text  # still of this request
    answer = mine.post("/practice", data=written | {"anyway": "1"})
    assert answer.status_code == 303
    upload = answer.headers["location"].split("upload=")[1]
    assert f'<a href="/jobs?upload={upload}">What was learned was handed in' in mine.get(f"/requests/{number}").text
    mine_too = replace(prepared(replace(TEXTS[0], title="A practice"), site.instance), owner=asker.id)
    mine_too = replace(mine_too, source=replace(mine_too.source, origin="practice", name="practice.docx"))
    document = documents.add(site.instance.database, mine_too, publish=False).document
    with site.instance.database.write() as connection:
        job = queue.claim(connection, "worker")
        assert job is not None
        queue.when_stored(job, "worker")(connection, document)
    assert f'<a href="/submissions/{document}">What was' in mine.get(f"/requests/{number}").text
    theirs = site.signed_in(site.person(Role.SECRETARIAT)).get(f"/requests/{number}").text
    assert "handed in as a practice" in theirs
    assert f"/submissions/{document}" not in theirs  # not theirs to read before it is published


def test_a_confidential_request_does_not_tell_who_asked(site: TestSite, asker: Account) -> None:
    number = closed(site, asker, replace(ASKED, confidential=True))
    office = site.signed_in(site.person(Role.SECRETARIAT))
    written = fields(office, f"/practice?request={number}")
    assert (written["implementer"], written["countries"]) == ([""], [""])
    assert "take out whatever shows who asked" in office.get(f"/practice?request={number}").text


def test_only_of_ones_own_and_only_once_closed(site: TestSite, asker: Account) -> None:
    number, before = closed(site, asker), sent(site)
    with site.instance.database.write() as connection:
        under_way = requests.file(connection, asker.actor, ASKED)
    mine, other = site.signed_in(asker), site.signed_in(site.person(Role.OFFICIAL))
    assert "Make a practice of it" not in mine.get(f"/requests/{under_way}").text
    for client, asked in ((mine, under_way), (other, number), (mine, 10**6)):
        assert client.get(f"/practice?request={asked}").status_code == 404
        told = {"title": "A practice", "anyway": "1", "request": str(asked)}
        assert client.post("/practice", data=told).status_code == 404
    assert sent(site) == before
