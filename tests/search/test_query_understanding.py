"""What a question means beside its words: objectives by number, countries and organisations by any name."""

from pathlib import Path

import pytest

from index.search.backend import WordQuery
from index.search.highlights import lexical_marks, merged
from index.search.lexical import LexicalIndex, LexicalPassage
from index.search.query_understanding import Reader
from index.search.question import Question, read_question
from index.search.spelling import Speller
from kb.search.answers import Query
from kb.terms.glossary import Glossary
from kb.vocabularies.concept import Concept, Scheme
from kb.vocabularies.skos import Taxonomy
from tests.support.documents import Instance, sample

IOM = Concept(
    "urn:e:iom",
    "entities",
    "iom",
    (("en", "International Organization for Migration"), ("es", "Organización Internacional para las Migraciones")),
    (("en", "IOM"), ("es", "OIM"), ("fr", "OIM"), ("ru", "МОМ")),
)
WHO = Concept("urn:e:who", "entities", "who", (("en", "World Health Organization"),), (("en", "WHO"), ("es", "OMS")))
DETENTION = Concept(
    "urn:o:13",
    "objectives",
    "13",
    (("en", "Alternatives to detention"), ("es", "Alternativas a la detención")),
    titles=(("en", "Use detention only as a last resort"), ("es", "Utilizar la detención solo como último recurso")),
)
LIVES = Concept("urn:o:8", "objectives", "8", (("en", "Save lives"), ("es", "Salvar vidas")))
NAMED = (
    ("es", "Objetivos del Pacto Mundial para la Migración"),
    ("en", "Objectives of the Global Compact for Migration"),
    ("fr", "Objectifs du Pacte mondial sur les migrations"),
)
READER = Reader(
    Taxonomy(
        (
            Scheme("entities", "urn:e", "1", (), (IOM, WHO)),
            Scheme("objectives", "urn:o", "1", NAMED, (LIVES, DETENTION)),
        )
    )
)


def understood(text: str) -> Question:
    return READER.understand(read_question(text), ("es", "en"))


@pytest.mark.parametrize(
    ("text", "objectives"),
    [
        ("objetivo 13", ("13",)),
        ("GCM objective 13", ("13",)),
        ("objectif 13 du Pacte", ("13",)),
        ("ODM 13", ("13",)),
        ("PMM objetivo 8", ("8",)),
        ("objetivos 8 y 13 del Pacto Mundial", ("8", "13")),
        ("objectives 8, 13 and 8", ("8", "13")),
        ("ODS objetivo 8 trabajo decente", ()),  # another set of goals
        ("13 objectives", ()),  # how many, not which
        ("the objective of the network", ()),
    ],
)
def test_objectives_named_by_number(text: str, objectives: tuple[str, ...]) -> None:
    assert understood(text).objectives == objectives


def test_a_number_alone_is_spelled_out_for_the_encoder() -> None:
    assert "Alternativas a la detención. Utilizar la detención" in understood("¿el objetivo 13?").text
    assert understood("objective 13 for families with children").text.endswith("(Alternatives to detention)")
    assert understood("families with children").text == "families with children"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what does IOM do", "IOM"),
        ("oim en la red", "oim"),
        ("роль МОМ", "МОМ"),
        ("the International Organization for Migration", "International Organization for Migration"),
    ],
)
def test_an_organisation_is_found_under_any_of_its_names(text: str, name: str) -> None:
    (found,) = understood(text).equivalents
    assert text[found.start : found.end] == name
    assert {"IOM", "OIM", "Organización Internacional para las Migraciones"} <= set(found.forms)


def test_common_words_are_no_acronyms_unless_in_capitals() -> None:
    assert understood("who leads it").equivalents == ()
    assert understood("what WHO says").equivalents != ()


def test_quoted_words_are_meant_as_they_stand() -> None:
    read = understood('"objetivo 13" en México')
    assert (read.objectives, read.countries, read.equivalents) == ((), (), ())


def test_names_find_their_other_forms_and_are_marked() -> None:
    index = LexicalIndex(None)
    texts = [
        "La OIM coordina la red.",
        "The network meets monthly.",
        "La Organización Internacional para las Migraciones.",
    ]
    index.update((), (LexicalPassage(i, i, "es", text, "") for i, text in enumerate(texts)))
    question = understood("role of IOM")
    found = index.search(WordQuery(question.text, ("es",), question.equivalents), 10)
    assert sorted(found.ids.tolist()) == [0, 2]
    assert index.search(WordQuery("role of IOM", ("es",)), 10).ids.tolist() == []
    assert [texts[0][start:end] for start, end in lexical_marks(question, texts[0], ("en", "es"))] == ["OIM"]


def test_a_name_without_a_known_form_is_searched_as_words() -> None:
    index = LexicalIndex(None)
    index.update((), [LexicalPassage(1, 1, "en", "organization of work", "")])
    question = understood("International Organization for Migration")
    assert index.search(WordQuery(question.text, ("en",), question.equivalents), 10).ids.tolist() == [1]


