"""The reference is what the code says: commands, settings, the interface for programs, formats.

Other pages name only commands and settings that are there.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from ingest.readers.file_types import READERS
from ingest.readers.front_matter import KNOWN
from kb.cli import reference
from kb.cli.command_table import TABLE
from kb.config import Settings
from kb.documents.models import Outcome
from kb.errors import KbError
from kb.exports.formats import FORMATS
from kb.vocabularies.schemes import SCHEMES
from tests.support.site import make_site
from web.api.reference import api, description

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_COMMANDS = {entry.words: entry for entry in TABLE}
_GROUPS = {entry.words.partition(" ")[0] for entry in TABLE}


def written(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


def section(page: str, title: str) -> str:
    """What stands under a heading of a page."""
    return page.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("name", "made"), [("commands", reference.commands), ("settings", reference.settings), ("api", api)]
)
def test_the_reference_is_what_the_code_says(name: str, made: Callable[[], str]) -> None:
    assert written(name) == made(), "run `make reference`"


def test_the_interface_is_described_as_a_site_describes_it(tmp_path: Path) -> None:
    site = make_site(tmp_path, ()).app.openapi()
    told = description()
    assert (told["paths"], told["components"]) == (site["paths"], site["components"])


def test_the_formats_name_what_is_read_and_what_becomes_of_it() -> None:
    page = written("formats")
    assert set(re.findall(r"`(\.[a-z]+)`", section(page, "Documents"))) == set(READERS)
    assert re.findall(r"^\| `([a-z_]+)` \|", section(page, "Front matter"), re.MULTILINE) == list(KNOWN)
    assert re.findall(r"^\| `([a-z-]+)` \|", section(page, "Outcomes"), re.MULTILINE) == list(Outcome)
    assert re.findall(r"^\| `([a-z]+)` \|", section(page, "Exports"), re.MULTILINE) == list(FORMATS)


def test_the_vocabularies_are_those_of_the_table_of_schemes() -> None:
    named = re.findall(r"^\| `([a-z-]+)\.ttl` \|", written("vocabularies"), re.MULTILINE)
    assert set(named) == {scheme.name for scheme in SCHEMES if scheme.vocabulary}


def test_the_reference_names_every_command_option_setting_and_exit_status() -> None:
    commands, settings = reference.commands(), reference.settings()
    for entry in TABLE:
        if entry.place:
            section = commands.partition(f"## kb {entry.words}\n")[2].partition("\n## ")[0]
            assert section, entry.words
            assert [name for name in _options(entry.load()) if name not in section] == []
    assert all(f"`KB_{field.name.upper()}`" in settings for field in dataclasses.fields(Settings))
    statuses = {0, 1, KbError.exit_status} | {kind.exit_status for kind in KbError.__subclasses__()}
    assert all(f"| {status} |" in commands for status in statuses)


# --- other pages ---


def unknown_settings(text: str) -> list[str]:
    """Settings a page names that are none."""
    known = {f"KB_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    return sorted(set(re.findall(r"\bKB_[A-Z_]+\b", text)) - known)


def unknown_commands(text: str) -> list[str]:
    """Commands and options a page names, as code, that are none."""
    return [problem for code in re.findall(r"`kb ([^`]+)`", text) for problem in _unknown(code.split())]


def _unknown(words: list[str]) -> Iterator[str]:
    if words[0] not in _GROUPS:
        if re.fullmatch(r"[a-z]+", words[0]):
            yield f"kb {words[0]}"
        return
    entry = _COMMANDS.get(" ".join(words[:2])) or _COMMANDS[words[0]]
    if not entry.place:
        if len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
            yield f"kb {' '.join(words[:2])}"
        return
    known = _options(entry.load())
    named = re.findall(r"(?<![\w-])--[a-z-]+", " ".join(words))
    yield from (f"kb {entry.words} {name}" for name in named if name not in known)


def _options(command: click.Command) -> list[str]:
    return [name for param in command.params if isinstance(param, click.Option) for name in param.opts]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_commands_and_settings_that_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert unknown_settings(text) == []
    assert unknown_commands(text) == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("`kb serach` finds it", ["kb serach"]),
        ("`kb search QUERY --langage es`", ["kb search --langage"]),
        ("`kb user invite EMAIL`", ["kb user invite"]),
        ("`kb tag train --aply`, `kb tag FILE --jsonl`", ["kb tag train --aply"]),
        ("`kb tag again --apply`, `kb user …`, `kb COMMAND --help`, `kb index stats`", []),
    ],
)
def test_what_is_no_command_is_caught(text: str, problems: list[str]) -> None:
    assert unknown_commands(text) == problems


def test_a_setting_that_is_none_is_caught() -> None:
    assert unknown_settings("Set KB_HOEM or `KB_HOME`.") == ["KB_HOEM"]
