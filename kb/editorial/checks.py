"""What a librarian should look at in a document before it is published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.documents.duplicate import Link, LinkKind, LinkStatus
from kb.documents.models import StoredDocument, Tag
from kb.documents.practice import ADOPTED, PERSONAL, Field, is_before, missing_fields
from kb.documents.reading import Remark
from kb.text.damage import damage
from kb.text.language import UNKNOWN

_LITTLE = 60  # words; less is a cover page, not a document
_WORDS_A_PAGE = 15  # less on most pages: they are pictures
PRACTICE = "practice"
_LIKE = {
    LinkKind.OTHER_FORMAT: "format",
    LinkKind.VERSION: "version",
    LinkKind.TRANSLATION: "translation",
    LinkKind.EXCERPT: "excerpt",
    LinkKind.NEARLY_SAME: "nearly",
}


class Finding(StrEnum):
    """What there is to look at."""

    MISSING = "missing"  # `detail` is the field
    LITTLE_TEXT = "little-text"  # `detail` is the number of words
    GARBLED = "garbled"  # `detail` is the damage
    SCANNED = "scanned"  # `detail` is the number of pages with hardly any text
    OLD = "old"  # `detail` is the date
    NO_FOCAL_POINT = "no-focal-point"
    ALIKE = "alike"  # `detail` is in which way
    LEFT_BEHIND = "left-behind"  # `detail` is the number of decisions that were not carried from the version before
    READ = "read"  # `remark` is what the reader of the file said


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `other` is a document that this one is like, `link` the number of what was found of the two."""

    finding: Finding
    detail: str = ""
    other: int | None = None
    link: int | None = None
    settled: bool = False  # a person, or a rule that needs none, confirmed it
    remark: Remark | None = None


def checks(
    document: StoredDocument,
    tags: Sequence[Tag],
    links: Sequence[Link] = (),
    practice: Mapping[str, str] | None = None,
    left: int = 0,
) -> tuple[Check, ...]:
    """Findings in order of weight. `tags` are those of the document as a whole that nobody rejected.

    `left` counts decisions about the version before that could not be carried to this one.
    """
    return (
        *_alike(document, links),
        *_text(document),
        *((Check(Finding.LEFT_BEHIND, str(left)),) if left else ()),
        *_missing(document, tags, practice),
        *(Check(Finding.READ, remark=remark) for remark in document.warnings),
    )


def _alike(document: StoredDocument, links: Sequence[Link]) -> Iterable[Check]:
    for link in links:
        if link.standing is not LinkStatus.REJECTED:
            settled = link.standing is LinkStatus.CONFIRMED
            yield Check(Finding.ALIKE, _LIKE[link.kind], link.opposite(document.id), link.id, settled)


def _text(document: StoredDocument) -> Iterable[Check]:
    words = document.text.split()
    if len(words) < _LITTLE:
        yield Check(Finding.LITTLE_TEXT, str(len(words)))
    if damaged := damage(document.text):
        yield Check(Finding.GARBLED, damaged.value)
    bare = _bare_pages(document)
    if bare:
        yield Check(Finding.SCANNED, str(bare))


def _missing(document: StoredDocument, tags: Sequence[Tag], practice: Mapping[str, str] | None) -> Iterable[Check]:
    described = document.description
    given = {
        "title": described.title.strip(),
        "language": described.language if described.language != UNKNOWN else "",
        "type": described.type if described.type != "other" else "",
        "date": described.date,
        "countries": described.countries or any(tag.scheme == "regions" for tag in tags),
        "objectives": any(tag.scheme == "objectives" for tag in tags),
    }
    yield from (Check(Finding.MISSING, field) for field, value in given.items() if not value)
    if described.date and is_before(described.date, ADOPTED):
        yield Check(Finding.OLD, described.date)
    fields = missing_fields(practice) if practice is not None else []
    yield from (Check(Finding.MISSING, f) for f in fields if f not in PERSONAL and f.value not in given)
    if described.type == PRACTICE and (practice is None or Field.FOCAL_POINT in fields):
        yield Check(Finding.NO_FOCAL_POINT)


def _bare_pages(document: StoredDocument) -> int:
    """Pages with hardly a word, where they are half of the document or more: pictures of text."""
    if not document.page_count:
        return 0
    words = dict.fromkeys(range(1, document.page_count + 1), 0)
    for block in document.blocks:
        if block.page in words:
            words[block.page] += len(document.text[block.start : block.end].split())
    bare = sum(count < _WORDS_A_PAGE for count in words.values())
    return bare if bare > 1 and 2 * bare >= document.page_count else 0
