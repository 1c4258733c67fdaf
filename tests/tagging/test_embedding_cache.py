"""What is encoded of descriptions is encoded once, and again when it is damaged or was made from something else."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingest.tagging.embedding_cache import Arrays, Kept
from ingest.tagging.tagger import Tagger
from kb.vocabularies.skos import gather, read_scheme
from tests.support.documents import hashing

OBJECTIVES = Path(__file__).parent.parent.parent / "corpus" / "vocabularies" / "objectives.ttl"
MADE: Arrays = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.zeros((0, 3), np.float32),
    np.array([[0.1]], np.float16),
]


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Arrays:
        self.asked += 1
        return MADE


def _same(found: Arrays) -> bool:
    pairs = list(zip(found, MADE, strict=True))
    return all(a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b) for a, b in pairs)


def test_what_was_made_is_read_as_it_was(tmp_path: Path) -> None:
    make = Maker()
    for _process in range(2):
        assert _same(Kept(tmp_path, "e 1")(["datos", "migración"], make))
    assert make.asked == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("encoder", "texts"), [("e 2", ["a", "b"]), ("e 1", ["b", "a"]), ("e 1", ["a", "b", ""]), ("e 1", ["a b"])]
)
def test_another_encoder_or_text_is_made_anew(tmp_path: Path, encoder: str, texts: list[str]) -> None:
    make = Maker()
    Kept(tmp_path, "e 1")(["a", "b"], make)
    Kept(tmp_path, encoder)(texts, make)
    assert make.asked == 2


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-1] + b"x", lambda data: data[:40], lambda data: b"", lambda data: data[:70] + data]
)
def test_what_is_damaged_is_made_anew(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    make, kept = Maker(), Kept(tmp_path, "e 1")
    kept(["a"], make)
    (file,) = tmp_path.iterdir()
    file.write_bytes(harm(file.read_bytes()))
    assert _same(kept(["a"], make))
    assert _same(kept(["a"], make))
    assert make.asked == 2


def test_where_nothing_can_be_written_tagging_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert _same(Kept(tmp_path / "file" / "folder", "e 1")(["a"], Maker()))


def test_what_is_old_is_cleared_up(tmp_path: Path) -> None:
    kept = Kept(tmp_path, "e 1")
    for number in range(70):
        kept([str(number)], Maker())
    assert len(list(tmp_path.iterdir())) == 64


def test_a_tagger_says_the_same_from_what_was_kept(tmp_path: Path) -> None:
    objectives, encoding = gather(read_scheme(OBJECTIVES)), hashing()
    text = "Se prefieren alternativas a la detención de migrantes, y nunca se detiene a una niña o un niño."

    def refuse(texts: object) -> np.ndarray:
        assert texts == [text], "a description was encoded again"
        return encoding.vectors([text])

    first = Tagger(objectives, encoding.vectors, keep=Kept(tmp_path, "e 1")).tag_text(text, language="es")
    assert Tagger(objectives, refuse, keep=Kept(tmp_path, "e 1")).tag_text(text, language="es") == first
