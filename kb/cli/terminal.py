"""What the command line shows and reads: progress, reports, measures, lines of JSON."""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from tqdm import tqdm

from kb.documents.models import FileReport
from kb.errors import UsageError

_log = logging.getLogger(__name__)
_Item = TypeVar("_Item")


def progress(items: Iterable[_Item], unit: str, total: int | None = None) -> Iterator[_Item]:
    yield from tqdm(items, unit=unit, total=total, disable=not sys.stderr.isatty(), leave=False, delay=1)


@contextmanager
def files_bar(total: int) -> Iterator[Callable[[str], None]]:
    with tqdm(total=total, unit="file", disable=not sys.stderr.isatty(), leave=False) as bar:

        def advance(note: str) -> None:
            bar.set_postfix_str(note, refresh=False)
            bar.update(1)

        yield advance


@contextmanager
def bar(total: int, unit: str) -> Iterator[Callable[[int], None]]:
    with tqdm(total=total, unit=unit, disable=not sys.stderr.isatty(), leave=False) as bar:
        yield lambda count: (bar.update(count), None)[1]


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def say_report(report: FileReport) -> None:
    name = ascii(report.file)[1:-1] if not report.file.isprintable() else report.file
    passages = f", {report.passages} passages" if report.passages else ""
    # A line that was read is a promise that the file is stored; `echo` keeps nothing back.
    click.echo(f"{report.outcome.value}: {name}{passages}. {report.message or ''}".rstrip())
    for warning in report.warnings:
        click.echo(f"    {warning}")


def say_summary(reports: Sequence[FileReport]) -> None:
    counts: dict[str, int] = {}
    for report in reports:
        counts[report.outcome.value] = counts.get(report.outcome.value, 0) + 1
    _log.info(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def say_measures(value: dict[str, object]) -> None:
    for name, number in value.items():
        if isinstance(number, dict):
            for arm, measures in number.items():
                shown = "  ".join(f"{k} {v}" for k, v in measures.items()) if isinstance(measures, dict) else measures
                click.echo(f"  {arm:<12} {shown}")
        elif isinstance(number, list):
            for row in number:
                click.echo("  against " + "  ".join(f"{k} {v}" for k, v in row.items()))
        else:
            click.echo(f"{name:<24} {number}")


def marked(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """The passage on one line; on a terminal with its marks underlined."""
    if not sys.stdout.isatty():
        return " ".join(text.split())
    parts, at = [], 0
    for start, end in marks:
        parts += [text[at:start], "\033[4m", text[start:end], "\033[24m"]
        at = end
    return " ".join("".join([*parts, text[at:]]).split())


def json_lines(path: Path, *needed: str) -> list[dict[str, str]]:
    """Texts and numbers of each line's object, as texts; other values are left out. Raises UsageError."""
    rows: list[dict[str, str]] = []
    number = 0
    try:
        with path.open(encoding="utf-8") as file:  # a file ends lines at "\n" alone; texts may hold U+2028
            for number, line in enumerate(file, 1):
                if line.strip():
                    rows.append(_texts(json.loads(line)))
                    if any(key not in rows[-1] for key in needed):
                        raise UsageError(f"{path}, line {number}: every line needs {' and '.join(needed)}.")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise UsageError(f"{path}, line {number or 1} is not JSON in UTF-8.") from error
    return rows


def _texts(value: object) -> dict[str, str]:
    row = value if isinstance(value, dict) else {}
    return {key: str(each) for key, each in row.items() if isinstance(each, str | int | float)}
