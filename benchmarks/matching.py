"""Measures matching at size: a ranked, explained list over many experts with many works, and a balanced slate of ten.

Works recombine sentences of the sample works, so that times say something and answers do not. Beside it, in the same
process: the same with ten times as many people compared in detail, and a plain numpy scan of one vector a work.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic import percentiles
from index.encoding.instance_encoding import Encoding, reference_codec
from index.encoding.open_encoder import open_encoder
from index.matching.affinity import Meaning
from index.matching.matcher import Matcher
from index.matching.request_encoding import encode_works
from index.matching.sentences import sentences
from kb.experts.expert import Consent, ConsentUse, Expert, LanguageLevel, OrganisationKind
from kb.experts.works import EncodedWork, Work
from kb.matching.eligibility import MatchingContext
from kb.matching.slates import Candidate, best_slate, usual_rules
from kb.requests.request import Request

_PEOPLE = Path(__file__).resolve().parent.parent / "corpus" / "people"
_TODAY = date(2026, 11, 21)
_SENTENCES = 6  # of a work
_REGIONS = ("002", "019", "142", "150", "009")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experts", type=int, default=5_000)
    parser.add_argument("--works", type=int, default=20, help="of each expert")
    parser.add_argument("--distinct", type=int, default=1_000, help="works that are really encoded")
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    value = measure(options)
    if options.json:
        print(json.dumps(value, indent=2))
        return
    for name, each in value.items():
        print(f"{name:<28} {each}")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    encoder = open_encoder("", options.encoder_home, "auto", options.threads)
    encoding = Encoding(encoder, reference_codec(encoder))
    random = np.random.default_rng(0)
    texts = texts_of(random, options.distinct)
    print(f"Encoding {len(texts)} works …", file=sys.stderr)
    encoded = encode_works(encoding, [f"{title}\n{body}" for title, body, _ in texts])
    experts, chosen = experts_of(random, options, texts)
    vectors = np.stack([encoded[i].vector for i in chosen])

    def read(rows: Sequence[int]) -> list[EncodedWork]:
        return [encoded[chosen[row]] for row in rows]

    began = time.perf_counter()
    matcher = Matcher(experts, encoding, Meaning(vectors, read))
    built = time.perf_counter() - began
    usual = matcher.index.weights
    longer = replace(usual, shortlist=10 * usual.shortlist)
    now = MatchingContext(_TODAY)
    took: list[float] = []
    agreed: list[float] = []
    exact: list[float] = []
    scan: list[float] = []
    for row in requests_of(options.requests):
        request = Request(row["text"], row["language"])
        began = time.perf_counter()
        match = matcher.match(request, now)
        took.append(time.perf_counter() - began)
        if len(exact) < 3:
            asked = matcher.asked(request)
            began = time.perf_counter()
            matcher.index.weights = longer
            whole = matcher.index.rank(asked)
            exact.append(time.perf_counter() - began)
            matcher.index.weights = usual
            agreed.append(sum(p.affinity for p in match.proposals) / float(whole.scores[:10].sum()))
        vector = encoding.vectors([request.text])[0]
        began = time.perf_counter()
        np.argsort(-(vectors.astype(np.float32) @ vector))
        scan.append(time.perf_counter() - began)
    slate = _slate(random, options.experts)
    return {
        "experts": len(experts),
        "works": len(chosen),
        "built_s": round(built, 1),
        "list": percentiles(took),
        "ten_times_the_shortlist": percentiles(exact),
        "affinity_kept": round(float(np.mean(agreed)), 3),
        "numpy_scan": percentiles(scan),
        "slate_s": slate,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "load_average": [round(each, 1) for each in os.getloadavg()],
    }


def requests_of(count: int) -> list[dict[str, Any]]:
    """Sample requests, the first so many."""
    rows = (_PEOPLE / "requests.jsonl").read_text("utf-8").splitlines()
    return [json.loads(row) for row in rows[:count]]


def texts_of(random: np.random.Generator, count: int) -> list[tuple[str, str, str]]:
    """(title, body, language) of works made of sentences of sample works in one language."""
    rows = [json.loads(line) for line in (_PEOPLE / "experts.jsonl").read_text("utf-8").splitlines()]
    works = [work for row in rows for work in row["works"]]
    said: dict[str, list[str]] = {}
    for work in works:
        body = work["body"]
        said.setdefault(work["language"], []).extend(body[a:b] for a, b in sentences(body))
    found = []
    for _ in range(count):
        work = works[random.integers(len(works))]
        several = random.choice(said[work["language"]], _SENTENCES, replace=False)
        found.append((work["title"], " ".join(several), work["language"]))
    return found


def experts_of(
    random: np.random.Generator, options: argparse.Namespace, texts: Sequence[tuple[str, str, str]]
) -> tuple[list[Expert], list[int]]:
    """Experts who consent to all, each with works of `texts`, and which text each work is."""
    consent = Consent(frozenset(ConsentUse), date(2026, 1, 1))
    chosen = random.integers(0, len(texts), options.experts * options.works).tolist()
    experts = []
    for person in range(options.experts):
        rows = range(person * options.works, (person + 1) * options.works)
        works = tuple(Work(row + 1, *texts[chosen[row]]) for row in rows)
        experts.append(
            Expert(person + 1, f"Sample {person + 1}", f"Sample organisation {person % 500}", OrganisationKind.ACADEMIA,
                   languages=(("es", LanguageLevel.FLUENT),), works=works, consent=consent)
        )  # fmt: skip
    return experts, chosen


def _slate(random: np.random.Generator, experts: int) -> float:
    """Seconds for a slate of ten of all experts with the five rules of balance."""
    candidates = [
        Candidate(
            number,
            float(random.beta(2, 20)),
            _REGIONS[random.integers(5)],
            str(random.choice(["woman", "man", ""], p=[0.3, 0.6, 0.1])),
            tuple(str(each) for each in random.choice(["es", "en", "fr"], 2, replace=False)),
            str(random.choice(["un", "state", "academia"], p=[0.1, 0.5, 0.4])),
            int(random.random() < 0.3),
        )
        for number in range(experts)
    ]
    began = time.perf_counter()
    best_slate(candidates, 10, usual_rules(candidates, 10, ["es"]))
    return round(time.perf_counter() - began, 2)


if __name__ == "__main__":
    main()
