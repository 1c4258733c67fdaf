"""Whether anything here answers a question at all: how well its telling words are matched by the best candidates.

Calibrated in November 2026 with multilingual-e5-small on the 140 questions of corpus/judgements over the starter
corpus: at FLOOR 36 of 40 unanswerable questions fall below, and 2 of 100 answerable ones. Languages are pooled: the
questions a pair of languages has are too few to set a floor of its own, and their scores overlap. Other models have
other scales, so the floor holds for this one only.
"""

from collections.abc import Mapping

from index.late import align
from index.ranker import EncodedQuestion

FLOOR = 0.46
CALIBRATED_FOR = "multilingual-e5-small"
BEST = 8  # candidates looked at
_ANSWERED = 0.5  # similarity from which a word counts as answered
_SHARE = 0.2  # weight of the share of answered words beside their mean similarity


def support(encoded: EncodedQuestion, codes: Mapping[int, bytes]) -> float | None:
    """The best support a candidate gives, None when it cannot be told (no token vectors)."""
    if encoded.tokens is None or encoded.weights is None or not codes or not len(encoded.weights):
        return None
    telling = encoded.weights >= encoded.weights.max()
    best = []
    for code in codes.values():
        similarity, spans = align(encoded.tokens, code)
        if len(spans.starts):
            matched = similarity.max(1)[telling]
            best.append(float(matched.mean()) + _SHARE * float((matched >= _ANSWERED).mean()))
    return max(best, default=None)


def answers(encoded: EncodedQuestion, codes: Mapping[int, bytes], encoder: str) -> bool:
    """Whether the candidates answer the question; True when it cannot be told."""
    if not encoder.startswith(CALIBRATED_FOR):
        return True
    found = support(encoded, codes)
    return found is None or found >= FLOOR
