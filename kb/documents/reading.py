"""What is said of the reading of a file: why it failed, and what to look at; by code, with the sentence of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from kb.documents.practice import Field, Question
from kb.documents.practice_wording import question
from kb.errors import KbError
from kb.i18n.catalogue import _, catalogue, plural

Params = Mapping[str, str | int | tuple[int, ...]]
MOST_NAMED = 10  # pages of a remark


class ReadFailure(StrEnum):
    """Of which kind it is that a file could not be read; the value is the outcome that is reported for it."""

    NO_TEXT = "no-text"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    REFUSED = "refused"
    TIMED_OUT = "timed-out"


class ReadFault(StrEnum):
    """Why a file could not be read."""

    NOTHING_TO_CITE = "nothing-to-cite"
    NO_KNOWLEDGE = "no-knowledge"
    NOT_A_TEXT = "not-a-text"
    NOT_WORD = "not-word"
    EMPTY_DOCUMENT = "empty-document"
    EMPTY_PAGE = "empty-page"
    UNREADABLE_HTML = "unreadable-html"
    UNKNOWN_TYPE = "unknown-type"
    NO_EXTENSION = "no-extension"
    EMPTY_FILE = "empty-file"
    PROTECTED_DOCUMENT = "protected-document"
    MISMATCH = "mismatch"
    LONG_LINE = "long-line"
    BLANK_FILE = "blank-file"
    DAMAGED_DOCUMENT = "damaged-document"
    UNPACKS_TOO_LARGE = "unpacks-too-large"
    ENTITIES = "entities"
    DAMAGED_PDF = "damaged-pdf"
    INTRICATE_PDF = "intricate-pdf"
    CUT_PDF = "cut-pdf"
    PROTECTED_PDF = "protected-pdf"
    MANY_PAGES = "many-pages"
    SCAN = "scan"
    DYNAMIC_FORM = "dynamic-form"
    PORTFOLIO = "portfolio"
    RIGHTS_MANAGED = "rights-managed"
    LONG_PDF = "long-pdf"
    MEMORY = "memory"
    LONG_TEXT = "long-text"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not-a-file"
    TIME = "time"
    STOPPED = "stopped"
    CHANGED = "changed"
    LARGE_FILE = "large-file"
    GONE = "gone"
    CANNOT_OPEN = "cannot-open"
    UPLOAD_GONE = "upload-gone"
    LARGE_UPLOAD = "large-upload"
    INTERRUPTED = "interrupted"


class ReadNote(StrEnum):
    """What is to be looked at, or answered, in a file that was read."""

    ENGLISH = "english"  # a sentence that has no code: of the command line, or kept before there were codes
    QUESTION = "question"  # what the template of a practice asks where it was left empty
    LOST_CHARACTERS = "lost-characters"
    CONTROL_CHARACTERS = "control-characters"
    FRONT_TOO_LONG = "front-too-long"
    FRONT_NOT_YAML = "front-not-yaml"
    FRONT_NO_FIELDS = "front-no-fields"
    UNKNOWN_FIELD = "unknown-field"
    FIELD_NOT_TEXT = "field-not-text"
    FIELD_NOT_LANGUAGE = "field-not-language"
    FIELD_NOT_DATE = "field-not-date"
    FIELD_NOT_NOTATION = "field-not-notation"
    FIELD_NOT_COUNTRY = "field-not-country"
    FIELD_NOT_OBJECTIVE = "field-not-objective"
    FIELD_NOT_FILES = "field-not-files"
    FIELD_NOT_BOOLEAN = "field-not-boolean"
    BLANK_PAGES = "blank-pages"
    DAMAGED_PAGES = "damaged-pages"
    INTRICATE_PAGES = "intricate-pages"
    REPEATED_PAGES = "repeated-pages"
    UNSEEN_TEXT = "unseen-text"


class Nature(StrEnum):
    """What a file is by its first bytes."""

    PDF = "pdf"
    ZIP = "zip"
    EMPTY_ZIP = "empty-zip"
    OLD_OFFICE = "old-office"
    RTF = "rtf"
    PROGRAM = "program"
    SCRIPT = "script"
    IMAGE = "image"
    COMPRESSED = "compressed"
    DATABASE = "database"
    OTHER = "other"


FAULTS: dict[ReadFault, tuple[ReadFailure, str]] = {
    ReadFault.NOTHING_TO_CITE: (
        ReadFailure.NO_TEXT, _("There is no text in this file. Check that it is the right one."),
    ),
    ReadFault.NO_KNOWLEDGE: (
        ReadFailure.NO_TEXT, _("Nothing in this file tells what a person knows. Check that it is the right one."),
    ),
    ReadFault.NOT_A_TEXT: (
        ReadFailure.REFUSED,
        _("By its content this is not a text; give the file its right extension, or leave it out."),
    ),
    ReadFault.NOT_WORD: (
        ReadFailure.REFUSED, _("By its content this is not a Word document; save it as DOCX or PDF."),
    ),
    ReadFault.EMPTY_DOCUMENT: (
        ReadFailure.NO_TEXT, _("This document holds no text; if it is made of images, recognise their text."),
    ),
    ReadFault.EMPTY_PAGE: (
        ReadFailure.NO_TEXT,
        _("This page holds no text of its own; it may be filled in by a script. Save it from a browser as PDF."),
    ),
    ReadFault.UNREADABLE_HTML: (
        ReadFailure.DAMAGED, _("This page cannot be read as HTML; open it in a browser and save it again."),
    ),
    ReadFault.UNKNOWN_TYPE: (
        ReadFailure.REFUSED, _("Files of the kind “%(kind)s” are not read; save it as one of %(kinds)s."),
    ),
    ReadFault.NO_EXTENSION: (
        ReadFailure.REFUSED, _("Files of the kind “without extension” are not read; save it as one of %(kinds)s."),
    ),
    ReadFault.EMPTY_FILE: (
        ReadFailure.NO_TEXT, _("The file is empty; check that it was saved or sent completely."),
    ),
    ReadFault.PROTECTED_DOCUMENT: (
        ReadFailure.ENCRYPTED, _("This document is protected with a password; save a copy without one."),
    ),
    ReadFault.MISMATCH: (
        ReadFailure.REFUSED,
        _("The name ends in %(suffix)s, but by its content it is %(nature)s; give it its right extension or save it "
          "again in the format its name says."),
    ),
    ReadFault.LONG_LINE: (
        ReadFailure.TOO_LARGE, _("The file holds a line of more than a million characters; break it into paragraphs."),
    ),
    ReadFault.BLANK_FILE: (
        ReadFailure.NO_TEXT, _("The file holds no text; check that it was saved completely."),
    ),
    ReadFault.DAMAGED_DOCUMENT: (
        ReadFailure.DAMAGED,
        _("This document is damaged; fetch it again, or open it in its program and save it anew."),
    ),
    ReadFault.UNPACKS_TOO_LARGE: (
        ReadFailure.TOO_LARGE,
        _("This document unpacks to %(size)s MB, more than is accepted; save it without images, or split it."),
    ),
    ReadFault.ENTITIES: (
        ReadFailure.REFUSED, _("This document declares entities; save it anew from Word or LibreOffice."),
    ),
    ReadFault.DAMAGED_PDF: (
        ReadFailure.DAMAGED, _("This PDF is damaged; fetch it again, or open it in a PDF program and save it anew."),
    ),
    ReadFault.INTRICATE_PDF: (
        ReadFailure.TOO_LARGE, _("This PDF is too intricate to be read; print it to a new PDF."),
    ),
    ReadFault.CUT_PDF: (
        ReadFailure.DAMAGED, _("This PDF ends too early: it was not stored or sent completely. Fetch it again."),
    ),
    ReadFault.PROTECTED_PDF: (
        ReadFailure.ENCRYPTED, _("This PDF is protected with a password; save a copy without one."),
    ),
    ReadFault.MANY_PAGES: (
        ReadFailure.TOO_LARGE, _("This PDF has %(count)s pages; up to %(most)s are accepted. Split it."),
    ),
    ReadFault.SCAN: (
        ReadFailure.NO_TEXT, _("This PDF has no text: it is a scan. Recognise its text (OCR), then ingest the result."),
    ),
    ReadFault.DYNAMIC_FORM: (
        ReadFailure.NO_TEXT,
        _("What this PDF shows is only a placeholder: the document is a dynamic form. Open it in Adobe Reader and "
          "print it to a new PDF."),
    ),
    ReadFault.PORTFOLIO: (
        ReadFailure.NO_TEXT,
        _("What this PDF shows is only a cover: the documents are attached to it as a portfolio. Save each of them, "
          "and send those."),
    ),
    ReadFault.RIGHTS_MANAGED: (
        ReadFailure.REFUSED,
        _("What this PDF shows is only a placeholder: the document is protected by rights management. Save a copy "
          "without protection."),
    ),
    ReadFault.LONG_PDF: (
        ReadFailure.TOO_LARGE, _("This PDF holds more text than is accepted; split it."),
    ),
    ReadFault.MEMORY: (
        ReadFailure.TOO_LARGE,
        _("Reading this file takes more memory than is allowed; split it, or save it without its images."),
    ),
    ReadFault.LONG_TEXT: (
        ReadFailure.TOO_LARGE,
        _("This file holds more text than is accepted; split it into several documents."),
    ),
    ReadFault.UNREADABLE: (
        ReadFailure.DAMAGED,
        _("This file cannot be read as what its name says; open it in the program that made it and save it again."),
    ),
    ReadFault.NOT_A_FILE: (
        ReadFailure.REFUSED, _("This is not a file but a folder, pipe or device; name a file."),
    ),
    ReadFault.TIME: (
        ReadFailure.TIMED_OUT,
        _("Reading this file takes longer than %(count)s seconds; split it, or save it again from the program that "
          "made it."),
    ),
    ReadFault.STOPPED: (
        ReadFailure.TOO_LARGE,
        _("The system stopped the reading of this file, most likely for lack of memory; split it, or save it without "
          "its images."),
    ),
    ReadFault.CHANGED: (
        ReadFailure.DAMAGED, _("The file changed while it was read; wait until it is complete, then ingest it again."),
    ),
    ReadFault.LARGE_FILE: (
        ReadFailure.TOO_LARGE,
        _("The file has %(size)s MB; up to %(most)s are accepted. Split it or raise the limit."),
    ),
    ReadFault.GONE: (
        ReadFailure.REFUSED, _("The file is not there any more; check the path, then ingest it again."),
    ),
    ReadFault.CANNOT_OPEN: (
        ReadFailure.REFUSED, _("The file cannot be opened (%(error)s); check its permissions and the disk."),
    ),
    ReadFault.UPLOAD_GONE: (
        ReadFailure.DAMAGED, _("The file that was sent is not there any more; send it again."),
    ),
    ReadFault.LARGE_UPLOAD: (
        ReadFailure.TOO_LARGE,
        _("Files of up to %(most)s MB are accepted; split it, or save it without its images."),
    ),
    ReadFault.INTERRUPTED: (
        ReadFailure.DAMAGED,
        _("The work on this file was interrupted several times. Try again later; if that does not help, save the file "
          "anew, or tell those who run this site."),
    ),
}  # fmt: skip
NOTES: dict[ReadNote, str | tuple[str, str]] = {
    ReadNote.ENGLISH: "%(sentence)s",
    ReadNote.QUESTION: "%(question)s",
    ReadNote.LOST_CHARACTERS: _("Some characters could not be read and are shown as �; save the file again as UTF-8."),
    ReadNote.CONTROL_CHARACTERS: _("%(count)s control characters, such as NUL, were removed from the text."),
    ReadNote.FRONT_TOO_LONG: _("The front matter has more than %(most)s characters and was not read."),
    ReadNote.FRONT_NOT_YAML: _("The front matter is not valid YAML and was not read (%(error)s)."),
    ReadNote.FRONT_NO_FIELDS: _("The front matter is not a list of fields and was not read."),
    ReadNote.UNKNOWN_FIELD: _("The front matter has an unknown field “%(name)s”."),
    ReadNote.FIELD_NOT_TEXT: _("The field “%(name)s” of the front matter was left out: it is not a text."),
    ReadNote.FIELD_NOT_LANGUAGE: _(
        "The field “%(name)s” of the front matter was left out: “%(value)s” is not a language code such as es."
    ),
    ReadNote.FIELD_NOT_DATE: _(
        "The field “%(name)s” of the front matter was left out: “%(value)s” is not a date such as 2026, 2026-11 or "
        "2026-11-21."
    ),
    ReadNote.FIELD_NOT_NOTATION: _(
        "The field “%(name)s” of the front matter was left out: “%(value)s” is not a notation such as "
        "terms-of-reference."
    ),
    ReadNote.FIELD_NOT_COUNTRY: _(
        "The field “%(name)s” of the front matter was left out: “%(value)s” is not a country code of three letters."
    ),
    ReadNote.FIELD_NOT_OBJECTIVE: _(
        "The field “%(name)s” of the front matter was left out: “%(value)s” is not the notation of an objective, such "
        "as 13."
    ),
    ReadNote.FIELD_NOT_FILES: _(
        "The field “%(name)s” of the front matter was left out: it does not name a file for each language."
    ),
    ReadNote.FIELD_NOT_BOOLEAN: _(
        "The field “%(name)s” of the front matter was left out: it is neither true nor false."
    ),
    ReadNote.BLANK_PAGES: plural(
        "Page %(pages)s without text: blank, or only images.", "Pages %(pages)s without text: blank, or only images."
    ),
    ReadNote.DAMAGED_PAGES: plural("Page %(pages)s damaged and left out.", "Pages %(pages)s damaged and left out."),
    ReadNote.INTRICATE_PAGES: plural(
        "Page %(pages)s too intricate to be read and left out.",
        "Pages %(pages)s too intricate to be read and left out.",
    ),
    ReadNote.REPEATED_PAGES: plural(
        "Page %(pages)s left out: the same as an earlier page.",
        "Pages %(pages)s left out: the same as an earlier page.",
    ),
    ReadNote.UNSEEN_TEXT: plural(
        "Page %(pages)s: white text on white paper, which no reader sees, was left out.",
        "Pages %(pages)s: white text on white paper, which no reader sees, was left out.",
    ),
}
NATURES = {
    Nature.PDF: _("a PDF"),
    Nature.ZIP: _("a ZIP archive or an Office document"),
    Nature.EMPTY_ZIP: _("an empty ZIP archive"),
    Nature.OLD_OFFICE: _("an Office document of the old kind (.doc, .xls, .ppt)"),
    Nature.RTF: _("an RTF document"),
    Nature.PROGRAM: _("a program"),
    Nature.SCRIPT: _("a script"),
    Nature.IMAGE: _("an image"),
    Nature.COMPRESSED: _("a compressed file"),
    Nature.DATABASE: _("a database"),
    Nature.OTHER: _("something else"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a file: its code, and what is put into it. As a text it is English."""

    code: ReadFault | ReadNote
    params: Params = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said("en")

    def said(self, language: str) -> str:
        """The sentence in a language of the interface."""
        messages = catalogue(language)
        text = FAULTS[self.code][1] if isinstance(self.code, ReadFault) else NOTES[self.code]
        told = messages.ngettext(*text, len(self._pages)) if isinstance(text, tuple) else messages.gettext(text)
        return told % {name: self._shown(name, language) for name in self.params}

    def language_in(self, language: str) -> str:
        """In which language it is said to a reader of `language`."""
        return "en" if self.code is ReadNote.ENGLISH else language

    @property
    def _pages(self) -> tuple[int, ...]:
        pages = self.params.get("pages", ())
        return pages if isinstance(pages, tuple) else ()

    def _shown(self, name: str, language: str) -> str:
        value = self.params[name]
        if name == "nature":
            return catalogue(language).gettext(NATURES[Nature(str(value))])
        if name == "question":
            return question(_asked(str(value)), language)
        if isinstance(value, tuple):
            return ", ".join(map(str, value[:MOST_NAMED])) + (" …" if len(value) > MOST_NAMED else "")
        return str(value)


