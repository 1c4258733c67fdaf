"""Concepts named by number: in running text, in questions, by the names that their scheme gives itself."""

from pathlib import Path

import pytest

from kb.vocabularies.descriptions import describes, profiles_of
from kb.vocabularies.number_lists import read_list
from kb.vocabularies.numbered_references import AskedReferences, References
from kb.vocabularies.scheme_names import names_of
from kb.vocabularies.skos import Taxonomy, gather, read_folder, read_scheme

ROOT = Path(__file__).parent.parent.parent
GOALS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:x:sdg> a skos:ConceptScheme ; skos:prefLabel "Sustainable Development Goals"@en ,
    "Objetivos de Desarrollo Sostenible"@es .
""" + "".join(
    f'<urn:x:sdg/{number}> a skos:Concept ; skos:inScheme <urn:x:sdg> ; skos:notation "{number}" ; '
    f'skos:prefLabel "{label}"@en ; skos:definition "{definition}"@en .\n'
    for number, label, definition in (
        (6, "Clean water and sanitation", "Drinking water, toilets, rivers and wastewater."),
        (7, "Affordable and clean energy", "Electricity, solar and wind power, grids and cooking fuels."),
        (14, "Life below water", "Oceans, fisheries, coral reefs and pollution of the sea."),
    )
)


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return read_folder(ROOT / "corpus" / "vocabularies")


@pytest.fixture(scope="module")
def asked(taxonomy: Taxonomy) -> AskedReferences:
    return AskedReferences(taxonomy.scheme("objectives"))


@pytest.fixture(scope="module")
def goals(tmp_path_factory: pytest.TempPathFactory) -> Taxonomy:
    path = tmp_path_factory.mktemp("vocabulary") / "goals.ttl"
    path.write_text(GOALS, encoding="utf-8")
    return gather(read_scheme(path))


# (text, objectives named by number, why the row is here)
NAMED = [
    ("Objetivos del Pacto Mundial para la Migración: 13, 7 y 10", "13 7 10", "row of a table"),
    ("Objetivos relacionados con el Pacto Mundial para la Migración: 5 y 7", "5 7", "words before the qualifier"),
    ("Objetivos del PMM 4, 8, 9, 10, 11, 13 y 21", "4 8 9 10 11 13 21", "acronym of the qualifier"),
    ("Objetivos del Pacto (PMM): 1 (datos), 3 (información)", "1 3", "brackets after numbers"),
    ("GCM objectives 5–7", "5 6 7", "range"),
    ("objectives 5 to 7 of the Global Compact for Migration", "5 6 7", "range in words, qualifier after"),
    ("Objective 8 of the GCM", "8", "one"),
    ("l'objectif 3 du Pacte mondial sur les migrations", "3", "French"),
    ("the Global Compact for Migration (objectives 2, 5 and 7)", "2 5 7", "in brackets"),
    ("los objetivos del PMM: Objetivos 2 (“Uno”), 5 (“Dos”), 7 (“Tres”), 8 (“Cuatro”).", "2 5 7 8", "quoted titles"),
    ("(Pacto Mundial para la Migración, párr. 36, objetivo 20 b))", "20", "a letter after the number"),
    ("El PMM. El objetivo 13 pide alternativas.", "13", "scheme known from the sentence before"),
    ("objetivo n.º 4 del PMM", "4", "number sign"),
    ("Objetivo 3 del plan nacional y el PMM", "", "somebody else's objective"),
    ("ODS 8 y SDG 8 y PMM", "", "another scheme's acronym"),
    ("Objetivo 8 de Desarrollo Sostenible, como el PMM", "", "another scheme's name"),
    ("SDG objective 3 and the GCM", "", "another acronym before the noun"),
    ("párrafo 13 del PMM", "", "a paragraph"),
    ("los 23 objetivos del PMM", "", "how many there are"),
    ("objectives 1 to 23 of the GCM", "", "all of them are none in particular"),
    ("PMM 2018, objetivos 2030", "", "years"),
    ("el objetivo específico 3 del PMM", "", "an adjective in between"),
    ("GCM objectives: 40 % of States", "", "a share"),
]


@pytest.mark.parametrize(("text", "expected", "why"), NAMED)
def test_objectives_named_by_number(taxonomy: Taxonomy, text: str, expected: str, why: str) -> None:
    references = References(taxonomy.scheme("objectives"), lambda *_: False)
    found = references.find(text, [(0, len(text))])
    assert [each.notation for each in found] == expected.split(), why
    assert all(each.certain for each in found)
    for each in found:
        assert each.notation in text[each.start : each.end] or "–" in text or " to " in text


def test_a_number_of_nothing_known_is_doubtful(taxonomy: Taxonomy) -> None:
    (found,) = References(taxonomy.scheme("objectives"), lambda *_: False).find("See objective 8.", [(0, 16)])
    assert (found.notation, found.certain) == ("8", False)


def test_a_document_s_own_list_of_objectives_is_not_taken(taxonomy: Taxonomy) -> None:
    text = "Plan en el marco del PMM\nObjetivo 1: Ordenar el archivo\nObjetivo 2: Comprar sillas\nVéase el objetivo 2."
    lines = [(start, start + len(line)) for line in text.split("\n") for start in [text.index(line)]]
    scheme = taxonomy.scheme("objectives")
    profiles = profiles_of(scheme)
    references = References(scheme, lambda _scheme, notation, text: describes(profiles, int(notation) - 1, text))
    assert references.find(text, lines) == ()
    other = text.replace("Ordenar el archivo", "Mejorar las estadísticas migratorias").replace(
        "Comprar sillas", "Atender los factores adversos de la emigración"
    )
    lines = [(start, start + len(line)) for line in other.split("\n") for start in [other.index(line)]]
    assert [each.notation for each in references.find(other, lines)] == ["1", "2", "2"]


@pytest.mark.parametrize(
    ("scheme", "text", "expected"),
    [
        ("round-tables", "MR 2: Objetivos del PMM 4", "2"),
        ("round-tables", "RT3 and the Mesa de trabajo 1", "3 1"),
        ("round-tables", "mesas de trabajo y, 2 agencias", ""),
        ("areas", "Esfera temática: Esfera temática 2: Protección de los derechos", "2"),
        ("areas", "thematic areas 1 and 4", "1 4"),
        ("principles", "principle 3", ""),
    ],
)
def test_members_of_other_schemes(taxonomy: Taxonomy, scheme: str, text: str, expected: str) -> None:
    found = References(taxonomy.scheme(scheme), lambda *_: False).find(text, [(0, len(text))])
    assert [each.notation for each in found] == expected.split()


def test_another_vocabulary_gives_another_tagger(goals: Taxonomy) -> None:
    references = References(goals.scheme("sdg"), lambda *_: False)
    for text in ("SDG 7", "SDGs 6, 7", "ODS 7", "Sustainable Development Goal 7", "Goal 7 of the SDGs", "ODS 7.2"):
        assert references.find(text, [(0, len(text))])[-1].notation == "7", text
    assert references.find("objective 7 of the GCM", [(0, 22)]) == ()


def test_names_are_derived_from_labels(goals: Taxonomy) -> None:
    names = names_of(goals.scheme("sdg"))
    assert {"SDG", "ODS"} <= names.acronyms
    assert names.numbers == {6: "6", 7: "7", 14: "14"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("13, 7 y 10", [13, 7, 10]),
        ("5–7", [5, 6, 7]),
        ("2 (“a”), 5 (b)", [2, 5]),
        ("3.500", []),
        ("2018", []),
        ("7%", []),
    ],
)
def test_lists_of_numbers(text: str, numbers: list[int]) -> None:
    assert [item.number for item in read_list(text, 0, len(text))] == numbers


# (question, objectives named by number): the scheme need not be told, and short names do
ASKED = [
    ("GCM objective 13", "13"),
    ("gcm objective 13", "13"),
    ("objectif 13 du Pacte", "13"),
    ("ODM 13", "13"),
    ("pmm13", "13"),
    ("PMM objetivo 8", "8"),
    ("objetivos 8 y 13 del Pacto Mundial", "8 13"),
    ("objectives 8, 13 and 8", "8 13 8"),
    ("objectives 5 to 7", "5 6 7"),
    ("obj. 7", "7"),
    ("Obj 7 y 8", "7 8"),
    ("obj. del PMM 7", "7"),
    ("objetivo n.º 4", "4"),
    ("Objetivo 13: países que la limitan", "13"),
    ("objetivos do Pacto Global 5 e 6", "5 6"),
    ("цель 13", "13"),
    ("цель № 13", "13"),
    ("целей 5, 6 и 7", "5 6 7"),
    ("الهدف 13", "13"),
    ("الهدف ١٣", "13"),
    ("الأهداف 2 و5 و7", "2 5 7"),
    ("目标13", "13"),
    ("目标2、5和7的文件", "2 5 7"),
    ("第13项目标", "13"),
    ("objetivo 13 del PMM y los ODS", "13"),  # it says whose it is
    ("objective 24", ""),  # there is none
    ("objective 131", ""),
    ("ODS objetivo 8 trabajo decente", ""),  # other goals
    ("SDG objective 13", ""),
    ("可持续发展目标13", ""),
    ("цель устойчивого развития 8", ""),
    ("objetivo 3 del plan nacional", ""),
    ("13 objectives", ""),  # how many, not which
    ("the objective of the network", ""),
]


@pytest.mark.parametrize(("question", "expected"), ASKED)
def test_objectives_asked_for_by_number(asked: AskedReferences, question: str, expected: str) -> None:
    assert [each.notation for each in asked.asked(question)] == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Цели Глобального договора: 5, 6 и 18", "5 6 18"),
        ("أهداف الاتفاق العالمي: 2 و5", "2 5"),
        ("全球契约目标5、6和18", "5 6 18"),
        ("联合国 2018年 目标", ""),
        ("可持续发展目标8", ""),
    ],
)
def test_other_scripts(taxonomy: Taxonomy, text: str, expected: str) -> None:
    found = References(taxonomy.scheme("objectives"), lambda *_: False).find(text, [(0, len(text))])
    assert [each.notation for each in found if each.certain] == expected.split()


def test_a_list_of_nearly_all_is_told_from_others(taxonomy: Taxonomy) -> None:
    references = References(taxonomy.scheme("objectives"), lambda *_: False)
    text = "GCM objectives 1 to 23"
    assert references.find(text, [(0, len(text))]) == ()
    assert {each.beside for each in references.find_all(text, [(0, len(text))])} == {23}
