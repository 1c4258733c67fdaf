"""The audit trail: every row bound to the one before, and any change noticed and named."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kb.accounts.account import SYSTEM, Role
from kb.accounts.audit_actions import AuditKind, InstanceAction
from kb.accounts.store import accounts, audit_trail
from kb.accounts.store.audit_trail import Problem, record, verify
from kb.documents.audit_actions import DocumentAction
from kb.store.database import Database
from tests.support.command_line import Instance as CommandLine
from tests.support.documents import Instance


@pytest.fixture
def database(tmp_path: Path) -> Database:
    instance = Instance(tmp_path)
    with instance.database.write() as connection:
        for number in range(1, 7):
            record(
                connection,
                SYSTEM,
                DocumentAction.STORED,
                AuditKind.DOCUMENT,
                number,
                {"reason": "año 2019", "from": None},
            )
    return instance.database


def attack(database: Database, *statements: str) -> None:
    """What somebody can do who holds the file of the database."""
    with database.write() as connection:
        for event in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{event}"))
        for statement in statements:
            connection.execute(text(statement))


def test_an_untouched_trail_holds(database: Database) -> None:
    assert verify(database) is None
    assert [e.key for e in audit_trail.newest(database, 2)] == ["6", "5"]
    assert [e.key for e in audit_trail.newest(database, 2, before=5)] == ["4", "3"]
    found = audit_trail.history_of(database, "document", 3)
    assert [(e.actor, e.action, e.details) for e in found] == [
        ("system", "document-stored", {"reason": "año 2019", "from": None})
    ]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET details = '{\"reason\": \"other\"}' WHERE id = 3", Problem(3, "edited")),
        ("UPDATE audit SET account = 1 WHERE id = 3", Problem(3, "edited")),
        ("UPDATE audit SET time = replace(time, '2', '3') WHERE id = 3", Problem(3, "edited")),
        ("UPDATE audit SET hash = replace(hash, 'a', 'b') WHERE id = 2", Problem(2, "edited")),
        ("UPDATE audit SET actor = 'reader' WHERE id = 1", Problem(1, "edited")),
        ("DELETE FROM audit WHERE id = 3", Problem(3, "missing")),
        ("DELETE FROM audit WHERE id = 1", Problem(1, "missing")),
        ("DELETE FROM audit WHERE id = 6", Problem(6, "cut")),
        ("DELETE FROM audit", Problem(1, "cut")),
        ("UPDATE audit SET id = id + 100 WHERE id = 3", Problem(3, "missing")),
        ("INSERT INTO audit SELECT 7, time, account, actor, action, kind, key, details, 'x', hash FROM audit "
         "WHERE id = 6", Problem(7, "edited")),
    ],
)  # fmt: skip
def test_the_first_row_that_is_wrong_is_named(database: Database, statement: str, problem: Problem) -> None:
    attack(database, statement)
    assert verify(database) == problem


def test_two_rows_that_changed_places_are_noticed(database: Database) -> None:
    attack(
        database,
        "UPDATE audit SET id = 99 WHERE id = 3",
        "UPDATE audit SET id = 3 WHERE id = 4",
        "UPDATE audit SET id = 4 WHERE id = 99",
    )
    assert verify(database) == Problem(3, "edited")


def rehash(database: Database, first: int, last: int) -> None:
    """Compute rows anew after an edit, as somebody could who reads this program."""
    with database.write() as connection:
        for number in range(first, last + 1):
            rows = connection.execute(text("SELECT * FROM audit WHERE id IN (:n, :n - 1) ORDER BY id"), {"n": number})
            before, row = [dict(r._mapping) for r in rows]
            content = {k: v for k, v in row.items() if k not in ("hash", "previous")}
            content["details"] = json.loads(row["details"])
            values = {"p": before["hash"], "h": audit_trail.row_hash(content, before["hash"]), "n": number}
            connection.execute(text("UPDATE audit SET previous = :p, hash = :h WHERE id = :n"), values)


def test_a_row_that_was_bound_anew_betrays_itself_by_the_next(database: Database) -> None:
    attack(database, "UPDATE audit SET actor = 'reader' WHERE id = 3")
    rehash(database, 3, 3)
    assert verify(database) == Problem(4, "rebound")


def test_a_trail_that_was_written_anew_does_not_hold_a_hash_noted_elsewhere(database: Database) -> None:
    with database.read() as connection:
        count, noted = audit_trail.head(connection)
    assert verify(database, noted) is None
    attack(database, "UPDATE audit SET actor = 'reader' WHERE id = 3")
    rehash(database, 3, count)
    attack(database, "UPDATE instance SET value = '6|' || (SELECT hash FROM audit WHERE id = 6) "
                     "WHERE key = 'audit_head'")  # fmt: skip
    assert verify(database) is None  # the whole chain is new, and consistent
    assert verify(database, noted) == Problem(6, "not-the-one-noted")


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit WHERE id = 6"])
def test_the_database_itself_refuses_changes(database: Database, statement: str) -> None:
    def change() -> None:
        with database.write() as connection:
            connection.execute(text(statement))

    with pytest.raises(DatabaseError, match="append-only"):
        change()
    assert verify(database) is None


def test_what_did_not_happen_is_not_on_record(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            record(connection, SYSTEM, DocumentAction.STORED, AuditKind.DOCUMENT, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert verify(database) is None
    assert len(audit_trail.history_of(database, "document", 1)) == 1


def test_many_may_write_at_once(database: Database) -> None:
    def write(number: int) -> None:
        with database.write() as connection:
            record(connection, SYSTEM, InstanceAction.SEEN, AuditKind.EXPERT, number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert verify(database) is None
    assert len(audit_trail.newest(database, 100)) == 46


def test_persons_are_named_as_they_are_called_now(database: Database) -> None:
    with database.write() as connection:
        account = accounts.create(connection, SYSTEM, "ana@example.org", [Role.LIBRARIAN], "Ana")
        record(connection, account.actor, DocumentAction.DESCRIBED, AuditKind.DOCUMENT, 1)
    assert audit_trail.history_of(database, "document", 1)[-1].actor == "Ana"
    attack(database, "DELETE FROM account_roles", "DELETE FROM accounts")  # a person who is erased
    assert audit_trail.history_of(database, "document", 1)[-1].actor == ""
    assert verify(database) is None


def test_the_command_names_the_row_and_fails(tmp_path: Path) -> None:
    instance = CommandLine(tmp_path)
    instance.run("user", "add", "ana@example.org", "--role", "librarian")
    told = instance.run("audit", "verify", "--json")
    assert (told.status, told.json["holds"], told.json["rows"]) == (0, True, 2)
    assert instance.run("audit", "verify", "--noted", told.json["last"]).status == 0
    shown = instance.run("audit", "show", "--kind", "account", "--key", "1")
    assert "account-created" in shown.out
    assert "link-made" in shown.out
    attack(instance.database(), "UPDATE audit SET action = 'seen' WHERE id = 2")
    told = instance.run("audit", "verify")
    assert told.status == 3
    assert "row 2 was edited" in told.err
    assert instance.run("audit", "verify", "--json").json["problem"] == {"row": 2, "what": "edited"}
    assert instance.run("audit", "show", "--kind", "account").status == 2
