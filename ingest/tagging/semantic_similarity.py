"""How near the meaning of a text is to each concept of a scheme, beyond what the descriptions have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.embedding_cache import Keep, not_kept
from kb.vocabularies.concept import Concept, Scheme

Vectors: TypeAlias = NDArray[np.float32]
Encode: TypeAlias = Callable[[Sequence[str]], Vectors]  # texts -> (texts, dimension), L2-normalised


@dataclass(frozen=True, slots=True)
class _Facet:
    """One way of describing each concept: mean vectors over languages, and how near other descriptions come to them."""

    concepts: Vectors  # (concepts, dimension)
    background: Vectors  # (concepts,)
    spread: float


class Meaning:
    """Similarity of texts to the concepts of one scheme. Descriptions are encoded once, when first needed.

    Each concept has two descriptions, its definition and its labels, in every language that has a definition or else a
    preferred label. The mean similarity that the descriptions of the *other* concepts have to it is taken off, which
    corrects for concepts that are near to everything without needing any texts to learn it from.
    """

    def __init__(self, scheme: Scheme, encode: Encode, keep: Keep = not_kept) -> None:
        self._scheme = scheme
        self._encode = encode
        self._keep = keep

    def nearness(self, vectors: Vectors) -> NDArray[np.float64]:
        """Shape (texts, concepts): above 0 is nearer than other concepts' descriptions are, in their deviations."""
        each = [(vectors @ f.concepts.T - f.background) / f.spread for f in self._facets]
        return np.asarray(np.mean(np.stack(each), axis=0), dtype=np.float64)

    def sentences(self, concept: int, texts: Sequence[str]) -> Vectors:
        """Similarity of a few sentences to one concept, shape (texts,)."""
        vectors = self._encode(texts)
        found: Vectors = np.mean([vectors @ facet.concepts[concept] for facet in self._facets], axis=0)
        return found

    @cached_property
    def _facets(self) -> tuple[_Facet, ...]:
        languages = self._languages()
        described = [[_definition(c, of) for c in self._scheme.concepts] for of in languages]
        labelled = [[_labels(c, of) for c in self._scheme.concepts] for of in languages]
        size = len(self._scheme.concepts)
        # One call, so that the encoder can batch texts of like length.
        texts = ["vectors", *(text for each in (*described, *labelled) for text in each)]
        (vectors,) = self._keep(texts, lambda: [self._encode(texts[1:])])
        by_facet = vectors.reshape(2, len(languages), size, -1)
        return tuple(_facet(each) for each in by_facet)

    def _languages(self) -> list[str]:
        defined = {of for concept in self._scheme.concepts for of, _ in concept.definitions}
        return sorted(defined or {of for concept in self._scheme.concepts for of, _ in concept.labels})


def _facet(vectors: Vectors) -> _Facet:
    """From vectors of shape (languages, concepts, dimension)."""
    _, size, dimension = vectors.shape
    concepts = vectors.mean(axis=0)
    flat = vectors.reshape(-1, dimension)
    if size < 2:
        return _Facet(concepts, np.zeros(size, np.float32), 1.0)
    similar = flat @ concepts.T
    own = np.arange(len(flat))[:, None] % size == np.arange(size)[None, :]
    others = np.ma.MaskedArray(similar, mask=own)
    background = np.asarray(others.mean(axis=0), dtype=np.float32)
    return _Facet(concepts, background, float(others.std(axis=0).mean()) or 1.0)


def _definition(concept: Concept, language: str) -> str:
    return concept.definition(language) or concept.title(language)


def _labels(concept: Concept, language: str) -> str:
    alternatives = (label for of, label in concept.alt_labels if of == language)
    return "; ".join(dict.fromkeys((concept.label(language), concept.title(language), *alternatives)))
