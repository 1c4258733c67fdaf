"""Any engine that keeps to the protocols serves: those of the platform rank as brute force does, and it can search."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.search.backend import Ids, SearchBackend, WordQuery
from index.search.lexical import LexicalIndex, LexicalPassage
from index.search.searcher import Searcher
from index.search.vectors import build
from kb.search.answers import Filters, Query
from tests.support.documents import Instance, sample
from tests.support.engines import MemoryBackends, MemoryVectors, MemoryWords

COUNT, DIMENSION = 60, 32
VOCABULARY = ("visa", "visas", "return", "returned", "families", "detention", "work", "permit")
random = np.random.default_rng(7)
IDS = np.sort(random.choice(10 * COUNT, COUNT, replace=False)).astype(np.int64)
VECTORS = random.standard_normal((COUNT, DIMENSION)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
TEXTS = [
    LexicalPassage(
        int(number), int(number), "en", " ".join(random.choice(VOCABULARY, 12)), " ".join(random.choice(VOCABULARY, 3))
    )
    for number in IDS
]


def lexical() -> LexicalIndex:
    index = LexicalIndex(None)
    index.update((), TEXTS)
    return index


QUESTION = VECTORS[3] / 2 + VECTORS[5] / 2
WORDS = WordQuery("visas for returned families", ("en", "es"))
VECTOR_ENGINES = (lambda: build(IDS, VECTORS, DIMENSION), lambda: MemoryVectors(IDS, VECTORS))
WORD_ENGINES = (lexical, lambda: MemoryWords(TEXTS))
ENGINES = [(make, QUESTION, MemoryVectors(IDS, VECTORS)) for make in VECTOR_ENGINES] + [
    (make, WORDS, MemoryWords(TEXTS)) for make in WORD_ENGINES
]


@pytest.mark.parametrize(("make", "query", "plain"), ENGINES, ids=["faiss", "memory", "tantivy", "memory-words"])
@pytest.mark.parametrize("limit", [0, 1, 7, 1000])
@pytest.mark.parametrize("allowed", [None, IDS[::3], IDS[:1], IDS[:0]], ids=["all", "third", "one", "none"])
def test_an_engine_ranks_as_brute_force_does(
    make: Callable[[], SearchBackend[Any]], query: Any, plain: SearchBackend[Any], limit: int, allowed: Ids | None
) -> None:
    ranking, expected = make().search(query, limit, allowed), plain.search(query, limit, allowed)
    assert ranking.ids.tolist() == expected.ids.tolist()
    assert ranking.scores == pytest.approx(expected.scores, abs=2e-4)
    assert len(make()) == COUNT


@pytest.mark.parametrize("phrase", ["visa", "work permit", "Détention, work", "nowhere", "…"])
def test_an_engine_finds_phrases_as_brute_force_does(phrase: str) -> None:
    found, expected = ({*make().containing(phrase).tolist()} for make in WORD_ENGINES)
    assert found == expected


@pytest.fixture
def home(tmp_path: Path) -> Instance:
    instance = Instance(tmp_path)
    instance.add(
        sample("Visas for families of workers", "Detention of children ends", title="Report A", name="a"),
        sample("Visas de trabajo para familias", "Retorno voluntario", title="Informe B", name="b", language="es"),
        sample("Return and readmission of workers", "Work permits", title="Report C", name="c", countries=("MEX",)),
    )
    return instance


@pytest.mark.parametrize("vectors", [False, True])
def test_a_searcher_works_over_any_engine_and_follows_what_is_published(home: Instance, vectors: bool) -> None:
    other = Searcher(home.database, MemoryBackends(home.database))
    if vectors:
        encoding = home.encoding
        other.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    both = (home.searcher(vectors), other)
    queries = (
        Query("visas for families"),
        Query("return of workers", Filters(countries=("MEX",))),
        Query('"work permits"'),
        Query("workers -detention"),
        Query(""),
    )
    for query in queries:
        told, plain = (searcher.search(query) for searcher in both)
        assert [hit.record.id for hit in told.hits] == [hit.record.id for hit in plain.hits]
        assert [hit.score for hit in told.hits] == pytest.approx([hit.score for hit in plain.hits], abs=1e-3)
        assert (told.total, told.facets, told.arms) == (plain.total, plain.facets, plain.arms)
    home.withdraw(2)
    home.add(sample("Permits and visas for seasonal work", title="Report D", name="d"))
    for query in queries:  # frequencies, and so scores, may count what was forgotten for a while
        told, plain = (searcher.search(query) for searcher in both)
        assert {hit.record.id for hit in told.hits} == {hit.record.id for hit in plain.hits}
        assert (told.total, told.facets) == (plain.total, plain.facets)
