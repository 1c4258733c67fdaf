"""Proposals in the store: the ranking as it stood, who was chosen from it, invitations, answers, agreement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kb.accounts.account import ANYONE, Actor
from kb.accounts.permissions import Action, require
from kb.accounts.tokens import digest, new_token
from kb.clock import now
from kb.errors import NotFoundError, RefusedError
from kb.experts.store import experts, organisations
from kb.matching import eligibility
from kb.matching.eligibility import Eligibility, MatchingContext
from kb.matching.ranking import RankingRecord
from kb.requests.case import (
    COUNTED,
    LIVE,
    LONGEST,
    DeclineReason,
    Proposal,
    ProposalStatus,
    RequestEventKind,
    RequestRefusal,
)
from kb.requests.request import Request, Stage, next_stages
from kb.requests.store import requests
from kb.store.tables.metadata import AnyRow
from kb.store.tables.requests import proposals, support_requests

LASTS = timedelta(days=10)  # an invitation


def matching_context(connection: Connection) -> MatchingContext:
    """What the rules need to know of the platform as it is now."""
    today = now()
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    loads: dict[int, int] = {}
    refusals: set[tuple[int, str]] = set()
    query = select(proposals, support_requests.c.facts).join(
        support_requests, support_requests.c.id == proposals.c.request
    )
    for row in connection.execute(query):
        if row.standing in COUNTED and row.invited is not None and row.invited >= month:
            loads[row.expert] = loads.get(row.expert, 0) + 1
        if row.standing in (ProposalStatus.DECLINED, ProposalStatus.REFUSED):
            refusals.add((row.expert, f"request:{row.request}"))
        if row.why == DeclineReason.CONFLICT and row.facts.get("organisation"):
            refusals.add((row.expert, row.facts["organisation"]))
    return MatchingContext(today.date(), loads, frozenset(refusals), organisations.aliases(connection))


def check_eligibility(
    connection: Connection, request: Request, numbers: Collection[int], context: MatchingContext
) -> Eligibility:
    """What the rules say of some people, as their profiles are now."""
    return eligibility.check_eligibility(request, experts.get_several(connection, numbers).values(), context)


def choose(
    connection: Connection, actor: Actor, ranked: RankingRecord, chosen: Mapping[int, str], expected: str, reason: str
) -> None:
    """Put people on the slate of a request: their numbers, with the reason for those added by hand ("" for others).

    Raises RefusedError: `moved` and `stage` as moves do, `left-out` when the rules leave somebody out, `nothing` and
    `reason`.
    """
    require(actor, Action.DECIDE_REQUEST)
    case = requests.get(connection, ranked.request)
    if case.stage != expected:
        raise RefusedError(RequestRefusal.MOVED, f"The request is {case.stage.value} by now.")
    asked = {p.expert for p in of_request(connection, case.id) if p.standing in (*LIVE, ProposalStatus.CHOSEN)}
    added = {n: why.strip() for n, why in chosen.items() if n not in asked}
    if not added:
        raise RefusedError(RequestRefusal.NOTHING, "Nobody was chosen.")
    ranks = ranked.ranking.places
    if any(n not in ranks and not why for n, why in added.items()):
        raise RefusedError(RequestRefusal.REASON, "Whoever is added by hand needs a reason.")
    if len(check_eligibility(connection, case.request, added, matching_context(connection)).eligible) != len(added):
        raise RefusedError(RequestRefusal.LEFT_OUT, "The rules leave one of them out.")
    if case.stage in (Stage.FILED, Stage.CLARIFIED):
        requests.move(connection, actor, case.id, Stage.MATCHED, case.stage)
    elif case.stage not in (Stage.MATCHED, Stage.PROPOSED):
        raise RefusedError(RequestRefusal.STAGE, "People are chosen before somebody accepted.")
    for number, why in added.items():
        _add(connection, ranked, number, ranks.get(number), why[:LONGEST])
        told = {"ranking": ranked.id, "rank": ranks.get(number)}
        requests.happen(connection, actor, case.id, RequestEventKind.CHOSEN, why or reason, None, number, told)


def drop(connection: Connection, actor: Actor, number: int) -> None:
    """Take somebody off the slate again who was not invited yet."""
    require(actor, Action.DECIDE_REQUEST)
    _stand(connection, number, (ProposalStatus.CHOSEN,), ProposalStatus.RELEASED)


def invite(connection: Connection, actor: Actor, number: int, expected: str) -> str:
    """The secret of an invitation. Raises RefusedError `left-out` when by now the rules leave the person out."""
    require(actor, Action.DECIDE_REQUEST)
    found = get(connection, number)
    case = requests.get(connection, found.request)
    if found.standing in LIVE:
        raise RefusedError(RequestRefusal.INVITED, "They were invited already.")
    if case.stage != expected:
        raise RefusedError(RequestRefusal.MOVED, f"The request is {case.stage.value} by now.")
    if case.stage not in (Stage.MATCHED, Stage.PROPOSED):
        raise RefusedError(RequestRefusal.STAGE, "Nobody can be invited at this stage.")
    if not check_eligibility(connection, case.request, [found.expert], matching_context(connection)).eligible:
        raise RefusedError(RequestRefusal.LEFT_OUT, "The rules leave this person out by now.")
    token = new_token()
    values = {"digest": digest(token), "invited": now(), "expires": now() + LASTS}
    _stand(connection, number, (ProposalStatus.CHOSEN,), ProposalStatus.INVITED, values)
    if case.stage is Stage.MATCHED:
        requests.move(connection, actor, case.id, Stage.PROPOSED, Stage.MATCHED)
    requests.happen(connection, actor, case.id, RequestEventKind.INVITED, expert=found.expert)
    return token


def may_stay(connection: Connection, invited: Proposal) -> bool:
    """Whether the rules would still let somebody be proposed who was invited."""
    request = requests.get(connection, invited.request).request
    context = matching_context(connection).without_own([invited.expert])
    return bool(check_eligibility(connection, request, [invited.expert], context).eligible)


def lapse(connection: Connection, actor: Actor, number: int) -> None:
    """Note that somebody on the slate cannot be asked, or can be asked no longer."""
    found = get(connection, number)
    if found.standing in (ProposalStatus.CHOSEN, ProposalStatus.INVITED, ProposalStatus.ACCEPTED):
        _stand(connection, number, (found.standing,), ProposalStatus.LAPSED)
        requests.happen(connection, actor, found.request, RequestEventKind.LAPSED, expert=found.expert)
        _back_to_matched(connection, actor, found.request)


def lapse_left_out(connection: Connection, actor: Actor, expert: int) -> None:
    """After somebody changed their consent or pauses: end what they cannot be asked for any more."""
    context = matching_context(connection)
    for found in waiting_for(connection, expert):
        request = requests.get(connection, found.request).request
        present = context if found.standing is ProposalStatus.CHOSEN else context.without_own([expert])
        if not check_eligibility(connection, request, [expert], present).eligible:
            lapse(connection, actor, found.id)


def waiting_for(connection: Connection, expert: int) -> list[Proposal]:
    """What a person is on a slate for, or was invited to, and both sides have not agreed on."""
    open_ones = [each.value for each in (ProposalStatus.CHOSEN, ProposalStatus.INVITED, ProposalStatus.ACCEPTED)]
    query = select(proposals).where(proposals.c.expert == expert, proposals.c.standing.in_(open_ones))
    return [_proposal(row) for row in connection.execute(query).all()]


def by_link(connection: Connection, token: str) -> Proposal | None:
    """The proposal of an invitation's secret, whatever became of it; None when it is unknown."""
    row = connection.execute(select(proposals).where(proposals.c.digest == digest(token))).one_or_none()
    return None if row is None else _proposal(row)


