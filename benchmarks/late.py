"""Measures late interaction: processor time for 50 candidates, bytes a passage, and what it does to the ranking.

Beside it: the same comparison with whole token vectors in fp32, held in memory, in the same process. The gain is
nDCG@10 with it and without it on BEIR folders, where some are given.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic import Opened, open_sized, percentiles, questions
from index.encoding.instance_encoding import Encoding, reference_codec
from index.encoding.open_encoder import open_encoder
from index.evaluation.search import evaluate, read_collection
from index.search.late_interaction import rerank
from index.search.weights import SearchWeights
from kb.documents.store import passages

_CANDIDATES = SearchWeights().candidates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--distinct", type=int, default=2_000, help="passages that are really encoded")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--homes", type=Path, help="folder that keeps the instance for the next run")
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--collections", type=Path, nargs="*", default=_at_hand(), help="BEIR folders")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = (options.homes or Path(temporary)) / f"measured-{options.passages}"
        instance = open_sized(home, options.passages, options.distinct, options.encoder_home, options.threads)
        result = measure(instance, questions(options.questions + 5))
        instance.database.close()
    result["quality"] = {folder.name: gain(folder, options) for folder in options.collections}
    sys.stdout.write(json.dumps(result) + "\n" if options.json else table(result))


def _at_hand() -> list[Path]:
    folder = Path(__file__).parent.parent.parent / "shared" / "eval"
    return [path for path in (folder / "search-es", folder / "search-en-to-es") if path.is_dir()]


def measure(instance: Opened, asked: list[str]) -> dict[str, Any]:
    """Processor time, of all threads: what else runs on the machine does not count. The first five only warm up.

    Candidates are drawn from all over the instance, so that the database cannot have just read them.
    """
    chance = np.random.default_rng(13)
    ids = instance.searcher.catalogue.ids
    encoded = [instance.encoding.question(text) for text in asked]
    reading: list[float] = []
    comparing: list[float] = []
    plain: list[float] = []
    sizes: list[int] = []
    whole = _whole_vectors(instance.encoding.dimension, chance)
    for question in encoded:
        tokens, weights = question.tokens, question.weights
        assert tokens is not None
        assert weights is not None
        candidates = chance.choice(ids, min(_CANDIDATES, len(ids)), replace=False).tolist()
        began = time.process_time()
        codes = passages.token_codes(instance.database, candidates)
        read = time.process_time()
        rerank(tokens, weights, codes, candidates)
        compared = time.process_time()
        _compare_plainly(tokens, whole)
        plain.append(time.process_time() - compared)
        comparing.append(compared - read)
        reading.append(read - began)
        sizes += [len(code) for code in codes.values()]
    both = [a + b for a, b in zip(reading, comparing, strict=True)]
    return {
        "passages": len(ids),
        "candidates": _CANDIDATES,
        "question_tokens": round(float(np.mean([len(q.spans) for q in encoded])), 1),
        "read_and_compare": percentiles(both[5:]),
        "read": percentiles(reading[5:]),
        "compare": percentiles(comparing[5:]),
        "compare_fp32_in_memory": percentiles(plain[5:]),
        "ratio_to_fp32": round(float(np.median(both[5:]) / np.median(plain[5:])), 2),
        "bytes_a_passage": round(float(np.mean(sizes))),
        "bytes_a_passage_fp32": sum(len(each) for each in whole) // len(whole) * instance.encoding.dimension * 4,
    }


def gain(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """nDCG@10 with late interaction and without it."""
    encoder = open_encoder("", options.encoder_home, "auto", options.threads)
    report = evaluate(read_collection(folder), Encoding(encoder, reference_codec(encoder)))
    on, off = report.measures["final"]["ndcg@10"], report.measures["fused"]["ndcg@10"]
    return {"on": round(on, 4), "off": round(off, 4), "gain": round(on - off, 4)}


def _whole_vectors(dimension: int, chance: np.random.Generator) -> list[NDArray[np.float32]]:
    counts = chance.integers(90, 150, _CANDIDATES)
    return [chance.standard_normal((int(count), dimension)).astype(np.float32) for count in counts]


def _compare_plainly(question: NDArray[np.float32], candidates: list[NDArray[np.float32]]) -> list[float]:
    return [float((question @ tokens.T).max(axis=1).mean()) for tokens in candidates]


def table(result: dict[str, Any]) -> str:
    lines = [f"{name:<24} {value}" for name, value in result.items() if name != "quality"]
    lines += [f"{name:<24} {value}" for name, value in result["quality"].items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
