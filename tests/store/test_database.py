"""The database: made on first use, brought up to date, refused with a remedy when it cannot be used."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from kb.errors import InstanceError
from kb.store import database as module
from kb.store import instance_facts
from kb.store.database import HEAD, open_database
from kb.store.tables.metadata import metadata


def url(home: Path) -> str:
    return f"sqlite:///{home / 'kb.sqlite'}"


def test_a_new_home_is_made(tmp_path: Path) -> None:
    home = tmp_path / "a home" / "ñ"
    database = open_database(url(home), home)
    assert set(inspect(database.engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_migrations_equal_the_tables(tmp_path: Path) -> None:
    database = open_database(url(tmp_path), tmp_path)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_table_without_a_migration_is_noticed(tmp_path: Path) -> None:
    database = open_database(url(tmp_path), tmp_path)
    with database.write() as connection:
        connection.execute(text("ALTER TABLE tags DROP COLUMN method"))
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata)


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    first = open_database(url(tmp_path), tmp_path)
    with first.write() as connection:
        instance_facts.put(connection, "key", "value")
    first.close()
    with open_database(url(tmp_path), tmp_path).read() as connection:
        assert instance_facts.get(connection, "key") == "value"


def test_many_may_open_a_new_home_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_database(url(tmp_path), tmp_path), range(8)))
    for database in opened:
        with database.read() as connection:
            assert instance_facts.revision(connection) == 0


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    database = open_database(url(tmp_path), tmp_path)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InstanceError, match="newer version of this software"):
        open_database(url(tmp_path), tmp_path)


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be one" * 50, b"SQLite format 3\0" * 99]
)
def test_a_damaged_database_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kb.sqlite").write_bytes(content)
    with pytest.raises(InstanceError, match="restore a backup"):
        open_database(url(tmp_path), tmp_path)
    assert (tmp_path / "kb.sqlite").read_bytes() == content


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InstanceError, match="rights on the folder"):
        open_database(url(tmp_path / "file"), tmp_path / "file")


def test_an_exception_inside_a_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = open_database(url(tmp_path), tmp_path)

    def stop() -> None:
        with database.write() as connection:
            instance_facts.put(connection, "key", "value")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        stop()
    with database.read() as connection:
        assert instance_facts.get(connection, "key") is None


def test_what_is_acknowledged_survives_and_readers_are_not_blocked(tmp_path: Path) -> None:
    database = open_database(url(tmp_path), tmp_path)
    with database.write() as connection, database.read() as other:
        instance_facts.put(connection, "key", "value")
        assert instance_facts.get(other, "key") is None  # the view of a reader stands still
    with sqlite3.connect(tmp_path / "kb.sqlite") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert plain.execute("SELECT value FROM instance WHERE key = 'key'").fetchone() == ("value",)
    plain.close()


def test_writers_count_one_after_the_other(tmp_path: Path) -> None:
    database = open_database(url(tmp_path), tmp_path)

    def count(_: int) -> None:
        with database.write() as connection:
            instance_facts.next_revision(connection)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(40)))
    with database.read() as connection:
        assert instance_facts.revision(connection) == 40
