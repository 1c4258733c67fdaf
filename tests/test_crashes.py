"""Ingests that are killed, and ingests at the same time: nothing acknowledged is lost, nothing is half-stored.

The same as `python -m benchmarks.crashes`, which kills more often.
"""

from pathlib import Path

import pytest

from benchmarks import crashes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crashes")


def test_killed_ingests_lose_and_tear_nothing(folder: Path) -> None:
    report = crashes.crash(folder, kills=3)
    assert report.faults == []
    assert report.kills == 3
    assert report.in_the_middle >= 1, "the kills came too early or too late to show anything"
    assert report.stored >= report.acknowledged


def test_four_ingests_at_once_store_each_file_once(folder: Path) -> None:
    assert crashes.ingest_at_once(folder, 4) == []


def test_a_torn_document_would_be_noticed(folder: Path) -> None:
    home = folder / "reference"
    reference = crashes._stored(home)
    originals = [path for path in (home / "originals").rglob("*") if path.is_file()]
    originals[0].write_bytes(b"torn")
    assert any("torn" in fault for fault in crashes._compared(home, reference))
    short = {name: s for name, s in reference.items() if name != "sample-00.md"}
    assert any(fault.startswith("sample-00.md") for fault in crashes._compared(home, short))
