"""Works: links that are confirmed make one of several documents, and links that are rejected undo it, on record."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from kb.accounts.account import SYSTEM, Actor, Role
from kb.accounts.store import audit_trail
from kb.documents.duplicate import Likeness, LinkKind, LinkStatus
from kb.documents.store import documents, duplicates
from kb.errors import NotFoundError
from kb.search.answers import Query
from kb.store import database as module
from kb.store.database import open_database
from tests.support.documents import Instance, sample

LIBRARIAN = Actor(7, "Sample librarian", (Role.LIBRARIAN,))
CONFIRMED, REJECTED, SUGGESTED = LinkStatus.CONFIRMED, LinkStatus.REJECTED, LinkStatus.SUGGESTED


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


@pytest.fixture
def three(instance: Instance) -> list[int]:
    """Three documents of one language that answer the same question."""
    return instance.add(*(sample(f"Consular help, text {n}.", name=f"{n}.txt") for n in range(3)))


def _link(instance: Instance, document: int, other: int, kind: LinkKind = LinkKind.VERSION, sure: bool = False) -> int:
    with instance.database.write() as connection:
        (link,) = duplicates.keep(connection, [Likeness(kind, document, other, 0.8, sure)])
    return link.id


def _decide(instance: Instance, link: int, verdict: LinkStatus) -> None:
    with instance.database.write() as connection:
        duplicates.decide(connection, link, verdict, LIBRARIAN)


def _groups(instance: Instance, numbers: list[int]) -> set[frozenset[int]]:
    works: dict[str, set[int]] = {}
    for number in numbers:
        with instance.database.read() as connection:
            works.setdefault(documents.get(connection, number).work, set()).add(number)
    return {frozenset(group) for group in works.values()}


def test_only_what_is_confirmed_counts_once(instance: Instance, three: list[int]) -> None:
    one, two, three_ = three
    searcher = instance.searcher()
    total = {SUGGESTED: 3, CONFIRMED: 2, REJECTED: 3}
    link = _link(instance, two, one)
    for verdict in (SUGGESTED, CONFIRMED, REJECTED, CONFIRMED, SUGGESTED):
        _decide(instance, link, verdict)
        assert searcher.search(Query("consular help")).total == total[verdict]
    assert _groups(instance, three) == {frozenset({one}), frozenset({two}), frozenset({three_})}


@pytest.mark.parametrize("kind", LinkKind)
def test_an_excerpt_stays_a_work_of_its_own(instance: Instance, three: list[int], kind: LinkKind) -> None:
    _decide(instance, _link(instance, three[0], three[1], kind), CONFIRMED)
    assert len(_groups(instance, three)) == (3 if kind is LinkKind.EXCERPT else 2)


def test_links_hang_together_and_come_apart(instance: Instance, three: list[int]) -> None:
    one, two, last = three
    first, second = _link(instance, two, one), _link(instance, last, two)
    _decide(instance, second, CONFIRMED)
    _decide(instance, first, CONFIRMED)
    assert _groups(instance, three) == {frozenset(three)}
    _decide(instance, first, REJECTED)
    assert _groups(instance, three) == {frozenset({one}), frozenset({two, last})}


def test_declared_translations_and_versions_come_along(instance: Instance) -> None:
    es, en, other = instance.add(
        sample("Ayuda consular.", name="a.es.txt", language="es", translations=(("en", "a.en.txt"),)),
        sample("Consular help.", name="a.en.txt", translations=(("es", "a.es.txt"),)),
        sample("Consular help again.", name="z.txt"),
    )
    link = _link(instance, other, en)
    _decide(instance, link, CONFIRMED)
    assert _groups(instance, [es, en, other]) == {frozenset({es, en, other})}
    (newer,) = instance.add(sample("Consular help, third time.", name="z.txt"))
    assert _groups(instance, [es, newer]) == {frozenset({es, newer})}
    _decide(instance, link, REJECTED)
    assert _groups(instance, [es, en, other, newer]) == {frozenset({es, en}), frozenset({other, newer})}


def test_a_sure_finding_needs_no_person_and_can_be_undone(instance: Instance, three: list[int]) -> None:
    link = _link(instance, three[1], three[0], LinkKind.OTHER_FORMAT, sure=True)
    with instance.database.read() as connection:
        (known,) = duplicates.of_document(connection, three[0])
    assert (known.automatic, known.standing) == (True, CONFIRMED)
    assert len(_groups(instance, three)) == 2
    _decide(instance, link, REJECTED)
    assert len(_groups(instance, three)) == 3
    with instance.database.write() as connection:  # what a person rejected is not found again
        assert duplicates.keep(connection, [Likeness(LinkKind.OTHER_FORMAT, three[0], three[1], 1.0, True)]) == []
    assert len(_groups(instance, three)) == 3


def test_decisions_are_on_record(instance: Instance, three: list[int]) -> None:
    link = _link(instance, three[1], three[0])
    assert [each.id for each in duplicates.list_undecided(instance.database)] == [link]
    _decide(instance, link, REJECTED)
    with instance.database.read() as connection:
        (known,) = duplicates.of_document(connection, three[1])
    assert (known.standing, known.account, known.decided is not None) == (REJECTED, LIBRARIAN.account, True)
    assert duplicates.list_undecided(instance.database) == []
    (entry,) = audit_trail.history_of(instance.database, "likeness", link)
    assert (entry.action, entry.account, entry.details["was"]) == ("link-rejected", LIBRARIAN.account, "suggested")


def test_a_person_may_link_what_was_not_found(instance: Instance, three: list[int]) -> None:
    with instance.database.write() as connection:
        made = duplicates.suggest(connection, Likeness(LinkKind.TRANSLATION, three[2], three[0], 1.0), LIBRARIAN)
    assert (made.standing, made.kind) == (CONFIRMED, LinkKind.TRANSLATION)
    with instance.database.write() as connection:
        changed = duplicates.suggest(connection, Likeness(LinkKind.VERSION, three[0], three[2], 1.0), SYSTEM)
    assert (changed.id, changed.document, changed.kind) == (made.id, three[0], LinkKind.VERSION)


def test_a_link_that_is_not_there(instance: Instance) -> None:
    with pytest.raises(NotFoundError), instance.database.write() as connection:
        duplicates.decide(connection, 99, CONFIRMED, LIBRARIAN)


def test_what_an_older_version_made_one_work_stays_one(tmp_path: Path) -> None:
    file = tmp_path / "kb.sqlite"
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        for number, form in enumerate(("pdf", "docx"), 1):
            plain.execute(
                "INSERT INTO documents (id, work, signature, name, origin, digest, size, format, state, version, "
                "revision, title, language, type, date, countries, translations, provenance, sample, text, blocks, "
                "sections, warnings, created) VALUES (?, 'one', x'0102', ?, ?, ?, 1, ?, 'published', 1, ?, 'T', 'en', "
                "'other', '', '[]', '[]', '', 0, 'A text.', '[]', '[]', '[]', '2026-11-01 00:00:00')",
                (number, f"a.{form}", f"/files/a.{form}", str(number), form, number),
            )
        plain.commit()
    database = open_database(f"sqlite:///{file}", tmp_path)
    with database.read() as connection:
        (link,) = duplicates.of_document(connection, 1)
    assert (link.document, link.other, link.kind, link.automatic) == (2, 1, LinkKind.OTHER_FORMAT, True)
    with database.write() as connection:
        duplicates.decide(connection, link.id, CONFIRMED, LIBRARIAN)
    with database.read() as connection:
        assert documents.get(connection, 1).work == documents.get(connection, 2).work
