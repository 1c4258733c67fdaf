"""Affinity: whose works are near a request, by words and by meaning, and the sentences that show it."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from index.encoding.instance_encoding import Encoding
from index.matching.abstention import fit
from index.matching.affinity import AffinityIndex, RequestText, pool_best_works
from index.matching.explanations import explain
from index.matching.phrase_index import PhraseIndex, Text
from index.matching.request_encoding import encode_request, encode_works, in_memory
from index.matching.second_order import SecondOrderSimilarity
from index.matching.sentences import sentences
from index.matching.weights import MatchingWeights
from kb.matching.match import WorkText
from tests.support.documents import hashing

WEIGHTS = MatchingWeights()
WORKS = (
    ("Remittance prices", "Fees of money transfers fall when agents compete. A public website compares prices.", "en"),
    ("Nurses abroad", "Agreements on nursing licences between two countries. Training is paid by who hires.", "en"),
    ("Casas de acogida", "Atención a víctimas de trata después del rescate. Apoyo legal y vivienda.", "es"),
    ("Pasos fronterizos", "Un solo edificio para los agentes de los dos países. Los camiones esperan menos.", "es"),
)


def works_of(*texts: tuple[str, str, str]) -> list[WorkText]:
    """One person a work; people are numbered from 10."""
    return [WorkText(i, 10 + i, title, body, language) for i, (title, body, language) in enumerate(texts)]


def index_of(works: Sequence[WorkText], encoding: Encoding | None = None) -> AffinityIndex:
    return AffinityIndex(works, in_memory(encode_works(encoding, [w.text for w in works])) if encoding else None)


def asked(text: str, language: str, encoding: Encoding | None = None) -> RequestText:
    return RequestText(text, language, encode_request(encoding, text) if encoding else None)


# --- words and pairs of words ---


def test_the_cosine_of_words_and_pairs_is_that_of_the_formula() -> None:
    texts = [("cat", "dog", "cat", "bird"), ("dog", "fish"), ("fish", "bird", "bird")]

    def counts(words: Sequence[str]) -> Counter[tuple[str, ...]]:
        return Counter([(w,) for w in words]) + Counter(pairwise(words))

    every = [counts(words) for words in texts]
    rarity = {p: 1 + math.log(4 / (1 + sum(p in each for each in every))) for each in every for p in each}
    vectors = [{p: (1 + math.log(n)) * rarity[p] for p, n in each.items()} for each in every]

    def cosine(one: dict[tuple[str, ...], float], other: dict[tuple[str, ...], float]) -> float:
        dot = sum(value * other.get(p, 0.0) for p, value in one.items())
        return dot / math.dist(one.values(), [0] * len(one)) / math.dist(other.values(), [0] * len(other))

    index = PhraseIndex([Text(("", " ".join(words)), "und") for words in texts])
    found = index.similarities(Text(("", " ".join(texts[0])), "und"))
    assert found.tolist() == pytest.approx([cosine(vectors[0], vector) for vector in vectors], abs=1e-5)


def test_a_common_word_of_a_small_language_tells_nothing() -> None:
    spanish = [Text(("", f"el caso {number} de la frontera"), "es") for number in range(180)]
    english = [Text(("", f"the border {number}"), "en") for number in range(20)]
    index = PhraseIndex([*spanish, *english])
    assert index.rarity(Text(("the",), "en")) == pytest.approx(index.rarity(Text(("de",), "es")), abs=0.01)


def test_a_request_of_unknown_words_is_near_nothing() -> None:
    index = PhraseIndex([Text(("", "remittances"), "en")])
    assert index.similarities(Text(("", "zzz qqq"), "en")).tolist() == [0.0]
    assert PhraseIndex([]).similarities(Text(("", "remittances"), "en")).shape == (0,)


# --- people ---


@given(some.lists(some.tuples(some.integers(0, 4), some.floats(0, 1, width=32)), min_size=1, max_size=40))
def test_people_are_as_near_as_their_best_works(given_works: list[tuple[int, float]]) -> None:
    rows = np.unique([person for person, _ in given_works], return_inverse=True)[1]
    works = np.asarray([score for _, score in given_works], np.float32)
    found = pool_best_works(works, rows, int(rows.max()) + 1, WEIGHTS.best)
    for person in range(int(rows.max()) + 1):
        best = sorted(works[rows == person].tolist(), reverse=True)[: WEIGHTS.best]
        assert found[person] == pytest.approx(sum(best) / len(best), abs=1e-5)


def test_of_a_short_request_the_best_work_counts_most() -> None:
    rows, works = np.asarray([0, 0, 1, 1]), np.asarray([1.0, 0.0, 0.6, 0.5], np.float32)
    assert pool_best_works(works, rows, 2, WEIGHTS.best).tolist() == pytest.approx(
        [0.5, 0.55]
    )  # a field: who is steady
    assert pool_best_works(works, rows, 2, WEIGHTS.best, decay=1).tolist() == pytest.approx(
        [2 / 3, 1.7 / 3]
    )  # one thing: who did that


def test_texts_that_share_no_word_are_near_by_the_company_they_keep() -> None:
    bridges = [f"visa consulate passport {n}" for n in range(60)] + [f"passport stamp queue {n}" for n in range(60)]
    others = [f"nurse hospital salary {n}" for n in range(120)]
    index = PhraseIndex([Text(("", text), "en") for text in (*bridges, *others)])
    near = SecondOrderSimilarity(index.rows, ["en"] * 240).similarities(
        index.similarities(Text(("", "queue"), "en")), "en"
    )
    assert index.similarities(Text(("", "queue"), "en"))[:60].max() == 0  # no word in common
    assert near[:60].min() > near[120:].max()


def test_company_says_nothing_across_languages() -> None:
    index = PhraseIndex([Text(("", f"passport queue {n}"), "en") for n in range(5)])
    cosines = index.similarities(Text(("", "passport"), "fr"))
    assert SecondOrderSimilarity(index.rows, ["en"] * 5).similarities(cosines, "fr").tolist() == [0.0] * 5


@pytest.mark.parametrize("encoding", [None, hashing(), hashing(late=True)], ids=["words", "vectors", "tokens"])
@pytest.mark.parametrize(
    ("text", "language", "person"),
    [
        ("Sending money home costs too much. We would like to compare prices of transfers.", "en", 10),
        ("Our nurses leave. We want an agreement on licences and on who pays for training.", "en", 11),
        ("Necesitamos atención y vivienda para víctimas de trata.", "es", 12),
    ],
)
def test_the_person_whose_works_answer_comes_first(
    encoding: Encoding | None, text: str, language: str, person: int
) -> None:
    ranked = index_of(works_of(*WORKS), encoding).rank(asked(text, language, encoding))
    assert ranked.people[0] == person
    assert np.all(np.diff(ranked.scores) <= 0)
    assert sorted(ranked.people.tolist()) == [10, 11, 12, 13]


def test_only_the_allowed_are_ranked() -> None:
    index = index_of(works_of(*WORKS), hashing(late=True))
    ranked = index.rank(asked("prices of money transfers", "en", hashing(late=True)), allowed=[13, 11, 99])
    assert sorted(ranked.people.tolist()) == [11, 13]
    assert index.rank(asked("prices", "en"), allowed=[]).people.tolist() == []


def test_a_shortlist_changes_nothing_for_those_on_it() -> None:
    encoding = hashing(late=True)
    index = index_of(works_of(*WORKS), encoding)
    request = asked("prices of money transfers between countries", "en", encoding)
    exact = index.rank(request, in_full=True)
    index.weights = replace(WEIGHTS, shortlist=2)
    short = index.rank(request)
    assert short.people[:2].tolist() == exact.people[:2].tolist()
    assert short.scores[2:].max() <= short.scores[:2].min()


def test_shared_concepts_bring_a_work_in_another_language_forward() -> None:
    works = works_of(*WORKS)
    concepts = np.asarray([[0.9, 0.1], [0.1, 0.2], [0.1, 0.9], [0.2, 0.1]], np.float32)
    index = AffinityIndex(works, concepts=concepts)
    request = RequestText("somebody was exploited", "en", concepts=np.asarray([0.05, 0.95], np.float32))
    assert index.rank(request).people[0] == 12


def test_nobody_to_rank() -> None:
    assert index_of([]).rank(RequestText("prices", "en")).people.tolist() == []


# --- why ---


@pytest.mark.parametrize("encoding", [None, hashing(late=True)], ids=["words", "tokens"])
def test_pairs_are_sentences_of_both_texts_with_marks_inside(encoding: Encoding | None) -> None:
    index = index_of(works_of(*WORKS), encoding)
    text = "We need your help.\nThe prices of money transfers are too high. Nurses leave for other countries."
    request = asked(text, "en", encoding)
    ranked = index.rank(request)
    found = explain(index, request, ranked, [10, 11], encoding)
    for person, word in ((10, "prices"), (11, "countries")):
        best = found[person][0]
        assert best.work.person == person
        assert best.asked in sentences(text)
        assert best.said in sentences(best.work.text)
        assert all(best.asked[0] <= a < b <= best.asked[1] for a, b in best.asked_marks)
        assert all(best.said[0] <= a < b <= best.said[1] for a, b in best.said_marks)
        assert word in {best.work.text[a:b].lower() for p in found[person] for a, b in p.said_marks}
        assert len({p.said for p in found[person]}) == len(found[person]) <= 3


def test_evidence_is_no_title_and_no_imprint() -> None:
    body = "Write to office@example.org about remittance prices and fees. Fees of money transfers fall when compared."
    index = index_of(works_of(("Prices of money transfers and fees", body, "en")), hashing(late=True))
    request = asked("What lowers prices and fees of money transfers?", "en", hashing(late=True))
    found = explain(index, request, index.rank(request), [10], None)[10]
    assert [found[0].work.text[slice(*pair.said)] for pair in found] == ["Fees of money transfers fall when compared."]


def test_words_are_marked_when_each_is_the_other_s_nearest() -> None:
    encoding = hashing(late=True)
    index = index_of(works_of(("", "Fees of transfers fall, and prices fall.", "en")), encoding)
    request = asked("Which fees and prices fall?", "en", encoding)
    pair = explain(index, request, index.rank(request), [10], None)[10][0]
    assert [request.text[a:b] for a, b in pair.asked_marks] == ["fees", "prices fall"]
    assert "transfers" not in {pair.work.text[a:b] for a, b in pair.said_marks}


def test_how_well_the_nearest_fits() -> None:
    encoding = hashing(late=True)
    index = index_of(works_of(*WORKS), encoding)
    near, far = (asked(text, "en", encoding) for text in ("Prices of money transfers", "Organ pipes of a cathedral"))
    fits = [fit(index, each, index.rank(each), encoding) for each in (near, far)]
    assert fits[0] is not None
    assert fits[1] is not None
    assert fits[0] > fits[1] + 0.2
    words = asked("Prices", "en")
    assert fit(index_of(works_of(*WORKS)), words, index_of(works_of(*WORKS)).rank(words), None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "El art. 36 se aplica. ¿Quién avisa? El consulado.",
            ["El art. 36 se aplica.", "¿Quién avisa?", "El consulado."],
        ),
        ("Title\nBody of it", ["Title", "Body of it"]),
        ("M. Dupont arrive. Il part.", ["M. Dupont arrive.", "Il part."]),
        ("第一句。第二句。", ["第一句。", "第二句。"]),
        ("   \n ... \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


def test_a_text_without_full_stops_is_cut_at_spaces() -> None:
    text = "word " * 500
    found = sentences(text)
    assert max(b - a for a, b in found) <= 600
    assert "".join(text[a:b] for a, b in found).replace(" ", "") == "word" * 500
