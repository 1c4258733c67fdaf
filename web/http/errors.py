"""Errors as answers: a page for people, problem+json (RFC 9457) for programs; never anything of the inside."""

import logging
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.errors import BusyError, KbError
from kb.i18n.catalogue import _
from web.http.context import request_context
from web.http.security_headers import HEADERS

_log = logging.getLogger("kb.web")
_FOR_PROGRAMS = ("/api/", "/openapi.json/", "/healthz/")


class GoneError(KbError):
    """The document was withdrawn; only that it was there, and the reason why it went, is still told."""

    status = 410

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class SignInError(KbError):
    """Only people who are signed in can do this, whatever it is."""

    status = 401


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What the error page shows."""

    status: int
    title: str
    message: str
    reference: str = ""
    reason: str = ""  # why a document was withdrawn, in the words of who did it


_TITLES = {
    400: _("The question cannot be read as it is"),
    403: _("This was not sent from a page of this site"),
    404: _("There is no such page here"),
    405: _("This address cannot be used in this way"),
    410: _("This document was withdrawn"),
    413: _("This is more than can be sent at once"),
    422: _("The question cannot be read as it is"),
    500: _("Something went wrong on our side"),
    503: _("The site cannot answer just now"),
}
_MESSAGES = {
    403: _("Nothing was changed. Open the page here, and send the form again from there."),
    404: _("The address may be mistyped, or the document is not, or no longer, open to the public."),
    405: _("Go back to the page you came from and try again from there."),
    410: _("It can no longer be read or found here. Its address is kept so that links to it are answered."),
    413: _("Nothing was taken in. Go back, and send less at a time: fewer or smaller files, or a shorter text."),
    500: _("It was noted and is not your fault. Try again in a moment."),
    503: _("Try again in a few minutes. Those who run the site can see in its log what it needs."),
}


def add_error_handlers(app: FastAPI) -> None:
    """Turn every error into an answer, here and nowhere else."""

    def known(request: Request, error: Exception) -> Response:
        status = error.status if isinstance(error, KbError) else 500
        if isinstance(error, SignInError):
            return _to_sign_in(request)
        if isinstance(error, GoneError):
            return _tombstone(request, error)
        if isinstance(error, BusyError):
            busy = answer(request, status, str(error))
            busy.headers["Retry-After"] = str(error.retry_seconds)
            return busy
        if status >= 500:
            _log.error("%s: %s", request.url.path, error)
            return answer(request, status, "")  # what is wrong inside is for the log
        # What is not there and what is not for this person are answered alike.
        telling = status == 400 or (_for_program(request) and status != 404)
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


class PageOfTooMuch:
    """Middleware that says on a page of ours that a form is too long.

    Starlette, which counts the bytes, puts a line of plain text in the place of what our handlers say.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_page(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413 and _is_plain(message):
                replaced = True
                await answer(Request(scope), 413, "")(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_page)


def _is_plain(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


def answer(request: Request, status: int, detail: str, reference: str = "") -> Response:
    """The answer of this status; `detail` is a sentence for the person, "" for the usual one."""
    if _for_program(request):
        return problem(status, detail, reference)
    message = detail or _MESSAGES.get(status, "")
    context = request_context(request)
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    return context.page("error.html", ErrorView(status, context.say(title), context.say(message), reference), status)


def _tombstone(request: Request, error: GoneError) -> Response:
    """That a document was here, and why it is not any more."""
    if _for_program(request):
        return problem(410, f"{error} Reason: {error.reason}" if error.reason else str(error))
    context = request_context(request)
    view = ErrorView(410, context.say(_TITLES[410]), context.say(_MESSAGES[410]), reason=error.reason)
    return context.page("error.html", view, 410)


def _to_sign_in(request: Request) -> Response:
    """Where to sign in, and back to the page that asked for it."""
    if _for_program(request):
        response = problem(401, "Send a token of an account: 'Authorization: Bearer …'.")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    query = f"?{request.url.query}" if request.url.query else ""
    asked = f"?next={quote(request.url.path + query, safe='')}" if request.method in ("GET", "HEAD") else ""
    return request_context(request).redirect(f"/sign-in{asked}")


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
