"""Description: title, language, date, countries and type, as stated or as found."""

from pathlib import Path

import pytest

from ingest.cleaning.clean import clean
from ingest.description.dates import date_in
from ingest.description.describe import describe
from ingest.description.document_types import document_type
from ingest.readers.file_types import read
from kb.documents.models import Block, BlockKind, FrontMatter, RawDocument
from kb.places.countries import find_countries

DOCUMENTS = Path(__file__).parent.parent.parent.parent / "shared" / "documents"
SAMPLES = Path(__file__).parent.parent / "files" / "documents"
BODY = "La mesa reúne a quienes atienden a las personas migrantes en las ciudades de la frontera."


@pytest.mark.parametrize(
    ("title", "opening", "date"),
    [
        ("Plan de trabajo, julio de 2019", "", "2019-07"),
        ("Reglamento", "Reglamento\n11 de Febrero 2022\nTexto", "2022-02-11"),
        ("Rules", "Rules\nGeneva, 3 March 2021\nText", "2021-03-03"),
        ("Rules", "Rules\nMarch 3, 2021\nText", "2021-03-03"),
        ("Règlement", "Règlement\n1er août 2020", "2020-08-01"),
        ("Reglamento", "Fecha de publicación: 5 de mayo de 2024", "2024-05-05"),
        ("Reglamento", "Los Estados aprobaron en diciembre de 2018 el Pacto y en enero de 2021 la red empezó.", ""),
        ("Marco de Cooperación 2022-2026", "", ""),
        ("Informe anual 2023", "", "2023"),
        ("Lima, martes 15 de noviembre del 2022", "", "2022-11-15"),
        ("San José, 1º de enero de 2020", "", "2020-01-01"),
        ("Quito, a los 3 días del mes de marzo de 2021", "", "2021-03-03"),
        ("Paris, le vendredi 7 août 2020", "", "2020-08-07"),
        ("Geneva, 5–7 May 2021", "", "2021-05-05"),
        ("Distr.: General\n14 August 2023", "", "2023-08-14"),
        ("New York, September 30th, 2021", "", "2021-09-30"),
        ("Brasília, 9 de setembro de 2020", "", "2020-09-09"),
        ("Bonn, den 3. März 2022", "", "2022-03-03"),
        ("Roma, 3 marzo 2022", "", "2022-03-03"),
        ("تقرير", "تقرير\n١٥ نوفمبر ٢٠٢٢", "2022-11-15"),
        ("تقرير", "تقرير\nنيويورك، 15 تشرين الثاني/نوفمبر 2022", "2022-11-15"),
        ("Доклад", "Доклад\n15 ноября 2022 года", "2022-11-15"),
        ("报告", "报告\n2022年11月15日", "2022-11-15"),
        ("Report", "Report\n15.XI.2022", "2022-11-15"),
        ("Report", "Date: 2022/11/15", "2022-11-15"),
        ("Report", "Date: 15-11-2022", "2022-11-15"),
        ("Report", "Date: 31 February 2022", "2022-02"),
        ("Report", "Date: 11/25/2022", "2022-11-25"),
        ("Report", "Fecha: 5/3/22", ""),
        ("Report", "The tender of 25/13/2022 was void.", ""),
    ],
)
def test_dates_a_document_bears(title: str, opening: str, date: str) -> None:
    assert date_in(title, opening) == date


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("en el Perú y en México", ["PER", "MEX"]),
        ("la República Democrática del Congo", ["COD"]),
        ("between Viet Nam and the United States", ["VNM", "USA"]),
        ("la Côte d’Ivoire et l'Équateur", ["CIV", "ECU"]),
        ("personas mexicanas y peruanas", []),
        ("Guinea Ecuatorial y Guinea-Bissau", ["GNQ", "GNB"]),
        ("la Ciudad de México y Nuevo México", []),
        ("a jordan almond", []),
    ],
)
def test_countries_by_name(text: str, codes: list[str]) -> None:
    found = find_countries(text)
    assert [code for code, _, _ in found] == codes
    assert all(text[start].isupper() and end <= len(text) for _, start, end in found)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Términos de referencia de la mesa de ejemplo", "terms-of-reference"),
        ("Terms of Reference of the sample table", "terms-of-reference"),
        ("Plan de trabajo de la mesa", "workplan"),
        ("National implementation plan of the Global Compact", "implementation-plan"),
        ("Bonnes pratiques des villes", "practice"),
        ("Guía para municipios", "guidance"),
        ("Rapport annuel", "report"),
        ("Acta de la tercera reunión", "meeting-record"),
        ("Aportes de la sociedad civil a la consulta", "civil-society-input"),
        ("Declaración de la mesa", "statement"),
        ("Una historia", "other"),
    ],
)
def test_types_by_title(title: str, kind: str) -> None:
    assert document_type(title, "", "x.txt") == kind


