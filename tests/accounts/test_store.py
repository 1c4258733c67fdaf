"""Accounts, sessions, one-time links, tokens and failed attempts, as they are stored."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts, api_tokens, audit_trail, one_time_links, sessions, sign_in_attempts
from kb.accounts.store.one_time_links import Purpose
from kb.accounts.store.sessions import Lifetimes
from kb.accounts.store.sign_in_attempts import Counter, counters
from kb.config import load
from kb.errors import RefusedError
from kb.store.database import Database
from tests.support.command_line import Instance as CommandLine
from tests.support.documents import Instance

LIVES = Lifetimes(timedelta(hours=12), timedelta(days=14))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Instance(tmp_path).database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection


def person(connection: Connection, email: str = "ana@example.org", *roles: Role) -> Account:
    return accounts.create(connection, SYSTEM, email, roles or (Role.LIBRARIAN,), "Ana", "es", "Ministry")


def later(connection: Connection, table: str, **passed: float) -> None:
    """Let time pass for all that is in a table."""
    moments = {
        "sessions": ("created", "seen"), "one_time_links": ("expires",), "api_tokens": ("expires",),
        "sign_in_failures": ("last",),
    }[table]  # fmt: skip
    for column in moments:
        for row in list(connection.execute(text(f"SELECT rowid AS id, {column} AS at FROM {table}"))):
            moved = datetime.fromisoformat(row.at) - timedelta(**passed)
            values = {"at": moved.strftime("%Y-%m-%d %H:%M:%S.%f"), "id": row.id}
            connection.execute(text(f"UPDATE {table} SET {column} = :at WHERE rowid = :id"), values)


# --- accounts ---


def test_an_account_comes_back_as_it_was_made(connection: Connection) -> None:
    made = person(connection, " Ana.Pérez@Example.org ", Role.REVIEWER, Role.LIBRARIAN, Role.REVIEWER)
    roles = (Role.LIBRARIAN, Role.REVIEWER)
    assert made == Account(1, "Ana.Pérez@Example.org", "Ana", "es", roles, "Ministry", True)
    assert accounts.by_email(connection, "ANA.PE\u0301REZ@example.ORG") == accounts.get(connection, 1) == made
    assert [a.id for a in accounts.list_accounts(connection, Role.REVIEWER)] == [1]
    assert accounts.list_accounts(connection, Role.ADMIN) == []


@pytest.mark.parametrize(
    "email",
    ["", "ana", "@example.org", "ana@", "a@b@c", "ana @example.org", "ana\n@example.org", "a" * 250 + "@b.cd",
     "Ana <ana@example.org>", "a,b@example.org"],
)  # fmt: skip
def test_what_is_no_address_makes_no_account(connection: Connection, email: str) -> None:
    with pytest.raises(RefusedError, match="no e-mail address"):
        person(connection, email)


def test_one_address_has_one_account(connection: Connection) -> None:
    person(connection)
    with pytest.raises(RefusedError, match="already"):
        person(connection, "ANA@example.org")
    other = person(connection, "other@example.org")
    with pytest.raises(RefusedError, match="already"):
        accounts.change(connection, SYSTEM, Account(other.id, "Ana@example.org", "", "en", ()))


def test_changes_are_kept_and_on_record_without_what_they_say(database: Database) -> None:
    with database.write() as connection:
        made = person(connection)
        changed = Account(made.id, "ana@other.org", "Ana María", "fr", (Role.REVIEWER,), "", False)
        accounts.change(connection, SYSTEM, changed)
        assert accounts.get(connection, made.id) == changed
    entries = audit_trail.history_of(database, "account", made.id)
    assert [e.action for e in entries] == ["account-created", "roles-changed", "account-disabled", "account-changed"]
    assert "María" not in str(entries)
    assert "other.org" not in str(entries[3].details)
    assert entries[1].details == {"from": "librarian", "to": "reviewer"}


def test_the_last_admin_cannot_be_lost(connection: Connection) -> None:
    admin = person(connection, "admin@example.org", Role.ADMIN)
    assert not accounts.has_administrator(connection)
    accounts.set_password(connection, SYSTEM, admin.id, "hash")
    assert accounts.has_administrator(connection)
    second = person(connection, "second@example.org", Role.ADMIN)  # has not chosen a password yet
    for fewer in (Account(1, admin.email, "", "en", ()), Account(1, admin.email, "", "en", admin.roles, "", False)):
        with pytest.raises(RefusedError, match="only account that administers"):
            accounts.change(connection, SYSTEM, fewer)
    accounts.set_password(connection, SYSTEM, second.id, "hash")
    accounts.change(connection, SYSTEM, Account(1, admin.email, "", "en", ()))
    assert accounts.has_administrator(connection)


def test_disabling_ends_all_that_lets_one_in(connection: Connection) -> None:
    made = person(connection)
    session = sessions.begin(connection, made, "192.0.2.1", "")
    link = one_time_links.make(connection, SYSTEM, made.id, Purpose.RESET)
    token = api_tokens.make(connection, SYSTEM, made.id, "uploader")
    assert sessions.find(connection, session, LIVES)
    assert one_time_links.find(connection, link)
    assert api_tokens.find(connection, token)
    accounts.change(connection, SYSTEM, Account(made.id, made.email, "", "es", made.roles, "", False))
    accounts.change(connection, SYSTEM, made)  # enabled again: what was ended stays so
    assert sessions.find(connection, session, LIVES) is None
    assert one_time_links.find(connection, link) is None
    assert api_tokens.find(connection, token) is None


def test_no_secret_is_stored(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        made = person(connection)
        secrets = [
            sessions.begin(connection, made, "192.0.2.1", ""),
            one_time_links.make(connection, SYSTEM, made.id, Purpose.INVITATION),
            api_tokens.make(connection, SYSTEM, made.id, "uploader"),
        ]
    database.close()
    held = b"".join(path.read_bytes() for path in tmp_path.glob("kb.sqlite*"))
    assert all(len(secret) >= 43 and secret.encode() not in held for secret in secrets)


# --- sessions ---


@pytest.mark.parametrize(
    ("hours", "is_open"), [(0, True), (11, True), (13, False), (24 * 15, False)]
)  # fmt: skip
def test_a_session_ends_when_it_is_not_used(connection: Connection, hours: float, is_open: bool) -> None:
    token = sessions.begin(connection, person(connection), "192.0.2.1", "")
    later(connection, "sessions", hours=hours)
    assert bool(sessions.find(connection, token, LIVES)) is is_open


def test_a_session_ends_however_much_it_is_used(connection: Connection) -> None:
    token = sessions.begin(connection, person(connection), "192.0.2.1", "")
    for _ in range(35):  # every ten hours
        later(connection, "sessions", hours=10)
        found = sessions.find(connection, token, LIVES)
        if found is None:
            break
        assert sessions.is_stale(found[0])
        sessions.touch(connection, found[0].id)
        assert not sessions.is_stale(sessions.find(connection, token, LIVES)[0])  # type: ignore[index]
    else:
        pytest.fail("the session never ended")


def test_sessions_are_listed_and_ended(connection: Connection) -> None:
    made, other = person(connection), person(connection, "other@example.org")
    tokens = [sessions.begin(connection, made, f"192.0.2.{n}", f"browser {n}" * 100) for n in (1, 2, 3)]
    strange = sessions.begin(connection, other, "192.0.2.9", "")
    listed = sessions.of_account(connection, made.id, LIVES)
    assert {s.address for s in listed} == {"192.0.2.1", "192.0.2.2", "192.0.2.3"}
    assert all(len(s.browser) == 200 for s in listed)
    sessions.end(connection, made.actor, listed[0].id)
    assert len(sessions.of_account(connection, made.id, LIVES)) == 2
    sessions.end_all(connection, made.actor, made.id, but=listed[1].id)
    assert [s.id for s in sessions.of_account(connection, made.id, LIVES)] == [listed[1].id]
    assert sum(bool(sessions.find(connection, token, LIVES)) for token in tokens) == 1
    assert sessions.find(connection, strange, LIVES)


# --- one-time links ---


def test_a_link_works_once_and_looking_does_not_use_it_up(connection: Connection) -> None:
    made = person(connection)
    token = one_time_links.make(connection, SYSTEM, made.id, Purpose.INVITATION)
    for _ in range(3):
        found = one_time_links.find(connection, token)
        assert (found.account, found.purpose) == (made, Purpose.INVITATION)  # type: ignore[union-attr]
    assert one_time_links.use_up(connection, token)
    assert one_time_links.use_up(connection, token) is None
    assert one_time_links.find(connection, token) is None


def test_a_link_used_by_many_at_once_works_for_one(database: Database) -> None:
    with database.write() as connection:
        token = one_time_links.make(connection, SYSTEM, person(connection).id, Purpose.RESET)

    def use(_: int) -> bool:
        with database.write() as connection:
            return one_time_links.use_up(connection, token) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(16))) == 1


@pytest.mark.parametrize(
    ("purpose", "hours", "works"),
    [(Purpose.RESET, 1.9, True), (Purpose.RESET, 2.1, False), (Purpose.INVITATION, 167, True),
     (Purpose.INVITATION, 169, False)],
)  # fmt: skip
def test_a_link_expires(connection: Connection, purpose: Purpose, hours: float, works: bool) -> None:
    token = one_time_links.make(connection, SYSTEM, person(connection).id, purpose)
    later(connection, "one_time_links", hours=hours)
    assert bool(one_time_links.find(connection, token)) is works
    assert bool(one_time_links.use_up(connection, token)) is works


def test_a_newer_link_ends_the_older(connection: Connection) -> None:
    made = person(connection)
    old, new = (one_time_links.make(connection, SYSTEM, made.id, Purpose.RESET) for _ in range(2))
    assert one_time_links.use_up(connection, old) is None
    assert one_time_links.use_up(connection, new)


# --- tokens ---


def test_a_token_lasts_until_it_ends_or_expires(connection: Connection) -> None:
    made = person(connection)
    first, second = (api_tokens.make(connection, SYSTEM, made.id, name) for name in ("one", "two"))
    found, account = api_tokens.find(connection, first) or pytest.fail("not found")
    assert (found.name, account) == ("one", made)
    assert api_tokens.is_stale(found)
    api_tokens.touch(connection, found.id)
    assert not api_tokens.is_stale(api_tokens.of_account(connection, made.id)[1])
    api_tokens.end(connection, SYSTEM, found.id)
    assert api_tokens.find(connection, first) is None
    assert [t.name for t in api_tokens.of_account(connection, made.id)] == ["two"]
    later(connection, "api_tokens", days=366)
    assert api_tokens.find(connection, second) is None


# --- attempts ---


def test_the_wait_grows_and_has_an_end() -> None:
    counter = Counter("key", 3, 300)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert [counter.wait(n, moment, moment) for n in range(14)] == [
        0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300,
    ]  # fmt: skip
    assert counter.wait(10**9, moment, moment) == 300
    assert counter.wait(12, moment, moment + timedelta(seconds=299.5)) == 1
    assert counter.wait(12, moment, moment + timedelta(seconds=300)) == 0
    assert counter.wait(12, moment + timedelta(days=1), moment) == 300  # a clock that went back


def test_failures_are_waited_for_and_forgotten(connection: Connection) -> None:
    counted = counters("ana@example.org", "192.0.2.1", known=False)
    assert [sign_in_attempts.attempt(connection, counted) for _ in range(8)] == [0, 0, 0, 0, 0, 1, 1, 1]
    later(connection, "sign_in_failures", seconds=1)
    assert sign_in_attempts.attempt(connection, counted) == 0  # tried, and wrong again
    assert sign_in_attempts.attempt(connection, counted) == 2
    assert sign_in_attempts.attempt(connection, counters("ana@example.org", "192.0.2.2", known=False)) == 0
    later(connection, "sign_in_failures", days=1)
    assert [sign_in_attempts.attempt(connection, counted) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    sign_in_attempts.forgive(connection, "ana@example.org", "192.0.2.1")
    assert sign_in_attempts.attempt(connection, counted) == 0


def test_an_attack_from_everywhere_keeps_nobody_out(connection: Connection) -> None:
    for n in range(60):
        sign_in_attempts.attempt(connection, counters("ana@example.org", f"198.51.{n}.1", known=False))
        later(connection, "sign_in_failures", seconds=30)
    sign_in_attempts.attempt(connection, counters("ana@example.org", "203.0.113.5", known=False))
    assert 0 < sign_in_attempts.attempt(connection, counters("ana@example.org", "192.0.2.1", known=False)) <= 30
    # From where Ana has signed in before, the attack is not even noticed.
    made = person(connection)
    assert not sessions.signed_in_before(connection, made.id, "192.0.2.1")
    sessions.begin(connection, made, "192.0.2.1", "")
    assert sessions.signed_in_before(connection, made.id, "192.0.2.1")
    assert sign_in_attempts.attempt(connection, counters("ana@example.org", "192.0.2.1", known=True)) == 0


def test_one_address_that_tries_many_accounts_is_slowed_down(connection: Connection) -> None:
    waits = [
        sign_in_attempts.attempt(connection, counters(f"{n}@example.org", "192.0.2.1", known=False)) for n in range(60)
    ]
    assert waits[:40] == [0] * 40
    assert min(waits[40:]) == 1


def test_addresses_of_one_household_count_as_one() -> None:
    assert sign_in_attempts.network("192.0.2.1") == "192.0.2.1"
    assert (
        sign_in_attempts.network("2001:db8::1")
        == sign_in_attempts.network("2001:db8::ffff:1")
        != sign_in_attempts.network("2001:db8:1::1")
    )
    assert sign_in_attempts.network("testclient") == "testclient"


# --- the command line ---


def test_accounts_from_the_command_line(tmp_path: Path) -> None:
    instance = CommandLine(tmp_path, public_url="https://kb.example.org")
    made = instance.run(
        "user", "add", "ana@example.org", "--role", "librarian", "--role", "reviewer", "--language", "es"
    )
    assert made.status == 0
    assert made.out.startswith("https://kb.example.org/es/welcome?key=")
    with instance.database().read() as connection:
        assert one_time_links.find(connection, made.out.strip().partition("key=")[2])
    assert instance.run("user", "add", "ANA@example.org", "--role", "admin").status == 2
    assert instance.run("user", "add", "no address", "--role", "admin").status == 2
    assert instance.run("user", "add", "b@example.org", "--role", "king").status == 2
    assert instance.run("user", "role", "ana@example.org", "--role", "expert").status == 0
    assert instance.run("user", "disable", "ana@example.org").status == 0
    assert instance.run("user", "link", "ana@example.org").status == 2
    listed = instance.run("user", "list", "--json").json
    assert [(a["email"], a["roles"], a["active"]) for a in listed] == [("ana@example.org", ["expert"], False)]
    assert "(disabled)" in instance.run("user", "list").out
    assert instance.run("user", "enable", "ana@example.org").status == 0
    link = instance.run("user", "link", "ana@example.org")
    assert link.out != made.out
    assert instance.run("user", "link", "nobody@example.org").status == 2


def test_an_instance_without_an_admin_offers_the_way_to_become_one(tmp_path: Path) -> None:
    from kb.cli import accounts as users
    from kb.cli import bootstrap
    from kb.config import Settings

    instance = bootstrap.Instance(Settings(home=tmp_path), Instance(tmp_path).database)
    first, second = users.first_key(instance), users.first_key(instance)
    with instance.database.write() as connection:
        assert one_time_links.find(connection, first) is None  # the newer one counts
        link = one_time_links.use_up(connection, second) or pytest.fail("not found")
        assert Role.ADMIN in link.account.roles
        accounts.set_password(connection, SYSTEM, link.account.id, "hash")
    assert users.first_key(instance) == ""


def test_settings_of_mail_are_whole_and_its_password_is_not_shown(tmp_path: Path) -> None:
    alone = CommandLine(tmp_path, smtp_host="mail.example.org").run("settings")
    assert (alone.status, "KB_PUBLIC_URL" in alone.err) == (2, True)
    for wrong in ("kb.example.org", "ftp://kb.example.org", "https://kb.example.org/sub"):
        assert CommandLine(tmp_path, public_url=wrong).run("settings").status == 2
    whole = {"smtp_host": "mail.example.org", "smtp_from": "kb@example.org", "public_url": "https://kb.example.org/"}
    shown = CommandLine(tmp_path, **whole, smtp_password="geheim").run("settings")
    assert (shown.status, "geheim" in shown.out, "(hidden)" in shown.out) == (0, False, True)
    assert "geheim" not in repr(load({"KB_SMTP_PASSWORD": "geheim"}))
