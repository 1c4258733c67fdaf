"""The documents hang together: links lead somewhere, paths that are named exist, decisions are numbered and listed."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOP = ("kb", "ingest", "index", "web", "tests", "docs", "corpus", "benchmarks")
README_LINES = 120
# Modules that docs/developers/where-to-change-what.md says where to put.
PLANNED = (
    "kb/exports/dublin_core.py",
    "web/api/oai.py",
    "kb/documents/store/vector_search.py",
    "index/search/pgvector.py",
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(rf"(?:(?:{'|'.join(TOP)})/[\w./*-]*|[\w/-]+\.py)")


@lru_cache(maxsize=1)
def known_paths() -> frozenset[str]:
    """Files and folders of the repository."""
    found = [*ROOT.glob("*.*"), *(path for top in TOP for path in [ROOT / top, *(ROOT / top).rglob("*")])]
    return frozenset(path.relative_to(ROOT).as_posix() for path in found)


PAGES = sorted(name for name in known_paths() if name.endswith(".md") and not name.startswith("corpus/documents/"))


def anchors(text: str) -> set[str]:
    """What a link can name within a page: its headings, as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: str, text: str, root: Path = ROOT) -> Iterator[str]:
    """Links to files, folders and headings of the repository that are not there."""
    for link in _LINK.findall(text):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _hash, anchor = link.partition("#")
        target = (root / page).parent / name if name else root / page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            yield link


def missing_paths(text: str, known: frozenset[str]) -> Iterator[str]:
    """Paths named as code that are none. A module may be named by the end of its path, several by a pattern."""
    for code in _CODE.findall(text):
        name = code.rstrip("/")
        if not _PATH.fullmatch(code) or name in known:
            continue
        if not any(PurePosixPath(each).match(name) for each in known):
            yield code


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere_and_paths_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert list(dead_links(page, text)) == []
    assert [name for name in missing_paths(text, known_paths()) if name not in PLANNED] == []


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= README_LINES


def test_decisions_are_numbered_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [(int(number), name) for number, _title, name in listed] == [(int(name[:4]), name) for name in files]
    for number, title, name in listed:
        assert (folder / name).read_text("utf-8").splitlines()[0] == f"# {number}. {title}"


def test_every_page_of_the_documents_is_reached_from_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for link in _LINK.findall((ROOT / page).read_text("utf-8")):
            target = ((ROOT / page).parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(ROOT):
                name = target.relative_to(ROOT).as_posix()
                waiting += [name] if name not in reached else []
    assert [page for page in PAGES if page.startswith("docs/") and page not in reached] == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[a](there.md) ![b](there.md#a-heading) [c](https://example.org/x) [d](#a-heading)", []),
        ("[a](gone.md)", ["gone.md"]),
        ("[a](there.md#no-heading) [b](#no-heading)", ["there.md#no-heading", "#no-heading"]),
    ],
)
def test_dead_links_are_found(tmp_path: Path, text: str, problems: list[str]) -> None:
    (tmp_path / "there.md").write_text("# A heading\n")
    (tmp_path / "page.md").write_text(f"# A heading\n{text}\n")
    assert list(dead_links("page.md", text, tmp_path)) == problems


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("`kb/text/words.py`, `words.py`, `kb/text`, `kb/text/`, `kb/*/words.py`, `/api/search`, `settings.json`", []),
        ("`kb/<feature>/store`, `python -m kb`, `corpus.jsonl`", []),
        ("`kb/text/wrods.py`, `wrods.py`, `web/text/`", ["kb/text/wrods.py", "wrods.py", "web/text/"]),
    ],
)
def test_missing_paths_are_found(text: str, problems: list[str]) -> None:
    assert list(missing_paths(text, frozenset({"kb/text/words.py", "kb/text", "kb"}))) == problems
