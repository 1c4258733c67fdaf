"""What a letter says, read when it is sent: from what is true by then, and what its receiver may know by then."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from kb.accounts.account import SYSTEM, Account
from kb.accounts.permissions import Action, may
from kb.accounts.store import accounts, one_time_links
from kb.accounts.store.one_time_links import Purpose
from kb.clock import now
from kb.documents.state import PUBLIC, State
from kb.documents.store import documents
from kb.documents.store.notifications import TOPICS
from kb.editorial.store import reviews
from kb.experts.expert import may_be_named
from kb.experts.store import experts
from kb.mail.letter import ABOUT, About, Letter, Topic
from kb.matching.store import proposals
from kb.notifications.store import reminders
from kb.notifications.target import Target, TargetKind
from kb.requests.case import ProposalStatus
from kb.requests.request import next_stages
from kb.requests.store import notifications, requests


@dataclass(frozen=True, slots=True)
class Draft:
    """What a letter is made of. `target` is the page it leads to, None for none.

    `title` is the one of a document or of a request, "" where it has none or is confidential.
    """

    to: str
    language: str
    target: Target | None = None
    title: str = ""
    request: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Who a letter goes to; `account` is None for who cannot sign in."""

    email: str
    language: str
    account: Account | None

    @property
    def draft(self) -> Draft:
        return Draft(self.email, self.language)


def draft(connection: Connection, letter: Letter) -> Draft | None:
    """What to send; None when it is not true any more, or nothing of this person's.

    For a letter with a secret address that address is made here; the one before it opens nothing any more.
    """
    to = _receiver(connection, letter)
    return None if to is None else _DRAFTS[ABOUT[letter.topic]](connection, letter, to)


def _receiver(connection: Connection, letter: Letter) -> _Receiver | None:
    if letter.expert is None:
        account = accounts.get(connection, letter.account or 0)
        return _Receiver(account.email, account.language, account) if account is not None and account.active else None
    reached = experts.contact(connection, letter.expert)
    if reached is None:
        return None
    account = None if reached.account is None else accounts.get(connection, reached.account)
    if account is not None and not account.active:
        return None
    return _Receiver(reached.email, reached.language, account)


def _of_account(connection: Connection, letter: Letter, to: _Receiver) -> Draft | None:
    has_password = bool(accounts.password_of(connection, letter.key))
    if to.account is None or has_password is not (letter.topic is Topic.WAY_BACK):
        return None
    purpose = Purpose.RESET if has_password else Purpose.INVITATION
    token = one_time_links.make(connection, SYSTEM, letter.key, purpose)
    return replace(to.draft, target=Target(TargetKind.WELCOME, secret=token))


def _of_expert(connection: Connection, letter: Letter, to: _Receiver) -> Draft | None:
    expert, today = experts.get(connection, letter.key), now().date()
    if letter.topic is Topic.CONSENT:
        if may_be_named(expert, today):
            return None
        token = experts.invite(connection, SYSTEM, letter.key, to.email, to.language)
        return replace(to.draft, target=Target(TargetKind.CONSENT, secret=token))
    ends = expert.consent.expires
    if ends is None or not expert.consent.uses or ends <= today:
        return None
    return replace(to.draft, target=Target(TargetKind.OWN_PROFILE), day=ends)


def _of_proposal(connection: Connection, letter: Letter, to: _Receiver) -> Draft | None:
    found = proposals.get(connection, letter.key)
    if letter.topic is Topic.AGREED:
        request = requests.get(connection, found.request).request
        title = "" if request.confidential else request.title
        drafted = replace(to.draft, target=_signed_in(connection, found.id, to), request=request.id, title=title)
        return drafted if found.standing is ProposalStatus.AGREED else None
    if found.standing is not ProposalStatus.INVITED or found.expires is None or found.expires <= now():
        return None
    if letter.topic is Topic.INVITATION_OPEN:
        return replace(to.draft, target=_signed_in(connection, found.id, to), day=found.expires.date())
    request = requests.get(connection, found.request).request
    if not proposals.may_stay(connection, found):
        return None
    token = notifications.renewed_secret(connection, found.id)
    return None if token is None else replace(to.draft, target=Target(TargetKind.INVITATION, secret=token))


def _signed_in(connection: Connection, proposal: int, to: _Receiver) -> Target | None:
    """The page of an invitation, for who can sign in; the others have its secret address."""
    known = to.account is not None and accounts.password_of(connection, to.account.id)
    return Target(TargetKind.OWN_INVITATION, proposal) if known else None


def _of_review(connection: Connection, letter: Letter, to: _Receiver) -> Draft | None:
    review = reviews.get(connection, letter.key)
    case = reviews.case_of(connection, review.document)
    goes_on = case.state is State.IN_REVIEW and case.panel.round == review.round and review.waits
    if to.account is None or not goes_on or not may(to.account.actor, Action.REVIEW, review.reviewer):
        return None
    title = documents.get(connection, review.document).description.title
    return replace(to.draft, target=Target(TargetKind.REVIEW, review.id), title=title, day=review.due)


def _of_document(connection: Connection, letter: Letter, to: _Receiver) -> Draft | None:
    found = documents.get(connection, letter.key)
    if to.account is None or TOPICS.get(found.state) is not letter.topic or found.owner != to.account.id:
        return None
    kind = TargetKind.DOCUMENT if found.state in PUBLIC else TargetKind.SUBMISSION
    return replace(to.draft, target=Target(kind, found.id), title=found.description.title)


def _of_request(connection: Connection, letter: Letter, to: _Receiver) -> Draft | None:
    case = requests.get(connection, letter.key)
    if to.account is None or not may(to.account.actor, Action.SEE_REQUEST, case.owner):
        return None
    goes_on = bool(next_stages(case.stage))
    asked = requests.open_question(requests.timeline(connection, case.id)) is not None
    day = reminders.day_of(case, to.account.id)
    still = {
        Topic.REQUEST_FILED: goes_on,
        Topic.QUESTION_ASKED: goes_on and asked,
        Topic.REQUEST_SOON: goes_on and day is not None,
        Topic.REQUEST_LATE: goes_on and day is not None,
    }
    if not still.get(letter.topic, True):
        return None
    title = "" if case.request.confidential else case.request.title
    return replace(to.draft, target=Target(TargetKind.REQUEST, case.id), title=title, request=case.id, day=day)


_DRAFTS: dict[About, Callable[[Connection, Letter, _Receiver], Draft | None]] = {
    About.ACCOUNT: _of_account,
    About.EXPERT: _of_expert,
    About.PROPOSAL: _of_proposal,
    About.REVIEW: _of_review,
    About.DOCUMENT: _of_document,
    About.REQUEST: _of_request,
}
