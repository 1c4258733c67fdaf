"""The command line, and the place where everything is put together; nothing imports it."""

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb import config, render, terminal
from kb.arguments import make_parser
from kb.errors import InstanceError, KbError, UsageError

if TYPE_CHECKING:
    from index.encoding import Encoding
    from index.searcher import Searcher
    from ingest.pipeline import Tools, Wishes
    from ingest.tagging.tagger import Tagger, TextTags
    from kb.models import FileReport
    from kb.store.database import Database
    from kb.taxonomy import Taxonomy

# Modules of other rooms are imported inside the commands that need them: `kb --help` must not load torch, FAISS or
# the web framework (architecture decision 14).

# Vocabularies whose concepts a text names rather than talks about; a document's type is told by its title, not tagged.
NAMED = ("stakeholders", "principles", "cross-cutting")
CORPUS = Path(__file__).resolve().parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class _Instance:
    """What every command works on."""

    settings: config.Settings
    database: "Database"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status as the README lists it."""
    options = make_parser(_COMMANDS).parse_args(arguments)
    try:
        return int(options.run(options))
    except KbError as error:
        print(f"kb: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("kb: stopped; what was reported as stored is stored.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the pipe went away (`kb search … | head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


# --- commands --------------------------------------------------------------------------------------


def _ingest(options: argparse.Namespace) -> int:
    from ingest.pipeline import Wishes

    _check_type(options.type)
    wishes = Wishes(options.publish, options.type or "", tuple(c.upper() for c in options.country))
    reports = []
    for report in _ingested(_open(), options.paths, wishes):
        reports.append(report)
        if not options.json:
            terminal.say_report(report)
    if options.json:
        terminal.print_json(render.reports_json(reports))
    else:
        terminal.say_summary(reports)
    return 1 if any(report.outcome.failed for report in reports) else 0


def _starter(_options: argparse.Namespace) -> int:
    from ingest.pipeline import Wishes
    from kb.store import instance as facts

    instance = _open()
    with instance.database.read() as connection:
        if facts.get(connection, "starter_corpus"):
            return 0
    print("Loading the starter corpus; this happens once.", file=sys.stderr)
    reports = list(_ingested(instance, [CORPUS / "documents"], Wishes(publish=True)))
    terminal.say_summary(reports)
    failed = [report for report in reports if report.outcome.failed]
    for report in failed:
        terminal.say_report(report)
    if not failed:
        with instance.database.write() as connection:
            facts.put(connection, "starter_corpus", "loaded")
    return 1 if failed else 0


def _search(options: argparse.Namespace) -> int:
    from kb.models import Filters, Query

    instance = _open()
    filters = Filters(
        languages=tuple(options.language),
        objectives=tuple(options.objective),
        areas=tuple(options.area),
        countries=tuple(c.upper() for c in options.country),
        types=tuple(options.type),
        year_from=options.from_year,
        year_to=options.to_year,
    )
    if options.limit < 1:
        raise UsageError("--limit must be 1 or more.")
    searcher = _searcher(instance, vectors=bool(options.query.strip()))
    answer = searcher.search(Query(options.query, filters, options.limit, grouped=False))
    if options.json:
        terminal.print_json(render.answer_json(answer))
        return 0
    for hit in answer.hits or answer.nearest:
        record = hit.record
        page = [f"p. {record.passage.page}"] if record.passage.page else []
        place = ", ".join([*page, *record.passage.heading])
        print(f"{hit.rank}. {record.document.title} [{record.passage.language}]")
        print(f"   {record.document.source}{', ' + place if place else ''}")
        print(f"   {terminal.marked(record.passage.text, hit.highlights)}\n")
    found = f"{answer.total} documents" if answer.total else "No document here answers this."
    print(f"{found} These come nearest." if answer.nearest else found, file=sys.stderr)
    return 0


def _tag(options: argparse.Namespace) -> int:
    from ingest.tagging.tagger import Text

    settings = config.load(os.environ)
    tagger = _tagger(_taxonomy(options.vocabulary), _encoding_beside(settings))
    if options.jsonl:
        if options.out is None:
            raise UsageError("Name the file to write with --out.")
        rows = terminal.json_lines(options.jsonl, "document_id", "text")
        texts = [Text(r["text"], r.get("title") or "", "") for r in rows]
        with options.out.open("w", encoding="utf-8") as file:
            for row, tags in zip(rows, terminal.progress(tagger.tag_texts(texts), "text", len(texts)), strict=True):
                value = _tags_json(str(row["document_id"]), row["text"], tags, tagger.taxonomy)
                file.write(json.dumps(value, ensure_ascii=False) + "\n")
        return 0
    name, text = _text_of(options.file)
    tags = tagger.tag_text(text)
    if options.json:
        terminal.print_json(_tags_json(name, text, tags, tagger.taxonomy))
        return 0
    for tag in tags.concepts:
        concept = tagger.taxonomy.concept(tag.scheme, tag.notation)
        print(f"{tag.scheme} {tag.notation} {concept.label(tags.language)} ({tag.score:.2f})")
        for evidence in tag.evidence:
            print(f"    “{' '.join(text[evidence.start : evidence.end].split())}”")
    if not tags.concepts:
        print("Nothing in this text supports a concept.", file=sys.stderr)
    return 0


def _eval_search(options: argparse.Namespace) -> int:
    from index.evaluation import evaluate, read_collection, report_json

    collection = read_collection(options.folder)
    encoding = _encoding_beside(config.load(os.environ))
    with terminal.bar(len(collection.passages), "passage") as advance:
        value = report_json(evaluate(collection, encoding, advance))
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0


def _eval_tags(options: argparse.Namespace) -> int:
    from index.evaluation_tags import evaluate, read_labelled, report_json
    from ingest.tagging.tagger import Text

    labelled = read_labelled(options.file)
    tagger = _tagger(_taxonomy(options.vocabulary), _encoding_beside(config.load(os.environ)))
    texts = [Text(each.text, each.title, "") for each in labelled]
    tagged = list(terminal.progress(tagger.tag_texts(texts), "text", len(texts)))
    value = report_json(evaluate(labelled, tagged))
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from web.serve import serve

    instance = _open()
    settings = instance.settings
    searcher = _searcher(instance, vectors=False)
    threading.Thread(target=_join_vectors, args=(instance, searcher), daemon=True).start()
    host, port = options.host or settings.host, options.port or settings.port
    serve(settings, instance.database, searcher, _taxonomy(None), host, port)
    return 0


def _index(options: argparse.Namespace) -> int:
    instance = _open()
    if options.action == "reencode":
        return _reencode(instance)
    from index.caches import Caches
    from kb.store import instance as facts
    from kb.store import passages

    caches = Caches(instance.database, instance.settings.home)
    encoder = facts.encoder_of(instance.database)
    if options.action == "rebuild":
        caches.rebuild(encoder, passages.dimension(instance.database))
    reports = caches.verify(encoder)
    if options.json:
        terminal.print_json(
            [{"cache": r.kind, "state": r.state, "passages": r.count, "bytes": r.bytes} for r in reports]
        )
    else:
        for r in reports:
            print(f"{r.kind}: {r.state}, {r.count} passages, {r.bytes / 1e6:.1f} MB. {r.message}")
        print(
            f"database: {passages.count_published(instance.database)} published passages, encoder {encoder or 'none'}"
        )
    if options.action == "verify" and any(r.state == "damaged" for r in reports):
        raise InstanceError("A cache does not match what was written. Run 'kb index rebuild'.")
    return 0


def _settings(options: argparse.Namespace) -> int:
    lines = config.lines(config.load(os.environ), os.environ)
    if options.json:
        terminal.print_json([{"setting": s.variable, "value": s.value, "from": s.origin} for s in lines])
        return 0
    for line in lines:
        print(f"{line.variable:<18} {line.value or '(empty)':<32} {line.origin:<12} {line.description}")
    return 0


def _ingested(instance: _Instance, paths: Sequence[Path], wishes: "Wishes") -> Iterator["FileReport"]:
    """Reports of an ingest as they come, with a progress bar that shows passages per second."""
    from ingest.pipeline import files_in, ingest_file

    files = files_in(paths)
    if not files:
        raise UsageError("There is no file to read: name files, or folders that hold .pdf .docx .html .htm .txt .md.")
    began, passages = time.perf_counter(), 0
    with _tools(instance) as tools, terminal.files_bar(len(files)) as advance:
        for file in files:
            report = ingest_file(file, tools, wishes)
            passages += report.passages
            advance(f"{passages / (time.perf_counter() - began):.0f} passages/s")
            yield report


# --- putting together ------------------------------------------------------------------------------


def _open() -> _Instance:
    from kb.store.database import open_database

    settings = config.load(os.environ)
    return _Instance(settings, open_database(settings.url, settings.home))


def _encoding(instance: _Instance) -> "Encoding":
    from index.encoder import open_encoder
    from index.encoding import open_encoding

    settings = instance.settings
    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    return open_encoding(instance.database, encoder, settings.late)


def _encoding_beside(settings: config.Settings) -> "Encoding":
    """An encoding for work beside the instance, which touches none of its records."""
    from index.encoder import open_encoder
    from index.encoding import Encoding, reference_codec

    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    return Encoding(encoder, reference_codec(encoder) if settings.late else None)


def _searcher(instance: _Instance, vectors: bool) -> "Searcher":
    from index.caches import Caches
    from index.searcher import Searcher

    searcher = Searcher(instance.database, Caches(instance.database, instance.settings.home))
    if vectors:
        encoding = _encoding(instance)
        searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    return searcher


def _join_vectors(instance: _Instance, searcher: "Searcher") -> None:
    """Load the encoder while the site serves already; a failure is told, and search goes on by words."""
    try:
        encoding = _encoding(instance)
        searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    except KbError as error:
        print(f"kb: searching by words alone. {error}", file=sys.stderr)


def _taxonomy(vocabulary: Path | None) -> "Taxonomy":
    from kb.taxonomy import gather, read_folder, read_scheme

    return read_folder(CORPUS / "vocabularies") if vocabulary is None else gather(read_scheme(vocabulary))


def _tagger(taxonomy: "Taxonomy", encoding: "Encoding") -> "Tagger":
    from ingest.tagging.tagger import Tagger
    from kb.taxonomy import gather

    schemes = gather(scheme for scheme in taxonomy.schemes if scheme.name != "document-types")
    return Tagger(schemes, encoding.vectors, by_name=NAMED)


@contextmanager
def _tools(instance: _Instance) -> Iterator["Tools"]:
    from ingest.pipeline import Tools
    from ingest.sandbox import Limits, Sandbox

    settings = instance.settings
    limits = Limits(seconds=settings.read_seconds, memory_mb=settings.read_memory_mb, file_mb=settings.max_file_mb)
    encoding = _encoding(instance)
    tagger = _tagger(_taxonomy(None), encoding)
    with Sandbox(limits) as sandbox:
        yield Tools(instance.database, settings.home, sandbox, encoding, tagger)


def _reencode(instance: _Instance) -> int:
    from index.caches import Caches
    from index.encoder import open_encoder
    from index.encoding import Encoding, reencode, reference_codec
    from kb.store import passages

    settings = instance.settings
    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    encoding = Encoding(encoder, reference_codec(encoder) if settings.late else None)
    with terminal.bar(passages.count(instance.database), "passage") as advance:
        count = reencode(instance.database, encoding, advance)
    Caches(instance.database, settings.home).rebuild(encoding.identity, encoding.dimension)
    print(f"Encoded {count} passages with {encoding.identity}.", file=sys.stderr)
    return 0


def _text_of(name: str) -> tuple[str, str]:
    """Name and text of a file in any format that is read, or of standard input for "-"."""
    if name == "-":
        return "-", sys.stdin.read()
    from ingest.clean import clean
    from ingest.sandbox import read

    reading = read(Path(name))
    return reading.source.name, clean(reading.raw).text


def _tags_json(name: str, text: str, tags: "TextTags", taxonomy: "Taxonomy") -> dict[str, object]:
    labels = {
        (tag.scheme, tag.notation): taxonomy.concept(tag.scheme, tag.notation).label(tags.language)
        for tag in tags.concepts
    }
    return render.tags_json(name, text, tags.language, tags.concepts, labels, tags.ranking)


def _check_type(notation: str | None) -> None:
    if notation is not None:
        _taxonomy(None).concept("document-types", notation)


_COMMANDS = {
    "ingest": _ingest,
    "starter": _starter,
    "search": _search,
    "tag": _tag,
    "eval search": _eval_search,
    "eval tags": _eval_tags,
    "serve": _serve,
    "index": _index,
    "settings": _settings,
}


if __name__ == "__main__":
    sys.exit(main())
