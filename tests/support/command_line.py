"""Runs `kb` as a user does, in this process, on an instance of its own with the hashing encoder."""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kb import __main__
from kb.cli import bootstrap
from kb.store import database
from kb.store.database import Database, open_database


@dataclass(frozen=True, slots=True)
class Result:
    """What a command gave: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output; fails when there is anything else."""
        return json.loads(self.out)


_taxonomy = lru_cache(bootstrap.read_taxonomy)  # a value; parsing the vocabularies takes most of a small command
_open_hastily = partial(open_database, durable=False)  # the tests make many commits, and have no power cut


class Instance:
    """An instance in a folder. Settings are given without their prefix, in small letters."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.settings = {"home": str(home), "encoder": "hashing"} | settings

    def run(self, *arguments: str | Path, stdin: str = "") -> Result:
        """One command in this process, as `python -m kb` would run it."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch.object(sys, "stdin", io.StringIO(stdin)),
            patch.object(bootstrap, "read_taxonomy", _taxonomy),
            patch.object(database, "open_database", _open_hastily),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            status = __main__.main([str(argument) for argument in arguments])
        return Result(status, out.getvalue(), err.getvalue())

    @property
    def environment(self) -> dict[str, str]:
        """Variables for a process of its own: those of this one, with the settings of this instance alone."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        return others | {f"KB_{name.upper()}": value for name, value in self.settings.items()}

    def database(self) -> Database:
        """The records of the instance."""
        return _open_hastily(f"sqlite:///{self.home / 'kb.sqlite'}", self.home)

    def outcomes(self, *arguments: str | Path) -> dict[str, str]:
        """Outcome of each file of an ingest, by the file's name."""
        reports = self.run("ingest", *arguments, "--json").json
        return {Path(report["file"]).name: report["outcome"] for report in reports}
