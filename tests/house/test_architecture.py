"""What import-linter cannot say of the code: names, sizes of functions and folders, docstrings, the environment.

Each rule is a function over a folder that gives the violations it finds; every rule is tried on a small bad folder.
"""

import ast
import importlib.metadata
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("kb", "ingest", "index", "web")
PUTS_TOGETHER = ("kb.__main__", "kb.cli.")  # where everything is put together
READ_THE_ENVIRONMENT = ("kb.cli.", "kb.config")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "base", "factory"}
FUNCTION_LINES, MEDIAN_FUNCTION_LINES, FOLDER_MODULES = 60, 12, 25


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a tree: its dotted name, file and syntax."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@lru_cache(maxsize=4)
def modules(root: Path) -> list[Module]:
    """All modules of the four rooms."""
    found = []
    for path in sorted(p for room in ROOMS for p in (root / room).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text("utf-8"))))
    return found


def imports(module: Module) -> set[str]:
    """Dotted names a module imports, wherever in it; of `from a import b` both a and a.b."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = module.package.split(".")
            start = above[: len(above) - node.level + 1] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            found |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    return found


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or (place.endswith(".") and f"{name}.".startswith(place)) for place in places)


# --- rules over the code ---


def no_bare_rooms(root: Path) -> list[str]:
    """`import index` would find whatever is called so."""
    return [
        f"{module.name}, line {node.lineno}: import {alias.name}"
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] in ROOMS
    ]


def rules_know_no_store(root: Path) -> list[str]:
    """Pure rules of a feature, which a store may import, but not the other way round."""
    return [
        f"{module.name} imports {name}"
        for module in modules(root)
        if module.room == "kb" and not _is_in(module.name, PUTS_TOGETHER) and "store" not in module.name.split(".")
        for name in sorted(imports(module))
        if name.split(".")[0] == "kb" and "store" in name.split(".")[:3]
    ]


def environment(root: Path) -> list[str]:
    """Modules that read the environment. To set what a library reads when it is loaded is another thing."""
    variables = {"environ", "environb", "getenv", "getenvb"}
    found = []
    for module in modules(root):
        if _is_in(module.name, READ_THE_ENVIRONMENT):
            continue
        attributes = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
        set_only = {id(node.value) for node in attributes if node.attr == "setdefault"}
        found += [
            f"{module.name}, line {node.lineno}"
            for node in attributes
            if node.attr in variables and ast.unparse(node.value) == "os" and id(node) not in set_only
        ]
        found += [f"{module.name}: {name}" for name in imports(module) & {f"os.{variable}" for variable in variables}]
    return found


def names(root: Path) -> list[str]:
    """Modules, packages and classes with an empty word in their name; functions that end in one."""
    found = []
    for module in modules(root):
        classes = [node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
        empty = [name for name in [*module.name.split("."), *classes] if set(_words(name)) & EMPTY_NAMES]
        empty += [node.name for node in functions(module) if _words(node.name)[-1] in EMPTY_NAMES]
        found += [f"{module.name}: {name}" for name in empty]
    return found


def _words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def full_folders(root: Path) -> list[str]:
    """Folders nobody can take in at a glance; migrations are read one by one."""
    counted = Counter(m.path.parent for m in modules(root) if m.path.name != "__init__.py")
    return [
        f"{folder.relative_to(root)} has {count} modules"
        for folder, count in sorted(counted.items())
        if count > FOLDER_MODULES and folder.name != "versions"
    ]


def long_functions(root: Path) -> list[str]:
    """Migrations are left out: they are lists of columns, written once."""
    written = [module for module in modules(root) if ".migrations.versions." not in module.name]
    counted = [(module.name, node.name, _lines(node)) for module in written for node in functions(module)]
    found = [f"{name}.{function} has {count} lines" for name, function, count in counted if count > FUNCTION_LINES]
    median = statistics.median(count for _, _, count in counted) if counted else 0
    return found + ([f"the median function has {median} lines"] if median > MEDIAN_FUNCTION_LINES else [])


def docstrings(root: Path) -> list[str]:
    """Every module opens with one sentence, on its first line; a second paragraph may follow."""
    found = []
    for module in modules(root):
        first = (ast.get_docstring(module.tree) or "").partition("\n\n")[0]
        if not first.endswith(".") or re.search(r"[a-z)]\. +[A-Z]", first):
            found.append(module.name)
    return found


def packages_hold_a_docstring(root: Path) -> list[str]:
    return [m.name for m in modules(root) if m.path.name == "__init__.py" and len(m.tree.body) != 1]


def broad_excepts(root: Path) -> list[str]:
    broad = {"Exception", "BaseException"}
    found = []
    for module in modules(root):
        for node in (n for n in ast.walk(module.tree) if isinstance(n, ast.ExceptHandler)):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            wide = {k.id for k in kinds if isinstance(k, ast.Name)} & broad
            cleans_up = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if node.type is None or "Exception" in wide or (wide and not cleans_up):
                found.append(f"{module.name}, line {node.lineno}")
    return found


RULES: tuple[Callable[[Path], list[str]], ...] = (
    no_bare_rooms,
    rules_know_no_store,
    environment,
    names,
    full_folders,
    long_functions,
    docstrings,
    packages_hold_a_docstring,
    broad_excepts,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


D = '"""Knows one thing."""\n'
GOOD = {
    "kb/__init__.py": D,
    "kb/store/__init__.py": D,
    "kb/store/database.py": D + "import sqlalchemy\nfrom kb import errors\n",
    "kb/errors.py": D + "class KbError(Exception):\n    pass\n",
    "kb/__main__.py": D + "from kb.cli import serving\n",
    "kb/cli/__init__.py": D,
    "kb/cli/serving.py": D
    + "import os\nfrom index.vectors import build\nfrom web.app import make_app\nprint(os.environ)\n",
    "ingest/pipeline.py": D + "from kb.store.database import Database\n",
    "index/vectors.py": D + "import faiss\ndef build() -> None:\n    from kb.errors import KbError\n",
    "web/app.py": D + "import fastapi\nfrom index.vectors import build\nfrom . import pages\n",
    **{f"web/page_{number}.py": D for number in range(FOLDER_MODULES - 2)},
    "web/pages.py": D + "try:\n    pass\nexcept BaseException:\n    raise\n",
}
BAD: list[tuple[Callable[[Path], list[str]], str, str]] = [
    (no_bare_rooms, "web/x.py", D + "import index\n"),
    (rules_know_no_store, "kb/documents/state.py", D + "from kb.documents.store import documents\n"),
    (rules_know_no_store, "kb/x.py", D + "def f() -> None:\n    from kb.store import database\n"),
    (environment, "web/x.py", D + "import os\nprint(os.environ['KB_HOME'])\n"),
    (environment, "kb/x.py", D + "import os\nprint(os.getenv('KB_HOME'))\n"),
    (environment, "kb/x.py", D + "from os import environ\n"),
    (environment, "kb/x.py", D + "import os\nhome = os.environ.get('HOME')\n"),
    (names, "kb/utils.py", D),
    (names, "web/helpers/x.py", D),
    (names, "kb/x.py", D + "class PassageManager:\n    pass\n"),
    (names, "kb/x.py", D + "def reader_factory() -> None:\n    pass\n"),
    (names, "kb/x.py", D + "class BaseReader:\n    pass\n"),
    (full_folders, "web/page_26.py", D),
    (long_functions, "kb/x.py", D + "def f() -> None:\n" + "    x = 1\n" * FUNCTION_LINES),
    (long_functions, "kb/x.py", D + "".join(f"def f{n}() -> None:\n" + "    x = 1\n" * 12 for n in range(5))),
    (docstrings, "kb/x.py", "x = 1\n"),
    (docstrings, "kb/x.py", '"""no end"""\n'),
    (docstrings, "kb/x.py", '"""Two things. They are two."""\n'),
    (packages_hold_a_docstring, "kb/__init__.py", D + "from kb.errors import KbError\n"),
    (packages_hold_a_docstring, "index/__init__.py", ""),
    (broad_excepts, "kb/x.py", D + "try:\n    pass\nexcept Exception:\n    raise\n"),
    (broad_excepts, "kb/x.py", D + "try:\n    pass\nexcept (ValueError, Exception):\n    pass\n"),
    (broad_excepts, "kb/x.py", D + "try:\n    pass\nexcept BaseException:\n    pass\n"),
    (broad_excepts, "kb/x.py", D + "try:\n    pass\nexcept:\n    pass\n"),
]


def planted(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_tree_passes(tmp_path: Path, rule: Callable[[Path], list[str]]) -> None:
    assert rule(planted(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "name", "text"), BAD, ids=[f"{rule.__name__}-{n}" for n, (rule, *_) in enumerate(BAD)]
)
def test_a_bad_module_is_caught(tmp_path: Path, rule: Callable[[Path], list[str]], name: str, text: str) -> None:
    assert rule(planted(tmp_path, GOOD | {name: text})) != []


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _, _ in BAD} == set(RULES)


# --- names at the top level ---


def strangers(owners: dict[str, list[str]]) -> list[str]:
    """Installed distributions other than ours that bring a package of one of our names."""
    return [f"{room}: {owner}" for room in ROOMS for owner in owners.get(room, []) if owner != "gcm-knowledge-platform"]


def test_no_installed_distribution_owns_our_names() -> None:
    assert strangers(dict(importlib.metadata.packages_distributions())) == []
    assert strangers({"web": ["web.py"], "kb": ["gcm-knowledge-platform"]}) == ["web: web.py"]


# --- light commands ---

HEAVY = ("torch", "sentence_transformers", "transformers", "faiss", "tantivy", "fastapi", "rdflib", "pypdf")
_LOADED = """
import sys
from kb.__main__ import main
try:
    main(sys.argv[2:])
except SystemExit:
    pass
print(*sorted(set(sys.argv[1].split(",")) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "loaded"),
    [(["--help"], ""), (["settings"], ""), (["search", "--help"], ""), (["index", "stats"], "faiss")],
)
def test_light_commands_load_nothing_heavy(tmp_path: Path, command: list[str], loaded: str) -> None:
    heavy = ",".join(h for h in HEAVY if not (loaded and h == "tantivy"))
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, heavy, *command],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"KB_HOME": str(tmp_path), "PATH": ""},
    )
    assert done.stderr.split() == loaded.split()
