"""Reviews: asked for, conflicts declared before the file opens, recommendations given; each step on record."""

from datetime import datetime

from sqlalchemy import Connection, Select, func, insert, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action, require
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.documents.state import Move, State
from kb.documents.store import history
from kb.editorial.audit_actions import REVIEW_ENDINGS, ReviewAction
from kb.editorial.review import WORKING_DAYS, Panel, Recommendation, Review, Side, Stage, check_length, due_date
from kb.editorial.store import notifications
from kb.editorial.workflow import DocumentCase, EditorialRefusal, check_reviewer
from kb.errors import NotFoundError, RefusedError
from kb.store.tables.documents import documents
from kb.store.tables.editorial import review_declarations, reviews
from kb.store.tables.metadata import AnyRow
from kb.store.tables.revisions import document_changes


def case_of(connection: Connection, document: int) -> DocumentCase:
    """What deciding on a document needs to know of it."""
    query = select(documents.c.state, documents.c.owner).where(documents.c.id == document)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no document {document}. Search for it by its title.")
    return DocumentCase(State(row.state), row.owner, panel_of(connection, document))


def panel_of(connection: Connection, document: int) -> Panel:
    """The reviews of the newest round of a document."""
    number = history.times(connection, document, Move.SEND_TO_REVIEW)
    query = select(reviews).where(reviews.c.document == document, reviews.c.round == number)
    return Panel(number, tuple(_read(connection, query)))


def get(connection: Connection, review: int) -> Review:
    """A review. Raises NotFoundError."""
    found = _read(connection, select(reviews).where(reviews.c.id == review))
    if not found:
        raise NotFoundError(f"There is no review {review}.")
    return found[0]


def of_document(connection: Connection, document: int) -> list[Review]:
    """The reviews of all rounds of a document, in the order they were asked for."""
    return _read(connection, select(reviews).where(reviews.c.document == document))


def of_reviewer(connection: Connection, account: int) -> list[Review]:
    """What an account was asked to review, whatever became of it, in the order it was asked for."""
    return _read(connection, select(reviews).where(reviews.c.reviewer == account))


def in_review(connection: Connection) -> dict[int, tuple[datetime, Panel]]:
    """All documents that are in review: when their round began, and its reviews."""
    began = func.max(document_changes.c.at).label("began")
    query = (
        select(documents.c.id, func.count().label("round"), began)
        .join(document_changes, document_changes.c.document == documents.c.id)
        .where(documents.c.state == State.IN_REVIEW.value, document_changes.c.field == Move.SEND_TO_REVIEW.value)
        .group_by(documents.c.id)
    )
    rounds = {row.id: (row.began, row.round) for row in connection.execute(query)}
    held = select(reviews).join(documents, documents.c.id == reviews.c.document)
    asked: dict[int, list[Review]] = {number: [] for number in rounds}
    for review in _read(connection, held.where(documents.c.state == State.IN_REVIEW.value)):
        if review.document in rounds and review.round == rounds[review.document][1]:
            asked[review.document].append(review)
    return {number: (at, Panel(last, tuple(asked[number]))) for number, (at, last) in rounds.items()}


def list_waiting(connection: Connection) -> list[Review]:
    """Reviews that wait for their reviewers, on documents that are in review, the one due first before all others."""
    query = (
        select(reviews)
        .join(documents, documents.c.id == reviews.c.document)
        .where(
            documents.c.state == State.IN_REVIEW.value, reviews.c.ending.is_(None), reviews.c.recommendation.is_(None)
        )
    )
    return sorted((r for r in _read(connection, query) if r.waits), key=lambda review: (review.due, review.id))


def ask(
    connection: Connection, actor: Actor, document: int, reviewer: int, side: Side, days: int = WORKING_DAYS
) -> Review:
    """Ask an account to review within so many working days, in the round that is on. Raises RefusedError."""
    case = case_of(connection, document)
    require(actor, Action.ASSIGN, case.owner)
    check_reviewer(case, reviewer)
    moment = now()
    values = {
        "document": document,
        "round": case.panel.round,
        "reviewer": reviewer,
        "side": side.value,
        "asked": moment,
        "asked_by": actor.account,
        "due": due_date(moment.date(), days),
        "letter": "",
        "ending_reason": "",
    }
    number = connection.execute(insert(reviews).values(values).returning(reviews.c.id)).scalar_one()
    said: dict[str, audit_trail.Detail] = {"document": document, "reviewer": reviewer, "side": side}
    audit_trail.record(connection, actor, ReviewAction.REVIEWER_ASKED, AuditKind.REVIEW, number, said)
    notifications.of_review(connection, actor, number, reviewer)
    return get(connection, number)


def release(connection: Connection, actor: Actor, review: int, reason: str) -> Review:
    """Wait no longer for a reviewer. A recommendation that was given stays."""
    found = get(connection, review)
    require(actor, Action.ASSIGN, case_of(connection, found.document).owner)
    return _end(connection, actor, found, Stage.RELEASED, reason)


def decline(connection: Connection, actor: Actor, review: int, reason: str) -> Review:
    """Say that one will not review. No reason has to be given."""
    return _end(connection, actor, _own(connection, actor, review), Stage.DECLINED, reason, needed=False)


