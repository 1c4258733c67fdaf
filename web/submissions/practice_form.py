"""The form of a practice, and the same form as a Word template to download."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated

from fastapi import Query
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from ingest.practices.template_writer import template, write_template
from ingest.uploads import Upload, receive
from kb.documents.practice import OPTIONAL, SECTIONS, Field, join_values, missing_fields
from kb.documents.practice_wording import FieldWording, question, wording
from kb.errors import RefusedError
from kb.i18n.catalogue import _
from kb.jobs.job import JobWishes
from kb.requests.case import RequestRecord
from kb.requests.store import requests
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import as_id
from web.i18n.labels import Chip, Labels
from web.requests.practice_draft import closed_request, practice_fields
from web.submissions.upload_form import desk_of

LARGEST = 1 << 20  # bytes of a form
_LONGEST = 20_000  # characters of a field
_MOST_FIELDS = 80
_DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CHOSEN = (Field.OBJECTIVES, Field.PRINCIPLES)  # by ticking boxes


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the form with what was written into it."""

    id: Field
    asked: FieldWording
    value: str
    required: bool
    long: bool


@dataclass(frozen=True, slots=True)
class PracticeView:
    """What the form shows. With `complete` nothing is wrong but that questions are open.

    `of` is the closed request it tells of, 0 for none; `confidential` when that one is.
    """

    facts: tuple[Entry, ...]
    objectives: tuple[Chip, ...]
    principles: tuple[tuple[str, str], ...]
    sections: tuple[Entry, ...]
    chosen: frozenset[str]
    asked: dict[str, FieldWording]
    of: int
    confidential: bool
    complete: bool = False
    faults: tuple[Fault, ...] = ()


def practice_form(context: Context, request: Annotated[int, Query(ge=0, lt=2**31)] = 0) -> Response:
    """The empty form; of a closed request it holds what is on record. Nothing is handed in by opening it."""
    if not request:
        return _page(context, {})
    with context.site.database.read() as connection:
        case = closed_request(context, connection, request)
        fields = practice_fields(context, case, requests.timeline(connection, request))
    return _page(context, fields, of=case)


async def send_practice(context: Context) -> Response:
    """Take a practice in as a document; what was left empty is asked for first, and once more after it was read."""
    form = await context.request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=LARGEST)
    number = as_id(form.get("request", "")) or 0
    return await run_in_threadpool(_taken, context, _fields(form), bool(form.get("anyway")), number)


def word_template(context: Context) -> Response:
    """The form as a Word file, in the language of the request."""
    return Response(
        template(context.code),
        media_type=_WORD,
        headers={
            "Content-Disposition": f'attachment; filename="practice-{context.code}.docx"',
            "Content-Language": context.code,
            "Vary": "Accept-Language",
        },
    )


def _taken(context: RequestContext, fields: dict[str, str], anyway: bool, number: int) -> Response:
    of = None
    if number:
        with context.site.database.read() as connection:
            of = closed_request(context, connection, number)
    wrong = _wrong(context, fields)
    open_ones = tuple(Fault(field, question(field, context.code)) for field in missing_fields(fields))
    if wrong or not fields[Field.TITLE] or (open_ones and not anyway):
        return _page(context, fields, (*wrong, *open_ones), complete=bool(fields[Field.TITLE]) and not wrong, of=of)
    try:
        arrival = Upload(_file_name(fields[Field.TITLE]), BytesIO(write_template(context.code, fields)))
        upload = receive(desk_of(context), context.actor, [arrival], JobWishes())
    except RefusedError:
        text = context.say(_("So many of your files wait already that no more can be taken in. Send them later."))
        return _page(context, fields, (Fault(Field.TITLE, text),), of=of)
    if of is not None:
        with context.site.database.write() as connection:
            requests.hand_in(connection, context.actor, of.id, upload)
    return context.redirect(urls.jobs(upload))


def _fields(form: FormData) -> dict[str, str]:
    """What was written, by field."""
    found = {}
    for field in Field:
        values = [value.strip() for value in form.getlist(field) if isinstance(value, str) and value.strip()]
        found[str(field)] = join_values(values) if field in _CHOSEN else "\n".join(values)
    return found


def _wrong(context: RequestContext, fields: dict[str, str]) -> tuple[Fault, ...]:
    """What cannot be taken as it is."""
    long = context.say(_("This is longer than %(count)s characters. Shorten it, or send a file."))
    faults = [
        Fault(field, long % {"count": context.interface.number(_LONGEST)})
        for field in Field
        if len(fields[field]) > _LONGEST
    ]
    date = context.say(_("Write a year, or a year and a month, like 2021 or 2021-05."))
    faults += [Fault(f, date) for f in (Field.BEGIN, Field.END) if fields[f] and not _DATE.fullmatch(fields[f])]
    return tuple(faults)


def _file_name(title: str) -> str:
    return (re.sub(r"[\W_]+", "-", title).strip("-")[:60] or "practice") + ".docx"


def _page(
    context: RequestContext,
    fields: dict[str, str],
    faults: tuple[Fault, ...] = (),
    *,
    complete: bool = False,
    of: RequestRecord | None = None,
) -> Response:
    words = wording(context.code).fields
    entries = [Entry(f, words[f], fields.get(f, ""), f not in OPTIONAL, f in SECTIONS) for f in Field]
    taxonomy = context.site.taxonomy
    view = PracticeView(
        facts=tuple(e for e in entries if not e.long and e.id not in _CHOSEN),
        objectives=Labels(context.interface, taxonomy).chips(taxonomy.notations("objectives")),
        principles=tuple(wording(context.code).principles.items()),
        sections=tuple(e for e in entries if e.long),
        chosen=frozenset(", ".join(fields.get(field, "") for field in _CHOSEN).split(", ")),
        asked={str(field): words[field] for field in _CHOSEN},
        of=of.id if of is not None else 0,
        confidential=of is not None and of.request.confidential,
        complete=complete,
        faults=faults,
    )
    return context.page("submissions/practice_form.html", view)
