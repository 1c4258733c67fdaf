"""Letters: who gets which, in which language and with what in it, on their way to a real mail server."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts
from kb.cli import bootstrap, notifications
from kb.documents.state import Move, State
from kb.documents.store import documents
from kb.editorial.review import Side
from kb.editorial.store import reviews, transitions
from kb.experts.expert import Expert
from kb.experts.store import experts
from kb.mail import smtp
from kb.mail.letter import PAUSES, DeliveryStatus, Topic
from kb.mail.store import outbox
from kb.matching.store import proposals, rankings
from kb.notifications.store import reminders
from kb.requests.case import Outcome, ProposalStatus
from kb.requests.request import Request, Stage
from kb.requests.store import feedback, requests
from kb.requests.store import notifications as request_notifications
from tests.support import decisions, expert_samples
from tests.support.command_line import Instance as CommandLine
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite, make_site, prepared
from tests.support.smtp_server import PUBLIC, PostOffice, forget, post_office, told, words
from web.i18n.locales import load_interfaces
from web.notifications.delivery import deliver

PROBLEM = "Nos consulats ne savent pas remplacer un passeport perdu."
TITLE = "Passeports perdus"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), [TEXTS[0]], vectors=False)


@pytest.fixture
def site(house: TestSite) -> TestSite:
    """A site without letters and without people of the secretariat."""
    with house.instance.database.write() as connection:
        connection.execute(text("DELETE FROM letters"))
        connection.execute(text("DELETE FROM account_roles"))
    return house


@pytest.fixture(scope="module")
def _post() -> object:
    with post_office() as office:
        yield office


@pytest.fixture
def post(_post: PostOffice) -> PostOffice:
    _post.letters, _post.refused = [], set()
    return _post


def somebody(site: TestSite, role: Role, name: str, language: str = "en") -> Account:
    """Somebody whose address begins with `name`, to be written to in a language."""
    with site.instance.database.write() as connection:
        number = len(accounts.list_accounts(connection))
        return accounts.create(connection, SYSTEM, f"{name}-{number}@example.org", [role], f"{name} X", language)


def asked(site: TestSite, asker: Account, *, confidential: bool = False) -> int:
    wanted = Request(PROBLEM, "fr", title=TITLE, country="SEN", confidential=confidential)
    with site.instance.database.write() as connection:
        return requests.file(connection, asker.actor, wanted)


def invited(site: TestSite, number: int, officer: Account, *people: Expert) -> list[int]:
    """Invite people; the numbers of their invitations."""
    ranked = decisions.ranking(person.id for person in people)
    with site.instance.database.write() as connection:
        kept = rankings.get(connection, rankings.keep(connection, officer.actor, number, ranked))
        at = requests.get(connection, number).stage
        proposals.choose(connection, officer.actor, kept, {person.id: "" for person in people}, at, "")
        made = [p.id for p in proposals.of_request(connection, number)]
        for each in made:
            proposals.invite(connection, officer.actor, each, requests.get(connection, number).stage)
    return made


def reachable(site: TestSite, name: str, language: str = "fr") -> tuple[Expert, Account]:
    account = somebody(site, Role.EXPERT, name, language)
    person, _account = expert_samples.add(site, expert_samples.expert(f"{name} {account.id}")), account
    with site.instance.database.write() as connection:
        experts.set_contact(connection, person.id, account.email, language, account.id)
    return person, account


def submitted(site: TestSite, owner: Account, title: str) -> int:
    base = replace(TEXTS[4], name=f"{title}-{owner.id}.txt", title=title)
    mine = replace(prepared(base, site.instance), owner=owner.id)
    return documents.add(site.instance.database, mine, publish=False).document


def link_in(letter: EmailMessage) -> str:
    found = re.search(rf"{PUBLIC}(/\S+)", words(letter))
    return found[1] if found else ""


# --- requests ---


def test_the_story_of_a_request_in_letters(site: TestSite, post: PostOffice) -> None:
    asker = somebody(site, Role.OFFICIAL, "asker", "fr")
    officer, other = somebody(site, Role.SECRETARIAT, "officer", "es"), somebody(site, Role.SECRETARIAT, "other")
    person, expert = reachable(site, "expert")
    database = site.instance.database
    number = asked(site, asker)
    first = post.new(site)
    assert told(first) == sorted(
        [(officer.email, "Se presentó una solicitud de apoyo"), (other.email, "A request for support was filed")]
    )
    assert {link_in(each) for each in first} == {f"/es/requests/{number}", f"/en/requests/{number}"}
    with database.write() as connection:
        requests.ask(connection, officer.actor, number, "Combien de consulats ?")
    assert told(post.new(site)) == [(asker.email, "Il y a une question sur votre demande")]
    with database.write() as connection:
        requests.answer(connection, asker.actor, number, "Douze.")
    # From here on to the one of the secretariat who took it up.
    assert told(post.new(site)) == [(officer.email, "Se respondió una pregunta sobre una solicitud")]
    invited(site, number, officer, person)
    letters = {str(each["To"]): each for each in post.new(site)}
    assert set(letters) == {asker.email, expert.email}
    assert "Des personnes ont été invitées" in letters[asker.email]["Subject"]
    address = link_in(letters[expert.email])
    assert address.startswith("/fr/invitation?key=")
    page = Client(site.app, headers={"sec-fetch-site": "same-origin"}).post(address, data={"answer": "accept"})
    assert page.status_code == 200
    assert told(post.new(site)) == sorted(
        [
            (asker.email, "Quelqu’un a accepté d’aider pour votre demande"),
            (officer.email, "Un especialista aceptó una invitación"),
        ]
    )
    with database.write() as connection:
        (made,) = proposals.of_request(connection, number)
        proposals.settle(connection, asker.actor, made.id, agrees=True)
    both = post.new(site)
    assert [to for to, _subject in told(both)] == [expert.email]
    with database.write() as connection:
        requests.step(connection, officer.actor, number, Stage.UNDER_WAY, Stage.ACCEPTED)
        requests.step(connection, officer.actor, number, Stage.CLOSED, Stage.UNDER_WAY, "Fait.")
        feedback.of_asker(connection, asker.actor, number, Outcome.HELPED, "Merci.")
    assert told(post.new(site)) == [(asker.email, "Votre demande a été clôturée")]
    said = " ".join(words(each) for each in post.letters)
    assert f"demande {number} («\u00a0{TITLE}\u00a0»)" in said
    for secret in (PROBLEM, "Combien", "Douze", "Fait.", person.name, "asker X", "officer X", "@"):
        assert secret not in said.replace("@context", ""), secret


def test_a_confidential_request_is_a_number_in_letters(site: TestSite, post: PostOffice) -> None:
    asker, officer = somebody(site, Role.OFFICIAL, "asker"), somebody(site, Role.SECRETARIAT, "officer")
    (busy, _account), (person, expert) = reachable(site, "busy"), reachable(site, "expert", "en")
    number = asked(site, asker, confidential=True)
    invited(site, number, officer, busy, person)
    sent = post.new(site)
    with site.instance.database.write() as connection:
        first, second = proposals.of_request(connection, number)
        proposals.answer(connection, first.id, accepts=False, why="time", text="No time.")
        proposals.answer(connection, second.id, accepts=True)
        proposals.settle(connection, asker.actor, second.id, agrees=True)
    sent += post.new(site)
    agreed = next(each for each in sent if "Both sides agreed" in each["Subject"])
    assert agreed["To"] == expert.email
    assert f"request {number}." in " ".join(words(each) for each in sent)
    assert f"request {number}, and" in words(agreed)
    assert not any(TITLE in words(each) or "No time" in words(each) for each in sent)


def test_what_is_no_longer_true_is_not_sent(site: TestSite, post: PostOffice) -> None:
    asker, officer = somebody(site, Role.OFFICIAL, "asker"), somebody(site, Role.SECRETARIAT, "officer")
    (person, _account), (gone, _other) = reachable(site, "expert"), reachable(site, "gone")
    number = asked(site, asker)
    invited(site, number, officer, person, gone)
    with site.instance.database.write() as connection:
        for each in proposals.of_request(connection, number):
            proposals.lapse(connection, officer.actor, each.id)
        connection.execute(text(f"DELETE FROM account_roles WHERE account = {asker.id}"))
    assert [to for to, _subject in told(post.new(site))] == [officer.email]
    with site.instance.database.read() as connection:
        assert outbox.counts(connection)[DeliveryStatus.VOID] >= 3


def test_nobody_is_reminded_of_an_invitation_they_answered(site: TestSite, post: PostOffice) -> None:
    asker, officer = somebody(site, Role.OFFICIAL, "asker"), somebody(site, Role.SECRETARIAT, "officer")
    (quick, _first), (slow, expert) = reachable(site, "quick"), reachable(site, "slow")
    made = invited(site, asked(site, asker), officer, quick, slow)
    post.deliver(site)
    with site.instance.database.write() as connection:
        for n, (number, person) in enumerate(zip(made, (quick, slow), strict=True)):
            outbox.put(connection, Topic.INVITATION_OPEN, number, expert=person.id, occasion=f"{number} {n}")
        proposals.answer(connection, made[0], accepts=False, why="time")
    reminded = [each for each in post.new(site) if each["To"] != officer.email]
    assert told(reminded) == [(expert.email, "Une invitation attend votre réponse")]
    assert "key=" not in words(reminded[0])


def test_nobody_is_written_to_about_samples(site: TestSite, post: PostOffice) -> None:
    asker = somebody(site, Role.OFFICIAL, "asker")
    officer = somebody(site, Role.SECRETARIAT, "officer")
    with site.instance.database.write() as connection:
        number = requests.file(connection, asker.actor, Request(PROBLEM, "fr", sample=True))
        requests.ask(connection, officer.actor, number, "Which?")
    assert post.new(site) == []


# --- documents ---


def test_reviewers_and_contributors_are_written_to(site: TestSite, post: PostOffice) -> None:
    owner, reviewer = somebody(site, Role.CONTRIBUTOR, "owner", "es"), somebody(site, Role.REVIEWER, "reviewer", "fr")
    librarian = somebody(site, Role.LIBRARIAN, "librarian")
    names = {move: submitted(site, owner, f"Guía {move}") for move in (Move.RETURN, Move.REJECT, Move.PUBLISH_TRUSTED)}
    reviewed = submitted(site, owner, "Guía revisada")
    with site.instance.database.write() as connection:
        for move, number in names.items():
            transitions.move(connection, librarian.actor, number, move, "Un motivo.", State.DESCRIBED)
        transitions.send_to_review(connection, librarian.actor, reviewed, State.DESCRIBED)
        review = reviews.ask(connection, librarian.actor, reviewed, reviewer.id, Side.EXTERNAL)
    letters = post.new(site)
    assert told(letters) == sorted(
        [
            (owner.email, "Hay preguntas sobre un documento que usted envió"),
            (owner.email, "Un documento que usted envió no fue aceptado"),
            (owner.email, "Un documento que usted envió está publicado"),
            (reviewer.email, "Une évaluation vous est demandée"),
        ]
    )
    asked_for = next(each for each in letters if each["To"] == reviewer.email)
    assert "«\u00a0Guía revisada\u00a0»" in words(asked_for)
    assert str(review.due.year) in words(asked_for)
    assert link_in(asked_for) == f"/fr/reviews/{review.id}"
    assert site.signed_in(reviewer).get(link_in(asked_for)).status_code == 200
    published = next(each for each in letters if "publicado" in each["Subject"])
    assert link_in(published) == f"/es/documents/{names[Move.PUBLISH_TRUSTED]}"
    assert "Un motivo" not in " ".join(words(each) for each in letters)
    assert post.new(site) == []


def test_nobody_is_written_to_about_what_they_did_themselves(site: TestSite, post: PostOffice) -> None:
    asker = somebody(site, Role.SECRETARIAT, "officer")
    number = asked(site, asker)
    with site.instance.database.write() as connection:
        requests.step(connection, asker.actor, number, Stage.DECLINED, Stage.FILED, "Not for us.")
    assert post.new(site) == []


# --- what can go wrong ---


def some_letters(site: TestSite, count: int) -> list[Account]:
    """Officers of whom each is to be told of a request."""
    people = [somebody(site, Role.SECRETARIAT, f"officer{n}") for n in range(count)]
    asked(site, somebody(site, Role.OFFICIAL, "asker"))
    return people


def put_forward(site: TestSite) -> None:
    """As if all pauses had passed."""
    with site.instance.database.write() as connection:
        connection.execute(text("UPDATE letters SET due = created"))


def test_a_step_that_fails_leaves_no_letter(site: TestSite, post: PostOffice) -> None:
    somebody(site, Role.SECRETARIAT, "officer")
    asker = somebody(site, Role.OFFICIAL, "asker")
    with pytest.raises(RuntimeError), site.instance.database.write() as connection:  # noqa: PT012
        requests.file(connection, asker.actor, Request(PROBLEM, "fr"))
        raise RuntimeError("power cut")
    assert post.new(site) == []


@pytest.mark.parametrize("after", [False, True])
def test_a_sender_that_dies_loses_nothing(
    site: TestSite, post: PostOffice, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    (officer,) = some_letters(site, 1)
    real = smtp.send

    def dies(*letter: object) -> None:
        if after:
            real(*letter)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(smtp, "send", dies)
    with pytest.raises(KeyboardInterrupt):
        post.deliver(site)
    monkeypatch.undo()
    assert post.new(site) == []  # whoever had it may be at it still
    put_forward(site)
    assert [each["To"] for each in post.new(site)] == [officer.email]
    assert len({each["Message-ID"] for each in post.letters}) == 1  # so that mailboxes can tell that it is the same
    put_forward(site)
    assert post.new(site) == []


def test_two_senders_send_each_letter_once(site: TestSite, post: PostOffice) -> None:
    people = some_letters(site, 12)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: post.deliver(site), range(3)))
    assert sum(each.sent for each in done) == 12
    assert sorted(str(each["To"]) for each in post.letters) == sorted(person.email for person in people)


def test_a_server_that_is_away_is_tried_again_and_in_the_end_given_up(site: TestSite, post: PostOffice) -> None:
    admin = somebody(site, Role.ADMIN, "admin")
    (officer,) = some_letters(site, 1)
    away = replace(post.settings(site.instance.home), smtp_port=1)
    told_to_doctor = CommandLine(site.instance.home, **_as_strings(away))
    with post_office() as other:  # a second one, so that the port is surely free when it has closed
        port = other.port
    for attempt in range(len(PAUSES) + 1):
        office = PostOffice(port)
        assert office.deliver(site).held == "ConnectionRefusedError", attempt
        assert office.deliver(site).held == ""  # not before the pause has passed
        if attempt == 0:
            page = site.signed_in(admin).get("/letters").text
            assert ("ConnectionRefusedError" in page, "Try those again" in page) == (True, False)
            put_forward(site)
            with site.instance.database.write() as connection:
                connection.execute(text("UPDATE letters SET created = datetime(created, '-2 hours')"))
            found = told_to_doctor.run("doctor", "--json").json
            assert [(f["check"], f["level"]) for f in found if f["check"] == "letters"] == [("letters", "wrong")]
        put_forward(site)
    page = site.signed_in(admin).get("/es/letters").text
    assert "abandonadas" in page
    found = told_to_doctor.run("doctor", "--json").json
    assert [(f["check"], f["level"]) for f in found if f["check"] == "letters"] == [("letters", "note")]
    assert officer.email not in str(found)
    assert post.new(site) == []
    assert site.signed_in(admin).post("/letters/again").status_code == 303
    assert [each["To"] for each in post.new(site)] == [officer.email]


def test_an_address_that_is_refused_holds_nobody_up(site: TestSite, post: PostOffice) -> None:
    refused, other = some_letters(site, 2)
    post.refused = {refused.email}
    assert post.deliver(site).held == ""
    assert [each["To"] for each in post.letters] == [other.email]
    with site.instance.database.read() as connection:
        (letter,) = outbox.unsent(connection)
    assert (letter.state, letter.account) == (DeliveryStatus.FAILED, refused.id)
    assert "550" in letter.reason
    assert refused.email not in letter.reason


def test_the_secretariat_learns_of_an_invitation_that_reached_nobody(site: TestSite, post: PostOffice) -> None:
    asker, officer = somebody(site, Role.OFFICIAL, "asker"), somebody(site, Role.SECRETARIAT, "officer")
    person, expert = reachable(site, "expert")
    number = asked(site, asker)
    invited(site, number, officer, person)
    post.refused = {expert.email}
    sent = [each for each in post.new(site) if each["To"] == officer.email]
    assert [subject for _to, subject in told(sent)][-1] == "An invitation could not be sent by mail"
    assert (link_in(sent[-1]), person.name in words(sent[-1])) == (f"/en/requests/{number}", False)


def test_an_address_passed_on_by_hand_is_not_ended_by_a_letter(site: TestSite, post: PostOffice) -> None:
    officer = somebody(site, Role.SECRETARIAT, "officer")
    person, expert = reachable(site, "expert")
    (made,) = invited(site, asked(site, officer), officer, person)
    with site.instance.database.write() as connection:
        token = request_notifications.invitation_secret(connection, made)
    assert [each["To"] for each in post.new(site)] == []
    with site.instance.database.read() as connection:
        found = proposals.by_link(connection, token or "")
    assert found is not None
    assert (found.id, found.standing) == (made, ProposalStatus.INVITED)
    assert expert.email not in str(post.letters)


def test_old_letters_are_not_sent_when_mail_is_set_up_later(site: TestSite, post: PostOffice) -> None:
    some_letters(site, 2)
    without = replace(post.settings(site.instance.home), smtp_host="")
    deliver(without, site.instance.database, load_interfaces())
    assert post.new(site) == []
    with site.instance.database.read() as connection:
        assert outbox.counts(connection) == {DeliveryStatus.SHOWN: 2}


def test_without_mail_news_stand_in_the_inbox(site: TestSite) -> None:
    owner, librarian = somebody(site, Role.CONTRIBUTOR, "owner"), somebody(site, Role.LIBRARIAN, "librarian")
    number = submitted(site, owner, "Border guide")
    with site.instance.database.write() as connection:
        transitions.move(connection, librarian.actor, number, Move.PUBLISH_TRUSTED, "Samples", State.DESCRIBED)
    forget(site)
    client = site.signed_in(owner)
    page = client.get("/inbox").text
    assert f'<a href="/documents/{number}">Border guide</a>' in page
    assert "A document you sent in is published" in page
    assert 'Inbox <span class="tally">1<' in page
    (value,) = re.findall(r'value="(news-\d+)"', page)
    done = client.post("/inbox/do", data={"action": "put-away", "item": [value]})
    after = client.get(done.headers["location"]).text
    assert ("Border guide" in after, 'Inbox <span class="tally">0<' in after) == (False, True)
    key = value.rpartition("-")[2]
    stranger = site.signed_in(librarian)
    stranger.post("/inbox/undo", data={"action": "put-away", "item": [key]})
    assert "Border guide" not in client.get("/inbox").text  # it is nobody else's to bring back
    client.post("/inbox/undo", data={"action": "put-away", "item": [key]})
    assert "Border guide" in client.get("/inbox").text


def test_what_a_letter_told_is_no_news(site: TestSite, post: PostOffice) -> None:
    owner, librarian = somebody(site, Role.CONTRIBUTOR, "owner"), somebody(site, Role.LIBRARIAN, "librarian")
    number = submitted(site, owner, "Border guide")
    with site.instance.database.write() as connection:
        transitions.move(connection, librarian.actor, number, Move.REJECT, "No.", State.DESCRIBED)
    assert len(post.new(site)) == 1
    assert "Border guide" not in site.signed_in(owner).get("/inbox").text


def test_the_outbox_holds_no_words_and_no_addresses(site: TestSite) -> None:
    asker, officer = somebody(site, Role.OFFICIAL, "asker"), somebody(site, Role.SECRETARIAT, "officer")
    person, expert = reachable(site, "expert")
    invited(site, asked(site, asker), officer, person)
    with site.instance.database.read() as connection:
        rows = str(connection.execute(text("SELECT * FROM letters")).all())
    assert Topic.INVITATION in rows
    for hidden in (TITLE, PROBLEM, person.name, expert.email, asker.email, "key="):
        assert hidden not in rows


def _as_strings(settings: object) -> dict[str, str]:
    names = ("smtp_host", "smtp_from", "public_url")
    return {name: str(getattr(settings, name)) for name in names} | {"smtp_port": "1", "smtp_tls": "off"}


def test_a_restored_backup_writes_to_nobody(site: TestSite, post: PostOffice, tmp_path: Path) -> None:
    some_letters(site, 2)
    backup, home = tmp_path / "backup", tmp_path / "home"
    assert CommandLine(site.instance.home).run("backup", backup).status == 1  # the samples have no originals
    assert CommandLine(home).run("restore", backup).status == 0
    restored = CommandLine(home).database()
    assert deliver(post.settings(home), restored, load_interfaces()).sent == 0
    with restored.read() as connection:
        assert outbox.counts(connection) == {DeliveryStatus.SHOWN: 2}


def test_beside_the_site_letters_go_out_and_reminders_are_written(
    site: TestSite, post: PostOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (officer,) = some_letters(site, 1)
    instance = bootstrap.Instance(post.settings(site.instance.home), site.instance.database)
    reminded: list[int] = []

    class FewLooks(threading.Event):
        """Ends after the third look, without the pauses."""

        def wait(self, timeout: float | None = None) -> bool:
            return len(reminded) >= 3

    def daily(_database: object) -> None:
        reminded.append(1)
        if len(reminded) == 1:
            raise RuntimeError("a round that breaks off")

    monkeypatch.setattr(reminders, "daily", daily)
    notifications.keep_posting(instance, FewLooks())
    assert [each["To"] for each in post.letters] == [officer.email]
    assert "a round that breaks off" in capsys.readouterr().err
