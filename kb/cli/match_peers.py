"""Peers for a request on the command line: States and organisations that have done it."""

from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, terminal

if TYPE_CHECKING:
    from kb.matching.peers import Peer
    from kb.requests.request import Request


def peers_for(instance: bootstrap.Instance, request: "Request") -> "tuple[Peer, ...]":
    """Who could be asked for an exchange, by what is published here."""
    from index.matching.peers import find_peers
    from kb.requests.store import requests

    searcher = bootstrap.open_searcher(instance, vectors=True)
    suggested: list[str] = []
    if request.id:
        with instance.database.read() as connection:
            suggested = [each.objective for each in requests.get(connection, request.id).suggested]
    return find_peers(searcher, instance.database, request, suggested, request.language)


def say_peers(peers: "tuple[Peer, ...]") -> None:
    """Print them, each with the passage that best answers."""
    from index.matching.peers import explain_peer, name_of

    if peers:
        click.echo("\nPeers for an exchange:")
    for peer in peers:
        deed = peer.deeds[0]
        shown = terminal.marked(deed.record.passage.text, list(deed.marks))
        click.echo(
            f"  {name_of(peer)}: {explain_peer(peer)}\n    “{' '.join(shown.split())}” ({deed.record.document.title})"
        )
