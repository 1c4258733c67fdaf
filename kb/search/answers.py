"""The frozen values of a search: what is asked, what is found."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.documents.facts import PassageRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be to be shown; values of one field are alternatives, fields add up."""

    languages: tuple[str, ...] = ()  # of the passage
    objectives: tuple[str, ...] = ()  # that it is about, or that lines of it say they treat
    areas: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    regions: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    samples: bool = True  # whether invented examples are shown
    about: tuple[str, ...] = ()  # objectives, strictly: that the document as a whole is about

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `reader` is the language in which translations of one text are preferred ("" = the question's).

    `grouped` gives one hit a document, with its best passage; otherwise every passage that answers is a hit of its own,
    and `limit` and `offset` count passages.
    """

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    limit: int = 10
    offset: int = 0
    reader: str = ""
    sort: str = "relevance"  # relevance | date
    grouped: bool = True
    literal: bool = False  # read nothing into the words


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passage ids, best first, with scores (higher is better), of one arm or of their fusion. Shapes (n,)."""

    name: str
    ids: "NDArray[np.int64]"
    scores: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Hit:
    """One document of an answer with its best passage. `highlights` are offsets into the passage's text."""

    rank: int
    score: float
    record: PassageRecord
    highlights: tuple[tuple[int, int], ...] = ()
    others: tuple[int, ...] = ()  # ids of further passages of the same document that answer
    translations: tuple[tuple[str, int], ...] = ()  # (language, document id) of the other languages


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a question beside its words: objectives (notations), countries (ISO 3166-1 alpha-3).

    `terms` are ids of the glossary; `corrected` is the question as it was searched, "" when that is as it was typed.
    """

    objectives: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of the documents of an answer by one field; `values` are (value, count), most first."""

    name: str  # language | objective | area | country | region | entity | type | year
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gives: a page of hits out of `total` documents one can page through.

    Hits are never withheld: when nothing clearly answers, `answered` is False and they are what comes nearest.
    `degraded` says that the encoder took no part, so that only the question's own words were looked for.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...]
    took_ms: float
    arms: tuple[str, ...] = ()  # which arms took part, e.g. ("lexical", "dense")
    answered: bool = True
    degraded: bool = False
    reading: Reading = field(default_factory=Reading)
