"""Which release of the software this is."""

import tomllib
from importlib import metadata
from pathlib import Path

_DISTRIBUTION = "gcm-knowledge-platform"
_PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def version() -> str:
    """The version as installed, else as the folder it runs from says; empty when neither tells."""
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        if not _PROJECT.exists():
            return ""
        return str(tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"])
