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
from kb.jobs.job import JobWishes
from kb.requests.case import RequestRecord
from kb.requests.store import requests
from web import urls
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault
from web.http.form_fields import as_id
from web.i18n.labels import Chip, Labels
from web.i18n.locales import _
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


def practice_form(visit: Visiting, request: Annotated[int, Query(ge=0, lt=2**31)] = 0) -> Response:
    """The empty form; of a closed request it holds what is on record. Nothing is handed in by opening it."""
    if not request:
        return _page(visit, {})
    with visit.site.database.read() as connection:
        case = closed_request(visit, connection, request)
        fields = practice_fields(visit, case, requests.timeline(connection, request))
    return _page(visit, fields, of=case)


async def send_practice(visit: Visiting) -> Response:
    """Take a practice in as a document; what was left empty is asked for first, and once more after it was read."""
    form = await visit.request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=LARGEST)
    number = as_id(form.get("request", "")) or 0
    return await run_in_threadpool(_taken, visit, _fields(form), bool(form.get("anyway")), number)


def word_template(visit: Visiting) -> Response:
    """The form as a Word file, in the language of the visit."""
    return Response(
        template(visit.code),
        media_type=_WORD,
        headers={
            "Content-Disposition": f'attachment; filename="practice-{visit.code}.docx"',
            "Content-Language": visit.code,
            "Vary": "Accept-Language",
        },
    )


def _taken(visit: RequestContext, fields: dict[str, str], anyway: bool, number: int) -> Response:
    of = None
    if number:
        with visit.site.database.read() as connection:
            of = closed_request(visit, connection, number)
    wrong = _wrong(visit, fields)
    open_ones = tuple(Fault(field, question(field, visit.code)) for field in missing_fields(fields))
    if wrong or not fields[Field.TITLE] or (open_ones and not anyway):
        return _page(visit, fields, (*wrong, *open_ones), complete=bool(fields[Field.TITLE]) and not wrong, of=of)
    try:
        arrival = Upload(_file_name(fields[Field.TITLE]), BytesIO(write_template(visit.code, fields)))
        upload = receive(desk_of(visit), visit.actor, [arrival], JobWishes())
    except RefusedError:
        text = visit.say(_("So many of your files wait already that no more can be taken in. Send them later."))
        return _page(visit, fields, (Fault(Field.TITLE, text),), of=of)
    if of is not None:
        with visit.site.database.write() as connection:
            requests.hand_in(connection, visit.actor, of.id, upload)
    return visit.redirect(urls.jobs(upload))


def _fields(form: FormData) -> dict[str, str]:
    """What was written, by field."""
    found = {}
    for field in Field:
        values = [value.strip() for value in form.getlist(field) if isinstance(value, str) and value.strip()]
        found[str(field)] = join_values(values) if field in _CHOSEN else "\n".join(values)
    return found


def _wrong(visit: RequestContext, fields: dict[str, str]) -> tuple[Fault, ...]:
    """What cannot be taken as it is."""
    long = visit.say(_("This is longer than %(count)s characters. Shorten it, or send a file."))
    faults = [
        Fault(field, long % {"count": visit.interface.number(_LONGEST)})
        for field in Field
        if len(fields[field]) > _LONGEST
    ]
    date = visit.say(_("Write a year, or a year and a month, like 2021 or 2021-05."))
    faults += [Fault(f, date) for f in (Field.BEGIN, Field.END) if fields[f] and not _DATE.fullmatch(fields[f])]
    return tuple(faults)


def _file_name(title: str) -> str:
    return (re.sub(r"[\W_]+", "-", title).strip("-")[:60] or "practice") + ".docx"


def _page(
    visit: RequestContext,
    fields: dict[str, str],
    faults: tuple[Fault, ...] = (),
    *,
    complete: bool = False,
    of: RequestRecord | None = None,
) -> Response:
    words = wording(visit.code).fields
    entries = [Entry(f, words[f], fields.get(f, ""), f not in OPTIONAL, f in SECTIONS) for f in Field]
    taxonomy = visit.site.taxonomy
    view = PracticeView(
        facts=tuple(e for e in entries if not e.long and e.id not in _CHOSEN),
        objectives=Labels(visit.interface, taxonomy).chips(taxonomy.notations("objectives")),
        principles=tuple(wording(visit.code).principles.items()),
        sections=tuple(e for e in entries if e.long),
        chosen=frozenset(", ".join(fields.get(field, "") for field in _CHOSEN).split(", ")),
        asked={str(field): words[field] for field in _CHOSEN},
        of=of.id if of is not None else 0,
        confidential=of is not None and of.request.confidential,
        complete=complete,
        faults=faults,
    )
    return visit.page("submissions/practice_form.html", view)
