"""The commands of the command line and their arguments."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kb.accounts.account import Role
from kb.i18n.catalogue import LANGUAGES

Run = Callable[[argparse.Namespace], int]


def make_parser(run: Mapping[str, Run]) -> argparse.ArgumentParser:
    """The parser of the command line; each command sets `run` to the function of its name."""
    parser = argparse.ArgumentParser(prog="kb", description="Knowledge platform for the Global Compact for Migration.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run[name])
        return sub

    sub = command("ingest", "Read files and folders into the platform.")
    sub.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    sub.add_argument("--publish", action="store_true", help="make them public at once")
    sub.add_argument("--type", help="document type, for all files")
    sub.add_argument("--country", action="append", default=[], metavar="ISO3", help="country, for all files")
    sub.add_argument("--json", action="store_true")
    sub = command("starter", "Load the starter corpus, once.")
    sub = command("search", "Search what is published; an empty QUERY lists it, newest first.")
    sub.add_argument("query", metavar="QUERY")
    sub.add_argument("--limit", type=int, default=10)
    for option, metavar in (
        ("language", "L"),
        ("objective", "N"),
        ("area", "N"),
        ("country", "ISO3"),
        ("type", "T"),
        ("region", "M49"),
        ("entity", "E"),
    ):
        sub.add_argument(f"--{option}", action="append", default=[], metavar=metavar)
    sub.add_argument("--from", dest="from_year", type=int, metavar="YEAR")
    sub.add_argument("--to", dest="to_year", type=int, metavar="YEAR")
    sub.add_argument("--literal", action="store_true", help="read no objective or country into the words")
    sub.add_argument("--json", action="store_true")
    sub = command("tag", "Concepts of a text with their evidence; nothing is stored.")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", metavar="FILE|-")
    what.add_argument("--jsonl", type=Path, metavar="IN")
    sub.add_argument("--out", type=Path, metavar="OUT")
    sub.add_argument("--vocabulary", type=Path, metavar="FILE.ttl")
    sub.add_argument("--json", action="store_true")
    _add_tagging(command)
    _add_eval(commands, run)
    _add_hub(command, commands, run)
    sub = command("serve", "Serve the web application.")
    sub.add_argument("--host")
    sub.add_argument("--port", type=int)
    sub = command("worker", "Work on what people send in; 'kb serve' has one beside it.")
    sub.add_argument(
        "--idle", type=float, metavar="SECONDS", help="end after so long without work; else work until stopped"
    )
    sub = command("remind", "Write the reminders that are due; 'kb serve' and 'kb worker' do it once a day.")
    sub.add_argument("--json", action="store_true")
    sub = command("index", "The caches beside the database.")
    sub.add_argument("action", choices=("stats", "verify", "rebuild", "reencode"))
    sub.add_argument("--json", action="store_true")
    _add_people(commands, run)
    _add_care(command)
    return parser


def _add_care(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The commands for the care of an instance."""
    sub = command("settings", "Every setting, its value and where it came from.")
    sub.add_argument("--json", action="store_true")
    sub = command("doctor", "What is wrong with this instance, what it means, and the command that mends it.")
    sub.add_argument("--json", action="store_true")
    sub = command("backup", "Write a backup into a new folder, while the instance is in use.")
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--json", action="store_true")
    sub = command("restore", "Put a backup into an empty home (KB_HOME).")
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--erasures", type=Path, metavar="FILE", help="a newer list of what was erased, to be kept to")
    sub.add_argument("--json", action="store_true")


