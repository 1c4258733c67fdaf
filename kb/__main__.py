"""The command line: runs one command and turns errors into its exit status; nothing imports it."""

import os
import sys
from collections.abc import Sequence

from kb.cli import accounts as users
from kb.cli import evaluate as measuring
from kb.cli import experts as people
from kb.cli import ingest as library
from kb.cli import match as matching
from kb.cli import match_replay as replaying
from kb.cli import notifications as posting
from kb.cli import operations as care
from kb.cli import search as finding
from kb.cli import serve as serving
from kb.cli import tag as tagging
from kb.cli import tag_training as learning
from kb.cli import worker as working
from kb.cli.arguments import joined, make_parser
from kb.errors import KbError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status as the README lists it."""
    # NumPy reads it once, when it is loaded. Its products are small here: on a busy machine several threads that wait
    # for each other made them ten times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options = make_parser(_COMMANDS).parse_args(joined(sys.argv[1:] if arguments is None else arguments))
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
    "tag train": learning.tag_train,
    "tag again": learning.tag_again,
    "eval search": measuring.eval_search,
    "eval tags": measuring.eval_tags,
    "eval quality": measuring.eval_quality,
    "eval match": matching.eval_match,
    "match": matching.match,
    "match replay": replaying.match_replay,
    "people import": people.people_import,
    "people template": people.people_template,
    "people encode": people.people_encode,
    "serve": serving.serve,
    "worker": working.work,
    "remind": posting.remind,
    "index": finding.index,
    "settings": care.settings,
    "doctor": care.doctor,
    "backup": care.backup,
    "restore": care.restore,
    "user add": users.user_add,
    "user link": users.user_link,
    "user list": users.user_list,
    "user role": users.user_role,
    "user disable": users.user_disable,
    "user enable": users.user_enable,
    "audit verify": users.audit_verify,
    "audit show": users.audit_show,
}


if __name__ == "__main__":
    sys.exit(main())
