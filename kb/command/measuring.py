"""Commands that measure, beside the instance."""

import argparse

from kb import terminal
from kb.command import assembly


def eval_search(options: argparse.Namespace) -> int:
    from index.evaluation import evaluate, read_collection, report_json

    collection = read_collection(options.folder)
    encoding = assembly.encoding_beside(assembly.settings())
    with terminal.bar(len(collection.passages), "passage") as advance:
        value = report_json(evaluate(collection, encoding, advance))
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0


def eval_tags(options: argparse.Namespace) -> int:
    from index.evaluation_tags import evaluate, read_labelled, report_json
    from ingest.tagging.tagger import Text

    labelled = read_labelled(options.file)
    tagger = assembly.tagger_beside(options.vocabulary)
    texts = [Text(each.text, each.title, "") for each in labelled]
    tagged = list(terminal.progress(tagger.tag_texts(texts), "text", len(texts)))
    value = report_json(evaluate(labelled, tagged))
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0
