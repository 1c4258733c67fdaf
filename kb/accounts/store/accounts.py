"""Accounts: made, found, changed, each change on record."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import Connection, and_, delete, insert, select, update

from kb.accounts.account import Account, AccountRefusal, Actor, Role
from kb.accounts.audit_actions import AccountAction, AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.errors import NotFoundError, RefusedError
from kb.store.tables.accounts import account_roles, accounts, api_tokens, one_time_links, sessions
from kb.store.tables.metadata import AnyRow

_LONGEST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


def create(
    connection: Connection,
    by: Actor,
    email: str,
    roles: Sequence[Role],
    name: str = "",
    language: str = "en",
    organisation: str = "",
) -> Account:
    """An account without a password: it is chosen with a one-time link. Raises RefusedError."""
    address = normalise_address(email)
    if by_email(connection, email) is not None:
        raise RefusedError(AccountRefusal.TAKEN, f"There is an account for {email} already.")
    values = {
        "email": email.strip(),
        "address": address,
        "name": name,
        "language": language,
        "organisation": organisation,
        "active": True,
        "password": "",
        "created": now(),
    }
    number = connection.execute(insert(accounts).values(values).returning(accounts.c.id)).scalar_one()
    _put_roles(connection, number, roles)
    audit_trail.record(connection, by, AccountAction.CREATED, AuditKind.ACCOUNT, number, {"roles": _named(roles)})
    return _certain(connection, number)


def get(connection: Connection, number: int) -> Account | None:
    """The account of this number."""
    return _first(connection, accounts.c.id == number)


def by_email(connection: Connection, email: str) -> Account | None:
    """The account that is signed in to with `email`, however it is written."""
    return _first(connection, accounts.c.address == address_of(email))


def list_accounts(connection: Connection, role: Role | None = None) -> list[Account]:
    """All accounts (those that hold `role`), in the order of their addresses."""
    found = _accounts(connection, accounts.c.id > 0)
    return [account for account in found if role is None or role in account.roles]


def password_of(connection: Connection, account: int) -> str:
    """The hash of an account's password; "" where none was chosen yet."""
    return connection.execute(select(accounts.c.password).where(accounts.c.id == account)).scalar() or ""


def set_password(connection: Connection, by: Actor, account: int, password: str) -> None:
    """Store the hash of a new password."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(password=password))
    audit_trail.record(connection, by, AccountAction.PASSWORD_SET, AuditKind.ACCOUNT, account)


def renew_hash(connection: Connection, account: int, password: str) -> None:
    """Store the hash of the same password, made with today's costs."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(password=password))


def change(connection: Connection, by: Actor, account: Account) -> None:
    """Store what changed of an account. Raises RefusedError when nobody could administer the instance after it."""
    before = _certain(connection, account.id)
    address = normalise_address(account.email)
    other = by_email(connection, account.email)
    if other is not None and other.id != account.id:
        raise RefusedError(AccountRefusal.TAKEN, f"There is an account for {account.email} already.")
    _keep_an_admin(connection, before, account)
    values = {
        "email": account.email.strip(),
        "address": address,
        "name": account.name,
        "language": account.language,
        "organisation": account.organisation,
        "active": account.active,
    }
    connection.execute(update(accounts).where(accounts.c.id == account.id).values(values))
    _put_roles(connection, account.id, account.roles)
    if not account.active:
        _close(connection, account.id)
    _record_change(connection, by, before, account)


def has_administrator(connection: Connection) -> bool:
    """Whether somebody can sign in and administer the instance."""
    return bool(_admins(connection))


def normalise_address(email: str) -> str:
    """The form of an e-mail address that is looked up. Raises RefusedError when it cannot be one."""
    address = address_of(email)
    local, at, domain = address.rpartition("@")
    odd = any(c.isspace() or unicodedata.category(c).startswith("C") or c in '<>,;"' for c in address)
    if not (local and at and domain) or odd or "@" in local or len(address) > _LONGEST_EMAIL:
        raise RefusedError(AccountRefusal.ADDRESS, f"{email!r} is no e-mail address. It has the form name@example.org.")
    return address


def address_of(email: str) -> str:
    """What is unique of an e-mail address: its letters small and each in one form."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def _record_change(connection: Connection, by: Actor, before: Account, after: Account) -> None:
    if set(before.roles) != set(after.roles):
        said: dict[str, audit_trail.Detail] = {"from": _named(before.roles), "to": _named(after.roles)}
        audit_trail.record(connection, by, AccountAction.ROLES_CHANGED, AuditKind.ACCOUNT, after.id, said)
    if before.active != after.active:
        audit_trail.record(
            connection,
            by,
            AccountAction.ENABLED if after.active else AccountAction.DISABLED,
            AuditKind.ACCOUNT,
            after.id,
        )
    fields = ("email", "name", "language", "organisation")
    changed = [field for field in fields if getattr(before, field) != getattr(after, field)]
    if changed:
        audit_trail.record(
            connection, by, AccountAction.CHANGED, AuditKind.ACCOUNT, after.id, {"fields": " ".join(changed)}
        )


def _close(connection: Connection, account: int) -> None:
    """End everything that lets an account in."""
    for table, ended in ((sessions, "ended"), (one_time_links, "used"), (api_tokens, "ended")):
        open_ones = and_(table.c.account == account, table.c[ended].is_(None))
        connection.execute(update(table).where(open_ones).values({ended: now()}))


def _keep_an_admin(connection: Connection, before: Account, after: Account) -> None:
    goes = Role.ADMIN in before.roles and not (after.active and Role.ADMIN in after.roles)
    if goes and _admins(connection) == [before.id]:
        raise RefusedError(
            AccountRefusal.LAST_ADMIN,
            "This is the only account that administers the site. Give another one the role admin first.",
        )


def _admins(connection: Connection) -> list[int]:
    held = accounts.join(account_roles, account_roles.c.account == accounts.c.id)
    able = and_(account_roles.c.role == Role.ADMIN.value, accounts.c.active, accounts.c.password != "")
    return list(connection.execute(select(accounts.c.id).select_from(held).where(able)).scalars())


def _put_roles(connection: Connection, account: int, roles: Sequence[Role]) -> None:
    connection.execute(delete(account_roles).where(account_roles.c.account == account))
    if roles:
        rows = [{"account": account, "role": role.value} for role in dict.fromkeys(roles)]
        connection.execute(insert(account_roles), rows)


def _named(roles: Sequence[Role]) -> str:
    return " ".join(sorted(role.value for role in roles))


def _certain(connection: Connection, number: int) -> Account:
    found = get(connection, number)
    if found is None:
        raise NotFoundError(f"There is no account {number}.")
    return found


def _first(connection: Connection, condition: object) -> Account | None:
    return next(iter(_accounts(connection, condition)), None)


def _accounts(connection: Connection, condition: object) -> list[Account]:
    query = select(accounts).where(condition).order_by(accounts.c.address)  # type: ignore[arg-type]
    rows = list(connection.execute(query))
    held = select(account_roles).where(account_roles.c.account.in_([row.id for row in rows]))
    roles: dict[int, set[Role]] = {}
    for row in connection.execute(held):
        roles.setdefault(row.account, set()).add(Role(row.role))
    return [_account(row, roles.get(row.id, set())) for row in rows]


def _account(row: AnyRow, roles: set[Role]) -> Account:
    in_order = tuple(role for role in Role if role in roles)
    return Account(row.id, row.email, row.name, row.language, in_order, row.organisation, row.active)
