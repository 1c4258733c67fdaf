"""The words that a scheme describes its concepts with, and how much each of them tells concepts apart."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from kb.text.words import stem, stop_words, words
from kb.vocabularies.concept import Concept, Scheme
from kb.vocabularies.scheme_names import FUNCTION_WORDS

_DESCRIBES = 0.5  # rarity of a word that words and description must share to fit


class Profile:
    """The words of all labels and the definition of each concept in one language, weighted by rarity."""

    def __init__(self, scheme: Scheme, language: str) -> None:
        self._size = len(scheme.concepts)
        found: dict[str, set[int]] = defaultdict(set)
        for number, concept in enumerate(scheme.concepts):
            for each in _described(concept, language):
                for word in spelled(each):
                    found[stem(word, language)].add(number)
        self._language = language
        common = {stem(word, language) for word in stop_words(language)} | FUNCTION_WORDS
        self.concepts = {each: tuple(sorted(numbers)) for each, numbers in found.items() if each not in common}

    def stems(self, text: str) -> tuple[str, ...]:
        """The words of `text` as this profile knows them."""
        return tuple(stem(word, self._language) for word in spelled(text))

    def rarity(self, stemmed: str) -> float:
        """From 0 (in every concept) to 1 (in one)."""
        return rarity_of(len(self.concepts.get(stemmed, (0,))), self._size)

    def overlap(self, stems: Sequence[str]) -> list[float]:
        """For each concept, the rarity of the distinct `stems` that its description shares with them, summed."""
        scores = [0.0] * self._size
        for each in dict.fromkeys(stems):
            rarity = self.rarity(each)
            for number in self.concepts.get(each, ()):
                scores[number] += rarity
        return scores


def labels_of(concept: Concept) -> Iterator[tuple[str, str]]:
    """(language, label): preferred, alternative and long ones."""
    yield from concept.labels
    yield from concept.alt_labels
    yield from concept.titles


def _described(concept: Concept, language: str) -> Iterator[str]:
    yield from (text for of, text in (*labels_of(concept), *concept.definitions) if of == language)


def rarity_of(number: int, size: int) -> float:
    """How much it tells that something is of `number` among `size` concepts: from 0 (all) to 1 (one)."""
    return math.log(size / number) / math.log(size) if size > 1 else 1.0


def profiles_of(scheme: Scheme) -> dict[str, Profile]:
    """The profile of a scheme in each of its languages."""
    languages = sorted({language for concept in scheme.concepts for language, _ in labels_of(concept)})
    return {language: Profile(scheme, language) for language in languages}


def describes(profiles: Mapping[str, Profile], concept: int, text: str) -> bool:
    """Whether `text` has a telling word of the description of a concept, by its place, in any language."""
    return any(
        profile.rarity(each) >= _DESCRIBES and concept in profile.concepts.get(each, ())
        for profile in profiles.values()
        for each in profile.stems(text)
    )


@lru_cache(maxsize=50_000)
def spelled(text: str) -> tuple[str, ...]:
    """The words of `text` as they are written."""
    return tuple(text[word.start : word.end] for word in words(text))
