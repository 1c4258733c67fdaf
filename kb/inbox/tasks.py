"""The inbox: what waits for a person, of documents and of requests, and which rule makes it wait for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.accounts.account import Actor
from kb.accounts.permissions import Action, may, may_ever
from kb.mail.letter import Topic

FAILED_DAYS = 14  # files that were not taken in wait so long; after that they stand on the page of jobs alone


class Task(StrEnum):
    """What a person is waited for to do."""

    DECLARE = "declare"  # conflicts of interests, before the file opens
    REVIEW = "review"  # read, comment, recommend
    ANSWER = "answer"  # the questions about a document one submitted
    DESCRIBE = "describe"  # check the description, send it on
    ASSIGN = "assign"  # choose reviewers
    DECIDE = "decide"  # the reviewers' rule is kept
    REMIND = "remind"  # a reviewer is late
    LIKENESS = "likeness"  # two documents that seem to be one
    FILE = "file"  # one's own, and it was not taken in
    REPLY = "reply"  # to an invitation to help with a request
    EXPLAIN = "explain"  # the secretariat asked something about a request of one's own
    SETTLE = "settle"  # somebody accepted to help: agree, or not
    FEEDBACK = "feedback"  # say how it went
    READ = "read"  # a request that was filed
    RANK = "rank"  # choose people for a request
    INVITE = "invite"  # those chosen
    FOLLOW = "follow"  # both sides agreed, or the support is under way
    WISH = "wish"  # somebody asks for an account
    NEWS = "news"  # happened, and was told by no letter; nothing is to be done


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. `key` is the number of the document, review, link, job, request, invitation or news.

    `about` is the document of a review, and what news is about; `due` of a review alone. Where `title` is "" there is
    none, or it is not for this person.
    """

    task: Task
    key: int
    title: str
    language: str
    since: datetime
    about: int | None = None
    due: date | None = None
    topic: Topic | None = None  # of news
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody, oldest first, and how much there is of each task, shown or not."""

    items: tuple[Item, ...]
    counts: Mapping[Task, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def tasks_of(actor: Actor) -> tuple[Task, ...]:
    """The tasks that can wait for this person."""
    able = {
        Task.DECLARE: may_ever(actor, Action.REVIEW),
        Task.REVIEW: may_ever(actor, Action.REVIEW),
        Task.ANSWER: may_ever(actor, Action.TAKE_BACK),
        Task.DESCRIBE: may(actor, Action.DESCRIBE),
        Task.ASSIGN: may(actor, Action.ASSIGN),
        Task.DECIDE: may(actor, Action.DECIDE),
        Task.REMIND: may(actor, Action.ASSIGN),
        Task.LIKENESS: may(actor, Action.DESCRIBE),
        Task.FILE: may_ever(actor, Action.SUBMIT),
        Task.REPLY: may_ever(actor, Action.ANSWER_PROPOSAL),
        **dict.fromkeys((Task.EXPLAIN, Task.SETTLE, Task.FEEDBACK), may_ever(actor, Action.OWN_REQUEST)),
        **dict.fromkeys((Task.READ, Task.RANK, Task.INVITE, Task.FOLLOW), may(actor, Action.DECIDE_REQUEST)),
        Task.WISH: may(actor, Action.MANAGE_ACCOUNTS),
        Task.NEWS: True,
    }
    return tuple(task for task in Task if actor.signed_in and able[task])
