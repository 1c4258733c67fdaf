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
from kb.vocabularies.skos import Taxonomy, gather, read_folder

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ROOT.parent / "shared" / "documents"


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return read_folder(ROOT / "corpus" / "vocabularies")


@pytest.fixture(scope="module")
def tagger(taxonomy: Taxonomy) -> Tagger:
    schemes = [s for s in taxonomy.schemes if s.name in ("objectives", "areas", "round-tables")]
    return Tagger(gather(schemes))


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
