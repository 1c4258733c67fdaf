"""How a command line is read: words of commands, where options may stand, what is imported, how it ends."""

import subprocess
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import pytest
from click.testing import CliRunner

from kb import __main__
from kb.cli import command_group
from kb.cli.command_group import CommandGroup, Entry
from kb.cli.command_table import TABLE
from kb.cli.parameters import TextCommand

ROOT = Path(__file__).parent.parent.parent
LEAVES = [entry for entry in TABLE if entry.place]


@pytest.mark.parametrize("entry", LEAVES, ids=lambda entry: entry.words)
def test_the_table_says_of_a_command_what_it_says_of_itself(entry: Entry) -> None:
    told = cleandoc(entry.load().help or "")
    assert " ".join(told.partition("\n\n")[0].split()) == entry.summary


def test_the_table_names_every_command_once() -> None:
    words = [entry.words for entry in TABLE]
    assert len(set(words)) == len(words)
    assert {word.partition(" ")[0] for word in words} <= set(words)


# --- words ---


@click.command(cls=TextCommand)
@click.argument("file", required=False)
@click.option("--out", "-o")
@click.option("--limit", type=int, default=10)
@click.option("--speaks", multiple=True)
@click.option("--json", "as_json", is_flag=True)
def plain(**given: Any) -> None:
    click.echo(sorted((name, value) for name, value in given.items() if value not in (None, False, 10, ())))


@click.command()
@click.option("--undo", is_flag=True)
def train(undo: bool) -> None:
    click.echo(f"train {undo}")


TABLE_OF_TWO = (
    Entry("tag", "sample:plain", "Tags."),
    Entry("tag train", "sample:train", "Trains."),
    Entry("user", "", "Accounts."),
    Entry("user add", "sample:plain", "Adds."),
)


class _Sample:
    """Stands for the module that the small table names."""

    plain, train = plain, train


@pytest.fixture
def _sample() -> Iterator[None]:
    with patch.object(command_group, "import_module", lambda _name: _Sample):
        yield


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(CommandGroup(TABLE_OF_TWO, summary="All."), arguments, prog_name="kb")
    return result.exit_code, result.output.strip()


@pytest.mark.usefixtures("_sample")
@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["tag", "a.txt"], "[('file', 'a.txt')]"),
        (["tag", "train"], "train False"),
        (["tag", "train", "--undo"], "train True"),
        (["tag", "--", "train"], "[('file', 'train')]"),
        (["tag", "--json", "a.txt", "--out", "b"], "[('as_json', True), ('file', 'a.txt'), ('out', 'b')]"),
        (["tag", "a.txt", "--limit=3", "--json"], "[('as_json', True), ('file', 'a.txt'), ('limit', 3)]"),
        (["user", "add", "--speaks", "es", "x", "--speaks", "fr"], "[('file', 'x'), ('speaks', ('es', 'fr'))]"),
        (["tag", "--", "-word"], "[('file', '-word')]"),
        (["tag", "-word and others"], "[('file', '-word and others')]"),
        (["tag", "- a list of needs", "--limit", "3"], "[('file', '- a list of needs'), ('limit', 3)]"),
        (["tag", "--out", "- with spaces", "x"], "[('file', 'x'), ('out', '- with spaces')]"),
        (["tag", "--out=a b", "x"], "[('file', 'x'), ('out', 'a b')]"),
    ],
)
def test_words_options_and_texts(arguments: list[str], printed: str) -> None:
    assert run(*arguments) == (0, printed)


@pytest.mark.usefixtures("_sample")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["tga"], "Did you mean 'tag'?"),
        (["user", "ad"], "Did you mean 'add'?"),
        (["user"], "Usage: kb user"),
        (["tag", "-word"], "No such option"),
        (["tag", "a.txt", "b.txt"], "unexpected extra argument"),
        (["tag", "--jsn"], "Did you mean '--json'?"),
        (["tag", "--js"], "No such option"),
    ],
)
def test_what_is_wrong_is_named(arguments: list[str], says: str) -> None:
    status, output = run(*arguments)
    assert status == 2
    assert says in output


@pytest.mark.usefixtures("_sample")
def test_help_lists_all_beneath_and_imports_none() -> None:
    with patch.object(Entry, "load", side_effect=AssertionError):
        whole, user = run("--help")[1], run("user", "--help")[1]
    assert [line.split("  ")[0] for line in whole.partition("Commands:\n  ")[2].split("\n  ")] == [
        "tag",
        "tag train",
        "user add",
    ]
    assert user.partition("Commands:\n")[2].split() == ["add", "Adds."]
    assert run("tag", "-h")[1].startswith("Usage: kb tag [OPTIONS] [FILE]")
    assert run("tag", "train", "--help")[1].startswith("Usage: kb tag train [OPTIONS]")


def test_the_module_of_a_command_is_imported_when_it_is_run() -> None:
    code = "import sys; from kb.__main__ import main; main(sys.argv[1:]); print(*sorted(sys.modules), file=sys.stderr)"
    for arguments, loaded in ((["--help"], False), (["settings", "--help"], True)):
        ended = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        modules = ended.stderr.split()
        assert ("kb.cli.operations" in modules) == loaded
        assert not {"kb.cli.search", "kb.cli.match"} & set(modules)


# --- how it ends ---


def _ends(error: BaseException) -> int:
    with patch.object(__main__, "_run", side_effect=error):
        return __main__.main([])


def test_ctrl_c_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "kb: stopped; what was reported as stored is stored.\n"


def test_wrong_usage_is_told_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["user", "add", "x"]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith("kb: Missing option '--role'. Choose from: reader,")
    assert printed.err.endswith("'kb user add --help' tells more.\n")


def test_help_into_a_closed_pipe_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "kb", "--help"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
