"""The experts as they are now, ready to be ranked: read in again as soon as one of them changed."""

import threading
from collections.abc import Callable
from typing import Any

from index.matcher import Matcher
from kb.store import experts
from kb.store.database import Database


class CurrentMatcher:
    """Gives the matcher; the first to ask after a change waits until it is read in. Safe to share between threads."""

    def __init__(self, database: Database, open_matcher: Callable[[], Matcher]) -> None:
        self._database, self._open = database, open_matcher
        self._reading = threading.Lock()
        self._matcher: Matcher | None = None
        self._stamp: tuple[Any, ...] = ()

    def __call__(self) -> Matcher:
        with self._reading:
            with self._database.read() as connection:
                stamp = experts.stamp(connection)
            if self._matcher is None or stamp != self._stamp:
                self._matcher, self._stamp = self._open(), stamp
            return self._matcher
