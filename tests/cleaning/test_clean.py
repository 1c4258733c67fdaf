"""Cleaning: characters, broken lines, furniture, footnotes, headings, layout."""

from pathlib import Path

import pytest

from ingest.blocks import mends_without_hyphen
from ingest.chunking import passages
from ingest.cleaning.characters import repaired, without_markdown
from ingest.cleaning.clean import clean
from ingest.cleaning.title_lines import with_words_outside_title
from ingest.readers.file_types import read
from kb.documents.models import Block, BlockKind, Document, FrontMatter, RawDocument

DOCUMENTS = Path(__file__).parent.parent.parent.parent / "shared" / "documents"
SAMPLES = Path(__file__).parent.parent / "files" / "documents"
REAL = [*sorted(SAMPLES.iterdir()), *(sorted(DOCUMENTS.iterdir()) if DOCUMENTS.is_dir() else ())]


def lines(*texts: str, page: int | None = None) -> list[Block]:
    return [Block(BlockKind.LINE, text, page) for text in texts]


def document(*blocks: Block, form: str = "text") -> Document:
    return clean(RawDocument(form, blocks))


def texts(found: Document, kind: BlockKind | None = None) -> list[str]:
    return [found.text[b.start : b.end] for b in found.blocks if kind in (None, b.kind)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("la o\ufb01cina", "la oficina"),  # ligature
        ("mi\u00adgra\u00adción", "migración"),  # soft hyphens
        ("migracio\u0301n", "migración"),  # decomposed accent
        ("uno\u00a0 \tdos\x07", "uno dos"),  # spaces and controls
        ("\uf0b7 primero", "• primero"),  # a bullet of a symbol font
        ("plena<sup>1</sup> y^{2 3}", "plena¹ y² ³"),  # raised numbers in one notation
        ("می\u200cشود", "می\u200cشود"),  # the joiner Persian needs stays
    ],
)
def test_characters_are_repaired(raw: str, expected: str) -> None:
    assert repaired(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("el [Pacto \\(PMM\\)](#)", "el Pacto (PMM)"),
        ("**Coherencia:** la red", "Coherencia: la red"),
        ("en *español* y 3 * 4", "en español y 3 * 4"),
        ("véase <https://example.org/a_b>", "véase https://example.org/a_b"),
    ],
)
def test_markdown_marks_go(raw: str, expected: str) -> None:
    assert without_markdown(raw) == expected


@pytest.mark.parametrize(
    ("left", "right", "vocabulary", "joined"),
    [
        ("migra", "ción", (), True),
        ("migra", "ción", ("migración",), True),
        ("socio", "económico", (), False),  # a prefix that keeps its hyphen
        ("pan", "social", ("pan-social",), False),  # the document writes it so elsewhere
        ("socio", "económico", ("socioeconómico",), True),  # or so
    ],
)
def test_the_document_decides_on_hyphens(left: str, right: str, vocabulary: tuple[str, ...], joined: bool) -> None:
    assert mends_without_hyphen(left, right, frozenset(vocabulary)) is joined


def test_broken_lines_become_paragraphs() -> None:
    found = document(
        *lines(
            "La cooperación entre los municipios de la frontera permite que las perso-",
            "nas encuentren los servicios que buscan, también cuando cambian de lugar y",
            "vuelven después de un tiempo.",
            "",
            "Cada municipio decide por sí mismo.",
        )
    )
    assert texts(found) == [
        "La cooperación entre los municipios de la frontera permite que las personas encuentren los servicios "
        "que buscan, también cuando cambian de lugar y vuelven después de un tiempo.",
        "Cada municipio decide por sí mismo.",
    ]


def test_double_spaced_lines_are_one_paragraph() -> None:
    wrapped = (
        "Los consulados móviles llegan a lugares apartados y entregan allí documentos a",
        "quienes no pueden viajar a la capital, en especial a familias con niñas y niños",
        "pequeños, que de otro modo tendrían que pagar el viaje y perder varios días de",
        "trabajo en cada una de las visitas.",
    )
    spaced = [line for text in wrapped for line in (text, "")]
    assert texts(document(*lines(*spaced, "", "Otro asunto es el costo de los documentos.")))[0] == " ".join(wrapped)


