"""Why a person is proposed: sentences of the request beside sentences of their own works, with aligned words.

People judge better by such pairs than by weights of features (arXiv 2302.08450). Chosen are pairs that are near word by
word and say something: a sentence of common words is near to everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import regex
from numpy.typing import NDArray

from index.encoding.instance_encoding import Encoding
from index.matching.abstention import nearest_works, question_of
from index.matching.affinity import AffinityIndex, Ranked, RequestText
from index.matching.phrase_index import Text
from index.matching.sentences import sentences
from index.search.highlights import merged
from index.search.late_interaction import TokenSpans, align_all
from index.search.ranker import EncodedQuestion
from kb.matching.match import Pairing, Span, WorkText
from kb.text.words import stem, telling_words

PAIRS = 3  # shown of a person
_WORKS = 3  # of a person that are looked at
_WORDS = 3  # a sentence that tells less than this many words is no evidence
_LEAST = 0.25  # nearness below which a second or third pair is left out
# Of centred tokens that are each other's nearest. Of 44 pairs of sentences in two languages, read one by one: 0.55 in
# one direction marked 38 pairs of words, 37 of them rightly; this rule 58, 56 of them rightly.
_SIMILAR = 0.45
_NO_EVIDENCE = regex.compile(
    r"https?://|www\.|\S@\S|©|\bISBN\b|\bISSN\b|\bdoi:", regex.IGNORECASE
)  # imprints, addresses
# What a further pair counts that repeats the sentence asked, or comes from the same work.
_SAME_ASKED, _SAME_WORK = 0.6, 0.85

Floats = NDArray[np.float32]
_Pieces = list[tuple[Span, list[int]]]  # words, and the tokens that each is made of
_Aligned = tuple[Floats, TokenSpans]  # (question tokens, work tokens), and where the latter stand


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that tells something: its span, its telling words, and how rare its words are."""

    span: Span
    words: tuple[Span, ...]
    rarity: float


@dataclass(frozen=True, slots=True)
class _Compared:
    """Sentences asked and said with their nearness, and the tokens it was told from, where there are any."""

    work: WorkText
    asked: Sequence[_Sentence]
    said: Sequence[_Sentence]
    nearness: Floats  # (said, asked)
    similarity: Floats | None = None  # (question tokens, work tokens)
    spans: TokenSpans | None = None


def explain(
    index: AffinityIndex,
    asked: RequestText,
    ranked: Ranked,
    people: Sequence[int],
    encoding: Encoding | None,
    most: int = PAIRS,
    begins: int = 0,
) -> dict[int, tuple[Pairing, ...]]:
    """The strongest pairs of each of these people, best first; without token vectors by shared words.

    A title before `begins`, where the problem itself begins, is no sentence that shows why.
    """
    request = _telling(index, asked.text, asked.language, begins)
    question = question_of(asked, encoding)
    best = {person: nearest_works(index, ranked, person, _WORKS) for person in people}
    every = [row for rows in best.values() for row in rows]
    aligned = _aligned(index, every, question)
    compared = [_compared(index, asked, request, index.works[row], question, aligned.get(row)) for row in every]
    found, first = {}, 0
    for person, rows in best.items():
        found[person] = tuple(_chosen(asked, compared[first : first + len(rows)], question, most))
        first += len(rows)
    return found


def _aligned(index: AffinityIndex, rows: Sequence[int], question: EncodedQuestion | None) -> dict[int, _Aligned]:
    """Similarity of the question's tokens to those of works, by row; of works that have tokens."""
    if index.meaning is None or question is None or question.tokens is None:
        return {}
    codes = {row: work.tokens for row, work in zip(rows, index.meaning.read(rows), strict=True) if work.tokens}
    return dict(zip(codes, align_all(question.tokens, list(codes.values())), strict=True))


def _compared(
    index: AffinityIndex,
    asked: RequestText,
    request: Sequence[_Sentence],
    work: WorkText,
    question: EncodedQuestion | None,
    aligned: _Aligned | None,
) -> _Compared:
    said = _telling(index, work.text, work.language, len(work.title) + 1 if work.title else 0)
    if question is None or aligned is None:
        return _Compared(work, request, said, _shared(asked, request, work, said))
    similarity, spans = aligned
    near = np.zeros((len(said), len(request)), np.float32)
    starts = np.asarray([start for start, _ in question.spans])
    weights = question.weights if question.weights is not None else np.ones(len(starts), np.float32)
    for i, sentence in enumerate(said):
        columns = (spans.starts >= sentence.span[0]) & (spans.ends <= sentence.span[1]) & (spans.ends > spans.starts)
        if not columns.any():
            continue
        best = similarity[:, columns].max(1)
        for j, other in enumerate(request):
            rows = (starts >= other.span[0]) & (starts < other.span[1])
            near[i, j] = float(np.average(best[rows], weights=weights[rows])) if rows.any() else 0.0
    return _Compared(work, request, said, near, similarity, spans)


