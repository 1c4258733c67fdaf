"""What the web application serves: the parts of one instance, put together by the command line."""

from dataclasses import dataclass

from index.searcher import Searcher
from kb.config import Settings
from kb.store.database import Database
from kb.taxonomy import Taxonomy


@dataclass(frozen=True)
class Site:
    """The parts of one instance."""

    settings: Settings
    database: Database
    searcher: Searcher
    taxonomy: Taxonomy
    version: str = ""
