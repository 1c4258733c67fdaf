"""Documents in the store: once, versioned, in one transaction, and public only when published."""

import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.documents.models import Outcome, PreparedDocument, Source
from kb.documents.state import State
from kb.documents.store import documents, passages, tags
from kb.documents.store.published_changes import changes_since
from kb.errors import InstanceError, NotFoundError
from kb.store import instance_facts
from tests.support.documents import Instance, Sample, hashing, prepared, sample

PLAIN = sample("Alternatives to detention.", "Consular protection.", name="plain.txt", objectives=("13",), areas=("2",))
CHANGED = replace(PLAIN, passages=("Alternatives to detention, revised.",))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Instance]:
    opened = Instance(tmp_path)
    yield opened
    opened.database.close()


def add(home: Instance, document: Sample, publish: bool = True) -> documents.Stored:
    return documents.add(home.database, prepared(document, home.encoding), publish)


def public(home: Instance) -> list[int]:
    with home.database.read() as connection:
        return [facts.id for facts in documents.published_facts(connection)]


# --- what is stored is what was prepared ---


def test_a_document_comes_back_as_it_was_prepared(home: Instance) -> None:
    document = sample(
        "Primera.",
        "第二段。",
        name="informe.es.txt",
        title="Informe",
        language="es",
        type="report",
        date="2021-05",
        countries=("MEX", "GTM"),
        translations=(("en", "informe.en.txt"),),
        languages=("es", "zh"),
    )
    given = prepared(document)
    with home.database.read() as connection:
        stored = documents.get(connection, add(home, document).document)
    assert stored.text == given.document.text
    assert (stored.blocks, stored.sections) == (given.document.blocks, given.document.sections)
    assert (stored.description, stored.source) == (given.description, given.source)
    assert (stored.state, stored.version, stored.previous, stored.page_count) == (State.PUBLISHED, 1, None, 2)
    assert stored.created.tzinfo is not None
    with home.database.read() as connection:
        kept = [passage for _, passage in passages.of_document(connection, stored.id)]
    assert kept == [tagged.passage for tagged in given.passages]
    assert all(passage.text == stored.text[passage.start : passage.end] for passage in kept)


def test_vectors_and_tokens_come_back(tmp_path: Path) -> None:
    home = Instance(tmp_path, hashing(late=True))
    given = prepared(PLAIN, home.encoding)
    documents.add(home.database, given, publish=True)
    ids, matrix = passages.matrix(home.database)
    assert np.array_equal(matrix, given.encoded.vectors.astype(np.float16).astype(np.float32))
    assert passages.token_codes(home.database, ids.tolist()) == dict(zip(ids, given.encoded.tokens, strict=True))
    assert passages.dimension(home.database) == 64


def test_tags_come_back_with_evidence(home: Instance) -> None:
    given = prepared(PLAIN)
    number = add(home, PLAIN).document
    stored = tags.of_document(home.database, number)
    assert {tag for passage, tag in stored if passage is None} == set(given.tags)
    assert len([1 for passage, _ in stored if passage is not None]) == 4
    with home.database.read() as connection:
        (facts,) = documents.published_facts(connection)
    assert (facts.objectives, facts.areas) == (("13",), ("2",))


def test_an_unknown_document_is_an_error(home: Instance) -> None:
    with pytest.raises(NotFoundError, match="no document 7"), home.database.read() as connection:
        documents.get(connection, 7)


# --- once, and versions ---


@pytest.mark.parametrize(
    ("publish_first", "publish_again", "state", "revision"),
    [
        (False, False, State.DESCRIBED, 0),
        (True, False, State.PUBLISHED, 1),  # what is public stays so
        (True, True, State.PUBLISHED, 1),
        (False, True, State.PUBLISHED, 1),  # a waiting twin is published
    ],
)
@pytest.mark.parametrize("by", ["known", "add"])
def test_the_same_bytes_are_held_once(
    home: Instance, publish_first: bool, publish_again: bool, state: State, revision: int, by: str
) -> None:
    first = add(home, PLAIN, publish_first)
    if by == "known":
        again = documents.recognise_bytes(home.database, PLAIN.source, publish_again)
    else:  # as when two processes read the file at once
        again = add(home, PLAIN, publish_again)
    assert first.outcome == Outcome.STORED
    assert again == documents.Stored(Outcome.UNCHANGED, first.document, "plain.txt")
    assert home.rows()["documents"] == 1
    assert home.states() == {first.document: state.value}
    with home.database.read() as connection:
        assert instance_facts.revision(connection) == revision


