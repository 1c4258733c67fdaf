"""What people decide about tags: recorded for good, and shown in the state of the tag at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from kb.clock import now
from kb.documents.derived_tags import PERSON
from kb.documents.models import TagState, Verdict
from kb.documents.state import PUBLIC
from kb.errors import NotFoundError, UsageError
from kb.store import instance_facts
from kb.store.tables.documents import documents, passages, tags
from kb.store.tables.metadata import AnyRow
from kb.store.tables.revisions import carried_decisions
from kb.store.tables.tagging import tag_decisions

# The state of a tag that the tagger made, by what was said last of it.
_SHOWN = {
    Verdict.ACCEPTED: TagState.ACCEPTED,
    Verdict.ADDED: TagState.ACCEPTED,
    Verdict.REJECTED: TagState.REJECTED,
    Verdict.WITHDRAWN: TagState.SUGGESTED,
}


@dataclass(frozen=True, slots=True)
class TagPlace:
    """A concept and where it is claimed; `passage` is None for the document as a whole."""

    document: int
    passage: int | None
    scheme: str
    notation: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the history. `score` and `method` are those of the tag that was decided on, if there was one."""

    id: int
    place: TagPlace
    verdict: Verdict
    who: str
    reason: str
    at: datetime
    score: float | None
    method: str


def decide(connection: Connection, place: TagPlace | int, verdict: Verdict, who: str, reason: str = "") -> int:
    """Record what `who` says of a tag, by its id or place, and give the decision's id.

    The tag's state follows in the same transaction, and the public sees it. Raises NotFoundError where there is no
    such tag or place, UsageError for a verdict that does not fit.
    """
    if not who.strip():
        raise UsageError("Say who decides.")
    place = _place_of(connection, place) if isinstance(place, int) else _checked(connection, place)
    tag = connection.execute(select(tags).where(*_at(place)).order_by(tags.c.id)).first()
    if tag is None and verdict in (Verdict.ACCEPTED, Verdict.REJECTED):
        raise NotFoundError("There is no such tag to decide on. Add it first, or look at the document again.")
    result = connection.execute(
        insert(tag_decisions).values(
            document=place.document,
            passage=place.passage,
            scheme=place.scheme,
            notation=place.notation,
            verdict=verdict.value,
            who=who,
            reason=reason,
            at=now(),
            score=None if tag is None or tag.method == PERSON else tag.score,
            method="" if tag is None else tag.method,
        )
    )
    _show(connection, place, tag, verdict)
    touch(connection, place.document)
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def history(connection: Connection, document: int) -> list[Decision]:
    """All that was decided about the tags of a document, oldest first."""
    query = select(tag_decisions).where(tag_decisions.c.document == document).order_by(tag_decisions.c.id)
    return [_decision(row) for row in connection.execute(query)]


def standing_decisions(connection: Connection, document: int | None = None, until: int | None = None) -> list[Decision]:
    """The decision that counts for each place, by id; of one document, or as it stood at the decision `until`.

    Of all documents, what was carried from one version to the next counts once, for the newest.
    """
    query = select(tag_decisions).order_by(tag_decisions.c.id)
    if document is not None:
        query = query.where(tag_decisions.c.document == document)
    else:
        carried = select(carried_decisions.c.source)
        if until is not None:
            carried = carried.where(carried_decisions.c.decision <= until)
        query = query.where(tag_decisions.c.id.not_in(carried))
    if until is not None:
        query = query.where(tag_decisions.c.id <= until)
    last: dict[TagPlace, Decision] = {}
    for row in connection.execute(query):
        decision = _decision(row)
        last.pop(decision.place, None)
        last[decision.place] = decision
    return [each for each in last.values() if each.verdict is not Verdict.WITHDRAWN]


def touch(connection: Connection, document: int) -> None:
    """Let searchers notice that a document changed, where the public sees it."""
    state = connection.execute(select(documents.c.state).where(documents.c.id == document)).scalar_one()
    if state in PUBLIC:
        revision = instance_facts.next_revision(connection)
        connection.execute(update(documents).where(documents.c.id == document).values(revision=revision))


def _show(connection: Connection, place: TagPlace, tag: AnyRow | None, verdict: Verdict) -> None:
    """Give the tag the state that follows from a verdict."""
    if tag is None:
        if verdict is Verdict.ADDED:
            connection.execute(insert(tags).values(**_added(place)))
    elif verdict is Verdict.WITHDRAWN and tag.method == PERSON:
        connection.execute(delete(tags).where(tags.c.id == tag.id))
    else:
        added = tag.method == PERSON and verdict is not Verdict.REJECTED
        state = TagState.ADDED if added else _SHOWN[verdict]
        connection.execute(update(tags).where(tags.c.id == tag.id).values(state=state.value))


def _added(place: TagPlace) -> dict[str, object]:
    return {
        "document": place.document,
        "passage": place.passage,
        "scheme": place.scheme,
        "notation": place.notation,
        "score": 1.0,
        "evidence": [],
        "method": PERSON,
        "state": TagState.ADDED.value,
    }


def _at(place: TagPlace) -> tuple[ColumnElement[bool], ...]:
    return (
        tags.c.document == place.document,
        tags.c.passage.is_(None) if place.passage is None else tags.c.passage == place.passage,
        tags.c.scheme == place.scheme,
        tags.c.notation == place.notation,
    )


def _place_of(connection: Connection, tag: int) -> TagPlace:
    row = connection.execute(select(tags).where(tags.c.id == tag)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no tag {tag}. It may have been replaced; look at the document again.")
    return TagPlace(row.document, row.passage, row.scheme, row.notation)


def _checked(connection: Connection, place: TagPlace) -> TagPlace:
    known = select(documents.c.id).where(documents.c.id == place.document)
    if place.passage is not None:
        known = known.join(passages, passages.c.document == documents.c.id).where(passages.c.id == place.passage)
    if connection.execute(known).first() is None:
        raise NotFoundError(f"There is no document {place.document} with passage {place.passage}.")
    return place


def _decision(row: AnyRow) -> Decision:
    place = TagPlace(row.document, row.passage, row.scheme, row.notation)
    return Decision(row.id, place, Verdict(row.verdict), row.who, row.reason, row.at, row.score, row.method)
