"""Retrieval measures on a BEIR folder, for the final ranking and for each arm that was fused."""

import csv
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoding.instance_encoding import Encoding
from index.evaluation.report import Scored, SearchReport, make_report
from index.search import vectors
from index.search.lexical import LexicalIndex, LexicalPassage
from index.search.question import read_question
from index.search.ranker import Engines, Ranked, rank
from index.search.similarity_statistics import Moments
from kb.errors import UsageError
from kb.text.language import language_of

DEPTH = 100
_BATCH = 256  # passages encoded between two steps of the progress bar


@dataclass(frozen=True, slots=True)
class Collection:
    """A BEIR folder: passages (id, title, text), questions (id, text), and judgements by question."""

    passages: tuple[tuple[str, str, str], ...]
    questions: tuple[tuple[str, str], ...]
    judgements: Mapping[str, Mapping[str, int]]


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
    engines = collection_engines(collection, encoding, progress)
    indexed = time.perf_counter() - began
    names = [passage[0] for passage in collection.passages]
    spoken = dict(zip(names, engines.language_of(np.arange(len(names))).tolist(), strict=True))
    scored = []
    spent = 0.0
    for number, text in collection.questions:
        began = time.perf_counter()
        question = read_question(text)
        encoded = encoding.question(question.text) if encoding is not None else None
        ranked = rank(engines, question, encoded)
        spent += time.perf_counter() - began
        judged = collection.judgements[number]
        scores = _scores(ranked, names, judged)
        scored.append(Scored(number, text, language_of(text), _language(judged, spoken), scores))
    return make_report(
        scored,
        len(collection.passages),
        encoding.identity if encoding is not None else "",
        len(scored) / max(spent, 1e-9),
        len(collection.passages) / max(indexed, 1e-9),
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


def collection_engines(
    collection: Collection, encoding: Encoding | None, progress: Callable[[int], None] = lambda _: None
) -> Engines:
    """The passages of a collection, indexed in memory; without `encoding` for words alone."""
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
    index = vectors.build(np.arange(len(matrix)), matrix, encoding.dimension)
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


def _scores(ranked: Ranked, names: Sequence[str], judged: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """Measures of each ranking of one question; `names` are passages by row."""
    rankings = {"final": ranked.final, "lexical": ranked.lexical, "dense": ranked.dense}
    rankings |= {"fused": ranked.fused, "late": ranked.late}
    return {
        arm: measure([names[i] for i in ranking.ids[:DEPTH].tolist()], judged)
        for arm, ranking in rankings.items()
        if ranking is not None
    }


def _language(judged: Mapping[str, int], spoken: Mapping[str, str]) -> str:
    """The language most of the passages that answer are in."""
    languages = [spoken[name] for name, grade in judged.items() if grade > 0 and name in spoken]
    return max(sorted(set(languages)), key=languages.count, default="und")


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
