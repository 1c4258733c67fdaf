"""Who is written to when a review is asked for: the letter is put in with the step itself, in one transaction."""

from sqlalchemy import Connection

from kb.accounts.account import Actor
from kb.mail.letter import Topic
from kb.mail.store import outbox


def of_review(connection: Connection, actor: Actor, review: int, reviewer: int) -> None:
    """A review was asked for: tell the reviewer."""
    outbox.put_for_others(connection, actor, Topic.REVIEW_ASKED, review, reviewer)
