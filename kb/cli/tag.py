"""Commands about concepts: tags of a text."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kb.cli import bootstrap, terminal
from kb.errors import UsageError
from kb.search import answer_json

if TYPE_CHECKING:
    from ingest.tagging.tagger import TextTags
    from kb.vocabularies.skos import Taxonomy


def tag(options: argparse.Namespace) -> int:
    from ingest.tagging.text_inputs import Text

    tagger = bootstrap.tagger_beside(options.vocabulary)
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
    return answer_json.tags_json(name, text, tags.language, tags.concepts, labels, tags.ranking)
