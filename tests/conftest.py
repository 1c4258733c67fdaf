"""What holds for all tests: nothing waits for threads or for other processes without need."""

import os
from pathlib import Path

import pytest

# Before NumPy and FAISS are loaded, which read it once: several processes that each take all cores wait for each other.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

from index.encoding.encoder import Encoder
from index.encoding.open_encoder import open_encoder
from kb import config


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one run of the tests have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def encoder_home(shared_folder: Path) -> Path:
    """A home for the real encoder; who comes first unpacks it, others wait."""
    return shared_folder / "encoder-home"


@pytest.fixture(scope="session")
def real_encoder(encoder_home: Path) -> Encoder:
    """The embedded encoder, loaded once a process."""
    settings = config.load(os.environ)
    return open_encoder("", encoder_home, settings.precision, settings.threads or 1)
