"""What a file shows of what a person knows: a CV in its parts, without how they are reached, or a publication."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from textwrap import shorten

from ingest.cleaning.clean import clean
from ingest.description.describe import describe
from ingest.readers.sandbox import Reading
from kb.documents.models import BlockKind, Document
from kb.documents.reading import ReadError, ReadFault
from kb.experts.works import Work
from kb.text.folding import fold
from kb.text.language import language_of

_MOST = {"cv": 40, "publication": 8}  # works of one file
_PART = 5000  # characters of a part of a publication
_LONGEST = 20_000  # characters of a work
_FEWEST = 4  # words; less tells nothing
_NAMEPLATE = 60  # words above the first part of a CV; as a rule the name, and how the person is reached
_TITLE = 160
_LEAST_BESIDE = 9  # words of a sentence that tells something beside an address
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÁÉÍÑÓÚÀÂÇÈÊÎÔÛ¿¡])")

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)\S+|\b(?:linkedin|skype|orcid)\b\s*:?\s*\S*", re.I)
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,2}\d){8,}")
# Labels of what only says who and where somebody is: "Passport: …". Passports as such are what many of them work on.
_PRIVATE_LINE = re.compile(
    r"(?:date of birth|born|nationality|passport|marital status|(?:postal )?address|phone|mobile|e-?mail|"
    r"fecha de nacimiento|nacionalidad|pasaporte|cedula|dni|estado civil|domicilio|direccion|telefono|celular|correo|"
    r"date de naissance|nationalite|passeport|etat civil|domicile|adresse|telephone|portable|courriel)[^:]{0,20}:|"
    r".{0,40}\b(?:born (?:on|in)|nacid[oa] (?:el|en)|nee? (?:le|a))\b"
)
_SPAN = re.compile(
    r"\b(?:19|20)\d\d\b\s*(?:[-–—/]|to|a|al|hasta|à|au)\s*(?:\w+[\s/.]+){0,2}"
    r"(?:(?:19|20)\d\d|present|today|now|date|actual(?:idad|mente)?|hoy|presente|aujourd|ce jour|présent)",
    re.I,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_EARLY = 60  # characters of a line within which a span of years says that an assignment begins


class FileKind(StrEnum):
    """What a person says their file is."""

    CV = "cv"
    PUBLICATION = "publication"


class _Part(StrEnum):
    PRIVATE = "private"
    ASSIGNMENTS = "assignments"
    SOURCES = "sources"
    OTHER = "other"


# Words of headings, folded, in English, Spanish and French.
_HEADINGS = {
    _Part.PRIVATE: "contact contacto personal personales personnelles personnel coordonnees referees references "
    "referencias hobbies aficiones loisirs",
    _Part.ASSIGNMENTS: "experience experiencia experiences employment empleo empleos emplois assignments asignaciones "
    "missions misiones consultancies consultorias consultoria career trayectoria parcours positions puestos postes "
    "affectations",
    _Part.SOURCES: "references referencias bibliography bibliografia bibliographie notes notas sources fuentes",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file shows. `left_out` counts passages that were not kept: they only say how the person is reached."""

    works: tuple[Work, ...]
    left_out: int = 0


@dataclass(slots=True)
class _Entry:
    """A stretch of a CV that becomes a work."""

    title: str
    kind: str
    lines: list[str] = field(default_factory=list)


def works_of(reading: Reading, kind: FileKind) -> Shown:
    """The works that a file shows. Raises ReadError when it shows nothing."""
    document = clean(reading.raw)
    shown = _of_cv(document) if kind is FileKind.CV else _of_publication(document, reading.source.name)
    if not shown.works:
        raise ReadError(ReadFault.NO_KNOWLEDGE)
    return shown


