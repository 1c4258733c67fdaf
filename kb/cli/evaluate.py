"""Commands that measure: on folders beside the instance, and the instance itself."""

import argparse
import sys
from typing import TYPE_CHECKING

from kb.cli import bootstrap, terminal

if TYPE_CHECKING:
    from index.evaluation.report import SearchReport
    from kb.search.quality import Measurement

_LOST = 10  # questions lost against the best arm that are printed; --json has all


def eval_search(options: argparse.Namespace) -> int:
    from index.evaluation.report import report_json
    from index.evaluation.search import evaluate, read_collection

    collection = read_collection(options.folder)
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    with terminal.bar(len(collection.passages), "passage") as advance:
        report = evaluate(collection, encoding, advance)
    terminal.print_json(report_json(report)) if options.json else _say_search(report)
    return 0


def eval_tags(options: argparse.Namespace) -> int:
    from index.evaluation.tagging import evaluate, read_labelled, report_json
    from ingest.tagging.text_inputs import Text

    labelled = read_labelled(options.file)
    tagger = bootstrap.tagger_beside(options.vocabulary)
    texts = [Text(each.text, each.title, "") for each in labelled]
    tagged = list(terminal.progress(tagger.tag_texts(texts), "text", len(texts)))
    value = report_json(evaluate(labelled, tagged))
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0


def eval_quality(options: argparse.Namespace) -> int:
    from kb.search.quality import to_text

    measurement = measure_quality(bootstrap.open_instance())
    if options.json:
        print(to_text(measurement))
    else:
        _say(measurement)
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
    print(f"{'':10}" + "".join(f"{name:>12}" for name in names))
    for ranking, values in report.measures.items():
        print(f"{ranking:10}" + "".join(f"{values[name]:>12.4f}" for name in names))
    print(f"{'95 % low':10}" + "".join(f"{report.intervals[name][0]:>12.4f}" for name in names))
    print(f"{'95 % high':10}" + "".join(f"{report.intervals[name][1]:>12.4f}" for name in names))
    print("\nfinal, in ndcg@10")
    for one in report.comparisons:
        best = " (best arm)" if one.arm == report.best else ""
        counts = f"won {len(one.won)}, lost {len(one.lost)}, tied {one.tied}"
        print(f"  against {one.arm + best:20} {_difference(one.difference, one.interval)}, {counts}")
    print("\nquestion, passages   questions   ndcg@10, against the best arm")
    for each in report.slices:
        pair = f"{each.language}, {each.answered_in}"
        leading = each.measures["final"][names[0]]
        print(f"  {pair:18} {each.questions:>9}    {leading:.4f}, {_difference(each.difference, each.interval)}")
    worst = next(one for one in report.comparisons if one.arm == report.best)
    for scored in worst.lost[:_LOST]:
        ours, theirs = (scored.scores[name][names[0]] for name in ("final", worst.arm))
        print(f"lost {scored.id}: {ours:.3f}, {worst.arm} {theirs:.3f}. {scored.text}")
    print(
        f"{report.questions} questions, {report.passages} passages, encoder {report.encoder or 'none'}, "
        f"{report.queries_per_second:.1f} questions and {report.passages_per_second:.1f} passages per second",
        file=sys.stderr,
    )


def _difference(mean: float, interval: tuple[float, float]) -> str:
    return f"{mean:+.4f} ({interval[0]:+.4f} to {interval[1]:+.4f})"


def _say(measurement: "Measurement") -> None:
    """The measurement as a table."""
    print(f"{'':8} {'answered':>9} {'first':>6} {'among 5':>8} {'MRR':>6} {'refused':>8} {'unanswered, told':>17}")
    for one in measurement.slices:
        print(
            f"{one.name:8} {one.first.of:>9} {one.first.share:>6.2f} {one.among.share:>8.2f} {one.mrr:>6.3f} "
            f"{one.refused.count:>8} {f'{one.told.count} of {one.told.of}' if one.told.of else '':>17}"
        )
    for arm in measurement.arms[1:]:
        difference = _difference(arm.difference, arm.interval)
        print(f"against {arm.name:8} MRR {arm.mrr:.3f}, difference {difference}, won {arm.won}, lost {arm.lost}")
    print(
        f"{measurement.documents} documents, {measurement.passages} passages, {measurement.questions} questions "
        f"({measurement.left_out} left out), {measurement.milliseconds:.0f} ms a search",
        file=sys.stderr,
    )
