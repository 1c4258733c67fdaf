"""The form of an expert's profile: what is in it, and how it is read."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from starlette.datastructures import FormData

from kb.clock import now
from kb.experts.consent import agree
from kb.experts.expert import Availability, Expert, LanguageLevel, OrganisationKind, Support
from kb.experts.labels import SUPPORTS
from kb.experts.organisations import split_names
from kb.experts.store.experts import HIDEABLE
from kb.i18n.catalogue import _
from kb.places import countries as places
from kb.text.folding import fold
from web.http.context import RequestContext
from web.http.form_errors import Fault
from web.i18n.labels import Chip, Labels, countries
from web.requests.labels import KINDS, LEVELS, USES

LANGUAGES = ("ar", "en", "es", "fr", "pt", "ru", "zh")  # whose level can be stated
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


def choices(context: RequestContext, expert: Expert) -> ProfileChoices:
    """The choices in the language of the request, for this person."""
    say, ui = context.say, context.interface
    return ProfileChoices(
        tuple((kind.value, say(name)) for kind, name in KINDS.items()),
        countries(context.interface),
        tuple((code, ui.language(code)) for code in _languages(expert)),
        tuple((level.name.lower(), say(name)) for level, name in LEVELS.items()),
        Labels(ui, context.site.taxonomy).chips(context.site.taxonomy.notations("objectives")),
        tuple((support.value, say(name)) for support, name in SUPPORTS.items()),
        tuple((use.value, say(name), say(told)) for use, (name, told) in USES.items()),
        tuple((name, say(_FIELDS[name])) for name in HIDEABLE),
    )


def read(form: FormData, before: Expert, objectives: Collection[str]) -> Expert:
    """The profile with what was written into the form; what does not fit, as none of `objectives`, is left empty."""
    levels = {level.name.lower(): level for level in LanguageLevel}
    spoken = ((code, levels.get(_text(form, f"level-{code}"))) for code in _languages(before))
    kind = _text(form, "kind")
    return replace(
        before,
        name=_text(form, "name"),
        organisation=_text(form, "organisation"),
        kind=OrganisationKind(kind) if kind in list(OrganisationKind) else OrganisationKind.CIVIL_SOCIETY,
        country=_text(form, "country")[:3],
        countries=_countries(form)[0],
        gender=_text(form, "gender"),
        languages=tuple((code, level) for code, level in spoken if level is not None),
        objectives=tuple(each for each in _several(form, "objectives") if each in objectives),
        supports=tuple(Support(each) for each in _several(form, "supports") if each in list(Support)),
        statement=str(form.get("statement", "")).strip()[:_LONG],
        aliases=tuple(name[:_LINE] for name in split_names(str(form.get("aliases", ""))[:_LONG])),
        declared=tuple(line for each in str(form.get("declared", ""))[:_LONG].splitlines() if (line := each.strip())),
        consent=agree(_several(form, "uses"), before.consent, now().date(), renewed=bool(form.get("anew"))),
        availability=Availability(
            bool(form.get("paused")), _day(_text(form, "available_from")), _limit(_text(form, "monthly_limit"))
        ),
    )


def profile_faults(context: RequestContext, expert: Expert, form: FormData) -> tuple[Fault, ...]:
    """What is to be mended before it can be stored."""
    unknown = _countries(form)[1]
    told = context.say(_("No country is known by this name: %(name)s. Write it as in the list of countries above."))
    found = [] if expert.name else [Fault("name", context.say(_("Write your name.")))]
    return (*found, *([Fault("countries", told % {"name": unknown[:80]})] if unknown else []))


def facts_of(context: RequestContext, expert: Expert) -> tuple[tuple[str, str], ...]:
    """What a profile says, field by field, without what is empty."""
    say, ui = context.say, context.interface
    spoken = (f"{ui.language(code)} ({say(LEVELS[level])})" for code, level in expert.languages)
    values = {
        "aliases": "; ".join(expert.aliases),
        "country": ui.country(expert.country) if expert.country else "",
        "countries": ", ".join(ui.country(code) for code in expert.countries),
        "gender": expert.gender,
        "languages": ", ".join(spoken),
        "objectives": ", ".join(expert.objectives),
        "supports": ", ".join(say(SUPPORTS[support]) for support in expert.supports),
    }
    names = {"aliases": _("Other names of the organisation")} | _FIELDS
    return tuple((say(names[field]), value) for field, value in values.items() if value)


def levels_of(expert: Expert) -> Mapping[str, str]:
    return {code: level.name.lower() for code, level in expert.languages}


def _languages(expert: Expert) -> tuple[str, ...]:
    """Those whose level can be stated; an import may have brought others."""
    return tuple(dict.fromkeys((*LANGUAGES, *(code for code, _level in expert.languages))))


def _countries(form: FormData) -> tuple[tuple[str, ...], str]:
    """The countries that are named, and the first name that is of none.

    What the form itself shows must be read as it was meant: "China, Hong Kong Special Administrative Region".
    """
    found: list[str] = []
    parts = [part for part in re.split(r"[,;\n]", str(form.get("countries", ""))[:_LONG]) if part.strip()]
    while parts:
        size, known = next(((n, code) for n in (2, 1) if (code := _known(parts[:n]))), (1, ""))
        codes = [known] if known else [code for code, *_ in places.find_countries(parts[0])]
        if not codes:
            return tuple(dict.fromkeys(found)), parts[0].strip()
        found += codes
        del parts[:size]
    return tuple(dict.fromkeys(found)), ""


def _known(parts: Sequence[str]) -> str:
    """The country of which this is a name; a name may have a comma in it."""
    return _known_names().get(fold(", ".join(" ".join(part.split()) for part in parts)), "")


@cache
def _known_names() -> dict[str, str]:
    """The countries by each of their names, in every language."""
    return {fold(name): each.code for each in places.countries().values() for name in each.all_names}


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
