"""Who may import whom: every contract of pyproject.toml, which `make test` checks, is seen to fail on a bad import."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("kb", "ingest", "index", "web")
# A module planted against each contract, by the beginning of the contract's name.
PLANTED = {
    "Layers": ("index/search/planted_layers.py", "from ingest import pipeline\n"),
    "The command line": ("web/planted_command.py", "from kb.cli import bootstrap\n"),
    "Only the command line": ("web/planted_options.py", "import click\n"),
    "SQL": ("kb/documents/planted_sql.py", "import sqlalchemy\n"),
    "Features are acyclic": ("kb/mail/planted_cycle.py", "from kb.requests.store import notifications\n"),
    "Vectors": ("index/search/planted_vectors.py", "import faiss\n"),
    "Words": ("web/search/planted_words.py", "def f() -> None:\n    import tantivy\n"),
    "PyTorch": ("ingest/tagging/planted_torch.py", "from torch import nn\n"),
    "File formats": ("kb/experts/planted_pdf.py", "from pypdf import PdfReader\n"),
    "Word files": ("web/library/planted_word.py", "import docx\n"),
    "Encodings": ("ingest/readers/planted_chardet.py", "import chardet\n"),
    "Misread text": ("ingest/cleaning/planted_ftfy.py", "import ftfy\n"),
    "Turtle": ("ingest/planted_turtle.py", "import rdflib\n"),
    "Passwords": ("web/accounts/planted_passwords.py", "import argon2\n"),
    "Pages": ("kb/requests/planted_page.py", "from fastapi import Request\n"),
}


def lint(folder: Path) -> dict[str, bool]:
    """Whether each contract is kept by the tree in `folder`, by the contract's name."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    return {name: verdict == "KEPT" for name, verdict in found.items()}


def contracts() -> list[str]:
    """Names of the contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def test_every_contract_fails_on_an_import_that_breaks_it(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=lambda folder, names: _left_out(Path(folder), names))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, text in PLANTED.values():
        (tmp_path / name).write_text(f'"""Planted."""\n\n{text}', "utf-8")
    assert len(contracts()) == len(PLANTED)
    assert all(any(name.startswith(beginning) for name in contracts()) for beginning in PLANTED)
    assert lint(tmp_path) == dict.fromkeys(contracts(), False)


def _left_out(folder: Path, names: list[str]) -> set[str]:
    return {name for name in names if not (folder / name).is_dir() and not name.endswith(".py")}
