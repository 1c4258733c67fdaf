"""Pages read in a transaction of readers; of those that are only looked at no more is written than who looked."""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from kb.accounts.account import Account, Role
from kb.accounts.audit_actions import InstanceAction
from kb.accounts.store import audit_trail
from kb.requests.request import Request
from kb.requests.store import requests
from tests.support import decisions, expert_samples
from tests.support.site import TEXTS, TestSite, make_site

_RECORD = {"audit", "instance"}  # the trail, and where it keeps its head


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:2], vectors=False)


@pytest.fixture(scope="module")
def everybody(site: TestSite) -> Account:
    return site.person(Role.ADMIN, Role.SECRETARIAT, Role.OFFICIAL, Role.LIBRARIAN)


@pytest.fixture(scope="module")
def number(site: TestSite, everybody: Account) -> int:
    """A request with somebody of its ranking on the slate, and somebody by hand."""
    person, other = (expert_samples.add(site, expert_samples.expert(f"{name} Sample")) for name in ("Ranked", "Chosen"))
    with site.instance.database.write() as connection:
        made = requests.file(connection, everybody.actor, Request("Passports are lost.", "en", country="PER"))
    listed = decisions.rank(site.instance.database, made, [person.id], [person.id])
    decisions.choose(site.instance.database, listed, {person.id: "", other.id: "Knows the ministry."})
    return made


@contextmanager
def recorded(site: TestSite) -> Iterator[list[tuple[bool, set[str]]]]:
    """The transactions of what is done inside: whether each takes the lock of writers, and the tables it names."""
    found: list[tuple[bool, set[str]]] = []
    open_ones: dict[int, set[str]] = defaultdict(set)
    engine = site.instance.database.engine

    def executed(connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        open_ones[id(connection)] |= set(re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE) (\w+)", statement))

    def ended(connection) -> None:  # type: ignore[no-untyped-def]
        writes = bool(connection.get_execution_options().get("kb_write"))
        found.append((writes, open_ones.pop(id(connection), set())))

    listeners = (("before_cursor_execute", executed), ("commit", ended), ("rollback", ended))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


@pytest.mark.parametrize(
    "path", ["/accounts", "/accounts/1", "/experts", "/overrides", "/requests/{}", "/requests/{}/matching"]
)
def test_a_page_that_is_looked_at_writes_only_who_looked(
    site: TestSite, everybody: Account, number: int, path: str
) -> None:
    client = site.signed_in(everybody)
    before = len(audit_trail.newest(site.instance.database, 10_000))
    with recorded(site) as transactions:
        assert client.get(path.format(number)).status_code == 200
    written = [tables for writes, tables in transactions if writes]
    assert written
    assert all(tables <= _RECORD for tables in written)
    seen = audit_trail.newest(site.instance.database, len(audit_trail.newest(site.instance.database, 10_000)) - before)
    assert seen
    assert {entry.action for entry in seen} == {InstanceAction.SEEN}


def test_a_writer_holds_up_no_reading(site: TestSite, everybody: Account, number: int) -> None:
    """While somebody writes, all of a page is read; only the note of who looked waits."""
    client, answers = site.signed_in(everybody), []
    with recorded(site) as transactions:
        with site.instance.database.write():
            asking = threading.Thread(target=lambda: answers.append(client.get("/experts")))
            asking.start()
            for _ in range(500):
                if any("experts" in tables for _writes, tables in transactions):
                    break
                asking.join(0.02)
            read = [tables for writes, tables in transactions if not writes]
            assert any("experts" in tables for tables in read)
            assert not answers  # the note waits for its turn
        asking.join(30)
    assert answers[0].status_code == 200


def test_a_document_to_describe_is_read_in_one_transaction(site: TestSite, everybody: Account) -> None:
    client, document = site.signed_in(everybody), site.ids[TEXTS[0].name]
    with recorded(site) as transactions:
        assert client.get(f"/workbench/documents/{document}").status_code == 200
    about = {"passages", "tags", "tag_decisions", "practices"}  # what no other part of the page asks for
    (read,) = [tables for _writes, tables in transactions if tables & about]
    assert about <= read
