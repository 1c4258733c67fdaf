"""What is published, in columns: which passages pass which filters, and how many documents share a value."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kb.documents.facts import DocumentFacts
from kb.search.answers import Facet, Filters
from kb.search.facets import ABOUT, FACETS, facet_values, passes_filters

ANY = ""  # as a value of a field that is crossed with another: whatever it is


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two fields crossed: works by pair of values, ANY among them, and works that carry no value of the second."""

    counts: dict[tuple[str, str], int]
    lacking: int


@dataclass(frozen=True)
class Catalogue:
    """Published passages by ascending id. A value: a change gives a new one."""

    ids: NDArray[np.int64]  # (n,) passage ids
    documents: NDArray[np.int64]  # (n,) document of each passage
    languages: NDArray[np.str_]  # (n,) language of each passage
    facts: dict[int, DocumentFacts]  # by document id
    by_work: dict[str, tuple[DocumentFacts, ...]]  # documents of each work

    def changed(
        self, gone: Iterable[int], came: Iterable[DocumentFacts], rows: Sequence[tuple[int, int, str]]
    ) -> "Catalogue":
        """Without the documents `gone`, with `came` and their passages (id, document, language)."""
        dropped = set(gone) | {facts.id for facts in came}
        facts = {i: f for i, f in self.facts.items() if i not in dropped} | {f.id: f for f in came}
        kept = ~np.isin(self.documents, np.asarray(sorted(dropped), np.int64))
        ids = np.concatenate([self.ids[kept], np.asarray([r[0] for r in rows], np.int64)])
        documents = np.concatenate([self.documents[kept], np.asarray([r[1] for r in rows], np.int64)])
        languages = np.concatenate([self.languages[kept], np.asarray([r[2] for r in rows], "U8")])
        order = np.argsort(ids)
        return Catalogue(ids[order], documents[order], languages[order], facts, _by_work(facts.values()))

    def known(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these passage ids are published, shape of `ids`."""
        if not len(self.ids):
            return np.zeros(len(ids), bool)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.asarray(self.ids[places] == ids)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each id, which must be known."""
        return np.searchsorted(self.ids, ids)

    def languages_of(self, ids: NDArray[np.int64]) -> NDArray[np.str_]:
        """Language of each passage; all ids must be known."""
        return self.languages[self.rows(ids)]

    def documents_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Document of each passage; all ids must be known."""
        return self.documents[self.rows(ids)]

    def allowed(self, filters: Filters) -> NDArray[np.int64] | None:
        """Ids of the passages that pass, ascending; None when there is no filter and all do."""
        if not filters:
            return None
        mask = np.isin(self.documents, self.documents_with(filters))
        if filters.languages:
            mask &= np.isin(self.languages, np.asarray(filters.languages))
        return self.ids[mask]

    def documents_with(self, filters: Filters) -> NDArray[np.int64]:
        """Ids of the documents that pass all filters but that of the passage's language, ascending."""
        return np.asarray(sorted(i for i, f in self.facts.items() if passes_filters(filters, f)), np.int64)

    @cached_property
    def samples(self) -> NDArray[np.int64]:
        """Ids of the documents that are invented examples, ascending."""
        return np.asarray(sorted(i for i, facts in self.facts.items() if facts.sample), np.int64)

    def spoken(self, share: float = 0.0) -> list[str]:
        """Languages of at least this share of the passages, most frequent first."""
        return [language for language, count in self._counted if count >= share * len(self.ids)]

    def share(self, language: str) -> float:
        """Share of the passages that are in `language`."""
        return dict(self._counted).get(language, 0) / max(1, len(self.ids))

    @cached_property
    def _counted(self) -> list[tuple[str, int]]:
        values, counts = np.unique(self.languages, return_counts=True)
        return [(str(values[i]), int(counts[i])) for i in np.argsort(-counts, kind="stable")]

    def facets(self, ids: NDArray[np.int64]) -> tuple[Facet, ...]:
        """For each value, how many works have a passage among `ids` that carries it."""
        found: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in FACETS}
        for facts, language in self._spoken(self.rows(ids)):
            for name, values in facet_values(facts, language).items():
                for value in values:
                    found[name][value].add(facts.work)
        return tuple(Facet(name, _ranked(found[name])) for name in FACETS)

    def crossed(self, one: str, other: str) -> "Crossing":
        """How many works a search for each pair of values of two fields (FACETS, ABOUT) would find; counted once."""
        if (one, other) not in self._crossings:
            self._crossings[one, other] = self._crossed(one, other)
        return self._crossings[one, other]

    @cached_property
    def _crossings(self) -> dict[tuple[str, str], "Crossing"]:
        return {}

    def _crossed(self, one: str, other: str) -> "Crossing":
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        carrying: set[str] = set()
        for facts, language in self._spoken(np.arange(len(self.ids))):
            values = facet_values(facts, language) | {ABOUT: facts.objectives}
            carrying |= {facts.work} if values[other] else set()
            for pair in product((*values[one], ANY), (*values[other], ANY)):
                found[pair].add(facts.work)
        counts = {pair: len(works) for pair, works in found.items()}
        return Crossing(counts, counts.get((ANY, ANY), 0) - len(carrying))

    def _spoken(self, rows: NDArray[np.int64]) -> list[tuple[DocumentFacts, str]]:
        """The documents of these rows, each with every language of its passages there."""
        documents, languages = self.documents[rows], self.languages[rows]
        return [
            (self.facts[int(document)], language)
            for language in self.spoken()
            for document in np.unique(documents[languages == language])
        ]


def empty() -> Catalogue:
    """A catalogue of nothing."""
    return Catalogue(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, "U8"), {}, {})


def _by_work(facts: Iterable[DocumentFacts]) -> dict[str, tuple[DocumentFacts, ...]]:
    works: dict[str, tuple[DocumentFacts, ...]] = {}
    for one in facts:
        works[one.work] = (*works.get(one.work, ()), one)
    return works


def _ranked(works: dict[str, set[str]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((v, len(w)) for v, w in works.items()), key=lambda pair: (-pair[1], pair[0])))
