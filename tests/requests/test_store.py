"""Requests in the store: who may move them where, what is on record, what waits for whom."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import product

import pytest

from kb.accounts.account import SYSTEM, Account, Actor, Role
from kb.accounts.store import accounts, audit_trail
from kb.errors import ForbiddenError, NotFoundError, RefusedError
from kb.experts.expert import Support
from kb.inbox.store.request_tasks import request_tasks
from kb.inbox.tasks import Task
from kb.matching.store import proposals, rankings
from kb.requests.case import RequestEventKind
from kb.requests.request import Request, Stage, next_stages
from kb.requests.store import requests
from kb.store.database import Database
from tests.support import decisions
from tests.support.documents import Instance

ASKED = Request("Consulates cannot replace lost passports.", "en", country="PER", organisation="Ministry X")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Instance(tmp_path_factory.mktemp("home")).database


def person(database: Database, role: Role, name: str) -> Account:
    """The account of this name; made before a transaction begins that is for something else."""
    address = f"{name}@example.org"
    with database.read() as connection:
        found = accounts.by_email(connection, address)
    if found is not None:
        return found
    with database.write() as connection:
        return accounts.create(connection, SYSTEM, address, [role], name)


def official(database: Database, name: str = "asker") -> Actor:
    return person(database, Role.OFFICIAL, name).actor


def officer(database: Database, name: str = "officer") -> Actor:
    return person(database, Role.SECRETARIAT, name).actor


def filed(database: Database, stage: Stage = Stage.FILED) -> int:
    """A request that came to `stage` by some way there is."""
    asker = official(database)
    ways = {Stage.FILED: [Stage.FILED]}
    for known in list(Stage):
        for each in list(ways):
            for after in next_stages(each):
                ways.setdefault(after, [*ways[each], after])
        if known in ways and stage in ways:
            break
    with database.write() as connection:
        number = requests.file(connection, asker, ASKED)
        for before, after in zip(ways[stage], ways[stage][1:], strict=False):
            requests.move(connection, SYSTEM, number, after, before, "A reason")
    return number


def test_a_request_comes_back_as_it_was_filed(database: Database) -> None:
    told = Request(
        "Consulates cannot replace lost passports.", "en", title="Passports", organisation="Ministry X", country="PER",
        objectives=("4", "14"), support=Support.TRAINING, spoken=("es",), region="419", concerns=("Institute Y",),
        needed_by=date(2030, 1, 31), confidential=True, title_public=True, sample=True,
    )  # fmt: skip
    unset = [f.name for f in dataclasses.fields(Request) if getattr(told, f.name) == f.default and f.name != "id"]
    assert unset == []  # a field that is new stands above
    asker = official(database)
    with database.write() as connection:
        number = requests.file(connection, asker, told)
        assert requests.get(connection, number).request == dataclasses.replace(told, id=number)


@pytest.mark.parametrize(("before", "after"), list(product(Stage, Stage)))
def test_moves_follow_the_stages(database: Database, before: Stage, after: Stage) -> None:
    number = filed(database, before)
    with database.write() as connection:
        if after in next_stages(before):
            requests.move(connection, SYSTEM, number, after, before)
            assert requests.get(connection, number).stage is after
        else:
            with pytest.raises(RefusedError, match=before) as caught:
                requests.move(connection, SYSTEM, number, after, before)
            assert caught.value.code == "stage"


def test_of_many_at_once_one_moves_it(database: Database) -> None:
    number, actors = filed(database), [officer(database, f"officer{n}") for n in range(4)]

    def decline(actor: Actor) -> str:
        try:
            with database.write() as connection:
                requests.step(connection, actor, number, Stage.DECLINED, Stage.FILED, f"By {actor.name}")
        except RefusedError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(decline, actors))
    assert told == ["done", "moved", "moved", "moved"]
    with database.read() as connection:
        ends = [e for e in requests.timeline(connection, number) if e.stage is Stage.DECLINED]
    assert len(ends) == 1


def test_every_step_is_in_the_audit_trail_without_its_words(database: Database) -> None:
    number, asker, office = filed(database), official(database), officer(database)
    with database.write() as connection:
        requests.ask(connection, office, number, "How many consulates?")
        requests.answer(connection, asker, number, "Twelve.")
    trail = audit_trail.history_of(database, "request", number)
    assert [e.action for e in trail] == ["request-filed", "request-question", "request-answer", "request-stage"]
    assert "Twelve" not in str(trail)
    assert audit_trail.verify(database) is None


def test_who_may_not_is_told_nothing(database: Database) -> None:
    number, other = filed(database), official(database, "other")
    with database.read() as connection:
        for asked in (number, 10**6):
            with pytest.raises((ForbiddenError, NotFoundError)):
                requests.seen_by(connection, other, asked)
        assert requests.list_requests(connection, other) == []
    reader = person(database, Role.READER, "reader").actor
    with database.write() as connection, pytest.raises(ForbiddenError):
        requests.file(connection, reader, ASKED)


def test_it_waits_for_whoever_has_to_do_something(database: Database) -> None:
    number, asker, office = filed(database), official(database), officer(database)

    def due(actor: Actor) -> list[Task]:
        with database.read() as connection:
            return [each.task for each in request_tasks(connection, actor) if each.key == number]

    assert (due(asker), due(office)) == ([], [Task.READ])
    with database.write() as connection:
        requests.ask(connection, office, number, "Where?")
    assert (due(asker), due(office)) == ([Task.EXPLAIN], [])
    with database.write() as connection:
        requests.answer(connection, asker, number, "There.")
    assert (due(asker), due(office)) == ([], [Task.RANK])


def test_a_ranking_names_its_own_digest(database: Database) -> None:
    number, office = filed(database), officer(database)
    with database.write() as connection:
        kept = rankings.keep(connection, office, number, decisions.ranking([1]))
        assert rankings.get(connection, kept).ranking == decisions.ranking([1])
        ranked = [e for e in requests.timeline(connection, number) if e.kind is RequestEventKind.RANKED]
    assert ranked[0].details["ranking"] == kept
    assert len(ranked[0].details["sha256"]) == 64


def test_nobody_who_is_gone_can_be_chosen(database: Database) -> None:
    number, office = filed(database), officer(database)
    with database.write() as connection:
        kept = rankings.keep(connection, office, number, decisions.ranking([99]))
        found = rankings.get(connection, kept)
        with pytest.raises(RefusedError) as caught:
            proposals.choose(connection, office, found, {99: ""}, Stage.FILED, "")
    assert caught.value.code == "left-out"
