"""Measures of matching on an OpenReview folder, against how people rated their own expertise."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from index.encoding.instance_encoding import Encoding
from index.matching.affinity import AffinityIndex, RequestText
from index.matching.phrase_index import Text
from index.matching.request_encoding import encode_requests, encode_works, in_memory
from kb.errors import UsageError
from kb.matching.match import WorkText
from kb.text.language import language_of

Scores = Mapping[str, Mapping[str, float]]  # person -> submission -> affinity, or rating
_HIGH, _LOW = 4.0, 2.0  # ratings of at least, of at most
_RESAMPLES = 5_000
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Folder:
    """An OpenReview folder. Works and submissions are (id, title, abstract); ratings are 1-5, empty when not given."""

    archives: Mapping[str, tuple[tuple[str, str, str], ...]]
    submissions: tuple[tuple[str, str, str], ...]
    ratings: Scores


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many pairs were ordered rightly."""

    right: int
    of: int


@dataclass(frozen=True, slots=True)
class MatchReport:
    """The measures of Stelmakh et al., 2023 (arXiv 2303.16750).

    A pair are two submissions a person rated differently. `loss` is the share of rating differences that are ordered
    wrongly, a tie half; 0.5 is chance. In an easy pair one is rated 4 or more and the other 2 or less, in a hard one
    both 4 or more; a tie is not right.
    """

    people: int
    pairs: int
    loss: float
    interval: tuple[float, float]  # 95 %, bootstrap over people
    easy: Share
    hard: Share


@dataclass(frozen=True, slots=True)
class _Person:
    """Sums over the pairs of one person."""

    wrong: float
    most: float
    pairs: int
    easy: Share
    hard: Share


def read_folder(folder: Path) -> Folder:
    """Read an OpenReview folder. Raises UsageError that names what is missing or wrong."""
    files = sorted((folder / "archives").glob("*.jsonl"))
    if not files:
        raise UsageError(f"{folder / 'archives'} holds no .jsonl file: an OpenReview folder has one for each person.")
    archives = {file.stem: tuple(_work(file, row) for row in _lines(file)) for file in files}
    path = folder / "submissions.json"
    submissions = _json(path, _read(path))
    if not isinstance(submissions, dict):
        raise UsageError(f"{path} must be an object of submissions by id.")
    texts = tuple(_work(path, {"id": number} | _object(path, row)) for number, row in submissions.items())
    return Folder(archives, texts, _ratings(folder / "evaluations.tsv", {number for number, _, _ in texts}))


def scores(folder: Folder, encoding: Encoding | None, progress: Callable[[int], None] = lambda _: None) -> Scores:
    """Affinity of each submission to each person; without `encoding` by words alone."""
    names = list(folder.archives)
    works = [
        WorkText(0, person, title, body, language_of(f"{title}\n{body}"))
        for person, name in enumerate(names)
        for _, title, body in folder.archives[name]
    ]
    asked = [Text((title, body), language_of(f"{title}\n{body}")) for _, title, body in folder.submissions]
    texts = [f"{title}\n{body}" for _, title, body in folder.submissions]
    meaning, encoded = None, None
    if encoding is not None:
        encoded = encode_requests(encoding, texts, progress)
        words_matter = any(request.long < 1 for request in encoded)
        meaning = in_memory(encode_works(encoding, [work.text for work in works], progress, tokens=words_matter))
    index = AffinityIndex(works, meaning, background=asked)
    found: dict[str, dict[str, float]] = {name: {} for name in names}
    for place, (number, _, _) in enumerate(folder.submissions):
        request = RequestText(texts[place], asked[place].language, None if encoded is None else encoded[place])
        ranked = index.rank(request, in_full=True)
        known = dict(zip(ranked.people.tolist(), ranked.scores.tolist(), strict=True))
        for person, name in enumerate(names):
            found[name][number] = round(known.get(person, 0.0), _DIGITS)
    return found