def _of_cv(document: Document) -> Shown:
    entries = [_Entry("", "cv")]
    part, left_out, headed = _Part.OTHER, 0, False
    for block in document.blocks:
        text = " ".join(document.text[block.start : block.end].split())
        if block.kind is BlockKind.HEADING:
            named = _part(text)
            headed = headed or named is not None or block.level > 1
            # Below "Experience" each heading is an assignment; a heading beside it begins another part.
            below = named is None and part is _Part.ASSIGNMENTS and (block.level > 2 or bool(_SPAN.search(text)))
            part = part if below else named or _Part.OTHER
            entries.append(_Entry(text, "assignment" if below else "cv"))
            continue
        plain, cut = _without_contact(text)
        left_out += cut or part in (_Part.PRIVATE, _Part.SOURCES)
        if part in (_Part.PRIVATE, _Part.SOURCES) or not plain:
            continue
        if part is _Part.ASSIGNMENTS and _begins(plain):
            title = shorten(_SENTENCE_ENDS.split(plain, maxsplit=1)[0], _TITLE, placeholder="")
            title = title if len(title.split()) >= _FEWEST else shorten(plain, _TITLE, placeholder="")
            entries.append(_Entry(title, "assignment"))
            plain = plain[len(title) :].strip()
        entries[-1].lines += [plain] if plain else []
    if headed:
        plate, entries = _nameplate(entries)
        left_out += plate
    return Shown(tuple(_works(entries, language_of(document.text)))[: _MOST["cv"]], left_out)


def _nameplate(entries: list[_Entry]) -> tuple[int, list[_Entry]]:
    """How many lines stand above the first heading, if they are few; and the entries without them."""
    lines = entries[0].lines
    return (len(lines), entries[1:]) if len(" ".join(lines).split()) <= _NAMEPLATE else (0, entries)


def _works(entries: Iterable[_Entry], language: str) -> Iterator[Work]:
    for entry in entries:
        body = "\n".join(entry.lines)[:_LONGEST]
        if len(f"{entry.title} {body}".split()) < _FEWEST or (entry.kind == "cv" and not body):
            continue
        years = _YEAR.findall(f"{entry.title} {body[:_EARLY]}") if entry.kind == "assignment" else []
        spoken = language_of(f"{entry.title}\n{body}", language)
        yield Work(0, entry.title[:_TITLE], body, spoken, entry.kind, int(max(years)) if years else None)


def _of_publication(document: Document, name: str) -> Shown:
    described = describe(document, name)
    year = int(described.date[:4]) if described.date[:4].isdecimal() else None
    parts: list[tuple[str, str]] = []
    left_out = 0
    for heading, text in _sections(document):
        if _part(heading, _Part.SOURCES) is _Part.SOURCES:
            left_out += 1
            continue
        plain, cut = _without_contact(text)
        left_out += cut
        if parts and len(parts[-1][1]) + len(plain) <= _PART:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n{plain}".strip())
        else:
            parts.append((heading, plain))
    work = Work(0, described.title[:_TITLE], "", described.language, "publication", year)
    found = [
        replace(work, title=_joined(work.title, heading if number else ""), body=body[:_LONGEST])
        for number, (heading, body) in enumerate(parts)
        if len(body.split()) >= _FEWEST
    ]
    return Shown(tuple(found[: _MOST["publication"]]), left_out)


def _sections(document: Document) -> Iterator[tuple[str, str]]:
    """Heading and text of each section, without its heading."""
    for section in document.sections:
        inside = [
            document.text[block.start : block.end]
            for block in document.blocks
            if section.start <= block.start < section.end and block.kind is not BlockKind.HEADING
        ]
        if inside:
            yield (section.path[-1] if section.path else ""), "\n".join(inside)


def _joined(title: str, heading: str) -> str:
    return f"{title} — {heading}"[:_TITLE] if heading and fold(heading) != fold(title) else title


def _part(heading: str, first: _Part = _Part.PRIVATE) -> _Part | None:
    """Which part of a text a short heading begins; None when it names none of those looked for."""
    spoken = re.findall(r"\w+", fold(heading))
    if not spoken or len(spoken) > 6:
        return None
    for part in (first, *_HEADINGS):
        if not set(_HEADINGS[part].split()).isdisjoint(spoken):
            return part
    return None


def _begins(line: str) -> bool:
    found = _SPAN.search(line)
    return found is not None and found.start() <= _EARLY


def _without_contact(text: str) -> tuple[str, int]:
    """A text without addresses and telephone numbers, and how many sentences it lost or that lost something.

    A sentence that holds hardly more goes altogether, and one that says when and where the person was born.
    """
    kept, touched = [], 0
    for sentence in _SENTENCE_ENDS.split(text):
        plain = _PHONE.sub("…", _ADDRESS.sub("…", sentence))
        cut = plain != sentence
        private = _PRIVATE_LINE.match(fold(sentence)) is not None or (cut and len(plain.split()) < _LEAST_BESIDE)
        touched += cut or private
        kept += [] if private else [plain]
    return " ".join(kept), touched