def _chosen(
    asked: RequestText, works: Sequence[_Compared], question: EncodedQuestion | None, most: int
) -> list[Pairing]:
    """The best, one after another; no sentence of a work twice, and rather another question and another work."""
    left = [
        (float(c.nearness[i, j]) * (c.said[i].rarity * c.asked[j].rarity) ** 0.5, c, i, j)
        for c in works
        for i in range(len(c.said))
        for j in range(len(c.asked))
    ]
    chosen: list[Pairing] = []
    while left and len(chosen) < most:
        worth, best, said, asking = max(left, key=lambda each: each[0])
        near = float(best.nearness[said, asking])
        if worth <= 0 or (chosen and near < _LEAST):
            break
        pairing = Pairing(best.work, best.asked[asking].span, best.said[said].span, near)
        chosen.append(_marked(asked, pairing, best, said, asking, question))
        left = [
            (w * (_SAME_ASKED if j == asking else 1) * (_SAME_WORK if c is best else 1), c, i, j)
            for w, c, i, j in left
            if not (c is best and i == said)
        ]
    return chosen


def _telling(index: AffinityIndex, text: str, language: str, begins: int = 0) -> list[_Sentence]:
    """The sentences of a text that can be evidence, none of its title before `begins`; all of them when none can."""
    found = []
    for start, end in sentences(text) or [(0, len(text))]:
        words = tuple((start + w.start, start + w.end) for w in telling_words(text[start:end], [language]))
        found.append(_Sentence((start, end), words, index.words.rarity(Text((text[start:end],), language))))
    body = [s for s in found if s.span[0] >= begins and not _NO_EVIDENCE.search(text[slice(*s.span)])] or found
    return [sentence for sentence in body if len(sentence.words) >= _WORDS] or body


def _shared(asked: RequestText, request: Sequence[_Sentence], work: WorkText, said: Sequence[_Sentence]) -> Floats:
    """Share of telling stems that sentences have in common, shape (said, asked)."""
    ours = [_stems(work.text, sentence.words, work.language).keys() for sentence in said]
    theirs = [_stems(asked.text, sentence.words, asked.language).keys() for sentence in request]
    shares = [[len(s & a) / max((len(s) * len(a)) ** 0.5, 1.0) for a in theirs] for s in ours]
    return np.asarray(shares, np.float32).reshape(len(said), len(request))


def _stems(text: str, words: Sequence[Span], language: str) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for word in words:
        found.setdefault(stem(text[slice(*word)], language), []).append(word)
    return found


def _marked(
    asked: RequestText, pairing: Pairing, compared: _Compared, said: int, asking: int, question: EncodedQuestion | None
) -> Pairing:
    """The pairing with the telling words that answer each other, in any languages."""
    ours, theirs = compared.asked[asking].words, compared.said[said].words
    answers: list[tuple[Span, Span]] = []
    if compared.similarity is not None and compared.spans is not None and question is not None:
        pieces = list(zip(compared.spans.starts.tolist(), compared.spans.ends.tolist(), strict=True))
        answers = _answers(compared.similarity, _pieces(ours, question.spans), _pieces(theirs, pieces))
    if compared.similarity is None or asked.language == pairing.work.language:
        one, other = _stems(asked.text, ours, asked.language), _stems(pairing.work.text, theirs, pairing.work.language)
        answers += [(a, b) for shared in one.keys() & other.keys() for a in one[shared] for b in other[shared]]
    answered, answering = [a for a, _ in answers], [b for _, b in answers]
    return replace(pairing, asked_marks=merged(asked.text, answered), said_marks=merged(pairing.work.text, answering))


def _answers(similarity: Floats, asked: _Pieces, said: _Pieces) -> list[tuple[Span, Span]]:
    """Words that are each other's nearest of the two sentences, and near; a word is as near as its nearest pieces."""
    if not asked or not said:
        return []
    near = np.asarray([[similarity[np.ix_(rows, columns)].max() for _, columns in said] for _, rows in asked])
    there, back = near.argmax(1), near.argmax(0)
    both = [(row, int(column)) for row, column in enumerate(there) if back[column] == row]
    return [(asked[row][0], said[column][0]) for row, column in both if near[row, column] >= _SIMILAR]


def _pieces(words: Sequence[Span], tokens: Sequence[Span]) -> _Pieces:
    """Each word with the places of the tokens that are pieces of it; none without any."""
    found = [(w, [i for i, (a, b) in enumerate(tokens) if a < w[1] and w[0] < b]) for w in words]
    return [(word, places) for word, places in found if places]
