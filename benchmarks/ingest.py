"""Measures what a page costs to ingest as documents grow: reading, cleaning, cutting, tagging, encoding, storing.

Beside it, on the same PDF in the same process: pypdf's extract_text alone.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from benchmarks.synthetic import CORPUS, sentences
from index.encoding.hashing_encoder import HASHING
from index.encoding.instance_encoding import open_encoding
from index.encoding.open_encoder import open_encoder
from ingest.pipeline import Tools, Wishes, ingest_file
from ingest.readers.sandbox import Limits, Sandbox
from ingest.tagging.tagger import Tagger
from kb.store.database import open_database
from kb.vocabularies.skos import read_folder
from tests.support.bad_files import text_pdf

_LINES = 42  # a page
_WIDTH = 88  # characters a line


@dataclass(frozen=True, slots=True)
class Figures:
    """One document; milliseconds a page."""

    pages: int
    passages: int
    page_ms: float
    pypdf_page_ms: float
    ratio: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[1, 10, 100, 300])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--encoder", default=HASHING, help='"" for the embedded one; the default costs next to nothing')
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
        encoder = open_encoder(options.encoder, options.encoder_home, "auto", options.threads)
        encoding = open_encoding(database, encoder, late=True)
        tagger = Tagger(read_folder(CORPUS.parent / "vocabularies"), encoding.vectors)
        with Sandbox(Limits()) as sandbox:
            tools = Tools(database, home, sandbox, encoding, tagger)
            measure(1, 1, home, tools)  # the child starts, kernels are compiled
            figures = [measure(pages, options.rounds, home, tools) for pages in options.pages]
        database.close()
    sys.stdout.write(json.dumps([asdict(f) for f in figures]) + "\n" if options.json else table(figures))


def measure(pages: int, rounds: int, home: Path, tools: Tools) -> Figures:
    """The best of some rounds, each with a document of its own, both ways in turn."""
    ours, plain, passages = [], [], 0
    for number in range(rounds):
        path = home / f"{pages}-{number}-{time.monotonic_ns()}.pdf"
        path.write_bytes(sample_pdf(pages, seed=f"{pages}-{path.name}"))
        began = time.perf_counter()
        report = ingest_file(path, tools, Wishes(publish=True))
        ours.append(time.perf_counter() - began)
        assert not report.outcome.failed, report.message
        passages = report.passages
        began = time.perf_counter()
        for page in PdfReader(BytesIO(path.read_bytes())).pages:
            page.extract_text()
        plain.append(time.perf_counter() - began)
    mine, theirs = 1000 * min(ours) / pages, 1000 * min(plain) / pages
    return Figures(pages, passages, round(mine, 2), round(theirs, 2), round(mine / theirs, 1))


def sample_pdf(pages: int, seed: str) -> bytes:
    """A PDF with running text of the starter corpus, a heading on every third page and a number on each."""
    chance = random.Random(seed)
    known = [s for s in sentences("en") if s.isascii()]
    return text_pdf(*(_page(number, chance, known) for number in range(1, pages + 1)), title=f"Sample {seed}")


def _page(number: int, chance: random.Random, known: list[str]) -> list[str]:
    lines = [f"{number // 3}. Heading of a part", ""] if number % 3 == 1 else []
    while len(lines) < _LINES:
        line = ""
        for word in " ".join(chance.choices(known, k=4)).split():
            if len(line) + len(word) >= _WIDTH:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        lines += [line, ""]
    return [*lines[:_LINES], "", str(number)]


def table(figures: list[Figures]) -> str:
    lines = [f"{'pages':>6}{'passages':>10}{'ms a page':>11}{'pypdf':>8}{'ratio':>7}"]
    lines += [f"{f.pages:>6}{f.passages:>10}{f.page_ms:>11}{f.pypdf_page_ms:>8}{f.ratio:>7}" for f in figures]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
