"""The states of a document, what each means, and the moves between them; which move leads where is editorial work."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """States of a document; what each means stands in STATES."""

    RECEIVED = "received"
    DESCRIBED = "described"  # read, described and tagged; waits for review
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Move(StrEnum):
    """What takes a document from one state to the next."""

    DESCRIBE = "describe"
    SEND_TO_REVIEW = "send-to-review"
    PUBLISH = "publish"  # the editor's decision after review
    PUBLISH_TRUSTED = "publish-trusted"  # by a librarian alone, from a collection that is trusted
    RETURN = "return"  # with questions to whoever submitted it
    ANSWER = "answer"  # the questions are answered
    REJECT = "reject"
    TAKE_BACK = "take-back"  # by whoever submitted it, before it is published
    WITHDRAW = "withdraw"
    BRING_BACK = "bring-back"  # to where it can be described and published again
    SUPERSEDE = "supersede"  # follows from a newer version; nobody can ask for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a state means to those who read a document, work on it, or sent it in.

    `held_back` is why `kb ingest --publish` does not publish over the heads of those who decide, and what can be done
    about it; "" where it may publish, or is never asked to.
    """

    live: bool = False  # it is read or worked on, and a newer version takes its place
    public: bool = False  # readers find it and read it
    untouched: bool = False  # it waits for a librarian, and nobody else had a say in it yet
    owned: bool = False  # whoever sent it in may change its description
    taken_away: bool = False  # a person looks at whatever is like it
    explained: bool = False  # whoever sent it in is told the reason of the last move
    judged: bool = False  # whoever sent it in is told what reviewers wrote
    held_back: str = ""


STATES = {
    State.RECEIVED: Meaning(live=True, untouched=True, owned=True),
    State.DESCRIBED: Meaning(
        live=True,
        untouched=True,
        owned=True,
        held_back="They have been in review. Decide on the document",  # a document that comes back from it
    ),
    State.IN_REVIEW: Meaning(live=True, held_back="They are in review. Decide on the document"),
    State.RETURNED: Meaning(
        live=True,
        owned=True,
        explained=True,
        judged=True,
        held_back="They were returned with questions. Answer them",
    ),
    State.PUBLISHED: Meaning(live=True, public=True, judged=True),
    State.REJECTED: Meaning(
        taken_away=True, explained=True, judged=True, held_back="They were rejected. Bring the document back"
    ),
    State.WITHDRAWN: Meaning(taken_away=True, explained=True, held_back="They were withdrawn. Bring the document back"),
    State.SUPERSEDED: Meaning(),
}
LIVE = tuple(state for state, means in STATES.items() if means.live)
PUBLIC = tuple(state for state, means in STATES.items() if means.public)
WAITING = tuple(state for state, means in STATES.items() if means.live and not means.public)
UNTOUCHED = tuple(state for state, means in STATES.items() if means.untouched)
OWNED = tuple(state for state, means in STATES.items() if means.owned)
TAKEN_AWAY = tuple(state for state, means in STATES.items() if means.taken_away)
