"""Why a person is proposed: sentences of the request beside sentences of their own works, with aligned words.

People judge better by such pairs than by weights of features (arXiv 2302.08450). Chosen are pairs that are near word by
word and say something: a sentence of common words is near to everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.affinity import AffinityIndex, Asked, Ranked, WorkText
from index.encoding import Encoding
from index.late import TokenSpans, align_all
from index.marks import merged
from index.phrases import Text
from index.ranker import EncodedQuestion
from index.sentences import sentences
from kb.text import stem, telling_words

PAIRS = 3  # shown of a person
_WORKS = 3  # of a person that are looked at
_WORDS = 3  # a sentence that tells less than this many words is no evidence
_LEAST = 0.25  # nearness below which a second or third pair is left out
_SIMILAR = 0.55  # of centred tokens, as in index.marks
# What a further pair counts that repeats the sentence asked, or comes from the same work.
_SAME_ASKED, _SAME_WORK = 0.6, 0.85

Span = tuple[int, int]
Marks = tuple[Span, ...]
Floats = NDArray[np.float32]
_Aligned = tuple[Floats, TokenSpans]  # (question tokens, work tokens), and where the latter stand


@dataclass(frozen=True, slots=True)
class Pairing:
    """A sentence of the request, `asked`, beside one of a work, `said`: spans into the request and the work's text.

    Marks are the words that answer each other, offsets into the same texts.
    """

    work: WorkText
    asked: Span
    said: Span
    nearness: float
    asked_marks: Marks = ()
    said_marks: Marks = ()


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
    asked: Asked,
    ranked: Ranked,
    people: Sequence[int],
    encoding: Encoding | None,
    most: int = PAIRS,
) -> dict[int, tuple[Pairing, ...]]:
    """The strongest pairs of each of these people, best first; without token vectors by shared words."""
    request = _telling(index, asked.text, asked.language)
    question = asked.encoded.question if asked.encoded is not None else None
    if question is None and encoding is not None and encoding.codec is not None:
        question = encoding.question(asked.text)
    best = {person: _foremost(index, ranked, person) for person in people}
    every = [row for rows in best.values() for row in rows]
    aligned = _aligned(index, every, question)
    compared = [_compared(index, asked, request, index.works[row], question, aligned.get(row)) for row in every]
    found, first = {}, 0
    for person, rows in best.items():
        found[person] = tuple(_chosen(asked, compared[first : first + len(rows)], question, most))
        first += len(rows)
    return found


def _foremost(index: AffinityIndex, ranked: Ranked, person: int) -> list[int]:
    """Rows of the works of a person that are looked at, best first."""
    rows = index.rows_of(person)
    chosen: list[int] = rows[np.argsort(-ranked.works[rows], kind="stable")][:_WORKS].tolist()
    return chosen


def _aligned(index: AffinityIndex, rows: Sequence[int], question: EncodedQuestion | None) -> dict[int, _Aligned]:
    """Similarity of the question's tokens to those of works, by row; of works that have tokens."""
    if index.meaning is None or question is None or question.tokens is None:
        return {}
    codes = {row: work.tokens for row, work in zip(rows, index.meaning.read(rows), strict=True) if work.tokens}
    return dict(zip(codes, align_all(question.tokens, list(codes.values())), strict=True))


def _compared(
    index: AffinityIndex,
    asked: Asked,
    request: Sequence[_Sentence],
    work: WorkText,
    question: EncodedQuestion | None,
    aligned: _Aligned | None,
) -> _Compared:
    said = _telling(index, work.text, work.language)
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


def _chosen(asked: Asked, works: Sequence[_Compared], question: EncodedQuestion | None, most: int) -> list[Pairing]:
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


def _telling(index: AffinityIndex, text: str, language: str) -> list[_Sentence]:
    """The sentences of a text that can be evidence; all of them when none can."""
    found = []
    for start, end in sentences(text) or [(0, len(text))]:
        words = tuple((start + w.start, start + w.end) for w in telling_words(text[start:end], [language]))
        found.append(_Sentence((start, end), words, index.words.rarity(Text((text[start:end],), language))))
    return [each for each in found if len(each.words) >= _WORDS] or found


def _shared(asked: Asked, request: Sequence[_Sentence], work: WorkText, said: Sequence[_Sentence]) -> Floats:
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
    asked: Asked, pairing: Pairing, compared: _Compared, said: int, asking: int, question: EncodedQuestion | None
) -> Pairing:
    """The pairing with the telling words that answer each other, in any languages."""
    ours, theirs = compared.asked[asking].words, compared.said[said].words
    if compared.similarity is None or compared.spans is None or question is None:
        one, other = _stems(asked.text, ours, asked.language), _stems(pairing.work.text, theirs, pairing.work.language)
        both = one.keys() & other.keys()
        answered, answering = [w for s in both for w in one[s]], [w for s in both for w in other[s]]
    else:
        answered, answering = [], []
        inside = np.flatnonzero((compared.spans.starts >= pairing.said[0]) & (compared.spans.ends <= pairing.said[1]))
        for row, span in enumerate(question.spans):
            word = _around(ours, span)
            if word is None or not len(inside):
                continue
            best = int(inside[compared.similarity[row, inside].argmax()])
            answer = _around(theirs, (int(compared.spans.starts[best]), int(compared.spans.ends[best])))
            if answer is not None and float(compared.similarity[row, best]) >= _SIMILAR:
                answered.append(word)
                answering.append(answer)
    return replace(pairing, asked_marks=merged(asked.text, answered), said_marks=merged(pairing.work.text, answering))


def _around(words: Sequence[Span], token: Span) -> Span | None:
    """The word that a token is a piece of."""
    return next((word for word in words if word[0] < token[1] and token[0] < word[1]), None)
