"""Attempts to sign in: how long one has to wait after failures, which is never for ever."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from kb.accounts.tokens import digest
from kb.clock import now
from kb.store.tables.accounts import sign_in_failures as failures

_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """Failures that are counted together. After `free` ones the wait doubles from a second up to `longest` seconds."""

    key: str
    free: int
    longest: int

    def wait(self, count: int, last: datetime, moment: datetime) -> int:
        """Seconds until the next attempt is looked at."""
        if count < self.free:
            return 0
        pause = min(2 ** min(count - self.free, 30), self.longest)
        passed = max((moment - last).total_seconds(), 0.0)
        return max(int(pause - passed + 0.999), 0)


def counters(account: str, address: str, known: bool) -> tuple[Counter, ...]:
    """What an attempt is counted under: the account from this address, the address, the account from anywhere.

    Somebody who attacks an account from many places slows down its owner by at most half a minute; and not at all
    from where the owner has signed in before (`known`), so that nobody can keep a person out.
    """
    place = network(address)
    here = (
        Counter(digest(f"both {account} {place}"), 5, 300),
        Counter(digest(f"address {place}"), 40, 60),
    )
    return here if known else (*here, Counter(digest(f"account {account}"), 20, 30))


def attempt(connection: Connection, counted: Iterable[Counter]) -> int:
    """Seconds to wait; 0 = the password may be looked at, and the attempt is counted as failed until `forgive`.

    Counting first means that a hundred attempts at once do not all pass before one of them is counted.
    """
    moment, found = now(), list(counted)
    connection.execute(delete(failures).where(failures.c.last < moment - _FORGOTTEN))
    query = select(failures).where(failures.c.key.in_([counter.key for counter in found])).with_for_update()
    rows = {row.key: (row.failed, row.last) for row in connection.execute(query)}
    waits = [counter.wait(*rows[counter.key], moment) for counter in found if counter.key in rows]
    if max(waits, default=0) > 0:
        return max(waits)
    for counter in found:
        if counter.key in rows:
            more = {"failed": rows[counter.key][0] + 1, "last": moment}
            connection.execute(update(failures).where(failures.c.key == counter.key).values(more))
        else:
            connection.execute(insert(failures).values(key=counter.key, failed=1, last=moment))
    return 0


def forgive(connection: Connection, account: str, address: str) -> None:
    """Forget the failures of an account after its right password; those of the address lose the one just counted."""
    place = network(address)
    keys = (digest(f"both {account} {place}"), digest(f"account {account}"))
    connection.execute(delete(failures).where(failures.c.key.in_(keys)))
    at_address = failures.c.key == digest(f"address {place}")
    connection.execute(update(failures).where(at_address, failures.c.failed > 0).values(failed=failures.c.failed - 1))


def network(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address the part that a whole household shares (/64)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
