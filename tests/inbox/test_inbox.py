"""The inbox: what waits for each person, oldest first, and steps for many at once that ask once and can be undone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest
from httpx2 import Response
from sqlalchemy import text

from ingest.duplicates.detection import examine
from kb.accounts.account import Account, Role
from kb.accounts.store import account_requests
from kb.accounts.store.account_requests import AccountRequest
from kb.documents.duplicate import Likeness, LinkKind, LinkStatus
from kb.documents.models import Outcome
from kb.documents.reading import ReadFault, Remark
from kb.documents.store import documents
from kb.documents.store import duplicates as likeness
from kb.jobs.job import JobState, JobWishes, Sent
from kb.jobs.store import queue
from kb.matching.store import proposals, rankings
from kb.requests.case import Outcome as Result
from kb.requests.request import Request, Stage
from kb.requests.store import feedback, requests
from tests.support import decisions, expert_samples
from tests.support.site import TEXTS, TestSite, make_site, prepared

_numbers = count(1)


@dataclass
class House:
    """A site with a librarian, a contributor and a reader."""

    site: TestSite
    librarian: Account
    contributor: Account

    def get(self, account: Account, path: str = "/inbox") -> Response:
        return self.site.signed_in(account).get(path)

    def post(self, account: Account, path: str, **fields: str | list[str]) -> Response:
        return self.site.signed_in(account).post(path, data=fields)

    def document(self, title: str, *lines: str, owner: Account | None = None, language: str = "en") -> int:
        """A document that waits, by a contributor or by nobody."""
        base = replace(TEXTS[4], name=f"{next(_numbers)}.txt", title=title, lines=lines or (title,), language=language)
        mine = replace(prepared(base, self.site.instance), owner=None if owner is None else owner.id)
        return documents.add(self.site.instance.database, mine, publish=False).document

    def likeness(self, *titles: str) -> list[int]:
        """Suggested links, each between a document of this title and one more."""
        with_other = [(self.document(t, f"One {t}."), self.document(f"{t} again", f"Two {t}.")) for t in titles]
        with self.site.instance.database.write() as connection:
            found = [Likeness(LinkKind.VERSION, one, two, 0.8) for one, two in with_other]
            return [link.id for link in likeness.keep(connection, found)]

    def failed(self, name: str, owner: Account) -> int:
        with self.site.instance.database.write() as connection:
            sent = [Sent(name, "d" * 64, 1, Outcome.DAMAGED, Remark(ReadFault.DAMAGED_PDF))]
            return queue.submit(connection, owner.actor, "upload", sent, JobWishes())[0]

    def standing(self, link: int) -> LinkStatus:
        with self.site.instance.database.read() as connection:
            return likeness.get(connection, link).standing

    def job(self, number: int) -> JobState:
        with self.site.instance.database.read() as connection:
            found = queue.get(connection, number)
        return JobState.CANCELLED if found is None else found.state


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), [TEXTS[0]])


@pytest.fixture
def house(site: TestSite) -> Iterator[House]:
    yield House(site, site.person(Role.LIBRARIAN), site.person(Role.CONTRIBUTOR))
    with site.instance.database.write() as connection:
        connection.execute(text("UPDATE documents SET state = 'superseded'"))
        connection.execute(text("DELETE FROM likenesses"))
        connection.execute(text("UPDATE support_requests SET stage = 'withdrawn'"))


def titles(answer: Response) -> list[str]:
    """Titles of what waits, in order."""
    return re.findall(r'<h2 class="from"[^>]*><a [^>]*>([^<]*)</a>', answer.text)


def waiting_in_bar(answer: Response) -> int:
    found = re.search(r'/inbox">Inbox <span class="tally">(\d+)<', answer.text)
    return int(found[1]) if found else -1


def test_what_waits_stands_oldest_first_and_is_counted_everywhere(house: House) -> None:
    for title in ("First", "Second", "Third"):
        house.document(title)
    with house.site.instance.database.write() as connection:
        connection.execute(text("UPDATE documents SET created = '2020-01-01 00:00:00' WHERE title = 'Third'"))
    page = house.get(house.librarian)
    assert titles(page) == ["Third", "First", "Second"]
    assert "Documents to describe (3)" in page.text
    assert [waiting_in_bar(house.get(house.librarian, path)) for path in ("/inbox", "/", "/no/such")] == [3, 3, 3]
    assert waiting_in_bar(house.get(house.contributor)) == 0
    assert "Nothing waits for you." in house.get(house.contributor).text
    assert waiting_in_bar(house.site.client.get("/")) == -1  # nobody is signed in


def test_each_sees_what_is_theirs(house: House) -> None:
    house.document("Returned", owner=house.contributor)
    house.failed("torn.pdf", house.contributor)
    other = house.site.person(Role.CONTRIBUTOR)
    house.post(house.librarian, f"/workbench/documents/{_last(house)}/review")
    path = f"/workbench/documents/{_last(house)}/review/decide"
    assert house.post(house.librarian, path, move="return", reason="Which year?").status_code == 303
    page = house.get(house.contributor)
    assert sorted(titles(page)) == ["Returned", "torn.pdf"]
    assert "Questions to answer (1)" in page.text
    assert titles(house.get(other)) == []
    assert titles(house.get(house.librarian)) == []


def test_one_kind_alone_keeps_the_counts(house: House) -> None:
    house.document("Described")
    house.likeness("Alike")
    page = house.get(house.librarian, "/inbox?task=likeness")
    assert titles(page) == ["Alike"]
    assert "Documents to describe (3)" in page.text
    assert "Likenesses to confirm (1)" in page.text
    assert titles(house.get(house.librarian, "/inbox?task=nothing")) == titles(house.get(house.librarian))


@pytest.mark.parametrize(("action", "standing"), [("confirm", "confirmed"), ("reject", "rejected")])
def test_many_likenesses_are_decided_after_one_question_and_undone(house: House, action: str, standing: str) -> None:
    links = house.likeness("A", "B", "C")
    chosen = [f"likeness-{link}" for link in links[:2]]
    asked = house.post(house.librarian, "/inbox/ask", action=action, item=chosen)
    assert asked.text.count('name="item"') == 2
    assert {house.standing(link) for link in links} == {LinkStatus.SUGGESTED}  # nothing is done by asking
    done = house.post(house.librarian, "/inbox/do", action=action, item=chosen)
    assert [house.standing(link) for link in links] == [standing, standing, "suggested"]
    page = house.get(house.librarian, done.headers["location"])
    assert "Done: 2. Not possible any more: 0." in page.text
    again = re.findall(r'name="item" value="(\d+)"', page.text)
    assert again == [str(link) for link in links[:2]]
    house.post(house.librarian, "/inbox/undo", action=action, item=again)
    assert {house.standing(link) for link in links} == {LinkStatus.SUGGESTED}


def test_undoing_leaves_what_somebody_else_decided(house: House) -> None:
    (link,) = house.likeness("A")
    other = house.site.person(Role.LIBRARIAN)
    house.post(house.librarian, "/inbox/do", action="confirm", item=[f"likeness-{link}"])
    house.post(other, f"/likenesses/{link}", verdict="suggested")
    house.post(other, f"/likenesses/{link}", verdict="confirmed")
    answer = house.post(house.librarian, "/inbox/undo", action="confirm", item=[str(link)])
    assert house.standing(link) is LinkStatus.CONFIRMED
    assert "Not possible any more: 1." in house.get(house.librarian, answer.headers["location"]).text


def test_many_files_are_tried_again_and_taken_back(house: House) -> None:
    numbers = [house.failed(f"{n}.pdf", house.contributor) for n in range(2)]
    chosen = [f"file-{n}" for n in numbers]
    house.post(house.contributor, "/inbox/do", action="retry", item=chosen)
    assert [house.job(n) for n in numbers] == ["waiting", "waiting"]
    assert titles(house.get(house.contributor)) == []
    house.post(house.contributor, "/inbox/undo", action="retry", item=chosen)
    assert [house.job(n) for n in numbers] == ["cancelled", "cancelled"]


def test_nobody_does_by_the_inbox_what_they_may_not(house: House) -> None:
    (link,) = house.likeness("A")
    job = house.failed("torn.pdf", house.site.person(Role.CONTRIBUTOR))
    for action, item in (("confirm", f"likeness-{link}"), ("retry", f"file-{job}"), ("nothing", "x-1"), ("", "")):
        assert house.post(house.contributor, "/inbox/ask", action=action, item=[item]).status_code == 303
        assert house.post(house.contributor, "/inbox/do", action=action, item=[item]).status_code == 303
        assert house.post(house.contributor, "/inbox/undo", action=action, item=[item]).status_code == 303
    assert (house.standing(link), house.job(job)) == (LinkStatus.SUGGESTED, JobState.FAILED)


def test_who_asks_for_an_account_waits_for_an_admin(house: House) -> None:
    admin = house.site.person(Role.ADMIN)
    with house.site.instance.database.write() as connection:
        account_requests.ask(
            connection, AccountRequest("ida@example.org", "Ida Sample", "", "en", (Role.CONTRIBUTOR,), "")
        )
    assert links(house.get(admin)) == {"Ida Sample": "/wishes"}
    assert "Ida Sample" not in house.get(house.librarian).text
    with house.site.instance.database.write() as connection:
        account_requests.refuse(connection, admin.actor, account_requests.list_waiting(connection)[0].id)
    assert titles(house.get(admin)) == []


# --- the connection hub ---


def filed(house: House, asker: Account, title: str, *, confidential: bool = False, sample: bool = False) -> int:
    wanted = Request(
        f"{title}: consulates lose passports.", "en", title=title, country="PER", confidential=confidential
    )
    with house.site.instance.database.write() as connection:
        number = requests.file(connection, asker.actor, replace(wanted, sample=sample))
        connection.execute(text("DELETE FROM letters"))  # of the news they would bring
    return number


def links(answer: Response) -> dict[str, str]:
    """What waits: title to address."""
    found = re.findall(r'<h2 class="from"[^>]*><a href="([^"]*)">([^<]*)</a>', answer.text)
    return {title: path for path, title in found}


def test_requests_wait_beside_documents(house: House) -> None:
    asker, officer = house.site.person(Role.OFFICIAL), house.site.person(Role.SECRETARIAT, Role.LIBRARIAN)
    house.document("Guide")
    number = filed(house, asker, "Lost passports")
    sample = filed(house, asker, "A sample", sample=True)
    with house.site.instance.database.write() as connection:
        connection.execute(text("UPDATE documents SET created = '2020-01-01 00:00:00' WHERE title = 'Guide'"))
    page = house.get(officer)
    assert titles(page) == ["Guide", "Lost passports", "A sample"]
    assert links(page)["Lost passports"] == f"/requests/{number}"
    assert page.text.count("Sample, not real") == 1
    assert waiting_in_bar(page) == 3
    alone = house.get(officer, "/es/inbox?task=read")
    assert titles(alone) == ["Lost passports", "A sample"]
    assert "Solicitudes por leer (2)" in alone.text
    assert titles(house.get(asker)) == []
    with house.site.instance.database.write() as connection:
        requests.ask(connection, officer.actor, number, "Which?")
        requests.step(connection, officer.actor, sample, Stage.DECLINED, Stage.FILED, "A sample.")
        connection.execute(text("DELETE FROM letters"))
    assert (titles(house.get(asker)), titles(house.get(officer))) == (["Lost passports"], ["Guide"])
    assert "Questions about your requests (1)" in house.get(asker).text
    with house.site.instance.database.write() as connection:
        requests.answer(connection, asker.actor, number, "All.")
    assert links(house.get(officer))["Lost passports"] == f"/requests/{number}/matching"


@pytest.mark.parametrize(("confidential", "shown"), [(False, "Lost passports"), (True, "Request")])
def test_an_invitation_waits_for_the_expert(house: House, confidential: bool, shown: str) -> None:
    asker, officer = house.site.person(Role.OFFICIAL), house.site.person(Role.SECRETARIAT)
    person, expert = expert_samples.add_with_account(
        house.site, expert_samples.expert(f"Ex {confidential}"), f"{confidential}@example.org"
    )
    number = filed(house, asker, "Lost passports", confidential=confidential)
    with house.site.instance.database.write() as connection:
        ranked = decisions.ranking([person.id])
        kept = rankings.get(connection, rankings.keep(connection, officer.actor, number, ranked))
        proposals.choose(connection, officer.actor, kept, {person.id: ""}, Stage.FILED, "")
        (made,) = proposals.of_request(connection, number)
        proposals.invite(connection, officer.actor, made.id, Stage.MATCHED)
    page = house.get(expert)
    name = shown if not confidential else f"Request {number}"
    assert links(page) == {name: f"/invitations/{made.id}"}
    assert "Invitations to answer (1)" in page.text
    assert waiting_in_bar(page) == 1
    with house.site.instance.database.write() as connection:
        proposals.answer(connection, made.id, accepts=True)
    assert titles(house.get(expert)) == []
    assert links(house.get(asker, "/inbox?task=settle")) == {"Lost passports": f"/requests/{number}"}
    with house.site.instance.database.write() as connection:
        proposals.settle(connection, asker.actor, made.id, agrees=True)
        requests.step(connection, officer.actor, number, Stage.UNDER_WAY, Stage.ACCEPTED)
    assert titles(house.get(asker, "/inbox?task=feedback")) == ["Lost passports"]
    assert titles(house.get(officer, "/inbox?task=follow")) == ["Lost passports"]
    with house.site.instance.database.write() as connection:
        feedback.of_asker(connection, asker.actor, number, Result.HELPED, "")
    assert titles(house.get(asker, "/inbox?task=feedback")) == []


def test_two_documents_stand_side_by_side_with_what_differs(house: House) -> None:
    one = house.document("Guide", "The border guide has nine short parts on papers and on rights.")
    two = house.document("Guide <b>2", "The border guide has twelve short parts on papers and on duties.")
    with house.site.instance.database.write() as connection:
        link = likeness.keep(connection, [Likeness(LinkKind.VERSION, one, two, 0.8)])[0].id
    page = house.get(house.librarian, f"/likenesses/{link}").text
    marked = [re.sub(r"\s+", " ", each).strip(" .") for each in re.findall(r"<mark>([^<]*)</mark>", page)]
    assert marked[0] == "nine"
    assert "twelve" in marked
    assert "Guide &lt;b&gt;2" in page
    assert house.post(house.librarian, f"/likenesses/{link}", verdict="perhaps").status_code == 422
    house.post(house.librarian, f"/likenesses/{link}", verdict="rejected")
    assert "Rejected: two works" in house.get(house.librarian, f"/likenesses/{link}").text
    assert house.get(house.contributor, f"/likenesses/{link}").status_code == 404


def test_a_likeness_across_languages_shows_passages_beside_each_other(house: House) -> None:
    one = house.document("Consulates", "Consulates renew passports.", language="en")
    two = house.document("Consulados", "Los consulados renuevan pasaportes.", language="es")
    with house.site.instance.database.write() as connection:
        link = likeness.keep(connection, [Likeness(LinkKind.TRANSLATION, one, two, 0.8)])[0].id
    assert house.get(house.librarian, f"/likenesses/{link}").status_code == 200  # not examined yet
    examine(house.site.instance.database, one)
    examine(house.site.instance.database, two)
    page = house.get(house.librarian, f"/likenesses/{link}").text
    assert '<td lang="es"' in page
    assert "Consulates renew passports." in page


def _last(house: House) -> int:
    return max(house.site.instance.states())
