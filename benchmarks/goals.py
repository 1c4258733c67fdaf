"""Tags of the 17 Sustainable Development Goals on a public benchmark of 1,251 short texts, with a vocabulary alone.

    .venv/bin/pip install --no-deps sdgclassification-benchmark==1.0.0
    .venv/bin/python -m benchmarks.goals [--vocabulary FILE.ttl] [--json]

Each text says of one goal whether it is about it; the mean over the goals of the share told rightly is what the
benchmark reports. Nothing is trained on it: the weights and the threshold are those of ingest/tagging/model.json for
vocabularies of labels and definitions, fitted on the platform's own texts about other concepts.
"""

import argparse
import csv
import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ingest.tagging.text_inputs import Text
from kb.cli import bootstrap, terminal

_DATA = "sdgclassification/benchmark/resources/benchmark.csv"
_VOCABULARY = Path(__file__).parent / "goals.ttl"


@dataclass(frozen=True, slots=True)
class _Case:
    text: str
    goal: str
    truth: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vocabulary", type=Path, default=_VOCABULARY)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cases = _cases()
    tagger = bootstrap.tagger_beside(options.vocabulary)
    tagged = list(terminal.progress(tagger.tag_texts([Text(c.text) for c in cases]), "text", len(cases)))
    asserted = [c.goal in {tag.notation for tag in t.concepts} for c, t in zip(cases, tagged, strict=True)]
    ranked = [dict(t.ranking[0][1])[c.goal] for c, t in zip(cases, tagged, strict=True)]
    goals = sorted({case.goal for case in cases}, key=int)
    by_goal = {goal: _accuracy(cases, asserted, goal) for goal in goals}
    value: dict[str, object] = {
        "texts": len(cases),
        "mean_accuracy": round(sum(by_goal.values()) / len(by_goal), 4),
        "precision": _share([case.truth for case, told in zip(cases, asserted, strict=True) if told]),
        "recall": _share([told for case, told in zip(cases, asserted, strict=True) if case.truth]),
        "asserted_a_text": round(sum(len(t.concepts) for t in tagged) / len(tagged), 2),
        "mean_accuracy_at_other_thresholds": {least: _at(cases, ranked, goals, least) for least in (0.01, 0.03, 0.1)},
        "accuracy": {goal: round(share, 4) for goal, share in by_goal.items()},
    }
    print(json.dumps(value, indent=2)) if options.json else terminal.say_measures(value)


def _cases() -> list[_Case]:
    try:
        path = distribution("sdgclassification-benchmark").locate_file(_DATA)
    except PackageNotFoundError as error:
        raise SystemExit("Install the benchmark's texts first; the first lines of this script say how.") from error
    with Path(str(path)).open(encoding="utf-8", newline="") as file:
        return [_Case(row["text"], row["sdg"], row["label"] == "True") for row in csv.DictReader(file)]


def _at(cases: list[_Case], scores: list[float], goals: list[str], least: float) -> float:
    """Mean accuracy if every score from `least` counted, evidence or not: how much hangs on the threshold."""
    told = [score >= least for score in scores]
    return round(sum(_accuracy(cases, told, goal) for goal in goals) / len(goals), 4)


def _accuracy(cases: list[_Case], told: list[bool], goal: str) -> float:
    right = [case.truth == said for case, said in zip(cases, told, strict=True) if case.goal == goal]
    return sum(right) / len(right)


def _share(values: list[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


if __name__ == "__main__":
    main()
