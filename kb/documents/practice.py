"""A practice: the fields that tell it, and which of them a good one cannot do without."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Field(StrEnum):
    """What is asked of a practice, in the order in which it is asked."""

    TITLE = "title"
    IMPLEMENTER = "implementer"
    PARTNERS = "partners"
    FOCAL_POINT = "focal-point"  # a person: in no text that is published
    COUNTRIES = "countries"
    BEGIN = "begin"  # YYYY or YYYY-MM
    END = "end"
    STAGE = "stage"  # how far it is carried out
    OBJECTIVES = "objectives"  # their numbers
    PRINCIPLES = "principles"
    SUMMARY = "summary"
    CONTEXT = "context"
    CHALLENGES = "challenges"
    RESULTS = "results"
    REASONS = "reasons"  # why it worked
    REPLICABLE = "replicable"
    SOURCES = "sources"


SECTIONS = (
    Field.SUMMARY,
    Field.CONTEXT,
    Field.CHALLENGES,
    Field.RESULTS,
    Field.REASONS,
    Field.REPLICABLE,
    Field.SOURCES,
)  # told in paragraphs; each becomes a section of the document
OPTIONAL = frozenset({Field.PARTNERS, Field.COUNTRIES, Field.END, Field.STAGE, Field.SOURCES})
PERSONAL = frozenset({Field.FOCAL_POINT})
ADOPTED = "2018-12"  # the Compact, the month


class Question(StrEnum):
    """What is asked beside the missing fields."""

    OLD = "old"  # ideally, a practice is from after the adoption of the Compact


def missing_fields(fields: Mapping[str, str]) -> list[Field]:
    """Fields that are empty and should not be, in order."""
    return [field for field in Field if field not in OPTIONAL and not fields.get(field, "").strip()]


def questions(fields: Mapping[str, str]) -> list[Field | Question]:
    """What to ask whoever sent a practice; a practice with questions is taken in all the same."""
    last = fields.get(Field.END) or fields.get(Field.BEGIN, "")
    return [*missing_fields(fields), *([Question.OLD] if is_before(last, ADOPTED) else [])]


def join_values(values: Iterable[str]) -> str:
    """Several values of one field as they are kept."""
    return ", ".join(values)


def is_before(date: str, month: str) -> bool:
    """Whether a date (YYYY, YYYY-MM or YYYY-MM-DD) lies before a month; a year counts as its last month."""
    return date[:4].isdigit() and (date[:7] if len(date) > 4 else f"{date}-12") < month
