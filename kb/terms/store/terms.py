"""Terms added, corrected and retired in an instance; changes are counted for whoever holds the glossary."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action, require
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.store import instance_facts
from kb.store.tables.terms import terms
from kb.terms.audit_actions import TermAction
from kb.terms.glossary import SCHEME, URN
from kb.vocabularies.concept import Concept

_REVISION = "terms-revision"
_FACTS = ("labels", "alt_labels", "definitions", "broader", "related", "matches")


@dataclass(frozen=True, slots=True)
class Change:
    """How a term differs from the one that is shipped: other facts (None: the shipped ones), or retired."""

    term: str
    concept: Concept | None
    retired: bool


def revision(connection: Connection) -> int:
    """How often a term was changed here."""
    return int(instance_facts.get(connection, _REVISION) or 0)


def changes(connection: Connection) -> list[Change]:
    """All that differs from the glossary that is shipped."""
    rows = connection.execute(select(terms).order_by(terms.c.term))
    return [Change(row.term, _concept(row.term, row.facts) if row.facts else None, row.retired) for row in rows]


def changed(shipped: Iterable[Concept], made: Iterable[Change]) -> tuple[Concept, ...]:
    """The glossary that is shipped with what was changed here, in order of ids."""
    found = {concept.notation: concept for concept in shipped}
    for change in made:
        if change.concept is not None:
            found[change.term] = change.concept
        if change.retired:
            found.pop(change.term, None)
    return tuple(found[term] for term in sorted(found))


def save(connection: Connection, actor: Actor, concept: Concept) -> None:
    """Add a term, or correct the one of this id."""
    require(actor, Action.EDIT_TERMS)
    facts = {name: value for name, value in asdict(concept).items() if name in _FACTS}
    known = _put(connection, concept.notation, facts=facts, retired=False)
    audit_trail.record(
        connection, actor, TermAction.CORRECTED if known else TermAction.SAVED, AuditKind.TERM, concept.notation
    )


def retire(connection: Connection, actor: Actor, term: str, retired: bool) -> None:
    """Take a term out of the glossary, or take it in again."""
    require(actor, Action.EDIT_TERMS)
    _put(connection, term, retired=retired)
    audit_trail.record(connection, actor, TermAction.RETIRED if retired else TermAction.RESTORED, AuditKind.TERM, term)


def _put(connection: Connection, term: str, **values: Any) -> bool:
    """Write a row, and count the change; whether there was one before."""
    values["changed"] = now()
    done = connection.execute(update(terms).where(terms.c.term == term).values(**values))
    if not done.rowcount:
        connection.execute(insert(terms).values(term=term, **values))
    instance_facts.put(connection, _REVISION, str(revision(connection) + 1))
    return bool(done.rowcount)


def _concept(term: str, facts: dict[str, Any]) -> Concept:
    def pairs(name: str) -> tuple[tuple[str, str], ...]:
        return tuple((str(one), str(other)) for one, other in facts[name])

    return Concept(
        uri=f"{URN}:{term}",
        scheme=SCHEME,
        notation=term,
        labels=pairs("labels"),
        alt_labels=pairs("alt_labels"),
        definitions=pairs("definitions"),
        broader=tuple(map(str, facts["broader"])),
        related=tuple(map(str, facts["related"])),
        matches=pairs("matches"),
    )
