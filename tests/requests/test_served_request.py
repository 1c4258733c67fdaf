"""A request that was served, as a work: its objectives are named as the vocabularies of the instance name them."""

from kb.requests.request import Request
from kb.requests.served_request import assignment
from kb.vocabularies.concept import Concept, Scheme
from kb.vocabularies.skos import Taxonomy

OWN = Concept("urn:own:1", "objectives", "1", (("es", "Lo primero"),), titles=(("es", "Lo primero de todo"),))


def test_objectives_are_named_by_the_vocabulary_that_is_given() -> None:
    taxonomy = Taxonomy((Scheme("objectives", "urn:own", "1", (), (OWN,)),))
    work = assignment(Request("Un problema.", "es", objectives=("1", "14")), (), 2026, taxonomy)
    assert work is not None
    assert work.title.endswith(": Lo primero")
    assert work.text.endswith("Lo primero de todo")
