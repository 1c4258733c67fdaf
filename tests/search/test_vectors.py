"""Dense search: FAISS ranks as numpy does on the same float16 vectors, with and without a filter."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.search.vectors import VectorIndex, build, load
from kb.search.answers import Ranking

NONE = np.zeros(0, np.int64)
NEAR = 2e-4  # some processors compare in half precision: two that are nearer than this may change places


def unit(seed: int, count: int, dimension: int = 32) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def expected(
    ids: NDArray[np.int64], vectors: NDArray[np.float32], question: NDArray[np.float32], limit: int
) -> tuple[dict[int, float], NDArray[np.float32]]:
    """Score of every id and the best scores, by brute force over what is kept: float16."""
    scores = vectors.astype(np.float16).astype(np.float32) @ question
    return dict(zip(ids.tolist(), scores.tolist(), strict=True)), np.sort(scores)[::-1][:limit]


def assert_ranks(
    ranking: Ranking, ids: NDArray[np.int64], vectors: NDArray[np.float32], question: NDArray[np.float32], limit: int
) -> None:
    by_id, best = expected(ids, vectors, question, limit)
    found = ranking.ids.tolist()
    assert len(set(found)) == len(found) == len(best)
    assert [by_id[i] for i in found] == pytest.approx(best, abs=NEAR)
    assert ranking.scores == pytest.approx(np.array([by_id[i] for i in found]), abs=NEAR)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 300), limit=st.integers(1, 400), share=st.floats(0, 1))
def test_ranking_equals_brute_force(seed: int, count: int, limit: int, share: float) -> None:
    random = np.random.default_rng(seed)
    ids = random.choice(10 * count, count, replace=False).astype(np.int64)
    vectors, question = unit(seed, count), unit(seed + 1, 1)[0]
    index = build(ids, vectors, 32)
    allowed = ids[random.random(count) < share]
    for chosen, ranking in (
        (np.arange(count), index.search(question, limit)),
        (np.flatnonzero(np.isin(ids, allowed)), index.search(question, limit, allowed)),
    ):
        assert_ranks(ranking, ids[chosen], vectors[chosen], question, limit)


@pytest.mark.parametrize(("limit", "allowed"), [(0, None), (-1, None), (5, NONE)])
def test_nothing_asked_gives_nothing(limit: int, allowed: NDArray[np.int64] | None) -> None:
    ranking = build(np.arange(3), unit(1, 3), 32).search(unit(2, 1)[0], limit, allowed)
    assert (len(ranking.ids), len(ranking.scores)) == (0, 0)


def test_an_empty_index_finds_nothing_and_grows() -> None:
    index = build(NONE, np.zeros((0, 32), np.float32), 32)
    assert len(index.search(unit(1, 1)[0], 5).ids) == 0
    grown = index.changed(NONE, np.array([7]), unit(1, 1))
    assert grown.search(unit(1, 1)[0], 5).ids.tolist() == [7]
    assert len(index) == 0  # a value: those who hold it are not disturbed


def test_allowed_ids_that_are_not_there_are_never_answered() -> None:
    ranking = build(np.arange(3), unit(1, 3), 32).search(unit(2, 1)[0], 9, np.array([2, 99, 1000]))
    assert ranking.ids.tolist() == [2]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_changes_equal_building_anew(seed: int) -> None:
    """Any sequence of removals, additions and replacements ends where building from the outcome ends."""
    random = np.random.default_rng(seed)
    held = dict(zip(range(20), unit(seed, 20), strict=True))
    index = build(np.arange(20), np.stack(list(held.values())), 32)
    for step in range(4):
        gone = random.choice(40, random.integers(0, 10), replace=False)
        came = random.choice(40, random.integers(0, 10), replace=False)
        fresh = unit(seed + step + 1, len(came))
        index = index.changed(gone, came, fresh)
        held = {i: v for i, v in held.items() if i not in set(gone.tolist())}
        held |= dict(zip(came.tolist(), fresh, strict=True))
    assert sorted(index.ids.tolist()) == sorted(held)
    ids = np.array(sorted(held), np.int64)
    question = unit(seed + 99, 1)[0]
    if held:
        assert_ranks(index.search(question, 40), ids, np.stack([held[i] for i in ids]), question, 40)


def test_an_id_given_twice_is_answered_once_with_its_last_vector() -> None:
    vectors = unit(3, 3)
    index = build(np.array([5, 6, 5]), vectors, 32)
    assert sorted(index.ids.tolist()) == [5, 6]
    assert index.vectors([5])[0] == pytest.approx(vectors[2], abs=1e-3)


def test_vectors_come_back_in_the_order_asked() -> None:
    vectors = unit(4, 4)
    index = build(np.array([40, 10, 30, 20]), vectors, 32)
    assert index.vectors([20, 40]) == pytest.approx(vectors[[3, 0]], abs=1e-3)
    assert index.vectors([]).shape == (0, 32)
    with pytest.raises(KeyError, match="99"):
        index.vectors([10, 99])


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    index = build(np.array([3, 1, 2]), unit(5, 3), 32)
    index.save(tmp_path / "v")
    back = load(tmp_path / "v", 32)
    question = unit(6, 1)[0]
    assert back.search(question, 3).ids.tolist() == index.search(question, 3).ids.tolist()
    assert (len(back), back.dimension) == (3, 32)
    assert [p.name for p in tmp_path.iterdir()] == ["v"]


@pytest.mark.parametrize("damage", ["missing", "empty", "noise", "truncated", "dimension"])
def test_what_is_no_such_index_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "v"
    build(np.arange(3), unit(5, 3, 16 if damage == "dimension" else 32), 16 if damage == "dimension" else 32).save(path)
    if damage == "missing":
        path.unlink()
    elif damage != "dimension":
        data = path.read_bytes()
        path.write_bytes({"empty": b"", "noise": b"x" * 500, "truncated": data[: len(data) // 2]}[damage])
    with pytest.raises(ValueError, match="hold"):
        load(path, 32)


def test_a_crash_while_saving_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "v"
    build(np.arange(3), unit(5, 3), 32).save(path)
    before = path.read_bytes()

    def crash(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", crash)
    bigger: VectorIndex = build(np.arange(9), unit(5, 9), 32)
    with pytest.raises(OSError, match="disk full"):
        bigger.save(path)
    assert path.read_bytes() == before
