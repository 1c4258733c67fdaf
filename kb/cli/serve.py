"""The command that serves the site."""

import threading
import time
from typing import TYPE_CHECKING

import click

from kb.cli import accounts, bootstrap, notifications, worker

if TYPE_CHECKING:
    from index.search.searcher import Searcher
    from kb.requests.case import ObjectiveSuggestion
    from web.site import Site

_FIRST_QUESTIONS = 5.0  # seconds after the encoder joined


@click.command()
@click.option("--host", metavar="H", help="Address to serve on; `KB_HOST` unless told.")
@click.option("--port", type=int, metavar="P", help="Port to serve on; `KB_PORT` unless told.")
def serve(host: str | None, port: int | None) -> int:
    """Serve the web application, with a worker beside it.

    The worker is a process of its own, there whenever there is work for one.
    """
    from web import serve as site_server

    instance = bootstrap.open_instance()
    settings = instance.settings
    searcher = bootstrap.open_searcher(instance, vectors=False)
    searcher.expect_vectors()
    threading.Thread(target=_become_ready, args=(instance, searcher), daemon=True).start()
    key = accounts.first_key(instance)
    ended = threading.Event()
    beside = [
        threading.Thread(target=kept, args=(instance, ended), daemon=True)
        for kept in (worker.keep_working, notifications.keep_posting)
    ]
    for thread in beside:
        thread.start()
    try:
        site_server.serve(site_of(instance, searcher), host or settings.host, port or settings.port, key)
    finally:
        ended.set()
        for thread in beside:
            thread.join(5)
    return 0


def _become_ready(instance: bootstrap.Instance, searcher: "Searcher") -> None:
    """Let the encoder join, and once the first questions are answered make what a later one would wait for."""
    bootstrap.join_vectors(instance.encoding, searcher)
    time.sleep(_FIRST_QUESTIONS)
    searcher.warm_up()


def site_of(instance: bootstrap.Instance, searcher: "Searcher") -> "Site":
    """The parts that the site has; experts are read in and objectives suggested when the first request needs them."""
    from index.matching.current_matcher import current_matcher
    from kb.version import version
    from web.site import Site

    def suggest(text: str) -> "tuple[ObjectiveSuggestion, ...]":
        from ingest.tagging.objective_suggestions import suggest_objectives

        return suggest_objectives(instance.tagger(), text)

    matcher = current_matcher(instance.database, instance.encoding)
    return Site(
        instance.settings,
        instance.database,
        searcher,
        instance.taxonomy(),
        version(),
        matcher,
        suggest,
        instance.glossary(),
    )
