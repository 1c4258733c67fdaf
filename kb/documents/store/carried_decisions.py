"""What people decided about the tags of a document, carried to its next version."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.documents.audit_actions import DocumentAction
from kb.documents.models import Evidence, Passage, Tag, Verdict
from kb.documents.passage_alignment import PassageAlignment, place_of
from kb.documents.store import history, passages, tags
from kb.documents.store import tag_decisions as decisions
from kb.documents.store.tag_decisions import Decision, TagPlace
from kb.store.tables.documents import documents
from kb.store.tables.revisions import carried_decisions as table
from kb.store.tables.tagging import tag_decisions

_SHOWN = 200  # characters of the words that are not there any more


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a decision comes from. `version` is that of the document on which a person decided.

    `supported` tells whether words that spoke for the tag there are in this version, too.
    """

    version: int
    supported: bool


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a document: its text, its passages by id, and all claims made of it by place."""

    number: int
    version: int
    text: str
    passages: dict[int, Passage]
    claims: dict[tuple[int | None, str, str], Tag]


def carry(connection: Connection, actor: Actor, previous: int, document: int) -> None:
    """Let what was decided about the version `previous` count for `document`, which `actor` brings in its place.

    What was said of the document as a whole always counts; what was said of a passage where that passage is still
    there with the words that spoke for the tag. The rest is told in the history.
    """
    standing = decisions.standing_decisions(connection, previous)
    if not standing:
        return
    older, newer = _version(connection, previous), _version(connection, document)
    whereabouts = PassageAlignment(newer.passages.items())
    left: list[Decision] = []
    for decision in standing:
        place = _place(decision, older, newer, whereabouts)
        if place is None:
            left.append(decision)
        else:
            _carry(connection, decision, place, older, newer)
    history.left_behind(connection, actor, document, [_said(each, older) for each in left])
    counted: dict[str, audit_trail.Detail] = {"from": previous, "carried": len(standing) - len(left), "left": len(left)}
    audit_trail.record(connection, actor, DocumentAction.DECISIONS_CARRIED, AuditKind.DOCUMENT, document, counted)


def origins(connection: Connection, document: int) -> dict[int, Carried]:
    """Where the decisions about a document come from, by decision, for those that were carried to it."""
    query = (
        select(table)
        .join(tag_decisions, tag_decisions.c.id == table.c.decision)
        .where(tag_decisions.c.document == document)
    )
    return {row.decision: Carried(row.version, row.supported) for row in connection.execute(query)}


def _place(decision: Decision, older: _Version, newer: _Version, whereabouts: PassageAlignment) -> TagPlace | None:
    place = decision.place
    if place.passage is None:
        return TagPlace(newer.number, None, place.scheme, place.notation)
    before = older.passages[place.passage]
    number = whereabouts.passage_of(before, _phrases(older, place))
    return None if number is None else TagPlace(newer.number, number, place.scheme, place.notation)


def _carry(connection: Connection, decision: Decision, place: TagPlace, older: _Version, newer: _Version) -> None:
    suggested = newer.claims.get((place.passage, place.scheme, place.notation))
    phrases = _phrases(older, decision.place)
    evidence = _evidence(older, decision.place, newer, place)
    before = older.claims.get((decision.place.passage, place.scheme, place.notation))
    if suggested is None and decision.verdict is not Verdict.ADDED and before is not None:
        tag = Tag(place.scheme, place.notation, before.score, evidence, before.method)
        tags.add(connection, place.document, [(place.passage, tag)])
    number = decisions.decide(connection, place, decision.verdict, decision.who, decision.reason)
    known = connection.execute(select(table.c.version).where(table.c.decision == decision.id)).scalar()
    connection.execute(
        insert(table).values(
            decision=number,
            source=decision.id,
            version=older.version if known is None else known,
            supported=place.passage is not None or bool(suggested or evidence or not phrases),
        )
    )


def _phrases(older: _Version, place: TagPlace) -> list[str]:
    """The words that spoke for a tag."""
    tag = older.claims.get((place.passage, place.scheme, place.notation))
    return [older.text[e.start : e.end] for e in tag.evidence] if tag else []


def _evidence(older: _Version, place: TagPlace, newer: _Version, there: TagPlace) -> tuple[Evidence, ...]:
    """The same words in the new text: of a passage, in it or before it among its headings."""
    tag = older.claims.get((place.passage, place.scheme, place.notation))
    found = []
    for each in tag.evidence if tag else ():
        phrase = older.text[each.start : each.end]
        start, end = 0, len(newer.text)
        if there.passage is not None:
            passage = newer.passages[there.passage]
            start, end = passage.start, passage.end
        span = place_of(phrase, newer.text[start:end])
        if span is not None:
            found.append(Evidence(start + span[0], start + span[1], each.kind))
    return tuple(dict.fromkeys(found))


def _said(decision: Decision, older: _Version) -> list[str]:
    """A decision in the history of a version that it could not be carried to: tag, verdict, the passage it was of."""
    passage = older.passages[decision.place.passage or 0]
    words = " … ".join(_phrases(older, decision.place)) or passage.text
    return [decision.place.scheme, decision.place.notation, decision.verdict.value, " ".join(words.split())[:_SHOWN]]


def _version(connection: Connection, document: int) -> _Version:
    row = connection.execute(select(documents).where(documents.c.id == document)).one()
    claims = tags.all_of_document(connection, document)
    return _Version(
        document,
        row.version,
        row.text,
        dict(passages.of_document(connection, document)),
        {(passage, tag.scheme, tag.notation): tag for passage, tag in claims},
    )
