"""Errors as answers: a page for people, problem+json (RFC 9457) for programs; never anything of the inside."""

import logging
import secrets
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from kb.errors import KbError
from web.interface import _
from web.security import HEADERS
from web.visit import visit_of

_log = logging.getLogger("kb.web")
_FOR_PROGRAMS = ("/api/", "/openapi.json/", "/healthz/")


class GoneError(KbError):
    """The document was withdrawn; only that it was there is still told."""

    status = 410


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What the error page shows."""

    status: int
    title: str
    message: str
    reference: str = ""


_TITLES = {
    400: _("The question cannot be read as it is"),
    404: _("There is no such page here"),
    405: _("This address cannot be used in this way"),
    410: _("This document was withdrawn"),
    422: _("The question cannot be read as it is"),
    500: _("Something went wrong on our side"),
    503: _("The site cannot answer just now"),
}
_MESSAGES = {
    404: _("The address may be mistyped, or the document is not, or no longer, open to the public."),
    405: _("Go back to the page you came from and try again from there."),
    410: _("It can no longer be read or found here. Its address is kept so that links to it are answered."),
    500: _("It was noted and is not your fault. Try again in a moment."),
    503: _("Try again in a few minutes. Those who run the site can see in its log what it needs."),
}


def add_error_handlers(app: FastAPI) -> None:
    """Turn every error into an answer, here and nowhere else."""

    def known(request: Request, error: Exception) -> Response:
        status = error.status if isinstance(error, KbError) else 500
        if status >= 500:
            _log.error("%s: %s", request.url.path, error)
            return answer(request, status, "")  # what is wrong inside is for the log
        telling = status == 400 or _for_program(request)
        return answer(request, status, str(error) if telling else "")

    def of_http(request: Request, error: Exception) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        response = answer(request, error.status_code if isinstance(error, HTTPException) else 500, "")
        response.headers.update(headers or {})
        return response

    def invalid(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return answer(request, 400, "; ".join(f"{e['loc'][-1]}: {e['msg']}" for e in found))

    def unexpected(request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(4)
        _log.error("Unexpected error %s on %s", reference, request.url.path, exc_info=error)
        response = answer(request, 500, "", reference)
        response.headers.update(HEADERS)  # this handler stands outside the middleware that adds them
        return response

    app.add_exception_handler(KbError, known)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def answer(request: Request, status: int, detail: str, reference: str = "") -> Response:
    """The answer of this status; `detail` is a sentence for the person, "" for the usual one."""
    if _for_program(request):
        return problem(status, detail, reference)
    message = detail or _MESSAGES.get(status, "")
    visit = visit_of(request)
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    return visit.page("error.html", ErrorView(status, visit.say(title), visit.say(message), reference), status)


def _for_program(request: Request) -> bool:
    return (request.url.path + "/").startswith(_FOR_PROGRAMS)


def problem(status: int, detail: str, reference: str = "") -> Response:
    """A problem document."""
    members: dict[str, str | int] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        members["detail"] = detail
    if reference:
        members["instance"] = f"urn:error:{reference}"
    return JSONResponse(members, status, media_type="application/problem+json")
