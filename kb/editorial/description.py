"""Descriptions that people write: what can be wrong with one, and what differs between two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.documents.models import Description
from kb.text.language import UNKNOWN

FIELDS = ("title", "type", "language", "date", "countries")  # what people correct
_LONGEST_TITLE = 500
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that has another value; values are texts, or lists of codes of countries."""

    field: str
    before: Any
    after: Any


def invalid_fields(description: Description, types: Sequence[str]) -> tuple[str, ...]:
    """The fields that cannot be kept as they are; `types` are the types of documents there are."""
    sound = {
        "title": 0 < len(description.title.strip()) <= _LONGEST_TITLE and "\n" not in description.title,
        "type": description.type in types,
        "language": description.language == UNKNOWN or _LANGUAGE.fullmatch(description.language) is not None,
        "date": not description.date or _is_date(description.date),
        "countries": all(_COUNTRY.fullmatch(code) for code in description.countries),
    }
    return tuple(field for field in FIELDS if not sound[field])


def differences(before: Description, after: Description) -> tuple[Difference, ...]:
    """What `after` says otherwise."""
    values = [(field, _value(before, field), _value(after, field)) for field in FIELDS]
    return tuple(Difference(field, old, new) for field, old, new in values if old != new)


def _value(description: Description, field: str) -> str | list[str]:
    value = getattr(description, field)
    return value if isinstance(value, str) else sorted(value)


def _is_date(text: str) -> bool:
    """YYYY, YYYY-MM or YYYY-MM-DD, and a day there was or will be."""
    if not _DATE.fullmatch(text):
        return False
    parts = [*map(int, text.split("-")), 1, 1][:3]
    try:
        return date(*parts).year >= 1000
    except ValueError:
        return False
