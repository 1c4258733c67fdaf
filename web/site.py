"""What the web application serves: the parts of one instance, put together by the command line."""

from collections.abc import Callable
from dataclasses import dataclass

from index.matching.matcher import Matcher
from index.search.searcher import Searcher
from kb.config import Settings
from kb.requests.case import ObjectiveSuggestion
from kb.store.database import Database
from kb.terms.glossary import Glossary
from kb.vocabularies.skos import Taxonomy


@dataclass(frozen=True)
class Site:
    """The parts of one instance.

    `matcher` gives the experts as they are now, ready to be ranked; `suggest` objectives a text is about. Both load
    what they need when they are first called. `glossary` gives the terms as they are now.
    """

    settings: Settings
    database: Database
    searcher: Searcher
    taxonomy: Taxonomy
    version: str = ""
    matcher: Callable[[], Matcher] | None = None
    suggest: Callable[[str], tuple[ObjectiveSuggestion, ...]] | None = None
    glossary: Callable[[], Glossary] = Glossary
