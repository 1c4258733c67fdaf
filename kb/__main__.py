"""The command line: runs one command and turns errors into its exit status; nothing imports it."""

import os
import sys
from collections.abc import Sequence

from kb.cli import (
    accounts,
    evaluate,
    experts,
    ingest,
    match,
    match_replay,
    notifications,
    operations,
    search,
    serve,
    tag,
    tag_training,
    worker,
)
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
    "ingest": ingest.ingest,
    "starter": ingest.starter,
    "search": search.search,
    "tag": tag.tag,
    "tag train": tag_training.tag_train,
    "tag again": tag_training.tag_again,
    "eval search": evaluate.eval_search,
    "eval tags": evaluate.eval_tags,
    "eval quality": evaluate.eval_quality,
    "eval match": match.eval_match,
    "match": match.match,
    "match replay": match_replay.match_replay,
    "people import": experts.people_import,
    "people template": experts.people_template,
    "people encode": experts.people_encode,
    "serve": serve.serve,
    "worker": worker.work,
    "remind": notifications.remind,
    "index": search.index,
    "settings": operations.settings,
    "doctor": operations.doctor,
    "backup": operations.backup,
    "restore": operations.restore,
    "user add": accounts.user_add,
    "user link": accounts.user_link,
    "user list": accounts.user_list,
    "user role": accounts.user_role,
    "user disable": accounts.user_disable,
    "user enable": accounts.user_enable,
    "audit verify": accounts.audit_verify,
    "audit show": accounts.audit_show,
}


if __name__ == "__main__":
    sys.exit(main())
