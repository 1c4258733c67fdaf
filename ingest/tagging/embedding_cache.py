"""Keeps what an encoder made of the descriptions of concepts on the disk, as encoding them takes seconds."""

import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Arrays: TypeAlias = Sequence[NDArray[Any]]
Keep: TypeAlias = Callable[[Sequence[str], Callable[[], Arrays]], Arrays]  # texts, how to make it -> what was made

_MOST = 64  # files; a vocabulary that is worked on leaves many behind
_DIGEST = 32  # bytes of SHA-256, before what it is of


def not_kept(_texts: Sequence[str], make: Callable[[], Arrays]) -> Arrays:
    """For whoever has no folder."""
    return make()


class Kept:
    """A folder of arrays, each under what it was made from: texts, and `encoder` (its weights, how tokens are centred).

    What cannot be read, or is not what was written, is made anew; what cannot be written is not kept.
    """

    def __init__(self, folder: Path, encoder: str) -> None:
        self._folder = folder
        self._encoder = encoder

    def __call__(self, texts: Sequence[str], make: Callable[[], Arrays]) -> Arrays:
        path = self._folder / hashlib.sha256(json.dumps([self._encoder, *texts]).encode()).hexdigest()
        known = _read(path)
        if known is not None:
            return known
        made = make()
        self._write(path, made)
        return made

    def _write(self, path: Path, arrays: Arrays) -> None:
        packed = io.BytesIO()
        np.savez(packed, *arrays)
        data = packed.getvalue()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
                file.write(hashlib.sha256(data).digest() + data)
            Path(file.name).replace(path)
            oldest = sorted(self._folder.iterdir(), key=lambda each: each.stat().st_mtime)[:-_MOST]
            for each in oldest:
                each.unlink(missing_ok=True)
        except OSError:
            return  # a full disk, or another process that clears up: the next one makes it again


def _read(path: Path) -> Arrays | None:
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    data = whole[_DIGEST:]
    if hashlib.sha256(data).digest() != whole[:_DIGEST]:
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return [held[name] for name in held.files]
