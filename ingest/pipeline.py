"""The story of one file: read, clean, describe, cut, tag, encode, store."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ingest.chunking import passages
from ingest.cleaning.clean import clean
from ingest.cleaning.title_lines import with_words_outside_title
from ingest.description.describe import describe
from ingest.duplicates.detection import examine
from ingest.duplicates.fingerprints import signature
from ingest.duplicates.messages import duplicate_warnings
from ingest.practices.template_reader import read_template
from ingest.readers.file_types import supported
from ingest.readers.sandbox import Reading, Sandbox, plain_name, read_once
from kb.documents.models import (
    Description,
    Document,
    EncodedPassages,
    FileReport,
    Outcome,
    Passage,
    PreparedDocument,
    Source,
    Tag,
    TaggedPassage,
)
from kb.documents.reading import ReadError, ReadFault, Remark, english
from kb.documents.speaks_of import statements
from kb.documents.store import derived_tags, documents, originals
from kb.documents.store.passages import context
from kb.jobs.job import Step
from kb.store.database import Database
from kb.vocabularies.skos import Taxonomy


class PassageEncoder(Protocol):
    """What ingesting needs of an encoder; see index.encoding."""

    @property
    def identity(self) -> str: ...
    def encode(self, contexts: Sequence[str], texts: Sequence[str]) -> EncodedPassages: ...


class DocumentTagger(Protocol):
    """What ingesting needs of a tagger; see ingest.tagging."""

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run of ingesting works with."""

    database: Database
    home: Path
    sandbox: Sandbox
    encoder: PassageEncoder
    tagger: DocumentTagger
    taxonomy: Taxonomy | None = None  # objectives that a practice states, and thematic areas that follow from them


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who ingests says of all files of a run; empty = let the file tell."""

    publish: bool = False
    type: str = ""
    countries: tuple[str, ...] = ()
    owner: int | None = None  # account whose document it becomes; None on the command line
    sender: int | None = None  # account of the person who sends it


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows the work on a file: told what is begun, and part of the transaction that stores it."""

    at: Callable[[Step], None] = lambda _step: None
    stored: documents.Then | None = None


NOBODY = Watch()


def ingest(paths: Sequence[Path], tools: Tools, wishes: Wishes) -> Iterator[FileReport]:
    """Ingest files and, recursively, folders; one report a file. A bad file never stops the run."""
    for path in files_in(paths):
        yield ingest_file(path, tools, wishes)


def ingest_file(path: Path, tools: Tools, wishes: Wishes) -> FileReport:
    """Ingest one file in one transaction, or report why not."""
    try:
        data = read_once(path, tools.sandbox.limits)
        return ingest_bytes(path.name, str(path.resolve()), data, tools, wishes)
    except ReadError as error:
        return FileReport(str(path), Outcome(error.failure.value), error.remark)


def ingest_bytes(
    name: str, origin: str, data: bytes, tools: Tools, wishes: Wishes, watch: Watch = NOBODY
) -> FileReport:
    """Ingest the bytes of one file. `origin` tells it from others of the same name. Raises ReadError."""
    digest = hashlib.sha256(data).hexdigest()
    known = documents.recognise_bytes(
        tools.database, Source(plain_name(name), origin, digest, len(data)), wishes.publish
    )
    if known is not None:
        return _report(origin, known, 0, ())
    prepared = _prepared(tools.sandbox.read_bytes(name, data, origin), tools, wishes, watch)
    originals.keep(tools.home, digest, data)
    stored = documents.add(
        tools.database, prepared, wishes.publish, derived_tags.carry_and_derive(tools.taxonomy, watch.stored)
    )
    alike = duplicate_warnings(tools.database, stored.document, examine(tools.database, stored.document))
    return _report(origin, stored, len(prepared.passages), (*prepared.document.warnings, *alike))


def _prepared(reading: Reading, tools: Tools, wishes: Wishes, watch: Watch) -> PreparedDocument:
    """A file that was read as it is stored. Raises ReadError."""
    objectives = tools.taxonomy.by_name.get("objectives") if tools.taxonomy is not None else None
    practice = read_template(reading.raw, objectives)
    document = clean(reading.raw if practice is None else practice.raw)
    description = _as_wished(describe(document, reading.source.name), wishes)
    document = with_words_outside_title(document, description.title)
    cut = passages(document)
    if not cut:
        raise ReadError(ReadFault.NOTHING_TO_CITE)
    watch.at(Step.TAGGING)
    encoded = tools.encoder.encode([context(description.title, p.heading) for p in cut], [p.text for p in cut])
    tagged, tags = tools.tagger.tag_document(document, description, cut, encoded)
    return PreparedDocument(
        source=reading.source,
        document=document,
        description=description,
        passages=tagged,
        tags=tags,
        encoded=encoded,
        encoder=tools.encoder.identity,
        signature=signature(document.text),
        owner=wishes.owner,
        sender=wishes.sender,
        practice=() if practice is None else practice.fields,
        statements=() if objectives is None else statements(document, cut, objectives),
    )


def files_in(paths: Sequence[Path]) -> list[Path]:
    """Files named, and those of known kinds in folders named, without hidden ones, in order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if supported(p.name) and p.is_file())
            found += [p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)]
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _as_wished(described: Description, wishes: Wishes) -> Description:
    return replace(
        described,
        type=wishes.type or described.type,
        countries=wishes.countries or described.countries,
    )


def _report(origin: str, stored: documents.Stored, count: int, warnings: tuple[Remark, ...]) -> FileReport:
    messages = {
        Outcome.UNCHANGED: "This file is already here.",
        Outcome.DUPLICATE: f"The same bytes are held as {stored.name}.",
        Outcome.NEW_VERSION: "Replaces the version before." if count else "",
    }
    message = stored.message or messages.get(stored.outcome, "")  # for the command line, which is in English
    return FileReport(origin, stored.outcome, english(message) if message else None, stored.document, count, warnings)
