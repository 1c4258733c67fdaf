"""The caches beside the database: opened after a check, brought up to date, built again when they cannot be trusted.

Each cache has a manifest that says what it was built from. A cache whose files do not match it is thrown away and
built from the database, which never needs the encoder. One process at a time writes (a file lock).
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from index.search import vectors
from index.search.lexical import ANALYSIS, LexicalIndex, LexicalPassage, create
from index.search.vectors import VectorIndex
from kb.documents.store import passages
from kb.documents.store.published_changes import changes_since
from kb.errors import InstanceError
from kb.store.database import Database

_LOCK_SECONDS = 300
_MANY = 5_000  # changed documents from which building anew is quicker than catching up


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a cache was built from. `files` are SHA-256 by name."""

    kind: str  # lexical | vectors
    built_with: str  # analysis version, or identity of the encoder
    revision: int
    count: int  # passages
    dimension: int
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class CacheReport:
    """State of one cache, as `kb index verify` tells it."""

    kind: str
    state: str  # good | missing | damaged | behind
    count: int
    bytes: int
    message: str


class FollowedWords:
    """The lexical index on disk, which all processes share."""

    def __init__(self, caches: "Caches") -> None:
        self._caches = caches
        self.engine, self.revision = caches.open_lexical()

    def refresh(self) -> None:
        self.revision = self._caches.refresh_lexical(self.engine)


class FollowedVectors:
    """The vector index in memory, which takes in what changed since it was read."""

    def __init__(self, caches: "Caches", encoder: str, dimension: int) -> None:
        self._caches = caches
        self.engine, self.revision = caches.open_vectors(encoder, dimension)

    def refresh(self) -> None:
        self.engine, self.revision = self._caches.refresh_vectors(self.engine, self.revision)


