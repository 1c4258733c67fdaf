"""Finding: which of the documents held a document is over again, on record as links."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.duplicates.fingerprints import fingerprints, unpacked
from ingest.duplicates.text_overlap import Overlap, Wording, overlap
from ingest.duplicates.translation_search import translations
from kb.documents.duplicate import Likeness, Link, LinkKind
from kb.documents.models import StoredDocument
from kb.documents.state import TAKEN_AWAY
from kb.documents.store import documents, duplicates, sketches
from kb.documents.store.sketches import Shared, Sketched
from kb.store.database import Database
from kb.text.folding import fold
from kb.text.words import words

_LEAST_SHARED = 3  # fingerprints, below which a document is not looked at
_SHARE = 0.08  # of the fingerprints of the smaller one; an edit of 30 % of the words leaves about a quarter
_LOOKED_AT = (
    30  # documents whose text is compared, best first; where more share boilerplate, a much edited one may be missed
)
_AT_ONCE = 50  # sketches of documents from before that are made in one transaction
_LEFT_BEHIND = 20  # documents not compared yet that one more call compares, so that none stays behind
# What a name says of the edition rather than of the document: "plan_v2-final (1).pdf".
_EDITION = regex.compile(r"\p{N}+|\b(?:v|ver|version|rev|draft|final|borrador|brouillon|copy|copia|copie)\b")


def examine(database: Database, document: int) -> tuple[Link, ...]:
    """Compare a new document with all others and put on record what is found: the new links.

    Also compares some documents that were left behind: by a crash, or stored by an older version.
    """
    catch_up(database)
    links = _record(database, document)
    for other in sketches.unexamined(database, _LEFT_BEHIND):
        _record(database, other)
    return links


def find_likenesses(database: Database, document: int) -> tuple[Likeness, ...]:
    """What this document is over again, or what is this one over again; at most one finding a work, nothing stored.

    Documents of its own work are left out; so is everything while the document has no sketch (see `catch_up`). Raises
    NotFoundError.
    """
    with database.read() as connection:
        own = documents.get(connection, document)
        sketch = sketches.get(connection, document)
        if sketch is None:
            return ()
        shared = sketches.documents_sharing(connection, document, sketches.prints_of(connection, document))
        works = {each.document.id: each.document.work for each in shared}
    alike = _same_words(database, own, _promising(sketch, shared))
    return (*_one_a_work(list(alike), works, document), *translations(database, sketch))


def catch_up(database: Database) -> None:
    """Sketch every held document that has no sketch yet."""
    while True:
        with database.read() as connection:
            missing = sketches.list_unsketched(connection, _AT_ONCE)
        if not missing:
            return
        noted = [(m.id, unpacked(m.signature) if m.signature else _from_text(database, m.id)) for m in missing]
        with database.write() as connection:
            for number, values in noted:
                sketches.note(connection, number, values)


def _record(database: Database, document: int) -> tuple[Link, ...]:
    """Put on record what a document is over again, and that it was compared."""
    found = find_likenesses(database, document)
    with database.write() as connection:
        links = duplicates.keep(connection, found)
        sketches.set_examined(connection, document)
    return tuple(links)


def _from_text(database: Database, document: int) -> NDArray[np.uint32]:
    with database.read() as connection:
        return fingerprints(documents.get(connection, document).text)


def _promising(own: Sketched, shared: list[Shared]) -> list[int]:
    """Documents of other works that share enough fingerprints for their text to be compared, best first."""
    shares = {
        each.document.id: each.count / max(1, min(own.prints, each.document.prints))
        for each in shared
        if each.count >= _LEAST_SHARED and each.document.work != own.work
    }
    ranked = sorted(shares, key=lambda number: (-shares[number], number))
    return [number for number in ranked if shares[number] >= _SHARE][:_LOOKED_AT]


def _same_words(database: Database, own: StoredDocument, others: list[int]) -> Iterator[Likeness]:
    wording = Wording(own.text, own.description.language)
    for number in others:
        with database.read() as connection:
            other = documents.get(connection, number)
        found = _judged(own, other, overlap(wording, Wording(other.text, other.description.language)))
        if found is not None:
            yield found


def _judged(own: StoredDocument, other: StoredDocument, common: Overlap) -> Likeness | None:
    """What one document is to the other, by the words they have in common."""
    if common.part:
        part, whole = (own, other) if common.first > common.second else (other, own)
        return Likeness(LinkKind.EXCERPT, part.id, whole.id, max(common.first, common.second))
    if not common.same:
        return None
    score = (common.first + common.second) / 2
    older, newer = sorted((own, other), key=lambda d: (d.description.date if _dated(own, other) else "", d.id))
    kind = _kind(own, other, common)
    if kind is LinkKind.VERSION:
        return Likeness(kind, newer.id, older.id, score)
    sure = common.sure and own.state not in TAKEN_AWAY and other.state not in TAKEN_AWAY
    return Likeness(kind, own.id, other.id, score, sure)


def _kind(own: StoredDocument, other: StoredDocument, common: Overlap) -> LinkKind:
    if common.sure:
        return LinkKind.NEARLY_SAME if own.source.format == other.source.format else LinkKind.OTHER_FORMAT
    titled = fold(own.description.title) == fold(other.description.title)
    named = _stem(own.source.name) == _stem(other.source.name) != ""
    return LinkKind.VERSION if titled or named else LinkKind.NEARLY_SAME


def _dated(own: StoredDocument, other: StoredDocument) -> bool:
    return bool(own.description.date and other.description.date)


@lru_cache(maxsize=256)
def _stem(name: str) -> str:
    """A file's name without what tells editions and formats apart."""
    plain = " ".join(word.folded for word in words(name.rpartition(".")[0].replace("_", " ")))
    return " ".join(_EDITION.sub(" ", plain).split())


def _one_a_work(found: list[Likeness], works: dict[int, str], own: int) -> tuple[Likeness, ...]:
    """The best finding of each work, so that a document held in three formats is named once."""
    best: dict[str, Likeness] = {}
    for each in sorted(found, key=lambda f: (not f.sure, -f.score, f.document, f.other)):
        best.setdefault(works[each.other if each.document == own else each.document], each)
    return tuple(sorted(best.values(), key=lambda f: (-f.score, f.document, f.other)))
