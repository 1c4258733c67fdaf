"""Passages: within sections, whole sentences, right pages, languages, bounded size and cost."""

import time
from pathlib import Path

import pytest

from ingest.chunking import HARD, passages
from ingest.cleaning.clean import clean
from ingest.cleaning.title_lines import with_words_outside_title
from ingest.description.describe import describe
from ingest.readers.file_types import read
from kb.documents.models import Block, BlockKind, Document, RawDocument
from kb.text.language import language_of
from kb.text.sentences import tokens_in
from kb.text.words import words

DOCUMENTS = Path(__file__).parent.parent.parent.parent / "shared" / "documents"
SAMPLES = Path(__file__).parent.parent / "files" / "documents"
REAL = [*sorted(SAMPLES.iterdir()), *(sorted(DOCUMENTS.iterdir()) if DOCUMENTS.is_dir() else ())]
FILES = [*REAL, *sorted((Path(__file__).parent.parent.parent / "corpus" / "documents").iterdir())[::6]]
SENTENCE = "La mesa reúne a quienes atienden a las personas migrantes en las ciudades de la frontera. "


def document(*blocks: Block) -> Document:
    return clean(RawDocument("markdown", blocks))


def heading(text: str) -> Block:
    return Block(BlockKind.HEADING, text, level=2)


def paragraph(text: str, page: int | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, text.strip(), page)


def check(found: Document) -> None:
    parts = passages(found)
    body = "".join(found.text[b.start : b.end] for b in found.blocks if b.kind is not BlockKind.HEADING)
    assert "".join("".join(p.text.split()) for p in parts) == "".join(body.split())
    for number, part in enumerate(parts, 1):
        assert part.number == number
        assert part.text == found.text[part.start : part.end] == part.text.strip() != ""
        assert tokens_in(part.text) <= HARD + 1
        section = next(s for s in found.sections if s.start <= part.start < s.end)
        assert part.heading == section.path
        assert part.end <= section.end


def test_passages_never_cross_a_heading_and_leave_nothing_out() -> None:
    found = document(
        heading("Título"), heading("1. Uno"), paragraph(SENTENCE * 3), heading("2. Dos"), *[paragraph(SENTENCE * 9)] * 4
    )
    check(found)
    parts = passages(found)
    assert parts[0].heading == ("1. Uno",)
    assert all(60 <= tokens_in(part.text) <= 220 for part in parts[1:])


@pytest.mark.parametrize("text", ["a" * 30_000, "palabra " * 5_000, "中" * 20_000, "uno, dos; " * 4_000, "(" * 9_000])
def test_endless_sentences_are_cut(text: str) -> None:
    found = document(paragraph(text))
    assert len(passages(found)) > 5
    check(found)


def test_a_passage_starts_on_the_page_of_its_first_word() -> None:
    blocks = [Block(BlockKind.LINE, f"{SENTENCE}Van {n} pasos y", 1 + n // 20) for n in range(60)]
    found = clean(RawDocument("pdf", tuple(blocks), 3))
    for part in passages(found):
        first = found.text.find("Van ", part.start)
        number = int(found.text[first + 4 :].split()[0])
        assert part.page == 1 + number // 20


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("The network meets four times a year and shares its lessons.", "", "en"),
        ("Le réseau se réunit quatre fois par an et partage ses leçons.", "es", "fr"),
        ("OIM, PNUD", "es", "es"),  # too short to tell: that of the document
        ("移民在城市里得到基本服务。", "es", "zh"),  # another script needs no length
        ("12 34", "", "und"),
    ],
)
def test_languages(text: str, hint: str, language: str) -> None:
    assert language_of(text, hint) == language


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_documents(path: Path) -> None:
    check(clean(read(path.name, path.read_bytes())))


@pytest.mark.parametrize("path", [path for path in REAL if path.suffix == ".pdf"], ids=lambda path: path.name)
def test_pages_of_real_documents(path: Path) -> None:
    raw = read(path.name, path.read_bytes())
    pages: dict[int | None, str] = {}
    for block in raw.blocks:
        pages[block.page] = pages.get(block.page, "") + "".join((block.text + "".join(block.cells)).split())
    for part in passages(clean(raw)):
        first = next((word.rstrip(":") for word in part.text.split() if len(word) > 6), "")
        assert first in pages[part.page]


@pytest.mark.parametrize("unit", ["a", "[", "1 ", "*a", "https://", "Actividades ", "a-", "中"])
def test_a_million_characters_in_one_line_do_not_hang(unit: str) -> None:
    began = time.perf_counter()
    passages(clean(RawDocument("text", (Block(BlockKind.LINE, unit * (300_000 // len(unit))),))))
    assert time.perf_counter() - began < 60  # a second or two; hours, were it quadratic


def _words(*texts: str) -> set[str]:
    return {word.folded for text in texts for word in words(text)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_word_stands_in_a_passage_or_in_what_is_searched_with_it(path: Path) -> None:
    read_file = clean(read(path.name, path.read_bytes()))
    title = describe(read_file, path.name).title
    cut = passages(with_words_outside_title(read_file, title))
    found = _words(title, *(passage.text for passage in cut), *(h for passage in cut for h in passage.heading))
    assert _words(read_file.text) <= found
