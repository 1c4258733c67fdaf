"""A home that version 0.1 made: whatever becomes of the code, it opens, and what was in it is still there.

It was made through the site and the command line. files/home-0.1.json says what must hold for good: what commands
print, without scores, and how each address answers to whom; not the words of pages, which may be written anew.
"""

import hashlib
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response

from kb.accounts.store import audit_trail
from kb.cli import bootstrap
from kb.cli.serve import site_of
from kb.documents.models import TagState
from kb.documents.store import carried_decisions, tag_models, tags
from kb.matching.store import rankings
from kb.store.database import HEAD, schema_version
from tests.support.command_line import Instance
from tests.support.http_client import Client
from web.app import create_app

FILES = Path(__file__).parent.parent / "files"
FIRST = "0009"  # the schema of version 0.1
ERASED = ("Gone Sample", "gone@example.org", "Sample Bureau of Leaving")
HELD: dict[str, Any] = json.loads((FILES / "home-0.1.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the home, as version 0.1 left it, but that its API token does not run out."""
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(FILES / "home-0.1.tar.gz") as packed:
        packed.extractall(folder, filter="data")
    home = folder / "home-0.1"
    assert schema_version(f"sqlite:///{home / 'kb.sqlite'}") == FIRST
    with sqlite3.connect(home / "kb.sqlite") as connection:
        connection.execute("UPDATE api_tokens SET expires = '2999-01-01 00:00:00' WHERE ended IS NULL")
    connection.close()
    return home


@pytest.fixture(scope="module")
def instance(home: Path) -> Instance:
    return Instance(home, threads="1")


@pytest.fixture(scope="module")
def printed(instance: Instance) -> list[Any]:
    """What each command printed; run before any page is opened, which writes."""
    return [instance.run(*each["command"]).json for each in HELD["commands"]]


@pytest.fixture(scope="module")
def answers(instance: Instance, printed: list[Any]) -> dict[str, dict[str, Response]]:
    """Every address as it answers to whom it was made for, in the order that is written down."""
    app = _application(instance)
    return {who: dict(_opened(app, who, list(paths))) for who, paths in HELD["statuses"].items()}


def test_the_schema_is_brought_up_to_date(home: Path, printed: list[Any]) -> None:
    assert schema_version(f"sqlite:///{home / 'kb.sqlite'}") == HEAD


@pytest.mark.parametrize("number", range(len(HELD["commands"])))
def test_commands_print_what_they_did(printed: list[Any], number: int) -> None:
    before = HELD["commands"][number]["json"]
    assert _of_before(_without_scores(printed[number]), before) == _without_scores(before)


@pytest.mark.parametrize("who", HELD["statuses"], ids=lambda who: who.partition(" ")[0])
def test_addresses_answer_as_they_did(answers: dict[str, dict[str, Response]], who: str) -> None:
    assert {path: answer.status_code for path, answer in answers[who].items()} == HELD["statuses"][who]


def test_a_withdrawn_document_is_gone(answers: dict[str, dict[str, Response]]) -> None:
    assert answers["visitor"]["/en/documents/24"].status_code == 410


def test_who_was_erased_is_on_no_page(answers: dict[str, dict[str, Response]]) -> None:
    shown = [answer.text for opened in answers.values() for answer in opened.values()]
    assert not [words for words in ERASED if any(words in text for text in shown)]


def test_the_audit_chain_still_holds(instance: Instance, answers: dict[str, dict[str, Response]]) -> None:
    """With what opening pages added to it."""
    before, now = HELD["commands"][4]["json"], instance.run("audit", "verify", "--json").json
    assert now["holds"]
    assert now["rows"] > before["rows"]


def test_a_decision_on_tags_was_carried_to_the_next_version(instance: Instance) -> None:
    with instance.database().read() as connection:
        carried = carried_decisions.origins(connection, 27)
        claims = tags.all_of_document(connection, 27)
    states = {(tag.scheme, tag.notation): tag.state for passage, tag in claims if passage is None}
    assert len(carried) == 3
    assert states["objectives", "21"] == TagState.ACCEPTED
    assert states["stakeholders", "migrants"] == TagState.REJECTED


def test_kept_rankings_read_back_as_the_audit_trail_has_them(instance: Instance) -> None:
    database = instance.database()
    with database.read() as connection:
        kept = rankings.all_rankings(connection)
    noted = {
        entry.details["ranking"]: entry.details["sha256"]
        for each in kept
        for entry in audit_trail.history_of(database, "request", each.request)
        if entry.action == "request-ranked"
    }
    assert len(kept) == 6
    for each in kept:
        text = json.dumps(each.ranking.to_json(), sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == noted[each.id]


def test_the_learnt_model_is_in_use(instance: Instance) -> None:
    with instance.database().read() as connection:
        assert tag_models.number_in_use(connection) == 1
    with pytest.MonkeyPatch.context() as patched:
        assert bootstrap.tagging_model(_opened_instance(instance, patched)).method == "evidence-2.1"


def _application(instance: Instance) -> FastAPI:
    """As `kb serve` puts it together, without what works beside it: no worker, no letters."""
    with pytest.MonkeyPatch.context() as patched:
        opened = _opened_instance(instance, patched)
        return create_app(site_of(opened, bootstrap.open_searcher(opened, vectors=True)))


def _opened_instance(instance: Instance, patched: pytest.MonkeyPatch) -> bootstrap.Instance:
    for name, value in instance.environment.items():
        patched.setenv(name, value)
    return bootstrap.open_instance()


def _opened(app: FastAPI, who: str, paths: list[str]) -> Iterator[tuple[str, Response]]:
    headers = {"accept-language": "en", "sec-fetch-site": "same-origin"}
    if who.startswith("Bearer "):
        headers = {"authorization": who}
    client = Client(app, headers=headers, follow_redirects=False)
    if "@" in who:
        signed_in = client.post("/en/sign-in", data={"email": who, "password": HELD["sample_password"]})
        assert signed_in.status_code == 303
    return ((path, client.get(path)) for path in paths)


def _of_before(value: Any, before: Any) -> Any:
    """What is printed without what has been added since: who reads a value finds it where it was."""
    if isinstance(value, dict) and isinstance(before, dict):
        return {name: _of_before(each, before[name]) for name, each in value.items() if name in before}
    if isinstance(value, list) and isinstance(before, list) and len(value) == len(before):
        return [_of_before(each, other) for each, other in zip(value, before, strict=True)]
    return value


_FREE = frozenset({"score", "highlights", "took_ms", "bytes"})


def _without_scores(value: Any) -> Any:
    """How near a passage is and what is marked in it may change some day; which are found, and their order, stay."""
    if isinstance(value, dict):
        return {name: _without_scores(each) for name, each in value.items() if name not in _FREE}
    return [_without_scores(each) for each in value] if isinstance(value, list) else value
