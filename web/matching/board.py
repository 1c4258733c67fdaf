"""The board of requests for the secretariat, with tables to download, and what everybody may read of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Query
from starlette.responses import Response

from kb.clock import now
from kb.experts.store import experts
from kb.i18n.catalogue import _
from kb.matching.board import FEW, Board, OpenContacts, Party, PublicBoard, Waiting, board, public_board
from kb.matching.store import proposals
from kb.requests.case import ProposalStatus, region_of
from kb.requests.store import requests
from kb.search.answers import Filters
from web import urls
from web.http.context import Context, RequestContext
from web.http.csv_download import csv_file
from web.http.links import Link
from web.i18n.labels import Labels
from web.requests.labels import STAGES

_PARTIES = {
    Party.OFFICE: _("waits for the secretariat"),
    Party.ASKER: _("waits for the one who asks"),
    Party.EXPERT: _("waits for an expert"),
}
Chosen = Annotated[str, Query(max_length=16)]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A request that waits."""

    number: int
    name: str
    language: str
    stage: str
    waits_for: str
    country: str
    objectives: tuple[str, ...]
    days: int
    late: int
    sample: bool


@dataclass(frozen=True, slots=True)
class AgeLine:
    """A stage with what is promised there; "" where nothing is."""

    name: str
    promised: str
    waiting: str
    late: str
    longest: str


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """An objective with its counts, as they are shown; `asking` shows the requests that wait."""

    path: str
    name: str
    asking: str
    counts: tuple[str, ...]
    bare: bool  # demand without supply


@dataclass(frozen=True, slots=True)
class BoardView:
    """The board. `only` is the stage, region or objective of which alone requests are listed, "" for all."""

    stages: tuple[tuple[str, str], ...]
    regions: tuple[Link, ...]
    waiting: tuple[WaitingLine, ...]
    ages: tuple[AgeLine, ...]
    balances: tuple[BalanceLine, ...]
    only: str


@dataclass(frozen=True, slots=True)
class PublicView:
    """What everybody may read: counts, "–" for one that is too small to be told, and titles."""

    stages: tuple[tuple[str, str], ...]
    regions: tuple[tuple[str, str], ...]
    balances: tuple[BalanceLine, ...]
    titles: tuple[Link, ...]
    few: int


def board_page(context: Context, region: Chosen = "", objective: Chosen = "") -> Response:
    """The board for the secretariat; of one region or objective where one is chosen."""
    found = _board(context)
    labels, ui = Labels(context.interface, context.site.taxonomy), context.interface
    shown = [each for each in found.waiting if _is_of(each, region, objective)]
    view = BoardView(
        stages=tuple((context.say(STAGES[stage][0]), ui.number(n)) for stage, n in found.stages.items() if n),
        regions=tuple(Link(ui.region(r), f"/board?region={r}", n) for r, n in sorted(found.regions.items())),
        waiting=tuple(_line(context, each) for each in shown),
        ages=tuple(
            AgeLine(
                context.say(STAGES[age.stage][0]),
                ui.number(age.promised) if age.promised is not None else "",
                ui.number(age.waiting),
                ui.number(age.late) if age.promised is not None else "",
                ui.number(age.longest) if age.waiting else "",
            )
            for age in found.ages
        ),
        balances=tuple(
            BalanceLine(
                urls.objective(each.objective),
                labels.concept("objectives", each.objective),
                f"/board?objective={each.objective}" if each.open else "",
                tuple(ui.number(n) for n in (each.open, each.requests, each.experts, each.documents)),
                bare=each.open > 0 and not each.experts,
            )
            for each in found.balances
        ),
        only=labels.concept("objectives", objective) if objective else ui.region(region) if region else "",
    )
    return context.page("matching/board.html", view)


