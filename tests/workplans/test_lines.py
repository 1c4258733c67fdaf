"""Lines of workplans: the same from tables and from flattened text, in several languages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.cleaning.clean import clean
from ingest.readers.file_types import read
from ingest.workplans import lines
from ingest.workplans.lines import Line, title_end
from ingest.workplans.row_labels import opener_at
from kb.documents.models import Block, BlockKind, Document, RawDocument
from tests.support.site import taxonomy

DOCUMENTS = Path(__file__).parent.parent.parent.parent / "shared" / "documents"

SPANISH = (
    ("Lineamiento temático 2", "Escuelas abiertas para todas las niñas y niños"),
    ("Objetivos del Pacto Mundial para la Migración", "15, 16 y 4"),
    ("Esfera temática", "Esfera temática 5: Inclusión"),
    ("Cronograma", "Plazo previsto: mayo de 2031"),
    ("Actividades", "1) Formar a docentes.\n2) Traducir los formularios de matrícula."),
    ("Principales organismos e interlocutores", "Ministerio de ejemplo"),
    ("Organismos e interlocutores participantes", "Municipios de ejemplo"),
    ("Situación", "En curso"),
)
ENGLISH = (
    ("Thematic workstream 2", "Schools open to all girls and boys"),
    ("GCM objectives", "15, 16 and 4"),
    ("Thematic area", "Inclusion"),
    ("Timeline", "May 2031"),
    ("Activities", "1) Train teachers.\n2) Translate enrolment forms."),
    ("Lead agencies", "Sample ministry"),
    ("Participating agencies", "Sample towns"),
    ("Status", "Ongoing"),
)
FRENCH = (
    ("Axe de travail thématique 2", "Des écoles ouvertes à toutes et à tous"),
    ("Objectifs du Pacte mondial", "15, 16 et 4"),
    ("Domaine thématique", "Inclusion"),
    ("Calendrier", "mai 2031"),
    ("Activités", "1) Former les enseignants.\n2) Traduire les formulaires."),
    ("Chefs de file", "Ministère d'exemple"),
    ("Organismes participants", "Villes d'exemple"),
    ("Statut", "En cours"),
)
Rows = tuple[tuple[str, str], ...]


def as_table(rows: Rows) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.TABLE_ROW, f"{a} {b}", cells=(a, b), table=1) for a, b in rows)


def as_lines(rows: Rows) -> tuple[Block, ...]:
    """As extraction flattens a table: labels broken after each second word, values beside or below."""
    found: list[str] = []
    for label, value in rows:
        words = label.split()
        found += [" ".join(words[n : n + 2]) for n in range(0, len(words), 2)]
        found += value.split("\n")
    return tuple(Block(BlockKind.LINE, text) for line in found for text in (line, ""))


def find_lines(document: Document) -> tuple[Line, ...]:
    return lines.find_lines(document, taxonomy().scheme("objectives"))


@pytest.mark.parametrize("rows", [SPANISH, ENGLISH, FRENCH], ids=["es", "en", "fr"])
@pytest.mark.parametrize("form", [as_table, as_lines])
def test_a_line_is_read_from_any_form(rows: Rows, form: Callable[[Rows], tuple[Block, ...]]) -> None:
    blocks = form(rows) + form((("Lineamiento temático 3", "Otro"), *SPANISH[1:]))
    line, other = find_lines(clean(RawDocument("text", blocks)))
    assert (line.kind, line.number, line.objectives) == ("thematic", "2", ("15", "16", "4"))
    assert line.title == rows[0][1]
    assert line.activities == tuple(rows[4][1].split("\n"))
    assert (line.leads, line.participants, line.status) == (rows[5][1], rows[6][1], rows[7][1])
    assert other.number == "3"


def test_a_label_interrupted_by_a_page_break() -> None:
    before = (
        "Lineamiento temático 1",
        "Título de ejemplo",
        "Objetivos relacionados con el",
        "Pacto Mundial para la",
        "2, 7 y 8",
    )
    after = (
        "Migración",
        "Cronograma Un año",
        "Actividades 1) Hacer algo útil.",
        "Manifestación de",
        "interés Nadie aún",
    )
    blocks = [Block(BlockKind.LINE, t, 1) for t in before] + [Block(BlockKind.LINE, t, 2) for t in after]
    document = clean(RawDocument("pdf", tuple(blocks), 2))
    (line,) = find_lines(document)
    assert line.objectives == ("2", "7", "8")
    assert line.interest == "Nadie aún"
    assert "Objetivos relacionados con el Pacto Mundial para la Migración: 2, 7 y 8" in document.text


def test_a_label_repeated_by_mistake_means_the_participants() -> None:
    rows = (*SPANISH[:6], ("Principales organismos e interlocutores", "Los miembros"), SPANISH[7])
    (line,) = find_lines(clean(RawDocument("docx", as_table(rows))))
    assert (line.leads, line.participants) == ("Ministerio de ejemplo", "Los miembros")


def test_what_follows_the_last_row_is_no_part_of_it() -> None:
    glued = "En curso 2. Cuidar la frontera En los pueblos de la frontera hacen falta servicios de salud y de escuela."
    document = clean(RawDocument("docx", as_table((*SPANISH[:7], ("Situación", glued)))))
    (line,) = find_lines(document)
    assert line.status == "En curso"
    assert document.sections[-1].path[-1] == "2. Cuidar la frontera"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Escuelas abiertas Reforzar la capacidad de las escuelas para recibir a niñas.",
            None,
        ),  # two words are too few
        ("Escuelas abiertas para todos Reforzar la capacidad de las escuelas rurales.", "Escuelas abiertas para todos"),
        ("Fondo de Asociados Múltiples para la Migración en los Estados Miembros", None),
    ],
)
def test_title_and_description_in_one_cell(text: str, title: str | None) -> None:
    assert text[: title_end(text)].strip() == (title or text)


@pytest.mark.parametrize(
    "text", ["lineamiento, se dará", "Lineamientos temáticos previstos", "Línea base", "Workers in"]
)
def test_ordinary_words_open_no_line(text: str) -> None:
    assert opener_at(text) is None


def workplan(form: str) -> tuple[Line, ...]:
    path = DOCUMENTS / f"workplan-2019.es.{form}"
    return find_lines(clean(read(path.name, path.read_bytes())))


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not beside the repository")
@pytest.mark.parametrize("form", ["txt", "pdf", "docx"])
def test_the_workplan_of_2019(form: str) -> None:
    found = workplan(form)
    kinds = [(line.kind, line.annex) for line in found]
    assert len(found) == 23
    assert (
        kinds
        == [("core", False)] * 8 + [("thematic", False)] * 6 + [("thematic", True)] * 6 + [("cross-cutting", True)] * 3
    )
    assert [line.objectives for line in found] == [line.objectives for line in workplan("txt")]
    assert found[9].objectives == ("13", "7", "10")
    assert [line.title for line in found] == [line.title for line in workplan("txt")]
    assert [len(line.activities) for line in found] == [len(line.activities) for line in workplan("txt")]
    assert all(line.timeline and line.activities and (line.leads or line.interest) for line in found)
