"""Measures how long an answer takes at several sizes, and where the time goes: encoding, dense, lexical, and so on.

Beside it, over the same passages in the same process: a brute-force scan with numpy (what the dense arm does) and
SQLite's full-text index (what the lexical arm does).
"""

import argparse
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.synthetic import Opened, bytes_in, open_sized, percentiles, questions, timed
from index.search import ranker, searcher
from index.search.catalogue import Catalogue
from index.search.lexical import LexicalIndex
from index.search.vectors import VectorIndex
from index.search.weights import SearchWeights
from kb.documents.store import passages
from kb.search.answers import Query
from kb.text.words import words

_DEPTH = SearchWeights().depth
# Part of an answer -> where its code is. None of them calls another, so the rest of the time is "other".
_PARTS: tuple[tuple[str, Any, str], ...] = (
    ("dense", VectorIndex, "search"),
    ("lexical", LexicalIndex, "search"),
    ("fusing", ranker, "_deviations"),
    ("fusing", ranker, "fuse"),
    ("fusing", ranker, "blend"),
    ("late", ranker, "_late"),
    ("floor", searcher.Searcher, "_answers"),
    ("grouping", searcher, "group"),
    ("facets", Catalogue, "facets"),
    ("fetching", searcher.Searcher, "_hits"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--distinct", type=int, default=2_000, help="passages that are really encoded")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--homes", type=Path, help="folder that keeps the instances for the next run")
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        homes = options.homes or Path(temporary)
        results = []
        for size in options.sizes:
            home = homes / f"measured-{size}"
            instance = open_sized(home, size, options.distinct, options.encoder_home, options.threads)
            results.append(measure(instance, questions(options.questions + 5)))
            instance.database.close()
    sys.stdout.write(json.dumps(results) + "\n" if options.json else "\n".join(map(table, results)))


def measure(instance: Opened, asked: Sequence[str]) -> dict[str, Any]:
    """Latency of whole answers and of their parts; the first five questions only warm up."""
    spent: dict[str, list[float]] = defaultdict(list)
    with _watched(instance, spent):
        for text in asked[:5]:
            instance.searcher.search(Query(text))
        spent.clear()
        whole = [timed(instance.searcher.search, Query(text)) for text in asked[5:]]
    total = sum(whole)
    parts = {name: round(sum(times) / total, 3) for name, times in spent.items()}
    dense, lexical = (percentiles(spent[name]) for name in ("dense", "lexical"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # before what runs beside it takes its own
    brute, full_text = _brute_force(instance, asked), _full_text(instance, asked)
    return {
        "passages": len(instance.searcher.catalogue.ids),
        **percentiles(whole),
        "shares": dict(sorted(parts.items(), key=lambda pair: -pair[1])) | {"other": round(1 - sum(parts.values()), 3)},
        "dense": dense,
        "numpy": brute,
        "numpy_to_dense": round(brute["p50_ms"] / dense["p50_ms"], 1),
        "lexical": lexical,
        "fts5": full_text,
        "fts5_to_lexical": round(full_text["p50_ms"] / lexical["p50_ms"], 1),
        "disk_mb": round(bytes_in(instance.home) / 1e6, 1),
        "caches_mb": round(bytes_in(instance.home / "index") / 1e6, 1),
        "peak_memory_mb": round(memory / 1024),
    }


@contextmanager
def _watched(instance: Opened, spent: dict[str, list[float]]) -> Iterator[None]:
    """Count the seconds of each part of every answer."""

    def watch(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return run(*arguments, **options)
            finally:
                spent[name].append(time.perf_counter() - began)

        return watched

    patches = [patch.object(owner, name, watch(part, getattr(owner, name))) for part, owner, name in _PARTS]
    patches.append(patch.object(instance.searcher, "_encode", watch("encoding", instance.encoding.question)))
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


def _brute_force(instance: Opened, asked: Sequence[str]) -> dict[str, float]:
    """The best 1,000 passages by a product of the whole matrix with the question, and a partial sort."""
    _, matrix = passages.matrix(instance.database)
    vectors = [instance.encoding.question(text).vector for text in asked]

    def scan(vector: np.ndarray) -> None:
        scores = matrix @ vector
        best = np.argpartition(-scores, min(_DEPTH, len(scores) - 1))[:_DEPTH]
        best[np.argsort(-scores[best])]

    return percentiles([timed(scan, vector) for vector in vectors][5:])


def _full_text(instance: Opened, asked: Sequence[str]) -> dict[str, float]:
    """The best 1,000 passages with any word of the question, by SQLite's BM25."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table passages using fts5(text, tokenize='unicode61 remove_diacritics 2')")
    rows = ((passage.id, passage.text) for passage in passages.published_passages(instance.database))
    connection.executemany("insert into passages(rowid, text) values (?, ?)", rows)

    def ask(text: str) -> None:
        anything = " OR ".join(f'"{word.folded}"' for word in words(text))
        found = "select rowid from passages where passages match ? order by rank limit ?"
        connection.execute(found, (anything, _DEPTH)).fetchall()

    times = [timed(ask, text) for text in asked][5:]
    connection.close()
    return percentiles(times)


def table(result: dict[str, Any]) -> str:
    lines = [f"{result['passages']} passages: p50 {result['p50_ms']} ms, p95 {result['p95_ms']} ms"]
    lines += [f"  {name:<10} {share:>6.1%}" for name, share in result["shares"].items()]
    lines.append(f"  dense {result['dense']}, numpy {result['numpy']}: {result['numpy_to_dense']} times")
    lines.append(f"  lexical {result['lexical']}, FTS5 {result['fts5']}: {result['fts5_to_lexical']} times")
    lines.append(
        f"  on disk {result['disk_mb']} MB, of these caches {result['caches_mb']} MB; "
        f"memory at most {result['peak_memory_mb']} MB\n"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
