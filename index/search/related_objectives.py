"""Objectives whose terms share words with a question: where to go on when no document answers."""

from collections import Counter, defaultdict
from functools import cache

from kb.text.words import stem, stop_words, words
from kb.vocabularies.concept import Concept
from kb.vocabularies.skos import Taxonomy, natural

_LANGUAGES = ("en", "es", "fr", "pt", "ar", "ru")
_SHOWN = 3
_READ = 1000  # characters of a question
_ENOUGH = 3  # words in common that are enough, however long the question


class NearestObjectives:
    """Finds objectives by the words of their labels, in any of the languages the labels are in."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        concepts = taxonomy.by_name["objectives"].concepts if "objectives" in taxonomy.by_name else ()
        self._concepts = {concept.notation: concept for concept in concepts}
        self._holders: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = {}
        for concept in concepts:
            for language, label in (*concept.labels, *concept.alt_labels, *concept.titles):
                for word in _telling(label):
                    self._holders[stem(word, language)].add(concept.notation)
            names = {(word, language) for language, label in concept.labels for word in _telling(label)}
            self._names[concept.notation] = {stem(word, language) for word, language in names}

    def of(self, question: str) -> tuple[Concept, ...]:
        """The objectives that share rare words with the question, and about half of its words; best first.

        A word of the short name counts twice.
        """
        asked = _telling(question[:_READ])
        shared: Counter[str] = Counter()
        points: Counter[str] = Counter()
        for word in asked:
            for notation in (holders := self._of_word(word)):
                shared[notation] += 1
                named = any(stem(word, language) in self._names[notation] for language in _LANGUAGES)
                points[notation] += 1000 * (1 + named) // len(holders)
        needed = min(_ENOUGH, (len(asked) + 1) // 2)
        enough = (notation for notation in points if shared[notation] >= needed)
        found = sorted(enough, key=lambda notation: (-points[notation], natural(notation)))
        return tuple(self._concepts[notation] for notation in found[:_SHOWN])

    def _of_word(self, word: str) -> set[str]:
        return set().union(*(self._holders.get(stem(word, language), ()) for language in _LANGUAGES))


def _telling(text: str) -> set[str]:
    """The words of a text that are common in none of the languages."""
    return {text[word.start : word.end] for word in words(text) if word.folded not in _shared()}


@cache
def _shared() -> frozenset[str]:
    return frozenset().union(*(stop_words(language) for language in _LANGUAGES))
