"""The experts as they are now, ready to be ranked: read in again as soon as one of them, or of their works, changed."""

import threading
from collections.abc import Callable
from typing import Any

from index.encoding.instance_encoding import Encoding
from index.matching.matcher import Matcher, open_matcher
from index.matching.work_encoding import encode_new
from kb.experts.store import experts
from kb.store.database import Database


class CurrentMatcher:
    """Gives the matcher; the first to ask after a change waits until it is read in. Safe to share between threads.

    A change of profiles alone (consent, availability) is taken over at once; what was made of the works is kept.
    """

    def __init__(self, database: Database, open_matcher: Callable[[], Matcher]) -> None:
        self._database, self._open = database, open_matcher
        self._reading = threading.Lock()
        self._matcher: Matcher | None = None
        self._people: tuple[Any, ...] = ()
        self._works: tuple[Any, ...] = ()

    def __call__(self) -> Matcher:
        with self._reading:
            with self._database.read() as connection:
                people, works = experts.change_stamp(connection)
                same = self._matcher is not None and works == self._works
                profiles = experts.profiles(connection) if same and people != self._people else None
            if self._matcher is None or not same:
                self._matcher = self._open()
            elif profiles is not None:
                self._matcher = self._matcher.renewed(profiles)
            self._people, self._works = people, works
            return self._matcher


def current_matcher(database: Database, encoding: Callable[[], Encoding]) -> CurrentMatcher:
    """The experts of the records as they are now; works that came in since are encoded on the way."""

    def read_in() -> Matcher:
        encoder = encoding()
        encode_new(database, encoder)
        return open_matcher(database, encoder)

    return CurrentMatcher(database, read_in)
