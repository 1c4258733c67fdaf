"""Meanings: documents in other languages that say what a document says, found by the vectors of their passages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.duplicates.translation_test import Agreement, Meaning, agreement, centre_of, numbers_in
from kb.documents.duplicate import Likeness, LinkKind, LinkStatus
from kb.documents.store import documents, duplicates, passages, sketches
from kb.documents.store.sketches import Gists, Sketched
from kb.store.database import Database
from kb.text.language import UNKNOWN

_LOOKED_AT = 4  # documents a language whose passages are compared, nearest first; a translation was always the first
_LONGER = 2.5  # times the passages of one that the other may have


@dataclass(frozen=True)
class _Library:
    """The gists of all documents held, by language."""

    gists: Gists

    @cached_property
    def places(self) -> dict[int, int]:
        return {document.id: place for place, document in enumerate(self.gists.documents)}

    @cached_property
    def languages(self) -> dict[str, NDArray[np.int64]]:
        """Places of the documents in each language that is known."""
        found: dict[str, list[int]] = {}
        for place, document in enumerate(self.gists.documents):
            found.setdefault(document.language, []).append(place)
        return {language: np.asarray(places) for language, places in found.items() if language != UNKNOWN}

    def centre(self, place: int) -> NDArray[np.float32] | None:
        """What passages in the language of a document have in common, without those of the document itself."""
        own = self.languages[self.gists.documents[place].language]
        others = own[own != place]
        counts = self.gists.passages[others]
        total: NDArray[np.float32] = (self.gists.vectors[others] * counts[:, None]).sum(0, dtype=np.float32)
        return centre_of(total, int(counts.sum()))

    def nearest(self, place: int, language: str) -> list[int]:
        """Places of documents in a language whose mean vector is nearest to that of the document, nearest first."""
        there = self.languages[language]
        counts, own = self.gists.passages[there], self.gists.passages[place]
        there = there[(counts <= _LONGER * own + 1) & (own <= _LONGER * counts + 1)]
        if not len(there):
            return []
        here, far = self.centre(place), self.centre(int(there[0]))
        centred = here is not None and far is not None
        one = self.gists.vectors[place] - (here if centred and here is not None else 0)
        two = self.gists.vectors[there] - (far if centred and far is not None else 0)
        near = (two @ one) / np.maximum(np.linalg.norm(two, axis=1) * np.linalg.norm(one), 1e-6)
        return [int(each) for each in there[np.argsort(-near, kind="stable")[:_LOOKED_AT]]]


def translations(database: Database, own: Sketched) -> Iterator[Likeness]:
    """The document in each other language that is most surely a translation, where one is. Documents whose work is
    held in the language of `own` already are left out."""
    with database.read() as connection:
        library = _Library(sketches.mean_vectors(connection))
        spoken = {other.language for other in sketches.of_works(connection, [own.work])}
    place = library.places.get(own.id)
    if place is None or own.language == UNKNOWN:
        return
    meaning = _meaning(database, library, place)
    for language in sorted(set(library.languages) - spoken - {own.language}):
        found = [
            (library.gists.documents[other], agreement(meaning, _meaning(database, library, other)))
            for other in library.nearest(place, language)
        ]
        for other, agreed in sorted(found, key=lambda pair: -pair[1].score):
            if agreed.translation and not _taken(database, own, other, agreed.score):
                yield Likeness(LinkKind.TRANSLATION, own.id, other.id, agreed.score)
                break


def agreement_of(database: Database, first: int, second: int) -> Agreement:
    """How far two documents say the same, passage by passage; nothing is told of those that are not held any more."""
    with database.read() as connection:
        library = _Library(sketches.mean_vectors(connection))
    if not {first, second} <= library.places.keys():
        return Agreement(0.0, (), False)
    return agreement(
        _meaning(database, library, library.places[first]), _meaning(database, library, library.places[second])
    )


def _meaning(database: Database, library: _Library, place: int) -> Meaning:
    number = library.gists.documents[place].id
    with database.read() as connection:
        vectors = sketches.vectors_of(connection, number)
        text = " ".join(passage.text for _, passage in passages.of_document(connection, number))
    return Meaning(vectors, numbers_in(text), library.centre(place))


def _taken(database: Database, own: Sketched, other: Sketched, score: float) -> bool:
    """Whether the other document has, in the language of this one, a text of its work or a translation as near."""
    with database.read() as connection:
        links = [
            link
            for link in duplicates.of_document(connection, other.id)
            if link.kind is LinkKind.TRANSLATION and link.standing is not LinkStatus.REJECTED and link.score >= score
        ]
        held = sketches.of_works(connection, [other.work])
    rivals = {sibling.id for sibling in held if sibling.language == own.language}
    rivals |= {n for link in links if (n := link.opposite(other.id)) != own.id and _speaks(database, n, own.language)}
    return bool(rivals - {own.id})


def _speaks(database: Database, document: int, language: str) -> bool:
    with database.read() as connection:
        return documents.get(connection, document).description.language == language
