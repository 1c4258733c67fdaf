"""Originals: the bytes as they came, under their digest, whole or not there."""

from pathlib import Path

import pytest

from kb.store import originals

DIGEST = "ab" + "0" * 62


def test_bytes_are_kept_once(tmp_path: Path) -> None:
    path = originals.keep(tmp_path, DIGEST, b"\0PDF")
    assert path == originals.path_of(tmp_path, DIGEST)
    assert path.read_bytes() == b"\0PDF"
    before = path.stat()
    assert originals.keep(tmp_path, DIGEST, b"\0PDF") == path
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_crash_while_writing_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(OSError, match="disk full"):
        originals.keep(tmp_path, DIGEST, b"data")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
