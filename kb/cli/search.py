"""Commands that answer from what is stored: search, and the caches beside the database."""

import argparse
import sys
from typing import TYPE_CHECKING

from kb.cli import bootstrap, terminal
from kb.errors import InstanceError, UsageError
from kb.search import answer_json

if TYPE_CHECKING:
    from kb.search.answers import Reading


def search(options: argparse.Namespace) -> int:
    from kb.search.answers import Filters, Query

    instance = bootstrap.open_instance()
    filters = Filters(
        languages=tuple(options.language),
        objectives=tuple(options.objective),
        areas=tuple(options.area),
        countries=tuple(c.upper() for c in options.country),
        types=tuple(options.type),
        year_from=options.from_year,
        year_to=options.to_year,
        regions=tuple(options.region),
        entities=tuple(options.entity),
    )
    if options.limit < 1:
        raise UsageError("--limit must be 1 or more.")
    searcher = bootstrap.open_searcher(instance, vectors=bool(options.query.strip()))
    answer = searcher.search(Query(options.query, filters, options.limit, grouped=False, literal=options.literal))
    if options.json:
        terminal.print_json(answer_json.answer_json(answer))
        return 0
    _say_reading(answer.reading)
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


def _say_reading(reading: "Reading") -> None:
    """What was understood beside the words."""
    understood = [f"objective {n}" for n in reading.objectives] + [f"country {code}" for code in reading.countries]
    if understood:
        print(f"Preferring what is about: {', '.join(understood)}. --literal reads the words alone.", file=sys.stderr)


def index(options: argparse.Namespace) -> int:
    instance = bootstrap.open_instance()
    if options.action == "reencode":
        return _reencode(instance)
    from index.search.caches import Caches
    from kb.documents.store import passages
    from kb.store import instance_facts

    caches = Caches(instance.database, instance.settings.home)
    encoder = instance_facts.encoder_of(instance.database)
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


def _reencode(instance: bootstrap.Instance) -> int:
    from index.encoding.instance_encoding import Encoding, reencode, reference_codec
    from index.encoding.open_encoder import open_encoder
    from index.search.caches import Caches
    from kb.cli.experts import encode_works
    from kb.documents.store import passages

    settings = instance.settings
    encoder = open_encoder(settings.encoder, settings.home, settings.precision, settings.threads)
    encoding = Encoding(encoder, reference_codec(encoder) if settings.late else None)
    with terminal.bar(passages.count(instance.database), "passage") as advance:
        count = reencode(instance.database, encoding, advance)
    Caches(instance.database, settings.home).rebuild(encoding.identity, encoding.dimension)
    works = encode_works(instance, encoding)
    print(f"Encoded with {encoding.identity}: {count} passages, and works of experts: {works}.", file=sys.stderr)
    return 0
