"""Commands about concepts: tags of a text."""

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, terminal
from kb.cli.parameters import FILE, either, json_option
from kb.exports import json_values

if TYPE_CHECKING:
    from ingest.tagging.tagger import Tagger, TextTags
    from kb.vocabularies.skos import Taxonomy

_log = logging.getLogger(__name__)


@click.command()
@click.argument("file", required=False, metavar="FILE|-")
@click.option("--jsonl", "texts", type=FILE, metavar="IN", help="Many texts: JSON lines with `document_id` and `text`.")
@click.option("--out", type=FILE, metavar="OUT", help="Where their concepts are written, a line each.")
@click.option("--vocabulary", type=FILE, metavar="FILE.ttl", help="Concepts of this vocabulary (SKOS in Turtle).")
@json_option
def tag(file: str | None, texts: Path | None, out: Path | None, vocabulary: Path | None, as_json: bool) -> int:
    """Concepts of a text with scores and evidence; nothing is stored.

    FILE is in any format that is read, `-` standard input.
    """
    either(file, texts, "FILE (- for standard input) or --jsonl IN")
    if texts is not None and out is None:
        raise click.UsageError("Name the file to write with --out.")
    tagger = bootstrap.tagger_beside(vocabulary)
    if texts is not None and out is not None:
        _tag_lines(tagger, texts, out)
    elif file is not None:
        _tag_file(tagger, file, as_json)
    return 0


def _tag_lines(tagger: "Tagger", read: Path, written: Path) -> None:
    from ingest.tagging.text_inputs import Text

    rows = terminal.json_lines(read, "document_id", "text")
    texts = [Text(row["text"], row.get("title") or "", "") for row in rows]
    with written.open("w", encoding="utf-8") as file:
        for row, tags in zip(rows, terminal.progress(tagger.tag_texts(texts), "text", len(texts)), strict=True):
            value = _tags_json(str(row["document_id"]), row["text"], tags, tagger.taxonomy)
            file.write(json.dumps(value, ensure_ascii=False) + "\n")


def _tag_file(tagger: "Tagger", file: str, as_json: bool) -> None:
    name, text = _text_of(file)
    tags = tagger.tag_text(text)
    if as_json:
        terminal.print_json(_tags_json(name, text, tags, tagger.taxonomy))
        return
    for tag in tags.concepts:
        concept = tagger.taxonomy.concept(tag.scheme, tag.notation)
        click.echo(f"{tag.scheme} {tag.notation} {concept.label(tags.language)} ({tag.score:.2f})")
        for evidence in tag.evidence:
            click.echo(f"    “{' '.join(text[evidence.start : evidence.end].split())}”")
    if not tags.concepts:
        _log.info("Nothing in this text supports a concept.")


def _text_of(name: str) -> tuple[str, str]:
    """Name and text of a file in any format that is read, or of standard input for "-"."""
    if name == "-":
        return "-", sys.stdin.read()
    from ingest.cleaning.clean import clean
    from ingest.readers.sandbox import read

    reading = read(Path(name))
    return reading.source.name, clean(reading.raw).text


def _tags_json(name: str, text: str, tags: "TextTags", taxonomy: "Taxonomy") -> dict[str, object]:
    labels = {
        (tag.scheme, tag.notation): taxonomy.concept(tag.scheme, tag.notation).label(tags.language)
        for tag in tags.concepts
    }
    return json_values.tags_json(name, text, tags.language, tags.concepts, labels, tags.ranking)
