"""Likenesses: in which way one document is another one over again, and what is made of such a finding."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkKind(StrEnum):
    """What the first document of a likeness is to the other."""

    OTHER_FORMAT = "same work, other format"
    VERSION = "version of"
    TRANSLATION = "translation of"
    EXCERPT = "excerpt of"
    NEARLY_SAME = "nearly the same"

    @property
    def shares_work(self) -> bool:
        """Whether the two count once. An excerpt does not: two books may hold the same annex, and stay two."""
        return self is not LinkKind.EXCERPT


class LinkStatus(StrEnum):
    """What is made of a finding."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Likeness:
    """A finding: `document` is a `kind` of `other`, with a score in [0, 1].

    `sure` when nothing but signs of another format differs, so that no person has to look.
    """

    kind: LinkKind
    document: int
    other: int
    score: float
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A finding on record. `decided` is None while nobody looked: a confirmed one was confirmed by rule then.

    `account` is the person who decided; None when nobody did, or the command line.
    """

    id: int
    kind: LinkKind
    document: int
    other: int
    score: float
    standing: LinkStatus
    found: datetime
    decided: datetime | None = None
    account: int | None = None

    @property
    def automatic(self) -> bool:
        return self.standing is LinkStatus.CONFIRMED and self.decided is None

    def opposite(self, document: int) -> int:
        """The one of the two that `document` is not."""
        return self.other if document == self.document else self.document
