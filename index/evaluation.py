"""Retrieval measures on a BEIR folder, for the final ranking and for each arm that was fused."""

import csv
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import vectors as dense
from index.encoding import Encoding
from index.lexical import LexicalIndex, LexicalPassage
from index.moments import Moments
from index.question import read_question
from index.ranker import Engines, rank
from kb.errors import UsageError
from kb.languages import language_of
from kb.models import Ranking

DEPTH = 100
MEASURES = ("ndcg@10", "recall@1", "recall@10", "mrr@10")
_RESAMPLES = 5_000  # of the paired bootstrap
_BATCH = 256  # passages encoded between two steps of the progress bar


@dataclass(frozen=True, slots=True)
class Collection:
    """A BEIR folder: passages (id, title, text), questions (id, text), and judgements by question."""

    passages: tuple[tuple[str, str, str], ...]
    questions: tuple[tuple[str, str], ...]
    judgements: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The final ranking against one arm, question by question."""

    arm: str
    difference: float  # of mean nDCG@10
    interval: tuple[float, float]  # 95 %, paired bootstrap over questions
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Means of each measure for each ranking; `final` is what a user would see."""

    questions: int
    passages: int
    encoder: str
    measures: Mapping[str, Mapping[str, float]]  # ranking -> measure -> mean
    comparisons: tuple[Comparison, ...]
    by_language: Mapping[str, Mapping[str, float]]  # language of the question -> measure -> mean, of the final ranking
    queries_per_second: float
    passages_per_second: float


def read_collection(folder: Path) -> Collection:
    """Read a BEIR folder. Raises UsageError that names what is missing or wrong."""
    passages = [
        (row["_id"], row.get("title") or "", row["text"]) for row in _json_lines(folder / "corpus.jsonl", "_id", "text")
    ]
    questions = [(row["_id"], row["text"]) for row in _json_lines(folder / "queries.jsonl", "_id", "text")]
    judgements = _judgements(folder / "qrels" / "test.tsv")
    if not passages:
        raise UsageError(f"{folder / 'corpus.jsonl'} holds no passage.")
    judged = [question for question in questions if any(judgements.get(question[0], {}).values())]
    if not judged:
        raise UsageError(f"No question of {folder / 'queries.jsonl'} is judged in qrels/test.tsv.")
    return Collection(tuple(passages), tuple(judged), judgements)


def evaluate(
    collection: Collection, encoding: Encoding | None, progress: Callable[[int], None] = lambda _: None
) -> SearchReport:
    """Index the passages in memory, ask every question, measure. Without `encoding` by words alone."""
    began = time.perf_counter()
    engines = _engines(collection, encoding, progress)
    indexed = time.perf_counter() - began
    names = [passage[0] for passage in collection.passages]
    scores: dict[str, list[dict[str, float]]] = {}
    languages: list[str] = []
    spent = 0.0
    for number, text in collection.questions:
        began = time.perf_counter()
        question = read_question(text)
        encoded = encoding.question(question.text) if encoding is not None else None
        ranked = rank(engines, question, encoded)
        spent += time.perf_counter() - began
        languages.append(language_of(text))
        rankings = {"final": ranked.final, "lexical": ranked.lexical, "dense": ranked.dense}
        rankings |= {"fused": ranked.fused, "late": ranked.late}
        for arm, ranking in rankings.items():
            if ranking is not None:
                measured = measure(_named(ranking, names), collection.judgements[number])
                scores.setdefault(arm, []).append(measured)
    return SearchReport(
        questions=len(collection.questions),
        passages=len(names),
        encoder=encoding.identity if encoding is not None else "",
        measures={arm: _means(rows) for arm, rows in scores.items()},
        comparisons=tuple(_comparison(arm, scores) for arm in ("lexical", "dense") if arm in scores),
        by_language=_by_language(scores["final"], languages),
        queries_per_second=len(collection.questions) / max(spent, 1e-9),
        passages_per_second=len(names) / max(indexed, 1e-9),
    )


def measure(ranking: Sequence[str], judged: Mapping[str, int]) -> dict[str, float]:
    """nDCG@10 (exponential gain, as trec_eval's -m ndcg_cut with gains 2^r - 1), recall and reciprocal rank."""
    relevant = {name for name, grade in judged.items() if grade > 0}
    gains = [(2 ** judged.get(name, 0) - 1) / np.log2(place + 2) for place, name in enumerate(ranking[:10])]
    best = sorted(judged.values(), reverse=True)[:10]
    ideal = sum((2**grade - 1) / np.log2(place + 2) for place, grade in enumerate(best))
    first = next((place for place, name in enumerate(ranking[:10], 1) if name in relevant), 0)
    return {
        "ndcg@10": float(sum(gains) / ideal) if ideal else 0.0,
        "recall@1": len(relevant.intersection(ranking[:1])) / len(relevant) if relevant else 0.0,
        "recall@10": len(relevant.intersection(ranking[:10])) / len(relevant) if relevant else 0.0,
        "mrr@10": 1 / first if first else 0.0,
    }


