"""Saying: what was found of a document, as sentences for the person who ingests it."""

from collections.abc import Iterable

from kb.documents.duplicate import Link, LinkKind
from kb.documents.reading import Remark, english
from kb.documents.store import documents
from kb.store.database import Database

# As a new document is to one that is held, and the other way round.
_SENTENCES = {
    LinkKind.OTHER_FORMAT: ("The same work in another format as", "The same work in another format as"),
    LinkKind.VERSION: ("A version of", "There is a later version:"),
    LinkKind.TRANSLATION: ("A translation of", "A translation of"),
    LinkKind.EXCERPT: ("An excerpt of", "It holds all of"),
    LinkKind.NEARLY_SAME: ("Nearly the same as", "Nearly the same as"),
}


def duplicate_warnings(database: Database, document: int, links: Iterable[Link]) -> tuple[Remark, ...]:
    """One sentence a link, in English: only the command line says it."""
    return tuple(english(_sentence(database, document, link)) for link in links)


def _sentence(database: Database, document: int, link: Link) -> str:
    other = link.opposite(document)
    begin = _SENTENCES[link.kind][document != link.document]
    what = "counted as one work" if link.automatic else "for a person to confirm"
    with database.read() as connection:
        return f"{begin} {documents.get(connection, other).source.name} (document {other}, {link.score:.2f}; {what})."