def _add_people(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", run: Mapping[str, Run]) -> None:
    """The commands `kb user …` and `kb audit …`."""
    users = commands.add_parser("user", help="Accounts.").add_subparsers(required=True)

    def user(name: str, text: str, email: bool = True) -> argparse.ArgumentParser:
        sub = users.add_parser(name, help=text)
        sub.set_defaults(run=run[f"user {name}"])
        if email:
            sub.add_argument("email", metavar="EMAIL")
        return sub

    roles = [role.value for role in Role]
    sub = user("add", "make an account, and print the link with which its owner chooses a password")
    sub.add_argument("--role", action="append", required=True, choices=roles)
    sub.add_argument("--name", default="")
    sub.add_argument("--organisation", default="", metavar="O")
    sub.add_argument("--language", default="en", choices=LANGUAGES, help="for letters")
    user("link", "print a new one-time link for an account; the password stays until another is chosen")
    sub = user("role", "give an account these roles, instead of those it has")
    sub.add_argument("--role", action="append", required=True, choices=roles)
    user("disable", "end its sessions, links and tokens, and let it in no more")
    user("enable", "let it in again")
    sub = user("list", "all accounts", email=False)
    sub.add_argument("--json", action="store_true")
    trail = commands.add_parser("audit", help="The trail of who did what.").add_subparsers(required=True)
    sub = trail.add_parser("verify", help="whether a row was edited, removed or moved, and which is the first")
    sub.set_defaults(run=run["audit verify"])
    sub.add_argument("--noted", default="", metavar="HASH", help="hash of a row noted down earlier, to be found again")
    sub.add_argument("--json", action="store_true")
    sub = trail.add_parser("show", help="rows, newest last")
    sub.set_defaults(run=run["audit show"])
    sub.add_argument("--kind", help="of the object, for example account or document")
    sub.add_argument("--key", help="number of the object")
    sub.add_argument("--limit", type=int, default=50)
    sub.add_argument("--json", action="store_true")


def _add_tagging(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The commands `kb tag train` and `kb tag again`."""
    sub = command("tag train", "Learn from what people decided about tags; a model that is worse is refused.")
    sub.add_argument("--dry-run", action="store_true", help="report, and change nothing")
    sub.add_argument("--undo", action="store_true", help="use the model before this one again")
    sub.add_argument("--json", action="store_true")
    sub = command("tag again", "What tagging every document again would change; decisions of people stay.")
    sub.add_argument("--apply", action="store_true", help="write it")
    sub.add_argument("--json", action="store_true")


def _add_hub(
    command: Callable[[str, str], argparse.ArgumentParser],
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    run: Mapping[str, Run],
) -> None:
    """The commands `kb match` and `kb people …`."""
    sub = command("match", "People who can help with a request, with what shows it, and who was left out and why.")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", metavar="TEXT|-")
    what.add_argument("--request", type=int, metavar="ID", help="a request on record, with its own rules")
    sub.add_argument("--limit", type=int, default=10)
    sub.add_argument("--slate", type=int, default=0, metavar="N", help="also a balanced slate of so many people")
    sub.add_argument("--language", default="", metavar="L", help="of the request; told from its words otherwise")
    sub.add_argument("--country", default="", metavar="ISO3", help="that asks")
    sub.add_argument("--organisation", default="", metavar="NAME", help="that asks: its own people are left out")
    sub.add_argument(
        "--concerns", action="append", default=[], metavar="NAME", help="organisation whose work is at issue"
    )
    sub.add_argument("--speaks", action="append", default=[], metavar="L", help="language the expert must speak")
    sub.add_argument("--region", default="", metavar="M49|ISO3", help="region or country the expert must know")
    sub.add_argument("--json", action="store_true")
    sub = command("match replay", "Past requests with today's matcher: agreement with what officers chose.")
    sub.add_argument("--json", action="store_true")
    people = commands.add_parser("people", help="Experts of the connection hub.").add_subparsers(required=True)
    sub = people.add_parser("import", help="read experts with their works; invisible until they consent")
    sub.set_defaults(run=run["people import"])
    sub.add_argument("file", type=Path, metavar="FILE.csv|FILE.jsonl")
    sub.add_argument("--json", action="store_true")
    sub = people.add_parser("template", help="print the table to fill in, as CSV")
    sub.set_defaults(run=run["people template"])
    sub.add_argument("--language", default="en", choices=LANGUAGES)
    sub = people.add_parser("encode", help="encode the works that the present encoder has not encoded")
    sub.set_defaults(run=run["people encode"])


def joined(arguments: Sequence[str]) -> list[str]:
    """The arguments with `tag train`, `tag again` and `match replay` as one word each, beside `tag FILE`."""
    if " ".join(arguments[:2]) in ("tag train", "tag again", "match replay"):
        return [" ".join(arguments[:2]), *arguments[2:]]
    return list(arguments)


def _add_eval(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", run: Mapping[str, Run]) -> None:
    """The commands `kb eval …`."""
    measured = commands.add_parser("eval", help="Measure search, tags, matching or this instance.").add_subparsers(
        required=True
    )
    sub = measured.add_parser("search", help="retrieval measures on a BEIR folder")
    sub.set_defaults(run=run["eval search"])
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--json", action="store_true")
    sub = measured.add_parser("tags", help="tagging measures on Annif JSON lines")
    sub.set_defaults(run=run["eval tags"])
    sub.add_argument("file", type=Path, metavar="FILE.jsonl")
    sub.add_argument("--vocabulary", type=Path, metavar="FILE.ttl")
    sub.add_argument("--json", action="store_true")
    sub = measured.add_parser("quality", help="measure this instance on the judged questions, for the page /quality")
    sub.set_defaults(run=run["eval quality"])
    sub.add_argument("--json", action="store_true")
    sub = measured.add_parser("match", help="affinity of people to submissions, on an OpenReview folder")
    sub.set_defaults(run=run["eval match"])
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--scores", type=Path, metavar="OUT.json", help="write {person: {submission: score}}")
    sub.add_argument("--lexical", action="store_true", help="by words alone, without the encoder")
    sub.add_argument("--json", action="store_true")
