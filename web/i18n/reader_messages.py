"""Why a file could not be read, or was read with something left out: sentences of the readers, in the pages' languages.

Readers know no languages; they say in English what they found. A sentence is found again by its pattern.
"""

import re
from functools import cache

from ingest.practices.wording import translated
from web.i18n.locales import Interface, _

_FAILURES = (
    _("There is no text in this file. Check that it is the right one."),
    _("By its content this is not a text; give the file its right extension, or leave it out."),
    _("By its content this is not a Word document; save it as DOCX or PDF."),
    _("This document holds no text; if it is made of images, recognise their text."),
    _("This page holds no text of its own; it may be filled in by a script. Save it from a browser as PDF."),
    _("This page cannot be read as HTML; open it in a browser and save it again."),
    _("Files of the kind “%(kind)s” are not read; save it as one of %(kinds)s."),
    _("The file is empty; check that it was saved or sent completely."),
    _("This document is protected with a password; save a copy without one."),
    _(
        "The name ends in %(suffix)s, but by its content it is %(nature)s; give it its right extension or save it "
        "again in the format its name says."
    ),
    _("The file holds a line of more than a million characters; break it into paragraphs."),
    _("The file holds no text; check that it was saved completely."),
    _("This document is damaged; fetch it again, or open it in its program and save it anew."),
    _("This document unpacks to %(size)s MB, more than is accepted; save it without images, or split it."),
    _("This document declares entities; save it anew from Word or LibreOffice."),
    _("This PDF is damaged; fetch it again, or open it in a PDF program and save it anew."),
    _("This PDF is too intricate to be read; print it to a new PDF."),
    _("This PDF ends too early: it was not stored or sent completely. Fetch it again."),
    _("This PDF is protected with a password; save a copy without one."),
    _("This PDF has %(count)s pages; up to %(most)s are accepted. Split it."),
    _("This PDF has no text: it is a scan. Recognise its text (OCR), then ingest the result."),
    _("This PDF holds more text than is accepted; split it."),
    _("Reading this file takes more memory than is allowed; split it, or save it without its images."),
    _("This file holds more text than is accepted; split it into several documents."),
    _("This file cannot be read as what its name says; open it in the program that made it and save it again."),
    _("This is not a file but a folder, pipe or device; name a file."),
    _(
        "Reading this file takes longer than %(count)s seconds; split it, or save it again from the program that made "
        "it."
    ),
    _(
        "The system stopped the reading of this file, most likely for lack of memory; split it, or save it without its "
        "images."
    ),
    _("The file changed while it was read; wait until it is complete, then ingest it again."),
    _("The file has %(size)s MB; up to %(most)s are accepted. Split it or raise the limit."),
    _("The file is not there any more; check the path, then ingest it again."),
    _("The file cannot be opened (%(error)s); check its permissions and the disk."),
    _("The file that was sent is not there any more; send it again."),
    _("Files of up to %(most)s MB are accepted; split it, or save it without its images."),
    _(
        "The work on this file was interrupted several times. Try again later; if that does not help, save the file "
        "anew, or tell those who run this site."
    ),
)
_REMARKS = (
    _("This file is already here."),
    _("This file is already here as %(name)s."),
    _("Replaces the version before."),
    _("Some characters could not be read and are shown as �; save the file again as UTF-8."),
    _("%(count)s control characters, such as NUL, were removed from the text."),
    _("The front matter has an unknown field “%(name)s”."),
    _("The field “%(name)s” of the front matter was left out: %(error)s."),
    _("Page %(pages)s without text: blank, or only images."),
    _("Page %(pages)s damaged and left out."),
    _("Page %(pages)s too intricate to be read and left out."),
    _("Page %(pages)s left out: the same as an earlier page."),
    _("Pages %(pages)s without text: blank, or only images."),
    _("Pages %(pages)s damaged and left out."),
    _("Pages %(pages)s too intricate to be read and left out."),
    _("Pages %(pages)s left out: the same as an earlier page."),
)
_NATURES = (
    _("a PDF"),
    _("a ZIP archive or an Office document"),
    _("an empty ZIP archive"),
    _("an Office document of the old kind (.doc, .xls, .ppt)"),
    _("an RTF document"),
    _("a program"),
    _("a script"),
    _("an image"),
    _("a compressed file"),
    _("a database"),
    _("something else"),
    _("without extension"),
)
_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def in_words(interface: Interface, sentence: str) -> str:
    """A sentence of a reader in a language of the pages; "" where it is none that is known."""
    for message, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            values = {k: interface.say(v) if v in _NATURES else v for k, v in found.groupdict().items()}
            return interface.say(message) % values if values else interface.say(message)
    return ""


def remark(interface: Interface, sentence: str) -> tuple[str, str]:
    """What a reader remarked, or the template of a practice asks; and its language where it is not the page's."""
    told = in_words(interface, sentence) or translated(sentence, interface.code)
    return told, "en" if told == sentence and interface.code != "en" else ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (message, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(message)), re.DOTALL))
        for message in (*_FAILURES, *_REMARKS)
    )
