"""Several rankings to one, with every weight in one table that says where it comes from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.search.answers import Ranking


@dataclass(frozen=True, slots=True)
class Weights:
    """The constants of ranking. Measured in November 2026 with multilingual-e5-small (4 bits) on two development
    sets: 600 Spanish questions on 979 Spanish passages, 400 English questions on 120 Spanish passages.

    A dense score is a deviation above the question's mean similarity (see index.moments); a lexical score is the
    share of the question's rarity that a passage covers (see index.lexical). A question in another language covers
    little, so its lexical arm weighs little without anybody having to guess languages: with `power` 1.5 and
    `lexical` from 8 to 14, nDCG@10 of the fusion is 0.853-0.856 and 0.945-0.948; the best arms alone have 0.807 and
    0.944. A `power` of 1 falls to 0.938 on the second set at `lexical` 14.
    """

    lexical: float = 12.0
    power: float = 1.5
    # Weight of MaxSim (a mean cosine of centred tokens): from 40 to 60 nDCG@10 is 0.875-0.879 and 0.972-0.975.
    late: float = 50.0
    # What it is worth that a document is about an objective, or a country, that the question names.
    objective: float = 6.0
    country: float = 2.0


# What a token of a common word (of, what, the) counts in MaxSim, beside 1 for the others. All alike gives nDCG@10 0.870
# and 0.972, any value from 0.2 to 0.5 gives 0.876 and 0.974.
COMMON = 0.4


def fuse(dense: Ranking | None, lexical: Ranking, weights: Weights) -> Ranking:
    """One ranking of all passages of both arms; what an arm does not know counts as its least.

    `dense` scores are deviations, `lexical` scores shares in [0, 1]; without `dense` the lexical ranking stands.
    """
    if dense is None or not len(dense.ids):
        return Ranking("fused", lexical.ids, lexical.scores)
    ids = np.union1d(dense.ids, lexical.ids)
    scores = _spread(ids, dense, float(dense.scores.min()))
    scores += weights.lexical * _spread(ids, lexical, 0.0) ** weights.power
    return rank_by_score("fused", ids, scores)


def blend(fused: Ranking, reranked: Ranking, weights: Weights) -> Ranking:
    """`fused` with the late scores of its first candidates added; the others keep their place behind the least."""
    if not len(reranked.ids):
        return fused
    late = _spread_unsorted(fused.ids, reranked, float(reranked.scores.min()))
    return rank_by_score("late", fused.ids, fused.scores + weights.late * late)


def rank_by_score(name: str, ids: NDArray[np.int64], scores: NDArray[np.float32]) -> Ranking:
    """A ranking in order, ties by id so that two processes agree."""
    order = np.lexsort((ids, -scores))
    return Ranking(name, ids[order], scores[order].astype(np.float32))


def _spread(ids: NDArray[np.int64], ranking: Ranking, missing: float) -> NDArray[np.float32]:
    """Scores of a ranking laid out along sorted `ids`, which hold all of its ids."""
    scores = np.full(len(ids), missing, np.float32)
    scores[np.searchsorted(ids, ranking.ids)] = ranking.scores
    return scores


def _spread_unsorted(ids: NDArray[np.int64], ranking: Ranking, missing: float) -> NDArray[np.float32]:
    order = np.argsort(ids)
    scores = np.empty(len(ids), np.float32)
    scores[order] = _spread(ids[order], ranking, missing)
    return scores
