"""Works: the documents of one text are one result, in the reader's language where that is among them."""

import numpy as np
import pytest

from index.search.catalogue import Catalogue, empty
from index.search.editions import by_date, group
from kb.documents.facts import DocumentFacts
from kb.search.answers import Ranking

FACTS = (
    # id, work, language, date, paged
    (1, "a", "es", "2020", False),
    (2, "a", "en", "2020", False),
    (3, "a", "fr", "2020", False),
    (4, "b", "en", "2022-05", False),
    (5, "b", "en", "2022-05", True),  # the same text with pages
    (6, "c", "es", "", False),
)


def catalogue() -> Catalogue:
    facts = [
        DocumentFacts(number, work, "t", "s", language, "report", date, (), (), (), False, paged)
        for number, work, language, date, paged in FACTS
    ]
    return empty().changed((), facts, [(10 * f.id + place, f.id, f.language) for f in facts for place in (0, 1)])


def ranking(*ids: int) -> Ranking:
    return Ranking("final", np.array(ids, np.int64), np.arange(len(ids), 0, -1).astype(np.float32))


@pytest.mark.parametrize(
    ("ids", "preferred", "shown"),
    [
        ((10, 20, 30), (), [1]),  # the language of the best passage
        ((10, 20, 30), ("fr",), [3]),
        ((10, 20, 30), ("pt", "en"), [2]),
        ((10, 20, 30), ("", "en"), [2]),
        ((10, 20), ("fr",), [1]),  # French does not answer
        ((40, 50), (), [5]),  # the format that can be cited by page
        ((60, 10, 40), (), [6, 1, 4]),
        ((40, 10, 41, 50), (), [5, 1]),
    ],
)
def test_one_result_a_work(ids: tuple[int, ...], preferred: tuple[str, ...], shown: list[int]) -> None:
    works = group(catalogue(), ranking(*ids), preferred)
    assert [work.document for work in works] == shown


def test_a_work_keeps_the_score_of_its_best_passage_and_names_the_others() -> None:
    (work,) = group(catalogue(), ranking(10, 31, 30, 20), ("fr",))
    assert (work.document, work.passage, work.score, work.others) == (3, 31, 4.0, (30,))


def test_newest_first_and_undated_last() -> None:
    works = group(catalogue(), ranking(60, 10, 40), ())
    assert [work.document for work in by_date(works, catalogue())] == [4, 1, 6]


def test_nothing_ranked_is_no_work() -> None:
    assert group(catalogue(), ranking(), ("es",)) == []
