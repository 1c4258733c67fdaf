"""Comments of reviewers on passages; one that is taken back stays on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.editorial.audit_actions import ReviewAction
from kb.editorial.review import check_length
from kb.editorial.store import reviews
from kb.editorial.workflow import EditorialRefusal
from kb.errors import NotFoundError, RefusedError, UsageError
from kb.store.tables.documents import passages
from kb.store.tables.editorial import review_comments


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reviewer says of a passage, or of the document where `passage` is None.

    `start` and `end` are offsets into the stored text; `taken_back` is when the reviewer took it back.
    """

    id: int
    review: int
    passage: int | None
    start: int | None
    end: int | None
    text: str
    at: datetime
    taken_back: datetime | None = None


def add(
    connection: Connection, actor: Actor, review: int, text: str, passage: int | None = None, span: Sequence[int] = ()
) -> int:
    """Comment on a passage, by its id, or on a `span` (start, end) of it; without either on the whole. The number."""
    found = reviews.at_work(connection, actor, review)
    said = check_length(text)
    if not said:
        raise RefusedError(EditorialRefusal.NOTHING, "Write what you have to say.")
    start, end = _place(connection, found.document, passage, span)
    values = {"review": review, "passage": passage, "start": start, "end": end, "text": said, "at": now()}
    number = connection.execute(insert(review_comments).values(values).returning(review_comments.c.id)).scalar_one()
    audit_trail.record(connection, actor, ReviewAction.PASSAGE_COMMENTED, AuditKind.REVIEW, review, {"comment": number})
    return int(number)


def take_back(connection: Connection, actor: Actor, number: int) -> None:
    """Take a comment back; that it was made stays on record."""
    row = connection.execute(select(review_comments).where(review_comments.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no comment {number}.")
    reviews.at_work(connection, actor, row.review)
    connection.execute(update(review_comments).where(review_comments.c.id == number).values(taken_back=now()))
    audit_trail.record(
        connection, actor, ReviewAction.COMMENT_TAKEN_BACK, AuditKind.REVIEW, row.review, {"comment": number}
    )


def of_reviews(connection: Connection, review_ids: Sequence[int]) -> list[Comment]:
    """Comments of these reviews that were not taken back, in order of the text, those on the whole first."""
    query = select(review_comments).where(
        review_comments.c.review.in_(review_ids), review_comments.c.taken_back.is_(None)
    )
    rows = connection.execute(query.order_by(review_comments.c.id))
    found = [Comment(r.id, r.review, r.passage, r.start, r.end, r.text, r.at, r.taken_back) for r in rows]
    return sorted(found, key=lambda one: (-1 if one.start is None else one.start, one.id))


def _place(
    connection: Connection, document: int, passage: int | None, span: Sequence[int]
) -> tuple[int | None, int | None]:
    """Where a comment stands in the stored text. Raises UsageError for a place that is not in the document."""
    if passage is None:
        return None, None
    row = connection.execute(
        select(passages.c.start, passages.c.end).where(passages.c.id == passage, passages.c.document == document)
    ).one_or_none()
    start, end = (row.start, row.end) if row is not None and not span else (*span, 0, 0)[:2]
    if row is None or not row.start <= start < end <= row.end:
        raise UsageError("This place is not in the document. Open the file again and choose a passage.")
    return start, end
