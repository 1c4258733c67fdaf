"""Documents whose title or language a person corrected: encoded again as if they had come so, and found by it."""

import atexit
import shutil
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from index.encoding.instance_encoding import reencode
from ingest.reencode import encode_again
from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts
from kb.cli import bootstrap
from kb.cli import worker as working
from kb.config import Settings
from kb.documents.models import EncodedPassages
from kb.documents.store import documents, history, passages, pending_encodings
from kb.documents.store.encoded_documents import encoded_document
from kb.editorial.store import editing
from kb.search.answers import Query
from tests.support.documents import Instance, hashing
from tests.support.uploads import send, work, worker_of

BODY = "# Coastal office\n\nPassports are renewed on two days of the month.\n\n# Costs\n\nNo cobra nada a nadie.\n"
OLD, NEW = "Scan 0042", "Itinerant consulates"


def file_of(title: str, language: str = "en") -> bytes:
    return f"---\ntitle: {title}\nlanguage: {language}\n---\n{BODY}".encode()


@cache
def _first(data: bytes) -> Path:
    """The home of an instance into which one file was sent and published; reading files in a sandbox takes a second."""
    home = Path(tempfile.mkdtemp(prefix="kb-reencoding-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    instance = Instance(home, hashing(late=True))
    send(instance, ("a.md", data), account=librarian(instance))
    with worker_of(instance) as worker:
        work(worker)
    with instance.database.read() as connection:
        documents.recognise_bytes(instance.database, documents.get(connection, 1).source, publish=True)
    instance.database.close()
    return home


def made(home: Path, data: bytes) -> Instance:
    """The same in a home of its own."""
    shutil.copytree(_first(data), home)
    return Instance(home, hashing(late=True))


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return made(tmp_path / "one", file_of(OLD))


def librarian(instance: Instance) -> Account:
    with instance.database.write() as connection:
        known = accounts.by_email(connection, "lena@example.org")
        return known or accounts.create(connection, SYSTEM, "lena@example.org", (Role.LIBRARIAN,), "Lena")


def correct(instance: Instance, **facts: str) -> None:
    with instance.database.read() as connection:
        actor, described = librarian(instance).actor, documents.get(connection, 1).description
    with instance.database.write() as connection:
        seen = history.last_change(connection, 1)
        editing.describe(connection, actor, 1, replace(described, **facts), "", seen)  # type: ignore[arg-type]


def nearness(instance: Instance, question: str) -> float:
    """Cosine of a question with the passage that is nearest, by the cache that a process opens now."""
    asked = instance.encoding.question(question).vector
    index, _revision = instance.caches.open_vectors(instance.encoding.identity, instance.encoding.dimension)
    return max(float(vector @ asked) for vector in index.vectors([1, 2]))


def kept(instance: Instance) -> tuple[list[list[float]], tuple[bytes, ...], list[str]]:
    _stored, cut, encoded = encoded_document(instance.database, 1)
    return encoded.vectors.tolist(), encoded.tokens, [passage.language for passage in cut]


@pytest.mark.parametrize(
    ("facts", "fresh"),
    [
        ({"title": NEW}, file_of(NEW)),
        ({"title": NEW, "language": "es"}, file_of(NEW, "es")),
        ({"title": NEW, "language": "pt"}, file_of(NEW, "pt")),
    ],
)
def test_vectors_are_those_of_a_fresh_ingest(
    instance: Instance, tmp_path: Path, facts: dict[str, str], fresh: bytes
) -> None:
    before = kept(instance)
    correct(instance, **facts)
    with worker_of(instance) as worker:
        assert worker.encode_once() == 1
        assert worker.encode_once() is None
    other = made(tmp_path / "two", fresh)
    assert kept(instance) == kept(other) != before
    with instance.database.read() as one, other.database.read() as two:
        gist = text("SELECT gist, passages, encoder FROM sketches")
        assert one.execute(gist).all() == two.execute(gist).all()


def test_a_running_search_finds_the_new_title_and_serves_meanwhile(instance: Instance) -> None:
    by_words, by_both = instance.searcher(vectors=False), instance.searcher()
    asked = Query("itinerant consulates")
    assert not by_words.search(asked).hits
    correct(instance, title=NEW)
    for searcher in (by_words, by_both):
        searcher.refresh()
        assert {hit.record.document.title for hit in searcher.search(asked).hits} == {NEW}
    near = nearness(instance, asked.text)
    with instance.database.read() as connection:
        assert pending_encodings.is_due(connection, 1)
    encode_again(instance.database, instance.encoding)
    by_both.refresh()
    assert {hit.record.document.title for hit in by_both.search(asked).hits} == {NEW}
    assert nearness(instance, asked.text) > near + 0.1
    with instance.database.read() as connection:
        assert not pending_encodings.is_due(connection, 1)


@pytest.mark.parametrize("facts", [{"date": "2020"}, {"type": "report"}, {}])
def test_what_passages_are_not_encoded_with_makes_nothing_due(instance: Instance, facts: dict[str, str]) -> None:
    correct(instance, **facts)
    with instance.database.read() as connection:
        assert not pending_encodings.pending(connection)
    assert encode_again(instance.database, instance.encoding) is None


class Between:
    """An encoder that does something after it encoded and before it hands over."""

    def __init__(self, instance: Instance, failure: BaseException | None = None, title: str = "") -> None:
        self.instance, self.failure, self.title = instance, failure, title
        self.identity = instance.encoding.identity

    def encode(self, contexts: Sequence[str], texts: Sequence[str]) -> EncodedPassages:
        encoded = self.instance.encoding.encode(contexts, texts)
        if self.title:
            correct(self.instance, title=self.title)
            self.title = ""
        if self.failure:
            raise self.failure
        return encoded


def test_a_worker_that_dies_leaves_the_old_vectors_and_the_work(instance: Instance) -> None:
    before = kept(instance)
    correct(instance, title=NEW)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            encode_again(instance.database, Between(instance, KeyboardInterrupt()))
        assert kept(instance) == before
    assert encode_again(instance.database, instance.encoding) == 1
    assert kept(instance) != before


def test_a_title_that_changes_meanwhile_is_encoded_and_not_the_one_before(instance: Instance, tmp_path: Path) -> None:
    before = kept(instance)
    correct(instance, title="Something else")
    encode_again(instance.database, Between(instance, title=NEW))
    assert kept(instance) == before
    assert encode_again(instance.database, instance.encoding) == 1
    assert kept(instance) == kept(made(tmp_path / "two", file_of(NEW)))


def test_what_failed_time_and_again_is_left_until_everything_is_encoded_again(instance: Instance) -> None:
    correct(instance, title=NEW)
    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            encode_again(instance.database, Between(instance, ZeroDivisionError()))
    assert encode_again(instance.database, instance.encoding) is None
    with instance.database.read() as connection:
        assert pending_encodings.is_due(connection, 1)
    reencode(instance.database, instance.encoding, lambda _count: None)
    assert encode_again(instance.database, instance.encoding) == 1


def test_many_passages_keep_their_vectors_in_order(tmp_path: Path) -> None:
    body = "\n\n".join(f"# Part {n}\n\nSentence {n} speaks of case {n * 7} and of nothing else." for n in range(300))
    instance = made(tmp_path / "many", f"---\ntitle: {OLD}\nlanguage: en\n---\n{body}".encode())
    correct(instance, title=NEW)
    encode_again(instance.database, instance.encoding)
    texts = [row[1:] for row in passages.all_texts(instance.database)]
    whole = instance.encoding.encode([context for context, _ in texts], [body for _, body in texts])
    _stored, cut, encoded = encoded_document(instance.database, 1)
    assert len(cut) > 256
    assert np.array_equal(encoded.vectors, whole.vectors.astype("<f2").astype(np.float32))
    assert encoded.tokens == whole.tokens


def test_a_site_starts_a_worker_for_it(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, ran = threading.Event(), []

    def run(_ended: threading.Event) -> int:
        ran.append(encode_again(instance.database, instance.encoding))
        ended.set()
        return 0

    monkeypatch.setattr(working, "_run", run)
    monkeypatch.setattr(working, "_LOOKS", 0.01)
    correct(instance, title=NEW)
    working.keep_working(bootstrap.Instance(Settings(home=instance.home), instance.database), ended)
    assert ran == [1]
