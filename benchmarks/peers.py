"""Asks the same questions of the same passages through this platform, txtai (hybrid and dense alone) and bm25s.

Each system runs in a process of its own, one after the other, so that its memory is its own; all get the same texts
(title, then passage), and txtai the same encoder folder. Ours runs as an instance does: records in its database,
caches beside it. txtai and bm25s are needed for this script alone; benchmarks/README.md says how to install them.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic import bytes_in, opened, percentiles, prepare
from index.encoding.embedded_model import open_embedded
from index.encoding.instance_encoding import open_encoding
from index.encoding.open_encoder import open_encoder
from index.evaluation.report import MEASURES
from index.evaluation.search import Collection, measure, read_collection
from index.search.question import read_question
from index.search.ranker import rank
from kb.documents.store import documents, passages
from kb.store.database import open_database
from kb.text.language import language_of

ROOT = Path(__file__).parent.parent
_DEPTH = 100
_STEMMERS = {"es": "spanish", "en": "english", "fr": "french"}

Ask = Callable[[str], Sequence[str]]  # a question to ids of passages, best first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="BEIR folder")
    parser.add_argument("--systems", nargs="+", choices=list(_SYSTEMS), default=list(_SYSTEMS))
    parser.add_argument("--questions", type=int, default=300, help="how many of the judged questions are asked")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    parser.add_argument("--alone", choices=list(_SYSTEMS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        sys.stdout.write(json.dumps(run(options.alone, options)) + "\n")
        return
    results = {name: _in_a_process(name, options) for name in options.systems}
    sys.stdout.write(json.dumps(results) + "\n" if options.json else table(results))


def _in_a_process(name: str, options: argparse.Namespace) -> dict[str, Any]:
    arguments = [str(options.folder), "--questions", str(options.questions), "--threads", str(options.threads)]
    arguments += ["--encoder-home", str(options.encoder_home), "--alone", name]
    command = [sys.executable, "-m", "benchmarks.peers", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": str(options.threads), "HF_HUB_OFFLINE": "1"}
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return result


def run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Index, ask, measure one system."""
    collection = read_collection(options.folder)
    asked = collection.questions[: options.questions]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        ask = _SYSTEMS[name](collection, Path(folder), options)
        indexing = time.perf_counter() - began
        disk = bytes_in(Path(folder))
        for _, text in asked[:5]:
            ask(text)
        scores: dict[str, list[float]] = defaultdict(list)
        times = []
        for number, text in asked:
            began = time.perf_counter()
            found = ask(text)
            times.append(time.perf_counter() - began)
            for measured, value in measure(found, collection.judgements[number]).items():
                scores[measured].append(value)
    return {
        "version": version(name.partition("-")[0]) if name != "ours" else "",
        "passages": len(collection.passages),
        "questions": len(asked),
        **{measured: round(float(np.mean(scores[measured])), 4) for measured in MEASURES},
        **percentiles(times),
        "indexing_s": round(indexing, 1),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "disk_mb": round(disk / 1e6, 1),
    }


def _ours(collection: Collection, folder: Path, options: argparse.Namespace) -> Ask:
    database = open_database(f"sqlite:///{folder / 'kb.sqlite'}", folder)
    encoding = open_encoding(database, open_encoder("", options.encoder_home, "auto", options.threads), late=True)
    by_title: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for identity, title, text in collection.passages:
        by_title[title].append((identity, text))
    names: dict[int, str] = {}
    for title, several in by_title.items():
        texts = [text for _, text in several]
        encoded = encoding.encode([title] * len(texts), texts)
        prepared = prepare(title or "untitled", language_of(texts[0]), texts, encoded, encoding.identity)
        stored = documents.add(database, prepared, publish=True)
        with database.read() as connection:
            rows = passages.of_document(connection, stored.document)
        names |= {row: identity for (row, _), (identity, _) in zip(rows, several, strict=True)}
    searcher = opened(folder, database, encoding).searcher

    def ask(text: str) -> Sequence[str]:
        question = read_question(text)
        ranked = rank(searcher._engines(searcher._live.newest), question, encoding.question(question.text))
        return [names[i] for i in ranked.final.ids[:_DEPTH].tolist()]

    return ask


def _txtai(collection: Collection, folder: Path, options: argparse.Namespace) -> Ask:
    return _txtai_index(collection, folder, options, hybrid=True)


def _txtai_dense(collection: Collection, folder: Path, options: argparse.Namespace) -> Ask:
    return _txtai_index(collection, folder, options, hybrid=False)


def _txtai_index(collection: Collection, folder: Path, options: argparse.Namespace, hybrid: bool) -> Ask:
    import_module("torch").set_num_threads(options.threads)
    model = open_embedded(options.encoder_home).folder
    prompts = {"query": "query: ", "data": "passage: "}
    embeddings = import_module("txtai").Embeddings(
        path=str(model), instructions=prompts, hybrid=hybrid, content=False, gpu=False
    )
    embeddings.index((identity, f"{title}\n{text}", None) for identity, title, text in collection.passages)
    embeddings.save(str(folder / "index"))
    return lambda text: [str(identity) for identity, _ in embeddings.search(text, _DEPTH)]


def _bm25s(collection: Collection, folder: Path, _options: argparse.Namespace) -> Ask:
    bm25s = import_module("bm25s")
    language = language_of(" ".join(text for _, _, text in collection.passages[:20]))
    stemmer = import_module("Stemmer").Stemmer(_STEMMERS.get(language, "english"))
    texts = [f"{title}\n{text}" for _, title, text in collection.passages]

    def cut(several: list[str]) -> Any:
        return bm25s.tokenize(several, stopwords=language, stemmer=stemmer, show_progress=False)

    retriever = bm25s.BM25()
    retriever.index(cut(texts), show_progress=False)
    retriever.save(str(folder / "index"))
    depth = min(_DEPTH, len(texts))

    def ask(text: str) -> Sequence[str]:
        rows, _ = retriever.retrieve(cut([text]), k=depth, show_progress=False)
        return [collection.passages[row][0] for row in rows[0].tolist()]

    return ask


_SYSTEMS: dict[str, Callable[[Collection, Path, argparse.Namespace], Ask]] = {
    "ours": _ours,
    "txtai": _txtai,
    "txtai-dense": _txtai_dense,
    "bm25s": _bm25s,
}


def table(results: dict[str, dict[str, Any]]) -> str:
    names = list(next(iter(results.values())))
    lines = [f"{'':12}" + "".join(f"{system:>12}" for system in results)]
    lines += [f"{name:12}" + "".join(f"{result[name]:>12}" for result in results.values()) for name in names]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
