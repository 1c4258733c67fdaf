"""Trains and measures the judge that says whether a question is answered (index/search/answerability.json).

It is shown questions that are answered and questions that are not, over four libraries: five founding documents
(tests/files/founding_*.jsonl), the starter corpus (tests/files/starter_*.jsonl and corpus/judgements) and two BEIR
folders, each with the article that answers and without. One half of each is learnt from, the other is counted on.

    python -m benchmarks.answerability --founding HOME --starter HOME --beir DIR --beir DIR [--write]

The homes hold the five documents, and the starter corpus, published with the embedded encoder.
"""

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.evaluation.search import collection_engines, read_collection
from index.search.answerability import (
    FAR,
    Asking,
    Candidate,
    Evidence,
    Judge,
    Scores,
    gather,
    judge_file,
    judge_of,
)
from index.search.background import background
from index.search.coverage import covered, units
from index.search.query_understanding import Reader
from index.search.question import read_question
from index.search.ranker import rank
from index.search.searcher import Searcher
from index.search.weights import SupportWeights
from kb.cli import bootstrap
from kb.search.answers import Query
from kb.text.language import question_language

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "tests" / "files"
JUDGEMENTS = ROOT / "corpus" / "judgements" / "questions.jsonl"
NETS, WIDTH, PENALTY, ROUNDS, FOLDS = 8, 8, 0.3, 600, 4
SHOWN = 400  # questions of each library and kind that a network is shown; fewer are shown again
RIGHT = 0.98  # of the answerable questions learnt from, the share that must be said to be answered
BEIR_QUESTIONS = 400


@dataclass(frozen=True, slots=True)
class Case:
    """A question over a library, whether it is answered there, and what speaks for it."""

    library: str
    half: str  # choose | count
    language: str
    answerable: bool
    evidence: Evidence | None


def cases_of_home(home: Path, name: str, asked: Sequence[tuple[Mapping[str, Any], bool]]) -> Iterator[Case]:
    """Questions asked of an instance, as its search asks them."""
    os.environ["KB_HOME"] = str(home)
    searcher: Searcher = bootstrap.open_searcher(bootstrap.open_instance(), vectors=True)
    for place, (row, answerable) in enumerate(asked):
        evidence = searcher.evidence(Query(row["question"]))
        yield Case(name, row.get("half") or ("choose", "count")[place % 2], row["language"], answerable, evidence)


def cases_of_beir(folder: Path) -> Iterator[Case]:
    """Questions of a BEIR folder, each with the article that answers and without."""
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    collection = read_collection(folder)
    engines = collection_engines(collection, encoding)
    taxonomy = bootstrap.read_taxonomy(None)
    reader = Reader(taxonomy, bootstrap.shipped_glossary(taxonomy))
    names = [name for name, _, _ in collection.passages]
    articles = np.asarray([name.split("-")[0] for name in names])
    everything = np.arange(len(names))
    spoken = engines.language_of(everything)
    mainly = [str(each) for each in np.unique(spoken) if (spoken == each).mean() >= SupportWeights().spoken]
    assert engines.vectors is not None
    assert engines.read_tokens is not None
    for place, (number, text) in enumerate(collection.questions[:BEIR_QUESTIONS]):
        question = reader.understand(read_question(text), mainly)
        encoded = encoding.question(question.encoded)
        wanted, language = units(question, mainly), question_language(text)
        right = {name.split("-")[0] for name, grade in collection.judgements[number].items() if grade > 0}
        for allowed in (None, everything[~np.isin(articles, list(right))]):
            ranked = rank(engines, question, encoded, allowed)
            best = ranked.final.ids[: SupportWeights().candidates].tolist()
            codes = engines.read_tokens(best)
            candidates = [
                Candidate(codes[i], str(spoken[i]), covered(wanted, collection.passages[i][2], str(spoken[i])))
                for i in best
            ]
            asking = Asking(bool(language), not language or language in mainly, language in FAR, len(wanted))
            scores = Scores.of(ranked, engines.vectors, encoded)
            evidence = gather(encoded, candidates, scores, asking, background(str(spoken[best[0]])), SupportWeights())
            yield Case(folder.name, ("choose", "count")[place % 2], language or "?", allowed is None, evidence)


