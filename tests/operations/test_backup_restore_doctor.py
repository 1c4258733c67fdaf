"""Care of an instance: a backup taken while others write comes back whole, and the doctor names what is wrong."""

import dataclasses
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text, update
from sqlalchemy.exc import OperationalError

from kb import config
from kb.accounts.account import SYSTEM, Role
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import accounts, api_tokens, audit_trail, one_time_links, sessions
from kb.clock import now
from kb.documents.audit_actions import DOCUMENT_MOVES
from kb.documents.state import Move
from kb.errors import InstanceError
from kb.experts.store import erasures
from kb.operations import diagnostics
from kb.operations.store import backup, restore
from kb.store import database
from kb.store.database import HEAD, schema_version
from kb.store.tables.audit import audit as trail
from tests.cli.test_commands import FILES
from tests.support.command_line import Instance, Result

LIVES = sessions.Lifetimes(timedelta(hours=12), timedelta(days=14))
QUESTIONS = ("detention of migrants", "consular -detention", "")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with four published documents and an account."""
    base = tmp_path_factory.mktemp("care")
    (base / "files").mkdir()
    for name, content in FILES.items():
        (base / "files" / name).write_text(content)
    instance = Instance(base / "home")
    assert instance.run("ingest", base / "files", "--publish").status == 0
    assert instance.run("user", "add", "ana@example.org", "--role", "librarian").status == 0
    return instance


@pytest.fixture(scope="module")
def kept(shelf: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it; tests only look at it."""
    folder = tmp_path_factory.mktemp("backups") / "first"
    assert shelf.run("backup", folder).status == 0
    return folder


