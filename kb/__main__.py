"""The command line, and the place where everything is put together; nothing imports it."""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kb import config, render
from kb.errors import InstanceError, KbError, UsageError

if TYPE_CHECKING:
    from index.encoding import Encoding
    from index.searcher import Searcher
    from ingest.pipeline import Tools
    from ingest.tagging.tagger import Tagger, TextTags
    from kb.models import FileReport
    from kb.store.database import Database
    from kb.taxonomy import Taxonomy

# Modules of other rooms are imported inside the commands that need them: `kb --help` must not load torch, FAISS or
# the web framework (architecture decision 14).

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class _Instance:
    """What every command works on."""

    settings: config.Settings
    database: "Database"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status as the README lists it."""
    options = _parser().parse_args(arguments)
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
    from ingest.pipeline import Wishes, files_in, ingest_file

    instance = _open()
    _check_type(options.type)
    wishes = Wishes(options.publish, options.type or "", tuple(c.upper() for c in options.country))
    files = files_in(options.paths)
    if not files:
        raise UsageError("There is no file to read: name files, or folders that hold .pdf .docx .html .htm .txt .md.")
    reports = []
    with _tools(instance) as tools:
        for file in _progress(files, "file"):
            report = ingest_file(file, tools, wishes)
            reports.append(report)
            if not options.json:
                _say_report(report)
    if options.json:
        _print_json(render.reports_json(reports))
    else:
        _say_summary(reports)
    return 1 if any(report.outcome.failed for report in reports) else 0


def _starter(options: argparse.Namespace) -> int:
    """Load the starter corpus, once in the life of an instance."""
    from kb.store import instance as facts

    instance = _open()
    with instance.database.read() as connection:
        if facts.get(connection, "starter_corpus"):
            return 0
    print("Loading the starter corpus; this happens once.", file=sys.stderr)
    options.paths, options.publish, options.type, options.country, options.json = (
        [CORPUS / "documents"],
        True,
        None,
        [],
        False,
    )
    options.quiet = True
    status = _ingest(options)
    if status == 0:
        with instance.database.write() as connection:
            facts.put(connection, "starter_corpus", "loaded")
    return status


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
    answer = searcher.search(Query(options.query, filters, options.limit))
    if options.json:
        _print_json(render.answer_json(answer))
        return 0
    for hit in answer.hits:
        record = hit.record
        place = ", ".join(
            filter(None, [f"p. {record.passage.page}" if record.passage.page else "", *record.passage.heading])
        )
        print(f"{hit.rank}. {record.document.title} [{record.passage.language}]")
        print(f"   {record.document.source}{', ' + place if place else ''}")
        print(f"   {_marked(record.passage.text, hit.highlights)}\n")
    print(f"{answer.total} documents" if answer.total else "No document here answers this.", file=sys.stderr)
    return 0


def _tag(options: argparse.Namespace) -> int:
    from ingest.tagging.tagger import Text

    settings = config.load(os.environ)
    tagger = _tagger(_taxonomy(options.vocabulary), _encoding_beside(settings))
    if options.jsonl:
        if options.out is None:
            raise UsageError("Name the file to write with --out.")
        rows = _json_lines(options.jsonl, "document_id", "text")
        texts = [Text(r["text"], r.get("title") or "", "") for r in rows]
        with options.out.open("w", encoding="utf-8") as file:
            for row, tags in zip(rows, _progress(tagger.tag_texts(texts), "text", len(texts)), strict=True):
                value = _tags_json(str(row["document_id"]), row["text"], tags, tagger.taxonomy)
                file.write(json.dumps(value, ensure_ascii=False) + "\n")
        return 0
    name, text = _text_of(options.file)
    tags = tagger.tag_text(text)
    if options.json:
        _print_json(_tags_json(name, text, tags, tagger.taxonomy))
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
    with _bar(len(collection.passages), "passage") as advance:
        value = report_json(evaluate(collection, encoding, advance))
    _print_json(value) if options.json else _say_measures(value)
    return 0


def _eval_tags(options: argparse.Namespace) -> int:
    from index.evaluation_tags import evaluate, read_labelled, report_json

    from ingest.tagging.tagger import Text

    labelled = read_labelled(options.file)
    tagger = _tagger(_taxonomy(options.vocabulary), _encoding_beside(config.load(os.environ)))
    texts = [Text(each.text, each.title, "") for each in labelled]
    tagged = list(_progress(tagger.tag_texts(texts), "text", len(texts)))
    value = report_json(evaluate(labelled, tagged))
    _print_json(value) if options.json else _say_measures(value)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from web.serve import serve

    instance = _open()
    settings = instance.settings
    searcher = _searcher(instance, vectors=False)
    threading.Thread(target=_join_vectors, args=(instance, searcher), daemon=True).start()
    return serve(
        settings,
        instance.database,
        searcher,
        _taxonomy(None),
        options.host or settings.host,
        options.port or settings.port,
    )


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
        _print_json([{"cache": r.kind, "state": r.state, "passages": r.count, "bytes": r.bytes} for r in reports])
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
        _print_json([{"setting": s.variable, "value": s.value, "from": s.origin} for s in lines])
        return 0
    for line in lines:
        print(f"{line.variable:<18} {line.value or '(empty)':<32} {line.origin:<12} {line.description}")
    return 0


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

    return Tagger(taxonomy, encoding.vectors, by_name=("stakeholders", "document-types"))


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
    """Encode everything again with the encoder of the settings, then let the instance claim it; resumable by rerun."""
    from index.caches import Caches
    from index.encoder import open_encoder
    from index.encoding import Encoding, reference_codec
    from kb.models import EncodedPassages
    from kb.store import instance as facts
    from kb.store import passages

    settings = instance.settings
    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    encoding = Encoding(encoder, reference_codec(encoder) if settings.late else None)
    texts = list(passages.all_texts(instance.database))
    encoded: list[tuple[list[int], EncodedPassages]] = []
    with _bar(len(texts), "passage") as advance:
        for first in range(0, len(texts), _BATCH):
            batch = texts[first : first + _BATCH]
            encoded.append(
                ([i for i, _, _ in batch], encoding.encode([c for _, c, _ in batch], [t for *_, t in batch]))
            )
            advance(len(batch))
    with instance.database.write() as connection:  # one step: a crash leaves the old vectors or the new ones
        passages.drop_vectors(connection)
        for ids, values in encoded:
            passages.put_vectors(connection, ids, values)
        facts.replace_encoder(connection, encoding.identity, encoding.codec.dump() if encoding.codec else None)
        facts.next_revision(connection)
    Caches(instance.database, settings.home).rebuild(encoding.identity, encoding.dimension)
    print(f"Encoded {len(texts)} passages with {encoding.identity}.", file=sys.stderr)
    return 0


# --- showing and reading ---------------------------------------------------------------------------

_BATCH = 256  # passages encoded between two steps of a progress bar


def _progress(items: Iterable[_Item], unit: str, total: int | None = None) -> Iterator[_Item]:
    from tqdm import tqdm

    yield from tqdm(items, unit=unit, total=total, disable=not sys.stderr.isatty(), leave=False, delay=1)


@contextmanager
def _bar(total: int, unit: str) -> Iterator[Callable[[int], None]]:
    from tqdm import tqdm

    with tqdm(total=total, unit=unit, disable=not sys.stderr.isatty(), leave=False) as bar:
        yield lambda count: (bar.update(count), None)[1]


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _say_report(report: "FileReport") -> None:
    name = ascii(report.file)[1:-1] if not report.file.isprintable() else report.file
    passages = f", {report.passages} passages" if report.passages else ""
    print(f"{report.outcome.value}: {name}{passages}. {report.message}".rstrip())
    for warning in report.warnings:
        print(f"    {warning}")


def _say_summary(reports: "Sequence[FileReport]") -> None:
    counts: dict[str, int] = {}
    for report in reports:
        counts[report.outcome.value] = counts.get(report.outcome.value, 0) + 1
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()), file=sys.stderr)


def _say_measures(value: dict[str, object]) -> None:
    for name, number in value.items():
        if isinstance(number, dict):
            for arm, measures in number.items():
                shown = "  ".join(f"{k} {v}" for k, v in measures.items()) if isinstance(measures, dict) else measures
                print(f"  {arm:<12} {shown}")
        elif isinstance(number, list):
            for row in number:
                print("  against " + "  ".join(f"{k} {v}" for k, v in row.items()))
        else:
            print(f"{name:<24} {number}")


def _marked(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """The passage on one line; on a terminal with its marks underlined."""
    if not sys.stdout.isatty():
        return " ".join(text.split())
    parts, at = [], 0
    for start, end in marks:
        parts += [text[at:start], "\033[4m", text[start:end], "\033[24m"]
        at = end
    return " ".join("".join([*parts, text[at:]]).split())


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


def _json_lines(path: Path, *needed: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    try:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.strip():
                row = json.loads(line)
                if any(key not in row for key in needed):
                    raise UsageError(f"{path}, line {number}: every line needs {' and '.join(needed)}.")
                rows.append(row)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise UsageError(f"{path}, line {number} is not JSON.") from error
    return rows


def _check_type(notation: str | None) -> None:
    if notation is not None:
        _taxonomy(None).concept("document-types", notation)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kb", description="Knowledge platform for the Global Compact for Migration.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    sub = command("ingest", _ingest, "Read files and folders into the platform.")
    sub.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    sub.add_argument("--publish", action="store_true", help="make them public at once")
    sub.add_argument("--type", help="document type, for all files")
    sub.add_argument("--country", action="append", default=[], metavar="ISO3", help="country, for all files")
    sub.add_argument("--json", action="store_true")
    sub = command("starter", _starter, "Load the starter corpus, once.")
    sub = command("search", _search, "Search what is published; an empty QUERY lists it, newest first.")
    sub.add_argument("query", metavar="QUERY")
    sub.add_argument("--limit", type=int, default=10)
    for option, metavar in (("language", "L"), ("objective", "N"), ("area", "N"), ("country", "ISO3"), ("type", "T")):
        sub.add_argument(f"--{option}", action="append", default=[], metavar=metavar)
    sub.add_argument("--from", dest="from_year", type=int, metavar="YEAR")
    sub.add_argument("--to", dest="to_year", type=int, metavar="YEAR")
    sub.add_argument("--json", action="store_true")
    sub = command("tag", _tag, "Concepts of a text with their evidence; nothing is stored.")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", metavar="FILE|-")
    what.add_argument("--jsonl", type=Path, metavar="IN")
    sub.add_argument("--out", type=Path, metavar="OUT")
    sub.add_argument("--vocabulary", type=Path, metavar="FILE.ttl")
    sub.add_argument("--json", action="store_true")
    measured = commands.add_parser("eval", help="Measure search or tags.").add_subparsers(required=True)
    sub = measured.add_parser("search", help="retrieval measures on a BEIR folder")
    sub.set_defaults(run=_eval_search)
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--json", action="store_true")
    sub = measured.add_parser("tags", help="tagging measures on Annif JSON lines")
    sub.set_defaults(run=_eval_tags)
    sub.add_argument("file", type=Path, metavar="FILE.jsonl")
    sub.add_argument("--vocabulary", type=Path, metavar="FILE.ttl")
    sub.add_argument("--json", action="store_true")
    sub = command("serve", _serve, "Serve the web application.")
    sub.add_argument("--host")
    sub.add_argument("--port", type=int)
    sub = command("index", _index, "The caches beside the database.")
    sub.add_argument("action", choices=("stats", "verify", "rebuild", "reencode"))
    sub.add_argument("--json", action="store_true")
    sub = command("settings", _settings, "Every setting, its value and where it came from.")
    sub.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
