"""The command that serves the site."""

import argparse
import threading

from kb.command import assembly


def serve(options: argparse.Namespace) -> int:
    from web.serve import serve

    instance = assembly.open_instance()
    settings = instance.settings
    searcher = assembly.open_searcher(instance, vectors=False)
    threading.Thread(target=assembly.join_vectors, args=(instance, searcher), daemon=True).start()
    host, port = options.host or settings.host, options.port or settings.port
    serve(settings, instance.database, searcher, assembly.read_taxonomy(None), host, port)
    return 0
