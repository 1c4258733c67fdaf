"""Passwords: what is asked of one, and argon2 hashes of them, a few at a time."""

import secrets
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.errors import BusyError
from kb.i18n.catalogue import _

SHORTEST, LONGEST = 12, 1000  # characters; no rule about their kinds (NIST SP 800-63B-4, section 3.1.1.2)
_FEWEST_DIFFERENT = 5
_AT_ONCE = 2  # hashes computed at the same time: each takes the memory of the setting
_IN_LINE = 8  # that may wait for their turn; more are asked to come back
_PATIENCE = 5.0  # seconds one waits at most
_BUSY = _("Too many people are signing in at this moment. Try again in a few seconds.")


class Passwords:
    """Makes and checks hashes of passwords; safe to share between threads."""

    def __init__(self, memory_mb: int, *, in_line: int = _IN_LINE, patience: float = _PATIENCE) -> None:
        # RFC 9106, section 4, second recommendation (3 passes over 64 MiB), on one lane: cores are few here.
        self._hasher = PasswordHasher(time_cost=3, memory_cost=max(memory_mb, 1) * 1024, parallelism=1)
        self._turns = threading.Semaphore(_AT_ONCE)
        self._line = threading.Semaphore(_AT_ONCE + in_line)
        self._patience = patience
        self._stand_in = _stand_in(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to store. Raises BusyError when too many are asked for at once."""
        with self.turn():
            return self._hasher.hash(normalise(password))

    def matches(self, password: str, stored: str) -> bool:
        """Whether `stored` is the hash of `password`; with "" it takes as long and is False. Raises BusyError."""
        with self.turn():
            try:
                right = self._hasher.verify(stored or self._stand_in, normalise(password[:LONGEST]))
            except (VerificationError, InvalidHashError):
                return False
        return right and bool(stored)

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other costs than today's, and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A place among those that compute a hash, waited for in line. Raises BusyError when the line is full."""
        # Without a bound on the line, a flood of attempts would take every thread that serves pages.
        if not self._line.acquire(blocking=False):
            raise BusyError(_BUSY)
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise BusyError(_BUSY)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._line.release()


def _stand_in(hasher: PasswordHasher) -> str:
    """A hash of no password at all that takes as long to check as any other."""
    salt, nothing = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${nothing}"


def normalise(password: str) -> str:
    """The password in the one form of its characters (NFKC), however the keyboard wrote them."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, email: str) -> str:
    """What is wrong with a password that somebody chose: short, long, plain or email; "" when nothing is."""
    text = normalise(password)
    if len(text) < SHORTEST:
        return "short"
    if len(text) > LONGEST:
        return "long"
    if len(set(text)) < _FEWEST_DIFFERENT:
        return "plain"
    return "email" if text.casefold() == email.casefold() else ""
