"""The glossary that ships: what questions, suggestions and the glossary rely on."""

from collections import defaultdict

from kb.cli.bootstrap import CORPUS
from kb.terms.glossary import forms_of
from kb.text.folding import fold
from kb.text.language import ASKED_IN
from kb.vocabularies.concept import Concept
from kb.vocabularies.skos import read_folder

TAXONOMY = read_folder(CORPUS / "vocabularies")
TERMS = TAXONOMY.scheme("terms").concepts


def test_there_are_terms_enough_and_all_in_seven_languages() -> None:
    assert len(TERMS) >= 600
    assert [c.notation for c in TERMS if {language for language, _ in c.labels} != set(ASKED_IN)] == []
    assert [c.notation for c in TERMS if {language for language, _ in c.definitions} != {"es", "en", "fr"}] == []
    assert [c.notation for c in TERMS if len(c.labels) != len(ASKED_IN)] == []


def test_no_form_stands_for_two_terms_of_a_language() -> None:
    meant: dict[tuple[str, str], set[str]] = defaultdict(set)
    for concept in TERMS:
        for language, form in forms_of(concept):
            meant[language, form if form.isupper() else fold(form)].add(concept.notation)
    assert {form: terms for form, terms in meant.items() if len(terms) > 1} == {}


def test_links_lead_to_terms_objectives_and_bodies() -> None:
    linked = [uri for c in TERMS for uri in (*c.broader, *c.related, *(uri for _, uri in c.matches))]
    assert [uri for uri in linked if TAXONOMY.by_uri(uri) is None] == []
    assert {uri.split(":")[2] for c in TERMS for uri in (*c.broader, *c.related)} == {"terms"}
    assert {uri.split(":")[2] for c in TERMS for _, uri in c.matches} == {"objectives", "entities"}


def test_no_term_is_broader_than_itself() -> None:
    def above(concept: Concept, seen: tuple[str, ...] = ()) -> bool:
        return concept.uri in seen or any(
            above(broader, (*seen, concept.uri)) for uri in concept.broader if (broader := TAXONOMY.by_uri(uri))
        )

    assert [c.notation for c in TERMS if above(c)] == []


def test_every_objective_has_terms() -> None:
    reached = {uri for c in TERMS for _, uri in c.matches}
    assert {c.uri for c in TAXONOMY.scheme("objectives").concepts} <= reached
