"""Commands about people: their accounts, and the trail of who did what."""

import argparse
import dataclasses
import sys
from typing import TYPE_CHECKING

from kb.accounts.account import SYSTEM, Account, Role
from kb.cli import bootstrap, terminal
from kb.errors import InstanceError, NotFoundError, UsageError

if TYPE_CHECKING:
    from kb.accounts.store.audit_trail import Entry

_FIRST = "admin@localhost"
# Whoever sets an instance up can try all of it alone; the roles can be given to others and taken off later.
_FIRST_ROLES = (Role.ADMIN, Role.LIBRARIAN, Role.SECRETARIAT)
_WRONG = {
    "edited": "row {row} was edited after it was written",
    "missing": "row {row} is missing",
    "rebound": "row {row} does not follow the row before it: one was edited, moved or put in",
    "cut": "rows from {row} on are missing at the end, or were added without being recorded",
    "not-the-one-noted": "the row that was noted is not in it",
}


def user_add(options: argparse.Namespace) -> int:
    from kb.accounts.store import accounts, one_time_links

    instance = bootstrap.open_instance()
    roles = tuple(Role(role) for role in options.role)
    with instance.database.write() as connection:
        account = accounts.create(
            connection, SYSTEM, options.email, roles, options.name, options.language, options.organisation
        )
        token = one_time_links.make(connection, SYSTEM, account.id, one_time_links.Purpose.INVITATION)
    _print_link(instance, account, token)
    return 0


def user_link(options: argparse.Namespace) -> int:
    from kb.accounts.store import accounts, one_time_links

    instance = bootstrap.open_instance()
    account = _account(instance, options.email)
    if not account.active:
        raise UsageError(f"{account.email} is disabled. Run 'kb user enable {account.email}' first.")
    with instance.database.write() as connection:
        chosen = accounts.password_of(connection, account.id)
        purpose = one_time_links.Purpose.RESET if chosen else one_time_links.Purpose.INVITATION
        token = one_time_links.make(connection, SYSTEM, account.id, purpose)
    _print_link(instance, account, token)
    return 0


def user_list(options: argparse.Namespace) -> int:
    from kb.accounts.store import accounts

    with bootstrap.open_instance().database.read() as connection:
        found = accounts.list_accounts(connection)
    if options.json:
        terminal.print_json([_account_json(account) for account in found])
        return 0
    for account in found:
        state = "" if account.active else "  (disabled)"
        print(f"{account.email:<36} {', '.join(account.roles) or '-':<36} {account.name}{state}")
    return 0


def user_role(options: argparse.Namespace) -> int:
    return _change(options.email, roles=tuple(Role(role) for role in options.role))


def user_disable(options: argparse.Namespace) -> int:
    return _change(options.email, active=False)


def user_enable(options: argparse.Namespace) -> int:
    return _change(options.email, active=True)


def audit_verify(options: argparse.Namespace) -> int:
    from kb.accounts.store import audit_trail

    database = bootstrap.open_instance().database
    problem = audit_trail.verify(database, options.noted)
    with database.read() as connection:
        count, last = audit_trail.head(connection)
    if options.json:
        found = None if problem is None else {"row": problem.row, "what": problem.what}
        terminal.print_json({"holds": problem is None, "rows": count, "last": last, "problem": found})
    elif problem is None:
        print(f"The audit trail holds: {count} rows, the last one is {last}")
    if problem is not None:
        raise InstanceError(
            f"The audit trail does not hold: {_WRONG[problem.what].format(row=problem.row)}. Compare it with a backup "
            "('kb audit show' prints the rows)."
        )
    return 0


def audit_show(options: argparse.Namespace) -> int:
    from kb.accounts.store import audit_trail

    if (options.kind is None) != (options.key is None):
        raise UsageError("Give --kind and --key together, for example --kind account --key 1.")
    database = bootstrap.open_instance().database
    if options.kind is not None:
        entries = audit_trail.history_of(database, options.kind, options.key)[-options.limit :]
    else:
        entries = audit_trail.newest(database, options.limit)[::-1]
    if options.json:
        terminal.print_json([_entry_json(entry) for entry in entries])
        return 0
    for entry in entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        who = entry.actor or f"account {entry.account}"
        what = f"{entry.action}  {entry.kind} {entry.key}  {details}".rstrip()
        print(f"{entry.id:>6}  {entry.time:%Y-%m-%d %H:%M:%S}  {who}  {what}")
    return 0


def first_key(instance: bootstrap.Instance) -> str:
    """The secret of a link for the first admin; "" when somebody administers the instance already."""
    from kb.accounts.store import accounts, one_time_links

    with instance.database.write() as connection:
        if accounts.has_administrator(connection):
            return ""
        account = accounts.by_email(connection, _FIRST)
        if account is None:
            account = accounts.create(connection, SYSTEM, _FIRST, _FIRST_ROLES)
        return one_time_links.make(connection, SYSTEM, account.id, one_time_links.Purpose.INVITATION)


def _change(email: str, **fields: object) -> int:
    from kb.accounts.store import accounts

    instance = bootstrap.open_instance()
    account = _account(instance, email)
    with instance.database.write() as connection:
        accounts.change(connection, SYSTEM, dataclasses.replace(account, **fields))  # type: ignore[arg-type]
    return 0


def _account(instance: bootstrap.Instance, email: str) -> Account:
    from kb.accounts.store import accounts

    with instance.database.read() as connection:
        found = accounts.by_email(connection, email)
    if found is None:
        raise NotFoundError(f"There is no account for {email}. 'kb user list' shows them all.")
    return found


def _print_link(instance: bootstrap.Instance, account: Account, token: str) -> None:
    settings = instance.settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104
    start = settings.public_url.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    print(f"{start}/{account.language}/welcome?key={token}")
    print(f"With this address {account.email} chooses a password. It works once.", file=sys.stderr)


def _account_json(account: Account) -> dict[str, object]:
    return dataclasses.asdict(account) | {"roles": [role.value for role in account.roles]}


def _entry_json(entry: "Entry") -> dict[str, object]:
    return dataclasses.asdict(entry) | {"time": entry.time.isoformat(), "details": dict(entry.details)}
