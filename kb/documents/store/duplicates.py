"""Links between documents that are alike: suggested by the machine, confirmed or rejected by a person."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, insert, or_, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.documents.audit_actions import LIKENESS_DECISIONS
from kb.documents.duplicate import Likeness, Link, LinkKind, LinkStatus
from kb.documents.store.editions import regroup
from kb.errors import NotFoundError
from kb.store.database import Database
from kb.store.tables.duplicates import likenesses
from kb.store.tables.metadata import AnyRow


def keep(connection: Connection, found: Iterable[Likeness]) -> list[Link]:
    """Put findings on record, but for pairs that are already; those that are sure are confirmed. The new links."""
    kept = []
    for likeness in found:
        if between(connection, likeness.document, likeness.other) is None:
            kept.append(_insert(connection, likeness))
            if likeness.sure:
                regroup(connection, (likeness.document, likeness.other))
    return kept


def suggest(connection: Connection, likeness: Likeness, actor: Actor) -> Link:
    """A link that a person makes: confirmed at once, in place of what was on record of the two."""
    known = between(connection, likeness.document, likeness.other)
    link = known or _insert(connection, likeness)
    connection.execute(
        update(likenesses)
        .where(likenesses.c.id == link.id)
        .values(document=likeness.document, other=likeness.other, kind=likeness.kind.value)
    )
    return decide(connection, link.id, LinkStatus.CONFIRMED, actor)


def decide(connection: Connection, link: int, verdict: LinkStatus, actor: Actor) -> Link:
    """Confirm or reject a link, or make it a suggestion again; works are grouped anew. Raises NotFoundError."""
    before = get(connection, link)
    decided = None if verdict is LinkStatus.SUGGESTED else now()
    account = None if verdict is LinkStatus.SUGGESTED else actor.account
    connection.execute(
        update(likenesses)
        .where(likenesses.c.id == link)
        .values(standing=verdict.value, decided=decided, account=account)
    )
    regroup(connection, (before.document, before.other))
    details = {"kind": before.kind.value, "document": before.document, "other": before.other, "was": before.standing}
    audit_trail.record(connection, actor, LIKENESS_DECISIONS[verdict], AuditKind.LIKENESS, link, details)
    return get(connection, link)


def get(connection: Connection, link: int) -> Link:
    """The link with this number. Raises NotFoundError."""
    row = connection.execute(select(likenesses).where(likenesses.c.id == link)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no link {link} between documents. Open the document to see those it has.")
    return _link(row)


def between(connection: Connection, one: int, two: int) -> Link | None:
    """The link between two documents, whichever of them it starts from."""
    query = select(likenesses).where(
        or_(
            and_(likenesses.c.document == one, likenesses.c.other == two),
            and_(likenesses.c.document == two, likenesses.c.other == one),
        )
    )
    row = connection.execute(query).first()
    return None if row is None else _link(row)


def of_document(connection: Connection, document: int) -> list[Link]:
    """All links of a document, rejected ones too, best first."""
    query = (
        select(likenesses)
        .where(or_(likenesses.c.document == document, likenesses.c.other == document))
        .order_by(likenesses.c.score.desc(), likenesses.c.id)
    )
    return [_link(row) for row in connection.execute(query)]


def list_undecided(database: Database, limit: int = 100) -> list[Link]:
    """Suggestions that nobody has looked at, oldest first."""
    query = select(likenesses).where(likenesses.c.standing == LinkStatus.SUGGESTED.value).order_by(likenesses.c.id)
    with database.read() as connection:
        return [_link(row) for row in connection.execute(query.limit(limit))]


def _insert(connection: Connection, likeness: Likeness) -> Link:
    standing = LinkStatus.CONFIRMED if likeness.sure else LinkStatus.SUGGESTED
    row = {
        "document": likeness.document,
        "other": likeness.other,
        "kind": likeness.kind.value,
        "score": likeness.score,
        "standing": standing.value,
        "found": now(),
    }
    number = connection.execute(insert(likenesses).values(row).returning(likenesses.c.id)).scalar_one()
    return get(connection, number)


def _link(row: AnyRow) -> Link:
    return Link(
        id=row.id,
        kind=LinkKind(row.kind),
        document=row.document,
        other=row.other,
        score=row.score,
        standing=LinkStatus(row.standing),
        found=row.found,
        decided=row.decided,
        account=row.account,
    )
