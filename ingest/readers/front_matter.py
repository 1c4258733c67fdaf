"""What a Markdown file says of itself: its front matter in YAML or TOML, checked field by field."""

import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import yaml

from kb.documents.models import FrontMatter
from kb.documents.reading import ReadNote, Remark
from kb.vocabularies.number_lists import numbers_in

T = TypeVar("T")

DEEPEST = 5  # collections within one another; ours have 2
LARGEST = 20_000  # characters of YAML; ours have 500
OPENING = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n")
CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
TOML = "+++\n"  # how front matter in TOML begins, so that it is told from YAML
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
    """(front matter, rest); the former is empty when the text does not begin with it, and begins with +++ in TOML."""
    opening = OPENING.match(text)
    closing = CLOSING[opening[1]].search(text, opening.end(), opening.end() + 2 * LARGEST) if opening else None
    if opening is None or closing is None:
        return "", text
    mark = TOML if opening[1] == "+++" else ""
    return mark + text[opening.end() : closing.start()], text[closing.end() :]


class _FieldError(ValueError):
    """A field holds what it cannot hold."""

    def __init__(self, note: ReadNote, value: str = "") -> None:
        super().__init__(note)
        self.note, self.value = note, value[:40]


def read_front(source: str) -> tuple[FrontMatter, tuple[Remark, ...]]:
    """Front matter as `split_front` gives it, with a warning for whatever of it cannot be used."""
    if not source.strip():
        return FrontMatter(), ()
    if len(source) > LARGEST:
        return FrontMatter(), (Remark(ReadNote.FRONT_TOO_LONG, {"most": LARGEST}),)
    try:
        values = _values(source)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        return FrontMatter(), (Remark(ReadNote.FRONT_NOT_YAML, {"error": _first_line(error)}),)
    if not isinstance(values, dict):
        return FrontMatter(), (Remark(ReadNote.FRONT_NO_FIELDS),)
    return _front_matter(values)


def _values(source: str) -> Any:
    if source.startswith(TOML):
        return tomllib.loads(source.removeprefix(TOML))
    _require_simple(source)
    return yaml.safe_load(source)


def _require_simple(source: str) -> None:
    """Refuse what nobody needs here and what grows without bound: aliases and deep nesting."""
    depth = 0
    for event in yaml.parse(source, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            raise ValueError("aliases or deep nesting")


def _first_line(error: Exception) -> str:
    """What a parser says, with the line of the file."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    where = f", line {mark.line + 2}" if mark else ""
    return (str(error).partition("\n")[0][:120] or type(error).__name__) + where


class _Fields:
    """The fields of one front matter; what is wrong with a field becomes a warning, never an error."""

    def __init__(self, values: dict[Any, Any]) -> None:
        self.values = values
        unknown = [str(name)[:40] for name in values if name not in KNOWN]
        self.warnings = [Remark(ReadNote.UNKNOWN_FIELD, {"name": name}) for name in unknown]

    def get(self, name: str, check: Callable[[Any], T], missing: T) -> T:
        value = self.values.get(name)
        if value is None:
            return missing
        try:
            return check(value)
        except _FieldError as error:
            self.warnings.append(Remark(error.note, {"name": name, "value": error.value}))
            return missing
        except ValueError:  # a number too long to be written out
            self.warnings.append(Remark(ReadNote.FIELD_NOT_TEXT, {"name": name}))
            return missing


def _front_matter(values: dict[Any, Any]) -> tuple[FrontMatter, tuple[Remark, ...]]:
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
        raise _FieldError(ReadNote.FIELD_NOT_TEXT)
    return " ".join(str(value).split())


def _matching(pattern: re.Pattern[str], otherwise: ReadNote, value: Any) -> str:
    text = _text(value)
    if not pattern.fullmatch(text):
        raise _FieldError(otherwise, text)
    return text


def _language(value: Any) -> str:
    if value is False:
        return "no"  # YAML 1.1 takes Norwegian for a refusal
    return _matching(LANGUAGE, ReadNote.FIELD_NOT_LANGUAGE, str(value).strip().lower()[:40])


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else value
    return _matching(DATE, ReadNote.FIELD_NOT_DATE, text)


def _notation(value: Any) -> str:
    return _matching(NOTATION, ReadNote.FIELD_NOT_NOTATION, value)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _countries(value: Any) -> tuple[str, ...]:
    texts = [str(item).strip().upper() for item in _items(value)]
    return tuple(_matching(COUNTRY, ReadNote.FIELD_NOT_COUNTRY, text) for text in texts)


def _objectives(value: Any) -> tuple[str, ...]:
    return tuple(notation for item in _items(value) for notation in _notations(item))


def _notations(value: Any) -> tuple[str, ...]:
    """A notation, or the numbers of a list as people write it: "2, 5 y 7"."""
    text = _text(value)
    return tuple(map(str, numbers_in(text))) or (_matching(NOTATION, ReadNote.FIELD_NOT_OBJECTIVE, text),)


def _translations(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _FieldError(ReadNote.FIELD_NOT_FILES)
    return tuple((_language(language), _text(file)) for language, file in value.items())


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _FieldError(ReadNote.FIELD_NOT_BOOLEAN)
    return value
