"""The glossary of an instance as it is now: the one that is shipped, with what was changed here by any process."""

from collections.abc import Iterable

from kb.store.database import Database
from kb.terms.glossary import Glossary
from kb.terms.store import terms
from kb.vocabularies.concept import Concept


class LiveGlossary:
    """Gives the newest glossary whenever it is called. Safe to share between threads."""

    def __init__(self, database: Database, shipped: Iterable[Concept]) -> None:
        self._database, self._shipped = database, tuple(shipped)
        self._newest: tuple[int, Glossary] = (0, Glossary(self._shipped))

    @property
    def shipped(self) -> tuple[Concept, ...]:
        return self._shipped

    def __call__(self) -> Glossary:
        """The glossary with every change that is committed; the same object while nothing changes."""
        with self._database.read() as connection:
            revision = terms.revision(connection)
            if revision == self._newest[0]:
                return self._newest[1]
            made = terms.changes(connection)
        newest = revision, Glossary(terms.changed(self._shipped, made))
        self._newest = newest
        return newest[1]
