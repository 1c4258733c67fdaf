"""Moves documents from state to state by the rules of editorial work, each on record in the same transaction."""

from sqlalchemy import Connection, select

from kb.accounts.account import Actor
from kb.accounts.permissions import require
from kb.documents.state import PUBLIC, Move, State
from kb.documents.store import publishing
from kb.documents.store.state_conditions import is_public
from kb.editorial.store import reviews
from kb.editorial.workflow import DocumentCase, EditorialRefusal, follow, step
from kb.errors import RefusedError
from kb.store.tables.documents import documents


def move(connection: Connection, actor: Actor, document: int, to: Move, reason: str, expected: State) -> State:
    """Move a document that `actor` believes to be `expected`; the state it is in then.

    Raises RefusedError when somebody else was quicker or the rules do not allow it, ForbiddenError when `actor` may
    not, NotFoundError when there is no such document.
    """
    case = reviews.case_of(connection, document)
    require(actor, step(to).action, case.owner)  # before anything is told of the document
    if case.state is not expected:
        raise RefusedError(EditorialRefusal.CHANGED, f"Somebody moved this document meanwhile: it is {case.state} now.")
    after = follow(actor, case, to, reason)
    if after in PUBLIC:
        _refuse_older(connection, document)
        publishing.publish_document(connection, document, actor, to, reason, after)
    else:
        publishing.set_state(connection, actor, document, to, case.state, after, reason)
    if case.state in PUBLIC:
        publishing.hide(connection, document)
    return after


def send_to_review(
    connection: Connection, actor: Actor, document: int, expected: State, reason: str = ""
) -> DocumentCase:
    """Begin a round of review; whom to ask comes next (`kb.store.reviews.ask`)."""
    move(connection, actor, document, Move.SEND_TO_REVIEW, reason, expected)
    return reviews.case_of(connection, document)


def publish(connection: Connection, actor: Actor, document: int, reason: str) -> None:
    """The editor's decision, once the reviewers' rule is kept."""
    move(connection, actor, document, Move.PUBLISH, reason, State.IN_REVIEW)


def publish_trusted(connection: Connection, actor: Actor, document: int, reason: str, expected: State) -> None:
    """Publish without review, by a librarian alone; `reason` names the collection that is trusted."""
    move(connection, actor, document, Move.PUBLISH_TRUSTED, reason, expected)


def withdraw(connection: Connection, actor: Actor, document: int, reason: str) -> None:
    """Take a document away from the public; its address says so, and why."""
    move(connection, actor, document, Move.WITHDRAW, reason, State.PUBLISHED)


def _refuse_older(connection: Connection, document: int) -> None:
    """Raise RefusedError when a newer version is public."""
    newer = documents.alias()
    query = (
        select(newer.c.id)
        .join(documents, documents.c.origin == newer.c.origin)
        .where(documents.c.id == document, newer.c.id > document, is_public(newer.c.state))
    )
    found = connection.execute(query).scalar()
    if found is not None:
        raise RefusedError(
            EditorialRefusal.NEWER, f"A newer version, document {found}, is public. Withdraw that one first."
        )
