"""The commands of the command line and their arguments."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

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
    for option, metavar in (("language", "L"), ("objective", "N"), ("area", "N"), ("country", "ISO3"), ("type", "T")):
        sub.add_argument(f"--{option}", action="append", default=[], metavar=metavar)
    sub.add_argument("--from", dest="from_year", type=int, metavar="YEAR")
    sub.add_argument("--to", dest="to_year", type=int, metavar="YEAR")
    sub.add_argument("--json", action="store_true")
    sub = command("tag", "Concepts of a text with their evidence; nothing is stored.")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", metavar="FILE|-")
    what.add_argument("--jsonl", type=Path, metavar="IN")
    sub.add_argument("--out", type=Path, metavar="OUT")
    sub.add_argument("--vocabulary", type=Path, metavar="FILE.ttl")
    sub.add_argument("--json", action="store_true")
    measured = commands.add_parser("eval", help="Measure search or tags.").add_subparsers(required=True)
    sub = measured.add_parser("search", help="retrieval measures on a BEIR folder")
    sub.set_defaults(run=run["eval search"])
    sub.add_argument("folder", type=Path, metavar="DIR")
    sub.add_argument("--json", action="store_true")
    sub = measured.add_parser("tags", help="tagging measures on Annif JSON lines")
    sub.set_defaults(run=run["eval tags"])
    sub.add_argument("file", type=Path, metavar="FILE.jsonl")
    sub.add_argument("--vocabulary", type=Path, metavar="FILE.ttl")
    sub.add_argument("--json", action="store_true")
    sub = command("serve", "Serve the web application.")
    sub.add_argument("--host")
    sub.add_argument("--port", type=int)
    sub = command("index", "The caches beside the database.")
    sub.add_argument("action", choices=("stats", "verify", "rebuild", "reencode"))
    sub.add_argument("--json", action="store_true")
    sub = command("settings", "Every setting, its value and where it came from.")
    sub.add_argument("--json", action="store_true")
    return parser
