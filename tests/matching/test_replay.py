"""Past requests ranked again, and requests on record matched: what officers chose beside what is found today."""

from dataclasses import replace
from pathlib import Path

import pytest

from kb.experts.expert import Availability, Consent, Expert, OrganisationKind
from kb.experts.store import experts
from kb.experts.works import Work
from kb.matching.replay import Report, UnrankableReason, again, gathered, report
from kb.matching.store import choices, proposals
from kb.store.database import Database
from tests.support import decisions
from tests.support.command_line import Instance
from tests.support.documents import Instance as Stored
from tests.support.documents import hashing

ASKED = decisions.ASKED
PASSPORTS = "Lost passports are replaced by consulates within three days."
HONEY = "Honey and hives, and how bees are kept on roofs."


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Stored(tmp_path, hashing()).database


def said(text: str) -> dict[str, object]:
    return {"works": (Work(0, "A work", text, "en"),)}


def replayed(database: Database, order: list[int]) -> Report:
    """The report when today's ranking is `order`, whatever is asked."""
    with database.read() as connection:
        past = gathered(choices.choices(connection))
        present = proposals.matching_context(connection)
        people: dict[int, Expert] = {e.id: e for e in experts.profiles(connection)}
    return report([again(each, people, present, lambda _request, _now: order) for each in past])


def test_agreement_counts_people_and_requests(database: Database) -> None:
    people = [decisions.expert(database, f"Sample {n}") for n in range(7)]
    a, b, c, d, e, f, g = people
    first, second = decisions.file(database), decisions.file(database, replace(ASKED, objectives=("13", "14")))
    decisions.choose(database, decisions.rank(database, first, people), {a: "", d: ""})
    decisions.choose(database, decisions.rank(database, second, [e, f]), {f: "", g: "Knows the ministry."})
    decisions.answer(database, second, f, accepts=True)
    found = replayed(database, [b, d, a, c, f])
    now, then = found.chosen.now, found.chosen.then
    assert (now.requests, now.people) == (then.requests, then.people) == (2, 4)
    assert (now.people_first, now.requests_first) == ({1: 0, 3: 2, 5: 3}, {1: 0, 3: 1, 5: 2})
    assert (then.people_first, then.requests_first) == ({1: 1, 3: 2, 5: 3}, {1: 1, 3: 2, 5: 2})
    assert (found.accepted.now.people, found.accepted.now.people_first[5]) == (1, 1)
    assert {n: (c.now.requests, c.now.people) for n, c in found.objectives.items()} == {"13": (1, 2), "14": (2, 4)}


def test_who_left_is_counted_apart(database: Database) -> None:
    stays, shy, paused, gone = (decisions.expert(database, f"Sample {n}") for n in range(4))
    number = decisions.file(database)
    order = [gone, shy, paused, stays]
    decisions.choose(database, decisions.rank(database, number, order), dict.fromkeys(order, ""))
    decisions.answer(database, number, stays, accepts=False)  # to this very request: no reason to leave them out again
    decisions.change(database, shy, consent=Consent())
    decisions.change(database, paused, availability=Availability(paused=True))
    with database.write() as connection:
        experts.erase(connection, gone)
    found = replayed(database, [stays])
    assert found.left == {UnrankableReason.ERASED: 1, UnrankableReason.CONSENT: 1, UnrankableReason.RULE: 1}
    assert (found.chosen.now.people, found.chosen.now.people_first[1]) == (1, 1)
    assert (found.chosen.then.people, found.chosen.then.people_first) == (1, {1: 0, 3: 0, 5: 1})
    assert (found.requests, found.accepted.now.people) == (1, 0)


def test_who_was_taken_off_the_slate_is_no_choice(database: Database) -> None:
    kept, dropped = (decisions.expert(database, f"Sample {n}") for n in range(2))
    number = decisions.file(database)
    decisions.choose(database, decisions.rank(database, number, [kept, dropped]), {kept: "", dropped: ""})
    decisions.drop(database, number, dropped)
    assert replayed(database, [dropped, kept]).chosen.now.people == 1


