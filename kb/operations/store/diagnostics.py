"""What can be wrong with the records of an instance and the originals that belong to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from kb.accounts.store import audit_trail
from kb.clock import now
from kb.config import Settings
from kb.documents.store import originals
from kb.errors import InstanceError
from kb.experts.store import encoded_experts, erasures
from kb.jobs.job import LEASE, JobState
from kb.jobs.store import orphaned_files
from kb.mail.letter import DeliveryStatus
from kb.mail.store import outbox
from kb.operations.diagnostics import Finding, Level
from kb.operations.store.backup import Watched, digest_of
from kb.store import instance_facts
from kb.store.database import HEAD, Database, open_database, schema_version, sqlite_file
from kb.store.tables.audit import audit as trail
from kb.store.tables.documents import documents
from kb.store.tables.jobs import jobs

_PATIENCE = timedelta(hours=1)  # how long a file may wait before somebody should look
_UNSWEPT = timedelta(days=1)  # how old a file is that a site would have removed
_AHEAD = timedelta(minutes=2)  # how far the trail may be ahead of the clock
_RESTORE = "Restore a backup into a new home: KB_HOME=NEW kb restore DIR"


@dataclass(frozen=True, slots=True)
class Examined:
    """The records under examination. `encoder` is how the identity of the encoder begins that the settings name."""

    settings: Settings
    database: Database
    encoder: str
    watched: Watched


Check = Callable[[Examined], list[Finding]]


def schema(settings: Settings) -> list[Finding]:
    """Whether the tables are those of this version; the other checks are about these."""
    file = sqlite_file(settings.url)
    if file is not None and not file.exists():
        means = "Nothing was stored yet, or the file was taken away."
        mend = "Run 'kb starter' for a new instance, or restore a backup: kb restore DIR"
        return [Finding("database", Level.WRONG, f"There is no database {file}", means, mend)]
    try:
        version = schema_version(settings.url)
    except InstanceError as error:
        return [Finding("database", Level.WRONG, str(error), "No command that needs the records works.", _RESTORE)]
    if version == HEAD:
        return []
    if version is not None and version > HEAD:
        means = "No command works, so that nothing is lost."
        what = f"The database was written by a newer version of this software (schema {version}, known: {HEAD})"
        return [Finding("schema", Level.WRONG, what, means, "Install that version again")]
    what = f"The tables are those of an earlier version (schema {version or 'none'}, now {HEAD})"
    means = "The next command brings them up to date. The records could not be examined before that."
    return [Finding("schema", Level.NOTE, what, means, "kb backup DIR, then kb index stats")]


def integrity(examined: Examined) -> list[Finding]:
    """Whether the file of the database is whole."""
    if sqlite_file(examined.settings.url) is None:
        return []
    with examined.database.read() as connection:
        found = [str(row[0]) for row in connection.execute(text("PRAGMA quick_check(3)"))]
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if found != ["ok"]:
        return [_damaged("; ".join(found))]
    if broken is not None:
        what = f"A row of {broken[0]} belongs to a row of {broken[2]} that is not there"
        means = "Something other than this software wrote to the database."
        return [Finding("database", Level.WRONG, what, means, _RESTORE)]
    return []


def encoder(examined: Examined) -> list[Finding]:
    """Whether the vectors come from the encoder that the settings name."""
    known = instance_facts.encoder_of(examined.database)
    if known is None or known.startswith(examined.encoder):
        return []
    what = f"The vectors come from the encoder {known}, the settings name {examined.encoder}"
    means = "Search goes by words alone, and nothing new can be read in."
    return [Finding("encoder", Level.WRONG, what, means, "Set KB_ENCODER back, or run 'kb index reencode'")]


def works(examined: Examined) -> list[Finding]:
    """Whether works of experts are encoded by the encoder of the records."""
    known = instance_facts.encoder_of(examined.database)
    stale = encoded_experts.count_unencoded(examined.database, known or "")
    if known is None or not stale:
        return []
    what = f"Not encoded with {known} are works of experts: {stale}"
    means = "Until a request is ranked on the site, which encodes them first, people are matched by words alone."
    return [Finding("works", Level.NOTE, what, means, "kb people encode")]


def kept(examined: Examined) -> list[Finding]:
    """Whether the originals of all documents are there as they came."""
    with examined.database.read() as connection:
        query = select(documents.c.digest, documents.c.name).distinct().order_by(documents.c.name)
        wanted = {row.digest: row.name for row in connection.execute(query)}
    missing, altered = [], []
    for digest in examined.watched(list(wanted)):
        name = wanted[digest]
        try:
            if digest_of(originals.path_of(examined.settings.home, digest)) != digest:
                altered.append(name)
        except OSError:
            missing.append(name)
    means = "Search and reading work; the file as it came cannot be given out or read again."
    mend = f"Copy DIR/originals of a backup over {examined.settings.home / 'originals'}, or send the files again"
    return [
        Finding("originals", Level.WRONG, f"{_count(names)} {ails}", means, mend)
        for names, ails in ((missing, "missing"), (altered, "not as they came"))
        if names
    ]


def leftover(examined: Examined) -> list[Finding]:
    """Whether bytes that nothing needs any more are removed."""
    home = examined.settings.home
    found = orphaned_files.unneeded(examined.database, home, _UNSWEPT)
    if not found:
        return []
    size = sum(path.stat().st_size for path in found)
    what = f"{len(found)} files in {home / 'originals'} belong to nothing on record ({size / 1e6:.1f} MB)"
    means = "They were taken back, failed long ago, or came in when a process was killed; they take up room."
    return [Finding("originals", Level.NOTE, what, means, "kb serve: a site removes such files within the hour")]


def stuck(examined: Examined) -> list[Finding]:
    """Whether files that people sent are worked on."""
    moment = now()
    silent = (jobs.c.state == JobState.RUNNING.value) & (jobs.c.beat < moment - LEASE - _PATIENCE)
    waiting = (jobs.c.state == JobState.WAITING.value) & (jobs.c.changed < moment - _PATIENCE)
    with examined.database.read() as connection:
        count = connection.execute(select(func.count()).where(silent | waiting)).scalar_one()
    if not count:
        return []
    means = "No worker runs, or it cannot keep up. What was sent is safe."
    return [Finding("jobs", Level.WRONG, f"{count} files wait for more than an hour", means, "kb worker --idle 1")]


def letters(examined: Examined) -> list[Finding]:
    """Whether letters go out."""
    if not examined.settings.smtp_host:
        return []
    with examined.database.read() as connection:
        waiting = outbox.held_up(connection, _PATIENCE)
        given_up = outbox.counts(connection).get(DeliveryStatus.FAILED, 0)
        reasons = sorted({letter.reason for letter in outbox.unsent(connection)})
    why = f" ({'; '.join(reasons[:3])})" if reasons else ""
    found = []
    if waiting:
        means = "The mail server does not take them, or neither a site nor a worker runs. None is lost."
        mend = "Check KB_SMTP_HOST, KB_SMTP_PORT, KB_SMTP_USER, KB_SMTP_PASSWORD, and that 'kb serve' runs"
        found.append(Finding("letters", Level.WRONG, f"{waiting} letters wait for over an hour{why}", means, mend))
    if given_up:
        means = "Those people were not told by mail. News stand in their inbox."
        mend = "See /letters on the site: correct the addresses, then try again there"
        what = f"{given_up} letters of the last month were given up{why}"
        found.append(Finding("letters", Level.NOTE, what, means, mend))
    return found


def chained(examined: Examined) -> list[Finding]:
    """Whether the audit trail holds."""
    problem = audit_trail.verify(examined.database)
    if problem is None:
        return []
    what = f"The audit trail does not hold from row {problem.row} on ({problem.what})"
    means = "Somebody changed the record of who did what."
    return [Finding("audit", Level.WRONG, what, means, "kb audit verify, and compare with a backup")]


def clock(examined: Examined) -> list[Finding]:
    """Whether this machine's clock is behind what was recorded."""
    with examined.database.read() as connection:
        last = connection.execute(select(trail.c.time).order_by(trail.c.id.desc()).limit(1)).scalar()
    if last is None or datetime.fromisoformat(last) <= now() + _AHEAD:
        return []
    what = f"The clock says {now():%Y-%m-%d %H:%M}, but something was recorded at {last[:16].replace('T', ' ')} (UTC)"
    means = "Sessions and links end too late, and the trail is out of order."
    return [Finding("clock", Level.WRONG, what, means, "sudo timedatectl set-ntp true")]


