"""Requests for tests on which officers have decided: ranked, chosen from, answered, declined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kb.accounts.account import SYSTEM
from kb.experts.store import encoded_experts, experts
from kb.matching.ranking import NO_SLATE, RankedExpert, Ranking
from kb.matching.store import proposals, rankings
from kb.requests.request import Request, Stage
from kb.requests.store import requests
from kb.store.database import Database
from tests.support import expert_samples

ASKED = Request("Consulates cannot replace lost passports.", "en", country="PER", objectives=("14",))


def expert(database: Database, name: str, **changes: object) -> int:
    """Store somebody who may be proposed; their number."""
    return encoded_experts.put(database, name, expert_samples.expert(name, **changes), "", ())


def change(database: Database, number: int, **changes: object) -> None:
    """The person changes their profile."""
    with database.write() as connection:
        person = experts.get(connection, number)
        experts.save(connection, SYSTEM, replace(person, **changes))  # type: ignore[arg-type]


def file(database: Database, request: Request = ASKED) -> int:
    with database.write() as connection:
        return requests.file(connection, SYSTEM, request)


def ranking(order: Iterable[int], slate: Sequence[int] = ()) -> Ranking:
    """A ranking of these people, who propose `slate`."""
    people = tuple(RankedExpert(number, place) for place, number in enumerate(order, 1))
    return Ranking(people, replace(NO_SLATE, chosen=tuple(slate)))


def rank(database: Database, number: int, order: Sequence[int], slate: Sequence[int] = ()) -> int:
    """Keep a ranking of these people, who propose `slate`; its number."""
    with database.write() as connection:
        return rankings.keep(connection, SYSTEM, number, ranking(order, slate))


def choose(database: Database, listed: int, chosen: Mapping[int, str], reason: str = "") -> None:
    """Put people on the slate; a text beside a number is why somebody was added by hand."""
    with database.write() as connection:
        found = rankings.get(connection, listed)
        stage = requests.get(connection, found.request).stage
        proposals.choose(connection, SYSTEM, found, chosen, stage, reason)


def answer(database: Database, number: int, person: int, *, accepts: bool) -> None:
    """Invite somebody on the slate, who answers."""
    with database.write() as connection:
        found = next(p for p in proposals.of_request(connection, number) if p.expert == person)
        proposals.invite(connection, SYSTEM, found.id, requests.get(connection, number).stage)
        proposals.answer(connection, found.id, accepts=accepts, why="" if accepts else "time")


def decline(database: Database, number: int, reason: str) -> None:
    """The secretariat does not take the request on."""
    with database.write() as connection:
        stage = requests.get(connection, number).stage
        requests.step(connection, SYSTEM, number, Stage.DECLINED, stage, reason)


def drop(database: Database, number: int, person: int) -> None:
    """Take somebody off the slate again."""
    with database.write() as connection:
        found = next(p for p in proposals.of_request(connection, number) if p.expert == person)
        proposals.drop(connection, SYSTEM, found.id)
