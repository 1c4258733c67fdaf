"""The people proposed for a request, as far as the one who looks may know of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.experts.expert import Expert, may_be_named
from kb.experts.store import experts
from kb.i18n.catalogue import _
from kb.matching.eligibility import MatchingContext, check_eligibility
from kb.matching.store import proposals
from kb.requests.case import Proposal, ProposalStatus, RequestRecord
from kb.store.transaction import Transaction
from web.http.context import RequestContext
from web.requests.labels import KINDS, STANDINGS

_TO_ASKER = (ProposalStatus.ACCEPTED, ProposalStatus.AGREED)
_YOURS = _("accepted; it waits for your agreement")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody proposed. `name` is "" when they may not be named; `email` once both sides agreed."""

    proposal: int
    name: str
    organisation: str
    kind: str
    country: str
    sample: bool
    standing: ProposalStatus
    stands: str
    message: str
    reason: str
    email: str
    to_settle: bool


def people_of(
    context: RequestContext,
    connection: Transaction,
    case: RequestRecord,
    matching: MatchingContext,
    *,
    officer: bool,
    mine: bool,
) -> tuple[Person, ...]:
    """The secretariat sees all who agreed to be found; the one who asks, those who accepted."""
    made = [p for p in proposals.of_request(connection, case.id) if officer or p.standing in _TO_ASKER]
    known = experts.get_several(connection, {p.expert for p in made})
    return tuple(
        person
        for each in made
        if (person := _person(context, connection, case, each, known.get(each.expert), matching, officer, mine))
    )


def seen_people(case: RequestRecord, people: Iterable[Person]) -> list[audit_trail.Seen]:
    """What is to be put on record of showing these people, where any is named."""
    named = sum(bool(person.name) for person in people)
    return [audit_trail.Seen(AuditKind.REQUEST_PEOPLE, case.id, named)] if named else []


def _person(
    context: RequestContext,
    connection: Transaction,
    case: RequestRecord,
    proposal: Proposal,
    expert: Expert | None,
    matching: MatchingContext,
    officer: bool,
    mine: bool,
) -> Person | None:
    named = expert if expert is not None and may_be_named(expert, now().date()) else None
    if named is not None and proposal.standing is ProposalStatus.ACCEPTED and not officer:
        # Who withdrew, pauses or has a conflict by now is not shown to the one who asks.
        present = matching.without_own([named.id])
        named = named if check_eligibility(case.request, [named], present).eligible else None
    if named is None and not officer:
        return None
    agreed = proposal.standing is ProposalStatus.AGREED and named is not None
    reached = experts.contact(connection, proposal.expert) if agreed else None
    to_settle = mine and proposal.standing is ProposalStatus.ACCEPTED and named is not None
    return Person(
        proposal=proposal.id,
        name=named.name if named else "",
        organisation=named.organisation if named else "",
        kind=context.say(KINDS[named.kind]) if named else "",
        country=context.interface.country(named.country) if named else "",
        sample=bool(named and named.sample),
        standing=proposal.standing,
        stands=context.say(_YOURS if to_settle else STANDINGS[proposal.standing]),
        message=proposal.answer if named else "",
        reason=proposal.reason if officer and named else "",
        email=reached.email if reached else "",
        to_settle=to_settle,
    )
