"""Practices: the Word template, empty, filled in by the form, and filled in by people with Word."""

import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.oxml.ns import qn

from ingest.cleaning.clean import clean
from ingest.description.describe import describe
from ingest.practices.template_reader import Recognised, read_template
from ingest.practices.template_writer import template, write_template
from ingest.readers import docx
from kb.documents.models import BlockKind
from kb.documents.practice import OPTIONAL, PERSONAL, SECTIONS, Field, Question, missing_fields, questions
from kb.documents.practice_wording import question, wording
from kb.i18n.catalogue import LANGUAGES
from kb.vocabularies.skos import natural
from tests.support import bad_files
from tests.support.site import taxonomy

FILES = Path(__file__).parent.parent / "files"
# A sample, not a real practice.
FILLED: dict[str, str] = {
    Field.TITLE: "Ventanillas para quienes regresan",
    Field.IMPLEMENTER: "Ministerio de Trabajo",
    Field.PARTNERS: "OIM, alcaldías",
    Field.FOCAL_POINT: "Ana Muestra, ana@example.org",
    Field.COUNTRIES: "Perú y México",
    Field.BEGIN: "2020-03",
    Field.END: "2022",
    Field.STAGE: "Total",
    Field.OBJECTIVES: "21, 18",
    Field.PRINCIPLES: "human-rights, child-sensitive",
    Field.SUMMARY: "Una ventanilla en cada alcaldía.\nExpide documentos & busca cursos <2 meses>.",
    Field.CONTEXT: "La gente regresaba sin documentos.",
    Field.CHALLENGES: "Las oficinas no hablaban entre sí.",
    Field.RESULTS: "3.000 personas tuvieron documentos en un mes.",
    Field.REASONS: "Mandaba una sola oficina.",
    Field.REPLICABLE: "Una sala, dos personas y una ley.",
    Field.SOURCES: "https://example.org/informe",
}


