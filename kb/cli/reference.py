"""The reference of commands and of settings, as Markdown: `python -m kb.cli.reference commands` prints one of them."""

import dataclasses
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from kb.cli.command_table import TABLE
from kb.config import PREFIX, Settings

_COMMANDS = """# Commands

This page is written by `make reference` from what the commands say of themselves.

`kb` stands for `.venv/bin/python -m kb`. `kb --help` lists the commands, `kb COMMAND --help` tells of one. Options
stand before or behind what else a command is given; a word that begins with a dash stands behind `--`.

With `--json` one JSON value goes to standard output and nothing else; progress and messages go to standard error.

| exit status | |
|---|---|
| 0 | done |
| 1 | done, but something in it failed and was reported |
| 2 | wrong usage |
| 3 | cannot work (settings, disk, damaged data); the message names the command that mends it |
| 130 | stopped with Ctrl+C |
"""
_SETTINGS = """# Settings

This page is written by `make reference` from the settings themselves.

Read from the environment when a command starts. An unknown `KB_…` name is an error that names the nearest known one.
`kb settings` lists them all with their values and where each came from.

| setting | default | meaning |
|---|---|---|
"""


def commands() -> str:
    """Every command with its arguments, options and what it does."""
    parts = [_COMMANDS]
    for entry in TABLE:
        if entry.place:
            command = entry.load()
            context = click.Context(command, info_name=f"kb {entry.words}")
            parts.append("\n".join(_command(command, context)))
    return "\n".join(parts)


def settings() -> str:
    """Every setting with its default and meaning."""
    rows = [
        f"| `{PREFIX}{field.name.upper()}` | {_default(field.default)} | {field.metadata['description']} |\n"
        for field in dataclasses.fields(Settings)
    ]
    return _SETTINGS + "".join(rows)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    options = [param for param in command.params if isinstance(param, click.Option)]
    arguments = [_argument(param, context) for param in command.params if isinstance(param, click.Argument)]
    yield f"## {context.command_path}\n"
    yield f"    {' '.join([context.command_path, *arguments, *(_in_usage(each, context) for each in options)])}\n"
    yield f"{cleandoc(command.help or '')}\n"
    if options:
        yield "| option | |\n|---|---|"
        for each in options:
            yield f"| `{_cell(each.get_help_spec(context))}` | {_cell(each.help or '')} |"
        yield ""


def _argument(argument: click.Argument, context: click.Context) -> str:
    metavar = argument.make_metavar(context)
    return metavar if argument.required else f"[{metavar}]"


def _in_usage(option: click.Option, context: click.Context) -> str:
    spec = option.get_help_spec(context)
    return f"{spec if option.required else f'[{spec}]'}{'…' if option.multiple else ''}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    shown = value.as_posix() if isinstance(value, Path) else str(value)
    return f"`{shown}`" if shown else "empty"


@click.command()
@click.argument("what", type=click.Choice(("commands", "settings")))
def _print(what: str) -> None:
    """Print a page of the reference."""
    click.echo(commands() if what == "commands" else settings(), nl=False)


if __name__ == "__main__":
    _print()
