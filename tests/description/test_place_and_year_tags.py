"""Facets of a text besides the concepts of vocabularies: places, years, and which entities it is about."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ingest.chunking import passages
from ingest.cleaning.clean import clean
from ingest.description.describe import describe
from ingest.description.place_and_year_tags import FacetTagger
from ingest.description.years import covered, find_years
from ingest.readers.file_types import read
from ingest.tagging.tagger import Tagger
from kb.documents.models import Block, BlockKind, Description, EncodedPassages, FrontMatter, RawDocument, Tag
from kb.places.demonyms import find_nationalities, find_nations
from kb.places.region_names import find_regions
from kb.vocabularies.skos import Taxonomy, read_folder

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ROOT.parent / "shared" / "documents"


@cache
def vocabularies() -> Taxonomy:
    every = read_folder(ROOT / "corpus" / "vocabularies")
    return Taxonomy(tuple(scheme for scheme in every.schemes if scheme.name in ("entities", "stakeholders")))


@cache
def tagger() -> FacetTagger:
    return FacetTagger(Tagger(vocabularies(), None, by_name=("entities", "stakeholders")))


def tag(raw: RawDocument, name: str = "x.txt") -> tuple[Description, list[Tag], list[Tag]]:
    """What a document is said to be, the tags of its passages, and those of the whole."""
    document = clean(raw)
    described = describe(document, name)
    cut = passages(document)
    tagged, whole = tagger().tag_document(
        document, described, cut, EncodedPassages(np.zeros((len(cut), 2), np.float32))
    )
    for each in (t for p in tagged for t in p.tags):
        assert all(0 <= e.start < e.end <= len(document.text) for e in each.evidence)
    return described, [t for p in tagged for t in p.tags], list(whole)


def written(title: str, *paragraphs: str, language: str = "es") -> RawDocument:
    blocks = [Block(BlockKind.HEADING, title, level=1)]
    for number, text in enumerate(paragraphs, 1):
        blocks += [Block(BlockKind.HEADING, f"{number}. Parte", level=2), Block(BlockKind.PARAGRAPH, text)]
    return RawDocument("markdown", tuple(blocks), front=FrontMatter(language=language))


def notations(tags: Sequence[Tag], scheme: str) -> list[str]:
    return [t.notation for t in tags if t.scheme == scheme]


FILLER = "La mesa reúne a quienes atienden a las personas migrantes en las ciudades de la frontera. " * 3


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("el Estado ecuatoriano y las personas mexicanas", "es", ["ECU", "MEX"]),
        ("mujeres hondureñas y guatemaltecos; niñas salvadoreñas", "es", ["HND", "GTM", "SLV"]),
        ("jóvenes costarricenses, haitianas y nicaragüenses", "es", ["CRI", "HTI", "NIC"]),
        ("les migrantes péruviennes, les familles colombiennes et les étudiants camerounais", "fr",
         ["PER", "COL", "CMR"]),
        ("Ecuadorian and Peruvian officials met Colombians", "en", ["ECU", "PER", "COL"]),
        ("a swiss roll, a polish of wax", "en", []),  # ordinary words in small letters
        ("documentos en español, francés y portugués", "es", []),  # languages
        ("América es un continente y los americanos", "es", []),
        ("personas mexicanas", "fr", []),  # another language
        ("la mexicanidad", "es", []),
    ],
)  # fmt: skip
def test_adjectives_of_nationality(text: str, language: str, codes: list[str]) -> None:
    found = find_nationalities(text, language)
    assert [code for code, _start, _end in found] == codes


def test_a_name_that_is_also_an_adjective_counts_once() -> None:
    found = find_nations("Filipinas y la migración filipina; Argentina", "es")
    assert [code for code, _start, _end in found] == ["PHL", "PHL", "ARG"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("en América Latina y el Caribe", ["419"]),
        ("in Latin America, West Africa and South-East Asia", ["419", "011", "035"]),
        ("l'Afrique de l'Ouest et les Caraïbes", ["011", "029"]),
        ("Centroamérica y Sudamérica", ["013", "005"]),
        ("la República Centroafricana; Sudáfrica; South Africa; l'Afrique du Sud", []),
        ("en la región", []),
    ],
)
def test_regions_by_name(text: str, codes: list[str]) -> None:
    assert [code for code, _start, _end in find_regions(text)] == codes


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("En 2019 y en 2020.", [2019, 2020]),
        ("El marco 2022-2024 empieza.", [2022, 2023, 2024]),
        ("entre 2019 y 2021", [2019, 2020, 2021]),
        ("from 2019 to 2021", [2019, 2020, 2021]),
        ("la Agenda 2030 y la Convención de 1951", []),
        ("the 2030 Agenda and the 1951 Convention", []),
        ("aprobado en diciembre de 2018; revisado en mayo de 2018", [2018]),  # the Compact's own date says nothing
        ("A/RES/73/195, tel. 2019-4455, 1.2019, 20190, EUR 2019,50", []),
        ("el impacto de 2021", [2021]),
    ],
)
def test_years_a_text_speaks_of(text: str, years: list[int]) -> None:
    assert [year for year, _start, _end in find_years(text)] == years


def test_a_year_named_in_passing_is_not_covered() -> None:
    text = "Informe de 2021. En 2021 se abrió la mesa. La mesa de 2021 siguió a la de 2003."
    assert [(year, [text[s:e] for s, e in spans]) for year, spans in covered(text)] == [(2021, ["2021"] * 3)]
    assert covered("Sin años.") == ()


def test_a_list_of_all_entities_is_about_none() -> None:
    listed = "Participan la OIM, ACNUR, UNICEF, la OIT, el PNUD, UNFPA, la OMS, UNODC y ONU Mujeres. " + FILLER
    _described, parts, whole = tag(written("Reglamento de la mesa", listed, FILLER, FILLER))
    assert notations(whole, "entities") == []
    assert set(notations(parts, "entities")) == {
        "iom", "unhcr", "unicef", "ilo", "undp", "unfpa", "who", "unodc", "un-women",
    }  # fmt: skip


def test_an_entity_that_a_text_keeps_speaking_of_matters() -> None:
    listed = "Participan la OIM, ACNUR, UNICEF, la OIT, el PNUD, UNFPA, la OMS y UNODC. " + FILLER
    one = "La OIM coordina la mesa. " + FILLER
    other = "El HCR no participa; la OIM informa. " + FILLER
    _described, _parts, whole = tag(written("Reglamento de la mesa", listed, one, other, FILLER))
    assert notations(whole, "entities") == ["iom"]


def test_an_entity_in_the_title_matters() -> None:
    _described, _parts, whole = tag(
        written("Acuerdo con UNICEF sobre niñez", FILLER, "UNICEF firmó. " + FILLER, FILLER)
    )
    assert notations(whole, "entities") == ["unicef"]


def test_acronyms_count_in_capitals_only_and_in_every_language() -> None:
    text = "L'OIM, le HCR et l'OIT; IOM, UNHCR and ILO; the oit of who and the unicef-like pam."
    _described, parts, _whole = tag(written("Rules", text, language="en"))
    assert set(notations(parts, "entities")) == {"iom", "unhcr", "ilo"}


def test_a_country_that_is_only_mentioned_is_not_what_a_document_is_about() -> None:
    described, parts, whole = tag(
        written("Red en el Perú", "En el Perú viven personas venezolanas. " + FILLER, "El Gobierno peruano. " + FILLER)
    )
    assert described.countries == ("PER",)
    assert notations(parts, "countries") == ["PER", "VEN", "PER"]
    assert notations(whole, "countries") == []


@pytest.mark.parametrize(
    ("title", "countries", "regions"),
    [
        ("Política migratoria mexicana", ("MEX",), []),
        ("Mecanismo de la sociedad civil de América Latina y el Caribe", (), ["419"]),
        ("Reglamento de la mesa", (), []),
        ("Plan regional de respuesta", (), []),
        ("Ventanilla única para migrantes en Bogotá", ("COL",), []),
        ("Informe del Proceso de Quito", (), []),
        ("Declaración de Lima sobre América del Sur", (), ["005"]),
        ("La paz y la migración", (), []),  # no capital letter, no capital
    ],
)
def test_places_of_a_title(title: str, countries: tuple[str, ...], regions: list[str]) -> None:
    described, _parts, whole = tag(written(title, FILLER))
    assert described.countries == countries
    assert notations(whole, "regions") == regions


REAL = [
    ("tor-ecuador.es", ("ECU",), [], ["iom"], []),
    ("tor-mexico.es", ("MEX",), [], ["iom"], ["2020", "2021", "2022", "2023", "2024", "2025"]),
    ("tor-peru.es", ("PER",), [], ["resident-coordinator", "iom"], ["2022", "2023", "2024", "2025", "2026"]),
    ("workplan-2019.es", (), [], ["iom"], ["2019", "2020"]),
    ("tor-civil-society-mechanism-lac-2022.es", (), ["419"], [], ["2022"]),
]


@pytest.mark.parametrize(("name", "countries", "regions", "entities", "years"), REAL)
def test_real_documents(
    name: str, countries: tuple[str, ...], regions: list[str], entities: list[str], years: list[str]
) -> None:
    path = DOCUMENTS / f"{name}.txt"
    if not path.exists():
        pytest.skip("the documents are not beside the repository")
    described, _parts, whole = tag(read(path.name, path.read_bytes()), path.name)
    assert described.countries == countries
    assert notations(whole, "regions") == regions
    assert notations(whole, "entities") == entities
    assert notations(whole, "years") == years


def test_every_entity_is_named_in_three_languages_and_by_itself() -> None:
    scheme = vocabularies().scheme("entities")
    labels: dict[tuple[str, str], str] = {}
    for concept in scheme.concepts:
        assert {language for language, _label in concept.labels} == {"es", "en", "fr"}
        for language, label in (*concept.labels, *concept.alt_labels):
            assert labels.setdefault((language, label.lower()), concept.notation) == concept.notation, label
