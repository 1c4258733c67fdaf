"""Puts the parts of an instance together for a command: records, encoder, searcher, tagger, reading tools."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb import config
from kb.errors import KbError

if TYPE_CHECKING:
    from index.encoding import Encoding
    from index.searcher import Searcher
    from ingest.pipeline import Tools
    from ingest.tagging.tagger import Tagger
    from kb.store.database import Database
    from kb.taxonomy import Taxonomy

# Modules of other rooms are imported inside what needs them: `kb --help` must not load torch, FAISS or the web
# framework (architecture decision 14).

# Vocabularies whose concepts a text names rather than talks about; a document's type is told by its title, not tagged.
NAMED = ("stakeholders", "principles", "cross-cutting")
CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Instance:
    """What every command works on."""

    settings: config.Settings
    database: "Database"


def settings() -> config.Settings:
    """The settings of the environment. Raises UsageError."""
    return config.load(os.environ)


def open_instance() -> Instance:
    """The instance the settings name; created when missing."""
    from kb.store.database import open_database

    found = settings()
    return Instance(found, open_database(found.url, found.home))


def open_encoding(instance: Instance) -> "Encoding":
    """How this instance encodes. Raises InstanceError when its vectors come from another encoder."""
    from index.encoder import open_encoder
    from index.encoding import open_encoding

    settings = instance.settings
    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    return open_encoding(instance.database, encoder, settings.late)


def encoding_beside(settings: config.Settings) -> "Encoding":
    """An encoding for work beside the instance, which touches none of its records."""
    from index.encoder import open_encoder
    from index.encoding import Encoding, reference_codec

    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    return Encoding(encoder, reference_codec(encoder) if settings.late else None)


def open_searcher(instance: Instance, vectors: bool) -> "Searcher":
    """A searcher over the instance; without `vectors` by words alone, so that no model is loaded."""
    from index.caches import Caches
    from index.searcher import Searcher

    searcher = Searcher(instance.database, Caches(instance.database, instance.settings.home))
    if vectors:
        encoding = open_encoding(instance)
        searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    return searcher


def join_vectors(instance: Instance, searcher: "Searcher") -> None:
    """Load the encoder while the site serves already; a failure is told, and search goes on by words."""
    try:
        encoding = open_encoding(instance)
        searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    except KbError as error:
        print(f"kb: searching by words alone. {error}", file=sys.stderr)


def read_taxonomy(vocabulary: Path | None) -> "Taxonomy":
    """The vocabularies of the platform, or the one of a file."""
    from kb.taxonomy import gather, read_folder, read_scheme

    return read_folder(CORPUS / "vocabularies") if vocabulary is None else gather(read_scheme(vocabulary))


def make_tagger(taxonomy: "Taxonomy", encoding: "Encoding") -> "Tagger":
    """The tagger of these vocabularies."""
    from ingest.tagging.tagger import Tagger
    from kb.taxonomy import gather

    schemes = gather(scheme for scheme in taxonomy.schemes if scheme.name != "document-types")
    return Tagger(schemes, encoding.vectors, by_name=NAMED)


def tagger_beside(vocabulary: Path | None) -> "Tagger":
    """A tagger for work beside the instance, of its vocabularies or of the one in a file."""
    return make_tagger(read_taxonomy(vocabulary), encoding_beside(settings()))


@contextmanager
def open_tools(instance: Instance) -> Iterator["Tools"]:
    """What ingesting needs, with its sandbox open."""
    from ingest.pipeline import Tools
    from ingest.sandbox import Limits, Sandbox

    settings = instance.settings
    limits = Limits(seconds=settings.read_seconds, memory_mb=settings.read_memory_mb, file_mb=settings.max_file_mb)
    encoding = open_encoding(instance)
    tagger = make_tagger(read_taxonomy(None), encoding)
    with Sandbox(limits) as sandbox:
        yield Tools(instance.database, settings.home, sandbox, encoding, tagger)
