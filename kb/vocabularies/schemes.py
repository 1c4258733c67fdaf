"""The schemes documents are tagged with: how concepts of each are recognised, decided on, shown and filtered by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeUse:
    """What the platform does with the concepts of a scheme.

    A scheme with a `vocabulary` is read from corpus/vocabularies/; concepts of the others are found in the text itself.
    """

    name: str
    field: str = ""  # of a search, that asks for its concepts; see kb.search.facets
    vocabulary: bool = True
    tagged: bool = True  # the tagger looks for its concepts
    named: bool = False  # a text names its concepts rather than talks about them, so that meaning says nothing
    decided: bool = True  # librarians accept and reject what is suggested
    listed: bool = True  # among the tags of a document; others stand in its summary, or follow from these
    numbered: bool = False  # its concepts are known by their numbers


SCHEMES = (  # in the order in which they are decided on
    SchemeUse(name="objectives", field="objective", numbered=True),
    SchemeUse(name="areas", field="area", numbered=True),
    SchemeUse(name="principles", named=True),
    SchemeUse(name="cross-cutting", named=True),
    SchemeUse(name="stakeholders", named=True),
    SchemeUse(name="entities", field="entity", named=True),
    SchemeUse(name="countries", field="country", vocabulary=False, decided=False, listed=False),
    SchemeUse(name="regions", field="region", vocabulary=False, listed=False),
    SchemeUse(name="years", vocabulary=False, listed=False),
    SchemeUse(name="round-tables", decided=False, listed=False),  # these follow from objectives
    # The type of a document is told by its title, and stands in its description.
    SchemeUse(name="document-types", field="type", tagged=False, decided=False, listed=False),
    # Terms serve questions and the glossary; see kb.terms.
    SchemeUse(name="terms", tagged=False, decided=False, listed=False),
)
NAMED = tuple(scheme.name for scheme in SCHEMES if scheme.named)
NUMBERED = tuple(scheme.name for scheme in SCHEMES if scheme.numbered)
NOT_TAGGED = tuple(scheme.name for scheme in SCHEMES if not scheme.tagged)
NOT_LISTED = tuple(scheme.name for scheme in SCHEMES if not scheme.listed)
FOUND_IN_TEXT = tuple(scheme.name for scheme in SCHEMES if not scheme.vocabulary)
DECIDED = tuple(scheme.name for scheme in SCHEMES if scheme.decided)
ADDED_FROM = tuple(scheme.name for scheme in SCHEMES if scheme.decided and scheme.vocabulary)
VOCABULARY_OF = {scheme.field: scheme.name for scheme in SCHEMES if scheme.field and scheme.vocabulary}
FIELD_OF = {scheme.name: scheme.field for scheme in SCHEMES if scheme.field and not scheme.vocabulary}
