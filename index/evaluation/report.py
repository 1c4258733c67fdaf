"""What an evaluation of search says: measures by ranking and by language, and where one ranking beats another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.evaluation.confidence import mean_interval

MEASURES = ("ndcg@10", "recall@1", "recall@10", "mrr@10")
ARMS = ("lexical", "dense")  # what is fused
_STEPS = ("fused", "late")  # rankings on the way to the final one
_LEADING = MEASURES[0]


@dataclass(frozen=True, slots=True)
class Scored:
    """The measures of one question for each ranking. `answered_in` is the language of the passages that answer."""

    id: str
    text: str
    language: str
    answered_in: str
    scores: Mapping[str, Mapping[str, float]]  # ranking -> measure -> value


@dataclass(frozen=True, slots=True)
class Comparison:
    """The final ranking against another one, question by question, in nDCG@10."""

    arm: str
    difference: float  # of the means
    interval: tuple[float, float]  # 95 %, paired bootstrap over questions
    won: tuple[Scored, ...]  # most first
    lost: tuple[Scored, ...]
    tied: int


@dataclass(frozen=True, slots=True)
class Slice:
    """The questions of one pair of languages."""

    language: str  # of the question
    answered_in: str
    questions: int
    measures: Mapping[str, Mapping[str, float]]  # ranking -> measure -> mean
    difference: float  # of mean nDCG@10, final minus the best arm of all questions
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Means of each measure for each ranking; `final` is what a user would see. `best` is the best arm by itself."""

    questions: int
    passages: int
    encoder: str
    measures: Mapping[str, Mapping[str, float]]  # ranking -> measure -> mean
    intervals: Mapping[str, tuple[float, float]]  # measure -> 95 % interval of the final ranking's mean
    best: str
    comparisons: tuple[Comparison, ...]
    slices: tuple[Slice, ...]
    by_language: Mapping[str, Mapping[str, float]]  # language of the question -> measure -> mean, of the final ranking
    queries_per_second: float
    passages_per_second: float


def make_report(
    scored: Sequence[Scored], passages: int, encoder: str, queries_per_second: float, passages_per_second: float
) -> SearchReport:
    """The report of questions that were asked."""
    measures = _measures(scored)
    best = max((arm for arm in ARMS if arm in measures), key=lambda arm: measures[arm][_LEADING])
    others = [name for name in (*ARMS, *_STEPS) if name in measures]
    return SearchReport(
        questions=len(scored),
        passages=passages,
        encoder=encoder,
        measures=measures,
        intervals={name: mean_interval([one.scores["final"][name] for one in scored]) for name in MEASURES},
        best=best,
        comparisons=tuple(compare(name, scored) for name in others),
        slices=tuple(_slices(scored, best)),
        by_language=_by_language(scored),
        queries_per_second=queries_per_second,
        passages_per_second=passages_per_second,
    )


def compare(name: str, scored: Sequence[Scored]) -> Comparison:
    """The final ranking against the ranking `name`."""
    differences = _differences(scored, name)
    order = np.argsort(differences, kind="stable")
    return Comparison(
        arm=name,
        difference=float(np.mean(differences)),
        interval=mean_interval(differences),
        won=tuple(scored[i] for i in order[::-1] if differences[i] > 0),
        lost=tuple(scored[i] for i in order if differences[i] < 0),
        tied=sum(difference == 0 for difference in differences),
    )


def report_json(report: SearchReport) -> dict[str, object]:
    """The report as `kb eval search --json` prints it: the final measures first, then each arm."""
    return {
        **_rounded(report.measures["final"]),
        "queries_per_second": round(report.queries_per_second, 1),
        "passages_per_second": round(report.passages_per_second, 1),
        "questions": report.questions,
        "passages": report.passages,
        "encoder": report.encoder,
        "intervals_95": {name: _ends(interval) for name, interval in report.intervals.items()},
        "arms": {arm: _rounded(values) for arm, values in report.measures.items() if arm != "final"},
        "best_arm": report.best,
        "against": [_comparison_json(one, one.arm == report.best) for one in report.comparisons],
        "languages": {language: _rounded(values) for language, values in report.by_language.items()},
        "slices": [_slice_json(one) for one in report.slices],
    }


def _comparison_json(one: Comparison, named: bool) -> dict[str, object]:
    """A comparison; with the questions won and lost where they are asked for."""
    value: dict[str, object] = {
        "arm": one.arm,
        "ndcg@10_difference": round(one.difference, 4),
        "interval_95": _ends(one.interval),
        "won": len(one.won),
        "lost": len(one.lost),
        "tied": one.tied,
    }
    if named:
        value["questions_won"] = [_question_json(scored, one.arm) for scored in one.won]
        value["questions_lost"] = [_question_json(scored, one.arm) for scored in one.lost]
    return value


def _question_json(scored: Scored, arm: str) -> dict[str, object]:
    values = {name: round(scored.scores[name][_LEADING], 4) for name in ("final", arm)}
    return {"id": scored.id, "question": scored.text, **values}


def _slice_json(one: Slice) -> dict[str, object]:
    return {
        "language": one.language,
        "answered_in": one.answered_in,
        "questions": one.questions,
        "ndcg@10_difference": round(one.difference, 4),
        "interval_95": _ends(one.interval),
        "rankings": {name: _rounded(values) for name, values in one.measures.items()},
    }


def _measures(scored: Sequence[Scored]) -> dict[str, dict[str, float]]:
    """Means for each ranking that every question has."""
    names = [name for name in scored[0].scores if all(name in one.scores for one in scored)]
    return {name: _means([one.scores[name] for one in scored]) for name in names}


def _slices(scored: Sequence[Scored], best: str) -> Iterable[Slice]:
    pairs = sorted({(one.language, one.answered_in) for one in scored})
    for language, answered_in in pairs:
        kept = [one for one in scored if (one.language, one.answered_in) == (language, answered_in)]
        differences = _differences(kept, best)
        mean = float(np.mean(differences))
        yield Slice(language, answered_in, len(kept), _measures(kept), mean, mean_interval(differences))


def _by_language(scored: Sequence[Scored]) -> dict[str, dict[str, float]]:
    found = {}
    for language in sorted({one.language for one in scored}):
        rows = [one.scores["final"] for one in scored if one.language == language]
        found[language] = {"questions": float(len(rows))} | _means(rows)
    return found


def _differences(scored: Sequence[Scored], name: str) -> list[float]:
    return [one.scores["final"][_LEADING] - one.scores[name][_LEADING] for one in scored]


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in MEASURES}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _ends(interval: tuple[float, float]) -> list[float]:
    return [round(interval[0], 4), round(interval[1], 4)]