def test_the_same_bytes_under_another_name_are_a_duplicate_that_names_the_first(home: Instance) -> None:
    first = add(home, PLAIN)
    other = replace(PLAIN.source, name="copy.txt", origin="/files/copy.txt")
    assert documents.recognise_bytes(home.database, other, False) == documents.Stored(
        Outcome.DUPLICATE, first.document, "plain.txt"
    )


def test_bytes_never_seen_are_not_known(home: Instance) -> None:
    add(home, PLAIN)
    assert documents.recognise_bytes(home.database, CHANGED.source, True) is None


@pytest.mark.parametrize(
    ("publish_old", "publish_new", "old", "new", "seen"),
    [
        (True, True, State.SUPERSEDED, State.PUBLISHED, [2]),
        (True, False, State.PUBLISHED, State.DESCRIBED, [1]),  # readers keep the old one until the new one is public
        (False, False, State.SUPERSEDED, State.DESCRIBED, []),  # nobody need review the old one any more
        (False, True, State.SUPERSEDED, State.PUBLISHED, [2]),
    ],
)
def test_a_changed_file_is_a_new_version(
    home: Instance, publish_old: bool, publish_new: bool, old: State, new: State, seen: list[int]
) -> None:
    first, second = add(home, PLAIN, publish_old), add(home, CHANGED, publish_new)
    assert (second.outcome, second.document) == (Outcome.NEW_VERSION, 2)
    assert home.states() == {first.document: old.value, second.document: new.value}
    assert public(home) == seen
    with home.database.read() as connection:
        stored = documents.get(connection, second.document)
    assert (stored.version, stored.previous) == (2, first.document)
    with home.database.read() as connection:
        assert stored.work == documents.get(connection, first.document).work


def test_publishing_the_waiting_version_replaces_the_public_one(home: Instance) -> None:
    add(home, PLAIN, True)
    add(home, CHANGED, False)
    assert documents.recognise_bytes(home.database, CHANGED.source, True) == documents.Stored(
        Outcome.UNCHANGED, 2, "plain.txt"
    )
    assert home.states() == {1: "superseded", 2: "published"}
    assert documents.published_successor(home.database, 1) == 2


def test_a_file_that_is_changed_back_is_a_third_version(home: Instance) -> None:
    for document in (PLAIN, CHANGED, PLAIN):
        last = add(home, document)
    assert (last.outcome, last.document) == (Outcome.NEW_VERSION, 3)
    assert home.states() == {1: "superseded", 2: "superseded", 3: "published"}


def test_files_of_one_name_in_two_folders_are_two_documents(home: Instance) -> None:
    other = prepared(CHANGED)
    elsewhere = replace(other, source=replace(other.source, origin="/elsewhere/plain.txt"))
    assert add(home, PLAIN).outcome == Outcome.STORED
    assert documents.add(home.database, elsewhere, True).outcome == Outcome.STORED
    assert public(home) == [1, 2]


def test_translations_that_name_each_other_are_one_work(home: Instance) -> None:
    names = {"es": "n.es.md", "en": "n.en.md", "fr": "n.fr.md"}
    for language, name in names.items():
        others = tuple((code, other) for code, other in names.items() if code != language)
        add(home, sample(f"Text {language}", name=name, language=language, title=language, translations=others))
    with home.database.read() as connection:
        work = documents.get(connection, 1).work
    assert documents.translations(home.database, work) == [("en", 2, "en"), ("es", 1, "es"), ("fr", 3, "fr")]


