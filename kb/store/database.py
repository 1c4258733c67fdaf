"""Opens the database of an instance: connection, transactions, schema brought up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from kb.errors import InstanceError, UsageError

HEAD = "0011"  # the newest migration; a test compares it with the folder
_WRITERS = 0x6B62  # the lock on PostgreSQL that a transaction which writes holds
_BUSY_MS = 120_000  # how long a writer waits for another one
_PATIENCE_MS = 2_000  # how long emptying the log waits for readers


class Database:
    """The records of one instance. Cheap to open; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that takes the write lock at once, so that what it reads is still true when it writes."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(kb_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the records."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def scrub(self) -> bool:
        """After an erasure: empty the log of changes beside the file, which still holds what was there before.

        False when somebody reads just now; what is in it then goes when it is next emptied. Servers of databases see to
        it by themselves.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            busy = bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        return not busy

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str, home: Path, *, durable: bool = True) -> Database:
    """The database at `url` with its schema up to date; created when missing.

    With `durable`, what was acknowledged survives a power cut; without, SQLite does not wait for the disk.

    Raises InstanceError when it cannot be opened, is damaged, or comes from a newer version of this software,
    UsageError when its driver is not installed.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(url, hide_parameters=True)  # an error tells the log no personal data
        if engine.dialect.name == "sqlite":
            _write_ahead(Path(engine.url.database or ""), home)
            _prepare_sqlite(engine, durable)
        elif engine.dialect.name == "postgresql":
            _prepare_postgresql(engine)
        if _schema_version(engine) != HEAD:
            with FileLock(home / "schema.lock"):
                _upgrade(engine)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise UsageError(
            "KB_DATABASE_URL names a database whose driver is not installed. For PostgreSQL: pip install "
            "'psycopg[binary]', and write postgresql+psycopg://USER:PASSWORD@HOST/NAME."
        ) from error
    except (OSError, OperationalError, DatabaseError, sqlite3.DatabaseError) as error:
        raise InstanceError(
            f"The database {make_url(url)} cannot be opened ({_first_line(error)}). "
            "Check the disk and the rights on the folder, or restore a backup into a new home."
        ) from error
    return Database(engine)


def sqlite_file(url: str) -> Path | None:
    """The file of the embedded database; None when `url` names a database server. Raises UsageError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            "KB_DATABASE_URL is no address of a database; see docs/operators/postgresql.md for how it is written."
        ) from error
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def schema_version(url: str) -> str | None:
    """The version of the tables as they are, without bringing them up to date; None when there are none.

    Raises InstanceError when they cannot be read.
    """
    engine = create_engine(url)
    try:
        return _schema_version(engine)
    except DatabaseError as error:
        raise InstanceError(f"The database {make_url(url)} cannot be read ({_first_line(error)}).") from error
    finally:
        engine.dispose()


def _write_ahead(file: Path, home: Path) -> None:
    """Let readers and a writer work side by side; a property of the file, set once.

    Under a lock: SQLite does not wait for another process that changes the mode, whatever its busy timeout.
    """
    if _is_write_ahead(file):
        return
    with FileLock(home / "schema.lock"):
        file.touch(mode=0o600)  # it holds personal data; SQLite gives the files beside it the same rights
        with closing(sqlite3.connect(file, timeout=_BUSY_MS / 1000)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


def _is_write_ahead(file: Path) -> bool:
    """Whether the header says so: bytes 18 and 19 (SQLite file format, section 1.3)."""
    if not file.exists():
        return False
    with file.open("rb") as opened:
        return opened.read(20)[18:] == b"\x02\x02"


def _prepare_sqlite(engine: Engine, durable: bool) -> None:
    synchronous = "FULL" if durable else "OFF"

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten: see `Database.scrub`

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("kb_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(engine: Engine) -> None:
    """Give transactions what they have on SQLite: writers one after the other, readers one consistent view.

    Revision, audit trail and queue of jobs are read and then written, which two writers at once would break.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("kb_write", False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _schema_version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(version) if version else None


def _upgrade(engine: Engine) -> None:
    # Alembic is imported only when there is something to migrate: it would slow every light command.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.connect().execution_options(kb_write=True) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise InstanceError(
            "The database was written by a newer version of this software. Run that version, or restore a backup."
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
