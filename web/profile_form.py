"""The form of an expert's profile: what is in it, and how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from starlette.datastructures import FormData

from kb.people import Availability, Consent, Expert, Kind, Level, Use
from kb.places.names import find_countries
from kb.requests import Support
from kb.store.experts import HIDEABLE
from kb.store.moment import now
from web.faults import Fault
from web.hub_words import KINDS, LEVELS, SUPPORTS, USES
from web.interface import _
from web.labels import Chip, Labels
from web.request_form import countries
from web.visit import Visit

LANGUAGES = ("ar", "en", "es", "fr", "pt", "ru", "zh")  # whose level can be stated
YEARS = 2  # a consent lasts
_LINE, _LONG = 200, 8000
_FIELDS: dict[str, str] = {
    "organisation": _("Organisation"),
    "country": _("Country"),
    "countries": _("Countries of experience"),
    "gender": _("Gender"),
    "languages": _("Languages"),
    "objectives": _("Objectives"),
    "supports": _("Support offered"),
}


@dataclass(frozen=True, slots=True)
class ProfileChoices:
    """What can be chosen in the form, each with its name; `uses` also with what it means."""

    kinds: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    objectives: tuple[Chip, ...]
    supports: tuple[tuple[str, str], ...]
    uses: tuple[tuple[str, str, str], ...]
    hideable: tuple[tuple[str, str], ...]


def choices(visit: Visit) -> ProfileChoices:
    """The choices in the language of the visit."""
    say, ui = visit.say, visit.interface
    return ProfileChoices(
        tuple((kind.value, say(name)) for kind, name in KINDS.items()),
        countries(visit),
        tuple((code, ui.language(code)) for code in LANGUAGES),
        tuple((level.name.lower(), say(name)) for level, name in LEVELS.items()),
        Labels(ui, visit.site.taxonomy).chips(tuple(str(number) for number in range(1, 24))),
        tuple((support.value, say(name)) for support, name in SUPPORTS.items()),
        tuple((use.value, say(name), say(told)) for use, (name, told) in USES.items()),
        tuple((name, say(_FIELDS[name])) for name in HIDEABLE),
    )


def read(form: FormData, before: Expert) -> Expert:
    """The profile with what was written into the form; what does not fit is left empty."""
    levels = {level.name.lower(): level for level in Level}
    spoken = ((code, levels.get(_text(form, f"level-{code}"))) for code in LANGUAGES)
    kind = _text(form, "kind")
    return replace(
        before,
        name=_text(form, "name"),
        organisation=_text(form, "organisation"),
        kind=Kind(kind) if kind in list(Kind) else Kind.CIVIL_SOCIETY,
        country=_text(form, "country")[:3],
        countries=tuple(dict.fromkeys(code for code, _start, _end in find_countries(_text(form, "countries", _LONG)))),
        gender=_text(form, "gender"),
        languages=tuple((code, level) for code, level in spoken if level is not None),
        objectives=tuple(n for n in _several(form, "objectives") if n.isdecimal() and 1 <= int(n) <= 23),
        supports=tuple(Support(each) for each in _several(form, "supports") if each in list(Support)),
        statement=str(form.get("statement", "")).strip()[:_LONG],
        declared=tuple(line for each in str(form.get("declared", ""))[:_LONG].splitlines() if (line := each.strip())),
        consent=consent_of(_several(form, "uses"), before.consent),
        availability=Availability(
            bool(form.get("paused")), _day(_text(form, "available_from")), _limit(_text(form, "monthly_limit"))
        ),
    )


def consent_of(uses: list[str], before: Consent) -> Consent:
    """What is agreed to from today on; nothing is when no use is chosen."""
    agreed = frozenset(Use(use) for use in uses if use in list(Use))
    today = now().date()
    given = before.given if agreed == before.uses and before.given and _lasts(before, today) else today
    return (
        Consent(agreed, given, given.replace(year=given.year + YEARS, day=min(given.day, 28))) if agreed else Consent()
    )


def faults(visit: Visit, expert: Expert) -> tuple[Fault, ...]:
    """What is to be mended before it can be stored."""
    if expert.name:
        return ()
    return (Fault("name", visit.say(_("Write your name."))),)


def levels_of(expert: Expert) -> Mapping[str, str]:
    return {code: level.name.lower() for code, level in expert.languages}


def _lasts(consent: Consent, today: date) -> bool:
    return consent.expires is None or today < consent.expires


def _text(form: FormData, name: str, longest: int = _LINE) -> str:
    return " ".join(str(form.get(name, "")).split())[:longest]


def _several(form: FormData, name: str) -> list[str]:
    return list(dict.fromkeys(str(value) for value in form.getlist(name)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _limit(text: str) -> int:
    return min(int(text), 99) if text.isdecimal() and len(text) < 4 else Availability().monthly_limit