BODY = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
PAGE = "Las oficinas de atención orientan a las personas recién llegadas sobre sus derechos y deberes."


def paged(head: str, foot: str, pages: int = 4) -> list[Block]:
    blocks: list[Block] = []
    for page in range(1, pages + 1):
        body = [f"{PAGE} Caso {page * 7} en la lista."] * 8
        blocks += lines(*([head] if head else []), *body, foot.format(page=page, pages=pages), page=page)
    return blocks


@pytest.mark.parametrize(
    ("head", "foot", "trace"),
    [
        ("Boletín de ejemplo de la red", "{page}", "Boletín"),
        ("", "Página {page} de {pages}", "Página"),
        ("", "Page {page} of {pages}", "Page"),
        ("", "- {page} -", "- "),
        ("", r"O:\(STU) Ejemplo\2020\informe final.docx", "STU"),
        ("Borrador 3 — no citar", "Ejemplo | {page}", "Borrador"),
    ],
)
def test_furniture_of_pages_goes(head: str, foot: str, trace: str) -> None:
    found = document(*paged(head, foot), form="pdf")
    assert not any(trace in text for kind in BODY for text in texts(found, kind))
    assert found.text.count(trace) <= 1  # a running head that is the title stays as the title
    assert "Caso 28" in found.text
    assert {block.page for block in found.blocks} == {1, 2, 3, 4}


def test_a_sentence_goes_on_over_a_page_and_keeps_both_pages() -> None:
    first = "La mesa se reúne cada trimestre y publica sus actas en las lenguas que"
    found = document(*lines(first, "4", page=4), *lines("hablan sus miembros y quienes la visitan.", page=5))
    assert found.text == f"{first} hablan sus miembros y quienes la visitan."
    assert [(found.text[b.start : b.end], b.page) for b in found.blocks] == [
        (first, 4),
        ("hablan sus miembros y quienes la visitan.", 5),
    ]


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("actores1", "1 Véase el informe de ejemplo."),
        ("actores³", "³ Véase el informe de ejemplo."),
        ("actores^{1}", "¹ Véase el informe de ejemplo."),
    ],
)
def test_footnotes_leave_the_sentence(mark: str, note: str) -> None:
    found = document(
        *lines(
            f"El diálogo debe reunir a todos los {mark} que conocen la situación de las",
            "personas que cruzan la frontera y de quienes",
            "",
            note,
            "",
            "las reciben en los pueblos vecinos.",
        )
    )
    assert "todos los actores que conocen" in found.text
    assert "de quienes las reciben en los pueblos" in found.text
    assert found.sections[-1].path == ("Notas",)
    assert texts(found, BlockKind.FOOTNOTE) == [repaired(note)]


def test_footnotes_of_a_reader_go_to_the_end_with_their_page() -> None:
    body = "The network meets four times a year and shares what its members have learned."
    found = document(
        Block(BlockKind.PARAGRAPH, body, 1),
        Block(BlockKind.FOOTNOTE, "1 See the annual report.", 1),
        Block(BlockKind.PARAGRAPH, body.replace("four", "five"), 2),
    )
    assert [(s.path, found.text[s.start : s.end].split("\n")[0]) for s in found.sections][-1] == (("Notes",), "Notes")
    assert found.blocks[-1].page == 1


HEADINGS = (
    ("1. Contexto", 2),
    ("2. Miembros y órganos de la mesa", 2),
    ("2.1 Coordinación y Secretaría", 3),
    ("3: Actividades futuras", 2),
    ("PRINCIPIOS GENERALES", 2),
    ("# Principios", 2),
)


@pytest.mark.parametrize("heading", [heading for heading, _ in HEADINGS])
def test_headings_of_lines(heading: str) -> None:
    body = "La mesa reúne a las instituciones que atienden a personas migrantes en la región y en las ciudades."
    found = document(*lines("Reglamento de la mesa de ejemplo", "", body, "", heading, body, "", body))
    assert found.sections[-1].path[-1] == heading.lstrip("# ")


