"""What the audit trail can say was done, and to what; other features have actions of their own in `audit_actions`."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

Member = TypeVar("Member", bound=StrEnum)


class AuditAction(StrEnum):
    """What was done. Rows of the trail are never changed, so a value that was recorded once keeps its meaning."""


def actions_for(beginning: str, members: Iterable[Member]) -> Mapping[Member, AuditAction]:
    """An action for each of these: the move "publish" is recorded as "document-publish"."""
    values = {member: f"{beginning}-{member.value}" for member in members}
    actions: Any = AuditAction  # called so it makes an enum, which no checker of types follows
    made = actions("ActionOfMembers", [(member.name, value) for member, value in values.items()])
    return {member: made(value) for member, value in values.items()}


class AccountAction(AuditAction):
    """What is done to accounts, and by people with theirs."""

    ASKED = "account-asked"
    CHANGED = "account-changed"
    CREATED = "account-created"
    DISABLED = "account-disabled"
    ENABLED = "account-enabled"
    REFUSED = "account-refused"
    PASSWORD_SET = "password-set"  # noqa: S105
    ROLES_CHANGED = "roles-changed"
    SESSION_ENDED = "session-ended"
    SESSIONS_ENDED = "sessions-ended"
    SIGNED_IN = "signed-in"
    TOKEN_ENDED = "token-ended"  # noqa: S105
    TOKEN_MADE = "token-made"  # noqa: S105


class InstanceAction(AuditAction):
    """What is done in several features, or to all that an instance holds."""

    LETTERS_RETRIED = "letters-retried"
    LINK_MADE = "link-made"  # a one-time link, for an account or for an expert who is invited
    RESTORED = "restored"
    SEEN = "seen"  # personal data was looked at


class AuditKind(StrEnum):
    """What something was done to."""

    ACCOUNT = "account"
    ACCOUNT_REQUEST = "wish"
    ACCOUNTS = "accounts"
    DOCUMENT = "document"
    EXPERT = "expert"
    EXPERTS = "experts"
    INSTANCE = "instance"
    JOB = "job"
    LIKENESS = "likeness"
    ORGANISATIONS = "organisations"
    OVERRIDES = "overrides"
    PROPOSAL = "proposal"
    RANKING = "ranking"
    REQUEST = "request"
    REQUEST_PEOPLE = "request-people"
    REVIEW = "review"
    TERM = "term"