def report_json(report: SearchReport) -> dict[str, object]:
    """The report as `kb eval search --json` prints it: the final measures first, then each arm."""
    return {
        **{name: round(value, 4) for name, value in report.measures["final"].items()},
        "queries_per_second": round(report.queries_per_second, 1),
        "passages_per_second": round(report.passages_per_second, 1),
        "questions": report.questions,
        "passages": report.passages,
        "encoder": report.encoder,
        "arms": {arm: _rounded(values) for arm, values in report.measures.items() if arm != "final"},
        "against": [
            {
                "arm": c.arm,
                "ndcg@10_difference": round(c.difference, 4),
                "interval_95": [round(c.interval[0], 4), round(c.interval[1], 4)],
                "won": c.won,
                "lost": c.lost,
            }
            for c in report.comparisons
        ],
        "languages": {language: _rounded(values) for language, values in report.by_language.items()},
    }


def _engines(collection: Collection, encoding: Encoding | None, progress: Callable[[int], None]) -> Engines:
    spoken = np.asarray([language_of(f"{title}\n{text}") for _, title, text in collection.passages], "U8")
    lexical = LexicalIndex(None)
    lexical.update(
        (),
        (
            LexicalPassage(row, row, str(spoken[row]), text, title)
            for row, (_, title, text) in enumerate(collection.passages)
        ),
    )
    values, counts = np.unique(spoken, return_counts=True)
    stems = tuple(str(values[i]) for i in np.argsort(-counts) if counts[i] >= 0.01 * len(spoken))
    if encoding is None:
        return Engines(lexical, stems, lambda ids: spoken[ids])
    matrix, codes = _encode(collection, encoding, progress)
    moments = Moments(encoding.dimension)
    moments.add(spoken, matrix)
    index = dense.build(np.arange(len(matrix)), matrix, encoding.dimension)
    reader = (lambda ids: {i: codes[i] for i in ids}) if codes else None
    return Engines(lexical, stems, lambda ids: spoken[ids], index, moments, reader)


def _encode(
    collection: Collection, encoding: Encoding, progress: Callable[[int], None]
) -> tuple[NDArray[np.float32], list[bytes]]:
    parts: list[NDArray[np.float32]] = []
    codes: list[bytes] = []
    for first in range(0, len(collection.passages), _BATCH):
        batch = collection.passages[first : first + _BATCH]
        encoded = encoding.encode([title for _, title, _ in batch], [text for _, _, text in batch])
        parts.append(encoded.vectors)
        codes += encoded.tokens
        progress(len(batch))
    # The instance keeps float16, so what is measured is what is served.
    return np.concatenate(parts).astype(np.float16).astype(np.float32), codes


def _named(ranking: Ranking, names: Sequence[str]) -> list[str]:
    return [names[i] for i in ranking.ids[:DEPTH].tolist()]


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in MEASURES}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _by_language(rows: Sequence[Mapping[str, float]], languages: Sequence[str]) -> dict[str, dict[str, float]]:
    spoken = sorted(set(languages))
    return {
        language: {"questions": float(languages.count(language))}
        | _means([row for row, asked in zip(rows, languages, strict=True) if asked == language])
        for language in spoken
    }


def _comparison(arm: str, scores: Mapping[str, Sequence[Mapping[str, float]]]) -> Comparison:
    pairs = zip(scores["final"], scores[arm], strict=True)
    differences = np.asarray([final["ndcg@10"] - other["ndcg@10"] for final, other in pairs])
    random = np.random.default_rng(0)
    means = [differences[random.integers(0, len(differences), len(differences))].mean() for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    won, lost = int((differences > 0).sum()), int((differences < 0).sum())
    return Comparison(arm, float(differences.mean()), (float(low), float(high)), won, lost)


def _json_lines(path: Path, *needed: str) -> list[dict[str, str]]:
    rows, number = [], 0
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict) or any(key not in row for key in needed):
                    raise UsageError(f"{path}, line {number}: every line needs {' and '.join(needed)}.")
                rows.append(row)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: a BEIR folder has corpus.jsonl, queries.jsonl, qrels/.") from error
    except ValueError as error:
        raise UsageError(f"{path}, line {number} is not JSON.") from error
    return rows


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                judged.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    except OSError as error:
        raise UsageError(f"{path} cannot be read: the judgements are missing.") from error
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{path} needs the columns query-id, corpus-id and score, divided by tabs.") from error
    return judged
