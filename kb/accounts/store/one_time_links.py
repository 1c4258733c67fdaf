"""One-time links: an invitation or a way back in, usable once and for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from kb.accounts.account import Account, Actor
from kb.accounts.audit_actions import AuditKind, InstanceAction
from kb.accounts.store import accounts, audit_trail
from kb.accounts.tokens import digest, new_token
from kb.clock import now
from kb.store.tables.accounts import one_time_links as links


class Purpose(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LASTS = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=2)}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can still be used."""

    account: Account
    purpose: Purpose
    expires: datetime


def make(connection: Connection, by: Actor, account: int, purpose: Purpose) -> str:
    """The secret of a new link; the account's earlier ones end."""
    token, moment = new_token(), now()
    connection.execute(update(links).where(links.c.account == account, links.c.used.is_(None)).values(used=moment))
    values = {
        "account": account,
        "purpose": purpose.value,
        "digest": digest(token),
        "created": moment,
        "expires": moment + LASTS[purpose],
    }
    connection.execute(insert(links).values(values))
    audit_trail.record(connection, by, InstanceAction.LINK_MADE, AuditKind.ACCOUNT, account, {"purpose": purpose.value})
    return token


def find(connection: Connection, token: str) -> Link | None:
    """The link of this secret, without using it; None when it is unknown, used, expired or the account disabled."""
    row = connection.execute(select(links).where(_usable(token))).first()
    account = None if row is None else accounts.get(connection, row.account)
    if row is None or account is None or not account.active:
        return None
    return Link(account, Purpose(row.purpose), row.expires)


def use_up(connection: Connection, token: str) -> Link | None:
    """The link of this secret, used up by this very call; None for everybody else who tries."""
    link = find(connection, token)
    if link is None or not connection.execute(update(links).where(_usable(token)).values(used=now())).rowcount:
        return None
    return link


def _usable(token: str) -> ColumnElement[bool]:
    return and_(links.c.digest == digest(token), links.c.used.is_(None), links.c.expires > now())
