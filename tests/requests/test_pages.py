"""Requests for support as people use them: filed, shown what is known, asked back, decided on."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx2 import Response

from kb.accounts.account import Account, Role
from kb.accounts.store import audit_trail
from kb.experts.expert import Availability, Consent
from kb.experts.works import Work
from kb.matching.store import proposals, rankings
from kb.requests.case import Proposal
from kb.requests.store import requests
from tests.support import expert_samples
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site

PROBLEM = "Nos consulats ne savent pas remplacer un passeport perdu. Comment organiser la protection consulaire ?"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS)


@pytest.fixture(scope="module")
def asker(site: TestSite) -> Account:
    return site.person(Role.OFFICIAL, email="asker@example.org", name="Awa Sample")


@pytest.fixture(scope="module")
def officer(site: TestSite) -> Account:
    return site.person(Role.SECRETARIAT, email="officer@example.org", name="Officer Sample")


def file(client: Client, **fields: str) -> int:
    answer = client.post("/requests/new", data={"text": PROBLEM, "country": "SEN"} | fields)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].split("?")[0].rsplit("/", 1)[1])


def stage(site: TestSite, number: int) -> str:
    with site.instance.database.read() as connection:
        return requests.get(connection, number).stage


def post(client: Client, number: int, step: str, **fields: str) -> Response:
    return client.post(f"/requests/{number}/{step}", data=fields)


def test_a_request_shows_at_once_what_is_known(site: TestSite, asker: Account) -> None:
    client = site.signed_in(asker)
    number = file(client, support="advice", needed_by="2099-01-31", organisation="Ministère exemple")
    page = client.get(f"/fr/requests/{number}?said=filed").text
    assert "Votre demande est déposée" in page
    assert "Consular note" in page
    assert 'lang="fr"' in page
    assert "Ministère exemple" in page
    assert "Sénégal" in page


def test_the_form_says_what_is_wrong_and_keeps_what_was_written(site: TestSite, asker: Account) -> None:
    client = site.signed_in(asker)
    answer = client.post("/requests/new", data={"text": "", "country": "XXX", "needed_by": "soon", "title": "T"})
    assert answer.status_code == 422
    for field in ("text", "country", "needed_by"):
        assert f'href="#{field}"' in answer.text
    assert 'value="T"' in answer.text


def test_support_is_asked_for_a_state(site: TestSite, asker: Account) -> None:
    client = site.signed_in(asker)
    page = client.get("/requests/new").text
    assert all(f'<option value="{code}"' in page for code in ("SEN", "PSE", "VAT"))
    assert not any(f'<option value="{code}"' in page for code in ("PRI", "HKG", "GRL", "FLK"))
    answer = client.post("/requests/new", data={"text": PROBLEM, "country": "PRI"})
    assert answer.status_code == 422
    assert 'href="#country"' in answer.text


def test_what_was_searched_in_vain_stands_in_the_form(site: TestSite, asker: Account) -> None:
    client = site.signed_in(asker)
    assert (
        'href="/requests/new?q=remittances+fees&amp;country=MEX"'
        in client.get("/search?q=remittances+fees&country=MEX&type=statement").text
    )
    assert ">zzzzz qqqqq</textarea>" in client.get("/requests/new?q=zzzzz+qqqqq").text


def test_questions_go_back_and_forth(site: TestSite, asker: Account, officer: Account) -> None:
    mine, theirs = site.signed_in(asker), site.signed_in(officer)
    number = file(mine)
    assert post(theirs, number, "ask", text="Combien de consulats ?").status_code == 303
    assert post(theirs, number, "ask", text="Et où ?").status_code == 422  # one question at a time
    assert post(theirs, number, "answer", text="42").status_code == 404  # not the secretariat's to answer
    assert "Combien de consulats" in mine.get(f"/requests/{number}").text
    assert post(mine, number, "answer", text="").status_code == 422
    assert post(mine, number, "answer", text="Douze.").status_code == 303
    assert stage(site, number) == "clarified"
    assert "Douze." in theirs.get(f"/requests/{number}").text


def test_others_do_not_see_it(site: TestSite, asker: Account) -> None:
    number = file(site.signed_in(asker))
    other = site.signed_in(site.person(Role.OFFICIAL))
    assert other.get(f"/requests/{number}").status_code == 404
    assert post(other, number, "withdraw", reason="x", at="filed").status_code == 404
    assert "Nos consulats" not in other.get("/requests").text
    assert "Nos consulats" in site.signed_in(asker).get("/requests").text


def test_two_officers_at_once_the_second_is_told(site: TestSite, asker: Account, officer: Account) -> None:
    number = file(site.signed_in(asker))
    first, second = site.signed_in(officer), site.signed_in(site.person(Role.SECRETARIAT))
    assert post(first, number, "step", to="clarified", at="filed").status_code == 303
    told = post(second, number, "step", to="declined", at="filed", reason="No")
    assert told.status_code == 422
    assert "Somebody else was quicker" in told.text
    assert stage(site, number) == "clarified"


@pytest.mark.parametrize(
    ("to", "reason"),
    [("closed", "Done"), ("under-way", ""), ("accepted", ""), ("filed", ""), ("nonsense", ""), ("declined", " ")],
)
def test_steps_that_cannot_be_are_refused(
    site: TestSite, asker: Account, officer: Account, to: str, reason: str
) -> None:
    number = file(site.signed_in(asker))
    assert post(site.signed_in(officer), number, "step", to=to, at="filed", reason=reason).status_code == 422
    assert stage(site, number) == "filed"


def test_taken_back_by_the_one_who_asked(site: TestSite, asker: Account, officer: Account) -> None:
    client = site.signed_in(asker)
    number = file(client)
    assert post(client, number, "withdraw", at="filed").status_code == 422  # a reason belongs to it
    assert post(client, number, "withdraw", at="filed", reason="Resolved.").status_code == 303
    assert post(site.signed_in(officer), number, "ask", text="Why?").status_code == 422
    assert stage(site, number) == "withdrawn"


# --- people for a request ---


def ranked(client: Client, number: int) -> str:
    """Address of the page of a new ranking."""
    answer = client.post(f"/requests/{number}/ranking", data={"size": "2"})
    assert answer.status_code == 303
    return answer.headers["location"]


def chosen(client: Client, number: int, *people: int, **fields: str) -> Response:
    listed = ranked(client, number).rsplit("=", 1)[1]
    data = {"ranking": listed, "at": "filed", "expert": [str(each) for each in people], "reason": "Because."} | fields
    return client.post(f"/requests/{number}/slate", data=data)


def proposal_of(site: TestSite, number: int, person: int) -> Proposal:
    with site.instance.database.read() as connection:
        return next(p for p in proposals.of_request(connection, number) if p.expert == person)


def invited(site: TestSite, client: Client, number: int, person: int, at: str = "matched") -> str:
    """The address of somebody's invitation, as the officer passes it on."""
    found = proposal_of(site, number, person)
    page = client.post(f"/requests/{number}/invite", data={"proposal": str(found.id), "at": at})
    assert page.status_code == 200, page.text
    return html.unescape(re.search(r"http://testserver(/\w+/invitation\?key=[^<]+)<", page.text)[1])  # type: ignore[index]


