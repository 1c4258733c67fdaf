"""Profiles of experts as JSON: what an import file holds a line, and what the store keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from kb.errors import UsageError
from kb.experts.expert import Availability, Consent, ConsentUse, Expert, LanguageLevel, OrganisationKind, Support
from kb.experts.works import Work
from kb.text.language import language_of

_Value = TypeVar("_Value", bound=StrEnum)
STATEMENT = "statement"  # the kind of work that is a person's own words about their expertise


def profile_json(expert: Expert) -> dict[str, Any]:
    """What the store keeps of an expert beside their works."""
    consent, availability = expert.consent, expert.availability
    return {
        "name": expert.name,
        "organisation": expert.organisation,
        "kind": expert.kind.value,
        "country": expert.country,
        "countries": list(expert.countries),
        "gender": expert.gender,
        "languages": {language: level.name.lower() for language, level in expert.languages},
        "objectives": list(expert.objectives),
        "supports": [support.value for support in expert.supports],
        "statement": expert.statement,
        "aliases": list(expert.aliases),
        "declared": list(expert.declared),
        "consent": {
            "uses": sorted(use.value for use in consent.uses),
            "given": consent.given.isoformat() if consent.given else None,
            "expires": consent.expires.isoformat() if consent.expires else None,
        },
        "availability": {
            "paused": availability.paused,
            "available_from": availability.available_from.isoformat() if availability.available_from else None,
            "monthly_limit": availability.monthly_limit,
        },
        "sample": expert.sample,
    }


def read_profile(row: Mapping[str, Any], number: int = 0, works: Sequence[Work] = ()) -> Expert:
    """The expert of a stored or imported profile. Raises UsageError that names the field that does not fit."""
    consent, availability = _mapping(row, "consent"), _mapping(row, "availability")
    languages = _mapping(row, "languages")
    return Expert(
        id=number,
        name=_text(row, "name") or _missing("name"),
        organisation=_text(row, "organisation"),
        kind=_one(OrganisationKind, row.get("kind", OrganisationKind.CIVIL_SOCIETY.value), "kind"),
        country=_text(row, "country").upper(),
        countries=tuple(country.upper() for country in _texts(row, "countries")),
        gender=_text(row, "gender"),
        languages=tuple((language, _level(level)) for language, level in languages.items()),
        objectives=_texts(row, "objectives"),
        supports=tuple(_one(Support, support, "supports") for support in _texts(row, "supports")),
        statement=_text(row, "statement"),
        works=tuple(works),
        aliases=_texts(row, "aliases"),
        declared=_texts(row, "declared"),
        consent=Consent(
            frozenset(_one(ConsentUse, use, "consent.uses") for use in _texts(consent, "uses")),
            _date(consent, "given"),
            _date(consent, "expires"),
        ),
        availability=Availability(
            availability.get("paused") is True,
            _date(availability, "available_from"),
            _number(availability, "monthly_limit", Availability().monthly_limit),
        ),
        sample=row.get("sample") is True,
    )


def read_import(row: Mapping[str, Any]) -> tuple[str, Expert]:
    """Code and expert of a line of an import file, with works. Nobody but a sample is visible before consenting."""
    given = row.get("works", [])
    if not isinstance(given, list) or not all(isinstance(work, Mapping) for work in given):
        raise UsageError("'works' must be a list of objects with title and body.")
    expert = read_profile(row, works=[_work(work) for work in given])
    if not expert.works and expert.statement:
        expert = replace(expert, works=(Work(0, "", expert.statement, language_of(expert.statement), STATEMENT),))
    if not expert.sample:
        expert = replace(expert, consent=Consent())
    return _text(row, "code") or _text(row, "id") or _missing("code"), expert


def _work(row: Mapping[str, Any]) -> Work:
    title, body = _text(row, "title"), _text(row, "body")
    if not title and not body:
        _missing("works.title")
    language = _text(row, "language") or language_of(f"{title}\n{body}")
    return Work(0, title, body, language, _text(row, "kind") or "publication", _year(row), _text(row, "link"))


def _missing(field: str) -> str:
    raise UsageError(f"'{field}' is missing.")


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field, "")
    if not isinstance(value, str | int):
        raise UsageError(f"'{field}' must be a text.")
    return " ".join(str(value).split())


def _texts(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = row.get(field) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"'{field}' must be a list of texts.")
    return tuple(value)


def _mapping(row: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = row.get(field) or {}
    if not isinstance(value, Mapping):
        raise UsageError(f"'{field}' must be an object.")
    return value


def _number(row: Mapping[str, Any], field: str, default: int) -> int:
    value = row.get(field, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"'{field}' must be a whole number.")
    return value


def _year(row: Mapping[str, Any]) -> int | None:
    return None if row.get("year") is None else _number(row, "year", 0)


def _date(row: Mapping[str, Any], field: str) -> date | None:
    value = row.get(field)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"'{field}' must be a date, as 2026-01-31.") from error


def _level(value: object) -> LanguageLevel:
    found = {level.name.lower(): level for level in LanguageLevel}.get(str(value))
    if found is None:
        raise UsageError(f"'languages' has the level {value!r}; it must be basic, working or fluent.")
    return found


def _one(kind: type[_Value], value: object, field: str) -> _Value:
    try:
        return kind(str(value))
    except ValueError as error:
        raise UsageError(f"'{field}' is {value!r}; it must be one of {', '.join(k.value for k in kind)}.") from error
