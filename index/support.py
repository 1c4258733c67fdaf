"""Whether anything here answers a question at all: how well its telling words are matched by the best candidates.

Calibrated in November 2026 with multilingual-e5-small; other models have other scales, so the floors hold for this
one only. SAME_LANGUAGE: the 140 questions of corpus/judgements over the starter corpus. OTHER_LANGUAGE, for a question
whose language the library hardly speaks: the 62 questions of tests/judged_questions.jsonl over Spanish documents. Finer
pairs of languages have too few questions to set a floor of their own.
"""

from collections.abc import Mapping

from index.late import align
from index.ranker import EncodedQuestion

SAME_LANGUAGE = 0.46
OTHER_LANGUAGE = 0.36
CALIBRATED_FOR = "multilingual-e5-small"
_SPOKEN = 0.05  # share of passages from which a library speaks a language
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


def answers(encoded: EncodedQuestion, codes: Mapping[int, bytes], encoder: str, spoken: float) -> bool:
    """Whether the candidates answer the question; True when it cannot be told.

    `spoken` is the share of the library's passages in the language of the question.
    """
    if not encoder.startswith(CALIBRATED_FOR):
        return True
    found = support(encoded, codes)
    return found is None or found >= (SAME_LANGUAGE if spoken >= _SPOKEN else OTHER_LANGUAGE)
