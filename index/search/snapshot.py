"""What searches see of an instance: a snapshot of what is published, and how it follows what is published next."""

import threading
from dataclasses import dataclass, replace

import numpy as np

from index.search import catalogue as catalogues
from index.search.backend import Backends, Followed, VectorBackend, WordBackend
from index.search.catalogue import Catalogue
from index.search.similarity_statistics import Moments
from kb.documents.store import passages
from kb.documents.store.published_changes import changes_since
from kb.store import instance_facts
from kb.store.database import Database

_AT_ONCE = 20_000  # vectors counted in one step


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What searches see; replaced as a whole. `vectors` and `moments` come together, once there is an encoder."""

    catalogue: Catalogue
    revision: int
    vectors: VectorBackend | None = None
    moments: Moments | None = None


class LiveSnapshot:
    """The newest snapshot of an instance. Safe to share between threads."""

    def __init__(self, database: Database, backends: Backends) -> None:
        self._database = database
        self._backends = backends
        self._changing = threading.Lock()
        self._words = backends.words()
        self._vectors: Followed[VectorBackend] | None = None
        self._encoder = ""
        self.newest = Snapshot(catalogues.empty(), -1)
        self.refresh()

    @property
    def words(self) -> WordBackend:
        return self._words.engine

    def use_vectors(self, encoder: str, dimension: int) -> None:
        """Let vectors join that `encoder` made."""
        followed = self._backends.vectors(encoder, dimension)
        vectors = followed.engine
        with self._changing:
            seen = self.newest
            # What changed since the cache was opened is taken in by the next refresh: it starts from the older of two.
            known = vectors.ids[seen.catalogue.known(vectors.ids)]
            moments = Moments(dimension)
            for part in np.array_split(known, max(1, len(known) // _AT_ONCE)):
                moments.add(seen.catalogue.languages_of(part), vectors.vectors(part.tolist()))
            revision = min(seen.revision, followed.revision)
            self.newest = replace(seen, vectors=vectors, moments=moments, revision=revision)
            self._encoder, self._vectors = encoder, followed
        self.refresh()

    def refresh(self) -> None:
        """Take in what was published or withdrawn, by whichever process."""
        with self._database.read() as connection:
            if instance_facts.revision(connection) == self.newest.revision:
                return
        with self._changing:
            seen = self.newest
            since = None if seen.revision < 0 else seen.revision
            changed = changes_since(self._database, since)
            if changed.revision != self._words.revision:
                self._words.refresh()
            came = None if since is None else [facts.id for facts in changed.came]
            catalogue = seen.catalogue.changed(changed.gone, changed.came, passages.languages(self._database, came))
            self.newest = self._with_vectors(seen, catalogue, changed.revision)

    def _with_vectors(self, seen: Snapshot, catalogue: Catalogue, revision: int) -> Snapshot:
        if self._vectors is None or seen.vectors is None or seen.moments is None or self._encoded_elsewhere():
            return Snapshot(catalogue, revision)  # by words alone
        self._vectors.refresh()
        vectors, moments = self._vectors.engine, seen.moments.copy()
        # The index may be ahead of the catalogue; the moments are those of what both hold.
        before = seen.vectors.ids[seen.catalogue.known(seen.vectors.ids)]
        after = vectors.ids[catalogue.known(vectors.ids)]
        gone, came = np.setdiff1d(before, after), np.setdiff1d(after, before)
        moments.add(seen.catalogue.languages_of(gone), seen.vectors.vectors(gone.tolist()), -1)
        moments.add(catalogue.languages_of(came), vectors.vectors(came.tolist()))
        return Snapshot(catalogue, revision, vectors, moments)

    def _encoded_elsewhere(self) -> bool:
        """Whether everything was encoded again, by another encoder than the questions are."""
        return instance_facts.encoder_of(self._database) != self._encoder