@pytest.fixture
def copy(shelf: Instance, tmp_path: Path) -> Instance:
    """A copy of the instance, to be damaged."""
    shutil.copytree(shelf.home, tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return Instance(tmp_path / "home")


@pytest.fixture
def spare(kept: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be damaged."""
    shutil.copytree(kept, tmp_path / "spare")
    return tmp_path / "spare"


def answers(instance: Instance) -> list[object]:
    found = [instance.run("search", question, "--json").json for question in QUESTIONS]
    return [{key: value for key, value in answer.items() if key != "took_ms"} for answer in found]


def wrong(result: Result) -> set[str]:
    return {finding["check"] for finding in result.json if finding["level"] == "wrong"}


# --- the round trip ---


def test_a_restored_instance_answers_as_the_one_that_was_backed_up(shelf: Instance, kept: Path, tmp_path: Path) -> None:
    restored = Instance(tmp_path / "new")
    assert restored.run("restore", kept).status == 0
    examined = restored.run("doctor", "--json")
    assert (examined.status, wrong(examined)) == (0, set()), examined.out
    assert {r["state"] for r in restored.run("index", "verify", "--json").json} == {"good"}
    assert answers(restored) == answers(shelf)
    for path in (shelf.home / "originals").rglob("*"):
        if path.is_file():
            assert (restored.home / path.relative_to(shelf.home)).read_bytes() == path.read_bytes()
    assert restored.run("audit", "verify").status == 0
    assert restored.run("audit", "show", "--json").json[-1]["action"] == "restored"
    assert [a["email"] for a in restored.run("user", "list", "--json").json] == ["ana@example.org"]


def test_a_backup_says_what_it_holds(kept: Path) -> None:
    manifest = restore.read_manifest(kept)
    files = {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}
    assert set(manifest.files) == files - {"manifest.json"}
    assert manifest.counts["documents"] == sum(name.startswith("originals/") for name in files) == len(FILES)
    assert (manifest.schema, manifest.lacking) == (HEAD, {})
    assert "vocabularies/objectives.ttl" in files
    assert kept.stat().st_mode & 0o077 == 0
    assert [path.name for path in kept.parent.iterdir()] == ["first"]


def test_a_backup_taken_while_others_write_is_of_one_moment(copy: Instance, tmp_path: Path) -> None:
    database, ended = copy.database(), threading.Event()
    with database.write() as connection:
        connection.execute(text("CREATE TABLE pairs (side TEXT, number INTEGER)"))

    def write() -> None:
        number = 0
        while not ended.is_set():
            with database.write() as connection:  # both rows, or neither
                for side in ("left", "right"):
                    connection.execute(text("INSERT INTO pairs VALUES (:s, :n)"), {"s": side, "n": number})
                audit_trail.record(connection, SYSTEM, DOCUMENT_MOVES[Move.PUBLISH], AuditKind.DOCUMENT, number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        folders = [tmp_path / f"backup{n}" for n in range(4)]
        statuses = [copy.run("backup", folder).status for folder in folders]
    finally:
        ended.set()
        writer.join()
    assert statuses == [0] * 4
    seen = []
    for folder in folders:
        with closing(sqlite3.connect(folder / "kb.sqlite")) as held:
            sides = dict(held.execute("SELECT side, count(*) FROM pairs GROUP BY side").fetchall())
            assert held.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert sides.get("left") == sides.get("right")
        seen.append(sides.get("left", 0))
    assert sorted(seen) == seen
    assert seen[-1] > 0, "nothing was written meanwhile"
    restored = Instance(tmp_path / "new")
    assert restored.run("restore", folders[-1]).status == 0
    assert restored.run("audit", "verify").status == 0


def test_what_opened_the_instance_opens_the_restored_one_no_more(copy: Instance, tmp_path: Path) -> None:
    database = copy.database()
    with database.write() as connection:
        account = accounts.create(connection, SYSTEM, "eva@example.org", [Role.LIBRARIAN])
        session = sessions.begin(connection, account, "127.0.0.1", "test")
        link = one_time_links.make(connection, SYSTEM, account.id, one_time_links.Purpose.RESET)
        token = api_tokens.make(connection, account.actor, account.id, "program")
    assert copy.run("backup", tmp_path / "backup").status == 0
    restored = Instance(tmp_path / "new")
    assert restored.run("restore", tmp_path / "backup").status == 0
    for opened, expected in ((database, True), (restored.database(), False)):
        with opened.read() as connection:
            found = [
                sessions.find(connection, session, LIVES),
                one_time_links.find(connection, link),
                api_tokens.find(connection, token),
            ]
        assert [each is not None for each in found] == [expected] * 3


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(mode=0o700)
    migrations = Config()
    migrations.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with create_engine(f"sqlite:///{tmp_path / 'old' / 'kb.sqlite'}").begin() as connection:
        migrations.attributes["connection"] = connection
        command.upgrade(migrations, "0003")
    assert Instance(tmp_path / "old").run("backup", tmp_path / "backup").status == 0
    assert restore.read_manifest(tmp_path / "backup").schema == "0003"
    restored = Instance(tmp_path / "new")
    assert restored.run("restore", tmp_path / "backup").status == 0
    assert schema_version(f"sqlite:///{restored.home / 'kb.sqlite'}") == HEAD
    assert restored.run("doctor").status == 0


def test_a_backup_holds_no_secret_setting(copy: Instance, tmp_path: Path) -> None:
    mail = {"smtp_host": "mail.example.org", "smtp_from": "kb@example.org", "public_url": "https://kb.example.org"}
    told = Instance(copy.home, **mail, smtp_password="correct horse")
    assert told.run("backup", tmp_path / "backup").status == 0
    written = json.loads((tmp_path / "backup" / "settings.json").read_text())
    assert written["KB_SMTP_HOST"] == "mail.example.org"
    assert "KB_SMTP_PASSWORD" not in written
    assert "correct horse" not in told.run("settings").out


@pytest.mark.parametrize(
    "url",
    ["postgresql://kb:pa55@db.example.org/kb", "postgresql://db/kb?user=kb&password=pa55", "postgresql://kb:p%40pa55@db/kb"],
)  # fmt: skip
def test_a_password_in_an_address_is_shown_to_nobody(url: str) -> None:
    shown = {line.variable: line.value for line in config.setting_lines(config.Settings(database_url=url), {})}
    assert "pa55" not in shown["KB_DATABASE_URL"]
    assert "kb" in shown["KB_DATABASE_URL"]


# --- refusals ---


def newer(folder: Path) -> None:
    change_manifest(folder, schema="9999")


def newer_layout(folder: Path) -> None:
    change_manifest(folder, layout=backup.LAYOUT + 1, more="things")


def altered(folder: Path) -> None:
    path = next(path for path in sorted((folder / "originals").rglob("*")) if path.is_file())
    path.write_bytes(path.read_bytes() + b".")


def without_database(folder: Path) -> None:
    (folder / "kb.sqlite").unlink()


def without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def garbled(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"layout": 1')


def leading_out(folder: Path) -> None:
    manifest = restore.read_manifest(folder)
    (folder.parent / "outside").write_text("x")
    outside = {"originals/../../outside": backup.digest_of(folder.parent / "outside")}
    change_manifest(folder, files=manifest.files | outside)


def change_manifest(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("damage", "status", "says"),
    [
        (newer, 3, "newer version"),
        (newer_layout, 3, "newer version"),
        (altered, 3, "was altered"),
        (without_database, 3, "kb.sqlite is missing"),
        (without_manifest, 2, "is no backup"),
        (garbled, 3, "damaged"),
        (leading_out, 3, "leads out"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_backup_that_is_not_right_is_refused_and_leaves_nothing(
    spare: Path, tmp_path: Path, damage: Callable[[Path], None], status: int, says: str
) -> None:
    damage(spare)
    result = Instance(tmp_path / "new").run("restore", spare)
    assert (result.status, says in result.err) == (status, True), result.err
    assert not (tmp_path / "new").exists()


def test_a_home_in_use_is_refused(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "note.txt").write_text("mine")
    result = Instance(tmp_path / "new").run("restore", kept)
    assert (result.status, "not empty" in result.err) == (2, True)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    "failure",
    [OSError(28, "disk trouble"), OperationalError("disk trouble", {}, sqlite3.OperationalError("disk trouble"))],
)
def test_a_restore_that_fails_midway_leaves_an_empty_home(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(erasures, "replay", fail)
    result = Instance(tmp_path / "new").run("restore", kept)
    assert (result.status, "disk trouble" in result.err) == (3, True)
    assert list((tmp_path / "new").iterdir()) == []
    monkeypatch.undo()
    assert Instance(tmp_path / "new").run("restore", kept).status == 0


def test_a_backup_goes_into_a_new_folder_only(shelf: Instance, kept: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("*")}
    assert shelf.run("backup", kept).status == 2
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("*")} == before
    assert Instance(tmp_path / "none").run("backup", tmp_path / "x").status == 3
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_database_server_has_its_own_tools(tmp_path: Path, command: str) -> None:
    served = Instance(tmp_path / "home", database_url="postgresql://kb:pa55@db.example.org/kb")
    result = served.run(command, tmp_path / "backup")
    assert result.status == 2
    assert "pg_dump" in result.err
    assert "pa55" not in result.err


def test_a_missing_or_altered_original_is_named_and_the_rest_is_backed_up(copy: Instance, tmp_path: Path) -> None:
    first, second, *_ = sorted(path for path in (copy.home / "originals").rglob("*") if path.is_file())
    first.unlink()
    second.write_bytes(b"something else")
    result = copy.run("backup", tmp_path / "backup")
    assert result.status == 1
    assert restore.read_manifest(tmp_path / "backup").lacking == {first.name: "missing", second.name: "altered"}
    assert Instance(tmp_path / "new").run("restore", tmp_path / "backup").status == 0


# --- what was erased stays erased ---


def test_what_was_erased_after_the_backup_is_erased_again(
    copy: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with copy.database().write() as connection:
        gone = accounts.create(connection, SYSTEM, "gone@example.org", [Role.READER], "Somebody Gone").id
    assert copy.run("backup", tmp_path / "old").status == 0
    erasures.append(copy.home, "account", gone)
    assert copy.run("backup", tmp_path / "later").status == 0

    def erase(connection: Connection, number: int) -> None:
        connection.execute(text("DELETE FROM account_roles WHERE account = :n"), {"n": number})
        connection.execute(text("DELETE FROM accounts WHERE id = :n"), {"n": number})

    again = Instance(tmp_path / "again")
    listed = tmp_path / "later" / "erasures.jsonl"
    refused = again.run("restore", tmp_path / "old", "--erasures", listed)
    assert (refused.status, "does not know how to erase" in refused.err) == (3, True)
    monkeypatch.setitem(erasures.ERASERS, "account", erase)
    assert again.run("restore", tmp_path / "old", "--erasures", listed).status == 0
    assert "gone@example.org" not in again.run("user", "list").out
    assert b"Somebody Gone" not in (again.home / "kb.sqlite").read_bytes()
    assert [e.key for e in erasures.read(again.home / "erasures.jsonl")] == [gone]
    assert again.run("doctor").status == 0
    assert Instance(tmp_path / "x").run("restore", tmp_path / "old", "--erasures", tmp_path / "none").status == 2


def test_a_damaged_list_of_erasures_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "erasures.jsonl").write_text('{"kind": "account"')
    with pytest.raises(InstanceError, match="cannot be read"):
        erasures.read(tmp_path / "erasures.jsonl")
    assert erasures.read(tmp_path / "no.jsonl") == []


# --- the doctor ---


def execute(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "kb.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def lose_original(home: Path) -> None:
    next(path for path in (home / "originals").rglob("*") if path.is_file()).unlink()


def alter_original(home: Path) -> None:
    next(path for path in (home / "originals").rglob("*") if path.is_file()).write_bytes(b"other")


def damage_cache(home: Path) -> None:
    next(path for path in (home / "index" / "lexical").iterdir() if path.suffix == ".term").write_bytes(b"x")


def damage_pages(home: Path) -> None:
    """Overwrite the inner pages of the file; its header stays."""
    execute(home, "PRAGMA journal_mode=DELETE")
    with (home / "kb.sqlite").open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 4096 * 40)
    with (home / "kb.sqlite").open("r+b") as file:
        file.seek(18)
        file.write(b"\x02\x02")


def no_database(home: Path) -> None:
    execute(home, "PRAGMA journal_mode=DELETE")  # nothing is left in files beside it
    (home / "kb.sqlite").write_bytes(b"this is no database, whatever its name says " * 200)


def edit_trail(home: Path) -> None:
    execute(home, "DROP TRIGGER IF EXISTS audit_no_update", "UPDATE audit SET action = 'x' WHERE id = 1")


def newer_schema(home: Path) -> None:
    execute(home, "UPDATE alembic_version SET version_num = '9999'")


def let_others_read(home: Path) -> None:
    home.chmod(0o755)
    (home / "kb.sqlite").chmod(0o644)


def leave_orphan(home: Path) -> None:
    execute(home, "PRAGMA foreign_keys=OFF", "UPDATE vectors SET passage = 999999 WHERE passage = 1")


def leave_file_waiting(home: Path) -> None:
    execute(
        home,
        "INSERT INTO jobs (owner, upload, name, digest, size, wishes, state, step, outcome, message, warnings, "
        "created, changed, attempts, holder) VALUES (1, 'u', 'f.txt', '', 1, '{}', 'waiting', '', '', '', '[]', "
        "'2020-01-01 00:00:00', '2020-01-01 00:00:00', 0, '')",
    )


def garble_erasures(home: Path) -> None:
    (home / "erasures.jsonl").write_text("?")


@pytest.mark.parametrize(
    ("damage", "check", "mend"),
    [
        (lose_original, "originals", "originals"),
        (alter_original, "originals", "originals"),
        (damage_cache, "caches", "kb index rebuild"),
        (damage_pages, "database", "kb restore"),
        (no_database, "database", "kb restore"),
        (edit_trail, "audit", "kb audit verify"),
        (newer_schema, "schema", "Install"),
        (let_others_read, "privacy", "chmod"),
        (leave_orphan, "database", "kb restore"),
        (leave_file_waiting, "jobs", "kb worker"),
        (garble_erasures, "erasures", "newest backup"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_the_doctor_names_what_is_wrong_and_what_mends_it(
    copy: Instance, damage: Callable[[Path], None], check: str, mend: str
) -> None:
    damage(copy.home)
    result = copy.run("doctor", "--json")
    assert result.status == 3
    assert wrong(result) == {check}
    assert mend in next(finding["mend"] for finding in result.json if finding["check"] == check)
    assert "Mend the first one" in result.err


def test_the_doctor_finds_nothing_wrong_where_nothing_is(shelf: Instance) -> None:
    result = shelf.run("doctor")
    assert (result.status, "wrong:" in result.out) == (0, False)
    assert "note: No mail server is set." in result.out
    assert "Nothing is wrong." in result.err


def test_the_doctor_notes_bytes_that_nothing_refers_to(copy: Instance) -> None:
    stray = copy.home / "originals" / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"taken back")
    assert "belong to nothing" not in copy.run("doctor").out  # it may be on its way
    os.utime(stray, (0, 0))
    result = copy.run("doctor")
    assert (result.status, "note: 1 files in" in result.out) == (0, True)


def test_the_doctor_changes_nothing_and_makes_no_instance(tmp_path: Path) -> None:
    result = Instance(tmp_path / "home").run("doctor", "--json")
    assert (result.status, wrong(result)) == (3, {"home"})
    (tmp_path / "home").mkdir(mode=0o700)
    assert wrong(Instance(tmp_path / "home").run("doctor", "--json")) == {"database"}
    assert list((tmp_path / "home").iterdir()) == []


def test_the_doctor_speaks_of_unknown_settings_and_goes_on(shelf: Instance) -> None:
    result = Instance(shelf.home, max_fiel_mb="3").run("doctor", "--json")
    assert wrong(result) == {"settings"}
    assert "KB_MAX_FILE_MB" in result.json[0]["what"]


@pytest.mark.parametrize("encoder", ["", "some/other-model"])
def test_another_encoder_than_that_of_the_vectors_is_noticed(shelf: Instance, encoder: str) -> None:
    result = Instance(shelf.home, encoder=encoder).run("doctor", "--json")
    assert wrong(result) == {"encoder"}
    assert "kb index reencode" in next(finding["mend"] for finding in result.json if finding["check"] == "encoder")


def test_a_clock_behind_the_trail_is_noticed(copy: Instance) -> None:
    database = copy.database()
    with database.write() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
        number, _ = audit_trail.head(connection)
        ahead = (now() + timedelta(days=1)).isoformat(timespec="microseconds")
        connection.execute(update(trail).where(trail.c.id == number).values(time=ahead))
    assert "clock" in wrong(copy.run("doctor", "--json"))


def test_a_schema_from_before_is_a_note(copy: Instance) -> None:
    execute(copy.home, "UPDATE alembic_version SET version_num = '0001'")
    result = copy.run("doctor", "--json")
    assert (result.status, "schema" in {finding["check"] for finding in result.json}) == (0, True)


@pytest.mark.parametrize(("free", "level"), [(10**12, None), (10**9, "note"), (10**8, "wrong")])
def test_a_full_disk_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str | None) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    found = diagnostics.space(config.Settings(home=tmp_path))
    assert [finding.level.value for finding in found] == ([level] if level else [])


def test_a_folder_that_cannot_be_written_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "originals").mkdir()
    settings = config.Settings(home=tmp_path)
    assert diagnostics.rights(settings) == []
    # Whoever runs this may be allowed everything, so the answer of the system is stood in for.
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "originals")
    assert [(f.check, "originals" in f.what) for f in diagnostics.rights(settings)] == [("rights", True)]


def test_a_site_on_the_network_without_tls_is_noticed(tmp_path: Path) -> None:
    alone = config.Settings(home=tmp_path)
    assert diagnostics.address(alone) == []
    served = dataclasses.replace(alone, host="0.0.0.0")
    assert len(diagnostics.address(served)) == 1
    assert diagnostics.address(dataclasses.replace(served, public_url="https://kb.example.org")) == []
