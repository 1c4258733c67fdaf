"""Wishes for an account: written down, read by an admin, granted or refused, and after that gone with all they said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from kb.accounts.account import ANYONE, Account, Actor, Role
from kb.accounts.audit_actions import AccountAction, AuditKind
from kb.accounts.permissions import Action, require
from kb.accounts.store import accounts, audit_trail, one_time_links
from kb.accounts.store.one_time_links import Purpose
from kb.clock import now
from kb.errors import NotFoundError
from kb.store.tables.account_requests import account_wishes as wishes
from kb.store.tables.metadata import AnyRow

OPEN_TO_ASK = (Role.CONTRIBUTOR, Role.EXPERT, Role.OFFICIAL)  # what one may ask to be; the rest is by invitation
MOST = 500  # that wait at once: more is no demand but an attack
LONGEST = 2000  # characters of what they say


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """Somebody who asks for an account. `words` is what they say of themselves."""

    email: str
    name: str
    organisation: str
    language: str
    roles: tuple[Role, ...]
    words: str
    id: int = 0
    asked: datetime | None = None


def ask(connection: Connection, wish: AccountRequest) -> bool:
    """Write a wish down, in place of an earlier one of the address; whether there was room for it.

    Nothing is written for an address that has an account, and the answer does not tell. Raises RefusedError.
    """
    address = accounts.normalise_address(wish.email)
    if accounts.by_email(connection, wish.email) is not None:
        return True
    connection.execute(delete(wishes).where(wishes.c.address == address))
    if connection.execute(select(func.count()).select_from(wishes)).scalar_one() >= MOST:
        return False
    roles = [role.value for role in wish.roles if role in OPEN_TO_ASK]
    values = {
        "email": wish.email.strip(),
        "address": address,
        "name": " ".join(wish.name.split())[:200],
        "organisation": " ".join(wish.organisation.split())[:200],
        "language": wish.language,
        "roles": roles,
        "words": wish.words.strip()[:LONGEST],
        "asked": now(),
    }
    number = connection.execute(insert(wishes).values(values).returning(wishes.c.id)).scalar_one()
    audit_trail.record(
        connection, ANYONE, AccountAction.ASKED, AuditKind.ACCOUNT_REQUEST, number, {"roles": ",".join(roles)}
    )
    return True


def list_waiting(connection: Connection) -> list[AccountRequest]:
    """Everybody who waits for an answer, who asked first at the top."""
    return [_wish(row) for row in connection.execute(select(wishes).order_by(wishes.c.id))]


def get(connection: Connection, number: int) -> AccountRequest:
    """The wish of this number. Raises NotFoundError when there is none, or somebody has decided on it."""
    row = connection.execute(select(wishes).where(wishes.c.id == number)).first()
    if row is None:
        raise NotFoundError(f"There is no wish {number}.")
    return _wish(row)


def grant(connection: Connection, by: Actor, number: int, roles: tuple[Role, ...]) -> tuple[Account, str]:
    """Make the account; with it the secret of the link for its owner. Raises NotFoundError, RefusedError."""
    wish = _decided(connection, by, number)
    account = accounts.create(connection, by, wish.email, roles, wish.name, wish.language, wish.organisation)
    return account, one_time_links.make(connection, by, account.id, Purpose.INVITATION)


def refuse(connection: Connection, by: Actor, number: int) -> None:
    """Take the wish away; that there was one, and who refused it, stays on record. Raises NotFoundError."""
    _decided(connection, by, number)
    audit_trail.record(connection, by, AccountAction.REFUSED, AuditKind.ACCOUNT_REQUEST, number)


def _decided(connection: Connection, by: Actor, number: int) -> AccountRequest:
    """The wish, which only one who decides gets: with it, it is gone."""
    require(by, Action.MANAGE_ACCOUNTS)
    wish = get(connection, number)
    if not connection.execute(delete(wishes).where(wishes.c.id == number)).rowcount:
        raise NotFoundError(f"There is no wish {number}.")
    return wish


def _wish(row: AnyRow) -> AccountRequest:
    roles = tuple(Role(role) for role in row.roles)
    return AccountRequest(row.email, row.name, row.organisation, row.language, roles, row.words, row.id, row.asked)
