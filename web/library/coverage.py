"""The coverage of the collection: how many documents there are for each objective by country, region, year or type."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from index.search.catalogue import ANY
from kb.i18n.catalogue import _
from kb.places.regions import CONTINENTS, REGIONS, countries_of, widened
from kb.search.facets import ABOUT, OBJECTIVE
from kb.text.folding import fold
from kb.vocabularies.schemes import VOCABULARY_OF
from web import urls
from web.http.context import Context, RequestContext
from web.http.csv_download import csv_file
from web.http.links import Link
from web.i18n.labels import FIELD_NAMES, Chip, Labels
from web.library.objectives import groups
from web.search.search_url import YEARS, search_for

BY = ("country", "region", "year", "type", "language")
_STEPS = (1, 2, 5, 10)  # documents from which a cell has the next shade
_MOST_YEARS = 60  # a longer stretch of years is shown without those that hold nothing

Crossed = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Column:
    """A value across the table. `held` is how many documents there are of it; `path` is empty where there is none."""

    value: str
    name: str
    held: int
    path: str


@dataclass(frozen=True, slots=True)
class Cell:
    """How many documents are about an objective and of a column; None where there is no document of the column.

    `also` counts further ones that speak of it; `path` leads to all of them.
    """

    count: int | None
    also: int
    path: str
    step: int
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """An objective and its cells; `whole` counts its documents of whatever column."""

    chip: Chip
    whole: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """The objectives of one thematic area."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A shade and the numbers it stands for; `last` is None for the deepest."""

    number: int
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class CoverageView:
    """What the page of coverage shows. `apart` counts the documents that are in no column."""

    by: str
    name: str
    choices: tuple[Link, ...]
    within: tuple[Link, ...]
    region: str
    columns: tuple[Column, ...]
    bodies: tuple[Body, ...]
    absent: tuple[str, ...]  # countries of which nothing is held, where those of a region were asked for
    total: int
    apart: int
    steps: tuple[Step, ...]
    csv: str


def coverage(context: Context) -> Response:
    """The table of coverage."""
    return context.page("library/coverage.html", _view(context, every=False))


def coverage_csv(context: Context) -> Response:
    """The same table for a spreadsheet; a cell is empty where there is no document of its column."""
    view = _view(context, every=True)
    header = [context.say(_("Number")), context.say(_("Objective")), context.say(_("All documents"))]
    also = context.say(_("Further documents that speak of it"))
    totals = ["", context.say(_("All documents")), view.total, *(column.held or None for column in view.columns), None]
    rows = [
        [row.chip.number, row.chip.name, row.whole.count, *(cell.count for cell in row.cells), row.whole.also]
        for body in view.bodies
        for row in body.rows
    ]
    header += [*(column.name for column in view.columns), also]
    return csv_file(f"coverage-{view.by}.csv", header, [totals, *rows], public=True, language=context.code)


def _view(context: RequestContext, every: bool) -> CoverageView:
    """The table; with `every` also columns of the countries of which nothing is held, which a page lists instead."""
    context.site.searcher.refresh()
    asked = context.request.query_params.get("by", "")
    by = asked if asked in BY else BY[0]
    region = context.request.query_params.get("region", "") if by == "country" else ""
    region = region if region in REGIONS else ""
    catalogue, labels = context.site.searcher.catalogue, Labels(context.interface, context.site.taxonomy)
    crossing, strict = catalogue.crossed(OBJECTIVE, by), catalogue.crossed(ABOUT, by).counts
    counts = crossing.counts
    wide = tuple(
        Column(value, labels.of(by, value), held, search_for(by, value).path if held else "")
        for value in _values(context, labels, by, region, counts)
        for held in (counts.get((ANY, value), 0),)
    )
    columns = tuple(column for column in wide if every or column.held or by != "country")
    return CoverageView(
        by=by,
        name=context.say(FIELD_NAMES[by]),
        choices=tuple(Link(context.say(FIELD_NAMES[one]), _address(one), current=one == by) for one in BY),
        within=_within(labels, region, counts) if by == "country" else (),
        region=labels.of("region", region) if region else "",
        columns=columns,
        bodies=tuple(
            Body(group.name, tuple(_row(chip, columns, by, counts, strict) for chip in group.objectives))
            for group in groups(context)
            if group.objectives
        ),
        absent=tuple(column.name for column in wide if column not in columns),
        total=counts.get((ANY, ANY), 0),
        apart=crossing.lacking,
        steps=tuple(
            Step(number, first, _STEPS[number] - 1 if number < len(_STEPS) else None)
            for number, first in enumerate(_STEPS, 1)
        ),
        csv=_address(by, region).replace("/coverage", "/coverage.csv"),
    )


def _row(chip: Chip, columns: Sequence[Column], by: str, counts: Crossed, strict: Crossed) -> Row:
    cells = tuple(_cell(chip, column, by, counts, strict) for column in columns)
    found, about = counts.get((chip.number, ANY), 0), strict.get((chip.number, ANY), 0)
    path = search_for("objective", chip.number).path if found else ""
    return Row(chip, Cell(about, found - about, path, 0, ""), cells)


def _cell(chip: Chip, column: Column, by: str, counts: Crossed, strict: Crossed) -> Cell:
    if not column.held:
        return Cell(None, 0, "", 0, column.name)
    key = chip.number, column.value
    found, about = counts.get(key, 0), strict.get(key, 0)
    path = search_for("objective", chip.number, by, column.value).path if found else ""
    return Cell(about, found - about, path, sum(about >= least for least in _STEPS), column.name)


def _values(context: RequestContext, labels: Labels, by: str, region: str, counts: Crossed) -> list[str]:
    """The values across the table, in order: those of which documents are held, and those that belong beside them."""
    held = {value for objective, value in counts if objective == ANY and value != ANY}
    if by == "country":
        return sorted(countries_of(region) if region else held, key=lambda code: fold(labels.of(by, code)))
    if by == "region":
        return _regions(held)
    if by == "year":
        return _years(held)
    if by == "type" and VOCABULARY_OF[by] in context.site.taxonomy.by_name:
        known = [concept.notation for concept in context.site.taxonomy.scheme(VOCABULARY_OF[by]).concepts]
        return [*sorted(held, key=[*known, *held].index), *(value for value in known if value not in held)]
    return sorted(held, key=lambda value: (-counts[ANY, value], value))


def _regions(held: Collection[str]) -> list[str]:
    return [code for code in REGIONS if code in held or code in CONTINENTS]


def _years(held: Collection[str]) -> list[str]:
    """From the first year to the last, also those of which nothing is held, unless there are too many."""
    known = sorted(int(year) for year in held if int(year) in YEARS)
    gapless = range(known[0], known[-1] + 1) if known else range(0)
    return [str(year) for year in (gapless if len(gapless) <= _MOST_YEARS else known)]


def _within(labels: Labels, region: str, counts: Crossed) -> tuple[Link, ...]:
    """The ways to the countries of one region, also those of which nothing is held."""
    held = widened(tuple(value for _objective, value in counts))
    everywhere = Link(labels.interface.say(_("with documents")), _address("country"), current=not region)
    links = (Link(labels.of("region", r), _address("country", r), current=r == region) for r in _regions(held))
    return everywhere, *links


def _address(by: str, region: str = "") -> str:
    return urls.with_query("/coverage", by=by, region=region)