def test_what_a_document_says_of_itself_wins() -> None:
    front = FrontMatter("Título", "fr", "2030-01", "practice", ("CHL",), ("5",), (("en", "x.en.md"),), "Nota.", True)
    found = describe(clean(RawDocument("markdown", (Block(BlockKind.PARAGRAPH, BODY),), front=front)), "x.md")
    assert (found.title, found.language, found.date, found.type) == ("Título", "fr", "2030-01", "practice")
    assert (found.countries, found.objectives, found.sample) == (("CHL",), ("5",), True)


def test_said_to_be_about_no_country_is_not_the_same_as_not_said() -> None:
    blocks = (Block(BlockKind.HEADING, "Informe sobre Chile", level=1), Block(BlockKind.PARAGRAPH, BODY))
    assert describe(clean(RawDocument("markdown", blocks)), "x.md").countries == ("CHL",)
    silent = RawDocument("markdown", blocks, front=FrontMatter(countries=()))
    assert describe(clean(silent), "x.md").countries == ()


@pytest.mark.parametrize("form", ["docx", "html", "pdf", "txt"])
def test_a_sample_document(form: str) -> None:
    path = SAMPLES / f"sample-terms.es.{form}"
    found = describe(clean(read(path.name, path.read_bytes())), path.name)
    assert (found.language, found.type, found.countries, found.date) == ("es", "terms-of-reference", (), "")
    assert found.title == "Términos de referencia de una mesa de muestra sobre ciudades de frontera"


@pytest.mark.parametrize(
    ("name", "kind", "countries", "date", "title"),
    [
        ("tor-ecuador.es.txt", "terms-of-reference", ("ECU",), "", "Migraciones en Ecuador"),
        ("tor-ecuador.es.pdf", "terms-of-reference", ("ECU",), "", "Migraciones en Ecuador"),
        ("tor-mexico.es.txt", "terms-of-reference", ("MEX",), "", "Migración en México"),
        ("tor-mexico.es.pdf", "terms-of-reference", ("MEX",), "", "Migración en México"),
        ("tor-peru.es.txt", "terms-of-reference", ("PER",), "", "Migración en el Perú"),
        ("tor-peru.es.docx", "terms-of-reference", ("PER",), "", "Migración en el Perú"),
        ("workplan-2019.es.txt", "workplan", (), "2019-07", "Plan de trabajo, julio de 2019"),
        ("workplan-2019.es.pdf", "workplan", (), "2019-07", "Plan de trabajo, julio de 2019"),
        ("workplan-2019.es.docx", "workplan", (), "2019-07", "Plan de trabajo, julio de 2019"),
        ("tor-civil-society-mechanism-lac-2022.es.txt", "terms-of-reference", (), "2022-02-11", "y el Caribe"),
        ("tor-civil-society-mechanism-lac-2022.es.html", "terms-of-reference", (), "2022-02-11", "y el Caribe"),
    ],
)
def test_real_documents(name: str, kind: str, countries: tuple[str, ...], date: str, title: str) -> None:
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip("the documents are not beside the repository")
    found = describe(clean(read(name, path.read_bytes())), name)
    assert (found.language, found.type, found.countries, found.date) == ("es", kind, countries, date)
    assert found.title.endswith(title)
