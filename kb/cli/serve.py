"""The command that serves the site."""

import threading

import click

from kb.cli import accounts, bootstrap, matching_parts, notifications, worker


@click.command()
@click.option("--host", metavar="H", help="Address to serve on; `KB_HOST` unless told.")
@click.option("--port", type=int, metavar="P", help="Port to serve on; `KB_PORT` unless told.")
def serve(host: str | None, port: int | None) -> int:
    """Serve the web application, with a worker beside it.

    The worker is a process of its own, there whenever there is work for one.
    """
    from kb.version import version
    from web import serve as site_server
    from web.site import Site

    instance = bootstrap.open_instance()
    settings = instance.settings
    searcher = bootstrap.open_searcher(instance, vectors=False)
    encoding = matching_parts.Once(lambda: bootstrap.open_encoding(instance))
    threading.Thread(target=bootstrap.join_vectors, args=(encoding, searcher), daemon=True).start()
    taxonomy, key = bootstrap.read_taxonomy(None), accounts.first_key(instance)
    ended = threading.Event()
    beside = [
        threading.Thread(target=kept, args=(instance, ended), daemon=True)
        for kept in (worker.keep_working, notifications.keep_posting)
    ]
    for thread in beside:
        thread.start()
    try:
        parts = Site(
            settings,
            instance.database,
            searcher,
            taxonomy,
            version(),
            matching_parts.matcher_of(instance, encoding),
            matching_parts.suggester(encoding),
        )
        site_server.serve(parts, host or settings.host, port or settings.port, key)
    finally:
        ended.set()
        for thread in beside:
            thread.join(5)
    return 0
