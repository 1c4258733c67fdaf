"""Reminders: written when they are due, to whoever it waits for, and once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.accounts.account import SYSTEM, Account, Role
from kb.clock import now
from kb.documents.state import State
from kb.editorial.review import Recommendation, Side
from kb.editorial.store import reviews, transitions
from kb.experts.expert import ConsentUse
from kb.experts.store import experts
from kb.mail.letter import Topic
from kb.matching.store import proposals, rankings
from kb.notifications.store import reminders
from kb.requests.case import ProposalStatus
from kb.requests.request import Request, Stage
from kb.requests.store import requests
from tests.support import decisions, expert_samples
from tests.support.command_line import Instance as CommandLine
from tests.support.site import TEXTS, TestSite, make_site

TODAY = now().date()


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), [], vectors=False)


@pytest.fixture
def site(house: TestSite) -> Iterator[TestSite]:
    """A site in which nothing waits for anybody."""
    yield house
    with house.instance.database.write() as connection:
        connection.execute(text("DELETE FROM letters"))
        connection.execute(text("DELETE FROM account_roles"))
        connection.execute(text("DELETE FROM expert_contacts"))
        connection.execute(text("UPDATE support_requests SET stage = 'withdrawn'"))
        connection.execute(text("UPDATE proposals SET standing = 'released'"))
        connection.execute(text("UPDATE documents SET state = 'rejected'"))


def due(site: TestSite) -> list[tuple[Topic, int | None]]:
    """What is due, and to which account."""
    with site.instance.database.read() as connection:
        return [(each.topic, each.account) for each in reminders.due(connection, TODAY)]


def sql(site: TestSite, statement: str, **values: object) -> None:
    with site.instance.database.write() as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize(
    ("left", "uses", "sample", "expected"),
    [
        (30, frozenset(ConsentUse), False, True),
        (1, frozenset(ConsentUse), False, True),
        (31, frozenset(ConsentUse), False, False),
        (0, frozenset(ConsentUse), False, False),  # it has run out
        (10, frozenset(), False, False),  # nothing was agreed to
        (10, frozenset(ConsentUse), True, False),
    ],
)
def test_before_a_consent_runs_out(
    site: TestSite, left: int, uses: frozenset[ConsentUse], sample: bool, expected: bool
) -> None:
    consent = replace(expert_samples.AGREED, uses=uses, expires=days(left))
    name = f"Expert {left} {len(uses)} {sample}"
    _person, account = expert_samples.add_with_account(
        site, expert_samples.expert(name, consent=consent, sample=sample), f"{left}@x.org"
    )
    sql(site, "UPDATE accounts SET email = email || id, address = address || id")
    assert due(site) == ([(Topic.CONSENT_ENDS, account.id)] if expected else [])


def a_review(site: TestSite, reviewer: Account) -> int:
    document = site.add(replace(TEXTS[4], name=f"{reviewer.id}.txt", title=f"Guide {reviewer.id}"), publish=False)
    with site.instance.database.write() as connection:
        transitions.send_to_review(connection, SYSTEM, document, State.DESCRIBED)
        return reviews.ask(connection, SYSTEM, document, reviewer.id, Side.EXTERNAL).id


@pytest.mark.parametrize(
    ("until", "asked_days_ago", "expected"),
    [(3, 5, None), (2, 5, Topic.REVIEW_SOON), (0, 5, Topic.REVIEW_SOON), (1, 0, None), (-1, 5, Topic.REVIEW_LATE)],
)
def test_around_the_day_a_review_is_promised_for(
    site: TestSite, until: int, asked_days_ago: int, expected: Topic | None
) -> None:
    reviewer = site.person(Role.REVIEWER)
    review = a_review(site, reviewer)
    asked = now() - timedelta(days=asked_days_ago)
    sql(site, "UPDATE reviews SET due = :due, asked = :asked WHERE id = :id", due=days(until), asked=asked, id=review)
    assert due(site) == ([] if expected is None else [(expected, reviewer.id)])
    with site.instance.database.write() as connection:
        reviews.declare(connection, reviewer.actor, review, conflict=False)
        reviews.open_file(connection, reviewer.actor, review)
        reviews.recommend(connection, reviewer.actor, review, Recommendation.PUBLISH, "Good.")
    assert due(site) == []


def a_request(site: TestSite, asker: Account, needed: int | None = None, *, sample: bool = False) -> int:
    by = None if needed is None else days(needed)
    with site.instance.database.write() as connection:
        wanted = Request("Passports are lost.", "en", country="PER", needed_by=by, sample=sample)
        return requests.file(connection, asker.actor, wanted)


@pytest.mark.parametrize(
    ("needed", "days_at_stage", "expected"),
    [
        (8, 0, None),
        (7, 0, Topic.REQUEST_SOON),
        (0, 0, Topic.REQUEST_SOON),
        (-1, 0, Topic.REQUEST_LATE),
        (None, 5, None),
        (None, 6, Topic.REQUEST_LATE),  # a request that was filed is promised to be read within five days
    ],
)
def test_around_the_day_a_request_is_needed_by_or_promised_for(
    site: TestSite, needed: int | None, days_at_stage: int, expected: Topic | None
) -> None:
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    number = a_request(site, asker, needed)
    since = now() - timedelta(days=days_at_stage)
    sql(site, "UPDATE support_requests SET changed = :since WHERE id = :id", since=since, id=number)
    assert due(site) == ([] if expected is None else [(expected, officer.id)])


def test_it_goes_to_whoever_the_request_waits_for(site: TestSite) -> None:
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    number = a_request(site, asker, -1)
    a_request(site, asker, -1, sample=True)  # nobody is late with it
    with site.instance.database.write() as connection:
        requests.ask(connection, officer.actor, number, "Which?")
    assert due(site) == [(Topic.REQUEST_LATE, asker.id)]
    with site.instance.database.write() as connection:
        requests.answer(connection, asker.actor, number, "All.")
    assert due(site) == [(Topic.REQUEST_LATE, officer.id)]
    with site.instance.database.write() as connection:
        requests.step(connection, asker.actor, number, Stage.WITHDRAWN, Stage.CLARIFIED, "Solved.")
    assert due(site) == []


def test_an_invitation_without_an_answer(site: TestSite) -> None:
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    person, account = expert_samples.add_with_account(site, expert_samples.expert("Slow Sample"), "slow@example.org")
    number = a_request(site, asker, -1)
    with site.instance.database.write() as connection:
        ranked = decisions.ranking([person.id])
        kept = rankings.get(connection, rankings.keep(connection, officer.actor, number, ranked))
        proposals.choose(connection, officer.actor, kept, {person.id: ""}, Stage.FILED, "")
        (made,) = proposals.of_request(connection, number)
        proposals.invite(connection, officer.actor, made.id, Stage.MATCHED)
    assert due(site) == []  # it has just been sent, and as long as an expert thinks it over nobody else is late
    for left, expected in (
        (4, []),
        (2, [(Topic.INVITATION_OPEN, account.id)]),
        (-1, [(Topic.REQUEST_LATE, officer.id)]),
    ):
        sql(site, "UPDATE proposals SET expires = :day WHERE id = :id", day=now() + timedelta(days=left), id=made.id)
        assert due(site) == expected, left
    with site.instance.database.write() as connection:
        proposals.lapse(connection, officer.actor, made.id)
        assert proposals.get(connection, made.id).standing is ProposalStatus.LAPSED


def test_each_occasion_is_written_about_once(site: TestSite) -> None:
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    number = a_request(site, asker, 3)
    sql(site, "DELETE FROM letters")
    with site.instance.database.write() as connection:
        first = reminders.write(connection, TODAY)
        assert [(each.topic, each.key, each.account) for each in first] == [(Topic.REQUEST_SOON, number, officer.id)]
        assert reminders.write(connection, TODAY) == []
        assert reminders.write(connection, days(1)) == []
        (late,) = reminders.write(connection, days(4))
        assert late.topic is Topic.REQUEST_LATE
    # Another day to be met is another occasion.
    sql(site, "UPDATE support_requests SET facts = replace(facts, :old, :new)", old=str(days(3)), new=str(days(5)))
    with site.instance.database.write() as connection:
        assert [each.day for each in reminders.write(connection, TODAY)] == [days(5)]


def test_the_site_writes_them_once_a_day(site: TestSite) -> None:
    asker = site.person(Role.OFFICIAL)
    site.person(Role.SECRETARIAT)
    sql(site, "DELETE FROM instance WHERE key = 'reminded'")
    a_request(site, asker, -1)
    assert len(reminders.daily(site.instance.database)) == 1
    a_request(site, asker, -1)
    assert reminders.daily(site.instance.database) == []
    sql(site, "UPDATE instance SET value = '2020-01-01' WHERE key = 'reminded'")
    assert len(reminders.daily(site.instance.database)) == 1


def test_the_command_tells_what_it_wrote(site: TestSite) -> None:
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    number = a_request(site, asker, -1)
    line = CommandLine(Path(site.instance.home))
    told = line.run("remind", "--json")
    fact = {"topic": "request-late", "key": number, "account": officer.id, "expert": None, "day": str(days(-1))}
    assert (told.status, told.json) == (0, [fact])
    again = line.run("remind")
    assert (again.status, again.out, again.err.strip()) == (0, "", "0 reminders were due and are written.")


def test_who_is_gone_is_not_reminded(site: TestSite) -> None:
    consent = replace(expert_samples.AGREED, expires=days(5))
    person, _account = expert_samples.add_with_account(
        site, expert_samples.expert("Gone", consent=consent, sample=False), "gone@example.org"
    )
    assert len(due(site)) == 1
    with site.instance.database.write() as connection:
        experts.erase(connection, person.id)
    assert due(site) == []
