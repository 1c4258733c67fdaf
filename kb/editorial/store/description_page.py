"""What whoever describes a document looks at: read in one transaction, so that it is all of one state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from kb.accounts.account import Actor
from kb.accounts.permissions import Action, require
from kb.accounts.store import accounts
from kb.documents.duplicate import Link
from kb.documents.models import Passage, Statement, StoredDocument, Tag, TagState
from kb.documents.store import (
    carried_decisions,
    documents,
    duplicates,
    history,
    passages,
    pending_encodings,
    practices,
    speaks_of,
    tag_decisions,
    tags,
)
from kb.documents.store.carried_decisions import Carried
from kb.documents.store.history import Change, ChangeKind
from kb.documents.store.tag_decisions import Decision
from kb.editorial.checks import Check, checks
from kb.editorial.store import reviews
from kb.editorial.store.editing import account_in
from kb.editorial.workflow import DocumentCase


@dataclass(frozen=True, slots=True)
class DocumentForDescription:
    """A document with what is claimed and was decided about it, and all that happened to it.

    `claims` are (passage id or None, tag), `statements` lines that say what they treat; `origins` tell of
    decisions, by number, which version they were carried from, and `carried` the same of those that count for the
    document as a whole, by the key of the tag; `names` are those of accounts that decided; `alike` are the
    documents that `links` lead to.
    """

    stored: StoredDocument
    case: DocumentCase
    claims: list[tuple[int | None, Tag]]
    statements: tuple[Statement, ...]
    passages: tuple[Passage, ...]
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]
    origins: Mapping[int, Carried]
    carried: Mapping[str, Carried]
    names: Mapping[int, str]
    links: tuple[Link, ...]
    alike: Mapping[int, StoredDocument]
    practice: Mapping[str, str] | None
    encoding: bool  # its vectors are those of its old title

    @property
    def last_change(self) -> int:
        """The number of the last change of the description: what a form is filled in with knowledge of."""
        return max((c.id for c in self.changes if c.kind is ChangeKind.DESCRIPTION), default=0)

    @property
    def checks(self) -> tuple[Check, ...]:
        """What there is to look at before it is published."""
        standing = [tag for place, tag in self.claims if place is None and tag.state is not TagState.REJECTED]
        left = sum(change.kind is ChangeKind.TAG for change in self.changes)
        return checks(self.stored, standing, self.links, self.practice, left)


def read(connection: Connection, actor: Actor, document: int) -> DocumentForDescription:
    """All of it, for whoever may ever describe it. Raises NotFoundError, ForbiddenError."""
    stored = documents.get(connection, document)
    require(actor, Action.DESCRIBE, stored.owner)
    decisions = tag_decisions.history(connection, document)
    origins = carried_decisions.origins(connection, document)
    links = duplicates.of_document(connection, document)
    others = {link.opposite(document) for link in links}
    return DocumentForDescription(
        stored=stored,
        case=reviews.case_of(connection, document),
        claims=tags.all_of_document(connection, document),
        statements=tuple(speaks_of.of_document(connection, document)),
        passages=tuple(passage for _id, passage in passages.of_document(connection, document)),
        changes=tuple(history.of_document(connection, document)),
        decisions=tuple(decisions),
        origins=origins,
        carried=_carried(tag_decisions.standing_decisions(connection, document), origins),
        names=_names(connection, decisions),
        links=tuple(links),
        alike={number: documents.get(connection, number) for number in others},
        practice=practices.get(connection, document),
        encoding=pending_encodings.is_due(connection, document),
    )


def _carried(standing: Iterable[Decision], origins: Mapping[int, Carried]) -> dict[str, Carried]:
    """Where decisions about the document as a whole come from that were made of an earlier version, by key."""
    whole = [decision for decision in standing if decision.place.passage is None and decision.id in origins]
    return {f"{d.place.scheme}:{d.place.notation}": origins[d.id] for d in whole}


def _names(connection: Connection, decisions: Iterable[Decision]) -> dict[int, str]:
    numbers = {number for decision in decisions if (number := account_in(decision)) is not None}
    found = [accounts.get(connection, number) for number in sorted(numbers)]
    return {account.id: account.actor.name for account in found if account is not None}
