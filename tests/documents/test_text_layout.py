"""Quotes and texts: marks fall where they should, nothing of the text is lost, whatever overlaps."""

from datetime import UTC, datetime

import pytest

from kb.documents.models import BlockKind, Description, Passage, PlacedBlock, Source, StoredDocument
from kb.documents.state import State
from web.documents.text_layout import Layout, Lit, lay_out
from web.search.snippets import EXCERPT, Piece, excerpt, pieces, quote


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((), ["abcdefghij"]),
        (((0, 3),), ["[abc]", "defghij"]),
        (((2, 4), (6, 10)), ["ab", "[cd]", "ef", "[ghij]"]),
        (((2, 6), (4, 8)), ["ab", "[cdef]", "[gh]", "ij"]),  # overlapping marks are not doubled
        (((6, 8), (2, 4)), ["ab", "[cd]", "ef", "[gh]", "ij"]),  # in any order
        (((-5, 2), (9, 99)), ["[ab]", "cdefghi", "[j]"]),  # reaching beyond
        (((3, 3), (5, 4)), ["abcdefghij"]),  # empty
    ],
)
def test_pieces(marks: tuple[tuple[int, int], ...], expected: list[str]) -> None:
    assert [f"[{p.text}]" if p.marked else p.text for p in pieces("abcdefghij", 0, 10, marks)] == expected


def shown(found: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in found)


def test_a_short_text_is_quoted_whole() -> None:
    found = excerpt("A short text.", [(2, 7)], "en")
    assert (shown(found.pieces), found.before, found.after) == ("A short text.", False, False)


def test_an_excerpt_holds_what_answers() -> None:
    text = "Nothing here. " * 60 + "The answer is written here. " + "Nothing there. " * 60
    start = text.index("answer")
    found = excerpt(text, [(start, start + 6)], "en")
    assert found.before
    assert found.after
    assert shown(found.pieces).startswith("Nothing here.") or shown(found.pieces).startswith("The answer")
    assert Piece("answer", True) in found.pieces
    assert len(shown(found.pieces)) <= EXCERPT


def test_an_excerpt_of_a_text_without_spaces() -> None:
    text = "移民拘留的替代办法" * 100
    found = excerpt(text, [(500, 504)], "zh")
    assert any(piece.marked for piece in found.pieces)
    assert 0 < len(shown(found.pieces)) <= EXCERPT + 30


def test_the_end_of_a_text_is_not_cut() -> None:
    text = "word " * 200 + "end"
    found = excerpt(text, [(len(text) - 3, len(text))], "en")
    assert shown(found.pieces).endswith("end")
    assert not found.after


def test_blank_lines_take_no_room_in_an_excerpt() -> None:
    assert shown(excerpt("One.\n\n\nTwo.", [], "en").pieces) == "One.\nTwo."
    assert shown(quote("One.\n\nTwo.", [], "en").pieces) == "One.\n\nTwo."


def stored(text: str, blocks: list[PlacedBlock]) -> StoredDocument:
    source, described = Source("a.txt", "/a.txt", "0", 1), Description("A title", "en", "other")
    return StoredDocument(
        1, source, State.PUBLISHED, 1, "w", described, text, tuple(blocks), (), None, (), datetime.now(UTC)
    )


def words(layout: Layout) -> str:
    lines = [line for part in layout.parts for line in (*part.lines, *(one for row in part.rows for one in row.lines))]
    return "|".join("".join(p.text for portion in line.portions for p in portion.pieces) for line in lines)


def test_passages_that_cross_and_share_blocks_lose_nothing() -> None:
    text = "First block. Second half.\nAnother block.\nLast."
    ends = [25, 40, 46]
    blocks = [PlacedBlock(BlockKind.PARAGRAPH, s, e) for s, e in zip([0, 26, 41], ends, strict=True)]
    cut = [Passage(1, 3, 12, text[3:12]), Passage(2, 13, 40, text[13:40])]  # the last block is in none
    layout = lay_out(stored(text, blocks), cut, [(0, 5), (20, 30)], frozenset({2}))
    assert words(layout) == text.replace("\n", "|")
    portions = [portion for part in layout.parts for line in part.lines for portion in line.portions]
    assert [p.anchor for p in portions if p.anchor] == [1, 2]
    assert {p.passage for p in portions if p.answers} == {2}
    marked = "".join(p.text for portion in portions for p in portion.pieces if p.marked)
    assert marked == text[0:5] + text[20:25] + text[26:30]


def spots(layout: Layout) -> list[tuple[str, str]]:
    """(text marked, where it begins and ends) of each stretch that lights up."""
    lines = [line for part in layout.parts for line in (*part.lines, *(one for row in part.rows for one in row.lines))]
    stretches = [piece for line in lines for portion in line.portions for piece in portion.pieces if piece.marked]
    return [(s.text, f"{s.begins.number if s.begins else '-'}{s.ends.number if s.ends else '-'}") for s in stretches]


@pytest.mark.parametrize(
    ("lit", "expected"),
    [
        (["title"], [("title", "11")]),  # shown, though it only repeats the title of the page
        (["First", "goes\non."], [("First", "11"), ("goes", "2-"), ("on.", "-2")]),  # over two blocks
        (["on.\nLead: the"], [("on.", "1-"), ("the", "-1")]),  # the label of a row has a cell of its own
        (["Lead"], []),  # nothing of it is shown in the text
        (["Lead", "bank"], [("bank", "11")]),  # and it takes no number then
        (["bank", "title"], [("title", "11"), ("bank", "22")]),  # in whatever order they come
    ],
)
def test_what_lights_up_is_numbered_where_it_is_shown(lit: list[str], expected: list[tuple[str, str]]) -> None:
    text = "A title\nFirst goes\non.\nLead: the bank"
    kinds = (BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.TABLE_ROW)
    blocks = [
        PlacedBlock(kind, text.index(line), text.index(line) + len(line), row="Lead" if line.startswith("Lead") else "")
        for kind, line in zip(kinds, text.split("\n"), strict=True)
    ]
    places = [Lit(text.index(words), text.index(words) + len(words), "by name") for words in lit]
    assert spots(lay_out(stored(text, blocks), [], [], frozenset(), places)) == expected


def test_a_list_item_keeps_its_own_number() -> None:
    text = "1) one\na. two\n- three\nplain\n2019 was"
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(PlacedBlock(BlockKind.LIST_ITEM, start, start + len(line)))
        start += len(line) + 1
    (part,) = lay_out(stored(text, blocks), [], [], frozenset()).parts
    assert [line.itemised for line in part.lines] == [True, True, True, False, False]


def test_an_empty_document() -> None:
    assert lay_out(stored("", []), [], [], frozenset()) == Layout((), ())
