"""Who is told when something happens to a request: letters are put in with the step itself, in one transaction."""

from sqlalchemy import Connection, select, update

from kb.accounts.account import Actor, Role
from kb.accounts.tokens import digest, new_token
from kb.clock import now
from kb.mail.letter import Letter, Topic
from kb.mail.store import outbox
from kb.requests.case import ProposalStatus, RequestEventKind
from kb.requests.request import Stage
from kb.store.tables.accounts import account_roles, accounts
from kb.store.tables.experts import expert_contacts
from kb.store.tables.requests import proposals, request_events, support_requests

_TO_OFFICE = {
    RequestEventKind.FILED: Topic.REQUEST_FILED,
    RequestEventKind.ANSWER: Topic.QUESTION_ANSWERED,
    RequestEventKind.ACCEPTED: Topic.EXPERT_ACCEPTED,
    RequestEventKind.DECLINED: Topic.EXPERT_DECLINED,
}


_TO_ASKER = {RequestEventKind.QUESTION: Topic.QUESTION_ASKED, RequestEventKind.ACCEPTED: Topic.PERSON_ACCEPTED}


_TO_EXPERT = {RequestEventKind.INVITED: Topic.INVITATION, RequestEventKind.AGREED: Topic.AGREED}


_OF_STAGE = {
    Stage.PROPOSED: Topic.PEOPLE_ASKED,
    Stage.CLOSED: Topic.REQUEST_CLOSED,
    Stage.DECLINED: Topic.REQUEST_DECLINED,
}


def of_happening(
    connection: Connection, actor: Actor, request: int, kind: RequestEventKind, stage: Stage | None, expert: int | None
) -> None:
    """Something happened to a request: tell the secretariat, the one who asks, the expert; of a sample, nobody."""
    columns = (support_requests.c.owner, support_requests.c.sample)
    row = connection.execute(select(*columns).where(support_requests.c.id == request)).one()
    if row.sample:
        return
    if kind in _TO_OFFICE:
        for officer in officers(connection, request):
            outbox.put_for_others(connection, actor, _TO_OFFICE[kind], request, officer)
    to_asker = _OF_STAGE.get(stage) if kind is RequestEventKind.STAGE and stage is not None else _TO_ASKER.get(kind)
    if to_asker is not None:
        outbox.put_for_others(connection, actor, to_asker, request, row.owner)
    if kind in _TO_EXPERT and expert is not None:
        _to_expert(connection, _TO_EXPERT[kind], request, expert)


def undelivered(connection: Connection, letter: Letter) -> None:
    """A letter was given up: tell the secretariat of an invitation that reached nobody."""
    if letter.topic is not Topic.INVITATION:
        return
    request = connection.execute(select(proposals.c.request).where(proposals.c.id == letter.key)).scalar_one()
    for officer in officers(connection, request):
        outbox.put(connection, Topic.UNDELIVERED, request, account=officer)


def officers(connection: Connection, request: int) -> list[int]:
    """The accounts of the secretariat that took a step with a request; as long as none did, all of them."""
    held = select(account_roles.c.account).join(accounts, accounts.c.id == account_roles.c.account)
    query = held.where(account_roles.c.role == Role.SECRETARIAT.value, accounts.c.active.is_(True))
    office = [int(number) for number in connection.execute(query.order_by(account_roles.c.account)).scalars()]
    asker = connection.execute(select(support_requests.c.owner).where(support_requests.c.id == request)).scalar()
    acted = select(request_events.c.account).where(request_events.c.request == request).distinct()
    busy = set(connection.execute(acted).scalars()) - {asker}
    return [number for number in office if number in busy] or office


def invitation_secret(connection: Connection, proposal: int) -> str | None:
    """A new secret for somebody to pass on; a letter that has not gone out yet does not end it by one of its own."""
    outbox.withdraw(connection, Topic.INVITATION, proposal)
    return renewed_secret(connection, proposal)


def renewed_secret(connection: Connection, proposal: int) -> str | None:
    """A new secret for an invitation that can still be answered; the address sent before opens it no longer.

    None when it cannot. The secret made with the invitation was never stored, so that nobody reads it in the records.
    """
    token = new_token()
    here = (
        proposals.c.id == proposal,
        proposals.c.standing == ProposalStatus.INVITED.value,
        proposals.c.expires > now(),
    )
    changed = connection.execute(update(proposals).where(*here).values(digest=digest(token)))
    return token if changed.rowcount else None


def _to_expert(connection: Connection, topic: Topic, request: int, expert: int) -> None:
    """To whoever can be reached; where nobody knows how, the officer passes the address on."""
    query = select(expert_contacts.c.account).where(expert_contacts.c.expert == expert)
    reached = connection.execute(query).one_or_none()
    mine = select(proposals.c.id).where(proposals.c.request == request, proposals.c.expert == expert)
    proposal = connection.execute(mine.order_by(proposals.c.id.desc()).limit(1)).scalar()
    if reached is not None and proposal is not None:
        outbox.put(connection, topic, proposal, account=reached.account, expert=expert)
