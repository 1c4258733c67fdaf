"""The frozen values that flow from a file to an answer; no behaviour beyond small derived properties."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from kb.documents.reading import Remark
from kb.documents.state import State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# --- reading ---------------------------------------------------------------------------------------


class BlockKind(StrEnum):
    """What a piece of a document is, as far as its reader can tell."""

    LINE = "line"  # one visual line of a paginated or plain-text source; cleaning makes paragraphs of them
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document in reading order.

    `page` counts from 1, None where the format has no pages. `level` is 1-6 for headings, else 0.
    `cells` are the cells of a table row, left to right; `table` numbers the table within the document.
    An empty `LINE` stands for vertical space.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    level: int = 0
    cells: tuple[str, ...] = ()
    table: int | None = None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says of itself: YAML front matter, PDF or DOCX properties, HTML head. Empty = not said."""

    title: str = ""
    language: str = ""
    date: str = ""  # YYYY, YYYY-MM or YYYY-MM-DD
    type: str = ""  # notation of a document type
    countries: tuple[str, ...] | None = None  # ISO 3166-1 alpha-3; None = not said, () = said: none
    objectives: tuple[str, ...] | None = None
    translations: tuple[tuple[str, str], ...] = ()  # (language, file name)
    provenance: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a reader gives back: blocks in reading order, as found, not yet repaired."""

    format: str  # pdf | docx | html | text | markdown
    blocks: tuple[Block, ...]
    page_count: int | None = None
    front: FrontMatter = field(default_factory=FrontMatter)
    warnings: tuple[Remark, ...] = ()  # for the librarian, e.g. pages without text


# --- cleaned documents and passages ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A cleaned block and where it stands in the stored text: `text[start:end]`, characters."""

    kind: BlockKind
    start: int
    end: int
    page: int | None = None
    page_end: int | None = None
    level: int = 0
    row: str = ""  # of a table row: its label (first cell), e.g. "Objetivos del Pacto Mundial"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the stored text under one heading. `path` goes from the outermost heading inwards.

    `start`/`end` hold the section's own text without its sub-sections, heading line included.
    """

    path: tuple[str, ...]
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned document. All offsets of all later stages point into `text`, which is stored as it is."""

    text: str
    blocks: tuple[PlacedBlock, ...]
    sections: tuple[Section, ...]
    page_count: int | None = None
    front: FrontMatter = field(default_factory=FrontMatter)
    warnings: tuple[Remark, ...] = ()


def year_of(date: str) -> int | None:
    """The year of a date (YYYY, YYYY-MM or YYYY-MM-DD); None where there is none."""
    return int(date[:4]) if date[:4].isdigit() else None


@dataclass(frozen=True, slots=True)
class Description:
    """What a document is, as found or as stated. `countries` are those it is about (ISO 3166-1 alpha-3)."""

    title: str
    language: str  # ISO 639-1, "und" when it cannot be told
    type: str
    date: str = ""
    countries: tuple[str, ...] = ()
    objectives: tuple[str, ...] | None = None  # stated in front matter
    translations: tuple[tuple[str, str], ...] = ()
    provenance: str = ""
    sample: bool = False

    @property
    def year(self) -> int | None:
        return year_of(self.date)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that can answer: `text == document.text[start:end]`, never across a heading.

    `number` counts from 1 within the document. `page` is the page it starts on, `page_end` the one it ends on.
    """

    number: int
    start: int
    end: int
    text: str
    heading: tuple[str, ...] = ()
    page: int | None = None
    page_end: int | None = None
    language: str = "und"


# --- tags -----------------------------------------------------------------------------------------


class EvidenceKind(StrEnum):
    """How words support a tag, the surest first."""

    EXPLICIT = "explicit"  # the text names the concept by number
    TERM = "term"  # by a label of it
    MEANING = "meaning"  # by similarity


class TagState(StrEnum):
    """Whether a person has decided on a tag, and how."""

    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ADDED = "added"  # by a person


class Verdict(StrEnum):
    """What a person says of a tag. WITHDRAWN takes an earlier word back, and the tagger's counts again."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ADDED = "added"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that support a tag: offsets into the stored text of the document."""

    start: int
    end: int
    kind: EvidenceKind


@dataclass(frozen=True, slots=True)
class Tag:
    """A claim that a passage or document is about a concept, with what supports it.

    `score` is in [0, 1]; `method` names tagger and version.
    """

    scheme: str
    notation: str
    score: float
    evidence: tuple[Evidence, ...]
    method: str = ""
    state: TagState = TagState.SUGGESTED


@dataclass(frozen=True, slots=True)
class TaggedPassage:
    passage: Passage
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a document that says that it treats an objective; see kb.documents.speaks_of.

    The line is `text`, at `start` to `end` of the document's text; the number of the objective stands at `said`.
    `passage` is the number of the passage that shows it. `general`: it belongs to a list of nearly all objectives.
    """

    notation: str
    passage: int
    start: int
    end: int
    said: tuple[int, int]
    text: str
    general: bool = False


# --- storing ---------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of one file of an ingest."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    NEW_VERSION = "new-version"
    DUPLICATE = "duplicate"
    NO_TEXT = "no-text"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    REFUSED = "refused"
    TIMED_OUT = "timed-out"

    @property
    def failed(self) -> bool:
        return self not in (Outcome.STORED, Outcome.UNCHANGED, Outcome.NEW_VERSION, Outcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document's bytes came from. `origin` tells one file from another of the same name."""

    name: str
    origin: str
    digest: str  # SHA-256 of the bytes, hexadecimal
    size: int  # bytes
    format: str = ""


@dataclass(frozen=True, slots=True)
class FileReport:
    """The outcome of one file, as `kb ingest` reports it."""

    file: str
    outcome: Outcome
    message: Remark | None = None
    document: int | None = None
    passages: int = 0
    warnings: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the store knows it. `work` is shared by the translations of one text."""

    id: int
    source: Source
    state: State
    version: int
    work: str
    description: Description
    text: str
    blocks: tuple[PlacedBlock, ...]
    sections: tuple[Section, ...]
    page_count: int | None
    warnings: tuple[Remark, ...]
    created: datetime
    previous: int | None = None  # the version this one replaces
    owner: int | None = None  # account that brought it


@dataclass(frozen=True, slots=True)
class EncodedPassages:
    """Vectors of passages, shape (passages, dimension), float32, L2-normalised, and packed token vectors, if any."""

    vectors: "NDArray[np.float32]"
    tokens: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document read, described, cut, tagged and encoded: all that one transaction stores.

    `encoder` is the identity of the encoder; `signature` tells nearly the same text (see ingest.duplicates).
    """

    source: Source
    document: Document
    description: Description
    passages: tuple[TaggedPassage, ...]
    tags: tuple[Tag, ...]
    encoded: EncodedPassages
    encoder: str
    signature: bytes = b""
    owner: int | None = None  # account whose document it is
    sender: int | None = None  # account that sends this version, where it is not the owner
    practice: tuple[tuple[str, str], ...] = ()  # (field, text) when it tells a practice; see kb.practices
    statements: tuple[Statement, ...] = ()
