"""Which words of a passage answer which words of the question: the highlights."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from index.search.late_interaction import align
from index.search.question import Question
from index.search.ranker import EncodedQuestion
from kb.text.words import stem, telling_words, words

_SIMILAR = 0.55  # cosine of centred tokens from which two words say the same; see README, "Highlights"
_GAP = 2  # characters between marks that are shown as one


def lexical_marks(question: Question, text: str, languages: Sequence[str]) -> list[tuple[int, int]]:
    """Words of `text` that share a stem with a telling word of the question; offsets into `text`."""
    telling = telling_words(question.text, languages) or list(words(question.text))
    spelled = [question.text[w.start : w.end] for w in telling]
    stems = {stem(word, language) for word in spelled for language in languages}
    stems |= {word.folded for word in telling}
    marks = _names(question, text, languages)
    worth = {word.start for word in telling_words(text, languages)}
    for word in words(text):
        shown = text[word.start : word.end]
        if word.folded in stems or (
            word.start in worth and any(stem(shown, language) in stems for language in languages)
        ):
            marks.append((word.start, word.end))
    return marks


def aligned_marks(
    question: Question, encoded: EncodedQuestion, text: str, code: bytes, languages: Sequence[str]
) -> list[tuple[int, int]]:
    """Words of `text` that token alignment finds to answer a telling word of the question, in any language."""
    if encoded.tokens is None:
        return []
    similarity, spans = align(encoded.tokens, code)
    telling = _telling_tokens(question, encoded, languages)
    if not len(telling) or not similarity.shape[1]:
        return []
    best = similarity[telling]
    chosen = {int(best[row].argmax()) for row in range(len(telling)) if float(best[row].max()) >= _SIMILAR}
    return _whole_words(text, [(int(spans.starts[t]), int(spans.ends[t])) for t in sorted(chosen)], languages)


def merged(text: str, marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Marks in order, without overlaps; neighbours with nothing but a space between them become one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(marks)):
        if joined and start <= joined[-1][1] + _GAP and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _names(question: Question, text: str, languages: Sequence[str]) -> list[tuple[int, int]]:
    """Where `text` has a name of the question as it is spelled, or a term inflected, under any of its forms."""
    spelled = list(words(text))
    if not question.equivalents or not spelled:
        return []
    folded = [word.folded for word in spelled]
    marks = _places(folded, {form for name in question.equivalents for form in _keys(name.forms, "und")})
    terms = [name for name in question.equivalents if name.term]
    for language in languages if terms else ():
        stems = [stem(text[word.start : word.end], language) for word in spelled]
        marks += _places(stems, {form for term in terms for form in _keys(term.forms, language)})
    return [(spelled[first].start, spelled[end - 1].end) for first, end in marks]


def _keys(forms: Iterable[str], language: str) -> set[tuple[str, ...]]:
    """The words of each form by their stems in a language; "und" leaves them as they are spelled."""
    return {tuple(stem(form[w.start : w.end], language) for w in words(form)) for form in forms} - {()}


def _places(keys: Sequence[str], forms: Iterable[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where a form stands among the keys of a text: the first of its words, and the one after its last."""
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for form in forms:
        by_first[form[0]].append(form)
    return [
        (place, place + len(form))
        for place, key in enumerate(keys)
        for form in by_first.get(key, ())
        if tuple(keys[place : place + len(form)]) == form
    ]


def _telling_tokens(
    question: Question, encoded: EncodedQuestion, languages: Sequence[str]
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Rows of the question's tokens that belong to words worth marking."""
    telling = [(w.start, w.end) for w in telling_words(question.text, languages)]
    rows = [
        row
        for row, (start, end) in enumerate(encoded.spans)
        if any(start < stop and begin < end for begin, stop in telling)
    ]
    return np.asarray(rows, np.int64)


def _whole_words(text: str, spans: Sequence[tuple[int, int]], languages: Sequence[str]) -> list[tuple[int, int]]:
    """The words that tokens are pieces of; common words are left unmarked."""
    return [
        (word.start, word.end)
        for word in telling_words(text, languages)
        if any(start < word.end and word.start < end for start, end in spans)
    ]
