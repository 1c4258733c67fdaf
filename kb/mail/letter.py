"""Letters the platform writes: what each is about, who gets it, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Topic(StrEnum):
    """What a letter is about."""

    # With a secret address, made when the letter is sent.
    WELCOME = "welcome"  # choose a first password
    WAY_BACK = "way-back"  # choose another one
    CONSENT = "consent"  # decide on one's profile as an expert
    INVITATION = "invitation"  # help with a request

    REVIEW_ASKED = "review-asked"
    RETURNED = "returned"  # a document one sent in
    REJECTED = "rejected"
    PUBLISHED = "published"

    REQUEST_FILED = "request-filed"
    QUESTION_ANSWERED = "question-answered"
    EXPERT_ACCEPTED = "expert-accepted"
    EXPERT_DECLINED = "expert-declined"
    UNDELIVERED = "undelivered"  # an invitation, by mail

    QUESTION_ASKED = "question-asked"
    PEOPLE_ASKED = "people-asked"
    PERSON_ACCEPTED = "person-accepted"
    REQUEST_CLOSED = "request-closed"
    REQUEST_DECLINED = "request-declined"

    AGREED = "agreed"  # by both sides, to the expert

    # Reminders.
    CONSENT_ENDS = "consent-ends"
    REVIEW_SOON = "review-soon"
    REVIEW_LATE = "review-late"
    REQUEST_SOON = "request-soon"
    REQUEST_LATE = "request-late"
    INVITATION_OPEN = "invitation-open"


class About(StrEnum):
    """The kind of thing that the number of a letter stands for."""

    ACCOUNT = "account"
    DOCUMENT = "document"
    REVIEW = "review"
    REQUEST = "request"
    PROPOSAL = "proposal"
    EXPERT = "expert"


_T = Topic
ABOUT: dict[Topic, About] = {
    **dict.fromkeys((_T.WELCOME, _T.WAY_BACK), About.ACCOUNT),
    **dict.fromkeys((_T.CONSENT, _T.CONSENT_ENDS), About.EXPERT),
    **dict.fromkeys((_T.INVITATION, _T.INVITATION_OPEN, _T.AGREED), About.PROPOSAL),
    **dict.fromkeys((_T.REVIEW_ASKED, _T.REVIEW_SOON, _T.REVIEW_LATE), About.REVIEW),
    **dict.fromkeys((_T.RETURNED, _T.REJECTED, _T.PUBLISHED), About.DOCUMENT),
    **dict.fromkeys((_T.REQUEST_FILED, _T.QUESTION_ANSWERED, _T.EXPERT_ACCEPTED, _T.EXPERT_DECLINED), About.REQUEST),
    **dict.fromkeys((_T.QUESTION_ASKED, _T.PEOPLE_ASKED, _T.PERSON_ACCEPTED, _T.UNDELIVERED), About.REQUEST),
    **dict.fromkeys((_T.REQUEST_CLOSED, _T.REQUEST_DECLINED, _T.REQUEST_SOON, _T.REQUEST_LATE), About.REQUEST),
}
# What the inbox tells where no mail went out. The others stand in it as something to do, or hold a secret address.
NEWS = (
    *(_T.REJECTED, _T.PUBLISHED),
    *(_T.EXPERT_ACCEPTED, _T.EXPERT_DECLINED, _T.UNDELIVERED, _T.AGREED),
    *(_T.PEOPLE_ASKED, _T.REQUEST_CLOSED, _T.REQUEST_DECLINED),
    *(_T.CONSENT_ENDS, _T.REQUEST_SOON, _T.REQUEST_LATE),
)
# After each attempt that failed, until the next; after the last of them the letter is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440, 2880))
RECENT = timedelta(days=30)  # how long a letter that was given up is shown, and can be tried again
LEASE = timedelta(minutes=10)  # a letter that was taken and neither sent nor given back is tried again after this


class DeliveryStatus(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    SENT = "sent"  # handed to the mail server
    SHOWN = "shown"  # in the inbox alone: the site sends no mail
    FAILED = "failed"  # given up
    VOID = "void"  # it was no longer true, or no longer this person's to know, when it was to be sent


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as the platform keeps it; `key` is the number of what it is about."""

    id: int
    topic: Topic
    key: int
    account: int | None
    expert: int | None
    created: datetime
    state: DeliveryStatus
    attempts: int
    reason: str = ""
    ended: datetime | None = None
