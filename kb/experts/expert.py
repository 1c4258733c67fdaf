"""Experts: profile and consent, and the rules that say who may be proposed for a request and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from kb.experts.organisations import Organisations
from kb.experts.works import Work
from kb.places.regions import countries_of
from kb.requests.request import Request, Support
from kb.text.words import fold


class Kind(StrEnum):
    """What kind of organisation an expert works for."""

    UN = "un"
    STATE = "state"
    CIVIL_SOCIETY = "civil-society"
    ACADEMIA = "academia"
    PRIVATE = "private"


class Level(IntEnum):
    """How well a language is spoken."""

    BASIC = 1
    WORKING = 2
    FLUENT = 3


class Use(StrEnum):
    """What a person may be used for; each is consented to by itself."""

    FOUND = "found"  # the secretariat sees that they exist
    PROPOSED = "proposed"  # they may be proposed for requests
    PUBLIC = "public"  # everybody sees their public profile
    REVIEW = "review"  # they may be asked to review practices


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to. Without a date of consent nothing is agreed; from `expires` on it has run out."""

    uses: frozenset[Use] = frozenset()
    given: date | None = None
    expires: date | None = None

    def covers(self, use: Use, today: date) -> bool:
        """Whether `use` is allowed today."""
        began = self.given is not None and self.given <= today
        return began and use in self.uses and (self.expires is None or today < self.expires)


@dataclass(frozen=True, slots=True)
class Availability:
    """When a person can be asked: not while paused, not before `available_from`, not beyond a number a month."""

    paused: bool = False
    available_from: date | None = None
    monthly_limit: int = 2


@dataclass(frozen=True, slots=True)
class Expert:
    """A person who may help. `country` is where they work, `countries` are those of experience (alpha-3)."""

    id: int
    name: str
    organisation: str
    kind: Kind
    country: str = ""
    countries: tuple[str, ...] = ()
    gender: str = ""  # as stated; empty: not said
    languages: tuple[tuple[str, Level], ...] = ()
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

    def speaks(self, language: str, level: Level = Level.WORKING) -> bool:
        """Whether they speak `language` at least so well."""
        return any(spoken == language and known >= level for spoken, known in self.languages)


# How people write it in the languages of the site; slates and reviewers are balanced over these two, as a share of
# those who said it. Any other word is kept as it stands and counts as neither.
_GENDERS = {
    "woman": ("woman", "female", "f", "mujer", "femenino", "femme", "feminin", "mulher", "feminino"),
    "man": ("man", "male", "m", "hombre", "masculino", "homme", "masculin", "homem"),
}
_COUNTED = {word: gender for gender, words in _GENDERS.items() for word in words}


class Ground(StrEnum):
    """Why a person is left out of a list of proposals."""

    NO_CONSENT = "no-consent"
    EXPIRED = "consent-expired"
    PAUSED = "paused"
    NOT_YET = "not-available-in-time"
    FULL = "monthly-limit"
    SAME_ORGANISATION = "same-organisation"
    DECLARED = "declared-conflict"
    REFUSED = "refused-before"
    LANGUAGE = "language"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A person who is left out, with every reason (ground, detail). A hidden one is counted but not named.

    `expert` is None for who did not consent to be found: nobody is told who they are.
    """

    expert: Expert | None
    reasons: tuple[tuple[Ground, str], ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules need to know beside the request and the people.

    `loads` are proposals of this month that were not declined, by expert; `refusals` are (expert, request or
    organisation) that one side refused before; `aliases` further names of organisations.
    """

    today: date
    loads: Mapping[int, int] = field(default_factory=dict)
    refusals: frozenset[tuple[int, str]] = frozenset()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sifted:
    """Who may be proposed, and who is left out and why."""

    eligible: tuple[Expert, ...]
    exclusions: tuple[Exclusion, ...]


def sift(request: Request, experts: Iterable[Expert], circumstances: Circumstances) -> Sifted:
    """Apply every rule to every person, before any ranking."""
    eligible: list[Expert] = []
    exclusions: list[Exclusion] = []
    organisations = Organisations(circumstances.aliases)
    for expert in experts:
        reasons = tuple(_reasons(request, expert, circumstances, organisations))
        if not reasons:
            eligible.append(expert)
        elif expert.consent.covers(Use.FOUND, circumstances.today):
            exclusions.append(Exclusion(expert, reasons))
        else:
            exclusions.append(Exclusion(None, tuple(r for r in reasons if r[0] in (Ground.NO_CONSENT, Ground.EXPIRED))))
    return Sifted(tuple(eligible), tuple(exclusions))


def _reasons(
    request: Request, expert: Expert, now: Circumstances, organisations: Organisations
) -> Iterable[tuple[Ground, str]]:
    yield from _consent(expert, now.today)
    yield from _time(request, expert, now)
    yield from _conflicts(request, expert, now, organisations)
    yield from _fit(request, expert)


def _consent(expert: Expert, today: date) -> Iterable[tuple[Ground, str]]:
    needed = (Use.FOUND, Use.PROPOSED)
    if all(expert.consent.covers(use, today) for use in needed):
        return
    expires = expert.consent.expires
    if expires is not None and expires <= today and all(use in expert.consent.uses for use in needed):
        yield Ground.EXPIRED, expires.isoformat()
    else:
        yield Ground.NO_CONSENT, ""


def _time(request: Request, expert: Expert, now: Circumstances) -> Iterable[tuple[Ground, str]]:
    availability = expert.availability
    if availability.paused:
        yield Ground.PAUSED, ""
    start = availability.available_from
    if start is not None and start > now.today and (request.needed_by is None or start > request.needed_by):
        yield Ground.NOT_YET, start.isoformat()
    load = now.loads.get(expert.id, 0)
    if load >= availability.monthly_limit:
        yield Ground.FULL, f"{load}/{availability.monthly_limit}"


def _conflicts(
    request: Request, expert: Expert, now: Circumstances, organisations: Organisations
) -> Iterable[tuple[Ground, str]]:
    concerned = [name for name in (request.organisation, *request.concerns) if name]
    own, same = [name for name in (expert.organisation, *expert.aliases) if name], organisations.same
    # Ministries of two States share a name and are not one.
    elsewhere = expert.kind is Kind.STATE and request.country and expert.country and request.country != expert.country
    for name in concerned:
        if not elsewhere and any(same(each, name) for each in own):
            yield Ground.SAME_ORGANISATION, name
    for interest in expert.declared:
        if interest == request.country or any(same(interest, name) for name in concerned):
            yield Ground.DECLARED, interest
    for whom in sorted(whom for refused, whom in now.refusals if refused == expert.id):
        if whom == request.key or any(same(whom, name) for name in concerned):
            yield Ground.REFUSED, whom


def _fit(request: Request, expert: Expert) -> Iterable[tuple[Ground, str]]:
    if request.spoken and not any(expert.speaks(language) for language in request.spoken):
        yield Ground.LANGUAGE, ", ".join(request.spoken)
    if request.region and not ({expert.country, *expert.countries} & {*countries_of(request.region), request.region}):
        yield Ground.REGION, request.region
