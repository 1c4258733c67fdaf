"""What CVs and publications show: assignments by themselves, no way to reach the person, and what cannot be read."""

from collections.abc import Iterator

import pytest

from ingest.experts.cv_reader import FileKind, Shown, works_of
from ingest.readers.sandbox import Sandbox
from kb.documents.reading import ReadError, ReadFailure
from tests.support.bad_files import docx, encrypted_pdf, image_pdf, paragraph, text_pdf

CVS = {
    "es": """# Ana Ejemplo

Calle Falsa 123, Lima. Teléfono: +51 999 888 777, ana@example.org

## Experiencia profesional

2018 – 2021 Coordinadora de un piloto de alternativas a la detención. Diseñó la ficha de evaluación.

2014 – 2018 Asesora de consulados móviles. Renovó pasaportes perdidos en ciudades industriales.

## Formación

Maestría en derecho migratorio, Universidad de Muestra.

## Referencias

Juan Prueba, antiguo jefe, puede contar de su trabajo en los consulados.
""",
    "en": """# Ana Sample

Phone: +44 20 7946 0958. Date of birth: 1 May 1980

## Employment

### Coordinator of a pilot of alternatives to detention, 2018 to 2021

She designed the form of assessment and trained forty officials.

### Adviser of mobile consulates, 2014 to 2018

She renewed lost passports in industrial towns; write to ana@example.org about it.

## Referees

John Sample, her former head, can tell of her work in consulates.
""",
    "fr": """# Ana Exemple

Courriel : ana@example.org

## Expérience professionnelle

2018 – 2021 Coordinatrice d'un projet pilote d'alternatives à la rétention. A conçu la fiche d'évaluation.

2014 à 2018 Conseillère de consulats mobiles. A renouvelé des passeports perdus dans des villes industrielles.

## Coordonnées

12 rue de l'Exemple, Paris.
""",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


def shown(sandbox: Sandbox, name: str, data: bytes, kind: FileKind = FileKind.CV) -> Shown:
    return works_of(sandbox.read_bytes(name, data), kind)


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_of_a_cv_each_assignment_becomes_a_work_and_how_to_reach_the_person_does_not(
    sandbox: Sandbox, language: str
) -> None:
    found = shown(sandbox, "cv.md", CVS[language].encode())
    assignments = [work for work in found.works if work.kind == "assignment"]
    assert [work.year for work in assignments] == [2021, 2018]
    assert {work.language for work in assignments} == {language}
    told = " ".join(work.text for work in found.works)
    assert any(word in told for word in ("passports", "pasaportes", "passeports"))
    for private in ("@", "999", "7946", "1980", "Calle", "Juan", "John", "rue de"):
        assert private not in told
    assert found.left_out >= 1


def test_a_cv_without_headings_is_one_work(sandbox: Sandbox) -> None:
    found = shown(sandbox, "cv.txt", b"I have advised consulates for fifteen years. Reach me at a.sample@example.org.")
    assert [work.kind for work in found.works] == ["cv"]
    assert "@" not in found.works[0].text
    assert "consulates" in found.works[0].text


def test_a_long_publication_is_cut_into_parts_without_its_sources(sandbox: Sandbox) -> None:
    section = "\n\n## Part {n}\n\n" + "Fees of remittances fall where their prices are compared in public. " * 60
    head = "---\ndate: 2021-05\n---\n# Cheaper remittances\n\nWhat families pay for sending money home."
    sources = "\n\n## References\n\nSomebody (2012), a book.\n"
    text = "".join([head, *(section.format(n=n) for n in (1, 2, 3)), sources])
    found = shown(sandbox, "p.md", text.encode(), FileKind.PUBLICATION)
    assert [work.title for work in found.works][1:] == ["Cheaper remittances — Part 2", "Cheaper remittances — Part 3"]
    assert {(work.kind, work.year) for work in found.works} == {("publication", 2021)}
    assert "Somebody" not in " ".join(work.text for work in found.works)


def test_word_and_pdf_are_read_too(sandbox: Sandbox) -> None:
    line = "I advised consulates on lost passports for many years."
    for name, data in (("cv.docx", docx(paragraph(line))), ("cv.pdf", text_pdf([line]))):
        assert "lost passports" in shown(sandbox, name, data).works[0].text


@pytest.mark.parametrize(
    ("name", "data", "failure"),
    [
        ("cv.pdf", b"%PDF-1.7 broken", ReadFailure.DAMAGED),
        ("cv.pdf", image_pdf(), ReadFailure.NO_TEXT),
        ("cv.pdf", encrypted_pdf("secret"), ReadFailure.ENCRYPTED),
        ("cv.exe", b"MZ\x90\x00", ReadFailure.REFUSED),
        ("cv.txt", b"   ", ReadFailure.NO_TEXT),
        ("cv.md", b"# Contact\n\nana@example.org\n", ReadFailure.NO_TEXT),
    ],
)
def test_what_cannot_be_used_says_why(sandbox: Sandbox, name: str, data: bytes, failure: ReadFailure) -> None:
    with pytest.raises(ReadError) as told:
        shown(sandbox, name, data)
    assert told.value.failure is failure