def forgotten(examined: Examined) -> list[Finding]:
    """Whether the list of erasures can be read."""
    try:
        erasures.read(examined.settings.home / erasures.FILE)
    except InstanceError as error:
        means = "A restored backup would bring erased persons back."
        return [Finding("erasures", Level.WRONG, str(error), means, "Copy erasures.jsonl of the newest backup")]
    return []


CHECKS: tuple[Check, ...] = (integrity, encoder, works, kept, leftover, stuck, letters, chained, clock, forgotten)


def examine(settings: Settings, encoder_name: str, watched: Watched = iter) -> tuple[list[Finding], Database | None]:
    """What is wrong with the records, and the records themselves when they can be used."""
    found = schema(settings)
    if found:
        return found, None
    try:
        database = open_database(settings.url, settings.home)
    except InstanceError as error:
        return [Finding("database", Level.WRONG, str(error), "No command works.", _RESTORE)], None
    examined = Examined(settings, database, encoder_name, watched)
    try:
        found = [finding for each in CHECKS for finding in each(examined)]
    except DatabaseError as error:
        return [_damaged(str(error.orig))], None
    return found, database


def _damaged(how: str) -> Finding:
    return Finding("database", Level.WRONG, f"The database is damaged: {how}", "Records may be lost.", _RESTORE)


def _count(names: list[str]) -> str:
    """How many originals, with some of their names."""
    few = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return f"{len(names)} originals ({few}) {'is' if len(names) == 1 else 'are'}"
