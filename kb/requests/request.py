"""Support requests: what is asked, by whom, and the states a request goes through."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kb.experts.expert import Support


class Stage(StrEnum):
    """Where a request stands."""

    FILED = "filed"
    CLARIFIED = "clarified"
    MATCHED = "matched"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    UNDER_WAY = "under-way"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


BEGINNING = 90  # characters of a text that stand for it as a whole
_SHOWN = 80  # of the beginning of a longer one
_ENDED = frozenset({Stage.CLOSED, Stage.DECLINED, Stage.WITHDRAWN})
_FORWARD = {
    Stage.FILED: (Stage.CLARIFIED, Stage.MATCHED),
    Stage.CLARIFIED: (Stage.MATCHED,),
    Stage.MATCHED: (Stage.PROPOSED, Stage.CLARIFIED),
    Stage.PROPOSED: (Stage.ACCEPTED, Stage.MATCHED),
    Stage.ACCEPTED: (Stage.UNDER_WAY, Stage.MATCHED),
    Stage.UNDER_WAY: (Stage.CLOSED,),
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request for support. `country` is alpha-3; `concerns` are organisations whose work is at issue.

    `spoken` are languages of which the expert must speak one, `region` an M49 code or a country they must know; empty
    where it does not matter.
    """

    text: str
    language: str
    id: int = 0
    title: str = ""
    organisation: str = ""
    country: str = ""
    objectives: tuple[str, ...] = ()
    support: Support | None = None
    spoken: tuple[str, ...] = ()
    region: str = ""
    concerns: tuple[str, ...] = ()
    needed_by: date | None = None
    confidential: bool = False
    title_public: bool = False  # the one who asks agreed that everybody may read the title, and nothing else
    sample: bool = False

    @property
    def key(self) -> str:
        """How a refusal names this request."""
        return f"request:{self.id}"

    @property
    def heading(self) -> str:
        """Its title, or how its text begins."""
        return self.title or beginning(self.text)

    @property
    def public_title(self) -> str:
        """What everybody may read of it, "" where that is nothing; never a word of the problem."""
        return self.title if self.title_public and not self.confidential else ""

    @property
    def whole(self) -> str:
        """Title and text, as they are compared."""
        return f"{self.title}\n{self.text}" if self.title else self.text


def beginning(text: str) -> str:
    """Whole words from the beginning of a text, for a list; all of it when it is short."""
    words = " ".join(text.split())
    return words if len(words) <= BEGINNING else f"{words[:_SHOWN].rpartition(' ')[0] or words[:_SHOWN]} …"


def next_stages(stage: Stage) -> tuple[Stage, ...]:
    """Where a request may go from `stage`; it can be declined or withdrawn until it has ended."""
    if stage in _ENDED:
        return ()
    return (*_FORWARD[stage], Stage.DECLINED, Stage.WITHDRAWN)


# What a request may wait at a stage before it counts as late: days.
PROMISED = {Stage.FILED: 5, Stage.CLARIFIED: 5, Stage.MATCHED: 3, Stage.PROPOSED: 12, Stage.ACCEPTED: 10}