def measure(given: Scores, ratings: Scores) -> MatchReport:
    """How well scores order what each person rated differently. Raises UsageError when nothing can be compared."""
    unknown = sorted(set(ratings) - set(given))
    if unknown:
        raise UsageError(f"evaluations.tsv rates for {unknown[0]}, who has no file in archives/.")
    people = [_measured(given[person], rated) for person, rated in ratings.items()]
    most = sum(p.most for p in people)
    if not most:
        raise UsageError("No person in evaluations.tsv rated two submissions differently: nothing can be measured.")
    return MatchReport(
        people=len(people),
        pairs=sum(p.pairs for p in people),
        loss=sum(p.wrong for p in people) / most,
        interval=_interval(people),
        easy=_sum([p.easy for p in people]),
        hard=_sum([p.hard for p in people]),
    )


def report_json(report: MatchReport | None, given: Scores, encoder: str) -> dict[str, object]:
    """The report as `kb eval match --json` prints it; the measures are missing where there are no ratings."""
    sizes: dict[str, object] = {
        "people": len(given),
        "submissions": len(next(iter(given.values()), {})),
        "encoder": encoder or "none",
    }
    if report is None:
        return sizes
    return {
        "weighted_loss": round(report.loss, 4),
        "weighted_loss_low": round(report.interval[0], 4),
        "weighted_loss_high": round(report.interval[1], 4),
        "easy_pairs_right": round(report.easy.right / report.easy.of, 4) if report.easy.of else None,
        "hard_pairs_right": round(report.hard.right / report.hard.of, 4) if report.hard.of else None,
        "pairs": report.pairs,
        "easy_pairs": report.easy.of,
        "hard_pairs": report.hard.of,
        "raters": report.people,
        **sizes,
    }


def _measured(given: Mapping[str, float], rated: Mapping[str, float]) -> _Person:
    wrong = most = 0.0
    pairs = 0
    ordered: dict[str, list[bool]] = {"easy": [], "hard": []}
    for (one, first), (other, second) in combinations(rated.items(), 2):
        if first == second:
            continue
        pairs += 1
        agreement = (given[one] - given[other]) * (first - second)
        most += abs(first - second)
        wrong += abs(first - second) * (0.5 if agreement == 0 else float(agreement < 0))
        if min(first, second) >= _HIGH:
            ordered["hard"].append(agreement > 0)
        elif max(first, second) >= _HIGH and min(first, second) <= _LOW:
            ordered["easy"].append(agreement > 0)
    easy, hard = (Share(sum(ordered[kind]), len(ordered[kind])) for kind in ("easy", "hard"))
    return _Person(wrong, most, pairs, easy, hard)


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(s.right for s in shares), sum(s.of for s in shares))


def _interval(people: Sequence[_Person]) -> tuple[float, float]:
    sums = np.asarray([(p.wrong, p.most) for p in people])
    chosen = np.random.default_rng(0).integers(0, len(people), (_RESAMPLES, len(people)))
    wrong, most = sums[chosen].sum(1).T
    low, high = np.quantile(wrong[most > 0] / most[most > 0], [0.025, 0.975])
    return float(low), float(high)


def _work(path: Path, row: Mapping[str, object]) -> tuple[str, str, str]:
    content = row.get("content")
    if not isinstance(content, dict) or "id" not in row:
        raise UsageError(f"{path}: every work needs an id and a content with title and abstract.")
    # OpenReview's second interface wraps values: {"title": {"value": …}}.
    title, body = (_value(content.get(key)) for key in ("title", "abstract"))
    return str(row["id"]), title, body


def _value(found: object) -> str:
    if isinstance(found, dict):
        found = found.get("value")
    return " ".join(found.split()) if isinstance(found, str) else ""


def _lines(path: Path) -> list[dict[str, object]]:
    return [_object(path, _json(path, line)) for line in _read(path).split("\n") if line.strip()]


def _object(path: Path, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise UsageError(f"{path}: every work must be an object.")
    return value


def _json(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path} is not JSON.") from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read: an OpenReview folder has archives/*.jsonl and submissions.json."
        ) from error


def _ratings(path: Path, submissions: set[str]) -> dict[str, dict[str, float]]:
    if not path.exists():
        return {}
    rated: dict[str, dict[str, float]] = {}
    try:
        for row in csv.DictReader(_read(path).splitlines(), delimiter="\t"):
            if row["submission"] not in submissions:
                raise UsageError(f"{path} rates {row['submission']}, which is not in submissions.json.")
            rated.setdefault(row["person"], {})[row["submission"]] = float(row["rating"])
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{path} needs the columns person, submission and rating, divided by tabs.") from error
    return rated
