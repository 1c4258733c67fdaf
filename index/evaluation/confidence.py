"""How sure a figure is that was measured on some questions: 95 % intervals."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

_RESAMPLES = 5_000
_BATCH = 500  # resamples held in memory at a time
_CONFIDENCE = 0.95


def share_interval(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval of `count` in `of`: it stays within 0 and 1 and holds for few questions too."""
    if not of:
        return 0.0, 1.0
    found = stats.binomtest(count, of).proportion_ci(_CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Percentile bootstrap of the mean, by resampling questions.

    Of the differences of two rankings question by question it is the paired bootstrap (Sakai, SIGIR 2006). Fewer than
    two values tell nothing of their spread: the interval is the value itself.
    """
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    found = stats.bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)
