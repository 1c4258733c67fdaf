"""Commands that answer from what is stored: search, and the caches beside the database."""

import logging
from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, terminal
from kb.cli.parameters import TextCommand, json_option
from kb.errors import InstanceError
from kb.exports import json_values

if TYPE_CHECKING:
    from kb.search.answers import Answer, Reading

_log = logging.getLogger(__name__)


@click.command(cls=TextCommand)
@click.argument("query")
@click.option("--limit", type=click.IntRange(min=1), default=10, metavar="N", help="So many; 10 unless told.")
@click.option("--language", "languages", multiple=True, metavar="L", help="Passages in it; may be repeated.")
@click.option("--objective", "objectives", multiple=True, metavar="N", help="Documents that speak of it; repeatable.")
@click.option("--area", "areas", multiple=True, metavar="N", help="Documents of this area of work; may be repeated.")
@click.option("--country", "countries", multiple=True, metavar="ISO3", help="Documents about it; may be repeated.")
@click.option("--type", "types", multiple=True, metavar="T", help="Documents of this type; may be repeated.")
@click.option("--region", "regions", multiple=True, metavar="M49", help="Documents about it; may be repeated.")
@click.option("--entity", "entities", multiple=True, metavar="E", help="Documents that name it; may be repeated.")
@click.option("--from", "year_from", type=int, metavar="YEAR", help="Documents of this year and later.")
@click.option("--to", "year_to", type=int, metavar="YEAR", help="Documents of this year and earlier.")
@click.option("--literal", is_flag=True, help="Read no objective or country into the words.")
@click.option("--no-samples", is_flag=True, help="Leave out invented examples.")
@json_option
def search(
    query: str,
    limit: int,
    languages: tuple[str, ...],
    objectives: tuple[str, ...],
    areas: tuple[str, ...],
    countries: tuple[str, ...],
    types: tuple[str, ...],
    regions: tuple[str, ...],
    entities: tuple[str, ...],
    year_from: int | None,
    year_to: int | None,
    literal: bool,
    no_samples: bool,
    as_json: bool,
) -> int:
    """Ranked passages; an empty QUERY lists what is published, newest first.

    Passages of documents about an objective or country that the question names come first, unless `--literal`.
    In a question, `"quoted words"` must stand together as spelled, and `-word` must not occur.
    """
    from kb.search.answers import Filters, Query

    upper = tuple(code.upper() for code in countries)
    filters = Filters(
        languages=languages,
        objectives=objectives,
        areas=areas,
        countries=upper,
        types=types,
        year_from=year_from,
        year_to=year_to,
        regions=regions,
        entities=entities,
        samples=not no_samples,
    )
    searcher = bootstrap.open_searcher(bootstrap.open_instance(), vectors=bool(query.strip()))
    answer = searcher.search(Query(query, filters, limit, grouped=False, literal=literal))
    if as_json:
        terminal.print_json(json_values.answer_json(answer))
        return 0
    _say_reading(answer.reading)
    for hit in answer.hits:
        record = hit.record
        page = [f"p. {record.passage.page}"] if record.passage.page else []
        place = ", ".join([*page, *record.passage.heading])
        click.echo(f"{hit.rank}. {record.document.title} [{record.passage.language}]")
        click.echo(f"   {record.document.source}{', ' + place if place else ''}")
        click.echo(f"   {terminal.marked(record.passage.text, hit.highlights)}\n")
    _log.info(_outcome(answer))
    return 0


def _outcome(answer: "Answer") -> str:
    """How many documents there are, whether they answer, and what took no part."""
    if not answer.total:
        return "No document here could be searched: none is published, or none passes the filters."
    told = f"{answer.total} documents."
    if not answer.answered:
        told = f"Nothing here clearly answers this. These come nearest: {told}"
    return f"{told} The encoder took no part: only the words themselves were looked for." if answer.degraded else told


def _say_reading(reading: "Reading") -> None:
    """What was understood beside the words."""
    if reading.corrected:
        _log.info(f"Searched for: {reading.corrected}. --literal searches as typed.")
    understood = [f"objective {n}" for n in reading.objectives] + [f"country {code}" for code in reading.countries]
    if understood:
        _log.info(f"Preferring what is about: {', '.join(understood)}. --literal reads the words alone.")


@click.command()
@click.argument("action", type=click.Choice(("stats", "verify", "rebuild", "reencode")))
@json_option
def index(action: str, as_json: bool) -> int:
    """The caches beside the database.

    `verify` compares them with what was written, `rebuild` makes them anew without the encoder, and `reencode` encodes
    every passage and the works of experts again, after a change of encoder.
    """
    instance = bootstrap.open_instance()
    if action == "reencode":
        return _reencode(instance)
    from index.search.caches import Caches
    from kb.documents.store import passages
    from kb.store import instance_facts

    caches = Caches(instance.database, instance.settings.home)
    encoder = instance_facts.encoder_of(instance.database)
    if action == "rebuild":
        caches.rebuild(encoder, passages.dimension(instance.database))
    reports = caches.verify(encoder)
    if as_json:
        terminal.print_json(
            [{"cache": r.kind, "state": r.state, "passages": r.count, "bytes": r.bytes} for r in reports]
        )
    else:
        for r in reports:
            click.echo(f"{r.kind}: {r.state}, {r.count} passages, {r.bytes / 1e6:.1f} MB. {r.message}")
        click.echo(
            f"database: {passages.count_published(instance.database)} published passages, encoder {encoder or 'none'}"
        )
    if action == "verify" and any(r.state == "damaged" for r in reports):
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
    instance.encoding = bootstrap.Once(lambda: encoding)  # loaded already
    works = encode_works(instance)
    _log.info(f"Encoded with {encoding.identity}: {count} passages, and works of experts: {works}.")
    return 0
