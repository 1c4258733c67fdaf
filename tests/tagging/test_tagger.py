"""Tags and their evidence: numbers, labels, what a document is about, and vocabularies nobody knew before."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.encoding.hashing_encoder import HashingEncoder
from ingest.chunking import passages
from ingest.cleaning.clean import clean
from ingest.description.describe import describe
from ingest.readers.file_types import read
from ingest.tagging.document_tags import document_tags, stated_tags
from ingest.tagging.label_matching import Terms, analyse
from ingest.tagging.numbered_references import Explicit
from ingest.tagging.scheme_names import names_of
from ingest.tagging.tagger import Tagger
from ingest.tagging.text_inputs import Text
from kb.documents.derived_tags import derived
from kb.documents.models import (
    Block,
    BlockKind,
    Description,
    Document,
    EncodedPassages,
    Evidence,
    EvidenceKind,
    Passage,
    RawDocument,
    Tag,
    TaggedPassage,
)
from kb.vocabularies.number_lists import read_list
from kb.vocabularies.skos import Taxonomy, gather, read_folder, read_scheme

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ROOT.parent / "shared" / "documents"
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
def tagger(taxonomy: Taxonomy) -> Tagger:
    schemes = [s for s in taxonomy.schemes if s.name in ("objectives", "areas", "round-tables")]
    return Tagger(gather(schemes))


@pytest.fixture(scope="module")
def goals(tmp_path_factory: pytest.TempPathFactory) -> Taxonomy:
    path = tmp_path_factory.mktemp("vocabulary") / "goals.ttl"
    path.write_text(GOALS, encoding="utf-8")
    return gather(read_scheme(path))


# (text, objectives named by number, why the row is here)
EXPLICIT = [
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


@pytest.mark.parametrize(("text", "expected", "why"), EXPLICIT)
def test_objectives_named_by_number(taxonomy: Taxonomy, text: str, expected: str, why: str) -> None:
    explicit = Explicit(taxonomy.scheme("objectives"), lambda *_: False)
    found = explicit.find(text, [(0, len(text))])
    assert [each.notation for each in found] == expected.split(), why
    assert all(each.certain for each in found)
    for each in found:
        assert each.notation in text[each.start : each.end] or "–" in text or " to " in text


def test_a_number_of_nothing_known_is_doubtful(taxonomy: Taxonomy) -> None:
    (found,) = Explicit(taxonomy.scheme("objectives"), lambda *_: False).find("See objective 8.", [(0, 16)])
    assert (found.notation, found.certain) == ("8", False)


def test_a_document_s_own_list_of_objectives_is_not_taken(taxonomy: Taxonomy) -> None:
    text = "Plan en el marco del PMM\nObjetivo 1: Ordenar el archivo\nObjetivo 2: Comprar sillas\nVéase el objetivo 2."
    lines = [(start, start + len(line)) for line in text.split("\n") for start in [text.index(line)]]
    tagger = Tagger(gather([taxonomy.scheme("objectives")]))
    explicit = Explicit(taxonomy.scheme("objectives"), tagger._taggers[0].describes)
    assert explicit.find(text, lines) == ()
    other = text.replace("Ordenar el archivo", "Mejorar las estadísticas migratorias").replace(
        "Comprar sillas", "Atender los factores adversos de la emigración"
    )
    lines = [(start, start + len(line)) for line in other.split("\n") for start in [other.index(line)]]
    assert [each.notation for each in explicit.find(other, lines)] == ["1", "2", "2"]


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
    found = Explicit(taxonomy.scheme(scheme), lambda *_: False).find(text, [(0, len(text))])
    assert [each.notation for each in found] == expected.split()


def test_another_vocabulary_gives_another_tagger(goals: Taxonomy) -> None:
    explicit = Explicit(goals.scheme("sdg"), lambda *_: False)
    for text in ("SDG 7", "SDGs 6, 7", "ODS 7", "Sustainable Development Goal 7", "Goal 7 of the SDGs", "ODS 7.2"):
        assert explicit.find(text, [(0, len(text))])[-1].notation == "7", text
    assert explicit.find("objective 7 of the GCM", [(0, 22)]) == ()


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


def test_the_longest_label_counts(taxonomy: Taxonomy) -> None:
    scheme = taxonomy.scheme("objectives")
    text = "Hacen falta ALTERNATIVAS A LA DETENCION y vías de migración regular."
    found = Terms(scheme).find(analyse(text, "es"))
    assert [(scheme.concepts[m.concept].notation, text[m.start : m.end]) for m in found] == [
        ("13", "ALTERNATIVAS A LA DETENCION"),
        ("5", "vías de migración regular"),
    ]


def test_a_word_in_many_descriptions_says_little(taxonomy: Taxonomy) -> None:
    terms = Terms(taxonomy.scheme("objectives"))
    (data,) = terms.find(analyse("data", "en"))
    (detention,) = terms.find(analyse("alternatives to detention", "en"))
    assert data.weight < 0.5 < detention.weight


def test_evidence_points_into_the_text(tagger: Tagger) -> None:
    text = "Un prólogo.  El PMM dice mucho: los objetivos 13 y 15. También las remesas y el envío de dinero a casa."
    found = tagger.tag_text(text, "Remesas", "es")
    assert {"13", "15"} <= {tag.notation for tag in found.concepts if tag.scheme == "objectives"}
    for tag in found.concepts:
        assert tag.evidence
        for evidence in tag.evidence:
            words = text[evidence.start : evidence.end]
            assert words
            assert words == words.strip()
    ranked = dict(found.ranking)
    assert {scheme: len(all_of) for scheme, all_of in ranked.items()} == {
        "areas": 5,
        "objectives": 23,
        "round-tables": 4,
    }


@pytest.mark.parametrize("text", ["", "   \n ", "123 456", "——", "ok"])
def test_nothing_is_said_of_nothing(tagger: Tagger, text: str) -> None:
    assert tagger.tag_text(text).concepts == ()


def test_many_texts_are_tagged_as_each_alone(taxonomy: Taxonomy) -> None:
    tagger = Tagger(gather([taxonomy.scheme("objectives")]), HashingEncoder().encode_passages)
    texts = [Text("Remesas más baratas para las familias."), Text("Visas for seasonal workers."), Text("")]
    together = list(tagger.tag_texts(texts))
    assert [t.concepts for t in together] == [tagger.tag_text(t.text).concepts for t in texts]


# --- documents -------------------------------------------------------------------------------------


def _tagged(
    tagger: Tagger, document: Document, name: str = "a.md", objectives: tuple[str, ...] | None = None
) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
    cut = passages(document)
    description = replace(describe(document, name), objectives=objectives)
    return tagger.tag_document(document, description, cut, EncodedPassages(np.zeros((len(cut), 1), np.float32)))


def _document(*lines: tuple[BlockKind, str]) -> Document:
    blocks = [Block(kind, text, level=1 if kind is BlockKind.HEADING else 0) for kind, text in lines]
    return clean(RawDocument("markdown", tuple(blocks)))


SPEECH = _document(
    (BlockKind.HEADING, "Discurso de la ministra de ejemplo"),
    (BlockKind.PARAGRAPH, "Señoras y señores, gracias por la invitación."),
    (BlockKind.HEADING, "Objetivo 13 del PMM: alternativas a la detención"),
    (BlockKind.PARAGRAPH, "La ley prohíbe el internamiento de niños. " * 6),
    (BlockKind.HEADING, "Presupuesto"),
    (BlockKind.PARAGRAPH, "El gasto se reparte entre tres ejercicios y se revisa cada mes de marzo. " * 6),
)


def test_what_a_heading_names_holds_for_what_stands_under_it(tagger: Tagger) -> None:
    tagged, tags = _tagged(tagger, SPEECH)
    first = {tag.notation: tag for tag in tagged[1].tags if tag.scheme == "objectives"}
    evidence = first["13"].evidence[0]
    assert (SPEECH.text[evidence.start : evidence.end], evidence.kind) == ("Objetivo 13 del PMM", "explicit")
    assert not [tag for tag in tagged[-1].tags if tag.scheme == "objectives"]
    assert [tag.notation for tag in tags if tag.scheme == "objectives"] == ["13"]


def test_what_the_title_names_by_number_the_document_is_about(tagger: Tagger) -> None:
    document = _document(
        (BlockKind.HEADING, "Informe sobre el objetivo 14 del PMM"),
        (BlockKind.PARAGRAPH, "El gasto se reparte entre tres ejercicios y se revisa cada mes de marzo. " * 6),
    )
    (tag,) = [each for each in _tagged(tagger, document)[1] if each.scheme == "objectives"]
    (evidence,) = tag.evidence
    assert (tag.notation, document.text[evidence.start : evidence.end]) == ("14", "objetivo 14 del PMM")


def test_areas_follow_from_objectives_unless_stated(tagger: Tagger) -> None:
    _, tags = _tagged(tagger, SPEECH)
    assert [(t.notation, t.method) for t in tags if t.scheme == "areas"] == [("2", "derived")]
    stating = _document((BlockKind.PARAGRAPH, "Esfera temática 3. Objetivos del PMM: 13."))
    _, tags = _tagged(tagger, stating)
    assert [t.notation for t in tags if t.scheme == "areas"] == ["3"]
    assert all(t.method != "derived" for t in tags if t.scheme == "areas")


def test_what_a_document_states_of_itself_is_taken(tagger: Tagger) -> None:
    _, tags = _tagged(tagger, SPEECH, objectives=("20", "5"))
    assert [(t.notation, t.method, t.score) for t in tags if t.scheme == "objectives"] == [
        ("5", "stated", 1.0),
        ("20", "stated", 1.0),
    ]
    _, tags = _tagged(tagger, SPEECH, objectives=())
    assert tags == ()


def test_an_objective_of_all_areas_does_not_tell_the_area(taxonomy: Taxonomy) -> None:
    everywhere = Tag("objectives", "23", 0.9, (Evidence(0, 1, EvidenceKind.TERM),))
    assert derived(taxonomy, [everywhere], "areas") == ()
    assert [tag.notation for tag in derived(taxonomy, [everywhere], "round-tables")] == ["4"]


def _passages(*tags: Sequence[str]) -> list[TaggedPassage]:
    return [
        TaggedPassage(
            Passage(number, number * 100, number * 100 + 100, "x" * 100),
            tuple(
                Tag("s", n, 0.97, (Evidence(number * 100, number * 100 + 5, EvidenceKind.EXPLICIT),)) for n in several
            ),
        )
        for number, several in enumerate(tags)
    ]


def test_a_list_of_everything_is_about_nothing() -> None:
    everything = [str(number) for number in range(1, 24)]
    assert document_tags(_passages(everything, [], [], []), "s", 23, {}, "m") == ()
    assert [t.notation for t in document_tags(_passages(everything, ["7"], ["7"], []), "s", 23, {}, "m")] == ["7"]
    assert [t.notation for t in document_tags(_passages(["2", "5"], [], [], [], []), "s", 23, {}, "m")] == ["2", "5"]


def test_stated_tags_bring_what_supports_them() -> None:
    (tag,) = stated_tags(["7"], "s", _passages(["7"], []))
    assert tag.evidence == (Evidence(0, 5, EvidenceKind.EXPLICIT),)


def test_a_document_without_passages(tagger: Tagger) -> None:
    description = Description("", "und", "other")
    nothing = EncodedPassages(np.zeros((0, 1), np.float32))
    assert tagger.tag_document(Document("", (), ()), description, (), nothing) == ((), ())


# --- real documents, where they are at hand --------------------------------------------------------

LINES = {
    "temático 1:": ("1", "1"),
    "temático 2:": ("13 7 10", "2"),
    "temático 3:": ("5 7", "2"),
    "temático 4:": ("5 6 18 19", "4"),
    "temático 5:": ("21 7 10 12 15 16", "3"),
    "temático 6:": ("15 16 19", "5"),
    "datos": ("1 3 17 23", "1"),
    "Minimización": ("2 7 8 12 13 23", "2"),
    "Examen de los vínculos": ("1 2 5 23", "2"),
    "tráfico": ("9 1 2 7 8 11 14", "3"),
    "alianzas": ("19 20 23", "4"),
    "fortalecimiento de los vínculos": ("1 2 3 4 5 15 19 21 22 23", "2 4 5"),
}


def _explicit_by_heading(tagger: Tagger, name: str, scheme: str) -> dict[str, set[str]]:
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip("the real documents are not here")
    document = clean(read(path.name, path.read_bytes()))
    tagged, _ = _tagged(tagger, document, name)
    found: dict[str, set[str]] = {}
    for each in tagged:
        named = {t.notation for t in each.tags if t.scheme == scheme and any(e.kind == "explicit" for e in t.evidence)}
        if named:
            found.setdefault(each.passage.heading[-1], set()).update(named)
    return found


@pytest.mark.parametrize("suffix", ["txt", "pdf", "docx"])
def test_workplan_lines_have_exactly_their_objectives(tagger: Tagger, suffix: str) -> None:
    objectives = _explicit_by_heading(tagger, f"workplan-2019.es.{suffix}", "objectives")
    areas = _explicit_by_heading(tagger, f"workplan-2019.es.{suffix}", "areas")
    assert len(objectives) == len(areas) == len(LINES)
    expected = {(frozenset(of.split()), frozenset(in_area.split())) for of, in_area in LINES.values()}
    assert {(frozenset(of), frozenset(areas[heading])) for heading, of in objectives.items()} == expected


@pytest.mark.parametrize("suffix", ["txt", "html"])
def test_working_tables_have_their_objectives(tagger: Tagger, suffix: str) -> None:
    name = f"tor-civil-society-mechanism-lac-2022.es.{suffix}"
    (objectives,) = _explicit_by_heading(tagger, name, "objectives").values()
    (tables,) = _explicit_by_heading(tagger, name, "round-tables").values()
    assert objectives == {str(number) for number in range(1, 24)}
    assert tables == {"1", "2", "3", "4"}


@pytest.mark.parametrize("suffix", ["txt", "docx"])
def test_the_one_sentence_that_names_objectives(tagger: Tagger, suffix: str) -> None:
    assert list(_explicit_by_heading(tagger, f"tor-peru.es.{suffix}", "objectives").values()) == [{"2", "5", "7", "8"}]
