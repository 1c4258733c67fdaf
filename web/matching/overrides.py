"""The page on which the secretariat sees where it went against rankings, by objective and by region, with reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.experts.expert import Expert, may_be_named
from kb.experts.store import experts
from kb.i18n.catalogue import _
from kb.matching.choices import Choice
from kb.matching.overrides import Override, OverrideKind, Tally, by_objective, by_region, overrides
from kb.matching.store import choices as decided
from kb.vocabularies.skos import natural
from web import urls
from web.http.context import Context, RequestContext
from web.http.csv_download import csv_file
from web.i18n.labels import Labels

_WAYS = {
    OverrideKind.BY_HAND: _("added by hand"),
    OverrideKind.PASSED_OVER: _("passed over"),
    OverrideKind.DECLINED: _("request not taken on"),
}
Chosen = Annotated[str, Query(max_length=8)]


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """One override. `path` leads to the ranking it went against, "" where the one who looks may not see it."""

    way: str
    name: str
    language: str
    path: str
    person: str
    rank: int | None
    country: str
    moment: str
    reason: str
    unnamed: bool


@dataclass(frozen=True, slots=True)
class TallyLine:
    """Counts of an objective or a region; `path` shows its overrides alone, "" where none is stated."""

    name: str
    path: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverridesView:
    """What the page shows. `only` is the objective or region whose overrides are shown, "" for all."""

    lines: tuple[OverrideLine, ...]
    objectives: tuple[TallyLine, ...]
    regions: tuple[TallyLine, ...]
    choices: int
    only: str
    csv: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What is on record: choices, overrides of them, and the people who may be named."""

    choices: tuple[Choice, ...]
    overrides: tuple[Override, ...]
    people: Mapping[int, Expert]


def overrides_page(context: Context, objective: Chosen = "", region: Chosen = "") -> Response:
    """All overrides, or those of one objective or region; that people were shown is on record."""
    found = _found(context)
    labels = Labels(context.interface, context.site.taxonomy)
    shown = [one for one in found.overrides if _is_of(one, objective, region)]
    only = labels.concept("objectives", objective) if objective else context.interface.region(region) if region else ""
    objectives, regions = (by(found.choices, found.overrides) for by in (by_objective, by_region))
    chosen = f"?objective={objective}" if objective else f"?region={region}" if region else ""
    view = OverridesView(
        lines=tuple(_line(context, one, found.people) for one in shown),
        objectives=tuple(
            _tally(context, labels.concept("objectives", n), f"?objective={n}" if n else "", objectives[n])
            for n in sorted(objectives, key=lambda n: (not n, natural(n)))
        ),
        regions=tuple(
            _tally(context, context.interface.region(r), f"?region={r}" if r else "", regions[r])
            for r in sorted(regions, key=lambda r: (not r, r))
        ),
        choices=len(found.choices),
        only=only,
        csv=f"/overrides.csv{chosen}",
    )
    return context.page("matching/overrides.html", view)


def overrides_csv(context: Context, objective: Chosen = "", region: Chosen = "") -> Response:
    """The same as a table, with people by number alone: a file outlives the consent to be named."""
    header = ["way", "request", "objectives", "region", "country", "ranking", "person", "rank", "day", "reason"]
    rows = [
        [
            one.way.value,
            one.case.id,
            " ".join(one.case.request.objectives),
            one.region,
            one.case.request.country,
            one.ranking,
            one.expert,
            one.rank,
            one.at.date().isoformat(),
            one.reason,
        ]
        for one in _found(context).overrides
        if _is_of(one, objective, region)
    ]
    return csv_file("overrides.csv", header, rows)


def _found(context: RequestContext) -> _Found:
    with context.site.database.read() as connection:
        choices = tuple(decided.choices(connection))
        today, known = now().date(), {expert.id: expert for expert in experts.profiles(connection)}
        people = {n: e for n, e in known.items() if context.may(Action.SEE_PERSON) and may_be_named(e, today)}
        found = tuple(overrides(choices, decided.declined(connection), people.keys()))
    shown = {one.expert for one in found if one.expert is not None}
    seen = [audit_trail.Seen(AuditKind.OVERRIDES, "all", len(shown))] if shown else []
    audit_trail.record_seen(context.site.database, context.actor, *seen)
    return _Found(choices, found, people)


def _is_of(one: Override, objective: str, region: str) -> bool:
    return (not objective or objective in one.case.request.objectives) and (not region or region == one.region)


def _line(context: RequestContext, one: Override, people: Mapping[int, Expert]) -> OverrideLine:
    seen = context.may(Action.SEE_REQUEST, one.case.owner)
    return OverrideLine(
        way=context.say(_WAYS[one.way]),
        name=one.case.request.heading if seen else "",
        language=one.case.request.language,
        path=urls.shortlist(one.case.id, one.ranking) if seen else "",
        person=people[one.expert].name if one.expert is not None else "",
        rank=one.rank,
        country=context.interface.country(one.case.request.country),
        moment=context.interface.moment(one.at),
        reason=one.reason,
        unnamed=one.way is not OverrideKind.DECLINED and one.expert is None,
    )


def _tally(context: RequestContext, name: str, path: str, tally: Tally) -> TallyLine:
    counts = (tally.choices, tally.chosen, *(tally.ways[way] for way in OverrideKind))
    shown = f"/overrides{path}" if path else ""
    return TallyLine(
        name or context.say(_("not stated")), shown, tuple(context.interface.number(count) for count in counts)
    )
