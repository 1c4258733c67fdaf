"""The states of a document and the moves between them."""

from enum import StrEnum


class State(StrEnum):
    """States of a document (domain rules); only published ones are found by readers."""

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
