"""The command that finds experts for a request, and shows them with what speaks for each."""

import logging
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, terminal
from kb.cli.experts import concepts
from kb.cli.parameters import TextCommand, either, json_option
from kb.errors import UsageError

if TYPE_CHECKING:
    from index.matching.matcher import Matcher
    from kb.matching.match import Match, MatchedExpert
    from kb.requests.request import Request


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the options tell of a request beside its text."""

    language: str = ""
    country: str = ""
    organisation: str = ""
    concerns: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    region: str = ""


@click.command(cls=TextCommand)
@click.argument("text", required=False, metavar="TEXT|-")
@click.option("--request", "number", type=int, metavar="ID", help="A request on record, with its own rules.")
@click.option("--limit", type=click.IntRange(min=1), default=10, metavar="N", help="So many people; 10 unless told.")
@click.option("--slate", "size", type=click.IntRange(min=0), default=0, metavar="N", help="Also a balanced slate of N.")
@click.option("--language", default="", metavar="L", help="Of the request; told from its words otherwise.")
@click.option("--country", default="", metavar="ISO3", help="That asks.")
@click.option("--organisation", default="", metavar="NAME", help="That asks: its own people are left out.")
@click.option("--concerns", multiple=True, metavar="NAME", help="Organisation whose work is at issue; may be repeated.")
@click.option("--speaks", multiple=True, metavar="L", help="Language the expert must speak; may be repeated.")
@click.option("--region", default="", metavar="M49|ISO3", help="Region or country the expert must know.")
@json_option
def match(
    text: str | None,
    number: int | None,
    limit: int,
    size: int,
    language: str,
    country: str,
    organisation: str,
    concerns: tuple[str, ...],
    speaks: tuple[str, ...],
    region: str,
    as_json: bool,
) -> int:
    """Experts for a text or a request, with what shows it, and who was left out.

    Each with sentences of the request beside sentences of their works; who was left out and why; how many did not
    consent to be found; whether nobody fits well; peers for an exchange. Loads and refusals count as they are now.

    A slate (`--slate`) is of the nearest who keep the balance of regions, gender, language, of those asked lately, of
    the UN and others: what it costs, what could not be kept, who could step in.
    """
    from index.matching.matcher import match_json
    from index.matching.peers import peers_json
    from kb.cli.match_peers import peers_for, say_peers
    from kb.cli.match_slate import say_slate, slate_json
    from kb.matching.slates import NEAREST, slate_of
    from kb.matching.store import proposals

    either(text, number, "TEXT (- for standard input) or --request ID")
    told = _Told(language, country.upper(), organisation, concerns, speaks, region.upper())
    instance = bootstrap.open_instance()
    request = _stored(instance, number, told) if number is not None else _request(text or "", told)
    matcher = ready_matcher(instance)
    with instance.database.read() as connection:
        present = proposals.matching_context(connection)
    # As many as on the page of a request, so that both propose the same slate.
    near = max(limit, NEAREST, 2 * size) if size else limit
    found = matcher.match(request, present, near)
    if not found.meaning:
        _log.warning("matched by words alone; 'kb people encode' makes the works ready.")
    people = found.affinities
    slate = slate_of(request, people, present, size) if size else None
    shown = replace(found, proposals=found.proposals[:limit])
    peers = peers_for(instance, request)
    if as_json:
        identity = {"id": request.id} if request.id else {}
        value = match_json(shown)
        value["request"] |= identity
        value["peers"] = peers_json(peers)
        terminal.print_json(value | ({"slate": slate_json(slate, people)} if slate else {}))
        return 0
    if found.nobody_fits:
        click.echo("Nobody here fits well; the nearest are below.\n")
    _say(shown)
    if slate is not None:
        say_slate(slate, people)
    say_peers(peers)
    return 0


def ready_matcher(instance: bootstrap.Instance) -> "Matcher":
    """The experts of the instance, ready for requests. Raises UsageError when there are none."""
    from index.matching.matcher import open_matcher

    matcher = open_matcher(instance.database, instance.encoding(), lambda: concepts(instance))
    if not matcher.experts:
        raise UsageError("There are no experts here yet: 'kb people import FILE.csv' reads them in.")
    return matcher


def _stored(instance: bootstrap.Instance, number: int, told: _Told) -> "Request":
    """A request on record; that people were shown for it goes into the audit trail, as it does on the page."""
    from kb.accounts.account import SYSTEM
    from kb.accounts.audit_actions import AuditKind, InstanceAction
    from kb.accounts.store import audit_trail
    from kb.requests.store import requests

    if told != _Told():
        raise UsageError("A stored request has its own language, country and rules: leave the other options out.")
    with instance.database.write() as connection:
        found = requests.get(connection, number).request
        audit_trail.record(connection, SYSTEM, InstanceAction.SEEN, AuditKind.REQUEST_PEOPLE, found.id)
    return found


def _request(given: str, told: _Told) -> "Request":
    from kb.requests.request import Request
    from kb.text.language import language_of, question_language

    text = (sys.stdin.read() if given == "-" else given).strip()
    if not text:
        raise UsageError("The request is empty. Say in a few sentences what support is needed.")
    language = told.language or question_language(text) or language_of(text)
    return Request(
        text,
        language,
        organisation=told.organisation,
        country=told.country,
        spoken=told.speaks,
        region=told.region,
        concerns=told.concerns,
    )


def _say(found: "Match") -> None:
    text = found.request.whole
    for proposal in found.proposals:
        _say_proposal(proposal, text)
    click.echo(f"{found.eligible} could be proposed; left out:" if found.exclusions else "Nobody was left out.")
    for exclusion in found.exclusions:
        if exclusion.expert is not None:
            reasons = ", ".join(
                f"{ground.value} ({detail})" if detail else ground.value for ground, detail in exclusion.reasons
            )
            click.echo(f"  {exclusion.expert.name}: {reasons}")
    hidden = sum(exclusion.expert is None for exclusion in found.exclusions)
    if hidden:
        click.echo(f"  {hidden} who did not consent to be found")


def _say_proposal(proposal: "MatchedExpert", text: str) -> None:
    expert = proposal.expert
    note = " [sample]" if expert.sample else ""
    stated = "; by their own statement, no works" if proposal.stated else ""
    click.echo(f"{proposal.rank}. {expert.name}{note}, {expert.organisation} ({proposal.affinity:.2f}{stated})")
    for pairing in proposal.pairings:
        for whole, span, marks in (
            (text, pairing.asked, pairing.asked_marks),
            (pairing.work.text, pairing.said, pairing.said_marks),
        ):
            start, end = span
            shown = terminal.marked(whole[start:end], [(a - start, b - start) for a, b in marks])
            click.echo(
                f"   {'“' if whole is text else '    — “'}{shown}”{'' if whole is text else f' ({pairing.work.title})'}"
            )
    click.echo()
