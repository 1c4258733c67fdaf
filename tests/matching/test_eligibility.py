"""Experts: who may be proposed, who is left out and why, and that nobody hidden is ever shown."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from index.matching.matcher import Concepts, Matcher, match_json, prepare_works
from kb.errors import UsageError
from kb.experts.expert import Availability, Consent, ConsentUse, Expert, LanguageLevel, OrganisationKind, Support
from kb.experts.organisations import same_organisation
from kb.experts.profile_json import profile_json, read_import, read_profile
from kb.experts.store import encoded_experts
from kb.experts.works import Work
from kb.matching.eligibility import ExclusionReason, MatchingContext, check_eligibility
from kb.requests.request import Request, Stage, next_stages
from kb.store.database import Database, open_database
from tests.support.command_line import Instance
from tests.support.documents import hashing

TODAY = date(2026, 11, 21)
AGREED = Consent(frozenset({ConsentUse.FOUND, ConsentUse.PROPOSED}), date(2026, 1, 1))
ANA = Expert(
    1,
    "Ana Ejemplo",
    "Ministerio de Trabajo",
    OrganisationKind.STATE,
    "PER",
    ("COL",),
    languages=(("es", LanguageLevel.FLUENT),),
    consent=AGREED,
)
REQUEST = Request("¿Cómo se inspecciona un taller?", "es", id=7, country="ECU", organisation="Alcaldía de Muestra")


def reasons(expert: Expert, request: Request = REQUEST, **circumstances: object) -> list[ExclusionReason]:
    found = check_eligibility(request, [expert], MatchingContext(TODAY, **circumstances))  # type: ignore[arg-type]
    assert bool(found.eligible) != bool(found.exclusions)
    return [ground for exclusion in found.exclusions for ground, _ in exclusion.reasons]


def test_who_breaks_no_rule_is_eligible() -> None:
    assert reasons(ANA) == []


@pytest.mark.parametrize(
    ("expert", "request_", "circumstances", "expected"),
    [
        (replace(ANA, consent=Consent()), REQUEST, {}, [ExclusionReason.NO_CONSENT]),
        (
            replace(ANA, consent=replace(AGREED, uses=frozenset({ConsentUse.FOUND}))),
            REQUEST,
            {},
            [ExclusionReason.NO_CONSENT],
        ),
        (replace(ANA, consent=replace(AGREED, given=None)), REQUEST, {}, [ExclusionReason.NO_CONSENT]),
        (replace(ANA, consent=replace(AGREED, given=TODAY + timedelta(1))), REQUEST, {}, [ExclusionReason.NO_CONSENT]),
        (replace(ANA, consent=replace(AGREED, expires=TODAY)), REQUEST, {}, [ExclusionReason.EXPIRED]),
        (replace(ANA, consent=replace(AGREED, expires=TODAY + timedelta(1))), REQUEST, {}, []),
        (replace(ANA, availability=Availability(paused=True)), REQUEST, {}, [ExclusionReason.PAUSED]),
        (
            replace(ANA, availability=Availability(available_from=date(2027, 1, 1))),
            REQUEST,
            {},
            [ExclusionReason.NOT_YET],
        ),
        (
            replace(ANA, availability=Availability(available_from=date(2027, 1, 1))),
            replace(REQUEST, needed_by=date(2027, 6, 1)),
            {},
            [],
        ),
        (ANA, REQUEST, {"loads": {1: 2}}, [ExclusionReason.FULL]),
        (ANA, REQUEST, {"loads": {1: 1, 2: 9}}, []),
        (
            ANA,
            replace(REQUEST, concerns=("Ministry of Labour",), country="PER"),
            {},
            [ExclusionReason.SAME_ORGANISATION],
        ),
        (ANA, replace(REQUEST, concerns=("Ministry of Labour",), country="ECU"), {}, []),  # of another State
        (
            replace(ANA, kind=OrganisationKind.UN, organisation="OIM Perú"),
            replace(REQUEST, concerns=("IOM",)),
            {},
            [ExclusionReason.SAME_ORGANISATION],
        ),
        (
            replace(ANA, kind=OrganisationKind.ACADEMIA, organisation="UM"),
            replace(REQUEST, organisation="Universidad de Muestra"),
            {"aliases": {"Universidad de Muestra": ("UM",)}},
            [ExclusionReason.SAME_ORGANISATION],
        ),
        (replace(ANA, declared=("ECU",)), REQUEST, {}, [ExclusionReason.DECLARED]),
        (replace(ANA, declared=("Alcaldia de muestra",)), REQUEST, {}, [ExclusionReason.DECLARED]),
        (ANA, REQUEST, {"refusals": frozenset({(1, "request:7")})}, [ExclusionReason.REFUSED]),
        (ANA, REQUEST, {"refusals": frozenset({(1, "Alcaldía de Muestra")})}, [ExclusionReason.REFUSED]),
        (ANA, REQUEST, {"refusals": frozenset({(1, "request:8"), (2, "request:7")})}, []),
        (ANA, replace(REQUEST, spoken=("fr", "en")), {}, [ExclusionReason.LANGUAGE]),
        (
            replace(ANA, languages=(("fr", LanguageLevel.BASIC),)),
            replace(REQUEST, spoken=("fr",)),
            {},
            [ExclusionReason.LANGUAGE],
        ),
        (ANA, replace(REQUEST, spoken=("fr", "es")), {}, []),
        (ANA, replace(REQUEST, region="002"), {}, [ExclusionReason.REGION]),
        (ANA, replace(REQUEST, region="005"), {}, []),
        (ANA, replace(REQUEST, region="COL"), {}, []),
        (
            replace(ANA, availability=Availability(paused=True)),
            replace(REQUEST, spoken=("fr",)),
            {"loads": {1: 5}},
            [ExclusionReason.PAUSED, ExclusionReason.FULL, ExclusionReason.LANGUAGE],
        ),
    ],
)
def test_every_rule_and_every_reason(
    expert: Expert, request_: Request, circumstances: dict[str, object], expected: list[ExclusionReason]
) -> None:
    assert reasons(expert, request_, **circumstances) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("OIM", "International Organization for Migration (IOM)", True),
        ("ACNUR", "UNHCR", True),
        ("ONU-Mujeres", "UN Women", True),
        ("Ministerio de Trabajo", "Ministère du Travail", True),
        ("Ministry of Labour, Migration Unit", "Ministerio del Trabajo", True),
        ("Secretaría de Relaciones Exteriores", "Ministry of Foreign Affairs", True),
        ("Ministerio del Interior", "Ministerio de Trabajo", False),
        ("Migration Unit, Ministry of Labour", "Migration Unit, Red Cross", False),
        ("Ministerio", "Ministry of Labour", False),
        ("Universidad de Lima", "Universidad de Quito", False),
        ("", "", False),
    ],
)
def test_names_of_one_organisation(one: str, other: str, same: bool) -> None:
    assert same_organisation(one, other) is same
    assert same_organisation(other, one) is same


# --- nobody who must not be shown is shown ---

_ORGANISATIONS = ("Ministry of Labour", "Ministerio de Trabajo", "IOM", "OIM Perú", "Universidad de Muestra")
_dates = some.none() | some.dates(date(2026, 11, 1), date(2026, 12, 31))
_people = some.builds(
    Expert,
    id=some.just(0),
    name=some.just(""),
    organisation=some.sampled_from(_ORGANISATIONS),
    kind=some.sampled_from(OrganisationKind),
    country=some.sampled_from(("PER", "ECU", "")),
    languages=some.just((("es", LanguageLevel.FLUENT),)),
    declared=some.lists(some.sampled_from(("ECU", "IOM")), max_size=1).map(tuple),
    consent=some.builds(Consent, some.frozensets(some.sampled_from(ConsentUse)), _dates, _dates),
    availability=some.builds(Availability, some.booleans(), _dates, some.integers(0, 2)),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    home = tmp_path_factory.mktemp("people")
    return open_database(f"sqlite:///{home / 'kb.sqlite'}", home)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=some.lists(_people, min_size=1, max_size=6),
    loads=some.dictionaries(some.integers(1, 6), some.integers(0, 3)),
    concerned=some.sampled_from(_ORGANISATIONS),
)
def test_nobody_who_must_not_be_shown_is_shown(people: list[Expert], loads: dict[int, int], concerned: str) -> None:
    experts = [
        replace(expert, id=i, name=f"Persona{i}x", works=(Work(i, "", f"Talleres e inspección, tomo {i}", "es"),))
        for i, expert in enumerate(people, 1)
    ]
    matcher = Matcher(experts)
    request = replace(REQUEST, concerns=(concerned,))
    found = matcher.match(request, MatchingContext(TODAY, loads), limit=10)
    shown = json.dumps(match_json(found), ensure_ascii=False)
    proposed = {proposal.expert.id for proposal in found.proposals}
    for expert in experts:
        covers = expert.consent.covers
        if not covers(ConsentUse.FOUND, TODAY):
            assert expert.name not in shown
            assert f"tomo {expert.id}" not in shown
        barred = (
            not covers(ConsentUse.PROPOSED, TODAY)
            or expert.availability.paused
            or loads.get(expert.id, 0) >= expert.availability.monthly_limit
            or "ECU" in expert.declared
        )
        assert not (barred and expert.id in proposed)
        if expert.kind is not OrganisationKind.STATE and same_organisation(expert.organisation, concerned):
            assert expert.id not in proposed
    assert len(proposed) + len(found.exclusions) == len(experts)


# --- profiles, the store, the command ---


def test_a_profile_survives_being_kept() -> None:
    expert = replace(
        ANA,
        declared=("IOM",),
        supports=(Support.ADVICE,),
        objectives=("6",),
        gender="woman",
        statement="Inspección.",
        availability=Availability(True, date(2027, 1, 1), 4),
        consent=replace(AGREED, expires=date(2028, 1, 1)),
    )
    assert read_profile(json.loads(json.dumps(profile_json(expert))), expert.id) == expert


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "x"}, "'name' is missing"),
        ({"name": "Ana"}, "'code' is missing"),
        ({"code": "x", "name": "Ana", "kind": "king"}, "'kind' is 'king'"),
        ({"code": "x", "name": "Ana", "languages": {"es": "good"}}, "must be basic, working or fluent"),
        ({"code": "x", "name": "Ana", "consent": {"given": "soon"}}, "must be a date"),
        ({"code": "x", "name": "Ana", "works": ["a book"]}, "'works' must be a list of objects"),
        ({"code": "x", "name": "Ana", "works": [{}]}, "'works.title' is missing"),
        ({"code": "x", "name": "Ana", "countries": "PER"}, "must be a list of texts"),
        ({"code": "x", "name": "Ana", "availability": {"monthly_limit": -1}}, "must be a whole number"),
    ],
)
def test_a_line_that_does_not_fit_is_told(row: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_import(row)


def test_an_import_cannot_consent_for_a_person_nor_undo_what_they_decided(database: Database) -> None:
    code, expert = read_import({"code": "ana", "name": "Ana", "consent": {"uses": ["found"], "given": "2026-01-01"}})
    assert expert.consent == Consent()
    encoded_experts.put(database, code, replace(expert, consent=AGREED), "", [])
    encoded_experts.put(database, code, expert, "", [])  # the file read again
    assert [e.consent for e in encoded_experts.all_experts(database) if e.name == "Ana"] == [AGREED]


def test_works_come_back_as_they_were_encoded(database: Database) -> None:
    encoding = hashing(late=True)
    work = Work(0, "Inspección", "Un taller se visita sin aviso. Se habla con todos.", "es")
    expert = replace(ANA, name="Con obra", works=(work,))
    prepared = prepare_works([work], encoding, Concepts("halves", lambda texts: [(0.5, 0.25)] * len(texts)))
    number = encoded_experts.put(database, "con-obra", expert, encoding.identity, prepared)
    kept = next(e for e in encoded_experts.all_experts(database) if e.id == number).works[0]
    facts = encoded_experts.work_facts(database, encoding.identity)[kept.id]
    read = encoded_experts.work_reader(database, [kept.id], encoding.dimension)([0])[0]
    assert (kept.title, kept.body) == (work.title, work.body)
    assert (facts.concepts, facts.method) == ((0.5, 0.25), "halves")
    assert (facts.vector == prepared[0].encoded.vector).all()
    assert (read.sentences == prepared[0].encoded.sentences).all()
    assert read.tokens == prepared[0].encoded.tokens


def lines(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_the_command_proposes_samples_and_counts_the_hidden(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home", late="no")
    consent = {"uses": ["found", "proposed"], "given": "2020-01-01"}
    inspection = [{"title": "Inspección de talleres", "body": "Cómo se visita un taller sin aviso.", "language": "es"}]
    file = lines(
        tmp_path / "people.jsonl",
        {"code": "a", "name": "Ana", "sample": True, "consent": consent, "works": inspection},
        {"code": "b", "name": "Beto", "consent": consent, "works": inspection},
        {"code": "c", "name": "Celia", "sample": True, "consent": consent, "statement": "Sé de puertos y aduanas."},
        {"code": "d", "name": "Dora", "sample": True, "consent": consent, "availability": {"paused": True}},
    )
    assert instance.run("people", "import", file).status == 0
    found = instance.run("match", "¿Cómo se hace la inspección de un taller?", "--json")
    assert found.status == 0
    assert [row["expert"]["name"] for row in found.json["experts"]] == ["Ana", "Celia"]
    assert [row["stated"] for row in found.json["experts"]] == [False, True]
    assert [(row["expert"]["name"], row["reasons"][0]["reason"]) for row in found.json["left_out"]] == [
        ("Dora", "paused")
    ]
    assert found.json["hidden"] == 1
    assert found.json["peers"] == []
    assert "Beto" not in found.out
    pair = found.json["experts"][0]["pairs"][0]
    assert pair["said"]["text"] in "Inspección de talleres\nCómo se visita un taller sin aviso."
    assert "Beto" not in instance.run("match", "inspección de talleres").out


@pytest.mark.parametrize("arguments", [("match", " "), ("match", "taller"), ("people", "import", "/nowhere.jsonl")])
def test_commands_that_cannot_work_say_why(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    found = Instance(tmp_path / "home").run(*arguments)
    assert found.status == 2
    assert found.err.startswith("kb: ")


def test_where_a_request_may_go() -> None:
    assert Stage.PROPOSED in next_stages(Stage.MATCHED)
    assert next_stages(Stage.CLOSED) == ()
    for stage in Stage:
        assert stage not in next_stages(stage)
