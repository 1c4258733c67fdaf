"""Encodes the passages of general knowledge of benchmarks/background.jsonl into index/search/background.npz.

    KB_HOME=HOME python -m benchmarks.background [--write]

Without --write it says how near the kept vectors come to those it makes: machines differ a little.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from index.search import background
from kb.cli import bootstrap

TEXTS = Path(__file__).with_suffix(".jsonl")
LANGUAGES = ("es", "en", "fr", "pt", "ar", "zh", "ru")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--write", action="store_true", help="keep what was encoded")
    options = parser.parse_args()
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    rows = [json.loads(line) for line in TEXTS.read_text("utf-8").splitlines()]
    kept = np.load(background.FILE)
    arrays: dict[str, Any] = {}
    for language in LANGUAGES:
        encoded = encoding.encode([""] * len(rows), [row[language] for row in rows])
        near = float((encoded.vectors * kept[f"{language}.vectors"].astype(np.float32)).sum(1).min())
        print(f"{language}: {len(rows)} passages, cosine with the kept ones at least {near:.4f}")
        arrays[f"{language}.vectors"] = encoded.vectors.astype(np.float16)
        arrays[f"{language}.codes"] = np.frombuffer(b"".join(encoded.tokens), np.uint8)
        arrays[f"{language}.sizes"] = np.asarray([len(code) for code in encoded.tokens], np.int32)
    if options.write:
        np.savez_compressed(background.FILE, **arrays)


if __name__ == "__main__":
    main()
