"""Puts the parts of an instance together for a command: records, encoder, searcher, tagger, reading tools."""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from kb import config
from kb.cli import messages
from kb.errors import KbError
from kb.vocabularies.schemes import NAMED, NOT_TAGGED

if TYPE_CHECKING:
    from index.encoding.instance_encoding import Encoding
    from index.search.searcher import Searcher
    from ingest.pipeline import Tools
    from ingest.tagging.model import Model
    from ingest.tagging.tagger import Tagger
    from kb.store.database import Database
    from kb.terms.glossary import Glossary
    from kb.terms.store.live_glossary import LiveGlossary
    from kb.vocabularies.skos import Taxonomy

_log = logging.getLogger(__name__)
# Modules of other rooms are imported inside what needs them: `kb --help` must not load torch, FAISS or the web
# framework (architecture decision 14).

_Part = TypeVar("_Part")
CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"


class Once(Generic[_Part]):
    """Makes a part when it is first asked for, and gives the same to all. Safe to share between threads."""

    def __init__(self, make: Callable[[], _Part]) -> None:
        self._make, self._making = make, threading.Lock()
        self._made: list[_Part] = []

    def __call__(self) -> _Part:
        with self._making:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class Instance:
    """What every command works on. What takes long to make is made when it is first asked for, once."""

    def __init__(self, settings: config.Settings, database: "Database") -> None:
        self.settings, self.database = settings, database
        self.taxonomy = Once(lambda: read_taxonomy(None))
        self.glossary = Once(lambda: live_glossary(self))
        self.encoding = Once(lambda: open_encoding(self))
        self._tagger: tuple[int, Tagger] | None = None
        self._making = threading.Lock()

    def tagger(self) -> "Tagger":
        """The tagger with the model in use: another one as soon as another model is."""
        from kb.documents.store import tag_models

        with self._making:
            with self.database.read() as connection:
                number = tag_models.number_in_use(connection)
            if self._tagger is None or self._tagger[0] != number:
                model = tagging_model(self)
                self._tagger = number, make_tagger(self.taxonomy(), self.encoding(), model, self.settings.home)
            return self._tagger[1]


def settings() -> config.Settings:
    """The settings of the environment, which messages keep to from here on. Raises UsageError."""
    found = config.load(os.environ)
    messages.show(found.log_level)
    return found


def open_instance() -> Instance:
    """The instance the settings name; created when missing."""
    from kb.store.database import open_database

    found = settings()
    return Instance(found, open_database(found.url, found.home))


def open_encoding(instance: Instance) -> "Encoding":
    """How this instance encodes. Raises InstanceError when its vectors come from another encoder."""
    from index.encoding.instance_encoding import open_encoding
    from index.encoding.open_encoder import open_encoder

    settings = instance.settings
    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    return open_encoding(instance.database, encoder, settings.late)


def encoding_beside(settings: config.Settings) -> "Encoding":
    """An encoding for work beside the instance, which touches none of its records."""
    from index.encoding.instance_encoding import Encoding, reference_codec
    from index.encoding.open_encoder import open_encoder

    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    return Encoding(encoder, reference_codec(encoder) if settings.late else None)


def open_searcher(instance: Instance, vectors: bool) -> "Searcher":
    """A searcher over the instance; without `vectors` by words alone, so that no model is loaded."""
    from index.search.caches import Caches
    from index.search.query_understanding import Reader
    from index.search.searcher import Searcher
    from index.search.spelling import Speller

    caches = Caches(instance.database, instance.settings.home)
    taxonomy = instance.taxonomy()
    glossary = instance.glossary()
    reader = Reader(taxonomy, glossary, Speller(taxonomy, glossary))
    searcher = Searcher(instance.database, caches, reader=reader)
    if vectors:
        encoding = instance.encoding()
        searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    return searcher


def join_vectors(open_it: Callable[[], "Encoding"], searcher: "Searcher") -> None:
    """Load the encoder while the site serves already; a failure is told, and search goes on by words."""
    try:
        encoding = open_it()
        searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    except KbError as error:
        _log.warning(f"searching by words alone. {error}")
    finally:
        searcher.give_up_vectors()


def read_taxonomy(vocabulary: Path | None) -> "Taxonomy":
    """The vocabularies of the platform, or the one of a file."""
    from kb.vocabularies.skos import gather, read_folder, read_scheme

    return read_folder(CORPUS / "vocabularies") if vocabulary is None else gather(read_scheme(vocabulary))


def live_glossary(instance: Instance) -> "LiveGlossary":
    """The glossary of an instance, with what its librarians change."""
    from kb.terms.glossary import SCHEME
    from kb.terms.store.live_glossary import LiveGlossary

    shipped = instance.taxonomy().by_name.get(SCHEME)
    return LiveGlossary(instance.database, () if shipped is None else shipped.concepts)


def shipped_glossary(taxonomy: "Taxonomy") -> "Callable[[], Glossary]":
    """The glossary as it is shipped."""
    from kb.terms.glossary import SCHEME, Glossary

    shipped = taxonomy.by_name.get(SCHEME)
    glossary = Glossary(() if shipped is None else shipped.concepts)
    return lambda: glossary


def make_tagger(
    taxonomy: "Taxonomy", encoding: "Encoding", model: "Model | None" = None, home: Path | None = None
) -> "Tagger":
    """The tagger of these vocabularies, with the model that is shipped unless another is given.

    What a model makes of the descriptions is kept under `home`, so that the next tagger need not wait for it.
    """
    from index.encoding.hashing_encoder import HASHING
    from index.encoding.token_alignment import Alignment
    from ingest.tagging.embedding_cache import Keep, Kept, not_kept
    from ingest.tagging.tagger import Tagger
    from kb.vocabularies.skos import gather

    schemes = gather(scheme for scheme in taxonomy.schemes if scheme.name not in NOT_TAGGED)
    aligner = Alignment(encoding) if encoding.codec else None
    keep: Keep = not_kept
    if home is not None and not encoding.identity.startswith(HASHING):
        centres = encoding.codec.dump() if encoding.codec else ""
        keep = Kept(home / "encoder" / "descriptions", f"{encoding.identity} {centres}")
    return Tagger(schemes, encoding.vectors, by_name=NAMED, model=model, aligner=aligner, keep=keep)


def tagging_model(instance: Instance) -> "Model":
    """The model in use in this instance: the one learnt last and not undone, else the one that is shipped."""
    from ingest.tagging.model import from_json, shipped_model
    from kb.documents.store import tag_models

    with instance.database.read() as connection:
        learnt = tag_models.in_use(connection)
    return from_json(json.dumps(learnt.model)) if learnt else shipped_model()


def tagger_beside(vocabulary: Path | None) -> "Tagger":
    """A tagger for work beside the instance, of its vocabularies or of the one in a file."""
    found = settings()
    return make_tagger(read_taxonomy(vocabulary), encoding_beside(found), home=found.home)


@contextmanager
def open_tools(instance: Instance) -> Iterator["Tools"]:
    """What ingesting needs, with its sandbox open."""
    from ingest.description.place_and_year_tags import FacetTagger
    from ingest.pipeline import Tools
    from ingest.readers.sandbox import Limits, Sandbox

    settings = instance.settings
    limits = Limits(seconds=settings.read_seconds, memory_mb=settings.read_memory_mb, file_mb=settings.max_file_mb)
    tagger = FacetTagger(instance.tagger())
    with Sandbox(limits) as sandbox:
        yield Tools(instance.database, settings.home, sandbox, instance.encoding(), tagger, instance.taxonomy())
