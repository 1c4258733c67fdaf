"""Two people at once, the same thing twice, and a change in between: what each is told, and that nothing is lost.

Each test runs on real threads against one database, which two sites have open, as two processes would.
"""

import html
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from httpx2 import Response

from kb.accounts.account import Account, Role
from kb.experts.expert import Availability, Consent, Expert
from kb.experts.store import experts
from kb.matching.store import proposals, rankings
from kb.requests.case import DeclineReason, Proposal, ProposalStatus, RequestEventKind
from kb.requests.request import Request, Stage
from kb.requests.store import requests
from tests.support import decisions, expert_samples
from tests.support.http_client import Client
from tests.support.site import TestSite
from web.i18n.locales import load_interfaces

LANGUAGES = ("en", "es", "fr")
PROBLEM = "Our consulates must replace lost passports. Who trains consular staff?"
_INTERFACES = load_interfaces()
_numbers = iter(range(1, 1000))


@dataclass
class Office:
    """Two sites on one database, with two officers, one at each, and somebody who asks."""

    site: TestSite
    other: TestSite
    asker: Account
    officers: tuple[Account, Account]

    def clients(self) -> tuple[Client, Client]:
        return self.site.signed_in(self.officers[0]), self.other.signed_in(self.officers[1])

    def filed(self) -> int:
        with self.site.instance.database.write() as connection:
            return requests.file(connection, self.asker.actor, Request(PROBLEM, "en", country="SEN"))

    def expert(self, **changes: object) -> Expert:
        return expert_samples.add(self.site, expert_samples.expert(f"Racer{next(_numbers)} Sample", **changes))

    def ranked(self, number: int, *people: Expert) -> int:
        """A ranking of these people."""
        numbers = [person.id for person in people]
        made = replace(decisions.ranking(numbers, numbers), eligible=len(people))
        with self.site.instance.database.write() as connection:
            return rankings.keep(connection, self.officers[0].actor, number, made)

    def on_slate(self, *people: Expert) -> tuple[int, list[int]]:
        """A request with these people on its slate: its number, and those of the proposals."""
        number = self.filed()
        ranking = self.ranked(number, *people)
        with self.site.instance.database.write() as connection:
            kept = rankings.get(connection, ranking)
            proposals.choose(connection, self.officers[0].actor, kept, {p.id: "" for p in people}, "filed", "")
        return number, [each.id for each in self.proposals(number)]

    def invited(self, person: Expert) -> tuple[int, int, str]:
        """A request to which somebody is invited: its number, that of the proposal, and the secret of the link."""
        number, (proposal,) = self.on_slate(person)
        with self.site.instance.database.write() as connection:
            return number, proposal, proposals.invite(connection, self.officers[0].actor, proposal, "matched")

    def proposals(self, number: int) -> list[Proposal]:
        with self.site.instance.database.read() as connection:
            return proposals.of_request(connection, number)

    def stage(self, number: int) -> Stage:
        with self.site.instance.database.read() as connection:
            return requests.get(connection, number).stage

    def happened(self, number: int, kind: RequestEventKind) -> int:
        """How often it happened."""
        with self.site.instance.database.read() as connection:
            return sum(event.kind is kind for event in requests.timeline(connection, number))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("races") / "home"
    site = expert_samples.words_site(home, ())
    other = expert_samples.words_site(home, ())
    asker = site.person(Role.OFFICIAL, email="asker@example.org", name="Awa Sample")
    yield Office(site, other, asker, (site.person(Role.SECRETARIAT), site.person(Role.SECRETARIAT)))
    other.instance.database.close()


def at_once(*acts: Callable[[], Response]) -> list[Response]:
    """What each act gives, all begun at the same moment."""
    ready = threading.Barrier(len(acts))

    def begun(act: Callable[[], Response]) -> Response:
        ready.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begun, acts))


def post(client: Client, address: str, **fields: str | list[str]) -> Callable[[], Response]:
    return partial(client.post, address, data=fields)


def guest(site: TestSite) -> Client:
    return Client(site.app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)


def says(answer: Response, message: str, language: str = "en") -> bool:
    """Whether a page says this, in its language."""
    plain = " ".join(html.unescape(answer.text).split())
    return " ".join(_INTERFACES[language].say(message).split()) in plain


def addresses(*answers: Response) -> list[str]:
    """The secrets of invitations that pages hand to an officer."""
    return [key for answer in answers for key in re.findall(r"/invitation\?key=([\w-]+)", answer.text)]


QUICKER = "Somebody else was quicker, and the request moved on. Look at where it stands now."
RULED_OUT = "By now the rules leave this person out. Nothing was sent."
TWICE = "This person was invited already; the first invitation stands, and no second one was sent."
RAN_OUT = "The invitation has run out."


