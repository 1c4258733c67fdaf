"""Measures how the code is built: modules, folders, functions; times to start, routes, and quality on given sets.

Any checkout can be measured (`--root`), whatever its folders: files are read as text, all else is run in processes of
their own with the root as their folder. Line counts leave nothing out; migrations are left out where functions are
counted.
"""

import argparse
import ast
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOMS = ("kb", "ingest", "index", "web")
LARGE = 25  # modules; folders with more are listed
_LONGEST = 10
_HELP_RUNS, _SERVE_RUNS = 7, 3
_PATIENCE = 120  # seconds until a site that does not answer is given up
# Main figures of each evaluation, by what they are called in what `kb eval … --json` prints.
_SEARCH = (
    "ndcg@10",
    "recall@1",
    "recall@10",
    "mrr@10",
    "best_arm",
    "questions",
    "passages",
    "encoder",
    "queries_per_second",
    "passages_per_second",
)
_TAGS = ("scheme", "texts", "top1", "hit@3", "mrr", "precision", "recall", "f1", "asserted")
_MATCH = ("weighted_loss", "easy_pairs_right", "hard_pairs_right", "pairs", "people", "submissions", "encoder")
# Run in the measured root: serves as the command line does, up to where uvicorn would begin, and counts instead.
_COUNT_ROUTES = """
import json, runpy, sys
import uvicorn

def contexts(routes, before=""):
    for route in routes:
        several = getattr(route, "effective_route_contexts", None)
        inner = getattr(route, "routes", None)
        if several is not None:
            yield from ((each.path, sorted(each.methods or ())) for each in several())
        elif inner:
            yield from contexts(inner, before + getattr(route, "path", ""))
        else:
            yield before + getattr(route, "path", ""), sorted(getattr(route, "methods", None) or ())

def count(server, *_arguments, **_options):
    app = server.config.app
    while not hasattr(app, "routes"):
        app = app.app
    print(json.dumps(list(contexts(app.routes))))

uvicorn.Server.run = count
sys.argv = ["kb", "serve", "--port", sys.argv[1]]
runpy.run_module("kb", run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Module:
    """A file of code: its dotted name, its path below the root, its text and its syntax."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether it is the `__init__` of a folder."""
        return self.path.name == "__init__.py"

    @property
    def is_migration(self) -> bool:
        """Whether it belongs to the migrations of the database, which are lists of columns."""
        return "migrations" in self.path.parts


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method, also one within another, by its dotted name; `lines` without its decorators."""

    name: str
    lines: int
    public: bool
    told: bool  # has a docstring


@dataclass(frozen=True, slots=True)
class Structure:
    """What the files say. Functions as (name, lines), folders as (folder, modules), most first."""

    modules: int  # without `__init__`
    migrations: int  # of them
    one_importer: int
    no_importer: int  # run by name, or found by a folder's listing
    packages: int
    lines: int
    code_lines: int  # without empty lines and lines that are comments alone
    folders: tuple[tuple[str, int], ...]  # with more than LARGE modules, or the largest
    functions: int
    longest: tuple[tuple[str, int], ...]
    median_lines: float
    p90_lines: float
    public_functions: int
    undocumented: int  # public functions without a docstring


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians in seconds, each of whole processes, and what the application that is served can answer.

    A route counts as often as it can be reached: by inclusion under a prefix or by a mount, so once a language.
    """

    load: float  # average of the minute before: what else kept the machine busy
    help_seconds: float
    serve_seconds: float
    routes: int
    paths: int
    paths_without_language: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout to measure; else this folder")
    parser.add_argument("--timing", action="store_true", help="also times to start, and routes")
    parser.add_argument("--quality", type=Path, metavar="DIR", help="also measures on the development sets in DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    root = options.root.resolve()
    found: dict[str, Any] = {"structure": asdict(structure(root))}
    if options.timing:
        found["timing"] = asdict(timing(root))
    if options.quality:
        found["quality"] = quality(root, options.quality.resolve())
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n" if options.json else table(found))


# --- files ---------------------------------------------------------------------------------------------


def structure(root: Path) -> Structure:
    """Sizes of modules, folders and functions of a checkout."""
    everything = list(modules(root))
    plain = [module for module in everything if not module.is_package]
    importers = _importers(everything)
    folders = Counter(str(module.path.parent) for module in plain).most_common()
    written = [f for module in everything if not module.is_migration for f in functions(module)]
    lengths = sorted(f.lines for f in written)
    return Structure(
        modules=len(plain),
        migrations=sum(module.is_migration for module in plain),
        one_importer=sum(importers[module.name] == 1 for module in plain),
        no_importer=sum(importers[module.name] == 0 for module in plain),
        packages=len(everything) - len(plain),
        lines=sum(len(module.text.splitlines()) for module in everything),
        code_lines=sum(_code_lines(module.text) for module in everything),
        folders=tuple(pair for n, pair in enumerate(folders) if n == 0 or pair[1] > LARGE),
        functions=len(written),
        longest=tuple((f.name, f.lines) for f in sorted(written, key=lambda f: (-f.lines, f.name))[:_LONGEST]),
        median_lines=statistics.median(lengths),
        p90_lines=lengths[int(0.9 * (len(lengths) - 1))],
        public_functions=sum(f.public for f in written),
        undocumented=sum(f.public and not f.told for f in written),
    )


def modules(root: Path) -> Iterator[Module]:
    """All files of code of the four rooms."""
    for path in sorted(p for room in ROOMS for p in (root / room).rglob("*.py")):
        below = path.relative_to(root)
        parts = below.with_suffix("").parts
        text = path.read_text("utf-8")
        yield Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), below, text, ast.parse(text))


