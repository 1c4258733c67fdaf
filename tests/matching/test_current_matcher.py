"""The experts that the site ranks are those of the database as it is now, read in no more often than needed."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.matching.current_matcher import CurrentMatcher
from index.matching.matcher import Matcher, open_matcher, prepare_works
from kb.accounts.account import SYSTEM
from kb.experts.expert import Consent, Expert, OrganisationKind
from kb.experts.store import encoded_experts, experts
from kb.experts.store import works as works_store
from kb.experts.works import Work
from kb.store.database import Database
from tests.support.documents import Instance, hashing

WORK = Work(0, "Prices", "Fees of money transfers are compared in public.", "en")


class Counted:
    """A matcher that counts how often everything was read in."""

    def __init__(self, database: Database) -> None:
        self.database, self.times = database, 0
        self.current = CurrentMatcher(database, self._open)

    def _open(self) -> Matcher:
        self.times += 1
        return open_matcher(self.database)


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    instance = Instance(tmp_path, hashing())
    encoded_experts.put(
        instance.database, "a", Expert(0, "Sample One", "Institute", OrganisationKind.ACADEMIA, works=(WORK,)), "", ()
    )
    found = Counted(instance.database)
    found.current()
    return found


def test_nothing_is_read_in_again_when_nothing_changed(counted: Counted) -> None:
    assert counted.current() is counted.current()
    assert counted.times == 1


def test_a_profile_is_taken_over_and_the_works_are_kept(counted: Counted) -> None:
    before = counted.current()
    with counted.database.write() as connection:
        person = experts.get(connection, 1)
        experts.save(connection, SYSTEM, replace(person, organisation="Ministry", consent=Consent()))
    after = counted.current()
    assert after.experts[1].organisation == "Ministry"
    assert after.experts[1].works == before.experts[1].works
    assert before.experts[1].organisation == "Institute"  # who ranks meanwhile goes on with what they had
    assert counted.times == 1


def test_a_work_and_a_person_are_read_in(counted: Counted) -> None:
    with counted.database.write() as connection:
        works_store.add(connection, SYSTEM, 1, WORK)
    assert len(counted.current().index.works) == 2
    encoded_experts.put(
        counted.database, "b", Expert(0, "Sample Two", "Institute", OrganisationKind.STATE, works=(WORK,)), "", ()
    )
    assert len(counted.current().index.works) == 3


def test_who_was_erased_is_gone(counted: Counted) -> None:
    with counted.database.write() as connection:
        experts.erase(connection, 1)
    assert counted.current().experts == {}
    assert counted.current().index.works == ()


def test_encoding_works_again_is_noticed(counted: Counted) -> None:
    encoding = hashing()
    with counted.database.read() as connection:
        works = experts.get(connection, 1).works
    for times in (2, 3):  # as many vectors as before the second time
        prepared = [(work.id, each) for work, each in zip(works, prepare_works(works, encoding, None), strict=True)]
        encoded_experts.put_vectors(counted.database, encoding.identity, prepared)
        counted.current()
        assert counted.times == times
