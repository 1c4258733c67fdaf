"""Vocabularies: what is read from SKOS, how concepts are found, and what a librarian is told to mend."""

from pathlib import Path

import pytest

from kb.errors import UsageError
from kb.vocabularies.skos import gather, natural, read_folder, read_scheme

CORPUS = Path(__file__).parent.parent.parent / "corpus" / "vocabularies"

PREFIXES = """
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
TREES = (
    PREFIXES
    + """
<urn:x:trees> a skos:ConceptScheme ;
    dct:identifier "trees" ; owl:versionInfo "2" ;
    dct:title "Trees of the Sample Garden"@en ; skos:altLabel "SGT"@en .
<urn:x:trees:10> a skos:Concept ; skos:inScheme <urn:x:trees> ; skos:notation "10" ;
    skos:prefLabel "Oak"@en , "Roble"@es ; skos:altLabel "holm oak"@en ; skos:definition "A tree with acorns."@en ;
    dct:title "The oak and its kin"@en ; skos:broader <urn:x:trees:2> ; skos:closeMatch <urn:other:oak> .
<urn:x:trees:2> a skos:Concept ; skos:inScheme <urn:x:trees> ; skos:notation "2" ; skos:prefLabel "Beech family"@en .
<urn:x:groves> a skos:ConceptScheme .
<urn:x:groves:north> a skos:Concept ; skos:topConceptOf <urn:x:groves> ; skos:prefLabel "North grove"@en ;
    skos:narrowMatch <urn:x:trees:10> .
"""
)


def _write(folder: Path, text: str, name: str = "sample.ttl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_may_hold_several_schemes(tmp_path: Path) -> None:
    groves, trees = read_scheme(_write(tmp_path, TREES))
    assert (groves.name, trees.name, trees.version) == ("groves", "trees", "2")
    assert trees.titles == (("en", "Trees of the Sample Garden"), ("en", "SGT"))
    assert [concept.notation for concept in trees.concepts] == ["2", "10"]


def test_all_that_is_said_of_a_concept_is_read(tmp_path: Path) -> None:
    taxonomy = gather(read_scheme(_write(tmp_path, TREES)))
    oak = taxonomy.concept("trees", "10")
    assert (oak.label("es"), oak.label("fr"), oak.title("en")) == ("Roble", "Oak", "The oak and its kin")
    assert oak.definition("en") == "A tree with acorns."
    assert oak.alt_labels == (("en", "holm oak"),)
    assert oak.broader == ("urn:x:trees:2",)
    assert oak.matches == (("closeMatch", "urn:other:oak"),)
    assert taxonomy.by_uri("urn:x:trees:10") is oak


def test_links_are_followed_both_ways(tmp_path: Path) -> None:
    taxonomy = gather(read_scheme(_write(tmp_path, TREES)))
    oak, north = taxonomy.concept("trees", "10"), taxonomy.concept("groves", "north")
    assert taxonomy.linked(oak, "groves") == (north,)
    assert taxonomy.linked(north, "trees") == (oak,)


def test_a_scheme_may_be_left_unsaid(tmp_path: Path) -> None:
    letters = '<urn:a> a skos:Concept ; skos:prefLabel "A"@en . <urn:b> a skos:Concept ; skos:prefLabel "B"@en .'
    (scheme,) = read_scheme(_write(tmp_path, PREFIXES + letters, "letters.ttl"))
    assert (scheme.name, [c.notation for c in scheme.concepts]) == ("letters", ["a", "b"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PREFIXES + "\n<urn:a> a skos:Concept ;\n  skos:prefLabel 'x@en .\n", "line "),
        (PREFIXES, "holds no concept"),
        (PREFIXES + '<urn:a> a skos:Concept ; skos:notation "1" .', "no skos:prefLabel"),
        (
            PREFIXES
            + '<urn:a> a skos:Concept ; skos:notation "1" ; skos:prefLabel "A" . '
            + '<urn:b> a skos:Concept ; skos:notation "1" ; skos:prefLabel "B" .',
            "must be unique",
        ),
        (
            PREFIXES
            + "<urn:s> a skos:ConceptScheme . <urn:t> a skos:ConceptScheme . "
            + '<urn:a> a skos:Concept ; skos:prefLabel "A" .',
            "the file has several",
        ),
    ],
)
def test_errors_say_file_and_cause(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=r"broken\.ttl") as raised:
        read_scheme(_write(tmp_path, text, "broken.ttl"))
    assert told in str(raised.value)


def test_errors_of_looking_up(tmp_path: Path) -> None:
    taxonomy = gather(read_scheme(_write(tmp_path, TREES)))
    with pytest.raises(UsageError, match="there are: groves, trees"):
        taxonomy.scheme("flowers")
    with pytest.raises(UsageError, match="no concept '3'"):
        taxonomy.concept("trees", "3")
    with pytest.raises(UsageError, match="both called 'trees'"):
        gather((taxonomy.scheme("trees"), taxonomy.scheme("trees")))
    with pytest.raises(UsageError, match=r"ends in \.ttl"):
        read_folder(tmp_path / "nothing")
    with pytest.raises(UsageError, match="cannot be read"):
        read_scheme(tmp_path / "missing.ttl")


def test_notations_sort_by_value() -> None:
    assert sorted(["10", "2", "10.2", "a", "10.10", "1"], key=natural) == ["1", "2", "10", "10.2", "10.10", "a"]


def test_the_vocabularies_of_the_platform_hang_together() -> None:
    taxonomy = read_folder(CORPUS)
    assert len(taxonomy.scheme("objectives").concepts) == 23
    for grouping in ("areas", "round-tables"):
        for concept in taxonomy.scheme(grouping).concepts:
            assert taxonomy.linked(concept, "objectives")
    everywhere = taxonomy.concept("objectives", "23")
    assert len(taxonomy.linked(everywhere, "areas")) == len(taxonomy.scheme("areas").concepts)
