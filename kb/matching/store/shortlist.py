"""Steps with the shortlist of a request: people put on it by list and by name, invited, asked again, taken off."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from kb.accounts.account import Actor
from kb.accounts.audit_actions import AuditKind, InstanceAction
from kb.accounts.permissions import Action, require
from kb.accounts.store import audit_trail
from kb.errors import RefusedError
from kb.experts.expert import Expert
from kb.experts.store import experts
from kb.experts.store.experts import Contact
from kb.matching.store import proposals, rankings
from kb.requests.case import Proposal, ProposalStatus, RequestRecord, RequestRefusal
from kb.requests.request import Stage
from kb.requests.store import notifications, requests
from kb.text.folding import fold


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody who is not on the list, by name, and why; an empty name stands for nobody."""

    name: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """An invitation that was made: to whom, how they are reached, and its secret."""

    expert: Expert
    contact: Contact | None
    token: str


@dataclass(frozen=True, slots=True)
class Invitations:
    """What became of inviting several people: who was invited, and why others were not."""

    issued: tuple[IssuedInvitation, ...]
    refused: tuple[RefusedError, ...]


def choose(
    connection: Connection,
    actor: Actor,
    request: int,
    ranking: int,
    people: Collection[int],
    expected: str,
    reason: str,
    by_hand: ByHand = ByHand(),
) -> None:
    """Put people of a ranking on the slate, and somebody by hand; who differs from the slate proposed says why.

    Raises RefusedError as `proposals.choose` does, and `person` for who is not on the list or not found by name.
    """
    case = requests.seen_by(connection, actor, request)
    found = rankings.get(connection, ranking, request)
    if not set(people) <= found.ranking.places.keys():
        raise RefusedError(RequestRefusal.PERSON, "Somebody is not on the list.")
    by_name = by_hand.name.strip()
    if set(people) != set(found.ranking.slate.chosen) and not reason.strip() and not by_name:
        raise RefusedError(RequestRefusal.REASON, "The slate differs from the one proposed.")
    chosen = dict.fromkeys(people, "")
    if by_name:
        chosen[_by_name(connection, case, by_name)] = by_hand.why
    proposals.choose(connection, actor, found, chosen, expected, reason)


def invite(connection: Connection, actor: Actor, request: int, numbers: Collection[int], expected: str) -> Invitations:
    """Invite people of the slate. Whoever the rules leave out by now is not asked, and falls off it."""
    case = requests.seen_by(connection, actor, request)
    mine = _of_request(connection, request, numbers)
    people = experts.get_several(connection, [p.expert for p in mine])
    issued: list[IssuedInvitation] = []
    refused: list[RefusedError] = []
    for each in mine:
        try:
            token = proposals.invite(connection, actor, each.id, expected)
        except RefusedError as error:  # raised before anything is written
            refused.append(error)
            if error.code is RequestRefusal.LEFT_OUT:
                proposals.lapse(connection, actor, each.id)
            continue
        expected = Stage.PROPOSED if case.stage is Stage.MATCHED else expected
        issued.append(IssuedInvitation(people[each.expert], experts.contact(connection, each.expert), token))
    return Invitations(tuple(issued), tuple(refused))


def renew(connection: Connection, actor: Actor, request: int, number: int) -> IssuedInvitation:
    """Another secret for an invitation; the one before opens it no longer. Raises RefusedError `expired`."""
    requests.seen_by(connection, actor, request)
    mine = _of_request(connection, request, (number,))
    token = notifications.invitation_secret(connection, number) if mine else None
    person = experts.get_several(connection, [p.expert for p in mine]).get(mine[0].expert) if mine else None
    if token is None or person is None:
        raise RefusedError(RequestRefusal.EXPIRED, "It has run out.")
    audit_trail.record(connection, actor, InstanceAction.LINK_MADE, AuditKind.PROPOSAL, number)
    return IssuedInvitation(person, experts.contact(connection, person.id), token)


def take_off(connection: Connection, actor: Actor, request: int, number: int) -> None:
    """Take somebody off the slate, or wait no longer for their answer."""
    requests.seen_by(connection, actor, request)
    for each in _of_request(connection, request, (number,)):
        step = proposals.drop if each.standing is ProposalStatus.CHOSEN else proposals.lapse
        step(connection, actor, number)


def settle(
    connection: Connection, actor: Actor, request: int, number: int, *, agrees: bool | None, reason: str = ""
) -> None:
    """What the one who asks answers to somebody of the shortlist. Raises RefusedError `stage` where there is nobody."""
    require(actor, Action.OWN_REQUEST, requests.get(connection, request).owner)
    if agrees is None or not _of_request(connection, request, (number,)):
        raise RefusedError(RequestRefusal.STAGE, "There is nobody to agree to.")
    proposals.settle(connection, actor, number, agrees=agrees, reason=reason)


def _of_request(connection: Connection, request: int, numbers: Collection[int]) -> list[Proposal]:
    return [each for each in proposals.of_request(connection, request) if each.id in numbers]


def _by_name(connection: Connection, case: RequestRecord, name: str) -> int:
    """The one person of this name whom the rules let be proposed."""
    wanted = fold(" ".join(name.split()))
    alike = [e.id for e in experts.profiles(connection) if fold(e.name) == wanted]
    context = proposals.matching_context(connection)
    eligible = proposals.check_eligibility(connection, case.request, alike, context).eligible
    if len(eligible) != 1:
        raise RefusedError(RequestRefusal.PERSON, "Nobody, or more than one, of this name can be proposed.")
    return eligible[0].id
