"""What shows what a person knows: works added, read from files they sent, shown, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.experts.audit_actions import ExpertAction
from kb.experts.expert import Expert
from kb.experts.profile_json import STATEMENT
from kb.experts.works import Work
from kb.store.tables.experts import expert_contacts, expert_files, expert_works, experts, work_vectors
from kb.store.tables.metadata import AnyRow
from kb.text.language import language_of


@dataclass(frozen=True, slots=True)
class File:
    """A file that was read into works; its bytes are not kept."""

    id: int
    name: str
    kind: str  # cv | publication
    added: datetime


def read(row: AnyRow) -> Work:
    """The work of a row of its table."""
    return Work(
        row.id, row.title, row.body, row.language, row.kind, row.year, row.link, row.file, row.request, row.shown
    )


def put(connection: Connection, number: int, work: Work) -> int:
    """Store a work of a person; its number."""
    row = {name: getattr(work, name) for name in _FIELDS}
    added = insert(expert_works).values(expert=number, **row).returning(expert_works.c.id)
    return int(connection.execute(added).scalar_one())


_FIELDS = ("title", "body", "language", "kind", "year", "link", "file", "request", "shown")


def add(connection: Connection, actor: Actor, number: int, work: Work) -> None:
    """One more work of a person, by which they are found once it is encoded, or by its words."""
    put(connection, number, work)
    touch(connection, actor, number)
    audit_trail.record(connection, actor, ExpertAction.WORK_ADDED, AuditKind.EXPERT, number)


def remove(connection: Connection, actor: Actor, number: int, work: int) -> None:
    """Take a work of a person away, with its vectors."""
    mine = (expert_works.c.id == work, expert_works.c.expert == number)
    if connection.execute(select(expert_works.c.id).where(*mine)).first() is not None:
        drop(connection, [work])
        touch(connection, actor, number)
        audit_trail.record(connection, actor, ExpertAction.WORK_REMOVED, AuditKind.EXPERT, number)


def show(connection: Connection, actor: Actor, number: int, shown: Sequence[int]) -> None:
    """Let the titles of these works stand on the public list, and of no other.

    Never of an assignment of the hub: who asked agreed to nobody being told.
    """
    mine = expert_works.c.expert == number
    connection.execute(update(expert_works).where(mine).values(shown=False))
    chosen = (mine, expert_works.c.id.in_(shown), expert_works.c.request.is_(None))
    connection.execute(update(expert_works).where(*chosen).values(shown=True))
    touch(connection, actor, number)
    audit_trail.record(connection, actor, ExpertAction.WORKS_SHOWN, AuditKind.EXPERT, number, {"count": len(shown)})


def files(connection: Connection, number: int) -> list[File]:
    """The files a person sent, oldest first."""
    query = select(expert_files).where(expert_files.c.expert == number).order_by(expert_files.c.id)
    return [File(row.id, row.name, row.kind, row.added) for row in connection.execute(query)]


def add_file(
    connection: Connection, actor: Actor, number: int, name: str, kind: str, digest: str, works: Sequence[Work]
) -> bool:
    """Store what was read from a file; False when the same bytes were read in before."""
    known = select(expert_files.c.id).where(expert_files.c.expert == number, expert_files.c.digest == digest)
    if connection.execute(known).first() is not None:
        return False
    row = {"expert": number, "name": name, "kind": kind, "digest": digest, "added": now()}
    file = int(connection.execute(insert(expert_files).values(row).returning(expert_files.c.id)).scalar_one())
    for work in works:
        put(connection, number, Work(0, work.title, work.body, work.language, work.kind, work.year, "", file))
    touch(connection, actor, number)
    audit_trail.record(connection, actor, ExpertAction.FILE_READ, AuditKind.EXPERT, number, {"works": len(works)})
    return True


def remove_file(connection: Connection, actor: Actor, number: int, file: int) -> None:
    """Take a file away, with all that was read from it."""
    mine = (expert_files.c.id == file, expert_files.c.expert == number)
    if connection.execute(select(expert_files.c.id).where(*mine)).first() is None:
        return
    of_file = (expert_works.c.file == file, expert_works.c.expert == number)
    drop(connection, list(connection.execute(select(expert_works.c.id).where(*of_file)).scalars()))
    connection.execute(delete(expert_files).where(*mine))
    touch(connection, actor, number)
    audit_trail.record(connection, actor, ExpertAction.FILE_REMOVED, AuditKind.EXPERT, number)


def set_organisation(connection: Connection, expert: Expert) -> None:
    """What a person says of themselves stands among their works, so that it is compared as these are."""
    known = select(expert_works).where(expert_works.c.expert == expert.id, expert_works.c.kind == STATEMENT)
    rows = connection.execute(known).all()
    if [row.body for row in rows] == ([expert.statement] if expert.statement else []):
        return
    drop(connection, [row.id for row in rows])
    if expert.statement:
        put(connection, expert.id, Work(0, "", expert.statement, language_of(expert.statement), STATEMENT))


def drop(connection: Connection, works: Sequence[int]) -> None:
    """Take works away, with their vectors."""
    connection.execute(delete(work_vectors).where(work_vectors.c.work.in_(works)))
    connection.execute(delete(expert_works).where(expert_works.c.id.in_(works)))


def drop_all(connection: Connection, number: int) -> None:
    """Take everything away that a person showed, files and vectors too."""
    works = select(expert_works.c.id).where(expert_works.c.expert == number)
    connection.execute(delete(work_vectors).where(work_vectors.c.work.in_(works)))
    connection.execute(delete(expert_works).where(expert_works.c.expert == number))
    connection.execute(delete(expert_files).where(expert_files.c.expert == number))


def touch(connection: Connection, actor: Actor, number: int) -> None:
    """Note that a person changed; who changed themselves looks after their profile from then on."""
    reached = select(expert_contacts.c.account).where(expert_contacts.c.expert == number)
    account = connection.execute(reached).scalar()
    themselves = account is not None and account == actor.account
    values = {"changed": now()} | ({"owned": now()} if themselves else {})
    connection.execute(update(experts).where(experts.c.id == number).values(values))


def is_owned_by_person(connection: Connection, number: int) -> bool:
    """Whether the person looks after their profile themselves: registered, consented or changed it."""
    return connection.execute(select(experts.c.owned).where(experts.c.id == number)).scalar() is not None
