"""Several rankings to one, and which of its passages belong to the answer; the weights stand in `weights`."""

import numpy as np
from numpy.typing import NDArray

from index.search.weights import Floors, SearchWeights
from kb.search.answers import Ranking


def fuse(dense: Ranking | None, lexical: Ranking, weights: SearchWeights) -> Ranking:
    """One ranking of all passages of both arms; what an arm does not know counts as its least.

    `dense` scores are deviations, `lexical` scores shares in [0, 1]; without `dense` the lexical ranking stands.
    """
    if dense is None or not len(dense.ids):
        return Ranking("fused", lexical.ids, lexical.scores)
    ids = np.union1d(dense.ids, lexical.ids)
    scores = _spread(ids, dense, float(dense.scores.min()))
    scores += weights.lexical * _spread(ids, lexical, 0.0) ** weights.power
    return rank_by_score("fused", ids, scores)


def blend(fused: Ranking, reranked: Ranking, weights: SearchWeights) -> Ranking:
    """`fused` with the late scores of its first candidates added; the others keep their place behind the least."""
    if not len(reranked.ids):
        return fused
    late = _spread_unsorted(fused.ids, reranked, float(reranked.scores.min()))
    return rank_by_score("late", fused.ids, fused.scores + weights.late * late)


def rank_by_score(name: str, ids: NDArray[np.int64], scores: NDArray[np.float32]) -> Ranking:
    """A ranking in order, ties by id so that two processes agree."""
    order = np.lexsort((ids, -scores))
    return Ranking(name, ids[order], scores[order].astype(np.float32))


def belonging(final: Ranking, dense: Ranking | None, lexical: Ranking, floors: Floors) -> Ranking:
    """The passages that belong to the answer, in order of the final ranking."""
    strong = np.zeros(len(final.ids), bool)
    strong[: floors.always] = True
    strong |= np.isin(final.ids, lexical.ids[lexical.scores >= floors.share])
    if dense is not None:
        strong |= np.isin(final.ids, dense.ids[dense.scores >= floors.deviation])
    return restricted(final, strong)


def restricted(ranking: Ranking, kept: NDArray[np.bool_]) -> Ranking:
    """The passages of a ranking that are `kept`, shape (n,), in its order."""
    return Ranking(ranking.name, ranking.ids[kept], ranking.scores[kept])


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
