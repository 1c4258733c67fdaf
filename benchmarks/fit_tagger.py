"""Fits the tagging model that ships with the platform and writes it to ingest/tagging/model.json.

    .venv/bin/python -m benchmarks.fit_tagger --date 2026-11-21 [--out FILE] [--json]

The same corpus, encoder and date give the same file. Prints how well each kind of model does on texts whose group
(a document with its translations, or a sample) it was not fitted on.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from index.encoding.token_alignment import Alignment
from ingest.tagging.model import SHIPPED, to_json
from ingest.tagging.scheme_tagger import SchemeTagger
from ingest.tagging.train import learn
from ingest.tagging.training_data import training_texts
from kb.cli import bootstrap


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", required=True, help="recorded in the model")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoding = bootstrap.encoding_beside(bootstrap.settings())
    scheme = bootstrap.read_taxonomy(None).scheme("objectives")
    texts = training_texts(bootstrap.CORPUS, SchemeTagger(scheme, None))
    model, fitted = learn(scheme, encoding.vectors, Alignment(encoding), texts, options.date, encoding.identity)
    options.out.write_text(json.dumps(to_json(model), indent=1) + "\n", "utf-8")
    measures = {kind: asdict(each.measures) for kind, each in fitted.items()}
    if options.json:
        print(json.dumps({"origin": to_json(model)["origin"], "cross_validated": measures}, indent=2))
        return
    print(f"{model.origin}\nsupporting sentences from {model.aligned}")
    for kind, values in measures.items():
        print(f"{kind:<12} " + "  ".join(f"{name} {value:.4f}" for name, value in values.items()))


if __name__ == "__main__":
    main()