def imports(module: Module) -> set[str]:
    """Dotted names a module imports, wherever in it; of `from a import b` both a and a.b."""
    found: set[str] = set()
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")
            start = above[: len(above) - node.level + 1] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            found |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    return found


def functions(module: Module) -> Iterator[Function]:
    """All functions of a module. Public: not within another function, no underscore before its name or class."""
    yield from _functions(module.tree, module.name, open_to_all=True)


def _functions(parent: ast.AST, name: str, *, open_to_all: bool) -> Iterator[Function]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own, public = f"{name}.{node.name}", open_to_all and not node.name.startswith("_")
            is_class = isinstance(node, ast.ClassDef)
            if not isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield Function(own, lines, public, ast.get_docstring(node) is not None)
            yield from _functions(node, own, open_to_all=public and is_class)
        else:
            yield from _functions(node, name, open_to_all=open_to_all)


def _importers(everything: Sequence[Module]) -> Counter[str]:
    """How many other files of the rooms import each name."""
    return Counter(name for module in everything for name in imports(module) if name != module.name)


def _code_lines(text: str) -> int:
    stripped = (line.strip() for line in text.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in stripped)


# --- processes -----------------------------------------------------------------------------------------


def timing(root: Path) -> Timing:
    """Times to start; one run before them, not counted, writes compiled files and fills the system's memory."""
    load = os.getloadavg()[0]
    _run(root, "-m", "kb", "--help")
    helped = [_seconds_of_help(root) for _ in range(_HELP_RUNS)]
    _seconds_to_serve(root)
    served = [_seconds_to_serve(root) for _ in range(_SERVE_RUNS)]
    routes = _routes(root)
    paths = {path for path, _methods in routes}
    return Timing(
        load=round(load, 1),
        help_seconds=round(statistics.median(helped), 3),
        serve_seconds=round(statistics.median(served), 2),
        routes=len(routes),
        paths=len(paths),
        paths_without_language=len({_without_language(path) for path in paths}),
    )


def _seconds_of_help(root: Path) -> float:
    began = time.perf_counter()
    _run(root, "-m", "kb", "--help")
    return time.perf_counter() - began


def _seconds_to_serve(root: Path) -> float:
    """From the start of the process until /healthz answers, of an instance that has nothing."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", "serve", "--port", str(port)],
            cwd=root,
            env=_environment(KB_HOME=home, KB_ENCODER="hashing"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.01)
    raise SystemExit(f"{address} did not answer.")


def _routes(root: Path) -> list[tuple[str, list[str]]]:
    """Path and methods of every route of the application, those of included and mounted ones too."""
    with tempfile.TemporaryDirectory() as home:
        printed = _run(root, "-c", _COUNT_ROUTES, str(_free_port()), KB_HOME=home, KB_ENCODER="hashing")
    return [(path, methods) for path, methods in json.loads(printed)]


def _without_language(path: str) -> str:
    """A path without the two letters of a language that it may begin with."""
    first, _slash, rest = path[1:].partition("/")
    return f"/{rest}" if len(first) == 2 and first.isalpha() else path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _environment(**settings: str) -> dict[str, str]:
    """The environment without settings of an instance other than these; one thread, unless told otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return kept | {"KB_THREADS": os.environ.get("KB_THREADS", "1")} | settings


def _run(root: Path, *arguments: str, **settings: str) -> str:
    """What a process of the measured root prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=root, env=_environment(**settings), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)[:200]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


# --- quality -------------------------------------------------------------------------------------------


def quality(root: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Main figures of every development set in a folder, by name; what a set is for is seen by its files."""
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as home:
        for path in sorted(folder.iterdir()):
            if (path / "queries.jsonl").exists():
                found[path.name] = _search_figures(_evaluate(root, home, "search", path))
            elif (path / "submissions.json").exists():
                found[path.name] = _chosen(_evaluate(root, home, "match", path), _MATCH)
            elif path.suffix == ".jsonl":
                found[path.name] = _chosen(_evaluate(root, home, "tags", path), _TAGS)
    return found


def _evaluate(root: Path, home: str, what: str, path: Path) -> dict[str, Any]:
    began = time.perf_counter()
    printed: dict[str, Any] = json.loads(_run(root, "-m", "kb", "eval", what, str(path), "--json", KB_HOME=home))
    return printed | {"seconds": round(time.perf_counter() - began, 1)}


def _search_figures(report: Mapping[str, Any]) -> dict[str, Any]:
    """Measures of the final ranking, and of each arm in the first of them."""
    arms = {f"ndcg@10, {name}": values["ndcg@10"] for name, values in report.get("arms", {}).items()}
    return {**_chosen(report, _SEARCH), **arms}


def _chosen(report: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: report[name] for name in (*names, "seconds") if name in report}


# --- the table -----------------------------------------------------------------------------------------


def table(found: Mapping[str, Any]) -> str:
    """All figures, one a line; lists below their names."""
    return "\n".join(line for part, figures in found.items() for line in (part, *_lines(figures, "  "))) + "\n"


def _lines(figures: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, tuple):
            yield f"{indent}{name}"
            yield from (f"{indent}  {count:>5}  {what}" for what, count in value)
        else:
            yield f"{indent}{name:<26}{round(value, 4) if isinstance(value, float) else value}"


if __name__ == "__main__":
    main()
