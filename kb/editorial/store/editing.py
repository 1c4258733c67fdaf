"""What people change of a document: its description and what is said of its tags, each on record as it happens."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.documents.audit_actions import TAG_DECISIONS
from kb.documents.models import Description, StoredDocument, Verdict
from kb.documents.store import derived_tags, documents, history, pending_encodings, tag_decisions
from kb.documents.store.tag_decisions import Decision, TagPlace
from kb.editorial.description import differences
from kb.editorial.review import check_length
from kb.editorial.store import reviews
from kb.editorial.workflow import EditorialRefusal, may_describe
from kb.errors import ForbiddenError, RefusedError
from kb.store.tables.documents import documents as table
from kb.vocabularies.skos import Taxonomy

CHECKED = "checked"  # the field of a change in which a person found the description right as it is


def describe(
    connection: Connection, actor: Actor, document: int, description: Description, reason: str, seen: int
) -> tuple[str, ...]:
    """Store a description written by somebody who had seen the change `seen` (`history.newest`); fields that changed.

    Passages are encoded with the title of their document: where that changes, a worker encodes them again.
    Raises RefusedError when somebody else changed it meanwhile, ForbiddenError when `actor` may not.
    """
    before = _for_change(connection, actor, document).description
    if history.last_change(connection, document) != seen:
        raise RefusedError(EditorialRefusal.CHANGED, "Somebody changed this description meanwhile. Look at it again.")
    changed = differences(before, description)
    rows = [(each.field, each.before, each.after) for each in changed] or [(CHECKED, None, None)]
    history.record_description(connection, actor, document, rows, check_length(reason))
    if changed:
        values = {each.field: getattr(description, each.field) for each in changed}
        values |= {"countries": sorted(description.countries)} if "countries" in values else {}
        connection.execute(update(table).where(table.c.id == document).values(values))
        if pending_encodings.FIELDS & {each.field for each in changed}:
            pending_encodings.ask(connection, document)
        tag_decisions.touch(connection, document)
    return tuple(each.field for each in changed)


def decide_tags(
    connection: Connection,
    actor: Actor,
    taxonomy: Taxonomy,
    places: Sequence[TagPlace],
    verdict: Verdict,
    reason: str = "",
) -> list[int]:
    """Say the same of several tags of one document; the numbers of the decisions.

    Thematic areas and round tables follow from the objectives in the same transaction.
    """
    several = {place.document for place in places}
    for document in several:
        _for_change(connection, actor, document)
    said = [
        tag_decisions.decide(connection, place, verdict, actor_key(actor), check_length(reason)) for place in places
    ]
    for place in places:
        detail: dict[str, audit_trail.Detail] = {"tag": f"{place.scheme}:{place.notation}", "passage": place.passage}
        audit_trail.record(connection, actor, TAG_DECISIONS[verdict], AuditKind.DOCUMENT, place.document, detail)
    for document in several:
        derived_tags.follow(connection, taxonomy, document)
    return said


def undo(connection: Connection, actor: Actor, taxonomy: Taxonomy, document: int, numbers: Iterable[int]) -> list[int]:
    """Take back those of one's own decisions about a document that still count; the numbers of the new decisions."""
    wanted = set(numbers)
    standing = [
        d
        for d in tag_decisions.standing_decisions(connection, document)
        if d.id in wanted and d.who == actor_key(actor)
    ]
    return decide_tags(connection, actor, taxonomy, [d.place for d in standing], Verdict.WITHDRAWN)


def actor_key(actor: Actor) -> str:
    """What stands for a person in the history of tags: the number of the account, so that a person can be erased."""
    return f"account:{actor.account}" if actor.signed_in else actor.name


def account_in(decision: Decision) -> int | None:
    """The account that decided; None when it was no account."""
    kind, _colon, number = decision.who.partition(":")
    return int(number) if kind == "account" and number.isdecimal() else None


def _for_change(connection: Connection, actor: Actor, document: int) -> StoredDocument:
    case = reviews.case_of(connection, document)
    if not may_describe(actor, case):
        raise ForbiddenError(f"{actor.name} may not describe this document while it is {case.state}.")
    return documents.get(connection, document)
