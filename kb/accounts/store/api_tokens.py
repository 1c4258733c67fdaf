"""Tokens with which programs act for an account, through the interface for programs alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from kb.accounts.account import Account, Actor
from kb.accounts.audit_actions import AccountAction, AuditKind
from kb.accounts.store import accounts, audit_trail
from kb.accounts.tokens import digest, new_token
from kb.clock import now
from kb.store.tables.accounts import api_tokens as tokens
from kb.store.tables.metadata import AnyRow

PREFIX = "kbt_"  # tells a token that was left lying about for what it is
LASTS = timedelta(days=365)
_USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token that can be used. `used` is when it last was, to the hour."""

    id: int
    account: int
    name: str
    created: datetime
    expires: datetime
    used: datetime | None


def make(connection: Connection, by: Actor, account: int, name: str) -> str:
    """The secret of a new token, given once."""
    token, moment = PREFIX + new_token(), now()
    values = {
        "account": account,
        "name": name,
        "digest": digest(token),
        "created": moment,
        "expires": moment + LASTS,
    }
    number = connection.execute(insert(tokens).values(values).returning(tokens.c.id)).scalar_one()
    audit_trail.record(connection, by, AccountAction.TOKEN_MADE, AuditKind.ACCOUNT, account, {"token": number})
    return token


def find(connection: Connection, token: str) -> tuple[ApiToken, Account] | None:
    """The token of this secret with its account; None when it is unknown, ended, expired or the account disabled."""
    row = connection.execute(select(tokens).where(tokens.c.digest == digest(token), _open())).first()
    account = None if row is None else accounts.get(connection, row.account)
    if row is None or account is None or not account.active:
        return None
    return _token(row), account


def touch(connection: Connection, token: int) -> None:
    """Note that the token is in use."""
    long_ago = or_(tokens.c.used.is_(None), tokens.c.used < now() - _USED_EVERY)
    connection.execute(update(tokens).where(tokens.c.id == token, long_ago).values(used=now()))


def is_stale(token: ApiToken) -> bool:
    """Whether it is time to note that the token is in use."""
    return token.used is None or now() - token.used > _USED_EVERY


def of_account(connection: Connection, account: int) -> list[ApiToken]:
    """The tokens of an account that can be used, newest first."""
    query = select(tokens).where(tokens.c.account == account, _open()).order_by(tokens.c.id.desc())
    return [_token(row) for row in connection.execute(query)]


def owner(connection: Connection, token: int) -> int | None:
    """The account of a token, usable or not."""
    return connection.execute(select(tokens.c.account).where(tokens.c.id == token)).scalar()


def end(connection: Connection, by: Actor, token: int) -> None:
    """End one token."""
    account = owner(connection, token)
    still = and_(tokens.c.id == token, tokens.c.ended.is_(None))
    if account is not None and connection.execute(update(tokens).where(still).values(ended=now())).rowcount:
        audit_trail.record(connection, by, AccountAction.TOKEN_ENDED, AuditKind.ACCOUNT, account, {"token": token})


def _open() -> ColumnElement[bool]:
    return and_(tokens.c.ended.is_(None), tokens.c.expires > now())


def _token(row: AnyRow) -> ApiToken:
    return ApiToken(row.id, row.account, row.name, row.created, row.expires, row.used)
