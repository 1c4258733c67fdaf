"""What a Markdown file says of itself: its YAML front matter, checked field by field."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import yaml

from kb.documents.models import FrontMatter

T = TypeVar("T")

DEEPEST = 5  # collections within one another; ours have 2
LARGEST = 20_000  # characters of YAML; ours have 500
OPENING = re.compile(r"\A\ufeff?---[ \t]*\n")
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
LANGUAGE = re.compile(r"[a-z]{2,3}")
COUNTRY = re.compile(r"[A-Z]{3}")
NOTATION = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
KNOWN = (
    "title",
    "language",
    "date",
    "type",
    "countries",
    "objectives",
    "translations",
    "provenance",
    "sample",
)


def split_front(text: str) -> tuple[str, str]:
    """(YAML, rest); the YAML is empty when the text does not begin with front matter."""
    opening = OPENING.match(text)
    closing = CLOSING.search(text, opening.end(), opening.end() + 2 * LARGEST) if opening else None
    if opening is None or closing is None:
        return "", text
    return text[opening.end() : closing.start()], text[closing.end() :]


def read_front(source: str) -> tuple[FrontMatter, tuple[str, ...]]:
    """Front matter of YAML text, with a warning for whatever of it cannot be used."""
    if not source.strip():
        return FrontMatter(), ()
    if len(source) > LARGEST:
        return FrontMatter(), (f"The front matter has more than {LARGEST} characters and was not read.",)
    try:
        _require_simple(source)
        values = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        return FrontMatter(), (f"The front matter is not valid YAML and was not read ({_first_line(error)}).",)
    if not isinstance(values, dict):
        return FrontMatter(), ("The front matter is not a list of fields and was not read.",)
    return _front_matter(values)


def _require_simple(source: str) -> None:
    """Refuse what nobody needs here and what grows without bound: aliases and deep nesting."""
    depth = 0
    for event in yaml.parse(source, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            raise ValueError("aliases or deep nesting")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:120] or type(error).__name__


class _Fields:
    """The fields of one front matter; what is wrong with a field becomes a warning, never an error."""

    def __init__(self, values: dict[Any, Any]) -> None:
        self.values = values
        unknown = [str(name)[:40] for name in values if name not in KNOWN]
        self.warnings = [f"The front matter has an unknown field “{name}”." for name in unknown]

    def get(self, name: str, check: Callable[[Any], T], missing: T) -> T:
        value = self.values.get(name)
        if value is None:
            return missing
        try:
            return check(value)
        except ValueError as error:
            self.warnings.append(f"The field “{name}” of the front matter was left out: {error}.")
            return missing


def _front_matter(values: dict[Any, Any]) -> tuple[FrontMatter, tuple[str, ...]]:
    fields = _Fields(values)
    front = FrontMatter(
        title=fields.get("title", _text, ""),
        language=fields.get("language", _language, ""),
        date=fields.get("date", _date, ""),
        type=fields.get("type", _notation, ""),
        countries=fields.get("countries", _countries, None),
        objectives=fields.get("objectives", _objectives, None),
        translations=fields.get("translations", _translations, ()),
        provenance=fields.get("provenance", _text, ""),
        sample=fields.get("sample", _boolean, False),
    )
    return front, tuple(fields.warnings)


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise ValueError("it is not a text")
    return " ".join(str(value).split())


def _matching(pattern: re.Pattern[str], what: str, value: Any) -> str:
    text = _text(value)
    if not pattern.fullmatch(text):
        raise ValueError(f"“{text[:40]}” is not {what}")
    return text


def _language(value: Any) -> str:
    if value is False:
        return "no"  # YAML 1.1 takes Norwegian for a refusal
    return _matching(LANGUAGE, "a language code such as es", str(value).strip().lower()[:40])


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else value
    return _matching(DATE, "a date such as 2026, 2026-11 or 2026-11-21", text)


def _notation(value: Any) -> str:
    return _matching(NOTATION, "a notation such as terms-of-reference", value)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _countries(value: Any) -> tuple[str, ...]:
    texts = [str(item).strip().upper() for item in _items(value)]
    return tuple(_matching(COUNTRY, "a country code of three letters", text) for text in texts)


def _objectives(value: Any) -> tuple[str, ...]:
    return tuple(_matching(NOTATION, "the notation of an objective, such as 13", item) for item in _items(value))


def _translations(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError("it does not name a file for each language")
    return tuple((_language(language), _text(file)) for language, file in value.items())


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it is neither true nor false")
    return value
