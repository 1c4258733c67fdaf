"""The command line: runs one command and turns errors into its exit status; nothing imports it."""

import os
import sys
from collections.abc import Sequence

import click

from kb.cli import messages
from kb.cli.command_table import command_line
from kb.errors import KbError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status as docs/reference/commands.md lists it."""
    # NumPy reads it once, when it is loaded. Its products are small here: on a busy machine several threads that wait
    # for each other made them ten times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    messages.show()
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.UsageError as error:
        return _fail(_wrong_usage(error), error.exit_code)
    except KbError as error:
        return _fail(str(error), error.exit_status)
    except KeyboardInterrupt:
        return _fail("stopped; what was reported as stored is stored.", 130)
    except BrokenPipeError:
        # The reader of the pipe went away (`kb search … | head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: list[str]) -> int:
    # Not `main` of click, which has its own ways with Ctrl+C and closed pipes.
    commands = command_line()
    try:
        with commands.make_context("kb", arguments) as context:
            return int(commands.invoke(context) or 0)
    except click.exceptions.Exit as end:  # after a help that was asked for
        return end.exit_code


def _fail(message: str, status: int) -> int:
    click.echo(f"kb: {message}", err=True)
    return status


def _wrong_usage(error: click.UsageError) -> str:
    """What is wrong on one line, and the command whose help tells more."""
    command = error.ctx.command_path if error.ctx is not None else "kb"
    message = " ".join(error.format_message().split())
    return f"{message}{'' if message.endswith(('.', '?', ')')) else '.'} '{command} --help' tells more."


if __name__ == "__main__":
    sys.exit(main())