class Caches:
    """The caches of one instance, as `index.search.backend.Backends` opens them."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self.folder = home / "index"
        self._lexical = self.folder / "lexical"
        self._vectors = self.folder / "vectors.faiss"

    def words(self) -> FollowedWords:
        """The lexical index, up to date."""
        return FollowedWords(self)

    def vectors(self, encoder: str, dimension: int) -> FollowedVectors:
        """The vector index, up to date."""
        return FollowedVectors(self, encoder, dimension)

    def open_lexical(self) -> tuple[LexicalIndex, int]:
        """The lexical index, up to date, and the revision it stands at; built anew when it cannot be trusted."""
        with self._lock():
            manifest = self._trusted("lexical", str(ANALYSIS), self._lexical_files())
            if manifest is None:
                return self._build_lexical()
            try:
                index = LexicalIndex(self._lexical)
            except ValueError:
                return self._build_lexical()
            return index, self._catch_up_lexical(index, manifest.revision)

    def refresh_lexical(self, index: LexicalIndex) -> int:
        """Bring the index on disk up to date, unless another process just did; the revision it stands at now."""
        with self._lock():
            index.reload()
            manifest = self._read("lexical")
            if manifest is None:
                raise InstanceError("The lexical index was taken away. Run 'kb index rebuild'.")
            return self._catch_up_lexical(index, manifest.revision)

    def open_vectors(self, encoder: str, dimension: int) -> tuple[VectorIndex, int]:
        """The vector index, up to date, and its revision; built anew from the database when it cannot be trusted."""
        with self._lock():
            manifest = self._trusted("vectors", encoder, [self._vectors])
            if manifest is None or manifest.dimension != dimension:
                return self._build_vectors(encoder, dimension)
            try:
                index = vectors.load(self._vectors, dimension)
            except ValueError:
                return self._build_vectors(encoder, dimension)
            if len(index) != manifest.count:
                return self._build_vectors(encoder, dimension)
            fresh, revision = self.refresh_vectors(index, manifest.revision)
            if revision != manifest.revision:
                self._save_vectors(fresh, revision, encoder)
            return fresh, revision

    def refresh_vectors(self, index: VectorIndex, since: int) -> tuple[VectorIndex, int]:
        """The index with what changed after revision `since`, in memory; and its revision."""
        changed = changes_since(self._database, since)
        if changed.revision == since:
            return index, since
        if len(changed.gone) > _MANY:
            everything, matrix = passages.matrix(self._database)
            return vectors.build(everything, matrix, index.dimension), changed.revision
        ids, matrix = passages.matrix(self._database, [facts.id for facts in changed.came])
        gone = passages.ids_of(self._database, changed.gone)
        return index.changed(gone, ids, matrix), changed.revision

    def rebuild(self, encoder: str | None, dimension: int | None) -> None:
        """Build all caches from the database, whatever is there."""
        with self._lock():
            self._build_lexical()
            if encoder is not None and dimension is not None:
                self._build_vectors(encoder, dimension)

    def verify(self, encoder: str | None) -> list[CacheReport]:
        """Check both caches against their manifests and the database, changing nothing."""
        with self._lock():
            now = changes_since(self._database, None).revision
            return [
                self._report("lexical", str(ANALYSIS), self._lexical_files(), now),
                self._report("vectors", encoder or "", [self._vectors], now),
            ]

    def _build_lexical(self) -> tuple[LexicalIndex, int]:
        revision = changes_since(self._database, None).revision
        index = create(self._lexical, self._lexical_passages(None))
        self._write_lexical_manifest(index, revision)
        return index, revision

    def _catch_up_lexical(self, index: LexicalIndex, since: int) -> int:
        changed = changes_since(self._database, since)
        if len(changed.gone) > _MANY:
            index.replace(self._lexical_passages(None))
            self._write_lexical_manifest(index, changed.revision)
        elif changed.revision != since:
            index.update(changed.gone, self._lexical_passages([facts.id for facts in changed.came]))
            self._write_lexical_manifest(index, changed.revision)
        return changed.revision

    def _lexical_passages(self, documents: list[int] | None) -> Iterator[LexicalPassage]:
        for passage in passages.published_passages(self._database, documents):
            yield LexicalPassage(passage.id, passage.document, passage.language, passage.text, passage.context)

    def _write_lexical_manifest(self, index: LexicalIndex, revision: int) -> None:
        files = {path.name: _digest(path) for path in self._lexical_files()}
        self._write(Manifest("lexical", str(ANALYSIS), revision, len(index), 0, files))

    def _lexical_files(self) -> list[Path]:
        if not self._lexical.is_dir():
            return []
        # Dot files are tantivy's locks and its list of files to delete; they change without any harm.
        return sorted(p for p in self._lexical.iterdir() if p.is_file() and not p.name.startswith("."))

    def _build_vectors(self, encoder: str, dimension: int) -> tuple[VectorIndex, int]:
        revision = changes_since(self._database, None).revision
        ids, matrix = passages.matrix(self._database)
        if len(ids) and matrix.shape[1] != dimension:
            raise InstanceError(
                f"The stored vectors have {matrix.shape[1]} dimensions, the encoder {dimension}. "
                "Run 'kb index reencode'."
            )
        index = vectors.build(ids, matrix.reshape(len(ids), dimension), dimension)
        self._save_vectors(index, revision, encoder)
        return index, revision

    def _save_vectors(self, index: VectorIndex, revision: int, encoder: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        index.save(self._vectors)
        files = {self._vectors.name: _digest(self._vectors)}
        self._write(Manifest("vectors", encoder, revision, len(index), index.dimension, files))

    def _trusted(self, kind: str, built_with: str, files: list[Path]) -> Manifest | None:
        manifest = self._read(kind)
        if manifest is None or manifest.built_with != built_with:
            return None
        return manifest if _matches(manifest, files) else None

    def _report(self, kind: str, built_with: str, files: list[Path], now: int) -> CacheReport:
        manifest = self._read(kind)
        size = sum(path.stat().st_size for path in files if path.exists())
        if manifest is None:
            return CacheReport(kind, "missing", 0, size, "It is built when it is first needed.")
        if manifest.built_with != built_with or not _matches(manifest, files):
            advice = "Its files are not those that were written. Run 'kb index rebuild'."
            return CacheReport(kind, "damaged", manifest.count, size, advice)
        if manifest.revision != now:
            behind = f"{now - manifest.revision} changes are taken in when it is next opened."
            return CacheReport(kind, "behind", manifest.count, size, behind)
        return CacheReport(kind, "good", manifest.count, size, "It matches the database.")

    def _read(self, kind: str) -> Manifest | None:
        try:
            return Manifest(**json.loads((self.folder / f"{kind}.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None  # missing or damaged: the cache is built again

    def _write(self, manifest: Manifest) -> None:
        target = self.folder / f"{manifest.kind}.json"
        part = target.with_name(target.name + ".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(manifest), file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "write.lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise InstanceError(
                "Another process has been building the indexes for minutes. Try again later."
            ) from error


def _matches(manifest: Manifest, files: list[Path]) -> bool:
    try:
        return manifest.files == {path.name: _digest(path) for path in files}
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
