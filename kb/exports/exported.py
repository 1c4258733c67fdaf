"""What is exported: values that hold all a format may need, so that none of them asks a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.documents.models import Passage, Statement, StoredDocument, Tag

CellValue = str | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header."""

    header: Sequence[CellValue]
    rows: Sequence[Sequence[CellValue]]


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """A public document with what is claimed of it; `labels` name concepts, by scheme and notation."""

    stored: StoredDocument
    tags: Sequence[tuple[int | None, Tag]] = ()  # with the id of the passage they are claimed of, None for the whole
    passages: Sequence[tuple[int, Passage]] = ()  # with their ids
    translations: Sequence[tuple[str, int]] = ()  # (language, document id) of the other languages
    speaks_of: Sequence[Statement] = ()  # lines that treat an objective which the whole is not about
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
