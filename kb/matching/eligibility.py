"""Who may be proposed for a request, and who is left out and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kb.experts.expert import ConsentUse, Expert, OrganisationKind
from kb.experts.organisations import Organisations
from kb.places.regions import countries_of
from kb.requests.request import Request


class ExclusionReason(StrEnum):
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
    reasons: tuple[tuple[ExclusionReason, str], ...]


@dataclass(frozen=True, slots=True)
class MatchingContext:
    """What the rules need to know beside the request and the people.

    `loads` are proposals of this month that were not declined, by expert; `refusals` are (expert, request or
    organisation) that one side refused before; `aliases` further names of organisations.
    """

    today: date
    loads: Mapping[int, int] = field(default_factory=dict)
    refusals: frozenset[tuple[int, str]] = frozenset()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def without_own(self, experts: Collection[int]) -> "MatchingContext":
        """For people who were invited already: the invitation at issue counts for no load of theirs."""
        return replace(self, loads={n: max(0, load - (n in experts)) for n, load in self.loads.items()})


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may be proposed, and who is left out and why."""

    eligible: tuple[Expert, ...]
    exclusions: tuple[Exclusion, ...]


def check_eligibility(request: Request, experts: Iterable[Expert], context: MatchingContext) -> Eligibility:
    """Apply every rule to every person, before any ranking."""
    eligible: list[Expert] = []
    exclusions: list[Exclusion] = []
    organisations = Organisations(context.aliases)
    for expert in experts:
        reasons = tuple(_reasons(request, expert, context, organisations))
        if not reasons:
            eligible.append(expert)
        elif expert.consent.covers(ConsentUse.FOUND, context.today):
            exclusions.append(Exclusion(expert, reasons))
        else:
            exclusions.append(
                Exclusion(
                    None, tuple(r for r in reasons if r[0] in (ExclusionReason.NO_CONSENT, ExclusionReason.EXPIRED))
                )
            )
    return Eligibility(tuple(eligible), tuple(exclusions))


def _reasons(
    request: Request, expert: Expert, now: MatchingContext, organisations: Organisations
) -> Iterable[tuple[ExclusionReason, str]]:
    yield from _consent(expert, now.today)
    yield from _time(request, expert, now)
    yield from _conflicts(request, expert, now, organisations)
    yield from _fit(request, expert)


def _consent(expert: Expert, today: date) -> Iterable[tuple[ExclusionReason, str]]:
    needed = (ConsentUse.FOUND, ConsentUse.PROPOSED)
    if all(expert.consent.covers(use, today) for use in needed):
        return
    expires = expert.consent.expires
    if expires is not None and expires <= today and all(use in expert.consent.uses for use in needed):
        yield ExclusionReason.EXPIRED, expires.isoformat()
    else:
        yield ExclusionReason.NO_CONSENT, ""


def _time(request: Request, expert: Expert, now: MatchingContext) -> Iterable[tuple[ExclusionReason, str]]:
    availability = expert.availability
    if availability.paused:
        yield ExclusionReason.PAUSED, ""
    start = availability.available_from
    if start is not None and start > now.today and (request.needed_by is None or start > request.needed_by):
        yield ExclusionReason.NOT_YET, start.isoformat()
    load = now.loads.get(expert.id, 0)
    if load >= availability.monthly_limit:
        yield ExclusionReason.FULL, f"{load}/{availability.monthly_limit}"


def _conflicts(
    request: Request, expert: Expert, now: MatchingContext, organisations: Organisations
) -> Iterable[tuple[ExclusionReason, str]]:
    concerned = [name for name in (request.organisation, *request.concerns) if name]
    own, same = [name for name in (expert.organisation, *expert.aliases) if name], organisations.same
    # Ministries of two States share a name and are not one.
    elsewhere = (
        expert.kind is OrganisationKind.STATE
        and request.country
        and expert.country
        and request.country != expert.country
    )
    for name in concerned:
        if not elsewhere and any(same(each, name) for each in own):
            yield ExclusionReason.SAME_ORGANISATION, name
    for interest in expert.declared:
        if interest == request.country or any(same(interest, name) for name in concerned):
            yield ExclusionReason.DECLARED, interest
    for whom in sorted(whom for refused, whom in now.refusals if refused == expert.id):
        if whom == request.key or any(same(whom, name) for name in concerned):
            yield ExclusionReason.REFUSED, whom


def _fit(request: Request, expert: Expert) -> Iterable[tuple[ExclusionReason, str]]:
    if request.spoken and not any(expert.speaks(language) for language in request.spoken):
        yield ExclusionReason.LANGUAGE, ", ".join(request.spoken)
    if request.region and not ({expert.country, *expert.countries} & {*countries_of(request.region), request.region}):
        yield ExclusionReason.REGION, request.region
