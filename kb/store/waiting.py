"""What waits for a person in the connection hub, read from requests and proposals; nothing is stored of it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from kb.accounts import Action, Actor, may
from kb.hub import Case, Due, Side, Standing, Waits
from kb.requests import Stage, next_stages
from kb.store import experts, feedback, proposals, requests
from kb.store.moment import now

_OFFICE = {
    Stage.FILED: Due.READ,
    Stage.CLARIFIED: Due.RANK,
    Stage.MATCHED: Due.INVITE,
    Stage.ACCEPTED: Due.FOLLOW,
    Stage.UNDER_WAY: Due.FOLLOW,
}
_TITLE = 80  # characters


def waiting(connection: Connection, actor: Actor) -> list[Waits]:
    """What waits for this person, oldest first."""
    found = [each for case in requests.listed(connection, actor) for each in _of_case(connection, actor, case)]
    found += _invitations(connection, actor)
    return sorted(found, key=lambda each: each.since)


def _of_case(connection: Connection, actor: Actor, case: Case) -> Iterator[Waits]:
    events = requests.timeline(connection, case.id)
    question = requests.open_question(events)
    if may(actor, Action.OWN_REQUEST, case.owner):
        if question is not None and next_stages(case.stage):
            yield _waits(case, Due.ANSWER, question.at)
        for each in proposals.of_request(connection, case.id):
            if each.standing is Standing.ACCEPTED:
                yield _waits(case, Due.SETTLE, each.answered or case.changed)
        if case.stage in (Stage.UNDER_WAY, Stage.CLOSED) and feedback.given(events, Side.ASKER) is None:
            yield _waits(case, Due.FEEDBACK, case.changed)
    if may(actor, Action.DECIDE_REQUEST) and question is None and case.stage in _OFFICE:
        yield _waits(case, _OFFICE[case.stage], case.changed)


def _invitations(connection: Connection, actor: Actor) -> list[Waits]:
    expert = experts.of_account(connection, actor.account)
    if expert is None or not may(actor, Action.ANSWER_PROPOSAL, actor.account):
        return []
    found = []
    for each in proposals.of_expert(connection, expert):
        if each.standing is Standing.INVITED and each.expires is not None and each.expires > now():
            case = requests.get(connection, each.request)
            shown = "" if case.request.confidential else _title(case)
            path = f"/invitations/{each.id}"
            found.append(Waits(Due.REPLY, case.id, shown, case.request.language, each.expires - proposals.LASTS, path))
    return found


def _waits(case: Case, due: Due, since: datetime) -> Waits:
    return Waits(due, case.id, _title(case), case.request.language, since, f"/requests/{case.id}")


def _title(case: Case) -> str:
    return case.request.title or case.request.text[:_TITLE]
