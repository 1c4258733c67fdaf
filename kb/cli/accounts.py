"""Commands about accounts: made, listed, changed, and let in by one-time links."""

import dataclasses
import logging

import click

from kb.accounts.account import SYSTEM, Account, Role
from kb.cli import bootstrap, terminal
from kb.cli.parameters import INTERFACE_LANGUAGE, json_option
from kb.errors import NotFoundError, UsageError

_log = logging.getLogger(__name__)
_FIRST = "admin@localhost"
# Whoever sets an instance up can try all of it alone; the roles can be given to others and taken off later.
_FIRST_ROLES = (Role.ADMIN, Role.LIBRARIAN, Role.SECRETARIAT)


_email = click.argument("email")
_roles = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="May be repeated.",
)


@click.command()
@_email
@_roles
@click.option("--name", default="", metavar="N", help="Of the person.")
@click.option("--organisation", default="", metavar="O", help="Of the person.")
@click.option("--language", type=INTERFACE_LANGUAGE, default="en", help="For letters; en unless told.")
def add(email: str, roles: tuple[str, ...], name: str, organisation: str, language: str) -> int:
    """Make an account, and print the link to choose a password with."""
    from kb.accounts.store import accounts, one_time_links

    instance = bootstrap.open_instance()
    with instance.database.write() as connection:
        account = accounts.create(connection, SYSTEM, email, _roles_of(roles), name, language, organisation)
        token = one_time_links.make(connection, SYSTEM, account.id, one_time_links.Purpose.INVITATION)
    _print_link(instance, account, token)
    return 0


@click.command()
@_email
def link(email: str) -> int:
    """Print a new one-time link for an account.

    Its password stays until another is chosen.
    """
    from kb.accounts.store import accounts, one_time_links

    instance = bootstrap.open_instance()
    account = _account(instance, email)
    if not account.active:
        raise UsageError(f"{account.email} is disabled. Run 'kb user enable {account.email}' first.")
    with instance.database.write() as connection:
        chosen = accounts.password_of(connection, account.id)
        purpose = one_time_links.Purpose.RESET if chosen else one_time_links.Purpose.INVITATION
        token = one_time_links.make(connection, SYSTEM, account.id, purpose)
    _print_link(instance, account, token)
    return 0


@click.command()
@json_option
def list_all(as_json: bool) -> int:
    """All accounts."""
    from kb.accounts.store import accounts

    with bootstrap.open_instance().database.read() as connection:
        found = accounts.list_accounts(connection)
    if as_json:
        terminal.print_json([_account_json(account) for account in found])
        return 0
    for account in found:
        state = "" if account.active else "  (disabled)"
        click.echo(f"{account.email:<36} {', '.join(account.roles) or '-':<36} {account.name}{state}")
    return 0


@click.command()
@_email
@_roles
def give_roles(email: str, roles: tuple[str, ...]) -> int:
    """Give an account these roles, instead of those it has."""
    return _change(email, roles=_roles_of(roles))


@click.command()
@_email
def disable(email: str) -> int:
    """Let an account in no more.

    Its sessions, links and tokens end.
    """
    return _change(email, active=False)


@click.command()
@_email
def enable(email: str) -> int:
    """Let a disabled account in again."""
    return _change(email, active=True)


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


def _roles_of(values: tuple[str, ...]) -> tuple[Role, ...]:
    return tuple(Role(value) for value in values)


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
    click.echo(f"{start}/{account.language}/welcome?key={token}")
    _log.info(f"With this address {account.email} chooses a password. It works once.")


def _account_json(account: Account) -> dict[str, object]:
    return dataclasses.asdict(account) | {"roles": [role.value for role in account.roles]}
