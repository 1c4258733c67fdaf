"""The board of requests for the secretariat, as a table to download, and as counts for everybody."""

import csv
import io
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from kb.accounts import Action
from kb.answers import Filters
from kb.board import FEW, Board, board
from kb.store import experts, requests
from kb.store.moment import now
from web.hub_words import STAGES
from web.labels import Labels
from web.permissions import allowed
from web.requests import name_of
from web.visit import Visit, Visiting


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A request that waits."""

    number: int
    name: str
    language: str
    stage: str
    country: str
    days: int
    late: int
    sample: bool


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """An objective with its counts, as they are shown."""

    path: str
    name: str
    counts: tuple[str, ...]
    bare: bool  # demand without supply


@dataclass(frozen=True, slots=True)
class BoardView:
    """What the board shows; `public` without anything of a single request."""

    public: bool
    stages: tuple[tuple[str, str], ...]
    regions: tuple[tuple[str, str], ...]
    waiting: tuple[WaitingLine, ...]
    balances: tuple[BalanceLine, ...]
    few: int


def board_page(visit: Visiting) -> Response:
    """The board for the secretariat."""
    return visit.page("board.html", _view(visit, _board(visit), public=False))


def public_page(visit: Visiting) -> Response:
    """Counts alone; small ones are not told."""
    return visit.page("board.html", _view(visit, _board(visit), public=True))


def board_csv(visit: Visiting) -> Response:
    """Demand beside supply, a line an objective."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["objective", "open_requests", "requests", "experts", "documents"])
    for each in _board(visit).balances:
        lines.writerow([each.objective, each.open, each.requests, each.experts, each.documents])
    headers = {"Content-Disposition": 'attachment; filename="board.csv"', "Cache-Control": "no-store"}
    return Response(written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def board_routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    office, anybody, reads = [allowed(Action.MATCH)], [allowed(Action.READ_PUBLIC)], ["GET", "HEAD"]
    router.add_api_route("/board", board_page, methods=reads, response_model=None, dependencies=office)
    router.add_api_route("/board.csv", board_csv, methods=reads, response_model=None, dependencies=office)
    router.add_api_route("/support", public_page, methods=reads, response_model=None, dependencies=anybody)
    return router


def _board(visit: Visit) -> Board:
    with visit.site.database.read() as connection:
        cases, people = requests.everything(connection), experts.profiles(connection)
    catalogue = visit.site.searcher.catalogue
    documents = {str(n): len(catalogue.documents_with(Filters(objectives=(str(n),)))) for n in range(1, 24)}
    return board(cases, people, documents, now())


def _view(visit: Visit, found: Board, *, public: bool) -> BoardView:
    labels = Labels(visit.interface, visit.site.taxonomy)

    def told(count: int) -> str:
        return "–" if public and 0 < count < FEW else visit.interface.number(count)

    balances = tuple(
        BalanceLine(
            f"/objectives/{each.objective}",
            labels.concept("objectives", each.objective),
            (told(each.open), told(each.requests), told(each.experts), visit.interface.number(each.documents)),
            bare=each.open > 0 and not each.experts and not public,
        )
        for each in found.balances
    )
    waiting = (
        ()
        if public
        else tuple(
            WaitingLine(
                each.case.id,
                name_of(each.case),
                each.case.request.language,
                visit.say(STAGES[each.case.stage][0]),
                visit.interface.country(each.case.request.country),
                each.days,
                each.late,
                each.case.request.sample,
            )
            for each in found.waiting
        )
    )
    return BoardView(
        public=public,
        stages=tuple((visit.say(STAGES[stage][0]), told(count)) for stage, count in found.stages.items() if count),
        regions=tuple((visit.interface.region(code), told(count)) for code, count in sorted(found.regions.items())),
        waiting=waiting,
        balances=balances,
        few=FEW,
    )