def get(connection: Connection, number: int) -> Proposal:
    """The proposal of this number. Raises NotFoundError."""
    row = connection.execute(select(proposals).where(proposals.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no proposal {number}.")
    return _proposal(row)


def of_request(connection: Connection, number: int) -> list[Proposal]:
    """The proposals for a request, in the order they were made."""
    query = select(proposals).where(proposals.c.request == number).order_by(proposals.c.id)
    return [_proposal(row) for row in connection.execute(query)]


def all_proposals(connection: Connection) -> list[Proposal]:
    """Every proposal there was, oldest first."""
    return [_proposal(row) for row in connection.execute(select(proposals).order_by(proposals.c.id))]


def of_expert(connection: Connection, number: int) -> list[Proposal]:
    """What a person was invited to, newest first."""
    query = select(proposals).where(proposals.c.expert == number, proposals.c.invited.is_not(None))
    return [_proposal(row) for row in connection.execute(query.order_by(proposals.c.id.desc()))]


def answer(connection: Connection, number: int, *, accepts: bool, why: str = "", text: str = "") -> Proposal:
    """The expert's answer. The same answer a second time changes nothing.

    Raises RefusedError: `answered` when another answer was given, `expired`, `consent` when the rules leave them out
    by now, `reason` when they decline without saying why.
    """
    found = get(connection, number)
    wanted = ProposalStatus.ACCEPTED if accepts else ProposalStatus.DECLINED
    if found.standing is wanted or (accepts and found.standing is ProposalStatus.AGREED):
        return found
    if found.standing is ProposalStatus.LAPSED:
        raise RefusedError(RequestRefusal.EXPIRED, "The invitation has run out.")
    if found.standing is ProposalStatus.RELEASED:
        raise RefusedError(RequestRefusal.ENDED, "The request has ended.")
    if found.standing is not ProposalStatus.INVITED:
        raise RefusedError(RequestRefusal.ANSWERED, "The invitation was answered.")
    if found.expires is not None and found.expires < now():
        raise RefusedError(RequestRefusal.EXPIRED, "The invitation has run out.")
    case = requests.get(connection, found.request)
    if not next_stages(case.stage):
        raise RefusedError(RequestRefusal.ENDED, "The request has ended.")
    if accepts and not may_stay(connection, found):
        raise RefusedError(RequestRefusal.CONSENT, "The rules leave this person out by now.")
    if not accepts and why not in list(DeclineReason):
        raise RefusedError(RequestRefusal.REASON, "A reason is needed.")
    said = text.strip()[:LONGEST]
    values = {"answered": now(), "why": "" if accepts else why, "answer": said}
    _stand(connection, number, (ProposalStatus.INVITED,), wanted, values)
    kind = RequestEventKind.ACCEPTED if accepts else RequestEventKind.DECLINED
    told = {"why": why} if not accepts else {}
    requests.happen(connection, ANYONE, found.request, kind, said, expert=found.expert, details=told)
    if not accepts:
        _back_to_matched(connection, ANYONE, found.request)
    return get(connection, number)


def settle(connection: Connection, actor: Actor, number: int, *, agrees: bool, reason: str = "") -> None:
    """The answer of the one who asks to somebody who accepted: with a yes, contact details pass.

    The same answer a second time changes nothing.
    """
    found = get(connection, number)
    case = requests.get(connection, found.request)
    require(actor, Action.OWN_REQUEST, case.owner)
    if found.standing is (ProposalStatus.AGREED if agrees else ProposalStatus.REFUSED):
        return
    if not agrees and not reason.strip():
        raise RefusedError(RequestRefusal.REASON, "A reason is needed.")
    if agrees and not may_stay(connection, found):
        raise RefusedError(RequestRefusal.LEFT_OUT, "The rules leave this person out by now.")
    _stand(connection, number, (ProposalStatus.ACCEPTED,), ProposalStatus.AGREED if agrees else ProposalStatus.REFUSED)
    kind = RequestEventKind.AGREED if agrees else RequestEventKind.REFUSED
    requests.happen(connection, actor, case.id, kind, reason.strip()[:LONGEST], expert=found.expert)
    if agrees and case.stage is Stage.PROPOSED:
        requests.move(connection, actor, case.id, Stage.ACCEPTED, Stage.PROPOSED)
    elif not agrees:
        _back_to_matched(connection, actor, case.id)


def _back_to_matched(connection: Connection, actor: Actor, request: int) -> None:
    """When nobody who was asked is left, the request waits for another choice."""
    case = requests.get(connection, request)
    if case.stage is Stage.PROPOSED and not any(p.standing in LIVE for p in of_request(connection, request)):
        requests.move(connection, actor, request, Stage.MATCHED, Stage.PROPOSED)


def _add(connection: Connection, ranked: RankingRecord, expert: int, rank: int | None, reason: str) -> None:
    row = {
        "request": ranked.request,
        "expert": expert,
        "ranking": ranked.id,
        "rank": rank,
        "reason": reason,
        "standing": ProposalStatus.CHOSEN.value,
        "created": now(),
        "why": "",
        "answer": "",
    }
    connection.execute(insert(proposals).values(**row))


def _stand(
    connection: Connection,
    number: int,
    before: Sequence[ProposalStatus],
    after: ProposalStatus,
    values: Mapping[str, Any] | None = None,
) -> None:
    here = (proposals.c.id == number, proposals.c.standing.in_([each.value for each in before]))
    changed = update(proposals).where(*here).values(standing=after.value, **(values or {}))
    if not connection.execute(changed).rowcount:
        raise RefusedError(RequestRefusal.MOVED, "Somebody else was quicker.")


def _proposal(row: AnyRow) -> Proposal:
    return Proposal(
        row.id,
        row.request,
        row.expert,
        row.ranking,
        row.rank,
        row.reason,
        ProposalStatus(row.standing),
        row.expires,
        row.answered,
        row.why,
        row.answer,
    )
