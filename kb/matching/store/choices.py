"""Decisions on requests, read from rankings, proposals and events; nothing is stored of it."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection

from kb.matching.choices import Choice, Declined
from kb.matching.store import proposals, rankings
from kb.requests.case import Event, Proposal, ProposalStatus, RequestEventKind
from kb.requests.request import Stage
from kb.requests.store import requests


def choices(connection: Connection) -> list[Choice]:
    """Every choice from a ranking, oldest first."""
    made: defaultdict[int, list[Proposal]] = defaultdict(list)
    for each in proposals.all_proposals(connection):
        if each.ranking is not None and each.standing is not ProposalStatus.RELEASED:
            made[each.ranking].append(each)
    cases = {case.id: case for case in requests.all_requests(connection)}
    told = requests.events(connection, (RequestEventKind.CHOSEN, RequestEventKind.ACCEPTED))
    accepted = {(number, event.expert) for number, event in told if event.kind is RequestEventKind.ACCEPTED}
    reasons = _reasons(event for _number, event in told if event.kind is RequestEventKind.CHOSEN)
    return [
        Choice(
            cases[ranking.request],
            ranking,
            tuple(made[ranking.id]),
            frozenset(p.expert for p in made[ranking.id] if (p.request, p.expert) in accepted),
            reasons.get(ranking.id, {}),
        )
        for ranking in rankings.all_rankings(connection)
        if ranking.id in made
    ]


def declined(connection: Connection) -> list[Declined]:
    """Requests that were declined though people had been found for them, oldest first."""
    newest = {ranking.request: ranking for ranking in rankings.all_rankings(connection)}
    why = {
        number: event.text
        for number, event in requests.events(connection, (RequestEventKind.STAGE,))
        if event.stage is Stage.DECLINED
    }
    return [
        Declined(case, newest[case.id], why.get(case.id, ""))
        for case in requests.all_requests(connection)
        if case.stage is Stage.DECLINED and case.id in newest and newest[case.id].ranking.people
    ]


def _reasons(events: Iterable[Event]) -> dict[int, dict[int, str]]:
    """What was written to the choices from each ranking, by person."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for event in events:
        if event.text and event.expert is not None and event.details.get("ranking") is not None:
            found[int(event.details["ranking"])][event.expert] = event.text
    return dict(found)