def public_page(context: Context) -> Response:
    """Counts and titles that may be shown; what is small, and what is confidential, is not told."""
    found = _public_board(context)
    labels, ui = Labels(context.interface, context.site.taxonomy), context.interface

    def said(count: int | None) -> str:
        return "–" if count is None else ui.number(count)

    view = PublicView(
        stages=tuple((context.say(STAGES[stage][0]), said(n)) for stage, n in _counted(found.stages).items()),
        regions=tuple((ui.region(region), said(n)) for region, n in sorted(_counted(found.regions).items())),
        balances=tuple(
            BalanceLine(
                urls.objective(each.objective),
                labels.concept("objectives", each.objective),
                "",
                (said(each.requests), said(each.experts), ui.number(each.documents)),
                bare=False,
            )
            for each in found.balances
        ),
        titles=tuple(
            Link(case.request.public_title, "", language=case.request.language, current=case.request.sample)
            for case in found.titles
        ),
        few=FEW,
    )
    return context.page("matching/public_board.html", view)


def board_csv(context: Context) -> Response:
    """Demand beside supply, a line an objective."""
    header = ["objective", "open_requests", "requests", "experts", "documents"]
    balances = _board(context).balances
    return csv_file("board.csv", header, [[e.objective, e.open, e.requests, e.experts, e.documents] for e in balances])


def waiting_csv(context: Context) -> Response:
    """The requests that have not ended, a line each, without their words."""
    header = ["request", "stage", "waits_for", "country", "region", "objectives", "days", "days_late", "confidential",
              "sample"]  # fmt: skip
    rows = [
        [
            each.case.id,
            each.case.stage.value,
            each.waits_for.value,
            each.case.request.country,
            region_of(each.case),
            " ".join(each.case.request.objectives),
            each.days,
            each.late,
            int(each.case.request.confidential),
            int(each.case.request.sample),
        ]
        for each in _board(context).waiting
    ]
    return csv_file("requests.csv", header, rows)


def public_csv(context: Context) -> Response:
    """What everybody may read, as (table, key, count); a count that is not told is empty."""
    found = _public_board(context)
    rows: list[tuple[str, str, int | None]] = [("stage", s.value, n) for s, n in _counted(found.stages).items()]
    rows += [("region", region, n) for region, n in sorted(_counted(found.regions).items())]
    for each in found.balances:
        counts = (("requests", each.requests), ("experts", each.experts), ("documents", each.documents))
        rows += [(name, each.objective, count) for name, count in counts]
    return csv_file("support.csv", ["table", "key", "count"], rows, public=True)


def _board(context: RequestContext) -> Board:
    with context.site.database.read() as connection:
        cases, people = requests.all_requests(connection), experts.profiles(connection)
        accepted = {p.request for p in proposals.all_proposals(connection) if p.standing is ProposalStatus.ACCEPTED}
        circle = OpenContacts(requests.waiting_for_answers(connection), accepted)
    return board(cases, people, _documents(context), now(), circle)


def _public_board(context: RequestContext) -> PublicBoard:
    with context.site.database.read() as connection:
        cases, people = requests.all_requests(connection), experts.profiles(connection)
    return public_board(cases, people, _documents(context), now())


def _documents(context: RequestContext) -> dict[str, int]:
    catalogue = context.site.searcher.catalogue
    notations = context.site.taxonomy.notations("objectives")
    return {each: len(catalogue.documents_with(Filters(about=(each,)))) for each in notations}


def _counted(counts: Mapping[_Value, int | None]) -> dict[_Value, int | None]:
    """What there is, told or not."""
    return {key: count for key, count in counts.items() if count is None or count}


def _is_of(each: Waiting, region: str, objective: str) -> bool:
    asked = each.case.request.objectives
    return (not region or region_of(each.case) == region) and (not objective or objective in asked)


def _line(context: RequestContext, each: Waiting) -> WaitingLine:
    request = each.case.request
    return WaitingLine(
        each.case.id,
        each.case.request.heading,
        request.language,
        context.say(STAGES[each.case.stage][0]),
        context.say(_PARTIES[each.waits_for]),
        context.interface.country(request.country),
        request.objectives,
        each.days,
        each.late,
        request.sample,
    )
