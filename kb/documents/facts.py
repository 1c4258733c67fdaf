"""What is known of a stored document without its text: what filters, facets and results show of it."""

from dataclasses import dataclass

from kb.documents.models import Passage, year_of


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What filters, facets and results need to know of a document, without its text."""

    id: int
    work: str
    title: str
    source: str
    language: str
    type: str
    date: str
    countries: tuple[str, ...]
    objectives: tuple[str, ...]  # asserted of the document, not rejected
    areas: tuple[str, ...]
    sample: bool
    paged: bool = False  # whether its passages can be cited by page
    regions: tuple[str, ...] = ()  # UN M49, those that hold its countries or that it is about, with all around them
    entities: tuple[str, ...] = ()  # of the United Nations, as the vocabulary notes them
    speaks_of: tuple[str, ...] = ()  # further objectives, that lines of it say they treat

    @property
    def year(self) -> int | None:
        return year_of(self.date)


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A stored passage, the document it stands in, and the concepts asserted of the passage itself."""

    id: int
    passage: Passage
    document: DocumentFacts
    concepts: tuple[tuple[str, str], ...] = ()  # (scheme, notation)
