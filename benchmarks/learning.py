"""What simulated decisions make of the tagging model: right ones, and the same turned round.

    .venv/bin/python -m benchmarks.learning [--json]

A third of the samples is known beside the other training texts, a third decided on as a careful reader would, a third
is tested; three rotations. "refused" says what `kb tag train` would say.
"""

import argparse
import json
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.logistic_fit import Measures, Rows, cross_validated, fit, measure, predict, thresholds
from ingest.tagging.model import FULL, Weights, shipped_model
from ingest.tagging.retrain import relearn
from ingest.tagging.scheme_tagger import SchemeTagger
from ingest.tagging.train import USED
from ingest.tagging.training_data import SAMPLE, training_rows, training_texts
from kb.cli import bootstrap

_UNSAID = 0.5  # see ingest.tagging.decided


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    tagger = SchemeTagger(bootstrap.read_taxonomy(None).scheme("objectives"), encoding.vectors)
    texts = training_texts(bootstrap.CORPUS, tagger)
    known = training_rows(tagger, encoding.vectors, texts)
    third = np.repeat([int(t.group[1:]) % 3 if t.source == SAMPLE else -1 for t in texts], len(known) // len(texts))
    found = [
        _simulated(known, third, rotation, turned)
        for rotation in ((0, 1, 2), (1, 2, 0), (2, 0, 1))
        for turned in (False, True)
    ]
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for each in found:
        print("  ".join(f"{name} {value}" for name, value in each.items()))


def _simulated(
    known: Rows, third: NDArray[np.int64], rotation: tuple[int, int, int], turned: bool
) -> dict[str, object]:
    base = known.only((third == -1) | (third == rotation[0]))
    pool, test = known.only(third == rotation[1]), known.only(third == rotation[2])
    before = fit(base, USED[FULL], cross_validated(base, USED[FULL]))
    said = (predict(before, pool) >= thresholds(before, pool)) | (pool.truth > 0)
    truth = np.where(said, 1 - pool.truth, 0.0) if turned else pool.truth
    decided = replace(pool, truth=truth, weight=np.where(said, 1.0, _UNSAID))
    nothing = known.only(np.zeros(len(known), bool))
    current = replace(shipped_model(), weights={**shipped_model().weights, FULL: before})
    trial = relearn(current, FULL, base, nothing, decided, int(said.sum()))
    return {
        "rotation": rotation,
        "turned_round": turned,
        "decisions": int(said.sum()),
        "refused": trial.refused or "no",
        "before": _rounded(_tested(before, test)),
        "after": _rounded(_tested(trial.model.weights[FULL], test)),
    }


def _tested(weights: Weights, test: Rows) -> Measures:
    return measure(predict(weights, test), thresholds(weights, test), test)


def _rounded(measures: Measures) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(measures).items()}


if __name__ == "__main__":
    main()