# --- two officers ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_officers_decide_at_once(office: Office, language: str) -> None:
    """One decision counts, and is on record with its reason; the other officer reads that somebody was quicker."""
    number = office.filed()
    address = f"/{language}/requests/{number}/step"
    one, other = office.clients()
    answers = at_once(
        post(one, address, to="declined", at="filed", reason="Outside of what the hub does."),
        post(other, address, to="clarified", at="filed"),
    )
    won = [answer for answer in answers if answer.status_code == 303]
    lost = [answer for answer in answers if answer.status_code == 422]
    assert (len(won), len(lost)) == (1, 1)
    assert says(lost[0], QUICKER, language)
    assert office.stage(number) in (Stage.DECLINED, Stage.CLARIFIED)
    assert office.happened(number, RequestEventKind.STAGE) == 1


def test_what_the_slower_officer_wrote_is_not_lost(office: Office) -> None:
    number = office.filed()
    one, other = office.clients()
    assert one.post(f"/requests/{number}/step", data={"to": "clarified", "at": "filed"}).status_code == 303
    told = other.post(f"/requests/{number}/step", data={"to": "declined", "at": "filed", "reason": "A long reason."})
    assert ">A long reason.</textarea>" in told.text


def test_two_officers_choose_at_once(office: Office) -> None:
    """One slate counts; nobody stands on it twice, and the other officer sees it."""
    mine, theirs = office.expert(), office.expert()
    number = office.filed()
    ranking = str(office.ranked(number, mine, theirs))
    one, other = office.clients()
    address = f"/requests/{number}/slate"
    fields = {"ranking": ranking, "at": "filed", "reason": "The nearest."}
    answers = at_once(
        post(one, address, **fields, expert=str(mine.id)), post(other, address, **fields, expert=str(theirs.id))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    lost = next(answer for answer in answers if answer.status_code == 422)
    assert says(lost, QUICKER)
    assert ">The nearest.</textarea>" in lost.text
    (kept,) = office.proposals(number)
    assert (mine if kept.expert == mine.id else theirs).name in lost.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_officers_invite_the_same_person_at_once(office: Office, language: str) -> None:
    number, (proposal,) = office.on_slate(office.expert())
    one, other = office.clients()
    address = f"/{language}/requests/{number}/invite"
    answers = at_once(*(post(each, address, proposal=str(proposal), at="matched") for each in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert says(next(answer for answer in answers if answer.status_code == 422), TWICE, language)
    (key,) = addresses(*answers)
    assert PROBLEM in guest(office.site).get(f"/invitation?key={key}").text
    assert office.happened(number, RequestEventKind.INVITED) == 1


def test_two_officers_use_up_the_month_of_somebody_at_once(office: Office) -> None:
    """Who agreed to one invitation a month is asked once, though two requests want them."""
    person = office.expert(availability=Availability(monthly_limit=1))
    several = [office.on_slate(person) for _ in range(2)]
    answers = at_once(
        *(
            post(client, f"/requests/{number}/invite", proposal=str(proposal), at="matched")
            for client, (number, (proposal,)) in zip(office.clients(), several, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert says(next(answer for answer in answers if answer.status_code == 422), RULED_OUT)
    assert len(addresses(*answers)) == 1
    assert {office.proposals(number)[0].standing for number, _made in several} == {
        ProposalStatus.INVITED,
        ProposalStatus.LAPSED,
    }


def test_an_officer_declines_while_somebody_is_invited(office: Office) -> None:
    """Whichever comes first: in the end nobody waits for an answer to a request that has ended."""
    person = office.expert()
    number, (proposal,) = office.on_slate(person)
    one, other = office.clients()
    answers = at_once(
        post(one, f"/requests/{number}/step", to="declined", at="matched", reason="No."),
        post(other, f"/requests/{number}/invite", proposal=str(proposal), at="matched"),
    )
    ended = answers[0].status_code == 303
    assert office.stage(number) is (Stage.DECLINED if ended else Stage.PROPOSED)
    assert office.proposals(number)[0].standing is (ProposalStatus.RELEASED if ended else ProposalStatus.INVITED)
    assert len(addresses(*answers)) == (0 if ended else 1)
    assert says(answers[1 if ended else 0], QUICKER)


# --- the same thing twice ---


def test_a_double_clicked_invitation_loses_no_address(office: Office) -> None:
    """The browser shows the second answer alone; from there another address can be made, which replaces the first."""
    number, (proposal,) = office.on_slate(office.expert())
    officer, _other = office.clients()
    twice = [
        officer.post(f"/requests/{number}/invite", data={"proposal": str(proposal), "at": "matched"}) for _ in "ab"
    ]
    first, second = twice
    assert says(second, TWICE)
    assert addresses(second) == []
    assert f'action="/requests/{number}/address"' in second.text
    (old,) = addresses(first)
    (new,) = addresses(officer.post(f"/requests/{number}/address", data={"proposal": str(proposal)}))
    assert guest(office.site).get(f"/invitation?key={old}").status_code == 410
    assert PROBLEM in guest(office.site).get(f"/invitation?key={new}").text
    assert office.happened(number, RequestEventKind.INVITED) == 1
    with office.site.instance.database.write() as connection:
        proposals.answer(connection, proposal, accepts=False, why=DeclineReason.TIME)
    assert says(officer.post(f"/requests/{number}/address", data={"proposal": str(proposal)}), RAN_OUT)


def test_accepted_and_declined_at_once(office: Office) -> None:
    """A link that two people have: the first answer stands, and the other is told so."""
    number, _proposal, key = office.invited(office.expert())
    address = f"/invitation?key={key}"
    answers = at_once(
        post(guest(office.site), address, answer="accept"),
        post(guest(office.other), address, answer="decline", why="time"),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert says(
        answers[0 if answers[1].status_code == 303 else 1], "This was answered already; the first answer stands."
    )
    stands = ProposalStatus.ACCEPTED if answers[0].status_code == 303 else ProposalStatus.DECLINED
    assert office.proposals(number)[0].standing is stands
    assert office.happened(number, RequestEventKind.ACCEPTED) + office.happened(number, RequestEventKind.DECLINED) == 1


def test_a_double_clicked_answer_is_one(office: Office) -> None:
    number, _proposal, key = office.invited(office.expert())
    person = guest(office.site)
    answers = at_once(*(post(person, f"/invitation?key={key}", answer="accept", text="Yes.") for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert office.happened(number, RequestEventKind.ACCEPTED) == 1


def test_a_double_clicked_agreement_is_one(office: Office) -> None:
    number, proposal, key = office.invited(office.expert())
    guest(office.site).post(f"/invitation?key={key}", data={"answer": "accept"})
    asker = office.site.signed_in(office.asker)
    fields = {"proposal": str(proposal), "agrees": "yes"}
    answers = at_once(*(post(asker, f"/requests/{number}/settle", **fields) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (office.stage(number), office.happened(number, RequestEventKind.AGREED)) == (Stage.ACCEPTED, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_after_its_time(office: Office, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(proposals, "LASTS", timedelta(seconds=-1))
        number, _proposal, key = office.invited(office.expert())
    person, address = guest(office.site), f"/{language}/invitation?key={key}"
    opened = person.get(address)
    assert says(
        opened, "This invitation has run out, or you paused or withdrew a consent. Nothing more is asked.", language
    )
    assert PROBLEM not in opened.text
    answered = person.post(address, data={"answer": "accept"})
    assert (answered.status_code, says(answered, RAN_OUT, language)) == (422, True)
    assert office.stage(number) is Stage.PROPOSED  # the officer decides whom to ask instead


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_ends_before_the_answer(office: Office, language: str) -> None:
    """Who was asked reads that nothing more is asked of them, and it counts for no invitation of their month."""
    person = office.expert(availability=Availability(monthly_limit=1))
    number, _proposal, key = office.invited(person)
    asker = office.site.signed_in(office.asker)
    assert asker.post(f"/requests/{number}/withdraw", data={"at": "proposed", "reason": "Solved."}).status_code == 303
    answered = guest(office.site).post(f"/{language}/invitation?key={key}", data={"answer": "accept"})
    assert answered.status_code == 422
    assert says(answered, "The request has ended meanwhile. Nothing more is asked of you.", language)
    assert office.proposals(number)[0].standing is ProposalStatus.RELEASED
    assert office.invited(person)[2]


def test_a_request_is_taken_back_while_somebody_accepts(office: Office) -> None:
    number, _proposal, key = office.invited(office.expert())
    asker = office.other.signed_in(office.asker)
    taken, accepted = at_once(
        post(asker, f"/requests/{number}/withdraw", at="proposed", reason="Solved."),
        post(guest(office.site), f"/invitation?key={key}", answer="accept"),
    )
    assert taken.status_code == 303
    assert accepted.status_code in (303, 422)
    assert office.stage(number) is Stage.WITHDRAWN
    assert office.proposals(number)[0].standing is ProposalStatus.RELEASED
    assert office.happened(number, RequestEventKind.ACCEPTED) == (accepted.status_code == 303)


def test_a_double_clicked_form_files_one_request(office: Office) -> None:
    asker = office.site.signed_in(office.asker)
    form = asker.get("/requests/new").text
    once = re.search(r'name="once" value="([^"]+)"', form)[1]  # type: ignore[index]
    fields = {"text": PROBLEM, "country": "SEN", "once": once}
    twice = at_once(*(post(asker, "/requests/new", **fields) for _ in range(2)))
    assert [answer.status_code for answer in twice] == [303, 303]
    assert len({answer.headers["location"] for answer in twice}) == 1
    again = asker.post("/requests/new", data=fields | {"once": "another form"})
    assert again.headers["location"] not in {answer.headers["location"] for answer in twice}


# --- something changes between the list and the invitation ---


def withdrawn(office: Office, person: Expert) -> None:
    expert_samples.save(office.site, replace(person, consent=Consent()))


def paused(office: Office, person: Expert) -> None:
    expert_samples.save(office.site, replace(person, availability=replace(person.availability, paused=True)))


def busy(office: Office, person: Expert) -> None:
    """Somebody else of the office asks them for another request, and that is their month."""
    office.invited(person)


def erased(office: Office, person: Expert) -> None:
    account = office.site.person(Role.EXPERT)
    with office.site.instance.database.write() as connection:
        experts.set_contact(connection, person.id, account.email, "en", account.id)
    assert office.site.signed_in(account).post("/expert/erase", data={"sure": "1"}).status_code == 303


CHANGES = (withdrawn, paused, busy, erased)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_between_the_list_and_the_choice(
    office: Office, change: Callable[[Office, Expert], None], language: str
) -> None:
    """The officer is told that the rules leave somebody out; nobody is put on the slate, and what was written stays."""
    person = office.expert(availability=Availability(monthly_limit=1))
    number = office.filed()
    ranking = str(office.ranked(number, person, office.expert()))
    change(office, person)
    officer, _other = office.clients()
    fields = {"ranking": ranking, "at": "filed", "expert": str(person.id), "reason": "The nearest."}
    told = officer.post(f"/{language}/requests/{number}/slate", data=fields)
    assert (told.status_code, says(told, RULED_OUT, language)) == (422, True)
    assert ">The nearest.</textarea>" in told.text
    assert (office.proposals(number), office.stage(number)) == ([], Stage.FILED)
    assert (person.name in told.text) is (change in (paused, busy))  # who may still be found


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_between_the_slate_and_the_invitation(
    office: Office, change: Callable[[Office, Expert], None], language: str
) -> None:
    """Nothing is sent, the officer is told, and the record says that they cannot be asked any more."""
    person, second = office.expert(availability=Availability(monthly_limit=1)), office.expert()
    number, made = office.on_slate(person, second)
    change(office, person)
    officer, _other = office.clients()
    told = officer.post(
        f"/{language}/requests/{number}/invite", data={"proposal": [str(each) for each in made], "at": "matched"}
    )
    if change is not erased:  # whose proposal ended with the erasure
        assert (told.status_code, says(told, RULED_OUT, language)) == (422, True)
    assert len(addresses(told)) == 1  # the other person is invited all the same
    assert {p.expert: p.standing for p in office.proposals(number)} == {
        person.id: ProposalStatus.LAPSED,
        second.id: ProposalStatus.INVITED,
    }
    assert says(officer.get(f"/{language}/requests/{number}"), "Cannot be asked any more", language)


@pytest.mark.parametrize("change", CHANGES)
def test_between_the_invitation_and_the_answer(office: Office, change: Callable[[Office, Expert], None]) -> None:
    """A yes that the rules do not allow any more is not taken; with one more request waiting, the month is full."""
    person = office.expert(availability=Availability(monthly_limit=2 if change is busy else 1))
    number, _proposal, key = office.invited(person)
    change(office, person)
    answered = guest(office.site).post(f"/invitation?key={key}", data={"answer": "accept"})
    if change is busy:  # two invitations were agreed to
        assert answered.status_code == 303
        return
    assert answered.status_code == (410 if change is erased else 422)
    assert office.proposals(number)[0].standing is ProposalStatus.LAPSED
    assert office.stage(number) is Stage.MATCHED
    assert person.name not in office.site.signed_in(office.asker).get(f"/requests/{number}").text


def test_somebody_is_erased_while_they_are_invited(office: Office) -> None:
    """Whichever comes first: afterwards no link opens anything, and nothing of them is left."""
    person = office.expert()
    number, (proposal,) = office.on_slate(person)
    account = office.site.person(Role.EXPERT)
    with office.site.instance.database.write() as connection:
        experts.set_contact(connection, person.id, account.email, "en", account.id)
    officer, _other = office.clients()
    invited, gone = at_once(
        post(officer, f"/requests/{number}/invite", proposal=str(proposal), at="matched"),
        post(office.other.signed_in(account), "/expert/erase", sure="1"),
    )
    assert gone.status_code == 303
    assert invited.status_code in (200, 422)
    for key in addresses(invited):
        assert guest(office.site).get(f"/invitation?key={key}").status_code == 410
    assert office.proposals(number)[0].standing is ProposalStatus.LAPSED
    assert office.stage(number) is Stage.MATCHED
    assert person.name not in officer.get(f"/requests/{number}/matching").text
