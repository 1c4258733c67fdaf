"""Where the text of a document itself says what its description says: the evidence for title, type and date."""

import re
from collections.abc import Iterable

from kb.documents.models import Evidence, EvidenceKind, StoredDocument
from kb.vocabularies.schemes import VOCABULARY_OF
from kb.vocabularies.skos import Taxonomy

_MOST = 12  # places of one field
_LONGEST = 300  # characters of a title that is looked for


def places_by_field(document: StoredDocument, taxonomy: Taxonomy) -> dict[str, tuple[Evidence, ...]]:
    """Places by field; a date is looked for by its year, a type by its names in the language of the document."""
    described = document.description
    looked_for = {
        "title": [described.title[:_LONGEST]],
        "type": _names(taxonomy, described.type, described.language),
        "date": [described.date[:4]],
    }
    return {field: tuple(_places(document.text, words)) for field, words in looked_for.items()}


def share(document: StoredDocument, languages: Iterable[str]) -> int:
    """How many in a hundred of its passages, whose languages these are, are in the language of the document."""
    spoken = list(languages)
    return round(100 * spoken.count(document.description.language) / len(spoken)) if spoken else 0


def _names(taxonomy: Taxonomy, notation: str, language: str) -> list[str]:
    concept = taxonomy.find(VOCABULARY_OF["type"], notation)
    if concept is None:
        return []
    return [text for code, text in (*concept.labels, *concept.alt_labels) if code == language]


def _places(text: str, phrases: Iterable[str]) -> Iterable[Evidence]:
    words = [r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases if phrase.strip()]
    if not words:
        return
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
    for number, match in enumerate(pattern.finditer(text)):
        if number == _MOST:
            return
        yield Evidence(match.start(), match.end(), EvidenceKind.EXPLICIT)
