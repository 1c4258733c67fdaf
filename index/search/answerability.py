"""Whether anything here answers a question at all: how well its telling words are matched by the best candidates.

Calibrated in November 2026 with multilingual-e5-small; other models have other scales, so the floors hold for this
one only. SAME_LANGUAGE was chosen on the 140 questions of corpus/judgements over the starter corpus; the others, for
a question whose language the library hardly speaks, on the 62 questions of tests/judged_questions.jsonl over Spanish
documents, and looked at on general questions over passages with and without the article that answers. There they
refuse, of answerable questions, up to 2 % in Spanish or English, 7 % in Russian, 15 to 18 % in Arabic and Chinese; and
recognise, of unanswerable ones, from a quarter (Spanish) to four fifths.
"""

from collections.abc import Mapping

from index.search.late_interaction import align
from index.search.ranker import EncodedQuestion

SAME_LANGUAGE = 0.475
OTHER_LANGUAGE = 0.42
OTHER_SCRIPT = 0.36
ABSENT_COUNTRY = 0.1  # taken off where none of the best is about, or names, the country that the question names
_FAR = ("ar", "ru", "zh")  # languages in other scripts than the library's, which are matched less closely
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


def is_answered(found: float | None, encoder: str, language: str, spoken: float, country_absent: bool) -> bool:
    """Whether candidates that give the support `found` answer the question; True when it cannot be told.

    `language` is the question's ("" when a few words do not tell), `spoken` its share of the library's passages.
    """
    if not encoder.startswith(CALIBRATED_FOR) or found is None:
        return True
    other = OTHER_SCRIPT if language in _FAR else OTHER_LANGUAGE
    # A few words that tell no language are taken for words of the library's.
    floor = SAME_LANGUAGE if not language or spoken >= _SPOKEN else other
    return found - ABSENT_COUNTRY * country_absent >= floor
