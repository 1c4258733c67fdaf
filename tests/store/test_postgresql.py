"""The whole line on a PostgreSQL server: run where TEST_POSTGRES names one whose user may make databases.

Instances of `tests.stored` are on that server then, too, so that most other tests can be run on it by hand.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from ingest.reencode import encode_again
from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts, audit_trail
from kb.documents.models import Verdict
from kb.documents.state import Move, State
from kb.documents.store import documents, history
from kb.documents.store.tag_decisions import TagPlace
from kb.editorial.store import editing, transitions
from kb.errors import UsageError
from kb.search.answers import Query
from kb.store import instance_facts
from kb.store.database import open_database
from kb.store.tables.metadata import metadata
from kb.vocabularies.skos import read_folder
from tests.support.documents import Instance, on_server, sample
from tests.support.uploads import all_jobs, send, work, worker_of

SERVER = os.environ.get("TEST_POSTGRES", "")
needs_server = pytest.mark.skipif(not SERVER, reason="TEST_POSTGRES names no PostgreSQL server")
TEXT = b"---\ntitle: Mobile consulates\nlanguage: en\n---\n# Office\n\nConsulates that travel renewed passports.\n"
VOCABULARIES = Path(__file__).parent.parent.parent / "corpus" / "vocabularies"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Instance]:
    held = Instance(tmp_path)
    yield held
    held.database.close()


def person(held: Instance, role: Role) -> Account:
    with held.database.write() as connection:
        return accounts.create(connection, SYSTEM, f"{role}@example.org", (role,), str(role))


@needs_server
def test_migrations_equal_the_tables(tmp_path: Path) -> None:
    database = open_database(on_server(SERVER, tmp_path), tmp_path)
    assert set(inspect(database.engine).get_table_names()) >= set(metadata.tables)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert [each for each in compare_metadata(context, metadata) if each[0] != "remove_table"] == []


@needs_server
def test_a_file_is_sent_described_published_found_and_withdrawn(held: Instance) -> None:
    sender, librarian = person(held, Role.CONTRIBUTOR), person(held, Role.LIBRARIAN)
    send(held, ("a.md", TEXT), account=sender)
    with worker_of(held) as worker:
        work(worker)
    assert all_jobs(held)["a.md"].outcome == "stored"
    searcher = held.searcher()
    with held.database.write() as connection:
        transitions.publish_trusted(connection, librarian.actor, 1, "A sample collection", State.DESCRIBED)
    searcher.refresh()
    assert [hit.record.document.id for hit in searcher.search(Query("travelling consulates")).hits] == [1]
    with held.database.read() as connection:
        described = documents.get(connection, 1).description
    with held.database.write() as connection:
        seen = history.last_change(connection, 1)
        changed = replace(described, title="Itinerant offices")
        editing.describe(connection, librarian.actor, 1, changed, "", seen)
        place = TagPlace(1, None, "objectives", "14")
        editing.decide_tags(connection, librarian.actor, read_folder(VOCABULARIES), [place], Verdict.ADDED)
    assert encode_again(held.database, held.encoding) == 1
    searcher.refresh()
    assert searcher.catalogue.facts[1].areas
    assert {hit.record.document.title for hit in searcher.search(Query("itinerant")).hits} == {"Itinerant offices"}
    with held.database.write() as connection:
        transitions.withdraw(connection, librarian.actor, 1, "A sample reason")
    searcher.refresh()
    assert not searcher.search(Query("itinerant")).hits
    with held.database.read() as connection:
        assert history.last_move(connection, 1, State.WITHDRAWN).field == Move.WITHDRAW  # type: ignore[union-attr]
    assert audit_trail.verify(held.database) is None


@needs_server
def test_writers_take_turns_and_no_change_is_lost(held: Instance) -> None:
    def add(number: int) -> int:
        return held.add(sample(f"Passage {number} on consulates.", name=f"{number}.txt"))[0]

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(add, range(24)))
    assert len(set(numbers)) == 24
    with held.database.read() as connection:
        revisions = list(connection.scalars(text("SELECT revision FROM documents")))
        assert sorted(revisions) == list(range(1, 25))
        assert instance_facts.revision(connection) == 24
    assert audit_trail.verify(held.database) is None


@needs_server
def test_a_reader_sees_one_moment(held: Instance) -> None:
    held.add(sample("One passage."))
    with held.database.read() as connection:
        before = documents.published_facts(connection)
        held.add(sample("Another passage.", name="b.txt"))
        assert documents.published_facts(connection) == before
        assert instance_facts.revision(connection) == 1


@needs_server
@pytest.mark.parametrize("table", ["audit", "document_changes", "tag_decisions", "carried_decisions"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_on_record_stays(held: Instance, table: str, change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), held.database.write() as connection:
        connection.execute(text(change.format(table)))


def test_a_missing_driver_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="driver"):
        open_database("postgresql+nodriver://kb@127.0.0.1/kb", tmp_path)
