"""The languages the pages are written in: their messages, and how each names countries, languages, dates, numbers."""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from kb.i18n.catalogue import LANGUAGES, _, catalogue
from kb.places.countries import name_of

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_FRENCH_SPACE = re.compile(r" (?=[:;?!»])|(?<=«) ")


@dataclass(frozen=True)
class Interface:
    """One language of the pages."""

    code: str
    locale: Locale

    @property
    def messages(self) -> NullTranslations:
        """Read when the first of them is said."""
        return catalogue(self.code)

    def say(self, message: str) -> str:
        """The message in this language."""
        return self.messages.gettext(message) if message else ""

    def country(self, alpha_3: str) -> str:
        """Short name of a country by UN usage, by its ISO 3166-1 alpha-3 code; the code when it is none."""
        return name_of(alpha_3, self.code)

    def region(self, code: str) -> str:
        """Name of a region of the world by its M49 code; the code when it is none."""
        name = str(self.locale.territories.get(code, code))
        return name[:1].upper() + name[1:]

    def language(self, code: str) -> str:
        """Name of a language by its ISO 639-1 code."""
        if code == "und":
            return self.say(_("language not known"))
        return str(self.locale.languages.get(code, code))

    def number(self, number: int) -> str:
        return str(format_decimal(number, locale=self.locale))

    def percent(self, hundredths: int) -> str:
        return str(format_percent(hundredths / 100, locale=self.locale))

    def date(self, date: str) -> str:
        """A date as documents give it (YYYY, YYYY-MM or YYYY-MM-DD), written out; unchanged when it is none."""
        parts = date.split("-")
        try:
            day = datetime.date(*(int(part) for part in (*parts, "1", "1")[:3]))
        except ValueError:
            return date
        if len(parts) == 1:
            return date
        if len(parts) == 2:
            return str(format_skeleton("yMMMM", day, locale=self.locale))
        return str(format_date(day, "long", locale=self.locale))

    def moment(self, moment: datetime.datetime) -> str:
        """A point in time, to the minute, in UTC as the servers of many countries count it."""
        day = format_date(moment.astimezone(datetime.UTC), "medium", locale=self.locale)
        return f"{day}, {format_time(moment, 'short', tzinfo=datetime.UTC, locale=self.locale)} UTC"

    def duration(self, length: datetime.timedelta) -> str:
        """A length of time in its largest unit."""
        return str(format_timedelta(length, threshold=2, locale=self.locale))


@lru_cache(maxsize=1)
def load_interfaces() -> dict[str, Interface]:
    """Every language of the pages by its code."""
    return {code: Interface(code, Locale.parse(code)) for code in LANGUAGES}


@lru_cache(maxsize=256)
def own_name(code: str) -> str:
    """What a language calls itself; its code when that is not known."""
    try:
        name = str(Locale.parse(code).get_display_name(code))
    except (ValueError, LookupError, UnknownLocaleError):
        return code
    return name[:1].upper() + name[1:]


def unbroken(title: str, language: str) -> str:
    """A title without a place to break before the signs that French sets off by a space."""
    return _FRENCH_SPACE.sub("\u00a0", title) if language == "fr" else title


def direction(language: str) -> str:
    """Writing direction of a language as HTML names it."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def preferred(accept_language: str) -> str:
    """The language of the pages that an Accept-Language header asks for first (RFC 9110, section 12.5.4)."""
    weighed = []
    for place, part in enumerate(accept_language[:1000].split(",")):
        name, _semicolon, weight = part.strip().partition(";")
        code = name.strip().lower().split("-")[0]
        if code in LANGUAGES and (quality := _quality(weight)) > 0:
            weighed.append((-quality, place, code))
    return min(weighed)[2] if weighed else LANGUAGES[0]


def _quality(weight: str) -> float:
    name, _equals, value = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0
