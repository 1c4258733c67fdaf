"""Objectives whose terms share words with a question: where to go on when no document answers."""

from collections import Counter, defaultdict
from functools import lru_cache

from kb.models import Concept
from kb.taxonomy import Taxonomy
from kb.text import stem, stop_words, words

_LANGUAGES = ("en", "es", "fr", "pt", "ar", "ru")
_SHOWN = 3


class NearestObjectives:
    """Finds objectives by the rare words of their labels, in any of the languages the labels are in."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        concepts = taxonomy.by_name["objectives"].concepts if "objectives" in taxonomy.by_name else ()
        self._concepts = {concept.notation: concept for concept in concepts}
        self._holders: dict[str, set[str]] = defaultdict(set)
        for concept in concepts:
            for language, label in (*concept.labels, *concept.alt_labels, *concept.titles):
                for term in _terms(label, language):
                    self._holders[term].add(concept.notation)

    def of(self, question: str) -> tuple[Concept, ...]:
        """The objectives that share most with the question, best first; none when nothing is shared."""
        points: Counter[str] = Counter()
        for term in {term for language in _LANGUAGES for term in _terms(question[:1000], language)}:
            holders = self._holders.get(term, set())
            for notation in holders:
                points[notation] += 1000 // len(holders)
        return tuple(self._concepts[notation] for notation, _points in points.most_common(_SHOWN))


@lru_cache(maxsize=20_000)
def _terms(text: str, language: str) -> frozenset[str]:
    spelled = {text[word.start : word.end] for word in words(text) if word.folded not in stop_words(language)}
    return frozenset(stem(word, language) for word in spelled)
