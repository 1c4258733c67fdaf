"""What lines of a document say they treat: which lines count, which only go through everything, and how it is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.chunking import passages
from ingest.cleaning.clean import clean
from ingest.readers.file_types import read
from kb.documents.models import Document, Statement
from kb.documents.speaks_of import statements
from kb.documents.store import documents, pending_statements, speaks_of
from kb.documents.store.published_changes import changes_since
from kb.store import instance_facts
from tests.support.documents import Instance, Sample, prepared, sample
from tests.support.site import taxonomy
from tests.support.uploads import worker_of

DOCUMENTS = Path(__file__).parent.parent.parent.parent / "shared" / "documents"
OBJECTIVES = taxonomy().scheme("objectives")
LONG = "La mesa se reúne cada trimestre, lleva actas y las publica en su página para que todos puedan leerlas. " * 3


def read_lines(text: str) -> tuple[Document, tuple[Statement, ...]]:
    document = clean(read("plan.md", text.encode()))
    return document, statements(document, passages(document), OBJECTIVES)


# (Markdown, objectives treated, objectives only gone through, why the row is here)
LINES = [
    ("# Plan\n\nObjetivos del PMM: 2, 5 y 23", "2 5 23", "", "a line that states them"),
    ("# Plan\n\n## Objetivo 13 del PMM: detención\n\n" + LONG, "13", "", "a section of its own"),
    ("# Plan\n\n- Registro civil (objetivo 4 del PMM)", "4", "", "an item"),
    (f"# Plan\n\n{LONG}Así lo pide el objetivo 20 del PMM.", "", "", "mentioned on the way"),
    (f"# Plan\n\n{LONG}Se atienden los objetivos 5 y 6 del PMM.", "5 6", "", "a long paragraph that lists several"),
    (f"# Plan\n\nEl objetivo 8 del PMM pide salvar vidas. {LONG}", "8", "", "a long paragraph that begins with it"),
    ("# Plan\n\nUna línea.[^1]\n\n[^1]: Véase el objetivo 9 del PMM.", "", "", "a footnote"),
    ("# Plan\n\nObjetivos: 2, 5 y 23", "", "", "of whom?"),
    ("# Plan\n\n- ODS 8\n- Objetivo 3 del plan nacional, según el PMM", "", "", "goals of others"),
    ("# GCM\n\nGCM objectives 1 to 23", "", " ".join(map(str, range(1, 24))), "one list of all"),
    (
        "# Mesas\n\n- MR 1: Objetivos del PMM 2, 5, 6, 12 y 18\n- MR 2: Objetivos del PMM 4, 8, 9, 10, 11, 13 y 21",
        "",
        "2 5 6 12 18 4 8 9 10 11 13 21",
        "a list that shares them out",
    ),
    (
        "# Mesas\n\nMR 1: Objetivos del PMM 2, 5, 6, 12 y 18\n\nSesiona en marzo.\n\n"
        "MR 2: Objetivos del PMM 4, 8, 9, 10, 11, 13 y 21",
        "2 5 6 12 18 4 8 9 10 11 13 21",
        "",
        "lines that stand apart",
    ),
    (
        "# Plan\n\n| Línea | Objetivos del PMM | Quién |\n|---|---|---|\n"
        "| Datos | 1, 3 y 17 | OIM |\n| Otra | – | |\n| Trata | 10 | |",
        "1 3 17 10",
        "",
        "a column of a table",
    ),
    (
        "# Plan y PMM\n\n| Objetivos | Meta |\n|---|---|\n| 1 | Ordenar el archivo |\n| 2 | Comprar sillas |",
        "",
        "",
        "a table of the plan's own objectives",
    ),
]


@pytest.mark.parametrize(("text", "treated", "general", "why"), LINES)
def test_which_lines_state_what_they_treat(text: str, treated: str, general: str, why: str) -> None:
    document, found = read_lines(text)
    assert [one.notation for one in found if not one.general] == treated.split(), why
    assert [one.notation for one in found if one.general] == general.split(), why
    for one in found:
        assert document.text[one.start : one.end] == one.text
        assert one.start <= one.said[0] < one.said[1] <= one.end
        assert document.text[slice(*one.said)].startswith((one.notation, "1 to"))


def test_a_line_is_shown_by_the_passage_it_stands_in() -> None:
    document, found = read_lines(f"# Plan\n\n{LONG}\n\n## Objetivo 13 del PMM\n\n{LONG}\n\nObjetivos del PMM: 4, 5.")
    by_number = {passage.number: passage for passage in passages(document)}
    assert [one.notation for one in found] == ["13", "4", "5"]
    assert by_number[found[0].passage].heading[-1] == "Objetivo 13 del PMM"
    for one in found[1:]:
        assert one.text in by_number[one.passage].text


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the real documents are not here")
@pytest.mark.parametrize("ending", ["txt", "docx"])
def test_the_lines_of_the_workplan(ending: str) -> None:
    path = DOCUMENTS / f"workplan-2019.es.{ending}"
    document = clean(read(path.name, path.read_bytes()))
    found = statements(document, passages(document), OBJECTIVES)
    wanted = {1, 5, 6, 7, 10, 12, 13, 15, 16, 18, 19, 21}
    assert wanted <= {int(one.notation) for one in found if not one.general}
    (line,) = {one.text for one in found if one.notation == "6"}
    assert line == "Objetivos del Pacto Mundial para la Migración: 5, 6, 18 y 19"


# --- kept ---

PLAN = sample("GCM objectives: 5 and 13.", "We meet in March.", name="plan.txt", title="Plan", objectives=("13",))
TABLES = sample("GCM objectives 1 to 23.", name="tables.txt", title="Tables")


def add(instance: Instance, given: Sample) -> int:
    ready = prepared(given, instance.encoding)
    cut = [tagged.passage for tagged in ready.passages]
    ready = replace(ready, statements=statements(ready.document, cut, OBJECTIVES))
    return documents.add(instance.database, ready, publish=True).document


def test_lines_are_stored_with_the_document(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    plan, tables = add(instance, PLAN), add(instance, TABLES)
    with instance.database.read() as connection:
        lines = speaks_of.of_document(connection, plan)
        facts = {each.id: each for each in documents.published_facts(connection)}
        stated = speaks_of.of_objective(connection, "5")
        assert pending_statements.pending(connection) == []
    assert [(one.notation, one.passage, one.text, one.general) for one in lines] == [
        ("5", 1, "GCM objectives: 5 and 13.", False),
        ("13", 1, "GCM objectives: 5 and 13.", False),
    ]
    assert (facts[plan].objectives, facts[plan].speaks_of) == (("13",), ("5",))
    assert facts[tables].speaks_of == ()
    assert [(each.document, each.statement.general) for each in stated] == [(tables, True), (plan, False)]
    instance.withdraw(plan)
    with instance.database.read() as connection:
        assert [each.document for each in speaks_of.of_objective(connection, "5")] == [tables]


def test_documents_from_before_are_read_by_the_worker(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    (old,) = instance.add(PLAN)  # stored without lines, as an earlier version did
    with instance.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM statements_read")
        before = instance_facts.revision(connection)
    with worker_of(instance) as worker:
        assert worker.read_lines_once() == 1
        assert worker.read_lines_once() is None
    with instance.database.read() as connection:
        assert [one.notation for one in speaks_of.of_document(connection, old)] == ["5", "13"]
    assert [each.speaks_of for each in changes_since(instance.database, before).came] == [("5",)]  # searchers notice
