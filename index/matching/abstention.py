"""Whether anybody fits a request: somebody is always nearest, and a list does not tell a fit from the least bad."""

from collections.abc import Sequence

from index.encoding.instance_encoding import Encoding
from index.matching.affinity import AffinityIndex, Ranked, RequestText
from index.search.late_interaction import rerank
from index.search.ranker import EncodedQuestion
from kb.text.words import telling_words


def fit(index: AffinityIndex, asked: RequestText, ranked: Ranked, encoding: Encoding | None) -> float | None:
    """The best answer that one work gives to the request; None where there are no token vectors to tell it."""
    weights, question = index.weights, question_of(asked, encoding)
    if index.meaning is None or question is None or question.tokens is None or not len(ranked.people):
        return None
    told = [(word.start, word.end) for word in telling_words(asked.text, [asked.language])]
    rows = [i for i, (start, end) in enumerate(question.spans) if any(start < b and a < end for a, b in told)]
    works = [
        row
        for person in ranked.people[: weights.fit_people].tolist()
        for row in nearest_works(index, ranked, person, weights.fit_works)
    ]
    codes = {row: work.tokens for row, work in zip(works, index.meaning.read(works), strict=True) if work.tokens}
    if not rows or question.weights is None:
        return None
    best = rerank(question.tokens[rows], question.weights[rows], codes, list(codes))
    return float(best.scores[0]) if len(best.ids) else None


def question_of(asked: RequestText, encoding: Encoding | None) -> EncodedQuestion | None:
    """The request as a question, with its tokens, if there is an encoding that keeps any."""
    if asked.encoded is not None and asked.encoded.question is not None:
        return asked.encoded.question
    return encoding.question(asked.text) if encoding is not None and encoding.codec is not None else None


def nearest_works(index: AffinityIndex, ranked: Ranked, person: int, most: int) -> Sequence[int]:
    """Rows of the works of a person that are nearest, best first."""
    rows = index.rows_of(person)
    chosen: list[int] = rows[(-ranked.works[rows]).argsort(kind="stable")][:most].tolist()
    return chosen
