"""Serves the application on an address, with a line that says where."""

import socket
import sys

import uvicorn

from index.searcher import Searcher
from kb.config import Settings
from kb.errors import UsageError
from kb.store.database import Database
from kb.taxonomy import Taxonomy
from web.app import create_app
from web.site import Site


def serve(settings: Settings, database: Database, searcher: Searcher, taxonomy: Taxonomy, host: str, port: int) -> None:
    """Serve until stopped. Raises UsageError when the address cannot be had."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(
            f"Port {port} on {host} cannot be served ({error.strerror}). Stop what uses it, or choose another --port."
        ) from error
    app = create_app(Site(settings=settings, database=database, searcher=searcher, taxonomy=taxonomy))
    shown = f"[{host}]" if ":" in host else host
    print(f"Serving {settings.name} on http://{shown}:{listening.getsockname()[1]}/ (Ctrl+C stops it)", file=sys.stderr)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])
