"""Refuses requests that change something when another site made the browser send them."""

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.http.errors import answer

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})  # "none": typed, or sent again by the person
_PORTS = {"http": 80, "https": 443}


class OwnFormsOnly:
    """Lets state-changing requests through only from pages of this site.

    Browsers say where a request comes from (`Sec-Fetch-Site`), the older ones in `Origin` or `Referer`; a page of
    another site cannot change either (Fetch, section 4.7; Fetch Metadata, section 2).
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self.public = public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE and not self._is_own(scope):
            response = await run_in_threadpool(answer, Request(scope), 403, "")
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if _is_program(scope["path"], headers):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in _OWN
        came_from = headers.get("origin") or headers.get("referer")
        return came_from is not None and self._is_ours(came_from, headers.get("host", ""))

    def _is_ours(self, came_from: str, host: str) -> bool:
        try:
            parts = urlsplit(came_from)
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            return False
        if parts.scheme not in _PORTS or not parts.hostname:
            return False
        if self.public and f"{parts.scheme}://{parts.netloc}".lower() == self.public.lower():
            return True
        if self.public.startswith("https:") and parts.scheme != "https":
            return False
        return _with_port(host.lower(), parts.scheme) == (parts.hostname, port)


def _is_program(path: str, headers: Headers) -> bool:
    """Whether a program speaks for itself: what it carries, no browser adds by itself for another site."""
    if not path.startswith("/api/"):
        return False
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    from_a_browser = any(name in headers for name in ("cookie", "origin", "sec-fetch-site"))
    return not from_a_browser


def _with_port(host: str, scheme: str) -> tuple[str | None, int | None]:
    parts = urlsplit(f"//{host}")
    try:
        return parts.hostname, parts.port or _PORTS[scheme]
    except ValueError:
        return None, None
