"""Commands of the connection hub: experts read in, people and slates found for a request, and how well that works."""

import argparse
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.cli import bootstrap, terminal
from kb.cli.experts import concepts
from kb.errors import UsageError

if TYPE_CHECKING:
    from index.encoding.instance_encoding import Encoding
    from index.matching.matcher import Matcher
    from kb.matching.match import Match, MatchedExpert
    from kb.requests.request import Request


def match(options: argparse.Namespace) -> int:
    """People for a text, or for a stored request with all its rules; loads and refusals count as they are now."""
    from index.matching.matcher import match_json
    from index.matching.peers import peers_json
    from kb.cli.match_peers import peers_for, say_peers
    from kb.cli.match_slate import say_slate, slate_json
    from kb.matching.slates import NEAREST, slate_of
    from kb.matching.store import proposals

    if options.limit < 1 or options.slate < 0:
        raise UsageError("--limit must be 1 or more, and --slate the number of people of a slate.")
    instance = bootstrap.open_instance()
    request = _stored(instance, options) if options.request is not None else _request(options)
    encoding = bootstrap.open_encoding(instance)
    matcher = ready_matcher(instance, encoding)
    with instance.database.read() as connection:
        present = proposals.matching_context(connection)
    # As many as on the page of a request, so that both propose the same slate.
    near = max(options.limit, NEAREST, 2 * options.slate) if options.slate else options.limit
    found = matcher.match(request, present, near)
    if not found.meaning:
        print("kb: matched by words alone; 'kb people encode' makes the works ready.", file=sys.stderr)
    people = found.affinities
    slate = slate_of(request, people, present, options.slate) if options.slate else None
    shown = replace(found, proposals=found.proposals[: options.limit])
    peers = peers_for(instance, request, encoding)
    if options.json:
        identity = {"id": request.id} if request.id else {}
        value = match_json(shown)
        value["request"] |= identity
        value["peers"] = peers_json(peers)
        terminal.print_json(value | ({"slate": slate_json(slate, people)} if slate else {}))
        return 0
    if found.nobody_fits:
        print("Nobody here fits well; the nearest are below.\n")
    _say(shown)
    if slate is not None:
        say_slate(slate, people)
    say_peers(peers)
    return 0


def ready_matcher(instance: bootstrap.Instance, opened: "Encoding | None" = None) -> "Matcher":
    """The experts of the instance, ready for requests. Raises UsageError when there are none."""
    from index.matching.matcher import open_matcher

    encoding = opened or bootstrap.open_encoding(instance)
    matcher = open_matcher(instance.database, encoding, lambda: concepts(encoding))
    if not matcher.experts:
        raise UsageError("There are no experts here yet: 'kb people import FILE.csv' reads them in.")
    return matcher


def eval_match(options: argparse.Namespace) -> int:
    from index.encoding.hashing_encoder import HASHING
    from index.evaluation.matching import measure, read_folder, report_json, scores

    folder = read_folder(options.folder)
    settings = bootstrap.settings()
    # Hashed words know nothing beyond words: they count as no encoder.
    encoding = None if options.lexical or settings.encoder == HASHING else bootstrap.encoding_beside(settings)
    works = sum(map(len, folder.archives.values()))
    with terminal.bar(works + len(folder.submissions) if encoding is not None else 0, "text") as advance:
        given = scores(folder, encoding, advance)
    if options.scores is not None:
        try:
            options.scores.write_text(json.dumps(given, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise UsageError(f"{options.scores} cannot be written ({error.strerror}).") from error
    report = measure(given, folder.ratings) if folder.ratings else None
    value = report_json(report, given, encoding.identity if encoding is not None else "")
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0


def _stored(instance: bootstrap.Instance, options: argparse.Namespace) -> "Request":
    """A request on record; that people were shown for it goes into the audit trail, as it does on the page."""
    from kb.accounts.account import SYSTEM
    from kb.accounts.store import audit_trail
    from kb.requests.store import requests

    told = ("language", "country", "organisation", "concerns", "speaks", "region")
    if any(getattr(options, name) for name in told):
        raise UsageError("A stored request has its own language, country and rules: leave the other options out.")
    with instance.database.write() as connection:
        found = requests.get(connection, options.request).request
        audit_trail.record(connection, SYSTEM, audit_trail.SEEN, "request-people", found.id)
    return found


def _request(options: argparse.Namespace) -> "Request":
    from kb.requests.request import Request
    from kb.text.language import language_of, question_language

    given = options.text or ""
    text = (sys.stdin.read() if given == "-" else given).strip()
    if not text:
        raise UsageError("The request is empty. Say in a few sentences what support is needed.")
    language = options.language or question_language(text) or language_of(text)
    return Request(
        text,
        language,
        organisation=options.organisation,
        country=options.country.upper(),
        spoken=tuple(options.speaks),
        region=options.region.upper(),
        concerns=tuple(options.concerns),
    )


def _say(found: "Match") -> None:
    text = found.request.whole
    for proposal in found.proposals:
        _say_proposal(proposal, text)
    print(f"{found.eligible} could be proposed; left out:" if found.exclusions else "Nobody was left out.")
    for exclusion in found.exclusions:
        if exclusion.expert is not None:
            reasons = ", ".join(
                f"{ground.value} ({detail})" if detail else ground.value for ground, detail in exclusion.reasons
            )
            print(f"  {exclusion.expert.name}: {reasons}")
    hidden = sum(exclusion.expert is None for exclusion in found.exclusions)
    if hidden:
        print(f"  {hidden} who did not consent to be found")


def _say_proposal(proposal: "MatchedExpert", text: str) -> None:
    expert = proposal.expert
    note = " [sample]" if expert.sample else ""
    stated = "; by their own statement, no works" if proposal.stated else ""
    print(f"{proposal.rank}. {expert.name}{note}, {expert.organisation} ({proposal.affinity:.2f}{stated})")
    for pairing in proposal.pairings:
        for whole, span, marks in (
            (text, pairing.asked, pairing.asked_marks),
            (pairing.work.text, pairing.said, pairing.said_marks),
        ):
            start, end = span
            shown = terminal.marked(whole[start:end], [(a - start, b - start) for a, b in marks])
            print(
                f"   {'“' if whole is text else '    — “'}{shown}”{'' if whole is text else f' ({pairing.work.title})'}"
            )
    print()