def test_documents_about_the_country_or_objective_come_first(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    same = "The network meets every month and keeps minutes of what was decided."
    other, peru, detention = instance.add(
        sample(same, name="a.txt", countries=("ECU",)),
        sample(same + " It adopts its own rules.", name="b.txt", countries=("PER",)),
        sample("Shelter and case management in place of custody.", name="c.txt", objectives=("13",)),
    )
    searcher = instance.searcher()
    searcher = type(searcher)(instance.database, instance.caches, reader=READER)

    def first(text: str, literal: bool = False) -> int:
        return searcher.search(Query(text, literal=literal)).hits[0].record.document.id

    assert first("when does the network of Peru meet") == peru
    assert first("when does the network of Ecuador meet") == other
    answer = searcher.search(Query("the network of Peru in objective 13"))
    assert (answer.reading.objectives, answer.reading.countries) == (("13",), ("PER",))
    assert searcher.search(Query("the network of Peru", literal=True)).reading.countries == ()
    assert detention


REMITTANCES = Concept(
    "urn:t:remittances",
    "terms",
    "remittances",
    (("en", "remittances"), ("es", "remesas"), ("fr", "envois de fonds"), ("ru", "денежные переводы")),
    (("en", "money transfers"), ("es", "envíos de dinero"), ("es", "giros")),
)
FORUM = Concept("urn:t:gfmd", "terms", "iom", (("en", "IOM"), ("ar", "المنظمة الدولية للهجرة")), (("es", "OIM"),))
WITH_TERMS = Reader(
    Taxonomy((Scheme("entities", "urn:e", "1", (), (IOM, WHO)),)), lambda: Glossary((REMITTANCES, FORUM))
)


def with_terms(text: str, *spoken: str) -> Question:
    return WITH_TERMS.understand(read_question(text), spoken)


def test_a_term_has_its_forms_in_the_languages_spoken_here_and_in_its_own() -> None:
    (found,) = with_terms("Remittances to rural areas", "es").equivalents
    assert (found.term, found.forms[0]) == ("remittances", "Remittances")
    assert set(found.forms[1:]) == {"remittances", "remesas", "money transfers", "envíos de dinero", "giros"}
    assert with_terms("денежных переводов", "fr").terms == ("remittances",)


def test_a_body_that_is_a_term_and_a_name_has_the_forms_of_both() -> None:
    (found,) = with_terms("role of the IOM", "ar").equivalents
    assert found.term == ""
    assert {"Organización Internacional para las Migraciones", "المنظمة الدولية للهجرة"} <= set(found.forms)


def lexical(*texts: str) -> LexicalIndex:
    index = LexicalIndex(None)
    index.update((), (LexicalPassage(i, i, "es", text, "") for i, text in enumerate(texts)))
    return index


def test_a_term_is_found_in_other_languages_inflected_and_apart() -> None:
    index = lexical("Los costos de la remesa.", "Mesas de trabajo.", "El envío seguro del dinero.", "Giros postales.")
    question = with_terms("денежные переводы", "es")
    asked = WordQuery(question.text, ("es",), question.equivalents)
    assert sorted(index.search(asked, 10).ids.tolist()) == [0, 2, 3]


def test_a_term_of_many_forms_weighs_what_its_words_do() -> None:
    index = lexical("remesas y envíos de dinero y giros", "remesas de los hogares", "detención y remesas")
    question = with_terms("remesas y detención", "es")
    with_forms = index.search(WordQuery(question.text, ("es",), question.equivalents), 10)
    without = index.search(WordQuery(question.text, ("es",)), 10)
    assert with_forms.ids.tolist()[0] == without.ids.tolist()[0] == 2
    assert float(with_forms.scores[0]) == pytest.approx(float(without.scores[0]), rel=0.2)


def test_a_term_is_marked_however_it_is_inflected() -> None:
    question, text = with_terms("remittances", "es"), "Una remesa baja; el envío de dinero."
    assert [text[start:end] for start, end in merged(text, lexical_marks(question, text, ("en", "es")))] == [
        "remesa",
        "envío de dinero",
    ]


SPELLING = Reader(None, lambda: Glossary((REMITTANCES,)), Speller(None, lambda: Glossary((REMITTANCES,))))


def test_what_is_mended_is_searched_and_told(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.add(sample("Remittances cost less where prices are known.", name="a.txt"))
    instance.add(sample("Visas are given at the consulate.", name="b.txt"))
    searcher = instance.searcher(vectors=False, reader=SPELLING)
    answer = searcher.search(Query("Remitances costs"))
    assert (answer.reading.corrected, answer.reading.terms) == ("Remittances costs", ("remittances",))
    assert [hit.record.document.source for hit in answer.hits] == ["a.txt"]
    assert answer.hits[0].highlights[0][0] == 0
    assert searcher.search(Query("Remitances costs", literal=True)).reading.corrected == ""
    assert searcher.search(Query("consulate")).reading.corrected == ""
