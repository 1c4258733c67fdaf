"""Fits the model again on the training texts and what persons decided, and says whether the new one may be used."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.logistic_fit import (
    Measures,
    Rows,
    best_threshold,
    concatenate,
    cross_validated,
    fit,
    log_losses,
    measure,
)
from ingest.tagging.model import Model
from ingest.tagging.train import USED

LEAST_DECISIONS = 30  # fewer say too little to tell better from worse
_HARM = 0.1  # share by which the loss on the training texts may rise at most, whatever is gained elsewhere
_CHANCE = 1.8  # standard errors of that rise; less may be chance
_GAIN = 0.02  # of F1 on the training texts, which makes up for such a rise
_SLACK_F1 = 0.02  # by which F1 may fall there


@dataclass(frozen=True, slots=True)
class Compared:
    """Measures on groups left out, before and after; `rise` is that of the log loss, `error` its standard error."""

    before: Measures
    after: Measures
    rise: float
    error: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A new model beside the one in use, on the training texts and on the decisions; `refused` says why it is worse."""

    model: Model
    texts: Compared
    decisions: Compared | None
    refused: str = ""


def relearn(current: Model, kind: str, texts: Rows, known: Rows, decided: Rows, count: int) -> Trial:
    """Fit on `texts` and `decided`; compare with a fit on `texts` and `known`, what the model in use was learnt from.

    `count` is the number of decisions that `decided` comes from.

    Both are judged on groups that neither saw: on the training texts, which nobody's decisions can change, and on the
    decisions. A model is refused when the log loss rises on the decisions; when it rises on the training texts by more
    than a tenth, or by more than chance with no gain in F1; when F1 falls there; or when it finds nothing of what
    people accepted.
    """
    used = USED[kind]
    everything = concatenate(texts, decided)
    before = _held_out(concatenate(texts, known), everything, used)
    after = cross_validated(everything, used)
    weights = fit(everything, used, after)
    least = {
        "before": best_threshold(before, everything.truth, everything.weight),
        "after": best_threshold(after, everything.truth, everything.weight),
    }
    own = np.arange(len(everything)) < len(texts)
    on_texts = _compared(everything, own, before, after, least["before"], least["after"])
    on_decisions = _compared(everything, ~own, before, after, least["before"], least["after"]) if len(decided) else None
    model = replace(current, weights={**current.weights, kind: weights})
    return Trial(model, on_texts, on_decisions, _why_not(on_texts, on_decisions, count))


def _held_out(learnt: Rows, judged: Rows, used: tuple[int, ...]) -> NDArray[np.float64]:
    """Scores of `judged` by models that saw of `learnt` all groups but those judged."""
    return cross_validated(replace_weight(judged, 0.0), used, besides=learnt)


def replace_weight(rows: Rows, weight: float) -> Rows:
    """The same rows, all of one weight; without any, nothing is learnt from them."""
    return replace(rows, weight=np.full(len(rows), weight))


def _compared(
    rows: Rows,
    chosen: NDArray[np.bool_],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    least_before: float,
    least_after: float,
) -> Compared:
    part = rows.only(chosen)
    rise = log_losses(after[chosen], part.truth) - log_losses(before[chosen], part.truth)
    mean, error = _paired(rise, part)
    count = int(chosen.sum())
    return Compared(
        measure(before[chosen], np.full(count, least_before), part),
        measure(after[chosen], np.full(count, least_after), part),
        mean,
        error,
    )


def _paired(rise: NDArray[np.float64], rows: Rows) -> tuple[float, float]:
    """Mean of the paired differences, and its standard error over groups, whose rows depend on each other."""
    names = sorted(set(rows.groups))
    place = {name: number for number, name in enumerate(names)}
    which = np.array([place[group] for group in rows.groups])
    mean = float(np.average(rise, weights=rows.weight))
    sums = np.bincount(which, rows.weight * (rise - mean), len(names))
    return mean, float(np.sqrt((sums**2).sum()) / rows.weight.sum())


def _why_not(texts: Compared, decisions: Compared | None, count: int) -> str:
    if decisions is None or count < LEAST_DECISIONS:
        return f"{count} decisions say too little; {LEAST_DECISIONS} are needed"
    if texts.rise > _HARM * texts.before.log_loss:
        return "it is much worse than the model in use on the training texts (log loss)"
    if texts.rise > _CHANCE * texts.error and texts.after.f1 < texts.before.f1 + _GAIN:
        return "it is worse than the model in use on the training texts, by more than chance (log loss)"
    if texts.after.f1 < texts.before.f1 - _SLACK_F1:
        return "it finds less, or finds it less rightly, in the training texts (F1)"
    if decisions.rise > 0:
        return "it foretells the decisions it did not see worse than the model in use (log loss)"
    if decisions.after.recall == 0:
        return "it finds nothing of what people accepted"
    return ""
