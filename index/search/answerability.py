"""Whether anything here answers a question at all: how well its telling words are matched by the best candidates."""

from collections.abc import Mapping

from index.search.late_interaction import align
from index.search.ranker import EncodedQuestion
from index.search.weights import SupportWeights

_FAR = ("ar", "ru", "zh")  # languages in other scripts than the library's, which are matched less closely


def support(encoded: EncodedQuestion, codes: Mapping[int, bytes], weights: SupportWeights) -> float | None:
    """The best support a candidate gives, None when it cannot be told (no token vectors)."""
    if encoded.tokens is None or encoded.weights is None or not codes or not len(encoded.weights):
        return None
    telling = encoded.weights >= encoded.weights.max()
    best = []
    for code in codes.values():
        similarity, spans = align(encoded.tokens, code)
        if len(spans.starts):
            matched = similarity.max(1)[telling]
            best.append(float(matched.mean()) + weights.answered_share * float((matched >= weights.answered).mean()))
    return max(best, default=None)


def is_answered(
    found: float | None, encoder: str, language: str, spoken: float, country_absent: bool, weights: SupportWeights
) -> bool:
    """Whether candidates that give the support `found` answer the question; True when it cannot be told.

    `language` is the question's ("" when a few words do not tell), `spoken` its share of the library's passages.
    """
    if not encoder.startswith(weights.calibrated_for) or found is None:
        return True
    other = weights.other_script if language in _FAR else weights.other_language
    # A few words that tell no language are taken for words of the library's.
    floor = weights.same_language if not language or spoken >= weights.spoken else other
    return found - weights.absent_country * country_absent >= floor