def browser(site: TestSite) -> Client:
    """Somebody who is not signed in, with a link."""
    return Client(site.app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)


def test_from_a_request_to_its_end(site: TestSite, asker: Account, officer: Account) -> None:
    work = Work(0, "Consulats mobiles", "Nous avons appris aux consulats à remplacer un passeport perdu.", "fr")
    first = expert_samples.add(site, expert_samples.expert("Ana Sample", works=(work,)))
    second, _account = expert_samples.add_with_account(site, expert_samples.expert("Bao Sample"), "bao@example.org")
    paused = expert_samples.add(site, expert_samples.expert("Cyd Sample", availability=Availability(paused=True)))
    mine, theirs = site.signed_in(asker), site.signed_in(officer)
    number = file(mine, organisation="Ministère exemple")
    page = theirs.get(ranked(theirs, number)).text
    assert all(name in page for name in ("Ana Sample", "Bao Sample", "Rules passed:", "What speaks against:"))
    assert "à <mark>remplacer</mark> un <mark>passeport perdu</mark>." in page
    assert "Consulats mobiles" in page
    assert "Cyd Sample, Institute of Cyd Sample: is paused" in page
    assert chosen(theirs, number, first.id, second.id, paused.id).status_code == 422  # is not on the list
    assert chosen(theirs, number, first.id, second.id).status_code == 303
    assert stage(site, number) == "matched"
    keys = [invited(site, theirs, number, first.id), invited(site, theirs, number, second.id, "proposed")]
    guest = browser(site)
    assert "Nos consulats" in guest.get(keys[0]).text
    assert guest.post(keys[0], data={"answer": "decline", "why": "time"}).status_code == 303
    assert guest.post(keys[1], data={"answer": "accept", "text": "Avec plaisir."}).status_code == 303
    assert "asker@example.org" not in guest.get(keys[1]).text
    seen = mine.get(f"/requests/{number}").text
    assert "Bao Sample" in seen
    assert "Ana Sample" not in seen
    assert "bao@example.org" not in seen
    assert "asker@example.org" not in guest.get(keys[1]).text
    proposal = proposal_of(site, number, second.id)
    assert post(theirs, number, "settle", proposal=str(proposal.id), agrees="yes").status_code == 404
    assert post(mine, number, "settle", proposal=str(proposal.id), agrees="yes").status_code == 303
    assert "bao@example.org" in mine.get(f"/requests/{number}").text
    assert "asker@example.org" in guest.get(keys[1]).text
    assert post(theirs, number, "step", to="under-way", at="accepted").status_code == 303
    assert post(mine, number, "feedback", outcome="helped", text="Merci.").status_code == 303
    assert post(mine, number, "feedback", outcome="not", text="No.").status_code == 422
    assert guest.post(keys[1], data={"outcome": "partly", "text": "Trop court."}).status_code == 303
    assert post(theirs, number, "step", to="closed", at="under-way", reason="Twelve consulates.").status_code == 303
    story = theirs.get(f"/requests/{number}").text
    order = ["Request filed", "Experts ranked", "Chosen for the slate", "Invited", "The expert declined",
             "The expert accepted", "contact details passed", "Under way", "It helped", "It helped in part",
             "Twelve"]  # fmt: skip
    assert sorted(order, key=story.rindex) == order


