"""The languages of the interface, and every message in each of them.

Messages are written in English where they are said and marked there with `_`. One catalogue a language holds all of
them, those of kb, ingest and web: a language is added by its code in LANGUAGES and its file in `locale/`.
"""

import gettext
import io
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr", "es", "pt")  # in the order of the United Nations, then others; the first is the default
_LOCALE = Path(__file__).parent / "locale"


def _(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


def plural(singular: str, several: str) -> tuple[str, str]:
    """Mark a message that differs by number for extraction; `ngettext` chooses between its forms."""
    return singular, several


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """All messages in a language of the interface, compiled in memory; in English for any other."""
    path = _LOCALE / language / "LC_MESSAGES" / "messages.po"
    if language not in LANGUAGES or not path.exists():  # messages are written in English
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo  # here: commands that say nothing in another language do without
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(language: str, message: str) -> str:
    """A message in a language of the interface."""
    return catalogue(language).gettext(message) if message else ""
