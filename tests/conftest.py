"""What holds for all tests: nothing waits for the disk, for threads or for other processes without need."""

import os
import sqlite3
from pathlib import Path

import pytest

# Before NumPy and FAISS are loaded, which read it once: several processes that each take all cores wait for each other.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

from sqlalchemy import Engine, event

from index.encoding.encoder import Encoder
from index.encoding.open_encoder import open_encoder
from kb import config
from kb.store import database

_prepare = database._prepare_sqlite


def _prepare_hastily(engine: Engine) -> None:
    """As `open_database` does, but a commit is not kept from a power cut: the tests make many, and have none."""
    _prepare(engine)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")


database._prepare_sqlite = _prepare_hastily


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
