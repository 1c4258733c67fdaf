"""The command line: runs one command and turns errors into its exit status; nothing imports it."""

import os
import sys
from collections.abc import Sequence

from kb.arguments import make_parser
from kb.command import care, finding, library, measuring, serving, tagging
from kb.errors import KbError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status as the README lists it."""
    options = make_parser(_COMMANDS).parse_args(arguments)
    try:
        return int(options.run(options))
    except KbError as error:
        print(f"kb: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("kb: stopped; what was reported as stored is stored.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the pipe went away (`kb search … | head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


_COMMANDS = {
    "ingest": library.ingest,
    "starter": library.starter,
    "search": finding.search,
    "tag": tagging.tag,
    "eval search": measuring.eval_search,
    "eval tags": measuring.eval_tags,
    "serve": serving.serve,
    "index": finding.index,
    "settings": care.settings,
}


if __name__ == "__main__":
    sys.exit(main())
