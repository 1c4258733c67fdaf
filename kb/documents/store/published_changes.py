"""What changed for the public after a revision: what a searcher or a cache has to take in."""

from dataclasses import dataclass

from kb.documents.facts import DocumentFacts
from kb.documents.store import documents
from kb.store import instance_facts
from kb.store.database import Database


@dataclass(frozen=True, slots=True)
class PublishedChanges:
    """Documents that went (or changed), and those that are there now; `revision` is the one they lead to."""

    revision: int
    gone: tuple[int, ...]
    came: tuple[DocumentFacts, ...]


def changes_since(database: Database, since: int | None) -> PublishedChanges:
    """What changed for the public after revision `since`; None = everything there is."""
    with database.read() as connection:
        now = instance_facts.revision(connection)
        if since is not None and now == since:
            return PublishedChanges(now, (), ())
        gone = () if since is None else tuple(documents.hidden_since(connection, since))
        return PublishedChanges(now, gone, tuple(documents.published_facts(connection, since)))
