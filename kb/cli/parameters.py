"""Options and arguments that several commands have."""

from pathlib import Path
from typing import Any

import click

from kb.i18n.catalogue import LANGUAGES

FILE = click.Path(path_type=Path)
INTERFACE_LANGUAGE = click.Choice(LANGUAGES)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")


class TextCommand(click.Command):
    """A command with one text, which may begin with a dash where it has spaces: `kb search "-word other words"`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read such a text as if it stood behind `--`; no option has spaces in its name."""
        texts = [] if "--" in args else [place for place in range(len(args)) if self._is_text(args, place)]
        if texts:
            others = [each for place, each in enumerate(args) if place not in texts]
            args = [*others, "--", *(args[place] for place in texts)]
        return super().parse_args(ctx, args)

    def _is_text(self, args: list[str], place: int) -> bool:
        valued = {name for p in self.params if isinstance(p, click.Option) and not p.is_flag for name in p.opts}
        is_value = place > 0 and args[place - 1] in valued
        return args[place].startswith("-") and " " in args[place].partition("=")[0] and not is_value


def either(one: Any, other: Any, what: str) -> None:
    """Refuse both and neither. Raises click.UsageError."""
    if (one is None) == (other is None):
        raise click.UsageError(f"Give either {what}.")
