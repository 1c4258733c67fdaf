"""Measures how well documents that are others over again are told from those that only look like it, and how fast.

Planted by fixed rules: formats, edits, rewritten paragraphs, excerpts, translations; and, to be left alone, forms and
terms of reference filled for another country, briefs of one structure about different objectives. Beside it, on the
same pairs: the share of common runs of four words, 0.7 and more, which MinHash signatures estimate.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.synthetic import percentiles, sentences
from index.encoding.hashing_encoder import HASHING
from index.encoding.instance_encoding import Encoding, open_encoding
from index.encoding.open_encoder import open_encoder
from ingest.duplicates.detection import catch_up, examine
from ingest.pipeline import Tools
from ingest.readers.sandbox import Limits, Sandbox
from kb.documents.store import documents, sketches
from kb.store.database import Database, open_database
from kb.text.words import words
from tests.support import planted_duplicates
from tests.support.documents import hashing, prepared, sample
from tests.support.planted_duplicates import File, Found

_RUN = 4
_OLD_RULE = 0.7
_LONGEST = 20_000  # bytes of a document of which variants are made; a longer one costs minutes to encode ten times
# What is written about one country, and could be a form filled for another.
_OF_A_COUNTRY = tuple(f"{kind}tor-{country}" for kind in ("", "digest-") for country in ("ecuador", "mexico", "peru"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, default=_at_hand(), help="folder of real documents to plant from")
    parser.add_argument("--held", type=int, nargs="*", default=[1000, 3000], help="documents held while timing")
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--encoder", default="", help=f'"{HASHING}" costs next to nothing and finds no translation')
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only-speed", action="store_true", help="plant nothing, and time only")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    result = {} if options.only_speed else _planted(options)
    if result and not options.json:
        sys.stdout.write(table(result))
        sys.stdout.flush()
    result |= {"speed": [speed(count) for count in options.held]}
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n" if options.json else spoken(result["speed"]))


def _planted(options: argparse.Namespace) -> dict[str, Any]:
    files = planted_files(options.documents)
    with _tools(options) as tools:
        numbers = planted_duplicates.ingest_files(tools, files)
        found = planted_duplicates.judge(tools, files, numbers)
        old = {case: old_rule(tools, files, numbers, case) for case in found.planted}
    return _figures(found, old)


def _at_hand() -> Path | None:
    folder = Path(__file__).parent.parent.parent / "shared" / "documents"
    return folder if folder.is_dir() else None


def planted_files(real: Path | None) -> list[File]:
    """Originals first, then what is made from them, then what only looks like it."""
    starter = planted_duplicates.corpus()
    given = _real(real) if real else []
    originals = starter + [file for file in given if not file.of]
    speech = {language: planted_duplicates.vocabulary_of(starter, language) for language in ("es", "en", "fr")}
    lines = {language: planted_duplicates.paragraphs_of(starter, language) for language in ("es", "en", "fr")}
    chosen = [*starter[::12], *(file for file in given if not file.of and len(file.data) < _LONGEST)]
    made: list[File] = []
    for file in chosen:
        language = planted_duplicates.language_of(file)
        made += [planted_duplicates.edited(file, share, speech[language]) for share in planted_duplicates.SHARES]
        made += [planted_duplicates.rewritten(file, share, lines[language]) for share in (0.1, 0.3)]
        made += [planted_duplicates.excerpt(file, share) for share in (0.2, 0.4)]
        made += [planted_duplicates.excerpt(file, 0.3, 0.1, speech[language])]
    made += [each for file in starter[3::8] for each in planted_duplicates.formats(file)]
    named = [f for f in originals if f.name.startswith(_OF_A_COUNTRY)]
    alike = [planted_duplicates.other_country(file, turn) for file in named for turn in (0, 3)]
    return [*originals, *(file for file in given if file.of), *made, *alike, *planted_duplicates.forms()]


def _real(folder: Path) -> list[File]:
    """The documents of a folder; those of one stem are formats of the plain text."""
    files = []
    for path in sorted(folder.iterdir(), key=lambda p: (p.suffix != ".txt", p.name)):
        original = f"{path.stem}.txt"
        case, of = ("original", "") if path.name == original else ("format", original)
        files.append(File(path.name, path.read_bytes(), path.stem, case, of))
    return files


@contextmanager
def _tools(options: argparse.Namespace) -> Iterator[Tools]:
    with tempfile.TemporaryDirectory() as folder, Sandbox(Limits()) as sandbox:
        home = Path(folder)
        database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
        encoder = open_encoder(options.encoder, options.encoder_home, "auto", options.threads)
        yield Tools(database, home, sandbox, open_encoding(database, encoder, late=False), planted_duplicates.NoTags())
        database.close()


def old_rule(tools: Tools, files: Sequence[File], numbers: dict[str, int], case: str) -> float | None:
    """Share of the planted files of a case that the rule of common runs finds; None for translations."""
    pairs = [(file.name, file.of) for file in files if file.case == case and file.of]
    if not pairs:
        return None
    with tools.database.read() as connection:
        runs = {name: _runs(documents.get(connection, numbers[name]).text) for pair in pairs for name in pair}
    return sum(len(runs[a] & runs[b]) >= _OLD_RULE * len(runs[a] | runs[b]) for a, b in pairs) / len(pairs)


def _runs(text: str) -> set[tuple[str, ...]]:
    spelled = [word.folded for word in words(text)]
    return {tuple(spelled[i : i + _RUN]) for i in range(len(spelled) - _RUN + 1)}


def _figures(found: Found, old: dict[str, float | None]) -> dict[str, Any]:
    cases = {
        case: {
            "planted": count,
            "recall": round(found.recall_of(case), 3),
            "common_runs": None if (before := old[case]) is None else round(before, 3),
            "kinds": {kind: number for (of, kind), number in sorted(found.kinds.items()) if of == case},
        }
        for case, count in found.planted.items()
    }
    return {
        "precision": round(found.precision, 4),
        "recall": round(found.recall, 4),
        "links": found.links,
        "wrongly_automatic": found.automatic_wrong,
        "cases": cases,
        "missed": [list(each) for each in found.missed],
        "wrong": [list(each) for each in found.wrong],
    }


def speed(held: int) -> dict[str, Any]:
    """Milliseconds of processor time to compare one more document with `held` others made of the same sentences.

    Forty sentences each, drawn at random, a third each in English, Spanish and French: many documents share some, and
    each is compared in meaning with the nearest of two languages, which is the dear case.
    """
    known = [(language, sentences(language)) for language in ("en", "es", "fr")]
    chance = random.Random(held)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/kb.sqlite", Path(folder))
        encoding = hashing(dimension=384)
        for number in range(held):
            _add(database, encoding, chance, known, number)
        catch_up(database)
        with database.write() as connection:  # else each call would also compare some of those left behind
            for number in range(1, held + 1):
                sketches.set_examined(connection, number)
        took = []
        for number in range(held, held + 30):
            document = _add(database, encoding, chance, known, number)
            began = time.process_time()
            examine(database, document)
            took.append(time.process_time() - began)
        database.close()
    return {"held": held, **percentiles(took)}


def _add(
    database: Database,
    encoding: Encoding,
    chance: random.Random,
    known: Sequence[tuple[str, Sequence[str]]],
    number: int,
) -> int:
    language, spoken = known[number % len(known)]
    passages = tuple(" ".join(chance.choices(spoken, k=5)) for _ in range(8))
    document = sample(*passages, name=f"{number}.txt", title=f"Document {number}", language=language)
    return documents.add(database, prepared(document, encoding), publish=True).document


def table(result: dict[str, Any]) -> str:
    lines = [f"{name:<20} {result[name]}" for name in ("precision", "recall", "links", "wrongly_automatic")]
    lines.append(f"{'case':<22}{'planted':>8}{'recall':>8}{'common runs':>13}  kinds")
    for case, row in result["cases"].items():
        runs = "–" if row["common_runs"] is None else row["common_runs"]
        lines.append(f"{case:<22}{row['planted']:>8}{row['recall']:>8}{runs:>13}  {row['kinds']}")
    lines += [f"missed  {each}" for each in result["missed"]] + [f"wrong  {each}" for each in result["wrong"]]
    return "\n".join(lines) + "\n"


def spoken(speeds: list[dict[str, Any]]) -> str:
    return "".join(f"{each['held']} held: p50 {each['p50_ms']} ms, p95 {each['p95_ms']} ms\n" for each in speeds)


if __name__ == "__main__":
    main()