def test_replay_on_the_command_line(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    nothing = instance.run("match", "replay")
    assert (nothing.status, "nothing to replay" in nothing.out) == (0, True)
    assert instance.run("match", "replay", "--json").json["chosen"]["now"]["people@1"] is None
    database = instance.database()
    near, far = (decisions.expert(database, n, **said(t)) for n, t in (("Near", PASSPORTS), ("Far", HONEY)))
    number = decisions.file(database)
    decisions.choose(database, decisions.rank(database, number, [far, near]), {near: ""})
    found = instance.run("match", "replay", "--json").json
    assert (found["requests"], found["samples"], found["few"], found["left"]) == (1, 0, True, {})
    assert found["chosen"]["now"] == {f"{what}@{k}": 1.0 for what in ("people", "requests") for k in (1, 3, 5)}
    assert (found["chosen"]["as_it_stood"]["people@1"], found["chosen"]["as_it_stood"]["people@3"]) == (0.0, 1.0)
    assert set(found["objectives"]) == {"14"}
    told = instance.run("match", "replay").out
    assert "So few (1 compared) say little" in told
    assert "first 1: 1 of 1" in told


# --- a request on record, and a slate ---


def test_a_request_on_record_brings_its_rules(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    database = instance.database()
    right = decisions.expert(database, "Right", **said(PASSPORTS))
    decisions.expert(database, "Colleague", organisation="Ministry Example", **said(PASSPORTS))
    decisions.expert(database, "Stranger", languages=(), **said(PASSPORTS))
    busy = decisions.expert(database, "Busy", **said(PASSPORTS), availability=Availability(monthly_limit=1))
    other = decisions.file(database)
    decisions.choose(database, decisions.rank(database, other, [busy]), {busy: ""})
    decisions.answer(database, other, busy, accepts=True)
    request = replace(ASKED, organisation="Ministry Example", spoken=("fr", "en"))
    found = instance.run("match", "--request", str(decisions.file(database, request)), "--json").json
    assert [each["expert"]["id"] for each in found["experts"]] == [right]
    reasons = {each["expert"]["name"]: [r["reason"] for r in each["reasons"]] for each in found["left_out"]}
    assert reasons == {"Colleague": ["same-organisation"], "Stranger": ["language"], "Busy": ["monthly-limit"]}
    assert found.keys() == instance.run("match", ASKED.text, "--json").json.keys()
    assert "request-people" in instance.run("audit", "show").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--request", "99"), "no request 99"),
        (("--request", "1", "--country", "PER"), "its own language, country and rules"),
        (("--request", "1", "some text"), "either TEXT"),
        (("some text", "--slate", "-1"), "--slate"),
        ((), "either TEXT"),
    ],
    ids=["unknown", "two rules", "two requests", "no slate", "nothing"],
)
def test_what_cannot_be_matched_is_told(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    instance = Instance(tmp_path)
    decisions.file(instance.database())
    answer = instance.run("match", *arguments)
    assert answer.status == 2
    assert told in answer.err


def test_a_slate_with_what_balance_costs(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    database = instance.database()
    text = {n: f"Lost passports and {'replaced ' * (4 - n)}by consulates, {n}." for n in range(4)}
    men = [decisions.expert(database, f"Man {n}", gender="man", country="PER", **said(text[n])) for n in range(3)]
    aside = {"gender": "woman", "country": "PER", "kind": OrganisationKind.UN}
    woman = decisions.expert(database, "Woman", **aside, **said("Consulates and bees."))
    second = decisions.expert(database, "Second", **aside, **said("Bees."))
    request = str(decisions.file(database))
    found = instance.run("match", "--request", request, "--slate", "2", "--limit", "1", "--json").json
    assert len(found["experts"]) == 1
    slate = found["slate"]
    chosen = [each["expert"] for each in slate["chosen"]]
    assert len(set(chosen) & set(men)) == 1
    assert chosen[1] == woman
    assert [each["expert"] for each in slate["chosen"][1]["alternates"]] == [second]
    assert 0 < slate["cost"] == slate["costs"]["un-and-others"]
    assert 0 < slate["share"] < 1
    assert slate["relaxed"] == ["region"]
    said_so = instance.run("match", "--request", request, "--slate", "2").out
    assert "A slate of 2 from the 5 who come nearest" in said_so
    assert "could step in: Second" in said_so
    assert f"Balance costs {slate['cost']:.4f}" in said_so
    assert "Could not be kept with these people: at most half from one region." in said_so
    one = instance.run("match", ASKED.text, "--slate", "1", "--json").json
    assert one["slate"]["chosen"][0]["rank"] == 1  # of one person no balance is asked
