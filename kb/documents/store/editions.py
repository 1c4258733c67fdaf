"""Works: which documents are one text in several versions, languages or formats."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from sqlalchemy import Connection, and_, select, update

from kb.documents.duplicate import LinkKind, LinkStatus
from kb.documents.models import PreparedDocument
from kb.documents.state import PUBLIC
from kb.store import instance_facts
from kb.store.tables.documents import documents
from kb.store.tables.duplicates import likenesses
from kb.store.tables.metadata import AnyRow


def work_of(prepared: PreparedDocument, previous: str | None) -> str:
    """The work of a new document: that of the version before, or of its declared translations.

    Documents that turn out to be alike are given one work later, when a link between them is confirmed.
    """
    if previous is not None:
        return previous
    source = prepared.source
    return _work(source.name, source.origin, prepared.description.translations)


def regroup(connection: Connection, changed: Sequence[int]) -> None:
    """Give these documents, and all that share a work with one of them, the works that confirmed links make."""
    known = select(documents.c.work).where(documents.c.id.in_(changed))
    query = select(*_GROUPED).where(documents.c.work.in_(known)).order_by(documents.c.id)
    rows = connection.execute(query).all()
    works = _own_works(rows)
    merged = _merged(works, _confirmed(connection, [row.id for row in rows]))
    moved = {row.id: merged[row.id] for row in rows if merged[row.id] != row.work}
    public = [row.id for row in rows if row.id in moved and row.state in PUBLIC]
    for document, work in moved.items():
        connection.execute(update(documents).where(documents.c.id == document).values(work=work))
    if public:  # searchers take in documents whose revision is new to them
        revision = instance_facts.next_revision(connection)
        connection.execute(update(documents).where(documents.c.id.in_(public)).values(revision=revision))


_GROUPED = (
    documents.c.id,
    documents.c.work,
    documents.c.name,
    documents.c.origin,
    documents.c.translations,
    documents.c.previous,
    documents.c.state,
)


def _own_works(rows: Iterable[AnyRow]) -> dict[int, str]:
    """The work each document has without any link; a version before comes first in `rows`, as ids only grow."""
    works: dict[int, str] = {}
    for row in rows:
        works[row.id] = works.get(row.previous) or _work(row.name, row.origin, row.translations)
    return works


def _confirmed(connection: Connection, among: Sequence[int]) -> list[tuple[int, int]]:
    query = select(likenesses.c.document, likenesses.c.other).where(
        and_(
            likenesses.c.standing == LinkStatus.CONFIRMED.value,
            likenesses.c.kind.in_([kind.value for kind in LinkKind if kind.shares_work]),
            likenesses.c.document.in_(among),
            likenesses.c.other.in_(among),
        )
    )
    return [(row.document, row.other) for row in connection.execute(query)]


def _merged(works: dict[int, str], pairs: Iterable[tuple[int, int]]) -> dict[int, str]:
    """One work for all that hang together; the first in order of those they had, so that order does not matter."""
    stands_for = {work: work for work in works.values()}

    def found(work: str) -> str:
        while stands_for[work] != work:
            work = stands_for[work]
        return work

    for one, two in pairs:
        first, second = sorted((found(works[one]), found(works[two])))
        stands_for[second] = first
    return {document: found(work) for document, work in works.items()}


def _work(name: str, origin: str, translations: Iterable[Sequence[str]]) -> str:
    """Translations name each other, so all of them agree on the first name in order; versions share an origin."""
    first = min([name, *(other for _, other in translations)])
    folder = str(PurePath(origin).parent)
    return hashlib.sha256(f"{folder}\n{first}".encode()).hexdigest()[:32]
