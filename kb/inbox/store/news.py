"""News for the inbox: what happened, to a person whom no letter told of it."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from kb.accounts.account import Actor
from kb.accounts.permissions import Action, may
from kb.inbox.tasks import Item, Task
from kb.mail.letter import ABOUT, NEWS, About, DeliveryStatus, Topic
from kb.requests.request import beginning
from kb.store.tables.documents import documents
from kb.store.tables.outbox import letters
from kb.store.tables.requests import support_requests


def news(connection: Connection, actor: Actor) -> list[Item]:
    """What was not put away yet, oldest first; of what is still this person's to know."""
    if actor.account is None:
        return []
    untold = [DeliveryStatus.WAITING.value, DeliveryStatus.SHOWN.value, DeliveryStatus.FAILED.value]
    query = select(letters).where(
        letters.c.account == actor.account,
        letters.c.topic.in_([topic.value for topic in NEWS]),
        letters.c.state.in_(untold),
        letters.c.seen.is_(None),
    )
    rows = connection.execute(query.order_by(letters.c.id)).all()
    keys = {about: {row.key for row in rows if ABOUT[Topic(row.topic)] is about} for about in About}
    named = {
        About.DOCUMENT: _documents(connection, actor, keys[About.DOCUMENT]),
        About.REQUEST: _requests(connection, actor, keys[About.REQUEST]),
        About.PROPOSAL: dict.fromkeys(keys[About.PROPOSAL], ("", "")),
        About.EXPERT: dict.fromkeys(keys[About.EXPERT], ("", "")),
    }
    found = []
    for row in rows:
        topic = Topic(row.topic)
        if row.key in named[ABOUT[topic]]:
            title, language = named[ABOUT[topic]][row.key]
            found.append(Item(Task.NEWS, row.id, title, language, row.created, about=row.key, topic=topic))
    return found


_Named = dict[int, tuple[str, str]]  # title and language by number


def _documents(connection: Connection, actor: Actor, numbers: Collection[int]) -> _Named:
    columns = (documents.c.id, documents.c.title, documents.c.language, documents.c.owner)
    rows = connection.execute(select(*columns).where(documents.c.id.in_(numbers))) if numbers else ()
    return {row.id: (row.title, row.language) for row in rows if may(actor, Action.SEE_SUBMISSION, row.owner)}


def _requests(connection: Connection, actor: Actor, numbers: Collection[int]) -> _Named:
    query = select(support_requests).where(support_requests.c.id.in_(numbers))
    rows = connection.execute(query) if numbers else ()
    return {
        row.id: (row.facts.get("title") or beginning(row.text), row.language)
        for row in rows
        if may(actor, Action.SEE_REQUEST, row.owner)
    }
