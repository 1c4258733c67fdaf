"""The page on which the secretariat reads experts in from a table, and sees what became of each row."""

from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kb.errors import RefusedError, UsageError
from kb.experts.import_columns import COLUMNS, template
from kb.experts.import_csv import RowError
from kb.experts.import_rows import ADVICE, Outcome, Roster, Row, RowFault, read
from kb.experts.store import erasures
from kb.experts.store.imports import StoredRow, store_row
from kb.i18n.catalogue import _
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.matching.secret_links import consent_address

LARGEST = (5 << 20) + (1 << 16)  # bytes of a file, and of the form it is sent in
_MOST = 2000  # rows of one: each takes about ten milliseconds, and somebody waits for the page
_OUTCOMES: dict[Outcome, str] = {
    Outcome.ADDED: _("Read in. Nobody sees the person before they agree."),
    Outcome.UPDATED: _("Changed to what the file says."),
    Outcome.UNCHANGED: _("The same as before."),
    Outcome.KEPT: _("Kept: edited by the person."),
    Outcome.ERASED: _("Erased on request: not imported."),
    Outcome.REFUSED: _("Not read in."),
}


@dataclass(frozen=True, slots=True)
class RowLine:
    """What became of a row. `link` is the address by which the person consents, to be passed on."""

    line: int
    code: str
    outcome: str
    bad: bool
    advice: str
    link: str
    mailed: bool


@dataclass(frozen=True, slots=True)
class ImportView:
    """What the page shows; `lines` is None before a file was read."""

    lines: tuple[RowLine, ...] | None
    counts: tuple[tuple[str, int], ...]
    unknown: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def import_form(context: Context) -> Response:
    """Ask for the file."""
    return _page(context, None)


async def import_file(context: Context) -> Response:
    """Read a file in; every row is said, and those that can be are stored."""
    async with context.request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return _page(context, None, wrong=context.say(_("Choose a file.")))
        data = await file.read()
    return await run_in_threadpool(_imported, context, file.filename, data)


def template_file(context: Context) -> Response:
    """The table to fill in, in the language of the request."""
    headers = {
        "Content-Disposition": f'attachment; filename="experts-{context.code}.csv"',
        "Content-Language": context.code,
        "Vary": "Accept-Language",
    }
    return Response(template(context.code), media_type="text/csv; charset=utf-8", headers=headers)


def _imported(context: RequestContext, name: str, data: bytes) -> Response:
    try:
        roster = read(name, data, context.site.taxonomy.by_name.get("objectives"))
    except UsageError:
        told = _(
            "This is no table of experts: take the template, keep its first row, and save it as CSV. JSON lines are "
            "read, too."
        )
        return _page(context, None, wrong=context.say(told))
    if len(roster.rows) > _MOST:
        told = _("Up to %(count)s rows are read here at a time. Split the file, or use the command line.")
        return _page(context, None, wrong=context.say(told) % {"count": context.interface.number(_MOST)})
    gone = erasures.read_erased(context.site.settings.home)
    taken = [_taken(context, row, gone) for row in roster.rows]
    return _page(context, roster, taken)


def _taken(context: RequestContext, row: Row, gone: erasures.Erased) -> StoredRow:
    if row.expert is not None and row.expert.sample:  # a sample consents by itself: only who runs the site makes one
        told = context.say(_("Samples are read in on the command line."))
        row = replace(row, expert=None, fault=RowFault(RowError.LINE, detail=told))
    try:
        with context.site.database.write() as connection:
            return store_row(connection, context.actor, row, gone, bool(context.site.settings.smtp_host))
    except RefusedError:
        return StoredRow(row, Outcome.REFUSED, fault=RowFault(RowError.EMAIL, "email", row.email))


def _line(context: RequestContext, taken: StoredRow) -> RowLine:
    row, fault = taken.row, taken.fault
    headings = {column.name: context.say(column.heading) for column in COLUMNS}
    told = {"column": headings.get(fault.column, fault.column), "detail": fault.detail} if fault else {}
    advice = context.say(ADVICE[fault.ails]) % told if fault else ""
    link = consent_address(context, taken.token, row.language or context.code) if taken.token else ""
    bad = taken.outcome is Outcome.REFUSED
    return RowLine(row.line, row.code, context.say(_OUTCOMES[taken.outcome]), bad, advice, link, taken.mailed)


def _page(
    context: RequestContext, roster: Roster | None, taken: list[StoredRow] | None = None, wrong: str = ""
) -> Response:
    found = taken or []
    counted = {outcome: sum(each.outcome is outcome for each in found) for outcome in Outcome}
    view = ImportView(
        lines=tuple(_line(context, each) for each in found) if roster is not None else None,
        counts=tuple((context.say(_OUTCOMES[outcome]), count) for outcome, count in counted.items() if count),
        unknown=roster.unknown if roster is not None else (),
        faults=(Fault("file", wrong),) if wrong else (),
    )
    return context.page("experts/csv_import.html", view, private=True)  # links that open a profile stand in it
