"""Reminders: who is late, or soon will be; each occasion is written about once, and that it was stays on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from kb.clock import now
from kb.editorial.store import reviews
from kb.experts.store import experts
from kb.mail.letter import Topic
from kb.mail.store import outbox
from kb.matching.store import proposals
from kb.requests.case import ProposalStatus, RequestRecord
from kb.requests.request import PROMISED, Stage, next_stages
from kb.requests.store import notifications, requests
from kb.store import instance_facts
from kb.store.database import Database
from kb.store.tables.requests import proposals as made

CONSENT_DAYS, REVIEW_DAYS, REQUEST_DAYS, INVITATION_DAYS = 30, 2, 7, 3  # how long before the day
_DONE = "reminded"  # instance fact: the day for which reminders were last written


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that is due. `day` is the day it is about."""

    topic: Topic
    key: int
    account: int | None
    expert: int | None
    day: date
    occasion: str


def daily(database: Database) -> list[Reminder]:
    """Write what is due, once a day."""
    today = now().date()
    with database.read() as connection:
        if instance_facts.get(connection, _DONE) == today.isoformat():
            return []
    with database.write() as connection:
        return write(connection, today)


def write(connection: Connection, today: date) -> list[Reminder]:
    """Put a letter in for all that is due and not on record; those that were put in."""
    written = [each for each in due(connection, today) if _put(connection, each)]
    instance_facts.put(connection, _DONE, today.isoformat())
    return written


def due(connection: Connection, today: date) -> list[Reminder]:
    """All that is due today, whether or not it was written about."""
    found = [*_consents(connection, today), *_reviews(connection, today), *_requests(connection, today)]
    return [*found, *_invitations(connection, today)]


def day_of(case: RequestRecord, account: int | None) -> date | None:
    """The day by which something is to be done about a request: the one asked for, to the secretariat the promised."""
    days = [] if case.request.needed_by is None else [case.request.needed_by]
    if account != case.owner and case.stage in PROMISED:
        days.append((case.changed + timedelta(days=PROMISED[case.stage])).date())
    return min(days, default=None)


def _consents(connection: Connection, today: date) -> Iterator[Reminder]:
    reached = experts.contacts(connection)
    for expert in experts.profiles(connection):
        ends = expert.consent.expires
        if expert.id not in reached or not expert.consent.uses or expert.sample or ends is None:
            continue
        if ends - timedelta(days=CONSENT_DAYS) <= today < ends:
            to = reached[expert.id].account
            yield Reminder(Topic.CONSENT_ENDS, expert.id, to, expert.id, ends, f"consent {expert.id} {ends}")


def _reviews(connection: Connection, today: date) -> Iterator[Reminder]:
    for review in reviews.list_waiting(connection):
        soon = review.due - timedelta(days=REVIEW_DAYS) <= today <= review.due and review.asked.date() < today
        topic = Topic.REVIEW_LATE if review.due < today else Topic.REVIEW_SOON if soon else None
        if topic is not None:
            yield Reminder(topic, review.id, review.reviewer, None, review.due, f"{topic} {review.id} {review.due}")


def _requests(connection: Connection, today: date) -> Iterator[Reminder]:
    for case in requests.all_requests(connection):
        if case.request.sample or not next_stages(case.stage):
            continue
        for account in _waited_for(connection, case):
            day = day_of(case, account)
            if day is None:
                continue
            asked = case.request.needed_by
            soon = asked is not None and asked - timedelta(days=REQUEST_DAYS) <= today <= asked
            topic = Topic.REQUEST_LATE if day < today else Topic.REQUEST_SOON if soon else None
            if topic is not None:
                yield Reminder(topic, case.id, account, None, day, f"{topic} {case.id} {day} {account}")


def _waited_for(connection: Connection, case: RequestRecord) -> list[int]:
    """The accounts a request waits for: of who asks, or of the secretariat; nobody while an expert thinks it over."""
    proposed = proposals.of_request(connection, case.id)
    asked = requests.open_question(requests.timeline(connection, case.id)) is not None
    if asked or any(each.standing is ProposalStatus.ACCEPTED for each in proposed):
        return [] if case.owner is None else [case.owner]
    thinking = any(each.standing is ProposalStatus.INVITED and _open(each.expires) for each in proposed)
    if thinking or case.stage is Stage.UNDER_WAY:
        return []
    return notifications.officers(connection, case.id)


def _invitations(connection: Connection, today: date) -> Iterator[Reminder]:
    open_ones = (made.c.standing == ProposalStatus.INVITED.value, made.c.expires > now())
    for row in connection.execute(select(made.c.id, made.c.expert, made.c.expires).where(*open_ones)).all():
        reached, ends = experts.contact(connection, row.expert), row.expires.date()
        if reached is not None and ends - timedelta(days=INVITATION_DAYS) <= today:
            to, occasion = reached.account, f"invitation {row.id}"
            yield Reminder(Topic.INVITATION_OPEN, row.id, to, row.expert, ends, occasion)


def _open(expires: datetime | None) -> bool:
    return expires is not None and expires > now()


def _put(connection: Connection, each: Reminder) -> bool:
    return outbox.put(
        connection, each.topic, each.key, account=each.account, expert=each.expert, occasion=each.occasion
    )
