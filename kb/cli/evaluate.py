"""Commands that measure: on folders beside the instance, and the instance itself."""

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, terminal
from kb.cli.parameters import FILE, json_option
from kb.errors import UsageError

if TYPE_CHECKING:
    from index.evaluation.report import SearchReport
    from kb.search.quality import Measurement

_log = logging.getLogger(__name__)
_LOST = 10  # questions lost against the best arm that are printed; --json has all


@click.command()
@click.argument("folder", type=FILE, metavar="DIR")
@json_option
def search(folder: Path, as_json: bool) -> int:
    """Retrieval measures on a BEIR folder.

    Each arm beside the final ranking, by pair of languages, with questions won and lost against the best arm and 95 %
    intervals (paired bootstrap).
    """
    from index.evaluation.report import report_json
    from index.evaluation.search import evaluate, read_collection

    collection = read_collection(folder)
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    with terminal.bar(len(collection.passages), "passage") as advance:
        report = evaluate(collection, encoding, advance)
    terminal.print_json(report_json(report)) if as_json else _say_search(report)
    return 0


@click.command()
@click.argument("file", type=FILE, metavar="FILE.jsonl")
@click.option("--vocabulary", type=FILE, metavar="FILE.ttl", help="Concepts of this vocabulary (SKOS in Turtle).")
@json_option
def tags(file: Path, vocabulary: Path | None, as_json: bool) -> int:
    """Tagging measures on Annif-style JSON lines."""
    from index.evaluation.tagging import evaluate, read_labelled, report_json
    from ingest.tagging.text_inputs import Text

    labelled = read_labelled(file)
    tagger = bootstrap.tagger_beside(vocabulary)
    texts = [Text(each.text, each.title, "") for each in labelled]
    tagged = list(terminal.progress(tagger.tag_texts(texts), "text", len(texts)))
    value = report_json(evaluate(labelled, tagged))
    terminal.print_json(value) if as_json else terminal.say_measures(value)
    return 0


@click.command()
@json_option
def quality(as_json: bool) -> int:
    """Measure this instance's own search, for the page /quality.

    The 140 judged questions of `corpus/judgements` are asked, which takes about half a minute, and the figures kept.
    """
    from kb.search.quality import to_text

    measurement = measure_quality(bootstrap.open_instance())
    if as_json:
        click.echo(to_text(measurement))
    else:
        _say(measurement)
    return 0


@click.command()
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--scores", "written", type=FILE, metavar="OUT.json", help="Write {person: {submission: score}}.")
@click.option("--lexical", is_flag=True, help="By words alone, without the encoder.")
@json_option
def match(folder: Path, written: Path | None, lexical: bool, as_json: bool) -> int:
    """Affinity of people to submissions on an OpenReview folder.

    With ratings the weighted loss and the share of easy and hard pairs ordered rightly (Stelmakh et al., 2023), with a
    95 % interval over people. `KB_ENCODER=hashing` works by words alone, too.
    """
    from index.encoding.hashing_encoder import HASHING
    from index.evaluation.matching import measure, read_folder, report_json, scores

    read = read_folder(folder)
    settings = bootstrap.settings()
    # Hashed words know nothing beyond words: they count as no encoder.
    encoding = None if lexical or settings.encoder == HASHING else bootstrap.encoding_beside(settings)
    works = sum(map(len, read.archives.values()))
    with terminal.bar(works + len(read.submissions) if encoding is not None else 0, "text") as advance:
        given = scores(read, encoding, advance)
    if written is not None:
        try:
            written.write_text(json.dumps(given, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise UsageError(f"{written} cannot be written ({error.strerror}).") from error
    report = measure(given, read.ratings) if read.ratings else None
    value = report_json(report, given, encoding.identity if encoding is not None else "")
    terminal.print_json(value) if as_json else terminal.say_measures(value)
    return 0


def measure_quality(instance: bootstrap.Instance) -> "Measurement":
    """Measure the instance on the judgements that come with the software; the page /quality shows what was measured."""
    from index.evaluation.instance_quality import measure_instance, read_judgements
    from kb.search.store import quality
    from kb.store import instance_facts
    from kb.version import version

    judgements = read_judgements(bootstrap.CORPUS / "judgements" / "questions.jsonl")
    searcher = bootstrap.open_searcher(instance, vectors=True)
    encoder = instance_facts.encoder_of(instance.database) or ""
    with terminal.bar(len(judgements), "question") as advance:
        measurement = measure_instance(searcher, instance.database, judgements, encoder, version(), advance)
    quality.keep(instance.database, measurement)
    return measurement


def _say_search(report: "SearchReport") -> None:
    """The report as tables: each ranking, the final one against the others, pairs of languages, what was lost."""
    names = list(report.intervals)
    click.echo(f"{'':10}" + "".join(f"{name:>12}" for name in names))
    for ranking, values in report.measures.items():
        click.echo(f"{ranking:10}" + "".join(f"{values[name]:>12.4f}" for name in names))
    click.echo(f"{'95 % low':10}" + "".join(f"{report.intervals[name][0]:>12.4f}" for name in names))
    click.echo(f"{'95 % high':10}" + "".join(f"{report.intervals[name][1]:>12.4f}" for name in names))
    click.echo("\nfinal, in ndcg@10")
    for one in report.comparisons:
        best = " (best arm)" if one.arm == report.best else ""
        counts = f"won {len(one.won)}, lost {len(one.lost)}, tied {one.tied}"
        click.echo(f"  against {one.arm + best:20} {_difference(one.difference, one.interval)}, {counts}")
    click.echo("\nquestion, passages   questions   ndcg@10, against the best arm")
    for each in report.slices:
        pair = f"{each.language}, {each.answered_in}"
        leading = each.measures["final"][names[0]]
        click.echo(f"  {pair:18} {each.questions:>9}    {leading:.4f}, {_difference(each.difference, each.interval)}")
    worst = next(one for one in report.comparisons if one.arm == report.best)
    for scored in worst.lost[:_LOST]:
        ours, theirs = (scored.scores[name][names[0]] for name in ("final", worst.arm))
        click.echo(f"lost {scored.id}: {ours:.3f}, {worst.arm} {theirs:.3f}. {scored.text}")
    _log.info(
        f"{report.questions} questions, {report.passages} passages, encoder {report.encoder or 'none'}, "
        f"{report.queries_per_second:.1f} questions and {report.passages_per_second:.1f} passages per second",
    )


def _difference(mean: float, interval: tuple[float, float]) -> str:
    return f"{mean:+.4f} ({interval[0]:+.4f} to {interval[1]:+.4f})"


def _say(measurement: "Measurement") -> None:
    """The measurement as a table."""
    click.echo(f"{'':8} {'answered':>9} {'first':>6} {'among 5':>8} {'MRR':>6} {'refused':>8} {'unanswered, told':>17}")
    for one in measurement.slices:
        click.echo(
            f"{one.name:8} {one.first.of:>9} {one.first.share:>6.2f} {one.among.share:>8.2f} {one.mrr:>6.3f} "
            f"{one.refused.count:>8} {f'{one.told.count} of {one.told.of}' if one.told.of else '':>17}"
        )
    for arm in measurement.arms[1:]:
        difference = _difference(arm.difference, arm.interval)
        click.echo(f"against {arm.name:8} MRR {arm.mrr:.3f}, difference {difference}, won {arm.won}, lost {arm.lost}")
    _log.info(
        f"{measurement.documents} documents, {measurement.passages} passages, {measurement.questions} questions "
        f"({measurement.left_out} left out), {measurement.milliseconds:.0f} ms a search",
    )
