"""Files that show what an expert knows: read in the sandbox, kept as works alone, taken away again."""

import hashlib
import threading
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from ingest.experts.cv_reader import FileKind, works_of
from ingest.readers.sandbox import Limits, Sandbox, plain_name
from kb.config import Settings
from kb.documents.reading import ReadError
from kb.errors import BusyError, NotFoundError
from kb.experts.store import experts, works
from kb.i18n.catalogue import _
from web.experts.directory import list_page
from web.experts.own_profile import back, own_expert, own_page, to_form
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import FormLine, Ids, Number, as_id
from web.submissions.job_outcomes import OUTCOMES

_LARGEST_MB, _SECONDS = 10, 30  # of a file, and to read it: somebody waits for the page
LARGEST = (_LARGEST_MB + 1) << 20  # bytes of a file, and of the form it is sent in
_MOST = 30  # files of one person
_AT_ONCE, _PATIENCE = 2, 20.0  # files read at the same time, and seconds another one waits for its turn
_turn = threading.BoundedSemaphore(_AT_ONCE)


class ShownForm(BaseModel, frozen=True):
    """What is sent to choose the works that everybody sees."""

    shown: Ids = ()


async def send_file(context: Context) -> Response:
    """Read a file of one's own into works."""
    name, data, kind = await _sent(context)
    return await run_in_threadpool(_own_file, context, name, data, kind)


async def send_file_for(context: Context, number: Number) -> Response:
    """Read a file into works of somebody who has not decided yet; afterwards only they do."""
    name, data, kind = await _sent(context)
    return await run_in_threadpool(_file_for, context, number, name, data, kind)


def remove_file(context: Context, file: FormLine = "") -> Response:
    """Take a file away, with all that was read from it."""
    number = own_expert(context)[0]
    if number is None:
        return to_form(context)
    with context.site.database.write() as connection:
        if (chosen := as_id(file)) is not None:
            works.remove_file(connection, context.actor, number, chosen)
    return back(context, "work")


def show_works(context: Context, form: Annotated[ShownForm, Form()]) -> Response:
    """Choose the works whose titles stand on the public list."""
    number = own_expert(context)[0]
    if number is None:
        return to_form(context)
    with context.site.database.write() as connection:
        works.show(connection, context.actor, number, form.shown)
    return back(context, "work")


def to_own(context: Context) -> Response:
    """The page that holds the forms of these addresses."""
    return to_form(context)


async def _sent(context: RequestContext) -> tuple[str, bytes, FileKind]:
    """Name, bytes and kind of the file that a form brings; no name when it brings none."""
    async with context.request.form(max_files=1, max_fields=5) as form:
        file, kind = form.get("file"), form.get("kind")
        chosen = FileKind.PUBLICATION if kind == FileKind.PUBLICATION.value else FileKind.CV
        if not isinstance(file, UploadFile) or not file.filename:
            return "", b"", chosen
        return plain_name(file.filename), await file.read(), chosen


def _own_file(context: RequestContext, name: str, data: bytes, kind: FileKind) -> Response:
    number, expert, hidden = own_expert(context)
    if number is None:
        return to_form(context)
    wrong = _read(context, number, name, data, kind)
    return own_page(context, number, expert, hidden, (Fault("file", wrong),)) if wrong else back(context, "read")


def _file_for(context: RequestContext, number: int, name: str, data: bytes, kind: FileKind) -> Response:
    with context.site.database.read() as connection:
        person = experts.get(connection, number)
        theirs = works.is_owned_by_person(connection, number) or person.sample
    if theirs:
        raise NotFoundError("The person looks after their profile themselves.")
    wrong = _read(context, number, name, data, kind)
    if wrong:
        return list_page(context, faults=(Fault(f"file-{number}", wrong),))
    return context.redirect("/experts?said=read")


def _read(context: RequestContext, number: int, name: str, data: bytes, kind: FileKind) -> str:
    """Read a file into works; what is wrong with it, or nothing."""
    if not name:
        return context.say(_("Choose a file."))
    with context.site.database.read() as connection:
        if len(works.files(connection, number)) >= _MOST:
            return context.say(_("So many files are enough. Take one away before you send another."))
    try:
        with _Turn(), Sandbox(_limits(context.site.settings)) as sandbox:
            shown = works_of(sandbox.read_bytes(name, data), kind)
    except ReadError as error:
        outcome, advice = OUTCOMES[error.failure.value]
        return f"{name}: {context.say(outcome)}. {context.say(advice)}"
    digest = hashlib.sha256(data).hexdigest()
    with context.site.database.write() as connection:
        if not works.add_file(connection, context.actor, number, name, kind.value, digest, shown.works):
            return context.say(_("This file was read already."))
    return ""


class _Turn:
    """Waits until a file may be read. Raises BusyError when that takes long."""

    def __enter__(self) -> None:
        if not _turn.acquire(timeout=_PATIENCE):
            raise BusyError(_("Many files are being read just now. Try again in a moment."))

    def __exit__(self, *_error: object) -> None:
        _turn.release()


def _limits(settings: Settings) -> Limits:
    return Limits(
        seconds=min(_SECONDS, settings.read_seconds),
        memory_mb=settings.read_memory_mb,
        file_mb=min(_LARGEST_MB, settings.max_file_mb),
    )
