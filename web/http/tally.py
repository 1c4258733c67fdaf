"""How many things there are of each kind on a page, each a link to these alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things there are of one kind, and where these alone are shown."""

    name: str
    count: str
    path: str
    current: bool