def declare(connection: Connection, actor: Actor, review: int, *, conflict: bool, interests: str = "") -> Review:
    """Say whether one has a conflict of interests; at any time before the decision, as one may learn of it later."""
    found = _own(connection, actor, review)
    if found.conflict and not conflict:
        raise RefusedError(
            EditorialRefusal.CONFLICT, "You declared a conflict of interests; only a librarian can ask you anew."
        )
    if conflict and not interests.strip():
        raise RefusedError(EditorialRefusal.REASON, "Say what the conflict is: the editor alone reads it.")
    values = {"review": review, "conflict": conflict, "interests": check_length(interests), "at": now()}
    connection.execute(insert(review_declarations).values(values))
    said: dict[str, audit_trail.Detail] = {"document": found.document, "conflict": "yes" if conflict else "no"}
    audit_trail.record(connection, actor, ReviewAction.CONFLICTS_DECLARED, AuditKind.REVIEW, review, said)
    return get(connection, review)


def open_file(connection: Connection, actor: Actor, review: int) -> Review:
    """Let the reviewer read the file. Raises RefusedError until they declared that they have no conflict."""
    found = _cleared(_own(connection, actor, review))
    if found.opened is None:
        connection.execute(update(reviews).where(reviews.c.id == review).values(opened=now()))
        audit_trail.record(
            connection, actor, ReviewAction.FILE_OPENED, AuditKind.REVIEW, review, {"document": found.document}
        )
    return get(connection, review)


def recommend(connection: Connection, actor: Actor, review: int, advice: Recommendation, letter: str) -> Review:
    """Give the recommendation and the letter to the editor; once."""
    found = at_work(connection, actor, review)
    said = check_length(letter)
    if not said:
        raise RefusedError(
            EditorialRefusal.REASON, "Say why: the editor and the person who submitted it learn from it."
        )
    values = {"recommendation": advice.value, "letter": said, "given": now()}
    connection.execute(update(reviews).where(reviews.c.id == review).values(values))
    detail: dict[str, audit_trail.Detail] = {"document": found.document, "recommendation": advice}
    audit_trail.record(connection, actor, ReviewAction.RECOMMENDATION_GIVEN, AuditKind.REVIEW, review, detail)
    return get(connection, review)


def at_work(connection: Connection, actor: Actor, review: int) -> Review:
    """A review whose reviewer has opened the file and not given the recommendation. Raises RefusedError."""
    found = _cleared(_own(connection, actor, review))
    if found.opened is None:
        raise RefusedError(EditorialRefusal.UNDECLARED, "Open the file first.")
    if found.recommendation is not None:
        raise RefusedError(EditorialRefusal.GIVEN, "The recommendation was given; it stays.")
    return found


def _own(connection: Connection, actor: Actor, review: int) -> Review:
    """One's own review in the round that is on. Raises ForbiddenError, RefusedError."""
    found = get(connection, review)
    require(actor, Action.REVIEW, found.reviewer)
    case = case_of(connection, found.document)
    if case.state is not State.IN_REVIEW or case.panel.round != found.round:
        raise RefusedError(EditorialRefusal.STATE, "This document is not in review any more.")
    if found.ending is not None:
        raise RefusedError(EditorialRefusal.ENDED, "This review has ended.")
    return found


def _cleared(review: Review) -> Review:
    if review.conflict is None:
        raise RefusedError(
            EditorialRefusal.UNDECLARED, "Declare first whether you have a conflict of interests; then the file opens."
        )
    if review.conflict:
        raise RefusedError(EditorialRefusal.CONFLICT, "You declared a conflict of interests, so the file stays closed.")
    return review


def _end(
    connection: Connection, actor: Actor, review: Review, ending: Stage, reason: str, *, needed: bool = True
) -> Review:
    if review.recommendation is not None:
        raise RefusedError(EditorialRefusal.GIVEN, "The recommendation was given; it stays.")
    if review.ending is not None:
        raise RefusedError(EditorialRefusal.ENDED, "This review has ended.")
    if needed and not reason.strip():
        raise RefusedError(EditorialRefusal.REASON, "Say why: the reason stays on record.")
    values = {"ending": ending.value, "ending_reason": check_length(reason)}
    connection.execute(update(reviews).where(reviews.c.id == review.id).values(values))
    audit_trail.record(
        connection, actor, REVIEW_ENDINGS[ending], AuditKind.REVIEW, review.id, {"document": review.document}
    )
    return get(connection, review.id)


def _read(connection: Connection, query: Select[*tuple[object, ...]]) -> list[Review]:
    rows = connection.execute(query.order_by(reviews.c.id)).all()
    said = select(review_declarations).where(review_declarations.c.review.in_([row.id for row in rows]))
    newest = {row.review: row for row in connection.execute(said.order_by(review_declarations.c.id))}
    return [_review(row, newest.get(row.id)) for row in rows]


def _review(row: AnyRow, declared: AnyRow | None) -> Review:
    return Review(
        id=row.id,
        document=row.document,
        round=row.round,
        reviewer=row.reviewer,
        side=Side(row.side),
        asked=row.asked,
        due=row.due,
        conflict=None if declared is None else declared.conflict,
        interests="" if declared is None else declared.interests,
        opened=row.opened,
        recommendation=Recommendation(row.recommendation) if row.recommendation else None,
        letter=row.letter,
        given=row.given,
        ending=Stage(row.ending) if row.ending else None,
        ending_reason=row.ending_reason,
    )
