"""A link as pages show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A link and what it is called. `count` is how many documents are behind it."""

    name: str
    path: str
    count: int = 0
    language: str = ""
    current: bool = False