class ReadError(KbError):
    """One file could not be read; the others of the run are unharmed."""

    exit_status = 1
    status = 422

    def __init__(self, code: ReadFault, params: Params | None = None) -> None:
        self.remark = Remark(code, params or {})
        super().__init__(str(self.remark))

    @property
    def failure(self) -> ReadFailure:
        return FAULTS[self.code][0]

    @property
    def code(self) -> ReadFault:
        return ReadFault(self.remark.code)

    def __reduce__(self) -> tuple[type["ReadError"], tuple[ReadFault, Params]]:
        return (ReadError, (self.code, self.remark.params))


def english(sentence: str) -> Remark:
    """A sentence without a code."""
    return Remark(ReadNote.ENGLISH, {"sentence": sentence})


def remark_json(remark: Remark) -> dict[str, Any]:
    """A remark as it is kept and sent."""
    return {"code": remark.code.value, **remark.params}


def remark_of(kept: Any) -> Remark:
    """A remark that was kept: a code with its values, or from earlier versions an English sentence.

    A sentence without values is known again, any other stays as it is. Raises ValueError when it is neither.
    """
    if isinstance(kept, str):
        return _by_sentence().get(kept) or english(kept)
    if not isinstance(kept, Mapping):
        raise ValueError("neither a sentence nor a code with its values")
    name = str(kept.get("code"))
    code = ReadFault(name) if name in _FAULT_VALUES else ReadNote(name)
    return Remark(code, {key: _param(value) for key, value in kept.items() if key != "code"})


@cache
def _by_sentence() -> Mapping[str, Remark]:
    """Questions, and remarks without values, by their English sentence."""
    asked = {question(each, "en"): each.value for each in (*Field, *Question)}
    known = {text: Remark(fault) for fault, (_failure, text) in FAULTS.items()}
    known |= {text: Remark(note) for note, text in NOTES.items() if isinstance(text, str)}
    known |= {text: Remark(ReadNote.QUESTION, {"question": name}) for text, name in asked.items() if text}
    return {text: remark for text, remark in known.items() if "%(" not in text}


_FAULT_VALUES = frozenset(fault.value for fault in ReadFault)


def _param(value: Any) -> str | int | tuple[int, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(int(each) for each in value)
    if not isinstance(value, (str, int)):
        raise ValueError("a value that stands in no sentence")
    return value


def _asked(name: str) -> Field | Question:
    return Question(name) if name in set(Question) else Field(name)