def test_an_invitation_is_answered_once(site: TestSite, asker: Account, officer: Account) -> None:
    person, theirs = expert_samples.add(site, expert_samples.expert("Once Sample")), site.signed_in(officer)
    number = file(site.signed_in(asker))
    chosen(theirs, number, person.id)
    key, guest = invited(site, theirs, number, person.id), browser(site)
    assert guest.post(key, data={"answer": "decline"}).status_code == 422  # why?
    assert [guest.post(key, data={"answer": "decline", "why": "time"}).status_code for _ in range(2)] == [303, 303]
    assert "The expert declined" in (story := theirs.get(f"/requests/{number}").text)
    assert story.count("The expert declined") == 1
    assert "answered already" in guest.post(key, data={"answer": "accept"}).text
    assert stage(site, number) == "matched"  # nobody is left: another is chosen
    again = theirs.get(ranked(theirs, number)).text
    assert "Once Sample, Institute of Once Sample: refused before" in again
    assert guest.get("/invitation?key=unknown").status_code == 410


def test_an_invitation_runs_out(
    site: TestSite, asker: Account, officer: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, theirs = expert_samples.add(site, expert_samples.expert("Late Sample")), site.signed_in(officer)
    number = file(site.signed_in(asker))
    chosen(theirs, number, person.id)
    with monkeypatch.context() as patch:
        patch.setattr(proposals, "LASTS", timedelta(days=-1))
        key = invited(site, theirs, number, person.id)
    assert "has run out" in browser(site).get(key).text
    assert browser(site).post(key, data={"answer": "accept"}).status_code == 422
    assert stage(site, number) == "proposed"
    post(theirs, number, "drop", proposal=str(proposal_of(site, number, person.id).id))
    assert stage(site, number) == "matched"


def test_consent_withdrawn_before_the_invitation(site: TestSite, asker: Account, officer: Account) -> None:
    person, theirs = expert_samples.add(site, expert_samples.expert("Shy Sample")), site.signed_in(officer)
    number = file(site.signed_in(asker))
    chosen(theirs, number, person.id)
    expert_samples.save(site, replace(person, consent=Consent()))
    found = proposal_of(site, number, person.id)
    told = theirs.post(f"/requests/{number}/invite", data={"proposal": str(found.id), "at": "matched"})
    assert told.status_code == 422
    assert "the rules leave this person out" in told.text
    assert "invitation?key" not in told.text
    assert "Shy Sample" not in told.text
    assert "Cannot be asked any more" in theirs.get(f"/requests/{number}").text


def test_consent_withdrawn_after_the_invitation(site: TestSite, asker: Account, officer: Account) -> None:
    person, theirs = expert_samples.add(site, expert_samples.expert("Gone Sample")), site.signed_in(officer)
    number = file(site.signed_in(asker))
    chosen(theirs, number, person.id)
    key = invited(site, theirs, number, person.id)
    expert_samples.save(site, replace(person, availability=replace(person.availability, paused=True)))
    assert browser(site).post(key, data={"answer": "accept"}).status_code == 422
    assert proposal_of(site, number, person.id).standing == "lapsed"
    assert "Gone Sample" not in site.signed_in(asker).get(f"/requests/{number}").text


def test_who_asks_is_not_told_before_both_agreed(site: TestSite, asker: Account, officer: Account) -> None:
    person, theirs = expert_samples.add(site, expert_samples.expert("Veil Sample")), site.signed_in(officer)
    number = file(site.signed_in(asker), confidential="1", organisation="Ministère Voilé", title="Titre Voilé")
    chosen(theirs, number, person.id)
    page = browser(site).get(invited(site, theirs, number, person.id)).text
    assert "Nos consulats" in page
    assert "Voilé" not in page
    assert "Sénégal" not in page
    assert "Senegal" not in page


def test_somebody_added_by_hand_needs_a_reason(site: TestSite, asker: Account, officer: Account) -> None:
    theirs = site.signed_in(officer)
    work = Work(0, "Beekeeping", "Honey and hives.", "en")
    person = expert_samples.add(site, expert_samples.expert("Hand Sample", works=(work,)))
    for n in range(25):  # enough who come nearer
        expert_samples.add(site, expert_samples.expert(f"Near Sample {n}"))
    number = file(site.signed_in(asker))
    assert "Hand Sample" not in theirs.get(ranked(theirs, number)).text
    assert chosen(theirs, number, by_hand="Nobody Sample", why="Knows").status_code == 422
    assert chosen(theirs, number, by_hand="hand  sample").status_code == 422
    assert chosen(theirs, number, by_hand="hand  sample", why="Knows the ministry.").status_code == 303
    assert (proposal_of(site, number, person.id).rank, proposal_of(site, number, person.id).reason) == (
        None,
        "Knows the ministry.",
    )
    assert "Added by hand: Knows the ministry." in theirs.get(f"/requests/{number}/matching").text


def test_a_slate_that_differs_from_the_proposed_one_needs_a_reason(
    site: TestSite, asker: Account, officer: Account
) -> None:
    theirs, number = site.signed_in(officer), file(site.signed_in(asker))
    with site.instance.database.read() as connection:
        ranked(theirs, number)
        kept = rankings.get(connection, rankings.newest(connection, number) or 0).ranking
    last = kept.people[-1].expert
    assert chosen(theirs, number, last, reason=" ").status_code == 422
    assert chosen(theirs, number, *kept.slate.chosen, reason="").status_code == 303


def test_the_ranking_is_kept_as_it_stood(site: TestSite, asker: Account, officer: Account) -> None:
    theirs, number = site.signed_in(officer), file(site.signed_in(asker))
    address = ranked(theirs, number)
    theirs.get(address)
    expert_samples.add(
        site, expert_samples.expert("Newcomer Sample", works=(Work(0, "Passeports perdus", PROBLEM, "fr"),))
    )
    assert "Newcomer Sample" not in theirs.get(address).text
    assert "Newcomer Sample" in theirs.get(ranked(theirs, number)).text
    kept = [
        e for e in audit_trail.history_of(site.instance.database, "request", number) if e.action == "request-ranked"
    ]
    assert len(kept) == 2
    assert all(len(str(e.details["sha256"])) == 64 for e in kept)
    assert [e.action for e in audit_trail.history_of(site.instance.database, "ranking", address.rsplit("=", 1)[1])] == [
        "seen"
    ] * 2
