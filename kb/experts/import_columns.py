"""The table of experts: its columns, the words that may stand in them, and the template that tells both.

What is written in the template is a message of the catalogue, so that a table may be filled in in every language of the
interface. The words beside the values are others that people write for the same.
"""

import csv
import io
from dataclasses import dataclass
from functools import cache

from kb.experts.expert import LanguageLevel, OrganisationKind, Support
from kb.i18n.catalogue import LANGUAGES, _, say
from kb.text.folding import fold


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what programs call it, and as messages its heading, what to write, and a sample."""

    name: str
    heading: str
    told: str
    sample: str


COLUMNS = (
    Column(
        "code",
        _("code"),
        _("your own sign for the person, not their name; importing it again changes the same person"),
        _("sample-1"),
    ),
    Column("name", _("name"), _("must be filled in"), _("Ana Sample")),
    Column("email", _("email"), _("a link to consent is made for it; may be empty"), "ana@example.org"),
    Column("letter_language", _("language of messages"), "%(codes)s", ""),
    Column("organisation", _("organisation"), _("as it calls itself"), _("Sample Institute")),
    Column(
        "aliases",
        _("other names of the organisation"),
        _("acronym and names in other languages, with ; between them"),
        _("SI; Instituto de Muestra"),
    ),
    Column("kind", _("kind of organisation"), "%(values)s", _("academia")),
    Column("country", _("country"), _("where they work; name or three letters as PER"), _("Peru")),
    Column("countries", _("countries of experience"), _("with ; between them"), _("Chile; Ecuador")),
    Column("gender", _("gender"), _("as they say it; may be empty"), _("woman")),
    Column("languages", _("languages"), _("each with its level: %(values)s"), _("English fluent; Spanish working")),
    Column("objectives", _("objectives"), _("their numbers"), "13; 14"),
    Column("supports", _("support offered"), "%(values)s", _("advice; training")),
    Column("statement", _("what they know"), _("a few sentences"), _("Ran a pilot of alternatives to detention.")),
    Column(
        "works",
        _("works"),
        _("titles, with | between them; the year in brackets"),
        _("A report that does not exist (2021)"),
    ),
)
# What each value is called, and other words that people write for it: single ones, then phrases after |.
KINDS = {
    OrganisationKind.UN: (_("UN"), "onu|nations unies|naciones unidas|nacoes unidas|united nations"),
    OrganisationKind.STATE: (_("State"), "estado etat gobierno governo government gouvernement"),
    OrganisationKind.CIVIL_SOCIETY: (_("civil society"), "ong ngo osc"),
    OrganisationKind.ACADEMIA: (_("academia"), "university universidad universidade universite research academie"),
    OrganisationKind.PRIVATE: (_("private"), "privado prive|private sector|sector privado|setor privado|secteur prive"),
}
SUPPORTS = {
    Support.ADVICE: (_("advice"), "asesoramiento conseils"),
    Support.TRAINING: (_("training"), "formacion formacao formation"),
    Support.DRAFTING: (_("drafting"), "redaccion redaction"),
    Support.VISIT: (_("exchange visit"), ""),
    Support.REVIEW: (_("reviewing"), "relecture"),
    Support.DATA: (_("data"), "datos donnees"),
}
LEVELS = {
    LanguageLevel.BASIC: (_("basic"), "notions base|de base"),
    LanguageLevel.WORKING: (
        _("working"),
        "intermedio intermediario intermediaire trabajo trabalho travail|de trabajo|de trabalho|de travail",
    ),
    LanguageLevel.FLUENT: (_("fluent"), "native nativo nativa bilingue"),
}
_CHOICES = {
    column: tuple(name for name, _others in values)
    for column, values in (("kind", KINDS.values()), ("supports", SUPPORTS.values()), ("languages", LEVELS.values()))
}  # by the column that tells them
_SAMPLE = _("SAMPLE, not read:")
_TOLD = _("HELP, not read:")


@cache
def names_of(message: str) -> frozenset[str]:
    """What a column or a value is called in the languages of the interface, as it is compared."""
    return frozenset(compared(say(language, message)) for language in LANGUAGES)


def compared(written: str) -> str:
    """A text without what people write in different ways: spaces, accents, capitals, apostrophes."""
    return fold(" ".join(written.replace("’", "'").split()))


def template(language: str) -> bytes:
    """The table to fill in, in UTF-8 with the mark by which spreadsheets know it; lines that begin with # are not read.

    Its columns are separated by semicolons where decimals are written with a comma, as spreadsheets there expect.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if language == "en" else ";", lineterminator="\r\n")
    writer.writerow([say(language, column.heading) for column in COLUMNS])
    for label, cells in ((_TOLD, _told(language)), (_SAMPLE, _sample(language))):
        writer.writerow([f"# {say(language, label)} {cells[0]}", *cells[1:]])
    return out.getvalue().encode("utf-8-sig")


def _told(language: str) -> list[str]:
    told = []
    for column in COLUMNS:
        values = ", ".join(say(language, name) for name in _CHOICES.get(column.name, ()))
        told.append(say(language, column.told) % {"values": values, "codes": ", ".join(LANGUAGES)})
    return told


def _sample(language: str) -> list[str]:
    return [language if column.name == "letter_language" else say(language, column.sample) for column in COLUMNS]
