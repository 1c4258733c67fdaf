"""Small instances for tests: prepared documents put into a database, without reading files and without a model."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from index.encoding.hashing_encoder import HashingEncoder
from index.encoding.instance_encoding import Encoding, reference_codec
from index.search.caches import Caches
from index.search.query_understanding import Reader
from index.search.searcher import Searcher
from kb.accounts.account import SYSTEM
from kb.documents.models import (
    BlockKind,
    Description,
    Document,
    Evidence,
    EvidenceKind,
    Passage,
    PlacedBlock,
    PreparedDocument,
    Section,
    Source,
    Tag,
    TaggedPassage,
)
from kb.documents.store import documents
from kb.documents.store.passages import context
from kb.editorial.store import transitions as states
from kb.store.database import Database, open_database

FOLDER = "/files"  # where the sample files are said to come from
LINE = "\n\n"  # between the passages of a sample document


def hashing(late: bool = False, dimension: int = 64) -> Encoding:
    """An encoding that needs no model."""
    encoder = HashingEncoder(dimension)
    return Encoding(encoder, reference_codec(encoder) if late else None)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample document: its passages, and what filters and results show of it."""

    passages: tuple[str, ...]
    name: str = "sample.txt"
    title: str = "Sample"
    language: str = "en"
    type: str = "report"
    date: str = "2024"
    countries: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ()  # of the passages, where they differ from the document's
    invented: bool = False

    @property
    def source(self) -> Source:
        data = repr(self).encode()
        return Source(self.name, f"{FOLDER}/{self.name}", hashlib.sha256(data).hexdigest(), len(data), "text")


def sample(*passages: str, **facts: str | bool | tuple[str, ...] | tuple[tuple[str, str], ...]) -> Sample:
    """A sample document of these passages; `facts` are fields of `Sample`."""
    return replace(Sample(passages), **facts)  # type: ignore[arg-type]


def prepared(document: Sample, encoding: Encoding | None = None) -> PreparedDocument:
    """What ingesting would hand to the store."""
    encoding = encoding or hashing()
    whole = document.title + LINE + LINE.join(document.passages)
    cut, blocks = [], [PlacedBlock(BlockKind.HEADING, 0, len(document.title), 1, 1, 1)]
    at = len(document.title) + len(LINE)
    for number, passage in enumerate(document.passages, 1):
        language = document.languages[number - 1] if document.languages else document.language
        end = at + len(passage)
        cut.append(Passage(number, at, end, passage, (document.title,), number, number, language))
        blocks.append(PlacedBlock(BlockKind.PARAGRAPH, at, end, number, number))
        at = end + len(LINE)
    tags = tuple(
        Tag(scheme, notation, 0.9, (Evidence(0, len(document.title), EvidenceKind.TERM),), "sample 1")
        for scheme, notations in (("objectives", document.objectives), ("areas", document.areas))
        for notation in notations
    )
    described = Description(
        title=document.title,
        language=document.language,
        type=document.type,
        date=document.date,
        countries=document.countries,
        translations=document.translations,
        sample=document.invented,
    )
    return PreparedDocument(
        source=document.source,
        document=Document(whole, tuple(blocks), (Section((document.title,), 0, len(whole), 1),), len(cut)),
        description=described,
        passages=tuple(TaggedPassage(passage, tags) for passage in cut),
        tags=tags,
        encoded=encoding.encode([context(document.title, p.heading) for p in cut], [p.text for p in cut]),
        encoder=encoding.identity,
    )


@dataclass(slots=True)
class Instance:
    """An instance in a folder, as one process sees it; open it twice for two processes."""

    home: Path
    encoding: Encoding = field(default_factory=hashing)
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        if server := os.environ.get("TEST_POSTGRES"):  # an empty database of a PostgreSQL server: see its test
            self.database = open_database(on_server(server, self.home), self.home)
            return
        file = self.home / "kb.sqlite"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_empty())
        self.database = open_database(f"sqlite:///{file}", self.home, durable=False)

    @property
    def caches(self) -> Caches:
        return Caches(self.database, self.home)

    def add(self, *several: Sample, publish: bool = True) -> list[int]:
        """Ids of the documents, once they are stored."""
        return [documents.add(self.database, prepared(each, self.encoding), publish).document for each in several]

    def withdraw(self, document: int) -> None:
        """Take a document away from the public."""
        with self.database.write() as connection:
            states.withdraw(connection, SYSTEM, document, "A sample reason.")

    def searcher(self, vectors: bool = True, reader: Reader | None = None) -> Searcher:
        """A searcher as a process of its own would open it."""
        searcher = Searcher(self.database, self.caches, reader=reader)
        if vectors:
            use_vectors(searcher, self.encoding)
        return searcher

    def states(self) -> dict[int, str]:
        """State of every document, by id."""
        with self.database.read() as connection:
            return {row.id: row.state for row in connection.execute(text("SELECT id, state FROM documents"))}

    def rows(self) -> dict[str, int]:
        """Number of rows of every table that holds documents."""
        tables = ("documents", "passages", "vectors", "token_vectors", "tags")
        with self.database.read() as connection:
            return {t: int(connection.execute(text(f"SELECT count(*) FROM {t}")).scalar_one()) for t in tables}


def on_server(server: str, home: Path) -> str:
    """The address of a database of a home on a PostgreSQL server; copied from a migrated one when missing."""
    name = f"kb_{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"
    url = make_url(server)
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        known = set(connection.scalars(text("SELECT datname FROM pg_database")))
        if name not in known:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {_template(server)}"))
    return url.set(database=name).render_as_string(hide_password=False)


@lru_cache(maxsize=1)
def _template(server: str) -> str:
    """A migrated database without documents, which no connection is left to."""
    name = f"kb_template_{os.getpid()}"
    url = make_url(server)
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    with tempfile.TemporaryDirectory() as folder:
        open_database(url.set(database=name).render_as_string(hide_password=False), Path(folder)).close()
    return name


@lru_cache(maxsize=1)
def _empty() -> bytes:
    """A database without documents; migrating once is enough for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kb.sqlite"
        open_database(f"sqlite:///{file}", Path(folder), durable=False).close()
        return file.read_bytes()


def use_vectors(searcher: Searcher, encoding: Encoding) -> None:
    """Let the dense arm of a searcher join."""
    searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)


def words_of(seed: int, count: int, vocabulary: Sequence[str]) -> str:
    """A text of `count` words drawn by a fixed rule, for catalogues that need many texts."""
    state, chosen = seed * 2654435761 % 2**32, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        chosen.append(vocabulary[(state >> 16) % len(vocabulary)])
    return " ".join(chosen)
