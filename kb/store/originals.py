"""The bytes of documents as they came, kept under their digest."""

import os
import tempfile
from pathlib import Path


def path_of(home: Path, digest: str) -> Path:
    """Where the original with this SHA-256 is kept."""
    return home / "originals" / digest[:2] / digest


def keep(home: Path, digest: str, data: bytes) -> Path:
    """Write the original durably; a crash leaves the whole file or none under its name."""
    target = path_of(home, digest)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target
