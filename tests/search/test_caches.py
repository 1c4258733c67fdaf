"""The caches: checked before use, built again from the database alone, brought up to date, written by one at a time."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from index.search import caches
from index.search.backend import WordQuery
from index.search.caches import Caches
from index.search.lexical import ANALYSIS
from kb.documents.store import passages
from kb.errors import InstanceError
from kb.search.answers import Query
from tests.support.documents import Instance, hashing, sample

IDENTITY, DIMENSION = "hashing-16", 16


@pytest.fixture
def home(tmp_path: Path) -> Instance:
    """Three documents, both caches built."""
    opened = Instance(tmp_path, hashing(dimension=DIMENSION))
    opened.add(
        sample("visa", name="1.txt"), sample("visa child", name="2.txt"), sample("data", "visa data", name="3.txt")
    )
    opened.caches.rebuild(IDENTITY, DIMENSION)
    return opened


def files(home: Instance, kind: str) -> list[Path]:
    folder = home.caches.folder
    if kind == "vectors":
        return [folder / "vectors.faiss"]
    return sorted(p for p in (folder / "lexical").iterdir() if not p.name.startswith("."))


def state(home: Instance, kind: str) -> str:
    return {report.kind: report.state for report in home.caches.verify(IDENTITY)}[kind]


def assert_right(home: Instance) -> None:
    """Both caches, opened as any process opens them, hold what the database holds."""
    expected, matrix = passages.matrix(home.database)
    lexical, _ = home.caches.open_lexical()
    vectors, _ = home.caches.open_vectors(IDENTITY, DIMENSION)
    assert len(lexical) == len(expected)
    visas = [p.id for p in passages.published_passages(home.database) if "visa" in p.text]
    assert sorted(lexical.search(WordQuery("visa", ("en",)), 100).ids.tolist()) == visas
    assert sorted(vectors.ids.tolist()) == expected.tolist()
    assert np.array_equal(vectors.vectors(expected.tolist()), matrix)
    assert [report.state for report in home.caches.verify(IDENTITY)] == ["good", "good"]


def test_what_was_written_is_trusted_and_not_written_again(home: Instance) -> None:
    before = {p: p.stat().st_mtime_ns for kind in ("lexical", "vectors") for p in files(home, kind)}
    assert_right(home)
    assert {p: p.stat().st_mtime_ns for kind in ("lexical", "vectors") for p in files(home, kind)} == before


@pytest.mark.parametrize("kind", ["lexical", "vectors"])
def test_every_flipped_byte_is_noticed(home: Instance, kind: str) -> None:
    for path in files(home, kind):
        data = path.read_bytes()
        step = 1 if kind == "vectors" else max(1, len(data) // 12)
        for place in {*range(0, len(data), step), len(data) - 1}:
            path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
            assert state(home, kind) == "damaged", (path, place)
        path.write_bytes(data)
    assert state(home, kind) == "good"


DAMAGES = ["flip", "truncate", "empty", "remove", "longer"]


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "remove":
        path.unlink()
        return
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    path.write_bytes({"flip": flipped, "truncate": data[:-1], "empty": b"", "longer": data + b"\0"}[how])


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("kind", ["lexical", "vectors"])
def test_damaged_files_are_told_and_built_again_without_the_encoder(home: Instance, kind: str, how: str) -> None:
    for name in [p.name for p in files(home, kind)] if how == "remove" else [files(home, kind)[0].name]:
        path = next((p for p in files(home, kind) if p.name == name), None)
        if path is None:  # a segment gets another name when it is built again
            continue
        damage(path, how)
        assert state(home, kind) == "damaged"
        assert_right(home)


@pytest.mark.parametrize("what", ["lexical.json", "vectors.json", "lexical", "vectors.faiss", "."])
def test_missing_files_are_built_again(home: Instance, what: str) -> None:
    target = home.caches.folder / what
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    assert_right(home)


@pytest.mark.parametrize("kind", ["lexical", "vectors"])
def test_a_damaged_manifest_never_gives_wrong_answers(home: Instance, kind: str) -> None:
    path = home.caches.folder / f"{kind}.json"
    data = path.read_bytes()
    for place in [0, len(data) - 1, *(data.index(f'"{name}"'.encode()) + 1 for name in ("kind", "revision", "files"))]:
        path.write_bytes(data[:place] + bytes([data[place] ^ 2]) + data[place + 1 :])
        assert_right(home)
    for text in ("", "{}", "null", "[]", "\0" * 9, '{"kind": "lexical"}', data.decode()[:-20]):
        path.write_text(text)
        assert_right(home)


@pytest.mark.parametrize("revision", [0, 2, 99])
@pytest.mark.parametrize("kind", ["lexical", "vectors"])
def test_a_wrong_revision_in_a_manifest_is_harmless(home: Instance, kind: str, revision: int) -> None:
    """Taking in a document again does not double it."""
    path = home.caches.folder / f"{kind}.json"
    path.write_text(path.read_text().replace('"revision": 3', f'"revision": {revision}'))
    assert_right(home)


@pytest.mark.parametrize("name", [".managed.json", ".tantivy-meta.lock", ".tantivy-writer.lock"])
def test_the_engine_s_own_dot_files_may_be_lost_or_damaged(home: Instance, name: str) -> None:
    path = home.caches.folder / "lexical" / name
    for content in (None, b"", b"[", b"\xff\0"):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        assert_right(home)
    home.add(sample("visa late", name="4.txt"))
    assert_right(home)


def test_an_older_analysis_is_built_again(home: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(home, "lexical")
    monkeypatch.setattr(caches, "ANALYSIS", ANALYSIS + 1)
    assert state(home, "lexical") == "damaged"
    assert_right(home)
    assert files(home, "lexical") != before  # segments have names of their own


def test_the_vectors_of_another_encoder_are_built_again(home: Instance) -> None:
    vectors, _ = home.caches.open_vectors("another", DIMENSION)
    assert len(vectors) == 4
    assert {r.kind: r.state for r in home.caches.verify("another")}["vectors"] == "good"
    assert state(home, "vectors") == "damaged"


def test_vectors_of_another_dimension_are_refused_with_the_command(home: Instance) -> None:
    with pytest.raises(InstanceError, match=r"16 dimensions, the encoder 32.*kb index reencode"):
        home.caches.open_vectors(IDENTITY, 32)


def test_behind_is_told_and_caught_up(home: Instance) -> None:
    home.add(sample("visa more", name="4.txt"))
    home.withdraw(1)
    assert (state(home, "lexical"), state(home, "vectors")) == ("behind", "behind")
    assert_right(home)


def test_a_new_version_takes_the_place_of_the_old_one(home: Instance) -> None:
    home.add(sample("visa, second version", name="1.txt"))
    assert_right(home)
    assert len(home.caches.open_lexical()[0]) == 4


@pytest.mark.parametrize("many", [0, 5_000])
def test_many_changes_are_taken_in_by_building_anew(home: Instance, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(caches, "_MANY", many)
    home.add(sample("visa a", name="4.txt"), sample("visa b", name="5.txt"))
    home.withdraw(2)
    assert_right(home)


def test_verify_changes_nothing_and_tells_what_is_missing(tmp_path: Path) -> None:
    home = Instance(tmp_path)
    home.add(sample("visa"))
    reports = home.caches.verify(None)
    assert [(r.kind, r.state, r.count) for r in reports] == [("lexical", "missing", 0), ("vectors", "missing", 0)]
    assert all(r.message.endswith(".") for r in reports)
    assert [p for p in home.caches.folder.iterdir() if p.name != "write.lock"] == []


def test_an_empty_instance_has_empty_caches(tmp_path: Path) -> None:
    home = Instance(tmp_path, hashing(dimension=DIMENSION))
    home.caches.rebuild(None, None)
    assert len(home.caches.open_lexical()[0]) == 0
    assert len(home.caches.open_vectors(IDENTITY, DIMENSION)[0]) == 0
    home.add(sample("visa"))
    assert_right(home)


def test_only_one_process_writes(home: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_LOCK_SECONDS", 0.05)
    with FileLock(home.caches.folder / "write.lock"), pytest.raises(InstanceError, match="Try again later"):
        Caches(home.database, home.home).open_lexical()
    assert_right(home)


def test_two_processes_that_take_turns_leave_nothing_behind(home: Instance) -> None:
    """Each keeps its own list of files to delete; what one leaves, the other must not keep for ever."""
    one, other = home.searcher(vectors=False), Instance(home.home, home.encoding).searcher(vectors=False)
    for number in range(30):
        home.add(sample("visa", name="1.txt", title=f"Version {number}"))
        searcher = (one, other)[number % 2]
        assert searcher.search(Query("visa")).total == 3
    assert_right(home)
    assert len(files(home, "lexical")) < 80