def test_numbered_sentences_are_a_list_not_headings() -> None:
    found = document(
        *lines(
            "La secretaría tiene estas tareas:",
            "",
            "1. Preparar las reuniones de la mesa y enviar los documentos con tiempo a todas",
            "las personas que participan;",
            "2. Guardar las actas;",
            "3. Informar a los municipios.",
        )
    )
    assert [block.kind for block in found.blocks] == [BlockKind.PARAGRAPH] + [BlockKind.LIST_ITEM] * 3
    assert texts(found)[1].endswith("a todas las personas que participan;")


def test_a_heading_glued_to_its_paragraph_is_split_off() -> None:
    text = "Grupos de trabajo En el caso de los temas que lo piden, la mesa forma grupos de trabajo."
    found = document(Block(BlockKind.PARAGRAPH, "Otra cosa."), Block(BlockKind.PARAGRAPH, text), form="docx")
    assert found.sections[-1].path == ("Grupos de trabajo",)
    assert texts(found)[-1].startswith("En el caso")


def test_items_and_sections_of_marked_up_documents_stay_what_they_are() -> None:
    found = document(
        Block(BlockKind.HEADING, "Escuelas: qué pide el objetivo y qué hacen las ciudades", level=1),
        Block(BlockKind.HEADING, "Qué pide", level=2),
        Block(BlockKind.LIST_ITEM, "Cronograma: mayo de 2031"),
        Block(BlockKind.LIST_ITEM, "Sin costo para las familias"),
        Block(BlockKind.PARAGRAPH, "Las ciudades abren sus escuelas a todas las niñas y niños."),
        form="markdown",
    )
    assert [section.path for section in found.sections] == [(), ("Qué pide",)]
    assert len(texts(found, BlockKind.LIST_ITEM)) == 2


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_documents_keep_their_invariants(path: Path) -> None:
    found = clean(read(path.name, path.read_bytes()))
    assert "".join(found.text[s.start : s.end] for s in found.sections) == found.text
    assert all(found.text[b.start : b.end].strip() == found.text[b.start : b.end] != "" for b in found.blocks)
    assert all(one.end <= two.start for one, two in zip(found.blocks, found.blocks[1:], strict=False))
    assert "STU" not in found.text
    assert "](" not in found.text


def _findable(found: Document, title: str = "") -> str:
    """All that passages and their headings hold."""
    cut = passages(with_words_outside_title(found, title))
    return "\n".join(text for passage in cut for text in (*passage.heading, passage.text))


def test_every_line_of_a_list_of_short_lines_stands_in_a_passage() -> None:
    agenda = ["Agenda of the meeting", "Monday", "Opening by the Minister", "Panel on detention", "Tuesday"]
    closing = "The meeting ends at noon and the secretariat sends the minutes within a week to all members."
    blank = Block(BlockKind.LINE, "")
    lines_apart = [
        part for text in [*agenda, "Visit to the centre", "Closing", closing] for part in (*lines(text), blank)
    ]
    found = _findable(document(*lines_apart), "Agenda of the meeting")
    assert all(text in found for text in (*agenda[1:], "Visit to the centre", "Closing", closing))


def test_headings_that_head_nothing_are_text() -> None:
    heads = [("Agenda", 1), ("Monday", 2), ("Opening", 3), ("Panel", 3), ("Tuesday", 2), ("Visit", 3)]
    found = document(*(Block(BlockKind.HEADING, text, level=level) for text, level in heads), form="docx")
    assert texts(found, BlockKind.HEADING) == ["Agenda", "Monday", "Tuesday"]
    assert [passage.text for passage in passages(found)] == ["Opening\n\nPanel", "Visit"]


