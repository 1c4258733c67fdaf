"""The command that serves the site."""

import argparse
import threading

from kb.cli import accounts, bootstrap, matching_parts, notifications, worker


def serve(options: argparse.Namespace) -> int:
    from kb.version import version
    from web.serve import serve
    from web.site import Site

    instance = bootstrap.open_instance()
    settings = instance.settings
    searcher = bootstrap.open_searcher(instance, vectors=False)
    encoding = matching_parts.Once(lambda: bootstrap.open_encoding(instance))
    threading.Thread(target=bootstrap.join_vectors, args=(encoding, searcher), daemon=True).start()
    host, port = options.host or settings.host, options.port or settings.port
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
        serve(parts, host, port, key)
    finally:
        ended.set()
        for thread in beside:
            thread.join(5)
    return 0
