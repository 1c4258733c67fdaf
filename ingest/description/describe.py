"""Description: title, language, date, countries and type of a document, as stated or as found."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.description.dates import date_in
from ingest.description.document_types import document_type
from kb.documents.models import BlockKind, Description, Document
from kb.places.capitals import find_capitals
from kb.places.demonyms import find_nations
from kb.places.region_names import find_regions
from kb.text.folding import fold_in_place
from kb.text.language import language_of

_TITLE_LINES = 6
_OPEN_END = re.compile(
    r"(?:\b(?:de|del|la|el|los|las|y|en|para|sobre|of|the|and|on|for|in|du|des|les|et|le|à)|[,:–-])$", re.I
)
_EXTENSION = re.compile(r"\.(?:pdf|docx?|html?|txt|md)$", re.IGNORECASE)
_WEAK_TITLE = re.compile(
    r"(?:microsoft word\b.*|untitled|sin título|sans titre|document\d*|.*\.(?:docx?|pdf|indd)|[\W\d]*)", re.IGNORECASE
)
_REGIONAL = re.compile(r"\bregion(?:al(?:es)?|aux)?\b")
_MOST_NAMED = 6  # countries in a title; one that names more lists rather than tells


def describe(document: Document, source_name: str) -> Description:
    """What `document` says of itself first, else what its first page shows, else its file's name."""
    front = document.front
    title = _title(document, source_name)
    language = front.language or _language(document)
    opening = _opening(document)
    kind = front.type or document_type(title, opening, source_name)
    return Description(
        title=title,
        language=language,
        type=kind,
        date=front.date or date_in(title, opening),
        countries=front.countries if front.countries is not None else _countries(document, title, language),
        objectives=front.objectives,
        translations=front.translations,
        provenance=front.provenance,
        sample=front.sample,
    )


def _language(document: Document) -> str:
    body = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    step = max(1, len(body) // 40)
    return language_of(" ".join(document.text[b.start : b.end][:300] for b in (body or list(document.blocks))[::step]))


# --- title -----------------------------------------------------------------------------------------


def _title(document: Document, source_name: str) -> str:
    if document.front.title and not _WEAK_TITLE.fullmatch(document.front.title):
        return _fuller(_title_lines(document), " ".join(document.front.title.split()))
    return _joined(_title_lines(document)) or _first_words(document) or _from_name(source_name)


def _title_lines(document: Document) -> list[str]:
    """The headings of level 1 at the beginning, without those that repeat another."""
    lines: list[str] = []
    for block in document.blocks[:_TITLE_LINES]:
        text = document.text[block.start : block.end]
        if block.kind is not BlockKind.HEADING or block.level != 1:
            break
        if not any(_words(text) <= _words(line) for line in lines):
            lines.append(text)
    return lines


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold_in_place(text)))


def _fuller(lines: Sequence[str], stated: str) -> str:
    """The stated title, or a line of the document that says the same and more ("Plan de trabajo")."""
    return next((line for line in lines if fold_in_place(stated) in fold_in_place(line) and len(line) <= 160), stated)


def _joined(lines: Sequence[str]) -> str:
    """Lines of a title as one: running on where the line is open, else with a dash; a date at the end after a comma."""
    kept = [line for line in lines if not re.fullmatch(r"\d{1,2}.*(?:19|20)\d\d", line)] or list(lines)
    title = ""
    for line in kept:
        if len(title) + len(line) > 220:
            break
        if not title:
            title = line
        elif _OPEN_END.search(title) or line[0].islower():
            title = f"{title} {line}"
        elif fold_in_place(title) in fold_in_place(line):
            title = line
        else:
            title = f"{title} — {line}"
    return re.sub(
        r"(?<=[^\W\d_,])(?<!\bde)\s(?=(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
        r"diciembre) de (?:19|20)\d\d$)",
        ", ",
        title,
    )


def _first_words(document: Document) -> str:
    first = next((document.text[b.start : b.end] for b in document.blocks if b.kind is not BlockKind.FOOTNOTE), "")
    if len(first) <= 150:
        return first.rstrip(".")
    return first[:120].rsplit(" ", 1)[0] + "…" if " " in first[:120] else first[:120] + "…"


def _from_name(name: str) -> str:
    return _EXTENSION.sub("", name).replace("-", " ").replace("_", " ").strip() or name


def _opening(document: Document) -> str:
    """The words of the first page, or as many as a first page has."""
    end = next((b.start for b in document.blocks if (b.page or 1) > 1), len(document.text))
    return document.text[: min(end, 2500)]


# --- countries -------------------------------------------------------------------------------------


def _countries(document: Document, title: str, language: str) -> tuple[str, ...]:
    """Those the title names; else one that dominates the text. A title that names a region is about no country."""
    named = tuple(dict.fromkeys(code for code, _, _ in find_nations(title, language) or find_capitals(title)))
    if named:
        return named if len(named) <= _MOST_NAMED else ()
    if find_regions(title) or _REGIONAL.search(fold_in_place(title)):
        return ()
    body = document.text[:200_000]
    counts = Counter(code for code, _, _ in find_nations(body, language)).most_common(2)
    if not counts:
        return ()
    (first, often), second = counts[0], counts[1][1] if len(counts) > 1 else 0
    dense = often >= max(4, len(body) / 4000)
    return (first,) if dense and often >= 3 * max(second, 1) else ()
