"""The pages of review: whom to ask, conflicts before the file opens, comments, a decision with its reason."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlalchemy import text

from kb.accounts.account import Account, Role
from kb.accounts.store import accounts
from kb.clock import now
from kb.documents.store import documents
from kb.editorial.review import due_date
from kb.experts.expert import Consent, ConsentUse, Expert, OrganisationKind
from kb.experts.store import encoded_experts, experts
from tests.support.site import TEXTS, TestSite, make_site, prepared

SECRET = "Remittances cost too much."  # stands in the file alone
DOCUMENT = TEXTS[2]


@dataclass
class Desk:
    """A document that a contributor sent in, with the people around it."""

    site: TestSite
    document: int
    people: dict[str, Account]

    def get(self, name: str, path: str) -> Response:
        return self.site.signed_in(self.people[name]).get(path)

    def post(self, name: str, path: str, **fields: str | list[str]) -> Response:
        return self.site.signed_in(self.people[name]).post(path, data=fields)

    @property
    def path(self) -> str:
        return f"/workbench/documents/{self.document}/review"

    def ask(self, *names: str) -> None:
        """Send the document to review and ask these people, those whose names begin with u as of the UN."""
        self.post("librarian", self.path)
        sides = [f"{self.people[n].id}:{'internal' if n.startswith('u') else 'external'}" for n in names]
        answer = self.post("librarian", f"{self.path}/ask", ask=[str(self.people[n].id) for n in names], side=sides)
        assert answer.status_code == 303, answer.text

    def review(self, name: str) -> str:
        """Address of the review this person was asked for, as their inbox links it."""
        found = re.findall(r'href="(/reviews/\d+)"', self.get(name, "/inbox").text)
        return str(found[0])

    def give(self, name: str, advice: str, letter: str = "A letter.") -> None:
        path = self.review(name)
        self.post(name, f"{path}/declare", conflict="no")
        self.get(name, path)
        assert self.post(name, f"{path}/recommend", advice=advice, letter=letter).status_code == 303

    def state(self) -> str:
        return self.site.instance.states()[self.document]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), [TEXTS[0]])


@pytest.fixture
def desk(site: TestSite) -> Iterator[Desk]:
    """New people around a new document; those of the tests before are out of the way."""
    roles = {"librarian": Role.LIBRARIAN, "contributor": Role.CONTRIBUTOR, "stranger": Role.CONTRIBUTOR}
    roles |= dict.fromkeys(("una", "edna", "egon", "elle"), Role.REVIEWER)
    people = {name: site.person(role, name=name.title()) for name, role in roles.items()}
    people["una"] = placed(site, people["una"], "IOM")
    people["edna"] = placed(site, people["edna"], "University of Cuenca", "es")
    mine = replace(prepared(DOCUMENT, site.instance), owner=people["contributor"].id)
    yield Desk(site, documents.add(site.instance.database, mine, publish=False).document, people)
    with site.instance.database.write() as connection:
        connection.execute(text("UPDATE accounts SET active = :no"), {"no": False})
        connection.execute(text("UPDATE documents SET state = 'superseded'"))


def placed(site: TestSite, account: Account, organisation: str, language: str = "en") -> Account:
    changed = replace(account, organisation=organisation, language=language)
    with site.instance.database.write() as connection:
        accounts.change(connection, account.actor, changed)
    return changed


def test_a_document_from_sending_to_publishing(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    page = desk.get("librarian", desk.path).text
    assert page.count("Waiting for the declaration of conflicts since") == 3
    assert "Everybody the rule asks for was asked." in page
    for name in ("una", "edna", "egon"):
        assert 'value="publish"' not in desk.get("librarian", desk.path).text  # the rule is not kept yet
        desk.give(name, "publish", f"Letter of {name}.")
    assert "Letter of edna." in desk.get("librarian", desk.path).text
    nothing = desk.post("librarian", f"{desk.path}/decide", move="publish", reason=" ")
    assert (nothing.status_code, desk.state()) == (422, "in-review")
    assert desk.post("librarian", f"{desk.path}/decide", move="publish", reason="All agree.").status_code == 303
    assert desk.state() == "published"


def test_the_file_opens_only_after_the_declaration(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    path = desk.review("edna")
    closed = desk.get("edna", path).text
    assert "Have you a conflict of interests?" in closed
    assert "Contributor" in closed  # conflicts may lie with who sent it in
    assert SECRET not in closed
    for step, fields in (("comment", {"text": "x"}), ("recommend", {"advice": "publish", "letter": "x"})):
        refused = desk.post("edna", f"{path}/{step}", **fields)
        assert refused.status_code == 422
        assert SECRET not in refused.text
    assert desk.post("edna", f"{path}/declare", conflict="").status_code == 422
    assert desk.post("edna", f"{path}/declare", conflict="yes", interests="").status_code == 422
    desk.post("edna", f"{path}/declare", conflict="no")
    assert SECRET in desk.get("edna", path).text


def test_only_who_may_be_asked_is_asked_and_all_or_nobody(desk: Desk) -> None:
    desk.ask("una")
    edna, una, owner = (str(desk.people[n].id) for n in ("edna", "una", "contributor"))
    for chosen in ([edna, una], [edna, owner], [edna, "999999"], [], ["x"]):
        assert desk.post("librarian", f"{desk.path}/ask", ask=chosen).status_code == 422
    assert "/reviews/" not in desk.get("edna", "/inbox").text
    assert desk.post("librarian", f"{desk.path}/release", review="999999", reason="x").status_code == 404


def test_a_conflict_keeps_the_file_closed_and_calls_somebody_else(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    path = desk.review("edna")
    desk.post("edna", f"{path}/declare", conflict="yes", interests="My sister wrote it.")
    page = desk.get("edna", path).text
    assert "the file stays closed" in page
    assert SECRET not in page
    office = desk.get("librarian", desk.path).text
    assert "My sister wrote it." in office
    assert "To be asked: 0 of the United Nations, 1 from outside." in office


def test_comments_stand_with_their_passage_and_can_be_taken_back(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    path = desk.review("una")
    desk.post("una", f"{path}/declare", conflict="no")
    passage = re.findall(r'name="passage" value="(\d+)"', desk.get("una", path).text)[0]
    kept = desk.post("una", f"{path}/comment", passage=passage, text="Which <b>year</b>?")
    assert kept.headers["location"].endswith(f"#on-{passage}")
    page = desk.get("una", path).text
    assert "Which &lt;b&gt;year&lt;/b&gt;?" in page
    assert desk.post("una", f"{path}/comment", passage="99999", text="x").status_code == 400
    assert desk.post("una", f"{path}/comment", passage=passage, text=" ").status_code == 422
    assert "Which &lt;b&gt;year" in desk.get("librarian", desk.path).text
    number = re.findall(r'name="comment" value="(\d+)"', page)[0]
    other = desk.review("edna")
    assert desk.post("edna", f"{other}/take-back", comment=number).status_code == 422  # not hers
    assert desk.post("una", f"{path}/take-back", comment=number).status_code == 303
    assert "Which" not in desk.get("una", path).text


def test_disagreement_calls_one_more(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    for name, advice in (("una", "publish"), ("edna", "publish"), ("egon", "reject")):
        desk.give(name, advice)
    page = desk.get("librarian", desk.path).text
    assert "one more reviewer is to be asked, from either side" in page
    assert desk.post("librarian", f"{desk.path}/decide", move="publish", reason="x").status_code == 422
    chosen = str(desk.people["elle"].id)
    assert re.search(rf'id="ask-{chosen}"[^>]* checked', page)  # the one left is proposed
    desk.post("librarian", f"{desk.path}/ask", ask=[chosen])
    desk.give("elle", "publish")
    assert desk.post("librarian", f"{desk.path}/decide", move="publish", reason="Three of four.").status_code == 303


def test_those_proposed_keep_the_rule_know_the_matter_and_are_not_overloaded(desk: Desk) -> None:
    site = desk.site
    earlier = replace(prepared(TEXTS[4], site.instance), owner=desk.people["elle"].id)  # not about the same
    alike = replace(prepared(replace(DOCUMENT, name="other.pdf", title="Other"), site.instance))
    documents.add(site.instance.database, replace(alike, owner=desk.people["egon"].id), publish=True)
    documents.add(site.instance.database, earlier, publish=True)
    desk.post("librarian", desk.path)
    page = desk.get("librarian", desk.path).text
    ticked = {int(n) for n in re.findall(r'id="ask-(\d+)"[^>]* checked', page)}
    ids = {name: account.id for name, account in desk.people.items()}
    assert len(ticked) == 3
    assert {ids["una"], ids["egon"]} <= ticked  # the only one of the UN; the one who knows the objectives
    assert "contributor" not in {n for n, i in ids.items() if f'id="ask-{i}"' in page}
    about = re.search(rf'id="about-{ids["egon"]}".*?Counts as', page, re.DOTALL)
    assert about is not None
    assert "Remittances" in about[0]


def test_an_expert_is_asked_only_by_consent_and_by_what_they_stated(desk: Desk) -> None:
    site, people = desk.site, {name: desk.site.person(Role.EXPERT, name=name) for name in ("Willing", "Hidden")}
    for name, account in people.items():
        consent = Consent(frozenset({ConsentUse.REVIEW} if name == "Willing" else {ConsentUse.FOUND}), now().date())
        expert = Expert(
            0, name, "", OrganisationKind.STATE, "PER", gender="woman", objectives=("20", "13"), consent=consent
        )
        number = encoded_experts.put(site.instance.database, name + account.email, expert, "", [])
        with site.instance.database.write() as connection:
            experts.set_contact(connection, number, account.email, "en", account.id)
    desk.post("librarian", desk.path)
    page = desk.get("librarian", desk.path).text
    assert f'id="ask-{people["Hidden"].id}"' not in page
    about = re.search(rf'id="about-{people["Willing"].id}".*?Counts as', page, re.DOTALL)
    assert about is not None
    assert re.search(r"Knows:\s+20 Remittances", about[0])
    assert re.search(rf'id="ask-{people["Willing"].id}"[^>]* checked', page)


def test_who_is_late_is_told(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    with desk.site.instance.database.write() as connection:
        connection.execute(text("UPDATE reviews SET due = :day"), {"day": (now() - timedelta(days=8)).date()})
    assert "working days late" in desk.get("una", desk.review("una")).text
    assert "Late reviewers (3)" in desk.get("librarian", "/inbox").text
    assert "a reviewer is late" in desk.get("contributor", f"/submissions/{desk.document}").text
    page = desk.get("librarian", desk.path).text
    number = re.findall(r'name="review" value="(\d+)"', page)[0]
    assert desk.post("librarian", f"{desk.path}/release", review=number, reason="").status_code == 422
    assert desk.post("librarian", f"{desk.path}/release", review=number, reason="Ill.").status_code == 303
    assert "Late reviewers (2)" in desk.get("librarian", "/inbox").text


def test_the_promise_is_a_setting(desk: Desk) -> None:
    house = desk.site.app.state.house
    settings = replace(house.site.settings, review_days=1)
    desk.site.app.state.house = replace(house, site=replace(house.site, settings=settings))
    desk.ask("una", "edna", "egon")
    desk.site.app.state.house = house
    with desk.site.instance.database.read() as connection:
        query = text("SELECT due FROM reviews WHERE document = :id")
        promised = {str(row.due) for row in connection.execute(query, {"id": desk.document})}
    assert promised == {due_date(now().date(), 1).isoformat()} != {due_date(now().date()).isoformat()}


def test_who_sent_it_in_sees_where_it_stands_and_answers(desk: Desk) -> None:
    page = f"/submissions/{desk.document}"
    assert "Being described" in desk.get("contributor", "/submissions").text
    desk.ask("una", "edna", "egon")
    desk.give("una", "revise", "Say which year.")
    told = desk.get("contributor", page).text
    assert "1 of 3 recommendations are in." in told
    assert not any(word in told for word in ("Say which year.", "Una"))  # neither before the decision nor by name
    desk.post("librarian", f"{desk.path}/decide", move="return", reason="Which year is it from?")
    told = desk.get("contributor", page).text
    assert "Which year is it from?" in told
    assert "Say which year." in told
    assert "Una" not in told
    assert "Questions to answer (1)" in desk.get("contributor", "/inbox").text
    assert desk.post("contributor", f"{page}/answer", reason="").status_code == 422
    assert desk.post("contributor", f"{page}/answer", reason="2024.").status_code == 303
    assert desk.state() == "described"
    assert desk.post("contributor", f"{page}/take-back", reason="Not ours.").status_code == 303
    assert desk.state() == "withdrawn"


def test_who_has_no_part_in_it_learns_nothing(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    for name, path in (
        ("stranger", f"/submissions/{desk.document}"),
        ("stranger", desk.path),
        ("contributor", desk.path),
        ("egon", desk.review("una")),
        ("librarian", desk.review("una")),
    ):
        answer = desk.get(name, path)
        assert answer.status_code == 404, (name, path)
        assert DOCUMENT.title not in answer.text


def test_a_librarian_who_sent_it_in_neither_reads_letters_nor_decides(desk: Desk) -> None:
    desk.ask("una", "edna", "egon")
    desk.give("una", "publish", "A frank word.")
    with desk.site.instance.database.write() as connection:
        connection.execute(text("UPDATE documents SET owner = :id"), {"id": desk.people["librarian"].id})
    page = desk.get("librarian", desk.path)
    assert "another librarian reads the recommendations and decides" in page.text
    assert "A frank word." not in page.text
    assert desk.post("librarian", f"{desk.path}/decide", move="reject", reason="x").status_code == 404


@pytest.mark.parametrize("code", ["es", "fr"])
def test_pages_are_whole_in_every_language(desk: Desk, code: str) -> None:
    desk.ask("una", "edna", "egon")
    desk.give("una", "publish")
    for name, path in (
        ("librarian", desk.path),
        ("edna", desk.review("edna")),
        ("contributor", f"/submissions/{desk.document}"),
        ("librarian", "/inbox"),
    ):
        answer = desk.get(name, f"/{code}{path}")
        assert answer.status_code == 200
        assert not re.search(r"\b(the|and|was|review) ", re.sub(r"<[^>]*>", " ", answer.text)), path