def train(cases: Sequence[Case]) -> dict[str, Any]:
    """The judge as it is stored, learnt from the half to choose on.

    The least confidence that counts is set by what networks say of questions that they were not shown: each fold of
    the half by those that learnt the others.
    """
    learnt = [case for case in cases if case.half == "choose" and case.evidence is not None]
    unseen: list[tuple[Case, float]] = []
    for fold in range(FOLDS):
        judge = judge_of(_fitted([case for place, case in enumerate(learnt) if place % FOLDS != fold]))
        held = [case for place, case in enumerate(learnt) if place % FOLDS == fold]
        unseen += [(case, judge.confidence(case.evidence)) for case in held if case.evidence]
    return _fitted(learnt) | {"least": _least(unseen)}


def _fitted(learnt: Sequence[Case]) -> dict[str, Any]:
    from sklearn.neural_network import MLPClassifier

    values = np.asarray([astuple(case.evidence) for case in learnt if case.evidence])
    wanted = np.asarray([case.answerable for case in learnt], float)
    mean, deviation = values.mean(0), values.std(0) + 1e-9
    shown = _balanced(learnt)
    nets = [
        MLPClassifier((WIDTH,), activation="tanh", alpha=PENALTY, max_iter=ROUNDS, random_state=seed).fit(
            ((values - mean) / deviation)[shown], wanted[shown]
        )
        for seed in range(NETS)
    ]
    arrays = {
        "mean": mean,
        "deviation": deviation,
        "hidden": np.stack([net.coefs_[0] for net in nets]),
        "hidden_bias": np.stack([net.intercepts_[0] for net in nets]),
        "out": np.stack([net.coefs_[1][:, 0] for net in nets]),
        "out_bias": np.stack([net.intercepts_[1][0] for net in nets]),
    }
    named = [field.name for field in fields(Evidence)]
    kept = {key: np.round(each, 4).tolist() for key, each in arrays.items()}
    return {"evidence": named, **kept, "least": 0.0}


def _least(unseen: Sequence[tuple[Case, float]]) -> float:
    """The confidence from which the mean over libraries of the answerable that are found so is RIGHT."""
    by_library: dict[str, list[float]] = defaultdict(list)
    for case, confidence in unseen:
        if case.answerable and case.evidence is not None:
            by_library[case.library].append(np.inf if case.evidence.covered >= 1.0 else confidence)
    steps = np.sort(np.concatenate([np.asarray(each) for each in by_library.values()]))
    passing = [s for s in steps if np.mean([(np.asarray(e) >= s).mean() for e in by_library.values()]) >= RIGHT]
    return round(float(max(passing)), 4)


def _balanced(learnt: Sequence[Case]) -> NDArray[np.int64]:
    """Rows so that each library shows as many answerable as unanswerable questions as the others."""
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for row, case in enumerate(learnt):
        groups[case.library, case.answerable].append(row)
    return np.concatenate([np.resize(groups[key], SHOWN) for key in sorted(groups)])


def report(cases: Sequence[Case], judge: Judge) -> None:
    """Shares said rightly, by half, library and language."""
    told: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for case in cases:
        answered = case.evidence is None or case.evidence.covered >= 1.0 or judge.confidence(case.evidence) >= 0
        kind = "answerable, said so" if case.answerable else "unanswerable, told"
        for name in (case.library, f"{case.library}/{case.language}"):
            told[case.half, name, kind].append(answered is case.answerable)
    for (half, name, kind), right in sorted(told.items()):
        print(f"{half:7} {name:24} {kind:20} {sum(right):4} of {len(right):4}  {np.mean(right):.3f}")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--founding", type=Path, required=True)
    parser.add_argument("--starter", type=Path, required=True)
    parser.add_argument("--beir", type=Path, action="append", default=[])
    parser.add_argument("--write", action="store_true", help="keep what was learnt in index/search/answerability.json")
    options = parser.parse_args()
    unanswerable = _rows(FILES / "founding_unanswerable.jsonl")
    founding = [
        (row, True) for row in (*_rows(FILES / "founding_questions.jsonl"), *_rows(FILES / "judged_questions.jsonl"))
    ]
    founding += [(row, False) for row in unanswerable]
    starter = [(row, True) for row in _rows(FILES / "starter_questions.jsonl")]
    starter += [(row, False) for row in _rows(FILES / "starter_unanswerable.jsonl")]
    starter += [(row, False) for row in unanswerable if row["kind"] == "far"]
    starter += [(row, bool(row["works"])) for row in _rows(JUDGEMENTS)]
    cases = [
        *cases_of_home(options.founding, "founding", founding),
        *cases_of_home(options.starter, "starter", starter),
    ]
    for folder in options.beir:
        cases += cases_of_beir(folder)
    stored = train(cases)
    if options.write:
        judge_file().write_text(json.dumps(stored) + "\n", "utf-8")
    report(cases, judge_of(stored))


if __name__ == "__main__":
    main()