def test_lines_of_a_title_that_the_title_does_not_hold_are_text() -> None:
    blocks = [Block(BlockKind.HEADING, text, level=1) for text in ("Plan of the network", "Terms of reference")]
    found = document(*blocks, Block(BlockKind.PARAGRAPH, "The network meets twice a year in all its members."))
    assert "Terms of reference" in _findable(found, "Plan of the network")
    assert "Terms of reference" not in _findable(found, "Plan of the network — Terms of reference")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (("Lemuria", "0", "0", "0"), "Lemuria: 0 | 0 | 0"),
        (("Hotline", "", "Ministry", "40"), "Hotline: – | Ministry | 40"),
        (("Shelter", "Cross", "", ""), "Shelter: Cross"),
        (("", "", "alone"), "alone"),
        (("One text over all of the columns",) * 3, "One text over all of the columns"),
    ],
)
def test_each_cell_of_a_row_keeps_its_place(cells: tuple[str, ...], text: str) -> None:
    row = Block(BlockKind.TABLE_ROW, " | ".join(cells), cells=cells, table=1)
    assert texts(document(row, form="docx")) == [text]


@pytest.mark.parametrize("form", ["docx", "html", "text"])
def test_numbers_that_name_things_stay_on_their_words(form: str) -> None:
    text = "Grupo1 met in Lima and Grupo2 met in Quito; Grupo3 will meet in La Paz."
    assert texts(document(Block(BlockKind.PARAGRAPH, text), form=form)) == [text]


def test_the_language_of_a_template_is_not_that_of_the_text() -> None:
    text = (
        "Le regroupement familial permet à une personne étrangère qui séjourne régulièrement dans le pays d'être "
        "rejointe par son conjoint et ses enfants mineurs. La demande est déposée auprès de la préfecture, qui vérifie "
        "le logement et les ressources du demandeur avant de rendre sa décision."
    )
    for stated, kept in (("en", ""), ("fr", "fr"), ("sw", "sw")):
        raw = RawDocument("html", (Block(BlockKind.PARAGRAPH, text),), front=FrontMatter(language=stated))
        assert clean(raw).front.language == kept


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("The plan follows resolution A/RES/73/", "195 of the General Assembly.", "resolution A/RES/73/195 of"),
        ("It stands in document E/CN.9/2022/", "L.3, which was adopted.", "document E/CN.9/2022/L.3, which"),
        (
            "It is found at https://example.org/library/",
            "papers/compact.pdf and in print.",
            "library/papers/compact.pdf and",
        ),
        ("It is found at https://example.org/compact-", "text.pdf and in print.", "compact-text.pdf and"),
        ("It is found at https://example.org/", "and in print everywhere.", "example.org/ and in print"),
        ("The years 2018–", "2022 are covered by this plan.", "years 2018–2022 are"),
        ("The ages 15-", "24 are covered by this plan.", "ages 15-24 are"),
        ("Men and/", "or women take part in the work.", "Men and/ or women"),
        ("移民の子どもを収容しないという約束が", "各国で守られているかを調べる。", "約束が各国で"),
    ],
)
def test_what_has_no_space_goes_on_over_the_end_of_a_line(first: str, second: str, whole: str) -> None:
    assert whole in document(*lines(first, second)).text


def test_last_figure_of_a_single_page_is_no_page_number() -> None:
    shown = lines("People who returned are counted each month.", "Those of May are shown below.", "4250", page=1)
    assert "4250" in document(*shown).text


def test_lone_figure_between_gaps_is_no_page_number_that_so_short_a_text_cannot_have() -> None:
    gap = Block(BlockKind.LINE, "")
    before = "The number of people who came home in May is shown below, and it grew by half"
    shown = [*lines(before), gap, gap, *lines("4250"), gap, gap, *lines("the year before it was 2100.")]
    assert "4250" in document(*shown).text


def test_a_comment_in_the_code_of_a_markdown_file_is_no_heading() -> None:
    document = clean(read("a.md", b"# Manual\n\nFirst.\n\n```sh\n# list files\nkb ingest\n```\n\nLast.\n"))
    assert [b.kind for b in document.blocks].count(BlockKind.HEADING) == 1
    assert "# list files kb ingest" in document.text
