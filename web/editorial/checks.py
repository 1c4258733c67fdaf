"""What there is to look at in a document before it is published, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.documents.models import StoredDocument
from kb.documents.practice import Field
from kb.documents.practice_wording import question
from kb.documents.reading import ReadNote, Remark
from kb.documents.state import PUBLIC
from kb.editorial.checks import Check, Finding
from kb.i18n.catalogue import _
from kb.text.damage import Damage
from web import urls
from web.http.context import RequestContext

_FIELDS = {
    "title": _("There is no title."),
    "language": _("The language could not be told."),
    "type": _("The type of document could not be told."),
    "date": _("There is no date."),
    "countries": _("No country or region is named that it is about."),
    "objectives": _("It is about none of the objectives, as far as the software can tell."),
}
_SENTENCES = {
    Finding.LITTLE_TEXT: _("There is little text: %(detail)s words. Is the file whole?"),
    Finding.SCANNED: _("%(detail)s pages have hardly any text: they may be scans, whose text has to be recognised."),
    Finding.OLD: _("It is from %(detail)s, before the Compact was adopted in December 2018."),
    Finding.NO_FOCAL_POINT: _("No focal point of the implementer is named."),
    Finding.LEFT_BEHIND: _(
        "Decisions on passages of the version before that are not in this one, and so were not carried: %(detail)s. "
        "The history names them."
    ),
}
_WHEN_READ = _("When the file was read: %(detail)s")
_DAMAGES = {
    Damage.ENCODING: _(
        "Letters with accents look wrong, as in “Ã³”: the file was written in one encoding and read in another. "
        "Save it as UTF-8 and send it again."
    ),
    Damage.LOST: _("Other signs stand where letters were. Compare the text with the file."),
    Damage.APART: _("The letters of words stand apart, so that no search finds them. Send another format of the file."),
    Damage.TOGETHER: _("Words stand together without spaces, so that no search finds them. Send another format."),
    Damage.NOISE: _("Digits and signs stand among the letters of words, as when a poor scan was recognised."),
    Damage.NONSENSE: _(
        "Some of the text is in no language that is known here: letters may have been lost or exchanged. "
        "Compare it with the file."
    ),
}
_ALIKE = {
    "format": _("The same work in another format:"),
    "version": _("A version of it:"),
    "translation": _("A translation of it:"),
    "excerpt": _("One is an excerpt of the other:"),
    "nearly": _("Nearly the same:"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """A finding in words. `other` is a document that this one is like."""

    text: str
    english: bool = False  # said by the reader of the file, in English only
    other: int | None = None
    title: str = ""
    language: str = ""
    path: str = ""  # where the two are shown side by side, or else the other is read
    settled: bool = False


def check_lines(
    context: RequestContext, found: Iterable[Check], alike: Mapping[int, StoredDocument]
) -> tuple[Look, ...]:
    """Findings in the language of the request, each once; documents that this person may not see are left out."""
    shown = (_look(context, check, alike) for check in found)
    return tuple({(look.text, look.other): look for look in shown if look is not None}.values())


def _look(context: RequestContext, check: Check, alike: Mapping[int, StoredDocument]) -> Look | None:
    if check.finding is Finding.ALIKE:
        return _alike(context, check, alike[check.other or 0])
    if check.finding is Finding.MISSING:
        return Look(_missing(context, check.detail))
    if check.remark is not None:
        return _read(context, check.remark)
    if check.finding is Finding.GARBLED:
        return Look(context.say(_DAMAGES[Damage(check.detail)]))
    detail = context.interface.date(check.detail) if check.finding is Finding.OLD else check.detail
    return Look(context.say(_SENTENCES[check.finding]) % {"detail": detail})


def _read(context: RequestContext, remark: Remark) -> Look:
    said = remark.said(context.code)
    if remark.code is ReadNote.QUESTION:
        return Look(said)
    return Look(context.say(_WHEN_READ) % {"detail": said}, remark.language_in(context.code) != context.code)


def _missing(context: RequestContext, field: str) -> str:
    if field in _FIELDS:
        return context.say(_FIELDS[field])
    return question(Field(field), context.code)


def _alike(context: RequestContext, check: Check, other: StoredDocument) -> Look | None:
    both = context.may("describe", other.owner)
    if not both and other.state not in PUBLIC:
        return None
    described = other.description
    path = urls.likeness(check.link) if both and check.link is not None else urls.document(other.id)
    text = context.say(_ALIKE[check.detail])
    return Look(text, False, other.id, described.title, described.language, path, check.settled)
