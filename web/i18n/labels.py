"""What values are called in the reader's language: concepts, countries, languages, years."""

from dataclasses import dataclass

from kb.i18n.catalogue import _
from kb.places import countries as places
from kb.places.regions import CONTINENTS, countries_of
from kb.text.folding import fold
from kb.vocabularies.concept import Concept
from kb.vocabularies.schemes import FIELD_OF, NUMBERED, VOCABULARY_OF
from kb.vocabularies.skos import Taxonomy, natural
from web import urls
from web.i18n.locales import Interface

FIELD_NAMES = {
    "language": _("Language"),
    "objective": _("Objective"),
    "area": _("Thematic area"),
    "country": _("Country"),
    "region": _("Region"),
    "entity": _("Entity of the United Nations"),
    "type": _("Type of document"),
    "year": _("Year"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """An objective as pages name it: its number, its short name, the path of its page."""

    number: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Names in one language."""

    interface: Interface
    taxonomy: Taxonomy

    def of(self, field: str, value: str) -> str:
        """What a value of a search field is called; the value itself when it is not known."""
        if field == "language":
            return self.interface.language(value)
        if field == "country":
            return self.interface.country(value)
        if field == "region":
            return self.interface.region(value)
        if field in VOCABULARY_OF:
            return self.concept(VOCABULARY_OF[field], value)
        return value

    def named(self, field: str, label: str) -> str:
        """A value with the name of its field before it."""
        return self.interface.say(_("%(name)s: %(value)s")) % {
            "name": self.interface.say(FIELD_NAMES[field]),
            "value": label,
        }

    def concept(self, scheme: str, notation: str) -> str:
        """The short name of a concept, after its number where it has one."""
        if scheme in FIELD_OF:
            return self.of(FIELD_OF[scheme], notation)
        concept = self.taxonomy.find(scheme, notation)
        if concept is None:
            return notation
        name = concept.label(self.interface.code)
        return f"{notation} {name}" if notation.isdecimal() and scheme in NUMBERED else name

    def type(self, notation: str) -> str:
        return self.concept(VOCABULARY_OF["type"], notation)

    def chips(self, notations: tuple[str, ...]) -> tuple[Chip, ...]:
        """Objectives by number."""
        known = (self.taxonomy.find("objectives", n) for n in sorted(set(notations), key=natural))
        return tuple(self.chip(concept) for concept in known if concept is not None)

    def chip(self, concept: Concept) -> Chip:
        name = concept.label(self.interface.code)
        return Chip(concept.notation, name, urls.objective(concept.notation))

    def countries(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.interface.country(code) for code in codes)


def countries(interface: Interface) -> tuple[tuple[str, str], ...]:
    """Every country with its name, in the order of its language."""
    codes = {code for region in CONTINENTS for code in countries_of(region)}
    named = ((code, interface.country(code)) for code in codes)
    return tuple(sorted(named, key=lambda pair: fold(pair[1])))


def states(interface: Interface) -> tuple[tuple[str, str], ...]:
    """Every State with its name: the Member States and observer States of the United Nations, and no territory."""
    return tuple(pair for pair in countries(interface) if places.countries()[pair[0]].is_state)
