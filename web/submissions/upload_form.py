"""Files on their way in: what may be sent, taken from a form of the pages or of a program."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ingest.readers.file_types import READERS
from ingest.readers.sandbox import MEGABYTE
from ingest.uploads import MOST_FILES, Intake, Upload, receive
from kb.accounts.permissions import Action
from kb.config import Settings
from kb.errors import NotFoundError, UsageError
from kb.jobs.job import JobWishes
from kb.jobs.store import queue
from web.http.context import RequestContext

_TIMES = 10  # as large as the largest file may all files of one go be together
_READ_TIMES = 3
_FIELDS = 20
_FIELD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be sent in one go."""

    files: int
    file_mb: int
    all_mb: int
    kinds: tuple[str, ...]


class UnreadableError(UsageError):
    """What was sent is no form with files, or one with more of them than may be."""


class TooMuchError(UsageError):
    """What was sent is more than may be sent in one go."""

    status = 413


def limits_of(settings: Settings) -> Limits:
    return Limits(MOST_FILES, settings.max_file_mb, _TIMES * settings.max_file_mb, tuple(READERS))


def most_bytes(settings: Settings) -> int:
    """The largest request that is read to its end; one that is more than may be sent is read in order to say so."""
    return _READ_TIMES * limits_of(settings).all_mb * MEGABYTE


def desk_of(context: RequestContext) -> Intake:
    settings = context.site.settings
    return Intake(context.site.database, settings.home, settings.max_file_mb)


async def taken_in(context: RequestContext) -> str:
    """The name of the upload that a form with files makes; "" when it brings no file.

    Raises UnreadableError, TooMuchError, NotFoundError, ForbiddenError, UsageError; and RefusedError
    when too many files wait.
    """
    form = await _form(context)
    try:
        return await run_in_threadpool(_take, context, form)
    finally:
        await form.close()


async def _form(context: RequestContext) -> FormData:
    """The form that is sent, its files on the disk. Raises UnreadableError, TooMuchError."""
    request = context.request
    unreadable = UnreadableError(f"Send a form with up to {MOST_FILES} files (multipart/form-data).")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise unreadable
    stream = _bounded(request.stream(), limits_of(context.site.settings).all_mb)
    parser = MultiPartParser(
        request.headers, stream, max_files=MOST_FILES, max_fields=_FIELDS, max_part_size=_FIELD_BYTES
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise unreadable from error


async def _bounded(stream: AsyncIterator[bytes], most_mb: int) -> AsyncGenerator[bytes, None]:
    """The stream up to a limit. What is beyond is read and dropped: browsers send all before they show an answer."""
    read = 0
    async for piece in stream:
        read += len(piece)
        if read <= most_mb * MEGABYTE:
            yield piece
    if read > most_mb * MEGABYTE:
        raise TooMuchError(f"Up to {most_mb} MB can be sent at a time; send fewer files, or smaller ones.")


def _take(context: RequestContext, form: FormData) -> str:
    files = [value for _name, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    if not files:
        return ""
    arrivals = [Upload(file.filename or "", file.file) for file in files]
    return receive(desk_of(context), context.actor, arrivals, _wishes(context, form))


def _wishes(context: RequestContext, form: FormData) -> JobWishes:
    kind = _text(form, "type")
    if kind and context.site.taxonomy.find("document-types", kind) is None:
        raise UsageError(f"There is no type of document {kind[:60]!r}.")
    codes = [str(code).strip().upper() for code in form.getlist("country") if isinstance(code, str) and code.strip()]
    _check_countries(codes)
    replaces = _text(form, "replaces")
    return JobWishes(kind, tuple(dict.fromkeys(codes)), replaced_document(context, replaces) if replaces else None)


def _check_countries(codes: Sequence[str]) -> None:
    for code in codes:
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            raise UsageError(
                f"{code[:20]!r} is no code of a country; write three letters, as PER (ISO 3166-1 alpha-3)."
            )


def replaced_document(context: RequestContext, number: str) -> int:
    """The document that is to be replaced, if this person may describe it. Raises NotFoundError, ForbiddenError."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFoundError("There is no such document.")
    with context.site.database.read() as connection:
        found = queue.outlines(connection, [int(number)]).get(int(number))
    if found is None:
        raise NotFoundError("There is no such document.")
    context.require(Action.DESCRIBE, found.owner)
    return int(number)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
