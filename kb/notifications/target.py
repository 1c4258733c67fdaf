"""What a notification leads to; which address that has is known to the web alone."""

from dataclasses import dataclass, field
from enum import StrEnum


class TargetKind(StrEnum):
    """The pages that notifications lead to; the first three open by a secret."""

    WELCOME = "welcome"  # where a password is chosen
    CONSENT = "consent"  # of an expert, to what their profile may be used for
    INVITATION = "invitation"
    OWN_INVITATION = "own-invitation"  # the same, for an expert who signs in
    OWN_PROFILE = "own-profile"
    REVIEW = "review"
    DOCUMENT = "document"
    SUBMISSION = "submission"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Target:
    """A page: `id` is the number of what it shows, `secret` what opens it where one is needed."""

    kind: TargetKind
    id: int = 0
    secret: str = field(default="", repr=False)
