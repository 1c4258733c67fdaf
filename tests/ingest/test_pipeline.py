"""Ingesting from file to record: each outcome, each bad file beside good ones, and what is stored of each."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import pipeline
from kb.documents.state import State
from kb.documents.store import documents, originals, passages, tags
from tests.support import bad_files
from tests.support.command_line import Instance, Result

MARKDOWN = """---
title: Regular pathways
language: en
date: 2021-05
type: guidance
countries: [MEX]
---
# Regular pathways

Objective 5 asks for more regular pathways, so that fewer people depend on smugglers.

## Labour mobility

Bilateral labour agreements let workers come for a season and return with their rights intact. Alternatives to
immigration detention are considered first.
"""

GOOD: dict[str, Callable[[], bytes]] = {
    "brief.md": MARKDOWN.encode,
    "letter.txt": lambda: ("La reunión trató las alternativas a la detención migratoria.\n\n" * 3).encode(),
    "page.html": lambda: b"<html lang='en'><h1>Remittances</h1><p>Transfers cost less since the agreement.</p></html>",
    "other.htm": lambda: b"<html lang='en'><h1>Consular help</h1><p>Documents are issued in two days.</p></html>",
    "report.docx": lambda: bad_files.docx(
        bad_files.paragraph("Seguimiento", "Ttulo1")
        + bad_files.paragraph("El plan incluye los Objetivos 2, 5 y 18 del Pacto Mundial para la Migración.")
    ),
    "paper.pdf": lambda: bad_files.text_pdf(
        ["Minutes of the meeting on data", "", "Objective 1 asks for data that can be compared."],
        ["On the second page the group spoke of search and rescue at sea."],
    ),
}


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def _write(folder: Path, files: dict[str, Callable[[], bytes]]) -> None:
    for name, make in files.items():
        (folder / name).write_bytes(make())


# --- good files --------------------------------------------------------------------------------------


def test_files_of_every_format_are_stored_and_then_unchanged(instance: Instance, folder: Path) -> None:
    _write(folder, GOOD)
    result = instance.run("ingest", folder, "--json")
    assert result.status == 0
    assert {Path(r["file"]).name: r["outcome"] for r in result.json} == dict.fromkeys(GOOD, "stored")
    assert all(r["passages"] >= 1 and r["document"] for r in result.json)
    again = instance.run("ingest", folder, "--json")
    assert again.status == 0
    assert {r["outcome"] for r in again.json} == {"unchanged"}
    assert {r["document"] for r in again.json} == {r["document"] for r in result.json}


def test_what_is_stored_fits_together(instance: Instance, folder: Path) -> None:
    _write(folder, GOOD)
    reports = instance.run("ingest", folder, "--publish", "--json").json
    database = instance.database()
    evidence = 0
    for report in reports:
        with database.read() as connection:
            stored = documents.get(connection, report["document"])
        assert stored.state is State.PUBLISHED
        assert originals.path_of(instance.home, stored.source.digest).read_bytes() == Path(report["file"]).read_bytes()
        with database.read() as connection:
            cut = passages.of_document(connection, stored.id)
        assert [p.number for _, p in cut] == list(range(1, len(cut) + 1))
        assert all(p.text == stored.text[p.start : p.end] and p.text.strip() for _, p in cut)
        assert set(passages.token_codes(database, [i for i, _ in cut])) == {i for i, _ in cut}
        spans = {i: (p.start, p.end) for i, p in cut}
        for passage, tag in tags.of_document(database, stored.id):
            start, end = (0, len(stored.text)) if passage is None else spans[passage]
            for each in tag.evidence:
                assert start <= each.start < each.end <= end
                assert stored.text[each.start : each.end].strip()
                evidence += 1
    assert evidence
    ids, vectors = passages.matrix(database)
    assert len(ids) == sum(report["passages"] for report in reports)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2)
    database.close()


def test_pages_headings_and_front_matter_are_kept(instance: Instance, folder: Path) -> None:
    _write(folder, GOOD)
    numbers = {Path(r["file"]).name: r["document"] for r in instance.run("ingest", folder, "--json").json}
    database = instance.database()
    with database.read() as connection:
        brief = documents.get(connection, numbers["brief.md"])
    assert brief.description.title == "Regular pathways"
    assert (brief.description.date, brief.description.countries, brief.description.type) == (
        "2021-05",
        ("MEX",),
        "guidance",
    )
    with database.read() as connection:
        headings = [p.heading for _, p in passages.of_document(connection, brief.id)]
    assert headings == [(), ("Labour mobility",)]  # the first heading is the title
    with database.read() as connection:
        paper = passages.of_document(connection, numbers["paper.pdf"])
    assert [p.page for _, p in paper if "search and rescue" in p.text] in ([2], [1])
    with database.read() as connection:
        assert documents.get(connection, numbers["paper.pdf"]).page_count == 2
    explicit = {
        tag.notation
        for passage, tag in tags.of_document(database, numbers["report.docx"])
        if tag.scheme == "objectives" and passage is not None and "explicit" in {e.kind for e in tag.evidence}
    }
    assert explicit == {"2", "5", "18"}
    database.close()


def test_copy_is_a_duplicate_and_changed_file_a_new_version(instance: Instance, folder: Path) -> None:
    (folder / "a.txt").write_text("The first draft of the text.")
    first = instance.run("ingest", folder, "--publish", "--json").json[0]["document"]
    shutil.copy(folder / "a.txt", folder / "b.txt")
    assert instance.outcomes(folder) == {"a.txt": "unchanged", "b.txt": "duplicate"}
    (folder / "b.txt").unlink()
    (folder / "a.txt").write_text("The second draft of the text, quite another one.")
    report = instance.run("ingest", folder, "--publish", "--json").json[0]
    assert report["outcome"] == "new-version"
    database = instance.database()
    with database.read() as connection:
        assert documents.get(connection, first).state is State.SUPERSEDED
        second = documents.get(connection, report["document"])
    assert (second.state, second.version, second.previous) == (State.PUBLISHED, 2, first)
    database.close()
    hits = instance.run("search", "draft", "--json").json["hits"]
    assert [hit["document"]["id"] for hit in hits] == [second.id]


def test_a_published_version_stays_until_the_next_one_is_published(instance: Instance, folder: Path) -> None:
    (folder / "a.txt").write_text("The first draft of the text.")
    instance.run("ingest", folder, "--publish")
    (folder / "a.txt").write_text("The second draft of the text.")
    assert instance.outcomes(folder) == {"a.txt": "new-version"}
    assert "first" in instance.run("search", "draft", "--json").json["hits"][0]["passage"]["text"]
    assert instance.outcomes(folder, "--publish") == {"a.txt": "unchanged"}
    answer = instance.run("search", "draft", "--json").json
    assert answer["total"] == 1
    assert "second" in answer["hits"][0]["passage"]["text"]


def test_going_back_to_the_first_version_is_a_version_too(instance: Instance, folder: Path) -> None:
    path = folder / "a.txt"
    outcomes = []
    for text in ("One text.", "Another text.", "One text."):
        path.write_text(text)
        outcomes.append(instance.outcomes(folder, "--publish")["a.txt"])
    assert outcomes == ["stored", "new-version", "new-version"]
    assert "One text" in instance.run("search", "text", "--json").json["hits"][0]["passage"]["text"]


def test_unpublished_files_are_not_found(instance: Instance, folder: Path) -> None:
    (folder / "a.txt").write_text("A text that waits for review.")
    instance.run("ingest", folder)
    assert instance.run("search", "review", "--json").json["total"] == 0
    instance.run("ingest", folder, "--publish")
    assert instance.run("search", "review", "--json").json["total"] == 1


def test_type_and_country_of_the_command_hold_for_all_files(instance: Instance, folder: Path) -> None:
    _write(folder, {name: GOOD[name] for name in ("brief.md", "letter.txt")})
    instance.run("ingest", folder, "--publish", "--type", "report", "--country", "per")
    hits = instance.run("search", "", "--json").json["hits"]
    assert {(hit["document"]["type"], *hit["document"]["countries"]) for hit in hits} == {("report", "PER")}


def test_folders_are_read_recursively_without_hidden_and_unknown_files(instance: Instance, folder: Path) -> None:
    for name in ("sub/deeper/a.txt", ".git/b.txt", "sub/.hidden.txt", "sub/table.xlsx", "sub/C.TXT"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"This is the text of {name}.")
    assert instance.outcomes(folder) == {"a.txt": "stored", "C.TXT": "stored"}
    assert instance.outcomes(folder / "sub/table.xlsx") == {"table.xlsx": "refused"}


def test_same_name_in_two_folders_are_two_documents(instance: Instance, folder: Path) -> None:
    for sub in ("one", "two"):
        (folder / sub).mkdir()
        (folder / sub / "a.txt").write_text(f"Folder {sub} has this text.")
    reports = instance.run("ingest", folder, "--json").json
    assert [r["outcome"] for r in reports] == ["stored", "stored"]


# --- bad files, one by one ---------------------------------------------------------------------------

# Name, bytes, outcome. Every row is one bad input of the kind that real folders hold, or that somebody sends.
BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty.txt", lambda: b"", "no-text"),
    ("empty.pdf", lambda: b"", "no-text"),
    ("truncated.pdf", lambda: bad_files.text_pdf(["A line."] * 40)[:-400], "damaged"),
    ("locked.pdf", lambda: bad_files.encrypted_pdf("secret"), "encrypted"),
    ("scan.pdf", bad_files.image_pdf, "no-text"),
    ("shared-stream.pdf", bad_files.shared_stream_pdf, "stored"),
    ("slow.pdf", bad_files.slow_pdf, "timed-out"),
    ("bomb.docx", bad_files.docx_bomb, "too-large"),
    ("deep.html", bad_files.nested_tags, "stored"),
    ("program.pdf", lambda: bad_files.PROGRAM, "refused"),
    ("latin-1.txt", lambda: bad_files.SPANISH.encode("latin-1"), "stored"),
    ("utf-16.txt", lambda: ("UTF-16. " + bad_files.SPANISH).encode("utf-16"), "stored"),
    ("nul.txt", lambda: b"Some words " * 50 + b"\x00 and more.", "stored"),
    ("only-nul.txt", lambda: bytes(5000), "refused"),
    ("one-line.txt", bad_files.one_line, "too-large"),
    ('quote\'s "name".txt', lambda: b"A file whose name has quotes.", "stored"),
    ("new\nline.txt", lambda: b"A file whose name has a line break.", "stored"),
]
FINE = ("aaa-first.txt", "zzz-last.txt")


@pytest.fixture(scope="module")
def bad_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Instance, Result]:
    """One run over all bad files, with a good one before and after them."""
    base = tmp_path_factory.mktemp("bad")
    folder, instance = base / "files", Instance(base / "home", read_seconds="6", read_memory_mb="700")
    folder.mkdir()
    _write(folder, {name: make for name, make, _ in BAD})
    for name in FINE:
        (folder / name).write_text(f"A good file, {name}, about family reunification.")
    return instance, instance.run("ingest", folder, "--publish", "--json")


@pytest.mark.parametrize(("name", "outcome"), [(name, outcome) for name, _, outcome in BAD], ids=repr)
def test_bad_file_has_its_outcome(name: str, outcome: str, bad_run: tuple[Instance, Result]) -> None:
    report = _report(bad_run[1], name)
    assert report["outcome"] == outcome, report["message"]
    assert report["message"].endswith(".") or outcome == "stored"
    assert (report["document"] is not None) == (report["passages"] > 0) == (outcome == "stored")


def test_bad_files_do_no_harm_to_the_rest_of_the_run(bad_run: tuple[Instance, Result]) -> None:
    instance, result = bad_run
    assert result.status == 1
    assert len(result.json) == len(BAD) + len(FINE)
    assert [_report(result, name)["outcome"] for name in FINE] == ["stored", "stored"]
    assert instance.run("search", "family reunification", "--json").json["total"] >= 2
    assert instance.run("index", "verify").status == 0
    kept = [path.name for path in (instance.home / "originals").rglob("*") if path.is_file()]
    stored = [report for report in result.json if report["outcome"] == "stored"]
    assert sorted(kept) == sorted(hashlib.sha256(Path(r["file"]).read_bytes()).hexdigest() for r in stored)


def test_readable_texts_are_read_whole_whatever_their_encoding(bad_run: tuple[Instance, Result]) -> None:
    instance, result = bad_run
    database = instance.database()
    for name in ("latin-1.txt", "utf-16.txt"):
        with database.read() as connection:
            assert bad_files.SPANISH in " ".join(
                documents.get(connection, _report(result, name)["document"]).text.split()
            )
    with database.read() as connection:
        assert "\x00" not in documents.get(connection, _report(result, "nul.txt")["document"]).text
        assert documents.get(connection, _report(result, "new\nline.txt")["document"]).source.name == "new�line.txt"
    database.close()


def test_names_are_printed_on_one_line(instance: Instance, folder: Path) -> None:
    (folder / "new\nline\x1b[31m.txt").write_bytes(b"")
    result = instance.run("ingest", folder)
    assert result.status == 1
    assert "\x1b" not in result.out
    assert len(result.out.splitlines()) == 1


def test_path_with_dots_is_the_file_it_names(instance: Instance, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "a.txt").write_text("A text.")
    first = instance.run("ingest", folder / "sub" / ".." / "a.txt", "--json").json[0]
    assert first["outcome"] == "stored"
    (folder / "a.txt").write_text("A changed text.")
    assert instance.outcomes(folder / "a.txt") == {"a.txt": "new-version"}


def test_file_that_vanishes_is_reported_and_the_others_are_read(
    instance: Instance, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(f"The text of {name}.")
    listed = pipeline.files_in

    def vanishing(paths: list[Path]) -> list[Path]:
        found = listed(paths)
        (folder / "b.txt").unlink()
        return found

    monkeypatch.setattr(pipeline, "files_in", vanishing)
    result = instance.run("ingest", folder, "--json")
    assert result.status == 1
    assert [r["outcome"] for r in result.json] == ["stored", "refused", "stored"]
    assert "not there any more" in result.json[1]["message"]


def test_bad_file_can_be_mended_and_ingested_again(instance: Instance, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(bad_files.text_pdf(["A line."] * 40)[:-400])
    assert instance.outcomes(folder) == {"a.pdf": "damaged"}
    (folder / "a.pdf").write_bytes(bad_files.text_pdf(["A line."] * 40))
    assert instance.outcomes(folder) == {"a.pdf": "stored"}


def _report(result: Result, name: str) -> dict[str, Any]:
    (found,) = [report for report in result.json if Path(report["file"]).name == name]
    return dict(found)