def test_what_changed_since_a_revision(home: Instance) -> None:
    add(home, PLAIN)
    add(home, sample("Waits.", name="waits.txt"), publish=False)
    assert changes_since(home.database, 1).gone == ()
    add(home, sample("Second.", name="second.txt"))
    changed = changes_since(home.database, 1)
    assert (changed.revision, sorted(changed.gone), [f.id for f in changed.came]) == (2, [3], [3])
    home.withdraw(1)
    changed = changes_since(home.database, 1)
    assert (changed.revision, sorted(changed.gone), [f.id for f in changed.came]) == (3, [1, 3], [3])
    assert documents.count_by_state(home.database) == {"withdrawn": 1, "described": 1, "published": 1}


# --- all or nothing ---


def _broken(given: PreparedDocument) -> Iterator[tuple[str, PreparedDocument]]:
    yield "a vector is missing", replace(given, encoded=replace(given.encoded, vectors=given.encoded.vectors[:1]))
    yield "the codes of a passage are missing", replace(given, encoded=replace(given.encoded, tokens=(b"",)))
    yield "a tag has no scheme", replace(given, tags=(replace(given.tags[0], scheme=None),))  # type: ignore[arg-type]
    twice = replace(given.passages[1], passage=replace(given.passages[1].passage, number=1))
    yield "two passages have one number", replace(given, passages=(given.passages[0], twice))


@pytest.mark.parametrize("broken", [document for _, document in _broken(prepared(PLAIN))])
def test_a_document_that_fails_half_way_leaves_nothing(home: Instance, broken: PreparedDocument) -> None:
    add(home, sample("Before.", name="before.txt"))
    before = home.rows()
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the fault is
        documents.add(home.database, broken, publish=True)
    assert home.rows() == before
    assert public(home) == [1]
    assert add(home, PLAIN).outcome == Outcome.STORED  # the same file, read again


def test_a_full_disk_leaves_nothing(home: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    before = home.rows()
    monkeypatch.setattr(documents, "publish_document", full)
    with pytest.raises(sqlite3.OperationalError):
        add(home, PLAIN)
    assert home.rows() == before


# --- the encoder ---


def test_the_instance_records_its_encoder_and_refuses_another(home: Instance) -> None:
    add(home, PLAIN)
    assert instance_facts.encoder_of(home.database) == "hashing-64"
    with pytest.raises(InstanceError, match=r"hashing-64.*hashing-128.*kb index reencode"):
        documents.add(home.database, prepared(CHANGED, hashing(dimension=128)), True)
    assert home.rows()["documents"] == 1


# --- several at once ---


def test_four_threads_store_everything_once(home: Instance) -> None:
    several = [prepared(sample(f"Text number {n}.", name=f"{n}.txt")) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(lambda p: documents.add(home.database, p, True), several * 4))
    assert home.rows()["documents"] == 12
    assert sorted(s.outcome for s in stored) == ["stored"] * 12 + ["unchanged"] * 36
    assert len(public(home)) == 12


_ADD_ALL = """
import pickle, sys
from pathlib import Path
from kb.documents.store import documents
from kb.store.database import open_database
home = Path(sys.argv[1])
database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
for number, prepared in enumerate(pickle.loads((home / "prepared").read_bytes())):
    print(documents.add(database, prepared, number % 2 == 0).outcome)
"""


def test_four_processes_store_everything_once(tmp_path: Path) -> None:
    several = [prepared(sample(f"Text number {n}.", name=f"{n}.txt")) for n in range(15)]
    (tmp_path / "prepared").write_bytes(pickle.dumps(several))
    command = [sys.executable, "-c", _ADD_ALL, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outcomes = [line for process in running for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in running] == [0] * 4
    assert sorted(outcomes) == ["stored"] * 15 + ["unchanged"] * 45
    home = Instance(tmp_path)
    assert home.rows()["passages"] == 15
    assert len(public(home)) == 8


def test_a_source_knows_its_bytes_only() -> None:
    assert PLAIN.source == Source("plain.txt", "/files/plain.txt", PLAIN.source.digest, PLAIN.source.size, "text")
    assert PLAIN.source.digest != CHANGED.source.digest
