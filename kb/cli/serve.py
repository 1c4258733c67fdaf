"""The command that serves the site."""

import argparse
import threading

from kb.cli import accounts as users
from kb.cli import bootstrap as assembly
from kb.cli import matching_parts as hub
from kb.cli import notifications as posting
from kb.cli import worker as working


def serve(options: argparse.Namespace) -> int:
    from kb.version import version
    from web.serve import serve
    from web.site import Site

    instance = assembly.open_instance()
    settings = instance.settings
    searcher = assembly.open_searcher(instance, vectors=False)
    encoding = hub.Once(lambda: assembly.open_encoding(instance))
    threading.Thread(target=assembly.join_vectors, args=(encoding, searcher), daemon=True).start()
    host, port = options.host or settings.host, options.port or settings.port
    taxonomy, key = assembly.read_taxonomy(None), users.first_key(instance)
    ended = threading.Event()
    beside = [
        threading.Thread(target=kept, args=(instance, ended), daemon=True)
        for kept in (working.keep_working, posting.keep_posting)
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
            hub.matcher_of(instance, encoding),
            hub.suggester(encoding),
        )
        serve(parts, host, port, key)
    finally:
        ended.set()
        for thread in beside:
            thread.join(5)
    return 0
