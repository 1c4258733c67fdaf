"""Sessions: opened when a person signs in, looked up at every request, ended by them or by an admin."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from kb.accounts.account import Account, Actor
from kb.accounts.audit_actions import AccountAction, AuditKind
from kb.accounts.store import accounts, audit_trail
from kb.accounts.tokens import digest, new_token
from kb.clock import now
from kb.store.tables.accounts import sessions
from kb.store.tables.metadata import AnyRow

_SEEN_EVERY = timedelta(minutes=5)  # how exactly it is known when a session was last used
_KEPT = timedelta(days=90)  # ended ones, to tell from where a person has signed in before
_LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts without being used, and at all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open."""

    id: int
    account: int
    created: datetime
    seen: datetime
    address: str
    browser: str


def begin(connection: Connection, account: Account, address: str, browser: str) -> str:
    """Open a session; the secret is given once and only its digest is stored."""
    token, moment = new_token(), now()
    values = {
        "account": account.id,
        "digest": digest(token),
        "created": moment,
        "seen": moment,
        "address": address,
        "browser": browser[:_LONGEST_BROWSER],
    }
    connection.execute(delete(sessions).where(sessions.c.seen < moment - _KEPT))
    connection.execute(insert(sessions).values(values))
    audit_trail.record(connection, account.actor, AccountAction.SIGNED_IN, AuditKind.ACCOUNT, account.id)
    return token


def find(connection: Connection, token: str, lifetimes: Lifetimes) -> tuple[Session, Account] | None:
    """The open session of this secret with its account; None when it is unknown, ended, too old or disabled."""
    query = select(sessions).where(sessions.c.digest == digest(token), _open(lifetimes))
    row = connection.execute(query).first()
    account = None if row is None else accounts.get(connection, row.account)
    if row is None or account is None or not account.active:
        return None
    return _session(row), account


def is_stale(session: Session) -> bool:
    """Whether it is time to note that the session is in use."""
    return now() - session.seen > _SEEN_EVERY


def touch(connection: Connection, session: int) -> None:
    """Note that the session is in use."""
    connection.execute(update(sessions).where(sessions.c.id == session).values(seen=now()))


def of_account(connection: Connection, account: int, lifetimes: Lifetimes) -> list[Session]:
    """The open sessions of an account, last used first."""
    query = select(sessions).where(sessions.c.account == account, _open(lifetimes)).order_by(sessions.c.seen.desc())
    return [_session(row) for row in connection.execute(query)]


def owner(connection: Connection, session: int) -> int | None:
    """The account of a session, open or not."""
    return connection.execute(select(sessions.c.account).where(sessions.c.id == session)).scalar()


def end(connection: Connection, by: Actor, session: int) -> None:
    """End one session."""
    account = owner(connection, session)
    if account is not None and _end(connection, sessions.c.id == session):
        audit_trail.record(
            connection, by, AccountAction.SESSION_ENDED, AuditKind.ACCOUNT, account, {"session": session}
        )


def end_all(connection: Connection, by: Actor, account: int, but: int | None = None) -> None:
    """End every session of an account, except `but`."""
    ended = _end(connection, and_(sessions.c.account == account, sessions.c.id != (but or 0)))
    if ended:
        audit_trail.record(connection, by, AccountAction.SESSIONS_ENDED, AuditKind.ACCOUNT, account, {"count": ended})


def signed_in_before(connection: Connection, account: int, address: str) -> bool:
    """Whether this person has signed in from this network address in the last months."""
    query = select(sessions.c.id).where(sessions.c.account == account, sessions.c.address == address).limit(1)
    return connection.execute(query).first() is not None


def _end(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(update(sessions).where(which, sessions.c.ended.is_(None)).values(ended=now())).rowcount


def _open(lifetimes: Lifetimes) -> ColumnElement[bool]:
    moment = now()
    return and_(
        sessions.c.ended.is_(None),
        sessions.c.seen > moment - lifetimes.idle,
        sessions.c.created > moment - lifetimes.absolute,
    )


def _session(row: AnyRow) -> Session:
    return Session(row.id, row.account, row.created, row.seen, row.address, row.browser)
