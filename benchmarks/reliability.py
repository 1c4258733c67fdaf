"""Reliability of the scores of tags: how often a score of 0.7 is right; a table, and a plot for docs/quality.md.

    .venv/bin/python -m benchmarks.reliability [--out benchmarks/reliability.svg] [--json]

Each score is that of a model which saw nothing of its group (a document with its translations and sections, or a
sample): five folds over the texts the shipped model is fitted on (corpus/training/README.md).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.logistic_fit import bins, calibration_error, cross_validated
from ingest.tagging.model import FULL
from ingest.tagging.scheme_tagger import SchemeTagger
from ingest.tagging.train import USED
from ingest.tagging.training_data import training_rows, training_texts
from kb.cli import bootstrap

_OUT = Path(__file__).parent / "reliability.svg"
_TELLING = 0.1  # most scores are next to nothing; the error is given for those from here on, too
_SIZE, _EDGE = 320, 48  # of the plot and the space around it, in pixels
_Bin = tuple[float, float, float, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    tagger = SchemeTagger(bootstrap.read_taxonomy(None).scheme("objectives"), encoding.vectors)
    known = training_rows(tagger, encoding.vectors, training_texts(bootstrap.CORPUS, tagger))
    scores = cross_validated(known, USED[FULL])
    found = list(bins(scores, known.truth, known.weight))
    telling: NDArray[np.bool_] = scores >= _TELLING
    value = {
        "pairs": len(known),
        "expected_calibration_error": round(calibration_error(scores, known.truth, known.weight), 4),
        "pairs_from_0.1": int(telling.sum()),
        "expected_calibration_error_from_0.1": round(
            calibration_error(scores[telling], known.truth[telling], known.weight[telling]), 4
        ),
        "bins": [{"score": round(s, 3), "right": round(r, 3), "pairs": n} for s, r, _, n in found],
    }
    options.out.write_text(plot(found), "utf-8")
    if options.json:
        print(json.dumps(value, indent=2))
        return
    print("\n".join(f"{name}: {number}" for name, number in value.items() if name != "bins"))
    print("| score | right | text and concept pairs |\n|---|---|---|")
    print("\n".join(f"| {s:.2f} | {r:.2f} | {n:,} |" for s, r, _, n in found))


def plot(found: list[_Bin]) -> str:
    """A reliability plot as SVG: mean score of each bin against the share that is right; on the line is perfect."""
    points = [(x, y, n) for x, y, _, n in found]
    path = " ".join(f"{'ML'[i > 0]}{_x(x):.1f} {_y(y):.1f}" for i, (x, y, _) in enumerate(points))
    dots = "".join(
        f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4"><title>{x:.2f}: {y:.2f} of {n:,}</title></circle>'
        for x, y, n in points
    )
    ticks = "".join(
        f'<text x="{_x(t):.0f}" y="{_y(0) + 18:.0f}" text-anchor="middle">{t:g}</text>'
        f'<text x="{_x(0) - 8:.0f}" y="{_y(t) + 4:.0f}" text-anchor="end">{t:g}</text>'
        f'<path d="M{_x(t):.0f} {_y(0):.0f}V{_y(1):.0f}M{_x(0):.0f} {_y(t):.0f}H{_x(1):.0f}" stroke="#ddd"/>'
        for t in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    whole = _SIZE + 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" width="{whole}" height="{whole}" '
        'role="img" aria-labelledby="title" font-family="sans-serif" font-size="12" fill="#222">'
        '<title id="title">Score of a tag against the share of such tags that are right</title>'
        f'<rect width="{whole}" height="{whole}" fill="#fff"/>{ticks}'
        f'<path d="M{_x(0):.0f} {_y(0):.0f}L{_x(1):.0f} {_y(1):.0f}" stroke="#767676" stroke-dasharray="5 4"/>'
        f'<path d="{path}" fill="none" stroke="#0b5394" stroke-width="2"/><g fill="#0b5394">{dots}</g>'
        f'<text x="{whole / 2:.0f}" y="{whole - 8}" text-anchor="middle">mean score</text>'
        f'<text transform="translate(14 {whole / 2:.0f}) rotate(-90)" text-anchor="middle">share that is right</text>'
        "</svg>\n"
    )


def _x(share: float) -> float:
    return _EDGE + share * _SIZE


def _y(share: float) -> float:
    return _EDGE + (1 - share) * _SIZE


if __name__ == "__main__":
    main()
