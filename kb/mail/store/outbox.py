"""The outbox: letters put in with the step they tell of, taken by one sender at a time, kept with what came of each."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from kb.accounts.account import Actor
from kb.clock import now
from kb.mail.letter import LEASE, PAUSES, RECENT, DeliveryStatus, Letter, Topic
from kb.store.tables.metadata import AnyRow
from kb.store.tables.outbox import letters

INTERRUPTED = "interrupted"  # the reason where each attempt broke off
_LONGEST = 200  # characters of a reason


def put(
    connection: Connection,
    topic: Topic,
    key: int,
    *,
    account: int | None = None,
    expert: int | None = None,
    occasion: str | None = None,
) -> bool:
    """Put a letter to an account, or to an expert, in; within the transaction that does what it tells of.

    False when there is one of this `occasion` already.
    """
    known = select(letters.c.id).where(letters.c.occasion == occasion)
    if occasion is not None and connection.execute(known).first() is not None:
        return False
    moment = now()
    row = {"topic": topic.value, "key": key, "account": account, "expert": expert, "occasion": occasion}
    state = {"state": DeliveryStatus.WAITING.value, "attempts": 0, "created": moment, "due": moment, "reason": ""}
    connection.execute(insert(letters).values(row | state))
    return True


def pending(connection: Connection) -> bool:
    """Whether a letter can be taken now."""
    return connection.execute(select(letters.c.id).where(_due()).limit(1)).first() is not None


def claim(connection: Connection) -> Letter | None:
    """The next letter, taken for a while; None when there is none.

    The attempt counts from here, so that a letter over which the sender dies is not tried for ever. It may have been
    handed over by then: it is rather sent twice than not at all.
    """
    query = select(letters).where(_due()).order_by(letters.c.due, letters.c.id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    if row.attempts > len(PAUSES):
        _end(connection, row.id, DeliveryStatus.FAILED, INTERRUPTED)
        return claim(connection)
    taken = {"attempts": row.attempts + 1, "due": now() + LEASE}
    connection.execute(update(letters).where(letters.c.id == row.id).values(taken))
    return _letter(row)


def sent(connection: Connection, number: int) -> None:
    """Note that a letter was handed to the mail server."""
    _end(connection, number, DeliveryStatus.SENT)


def void(connection: Connection, number: int) -> None:
    """Note that a letter is not needed any more."""
    _end(connection, number, DeliveryStatus.VOID)


def withdraw(connection: Connection, topic: Topic, key: int) -> None:
    """Note that letters of this topic about this thing, which wait, are not needed any more."""
    waiting = (letters.c.topic == topic.value, letters.c.key == key, letters.c.state == DeliveryStatus.WAITING.value)
    ended = {"state": DeliveryStatus.VOID.value, "ended": now()}
    connection.execute(update(letters).where(*waiting).values(ended))


def failed(connection: Connection, letter: Letter, reason: str, *, lasting: bool) -> bool:
    """Note that a letter could not be sent; whether it is given up, as it is at once when that would not change."""
    if lasting or letter.attempts >= len(PAUSES):
        _end(connection, letter.id, DeliveryStatus.FAILED, reason)
        return True
    again = {"due": now() + PAUSES[letter.attempts], "reason": reason[:_LONGEST]}
    connection.execute(update(letters).where(letters.c.id == letter.id).values(again))
    return False


def show(connection: Connection) -> int:
    """Leave all that waits to the inbox, as the site sends no mail; how many they are."""
    values = {"state": DeliveryStatus.SHOWN.value, "ended": now()}
    return connection.execute(
        update(letters).where(letters.c.state == DeliveryStatus.WAITING.value).values(values)
    ).rowcount


def again(connection: Connection) -> int:
    """Let the letters that were given up lately be tried again; how many they are."""
    values = {"state": DeliveryStatus.WAITING.value, "ended": None, "attempts": 0, "due": now(), "reason": ""}
    lately = (letters.c.state == DeliveryStatus.FAILED.value, letters.c.created >= now() - RECENT)
    return connection.execute(update(letters).where(*lately).values(values)).rowcount


def counts(connection: Connection) -> dict[DeliveryStatus, int]:
    """How many of the letters of late stand where."""
    query = select(letters.c.state, func.count().label("number")).where(letters.c.created >= now() - RECENT)
    rows = connection.execute(query.group_by(letters.c.state))
    return Counter({DeliveryStatus(row.state): int(row.number) for row in rows})


def unsent(connection: Connection, limit: int = 100) -> list[Letter]:
    """Letters that were given up lately, or were tried in vain, newest first."""
    given_up = (letters.c.state == DeliveryStatus.FAILED.value) & (letters.c.created >= now() - RECENT)
    tried = (letters.c.state == DeliveryStatus.WAITING.value) & (letters.c.reason != "")
    query = select(letters).where(given_up | tried)
    return [_letter(row) for row in connection.execute(query.order_by(letters.c.id.desc()).limit(limit))]


def held_up(connection: Connection, patience: timedelta) -> int:
    """How many letters have waited for longer than this."""
    late = (letters.c.state == DeliveryStatus.WAITING.value, letters.c.created < now() - patience)
    return int(connection.execute(select(func.count()).select_from(letters).where(*late)).scalar_one())


def put_away(connection: Connection, account: int | None, number: int, *, away: bool = True) -> bool:
    """Put news away in the inbox, or back into it; whether that was possible."""
    mine = (letters.c.id == number, letters.c.account == account)
    here = (*mine, letters.c.seen.is_(None) if away else letters.c.seen.is_not(None))
    return bool(connection.execute(update(letters).where(*here).values(seen=now() if away else None)).rowcount)


def _due() -> ColumnElement[bool]:
    return and_(letters.c.state == DeliveryStatus.WAITING.value, letters.c.due <= now())


def _end(connection: Connection, number: int, state: DeliveryStatus, reason: str = "") -> None:
    values = {"state": state.value, "ended": now(), "reason": reason[:_LONGEST]}
    connection.execute(update(letters).where(letters.c.id == number).values(values))


def _letter(row: AnyRow) -> Letter:
    return Letter(
        id=row.id,
        topic=Topic(row.topic),
        key=row.key,
        account=row.account,
        expert=row.expert,
        created=row.created,
        state=DeliveryStatus(row.state),
        attempts=row.attempts,
        reason=row.reason,
        ended=row.ended,
    )


def put_for_others(connection: Connection, actor: Actor, topic: Topic, key: int, account: int | None) -> None:
    """A letter to an account, but not to who did it."""
    if account is not None and account != actor.account:
        put(connection, topic, key, account=account)
