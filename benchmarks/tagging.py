"""What tagging a passage costs beside encoding it, on the starter corpus, in one run.

    .venv/bin/python -m benchmarks.tagging [--documents N] [--threads N] [--json]

Encoding makes a passage's vector and its token vectors; tagging finds the concepts of all vocabularies with their
evidence and uses those vectors. Definitions are encoded when a language is first met, once in the life of a process;
that is told apart, by a document in each language before the others.
"""

import argparse
import json
import os
import statistics
import time
from dataclasses import replace

from ingest.chunking import passages
from ingest.cleaning.clean import clean
from ingest.description.describe import describe
from ingest.readers.file_types import read
from kb.cli import bootstrap
from kb.documents.store.passages import context


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(options.threads)))
    encoding = bootstrap.encoding_beside(replace(bootstrap.settings(), threads=options.threads))
    tagger = bootstrap.make_tagger(bootstrap.read_taxonomy(None), encoding)
    paths = sorted((bootstrap.CORPUS / "documents").glob("*.md"))
    step = max(1, len(paths) // options.documents)
    by_language = {path.suffixes[0]: path for path in paths}
    timed: list[tuple[float, float, int]] = []
    for path in [*by_language.values(), *paths[::step][: options.documents]]:
        document = clean(read(path.name, path.read_bytes()))
        description, cut = describe(document, path.name), passages(document)
        began = time.process_time()
        encoded = encoding.encode([context(description.title, p.heading) for p in cut], [p.text for p in cut])
        between = time.process_time()
        tagger.tag_document(document, description, cut, encoded)
        timed.append((between - began, time.process_time() - between, len(cut)))
    first, timed = timed[: len(by_language)], timed[len(by_language) :]
    count = sum(n for _, _, n in timed)
    encoding_ms, tagging_ms = (1000 * sum(each[i] for each in timed) / count for i in (0, 1))
    value = {
        "documents": len(timed),
        "passages": count,
        "threads": options.threads,
        "once_ms": round(1000 * sum(tagging for _, tagging, _ in first)),
        "encoding_ms_a_passage": round(encoding_ms, 2),
        "tagging_ms_a_passage": round(tagging_ms, 2),
        "ratio": round(tagging_ms / encoding_ms, 3),
        "median_ratio_of_documents": round(statistics.median(t / e for e, t, _ in timed), 3),
    }
    print(json.dumps(value) if options.json else "\n".join(f"{name}: {number}" for name, number in value.items()))


if __name__ == "__main__":
    main()
