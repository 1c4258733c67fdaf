"""The command that ranks past requests again and tells how far that agrees with what officers chose."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from kb.cli import bootstrap, match, terminal
from kb.cli.parameters import json_option

if TYPE_CHECKING:
    from kb.matching.eligibility import MatchingContext
    from kb.matching.replay import Agreement, ReplayComparison, Report
    from kb.requests.request import Request


_log = logging.getLogger(__name__)


@click.command()
@json_option
def replay(as_json: bool) -> int:
    """Rank past requests again, and compare with what officers chose.

    How many of the people chosen, and of those who accepted, stand among the first 1, 3 and 5 today, and stood there
    then; by objective; who left since is counted apart. Officers had the ranking before them when they chose, so the
    one as it stood agrees the better by nature.
    """
    from kb.matching.replay import FIRST, again, gathered, report
    from kb.matching.store import choices, proposals

    instance = bootstrap.open_instance()
    with instance.database.read() as connection:
        past = gathered(choices.choices(connection))
        present = proposals.matching_context(connection)
    if not past:
        found = report([])
    else:
        matcher = match.ready_matcher(instance)

        def rank(request: "Request", now: "MatchingContext") -> Sequence[int]:
            return [proposal.expert.id for proposal in matcher.match(request, now, max(FIRST)).proposals]

        found = report([again(each, matcher.experts, present, rank) for each in terminal.progress(past, "request")])
    terminal.print_json(_json(found)) if as_json else _say(found)
    return 0


def _json(found: "Report") -> dict[str, Any]:
    from kb.matching.replay import FEW

    return {
        "requests": found.requests,
        "samples": found.samples,
        "few": found.chosen.now.requests < FEW,
        "chosen": _compared(found.chosen),
        "accepted": _compared(found.accepted),
        "objectives": {notation or "none": _compared(each) for notation, each in found.objectives.items()},
        "left": {reason.name.lower(): count for reason, count in found.left.items()},
    }


def _compared(each: "ReplayComparison") -> dict[str, Any]:
    """Shares are null where there is nobody to count."""
    return {
        "requests": each.now.requests,
        "people": each.now.people,
        "now": _shares(each.now),
        "as_it_stood": _shares(each.then),
    }


def _shares(of: "Agreement") -> dict[str, float | None]:
    shares: dict[str, float | None] = {}
    for k, count in of.people_first.items():
        shares[f"people@{k}"] = round(count / of.people, 4) if of.people else None
    for k, count in of.requests_first.items():
        shares[f"requests@{k}"] = round(count / of.requests, 4) if of.requests else None
    return shares


def _say(found: "Report") -> None:
    from kb.matching.replay import FEW

    if not found.requests:
        click.echo("No request has a decision on record yet: there is nothing to replay.")
        return
    click.echo(f"{found.requests} past requests with a decision on record ({found.samples} of them samples).")
    if found.chosen.now.requests < FEW:
        click.echo(f"So few ({found.chosen.now.requests} compared) say little: take these figures as a hint.")
    _table("chosen by officers", found.chosen)
    _table("accepted by experts", found.accepted)
    for notation, each in found.objectives.items():
        _table(f"objective {notation}" if notation else "no objective stated", each)
    for reason, count in found.left.items():
        click.echo(f"Counted apart, {reason.value}: {count}")
    _log.info(
        "Officers chose with the ranking as it stood before them, so that one agrees the better by nature. "
        "Whoever joined since is ranked today, too.",
    )


def _table(title: str, each: "ReplayComparison") -> None:
    if not each.now.people:
        click.echo(f"{title}: nobody to compare")
        return
    click.echo(f"{title}: {each.now.people} people, {each.now.requests} requests")
    for name, of in (("today", each.now), ("as it stood", each.then)):
        people = "  ".join(f"first {k}: {count} of {of.people}" for k, count in of.people_first.items())
        some = "  ".join(f"first {k}: {count} of {of.requests}" for k, count in of.requests_first.items())
        click.echo(f"  {name:<12} people       {people}")
        click.echo(f"  {'':<12} at least one {some}")
