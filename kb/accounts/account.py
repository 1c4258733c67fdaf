"""Accounts, their roles, and the one table that says which role may do what to whose object."""

from dataclasses import dataclass
from enum import StrEnum


class AccountRefusal(StrEnum):
    """Why an account is not made, or not changed, as asked."""

    ADDRESS = "address"  # is none
    TAKEN = "taken"  # there is an account of this address
    LAST_ADMIN = "last-admin"


class Role(StrEnum):
    """What a person is to the platform. An account may hold several."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    OFFICIAL = "official"
    EXPERT = "expert"
    LIBRARIAN = "librarian"
    REVIEWER = "reviewer"
    SECRETARIAT = "secretariat"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in. `language` is the one they are written to in, ISO 639-1."""

    id: int
    email: str
    name: str
    language: str
    roles: tuple[Role, ...]
    organisation: str = ""
    active: bool = True

    @property
    def actor(self) -> "Actor":
        """The person as one who acts; everybody is a reader, too."""
        return Actor(self.id, self.name or self.email, tuple(dict.fromkeys((Role.READER, *self.roles))))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an account, a reader who is not signed in, or the command line."""

    account: int | None
    name: str
    roles: tuple[Role, ...]

    @property
    def signed_in(self) -> bool:
        return self.account is not None


ANYONE = Actor(None, "reader", (Role.READER,))
SYSTEM = Actor(None, "system", tuple(Role))  # the command line: whoever can run it can read the database anyway
