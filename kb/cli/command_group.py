"""Commands of several words whose modules are imported only when one of them is run or its own help is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

import click

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of commands; one without a place only has commands beneath it."""

    words: str  # as they are typed: "user add"
    place: str  # of its function, "module:name" in kb.cli; "" for a group
    summary: str  # in one line

    def load(self) -> click.Command:
        """Import the module of the command."""
        module, _, name = self.place.partition(":")
        command: click.Command = getattr(import_module(f"kb.cli.{module}"), name)
        return command


class CommandGroup(click.Group):
    """The commands of a table under some words.

    Words may be a command and a group at once: beside `kb tag FILE` there is `kb tag train`.
    """

    def __init__(self, table: Sequence[Entry], words: str = "", summary: str = "") -> None:
        super().__init__(help=summary, subcommand_metavar="COMMAND …", context_settings=_CONTEXT)
        self._table, self._words = table, words
        self._names = list(dict.fromkeys(name.partition(" ")[0] for name, _entry in self._within()))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of what stands directly beneath, as the table has them."""
        return self._names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, else the group."""
        if cmd_name not in self._names:
            return None
        entry = self._entry(cmd_name)
        return entry.load() if entry.place else self._group(entry)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; of words that are a command and a group, the group when a name of it follows."""
        if args[0] in self._names:
            group = self._group(self._entry(args[0]))
            if args[1:] and args[1] in group.list_commands(ctx):
                return args[0], group, args[1:]
        elif not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self._names, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Every command beneath, however deep, with its line in the table: nothing is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self._within() if entry.place])

    def _within(self) -> Iterator[tuple[str, Entry]]:
        """Entries beneath these words, by the words that follow."""
        start = f"{self._words} ".lstrip()
        return ((e.words.removeprefix(start), e) for e in self._table if e.words.startswith(start))

    def _entry(self, name: str) -> Entry:
        return next(entry for own, entry in self._within() if own == name)

    def _group(self, entry: Entry) -> "CommandGroup":
        return CommandGroup(self._table, entry.words, entry.summary)
