"""Experts: profile and consent, and the rules that say who may be proposed for a request and why not."""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from kb.experts.works import Work
from kb.text.folding import fold


class ExpertRefusal(StrEnum):
    """Why a profile, or the names of organisations, are not kept as asked."""

    TWICE = "twice"  # there is a profile of this account or address already
    MOVED = "moved"  # somebody else was quicker


class OrganisationKind(StrEnum):
    """What kind of organisation an expert works for."""

    UN = "un"
    STATE = "state"
    CIVIL_SOCIETY = "civil-society"
    ACADEMIA = "academia"
    PRIVATE = "private"


class LanguageLevel(IntEnum):
    """How well a language is spoken."""

    BASIC = 1
    WORKING = 2
    FLUENT = 3


class ConsentUse(StrEnum):
    """What a person may be used for; each is consented to by itself."""

    FOUND = "found"  # the secretariat sees that they exist
    PROPOSED = "proposed"  # they may be proposed for requests
    PUBLIC = "public"  # everybody sees their public profile
    REVIEW = "review"  # they may be asked to review practices


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to. Without a date of consent nothing is agreed; from `expires` on it has run out."""

    uses: frozenset[ConsentUse] = frozenset()
    given: date | None = None
    expires: date | None = None

    def covers(self, use: ConsentUse, today: date) -> bool:
        """Whether `use` is allowed today."""
        began = self.given is not None and self.given <= today
        return began and use in self.uses and (self.expires is None or today < self.expires)


@dataclass(frozen=True, slots=True)
class Availability:
    """When a person can be asked: not while paused, not before `available_from`, not beyond a number a month."""

    paused: bool = False
    available_from: date | None = None
    monthly_limit: int = 2


class Support(StrEnum):
    """Kinds of support."""

    ADVICE = "advice"
    TRAINING = "training"
    DRAFTING = "drafting"
    VISIT = "exchange-visit"
    REVIEW = "review"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Expert:
    """A person who may help. `country` is where they work, `countries` are those of experience (alpha-3)."""

    id: int
    name: str
    organisation: str
    kind: OrganisationKind
    country: str = ""
    countries: tuple[str, ...] = ()
    gender: str = ""  # as stated; empty: not said
    languages: tuple[tuple[str, LanguageLevel], ...] = ()
    objectives: tuple[str, ...] = ()
    supports: tuple[Support, ...] = ()
    statement: str = ""  # expertise in their own words
    works: tuple[Work, ...] = ()
    aliases: tuple[str, ...] = ()  # other names of their organisation: acronym, other languages
    declared: tuple[str, ...] = ()  # organisations or countries (alpha-3) they have an interest in
    consent: Consent = field(default_factory=Consent)
    availability: Availability = field(default_factory=Availability)
    sample: bool = False

    @property
    def counted_gender(self) -> str:
        """`woman`, `man` or "" for what they wrote of their gender, in any language of the site."""
        return _COUNTED.get(fold(self.gender.strip()), "")

    def speaks(self, language: str, level: LanguageLevel = LanguageLevel.WORKING) -> bool:
        """Whether they speak `language` at least so well."""
        return any(spoken == language and known >= level for spoken, known in self.languages)


# How people write it in the languages of the site; slates and reviewers are balanced over these two, as a share of
# those who said it. Any other word is kept as it stands and counts as neither.
_GENDERS = {
    "woman": ("woman", "female", "f", "mujer", "femenino", "femme", "feminin", "mulher", "feminino"),
    "man": ("man", "male", "m", "hombre", "masculino", "homme", "masculin", "homem"),
}
_COUNTED = {word: gender for gender, words in _GENDERS.items() for word in words}


def may_be_named(expert: Expert | None, today: date) -> bool:
    """Whether the secretariat may see who this is."""
    return expert is not None and expert.consent.covers(ConsentUse.FOUND, today)


def is_public(expert: Expert, today: date) -> bool:
    """Whether everybody may see this person: they agreed to it, and are not paused."""
    return expert.consent.covers(ConsentUse.PUBLIC, today) and not expert.availability.paused
