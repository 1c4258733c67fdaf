"""How much of a question stands in a passage, word by word: as it is typed, inflected, or in another language."""

from collections.abc import Sequence
from functools import lru_cache

from index.search.question import Question
from kb.text.language import ASKED_IN, question_language
from kb.text.words import stem, telling_words, words

Unit = tuple[frozenset[str], ...]  # words that must all be there, each under any of its keys


def units(question: Question, languages: Sequence[str]) -> list[tuple[Unit, ...]]:
    """What the question asks for: its terms and names, each in any of its forms, and its other telling words.

    `languages` are those of the passages, by whose stems words are known. A question of common words alone ("to be or
    not to be") asks for all of them.
    """
    spoken = tuple(languages)
    named = [tuple(_unit(form, spoken) for form in each.forms) for each in question.equivalents]
    taken = [(each.start, each.end) for each in question.equivalents]
    asked = question_language(question.text)
    telling = telling_words(question.text, [asked] if asked else ASKED_IN) or words(question.text)
    text = question.text
    rest = [
        (_unit(text[word.start : word.end], spoken),)
        for word in telling
        if not any(start < word.end and word.start < end for start, end in taken)
    ]
    return [tuple(form for form in forms if form) for forms in (*named, *dict.fromkeys(rest))]


def covered(asked: Sequence[tuple[Unit, ...]], text: str, language: str) -> float:
    """Which share of what is asked for stands in a passage of `language`, in [0, 1]; 0 when nothing is asked for."""
    if not asked:
        return 0.0
    held = _held(text, language)
    there = sum(any(all(not held.isdisjoint(keys) for keys in form) for form in forms) for forms in asked)
    return there / len(asked)


@lru_cache(maxsize=4096)
def _held(text: str, language: str) -> frozenset[str]:
    """The words of a passage, folded and by their stems; the same few thousand passages are asked again and again."""
    spelled = list(words(text))
    return frozenset((*(w.folded for w in spelled), *(stem(text[w.start : w.end], language) for w in spelled)))


@lru_cache(maxsize=4096)
def _unit(form: str, spoken: tuple[str, ...]) -> Unit:
    """The words of a form that tell it, each with its stems in these languages; all words where none tells it."""
    telling = telling_words(form, spoken) or list(words(form))
    return tuple(
        frozenset((word.folded, *(stem(form[word.start : word.end], language) for language in spoken)))
        for word in telling
    )