def read(data: bytes) -> Recognised:
    found = read_template(docx.read(data), taxonomy().scheme("objectives"))
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_read_field_by_field(language: str) -> None:
    found = read(write_template(language, FILLED))
    fields = dict(found.fields)
    assert {field: fields[field] for field in Field} == FILLED
    assert fields["language"] == language
    assert found.raw.warnings == ()
    front = found.raw.front
    assert (front.title, front.type, front.date) == (FILLED[Field.TITLE], "practice", "2022")
    assert (front.countries, front.objectives) == (("PER", "MEX"), ("21", "18"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_has_the_sections_and_none_of_the_instructions(language: str) -> None:
    document = clean(read(write_template(language, FILLED)).raw)
    words = wording(language)
    headings = [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.HEADING]
    assert headings == [
        FILLED[Field.TITLE], words.fields[Field.PRINCIPLES].label, *(words.fields[s].label for s in SECTIONS),
    ]  # fmt: skip
    for text in (
        words.heading,
        words.opening,
        words.about,
        words.mark,
        *(a.hint for a in words.fields.values() if a.hint),
    ):
        assert text not in document.text
    for field in PERSONAL:
        assert FILLED[field] not in document.text
        assert words.fields[field].label not in document.text
    for principle in ("human-rights", "child-sensitive"):
        assert words.principles[principle] in document.text
    assert words.principles["national-sovereignty"] not in document.text
    assert describe(document, "x.docx").title == FILLED[Field.TITLE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_empty_is_asked(language: str) -> None:
    empty = read(template(language))
    assert empty.raw.blocks == ()
    required = [field for field in Field if field not in OPTIONAL]
    for spoken in ("en", language):
        assert [warning.said(spoken) for warning in empty.raw.warnings] == [question(f, spoken) for f in required]
    assert all(question(field, language) for field in required)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("practice-filled-in-before-0.2.es.docx", FILLED),
        ("practice-empty-before-0.2.fr.docx", dict.fromkeys(Field, "")),
    ],
)
def test_templates_written_by_earlier_releases_are_read(file: str, expected: dict[str, str]) -> None:
    fields = dict(read((FILES / file).read_bytes()).fields)
    assert {field: fields[field] for field in Field} == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_tables_and_language_are_told_to_a_screen_reader(language: str) -> None:
    words, document = wording(language), Document(BytesIO(write_template(language, FILLED)))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [words.about, *(words.fields[f].label for f in (Field.PRINCIPLES, *SECTIONS))]
    assert len(document.element.findall(f".//{qn('w:tblCaption')}")) == len(document.tables) == 2
    assert document.core_properties.language == language
    assert document.core_properties.title == words.heading


def test_the_template_is_a_word_file_that_holds_together() -> None:
    with zipfile.ZipFile(BytesIO(write_template("fr", FILLED | {Field.CONTEXT: "a\x00\x0bb\ufffe"}))) as archive:
        assert archive.testzip() is None
        parts = {
            name: ElementTree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }
    assert {"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"} <= parts.keys()
    assert template("es") == template("es")
    assert len({template(language) for language in LANGUAGES}) == len(LANGUAGES)


# --- what people do with a template ---


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{bad_files.paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def by_hand(*sections: str, **facts: str) -> bytes:
    """A template that somebody retyped: no styles, other capitals, signs after the labels."""
    labels = {"title": "TITLE OF THE PRACTICE:", "implementer": "main implementer", "begin": "Beginning *",
              "end": "End", "objectives": "Objectives of the Compact:", "countries": "Countries"}  # fmt: skip
    table = "".join(row(labels[name], value) for name, value in facts.items())
    return bad_files.docx(
        f"<w:tbl>{table}{row('Human rights', 'in every step')}{row('Child-sensitive', '')}</w:tbl>" + "".join(sections)
    )


def test_a_retyped_template_is_read() -> None:
    found = read(
        by_hand(
            bad_files.paragraph("A remark before everything."),
            bad_files.paragraph("CONTEXT:"),
            bad_files.paragraph("Before it."),
            bad_files.paragraph("A heading of theirs", "Ttulo1"),
            bad_files.paragraph("More before it."),
            bad_files.paragraph("Results"),
            bad_files.paragraph("Better."),
            title="Boats",
            implementer="Coast guard",
            begin="5/2019",
            end="still going",
            objectives="8 and 9; not 77",
        )
    )
    fields = dict(found.fields)
    assert [fields[f] for f in (Field.BEGIN, Field.END, Field.OBJECTIVES)] == ["2019-05", "", "8, 9"]
    assert fields[Field.PRINCIPLES] == "human-rights"
    assert fields[Field.CONTEXT] == "Before it.\nA heading of theirs\nMore before it."
    text = clean(found.raw).text
    assert "A remark before everything." in text  # nothing that was written is lost
    assert text.index("Before it.") < text.index("A heading of theirs") < text.index("Better.")


@pytest.mark.parametrize(
    "data",
    [
        bad_files.docx(
            bad_files.paragraph("Context", "Ttulo1")
            + bad_files.paragraph("Of a report.")
            + bad_files.paragraph("Results", "Ttulo1")
        ),
        bad_files.docx("<w:tbl>" + row("Countries", "Peru") + row("Beginning", "2020") + "</w:tbl>"),
    ],
)
def test_other_documents_are_left_as_they_are(data: bytes) -> None:
    assert read_template(docx.read(data), taxonomy().scheme("objectives")) is None


# --- rules ---


@pytest.mark.parametrize(
    ("begin", "end", "old"),
    [("2017", "2018", False), ("2017", "2018-11", True), ("2016", "", True), ("2016", "2021", False), ("", "", False)],
)
def test_practices_from_before_the_compact_are_asked_about(begin: str, end: str, old: bool) -> None:
    assert (Question.OLD in questions(FILLED | {Field.BEGIN: begin, Field.END: end})) is old


def test_what_is_required() -> None:
    assert missing_fields(FILLED) == []
    assert missing_fields({}) == [field for field in Field if field not in OPTIONAL]
    assert missing_fields(FILLED | {Field.RESULTS: "  "}) == [Field.RESULTS]


def test_the_words_are_those_of_the_vocabulary() -> None:
    """The template lists the principles that the vocabulary holds, by the same notations and names."""
    scheme = next(scheme for scheme in taxonomy().schemes if scheme.name == "principles")
    for language in LANGUAGES:
        told = wording(language).principles
        named = {c.notation: dict(c.labels).get(language, told[c.notation]) for c in scheme.concepts}
        assert told == named
        assert wording(language).fields.keys() == set(Field)
    objectives = next(scheme for scheme in taxonomy().schemes if scheme.name == "objectives")
    assert max((c.notation for c in objectives.concepts), key=natural) == "23"
