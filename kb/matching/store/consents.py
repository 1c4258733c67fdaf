"""What a person agrees to, with what follows: proposals they cannot be asked for any more end, an account opens."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from kb.accounts.account import Account, Actor, Role
from kb.accounts.store import accounts, one_time_links
from kb.clock import now
from kb.experts.consent import agree
from kb.experts.expert import Expert
from kb.experts.store import experts
from kb.matching.store import proposals


def save_profile(
    connection: Connection, actor: Actor, number: int, expert: Expert, hidden: tuple[str, ...] | None = None
) -> None:
    """Store a profile as a person changed it; what they cannot be asked for any more ends."""
    experts.save(connection, actor, replace(expert, id=number), hidden)
    proposals.lapse_left_out(connection, actor, number)


def give(connection: Connection, actor: Actor, key: str, uses: Iterable[str]) -> str:
    """Agree to these uses by the link `key`; the secret with which the person chooses a password, "" where none is due.

    The account becomes one of an expert; `actor` stands for who has no account.
    """
    used = experts.use_link(connection, key)
    if used is None or used.account is None:
        return ""
    person = experts.get(connection, used.expert)
    account = accounts.get(connection, used.account)
    by = account.actor if account else actor
    save_profile(connection, by, used.expert, replace(person, consent=agree(uses, person.consent, now().date())))
    return "" if account is None else _opened(connection, by, account)


def _opened(connection: Connection, by: Actor, account: Account) -> str:
    if Role.EXPERT not in account.roles:
        accounts.change(connection, by, replace(account, roles=(*account.roles, Role.EXPERT)))
        return ""
    # Where mail is not sent the officer sees this link: it must not open an account with other tasks.
    alone = set(account.roles) <= {Role.EXPERT, Role.READER}
    if not alone or accounts.password_of(connection, account.id):
        return ""
    return one_time_links.make(connection, by, account.id, one_time_links.Purpose.INVITATION)
