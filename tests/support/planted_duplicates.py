"""Plants documents that are others over again, or only look like it, by fixed rules, and tells which were found."""

import html
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from ingest.pipeline import Tools, Wishes, ingest_bytes
from kb.documents.duplicate import Link, LinkStatus
from kb.documents.models import Description, Document, EncodedPassages, Passage, Tag, TaggedPassage
from kb.documents.store import documents, duplicates
from kb.places.countries import find_countries
from tests.support.bad_files import docx, paragraph, text_pdf

CORPUS = Path(__file__).parent.parent.parent / "corpus" / "documents"
SHARES = (0.01, 0.05, 0.1, 0.2, 0.3)  # of the words that an edit changes
_TRANSLATIONS = re.compile(r"^translations:\n(?:  .*\n)+", re.MULTILINE)
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_OTHER_COUNTRIES = {
    "es": ("Paraguay", "Uruguay", "Honduras", "Nicaragua", "Panamá", "Angola", "Senegal", "Mozambique", "Zambia"),
    "en": ("Paraguay", "Uruguay", "Honduras", "Nicaragua", "Panama", "Angola", "Senegal", "Mozambique", "Zambia"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file to ingest. `family` is shared by all that say the same; `of` is the name of what it was made from."""

    name: str
    data: bytes
    family: str
    case: str = "original"
    of: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of planted files: numbers by case, and names of what was missed or found wrongly."""

    planted: Mapping[str, int]
    missed: tuple[tuple[str, str, str], ...]  # (case, name, of)
    wrong: tuple[tuple[str, str, str, float], ...]  # (kind, name, other, score)
    links: int
    kinds: Mapping[tuple[str, str], int]  # (case, kind) of planted files that were found
    automatic_wrong: int

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / max(1, self.links)

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / max(1, sum(self.planted.values()))

    def recall_of(self, case: str) -> float:
        return 1 - sum(missed[0] == case for missed in self.missed) / self.planted[case]


class NoTags:
    """A tagger that asserts nothing: it costs nothing."""

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
        return tuple(TaggedPassage(passage, ()) for passage in cut), ()


# --- files ---------------------------------------------------------------------------------------------


def corpus(*names: str) -> list[File]:
    """Documents of the starter corpus (all but its samples when none is named) without their declared translations."""
    paths = [CORPUS / name for name in names] or sorted(CORPUS.glob("[!s]*.md"))
    return [File(p.name, _TRANSLATIONS.sub("", p.read_text("utf-8")).encode(), p.name.split(".")[0]) for p in paths]


def formats(original: File) -> Iterator[File]:
    """The same text as plain text, DOCX, PDF and HTML."""
    blocks = [_plain(block) for block in _body(original).split("\n\n") if block.strip()]
    stem = original.name.rpartition(".")[0]
    whole = "\n\n".join(blocks)
    yield _made(original, f"{stem}.txt", whole.encode(), "format")
    lines = [line for block in blocks for line in block.split("\n")]
    body = "".join(paragraph(html.escape(line, quote=False)) for line in lines)
    yield _made(original, f"{stem}.docx", docx(body), "format")
    elements = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    page = f"<html lang='{language_of(original)}'><title>{html.escape(lines[0])}</title><body>{elements}</body></html>"
    yield _made(original, f"{stem}.html", page.encode(), "format")
    if all(ord(sign) < 256 for sign in whole):  # what the plain fonts of a PDF can say
        yield _made(original, f"{stem}.pdf", text_pdf(*_pages(blocks)), "format")


def edited(original: File, share: float, vocabulary: Sequence[str]) -> File:
    """A text of which a share of the words is replaced, removed or followed by another word, here and there."""
    chance = random.Random(f"{original.name} {share}")
    made = []
    for line in _plain(_body(original)).split("\n"):
        changed = []
        for word in line.split(" "):
            kind = chance.random() if chance.random() < share and word else 1.0
            changed += [[chance.choice(vocabulary)], [], [word, chance.choice(vocabulary)], [word]][
                0 if kind < 0.5 else 1 if kind < 0.75 else 2 if kind < 1 else 3
            ]
        made.append(" ".join(changed))
    case = f"edit {share:.0%}"
    return _made(original, f"edit-{share:.0%}-{original.name}.txt", "\n".join(made).encode(), case)


def rewritten(original: File, share: float, others: Sequence[str]) -> File:
    """A text of which a share of the paragraphs is replaced by paragraphs of other documents."""
    chance = random.Random(f"{original.name} {share} paragraphs")
    blocks = [_plain(block) for block in _body(original).split("\n") if block.strip()]
    total, changed = sum(len(b.split()) for b in blocks), 0
    for place in chance.sample(range(1, len(blocks)), len(blocks) - 1):
        size = len(blocks[place].split())
        if changed + size <= share * total:
            blocks[place] = chance.choice(others)
            changed += size
    name = f"rewritten-{share:.0%}-{original.name}.txt"
    return _made(original, name, "\n\n".join(blocks).encode(), f"rewritten {share:.0%}")


def excerpt(original: File, share: float, edits: float = 0.0, vocabulary: Sequence[str] = ()) -> File:
    """A share of a text, from somewhere in it, with a share of its words edited."""
    chance = random.Random(f"{original.name} {share} excerpt")
    lines = _plain(_body(original)).split("\n")
    words = [(number, word) for number, line in enumerate(lines) for word in line.split(" ") if word]
    size = max(120, round(share * len(words)))
    start = chance.randrange(max(1, len(words) - size))
    kept: dict[int, list[str]] = {}
    for number, word in words[start : start + size]:
        kept.setdefault(number, []).append(word)
    text = "\n\n".join(" ".join(line) for line in kept.values())
    case = "excerpt, edited 10%" if edits else "excerpt"
    part = File(original.name, text.encode(), original.family)
    data = edited(part, edits, vocabulary).data if edits else part.data
    return _made(original, f"{case}-{share:.0%}-{original.name}.txt", data, case)


def other_country(original: File, turn: int) -> File:
    """The same text as a form filled for another country: every country it names gives way to another one, every
    number of two digits and more to the next ones."""
    text = _plain(_body(original))
    names = _OTHER_COUNTRIES["es" if language_of(original) == "es" else "en"]
    known: dict[str, str] = {}
    parts, at = [], 0
    for code, start, end in find_countries(text):
        known.setdefault(code, names[(len(known) + turn) % len(names)])
        parts += [text[at:start], known[code]]
        at = end
    filled = re.sub(r"\d{2,}", lambda m: str(int(m.group()) + turn + 1), "".join([*parts, text[at:]]))
    family = f"country {turn} {original.family}"  # shared with the same form in another language
    return File(f"country-{turn}-{original.name}.txt", filled.encode(), family, "look-alike")


_FORM = """Practice submitted to the library

What to write in this form
Please describe one practice. Say what was done, by whom and since when. Do not describe plans. Everything in this form
may be published with the name of the institution. Questions can be sent to the secretariat of the network.

Country and place
{country}, {city}

Implementer
{institution} of {country}, with {partner}, since {year}

Context and challenges
Describe in a few sentences why the practice was needed and which obstacles were met on the way.
{context}

Results
Give numbers where there are any, and say how they were obtained.
{results}

What makes it replicable
Name the conditions that another country would need: law, budget, staff, partners and time.
{conditions}

Declaration
We declare that the information above is correct and that the persons shown have agreed to it.
"""
_FILLED = (
    ("Kenya", "Mombasa", "Coast Labour Office", "two ports", "2019", "Domestic workers left without contracts.",
     "4,210 contracts were checked.", "A register of agencies and four inspectors."),
    ("Nepal", "Pokhara", "District Migrant Desk", "a savings bank", "2020", "Families paid high fees for transfers.",
     "Fees fell by 31 % within 18 months.", "An agreement with one bank and a leaflet."),
    ("Ghana", "Tamale", "Northern Returns Unit", "three trade schools", "2021", "People came back without any trade.",
     "612 persons finished a course of 26 weeks.", "Workshops that stand empty in the evening."),
    ("Georgia", "Batumi", "Border Screening Service", "the ombudsman", "2022", "Lone minors were not noticed on time.",
     "97 children met a guardian in 48 hours.", "A rota of guardians and a quiet room."),
    ("Jordan", "Irbid", "Municipal Clinics Board", "a nurses' union", "2018", "Women without papers avoided clinics.",
     "8,300 visits, 40 % of them first visits.", "Not asking for papers, written into the rules."),
    ("Tonga", "Nuku'alofa", "Seasonal Work Committee", "five churches", "2023", "Crops waited while visas were late.",
     "1,150 visas in 21 days on average.", "One file for all visits of a season."),
)  # fmt: skip


def forms() -> Iterator[File]:
    """One form, filled by six countries: samples of what nobody must take for versions of each other."""
    keys = ("country", "city", "institution", "partner", "year", "context", "results", "conditions")
    for values in _FILLED:
        name = f"sample-form-{values[0].lower()}.txt"
        yield File(name, _FORM.format(**dict(zip(keys, values, strict=True))).encode(), name, "look-alike")


def vocabulary_of(files: Iterable[File], language: str) -> list[str]:
    """Words of the files in a language, each as often as it occurs."""
    return [w for f in files if language_of(f) == language for w in re.findall(r"\w+", _body(f)) if not w.isdigit()]


def paragraphs_of(files: Iterable[File], language: str) -> list[str]:
    """Longer paragraphs of the files in a language."""
    lines = [_plain(line) for f in files if language_of(f) == language for line in _body(f).split("\n")]
    return [line for line in lines if len(line) > 80]


def language_of(file: File) -> str:
    """The language its name tells: "brief.es.md" is Spanish."""
    found = re.search(r"\.(es|en|fr)\.", file.name)
    return found.group(1) if found else "es"


# --- what was found --------------------------------------------------------------------------------------


def ingest_files(tools: Tools, files: Sequence[File]) -> dict[str, int]:
    """Ingest and publish; document by name of file."""
    numbers = {}
    for file in files:
        report = ingest_bytes(file.name, f"/planted/{file.case}/{file.name}", file.data, tools, Wishes(publish=True))
        numbers[file.name] = report.document or 0
    return numbers


def judge(tools: Tools, files: Sequence[File], numbers: Mapping[str, int]) -> Found:
    """Hold what is on record against what was planted.

    A planted file is found when a link joins it to the work of what it was made from, or it has that work; two
    translations likewise. A link is wrong when it joins two families.
    """
    by_number = {numbers[file.name]: file for file in files}
    with tools.database.read() as connection:
        links = {link for number in by_number for link in duplicates.of_document(connection, number)}
        works = {number: documents.get(connection, number).work for number in by_number}
    joined = {
        (a, works[b]): link for link in links for a, b in ((link.document, link.other), (link.other, link.document))
    }
    planted: dict[str, int] = {}
    kinds: dict[tuple[str, str], int] = {}
    missed = []
    for case, one, two in _expected(files):
        planted[case] = planted.get(case, 0) + 1
        first, second = numbers[one], numbers[two]
        link = joined.get((first, works[second])) or joined.get((second, works[first]))
        if link is not None:
            kinds[case, link.kind.value] = kinds.get((case, link.kind.value), 0) + 1
        elif works[first] != works[second]:
            missed.append((case, one, two))
    wrong = [link for link in links if by_number[link.document].family != by_number[link.other].family]
    return Found(
        planted,
        tuple(missed),
        tuple(_named(link, by_number) for link in sorted(wrong, key=lambda link: -link.score)),
        len(links),
        kinds,
        sum(link.standing is LinkStatus.CONFIRMED for link in wrong),
    )


def _expected(files: Sequence[File]) -> Iterator[tuple[str, str, str]]:
    """(case, name, name) of files that ought to be joined."""
    for file in files:
        if file.of:
            yield file.case, file.name, file.of
    originals = [file for file in files if file.case == "original"]
    for one, two in combinations(originals, 2):
        if one.family == two.family and language_of(one) != language_of(two):
            yield "translation", one.name, two.name


def _named(link: Link, by_number: Mapping[int, File]) -> tuple[str, str, str, float]:
    return link.kind.value, by_number[link.document].name, by_number[link.other].name, round(link.score, 3)


def _made(original: File, name: str, data: bytes, case: str) -> File:
    return File(name, data, original.family, case, original.name)


def _body(file: File) -> str:
    return _FRONT.sub("", file.data.decode()).strip()


def _plain(markdown: str) -> str:
    return re.sub(r"^(#+ |- |\d+\. )|\*+", "", markdown, flags=re.MULTILINE)


def _pages(blocks: Sequence[str]) -> Iterator[list[str]]:
    """Lines of pages, as `text_pdf` takes them, an empty line between blocks."""
    lines: list[str] = []
    for block in blocks:
        for paragraph_text in block.split("\n"):
            line = ""
            for word in paragraph_text.split():
                if len(line) + len(word) > 85:
                    lines.append(line)
                    line = ""
                line = f"{line} {word}".strip()
            lines += [line, ""]
    yield from (lines[first : first + 44] for first in range(0, len(lines), 44))
