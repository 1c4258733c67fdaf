"""Ingests and sites that are killed, and ingests at the same time: nothing acknowledged is lost, nothing half-done.

The same as `python -m benchmarks.kills`, which kills more often.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.kills import halves, ingests, records, sites, steps
from tests.support.kills.people import Attempt

FILES = 12
KINDS = frozenset({"files", "title", "tag", "send-to-review", "comment"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crashes")


def test_killed_ingests_lose_and_tear_nothing(folder: Path) -> None:
    report = ingests.crash(folder, kills=1, seed=140, files=FILES)  # soon after the second file
    assert report.faults == []
    assert report.kills == 1
    assert report.in_the_middle == 1, "the kill came too early or too late to show anything"
    assert report.stored >= report.acknowledged


def test_three_ingests_at_once_store_each_file_once(folder: Path) -> None:
    assert ingests.ingest_at_once(folder, 3, FILES) == []


def test_a_torn_document_would_be_noticed(folder: Path) -> None:
    home = folder / "reference"
    reference = records.stored(home)
    originals = [path for path in (home / "originals").rglob("*") if path.is_file()]
    originals[0].write_bytes(b"torn")
    assert any("torn" in fault for fault in records.compared(home, reference))
    short = {name: s for name, s in reference.items() if name != "sample-0000.md"}
    assert any(fault.startswith("sample-0000.md") for fault in records.compared(home, short))


# --- people at work while the site is killed ---


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, sites.Report]:
    folder = tmp_path_factory.mktemp("sites")
    return folder / "home", sites.crash(folder, kills=2, seed=6, taken=(30, 40), kinds=KINDS)


def test_what_people_did_on_a_killed_site_is_there_once(killed: tuple[Path, sites.Report]) -> None:
    _home, report = killed
    assert report.faults == []
    assert report.kills == 2
    assert report.acknowledged.keys() >= KINDS
    assert report.of_sites >= 1
    assert (
        sum(report.acknowledged.values()) >= 60
    )  # whether one step more was in hand when a kill came is left to chance


@pytest.mark.parametrize(
    ("statement", "noticed"),
    [
        ("delete from document_changes where field = 'send-to-review'", "the state of a document"),
        ("delete from review_comments where id = 1", "not once in the audit trail"),
        ("update documents set title = 'Other' where title like 'Sample title%'", "the title of a document"),
        ("insert into tag_decisions select null, document, passage, scheme, notation, verdict, who, reason, at, score,"
         " method from tag_decisions limit 1", "not once in the audit trail"),
        ("update tags set state = 'suggested' where state = 'rejected' or state = 'accepted'", "the state of a tag"),
        ("delete from token_vectors where passage = 1", "a passage has no vectors"),
        ("update jobs set outcome = '' where state = 'done'", "a job ended without outcome"),
    ],
    ids=["history", "comment", "title", "tag twice", "tag", "vectors", "job"],
)  # fmt: skip
def test_what_is_half_done_would_be_noticed(
    killed: tuple[Path, sites.Report], tmp_path: Path, statement: str, noticed: str
) -> None:
    with (
        closing(sqlite3.connect(killed[0] / "kb.sqlite")) as found,
        closing(sqlite3.connect(tmp_path / "kb.sqlite")) as copy,
    ):
        found.backup(copy)
        for (trigger,) in copy.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            copy.execute(f"drop trigger {trigger}")  # what is only ever added to is guarded by them
        assert copy.execute(statement).rowcount >= 1
        copy.commit()
    assert any(noticed in fault for fault in halves.half_done(tmp_path))


def test_a_lost_or_repeated_step_would_be_noticed(killed: tuple[Path, sites.Report]) -> None:
    home, _report = killed
    (said,) = records.rows(home, "select text from review_comments limit 1")[0]
    lost = Attempt(1, "comment", "/reviews/1", "never written", "done")
    refused = Attempt(2, "comment", "/reviews/1", str(said), "refused")
    found = steps.faults(home, [lost, refused])
    assert [fault for fault in found if "never written" in fault]
    assert [fault for fault in found if f"{refused} is on record 1 times" in fault]
    assert [fault for fault in found if fault.startswith("nobody said")]
