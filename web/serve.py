"""Serves the application on an address, with a line that says where."""

import logging
import socket

import uvicorn
from fastapi import FastAPI

from index.search.question import MAX_CHARACTERS
from kb.errors import UsageError
from web.app import create_app
from web.site import Site

# A character of a question takes up to twelve bytes in an address (four of UTF-8, each written %XX), in Chinese nine.
# The rest is room for filters and headers. What is longer is refused before it is held in memory.
_LONGEST_REQUEST = 12 * MAX_CHARACTERS + 64 * 1024

_log = logging.getLogger(__name__)


def serve(site: Site, host: str, port: int, first_key: str = "") -> None:
    """Serve until stopped; `first_key` opens the account of the first admin, where there is none yet.

    Raises UsageError when the address cannot be had.
    """
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(
            f"Port {port} on {host} cannot be served ({error.strerror}). Stop what uses it, or choose another --port."
        ) from error
    app, settings = create_app(site), site.settings
    shown = f"[{host}]" if ":" in host else host
    here = f"http://{shown}:{listening.getsockname()[1]}"
    _log.info(f"Serving {settings.name} on {here}/ (Ctrl+C stops it)")
    if first_key:
        link = f"{settings.public_url.rstrip('/') or here}/welcome?key={first_key}"
        _log.info(f"Nobody administers it yet. Open {link} within 7 days and choose a password.")
    uvicorn.Server(configured(app)).run(sockets=[listening])


def configured(app: FastAPI) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        app, http="h11", h11_max_incomplete_event_size=_LONGEST_REQUEST, log_level="warning", access_log=False
    )
