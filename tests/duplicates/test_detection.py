"""Duplicates: what is over again is found and told apart from what only looks like it, and is shown side by side."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.encoding.encoder import Encoder
from index.encoding.hashing_encoder import HashingEncoder
from index.encoding.instance_encoding import Encoding, reencode
from ingest.duplicates import translation_test
from ingest.duplicates.comparison import Change, Pair, compare, pieces
from ingest.duplicates.detection import catch_up, examine, find_likenesses
from ingest.duplicates.fingerprints import fingerprints, signature, unpacked
from ingest.duplicates.text_overlap import Wording, overlap
from ingest.duplicates.translation_test import Meaning, agreement, numbers_in
from ingest.duplicates.word_alignment import align
from ingest.pipeline import Tools
from ingest.readers.sandbox import Limits, Sandbox
from kb.documents.duplicate import LinkKind
from kb.documents.store import documents, sketches
from kb.documents.store import duplicates as likeness
from tests.support import command_line, planted_duplicates
from tests.support.documents import Instance, hashing, sample, words_of
from tests.support.planted_duplicates import Found

ENGLISH = planted_duplicates.vocabulary_of(
    planted_duplicates.corpus("objective-13-brief.en.md", "objective-05-brief.en.md"), "en"
)
TEXT = tuple(words_of(seed, 60, ENGLISH) for seed in range(1, 6))


# --- a planted library -----------------------------------------------------------------------------------

CHOSEN = (
    *(f"objective-{number}-brief.{language}.md" for number in ("09", "13") for language in ("es", "en", "fr")),
    *(f"lineamiento-{line}.{language}.md" for line in ("core-4-1", "thematic-2") for language in ("es", "en")),
    *(f"digest-tor-{country}.es.md" for country in ("ecuador", "mexico", "peru")),
)  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    originals = planted_duplicates.corpus(*CHOSEN)
    speech = {language: planted_duplicates.vocabulary_of(originals, language) for language in ("es", "en", "fr")}
    lines = {language: planted_duplicates.paragraphs_of(originals, language) for language in ("es", "en", "fr")}
    made = [each for file in originals[::8] for each in planted_duplicates.formats(file)]
    for file in originals[1::4]:
        language = planted_duplicates.language_of(file)
        made += [planted_duplicates.edited(file, share, speech[language]) for share in planted_duplicates.SHARES]
        made += [planted_duplicates.rewritten(file, 0.3, lines[language]), planted_duplicates.excerpt(file, 0.3)]
        made += [planted_duplicates.excerpt(file, 0.4, 0.1, speech[language])]
    alike = [planted_duplicates.other_country(file, 1) for file in originals if file.name.startswith("digest")]
    files = [*originals, *made, *alike, *planted_duplicates.forms()]
    with Sandbox(Limits()) as sandbox:
        home = tmp_path_factory.mktemp("planted")
        instance = Instance(home)
        tools = Tools(instance.database, home, sandbox, instance.encoding, planted_duplicates.NoTags())
        yield planted_duplicates.judge(tools, files, planted_duplicates.ingest_files(tools, files))


def test_what_only_looks_alike_is_left_alone(found: Found) -> None:
    assert found.precision >= 0.95, found.wrong
    assert found.automatic_wrong == 0


def test_what_is_over_again_is_found(found: Found) -> None:
    cases = [case for case in found.planted if case != "translation"]
    recalls = {case: found.recall_of(case) for case in cases}
    assert min(recalls.values()) >= 0.9, found.missed
    assert sum(found.planted[case] for case in cases) >= 30


def test_each_kind_is_called_by_its_name(found: Found) -> None:
    kinds = {case: {kind for of, kind in found.kinds if of == case} for case in found.planted}
    assert kinds["format"] == {LinkKind.OTHER_FORMAT.value}
    assert LinkKind.EXCERPT.value in kinds["excerpt"]
    assert kinds["edit 30%"] <= {LinkKind.NEARLY_SAME.value, LinkKind.VERSION.value}


# --- words -----------------------------------------------------------------------------------------------


def test_an_excerpt_has_the_fingerprints_of_the_whole() -> None:
    whole = " ".join(TEXT)
    part = fingerprints(TEXT[2])
    assert 5 <= len(part) <= 30  # a quarter of the runs of 60 words
    assert np.isin(part, fingerprints(whole)).all()
    assert not np.isin(fingerprints(words_of(99, 60, ENGLISH[:300])), fingerprints(whole)).any()
    assert np.array_equal(unpacked(signature(whole)), fingerprints(whole))
    assert signature("Too short to tell.") == b""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a b c d e", "a b c d e", [0, 1, 2, 3, 4]),
        ("a b c d e", "x a b c y d e", [1, 2, 3, 5, 6]),
        ("a b c x d e f", "a b c d e f", [0, 1, 2, -1, 3, 4, 5]),
        ("a b c d e f", "d e f a b c", [3, 4, 5, -1, -1, -1]),
        ("", "a b", []),
        ("a b", "", [-1, -1]),
    ],
)
def test_words_are_aligned_in_order(first: str, second: str, expected: list[int]) -> None:
    places = align(first.split(), second.split()).tolist()
    assert sorted(p for p in places if p >= 0) == [p for p in places if p >= 0]
    assert all(p < 0 or first.split()[i] == second.split()[p] for i, p in enumerate(places))
    if "f a" not in second:  # which of two blocks that changed places is kept is no matter
        assert places == expected
    else:
        assert sum(p >= 0 for p in places) == 3


def test_the_same_form_for_another_country_is_a_template() -> None:
    form = "The network of {0} meets in {1} every quarter. Members of the network in {0} adopt a plan for {2}. " * 2
    rest = " ".join(TEXT).replace("Italy", "town")  # a third country would stand in both
    ours, theirs = (
        Wording(form.format(*names) + rest, "en") for names in (("Peru", "Lima", "2021"), ("Chile", "Arica", "2023"))
    )
    assert overlap(ours, theirs).template
    edited = Wording(form.format("Peru", "Lima", "2021").replace("quarter", "month") + rest, "en")
    assert overlap(ours, edited).same
    assert not overlap(ours, edited).sure


def test_a_short_note_says_nothing() -> None:
    note = Wording("The meeting is on Monday.", "en")
    assert not overlap(note, note).same


# --- side by side ----------------------------------------------------------------------------------------


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def test_passages_stand_side_by_side_with_the_words_that_differ(instance: Instance) -> None:
    changed = TEXT[1].split()
    changed[10:12] = ["wholly", "other", "words"]
    added = words_of(77, 30, ENGLISH[:200])
    # The second is cut otherwise: its first passage holds two of the first document.
    first, second = instance.add(
        sample(*TEXT, name="a.txt"),
        sample(f"{TEXT[0]} {' '.join(changed)}", added, *TEXT[3:], name="b.txt"),
    )
    comparison = compare(instance.database, first, second)
    with instance.database.read() as connection:
        texts = documents.get(connection, first).text, documents.get(connection, second).text
    for pair in comparison.pairs:
        for stretch, text in ((pair.first, texts[0]), (pair.second, texts[1])):
            assert stretch is None or text[stretch.start : stretch.end] == stretch.text
    assert [_sides(pair) for pair in comparison.pairs] == ["both", "both", "first", "second", "both", "both"]
    same, differs, gone, new, *_ = comparison.pairs
    assert not same.differs
    assert differs.differs
    assert "".join(p.text for p in differs.pieces if p.change is Change.ADDED).split() == ["wholly", "other", "words"]
    assert gone.first is not None
    assert gone.first.text == TEXT[2]
    assert new.second is not None
    assert new.second.text == added
    assert comparison.differing == (differs, gone, new)


def _sides(pair: Pair) -> str:
    return "first" if pair.second is None else "second" if pair.first is None else "both"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("One, two three.", "One, two three.", [("same", "One, two three.")]),
        ("One two.", "one TWÓ!", [("same", "One two.")]),
        ("", "new", [("added", "new")]),
        ("A fee of 30 is due.", "A fee of 45 is due.",
         [("same", "A fee of "), ("removed", "30 "), ("added", "45 "), ("same", "is due.")]),
    ],
)  # fmt: skip
def test_words_that_differ(first: str, second: str, expected: list[tuple[str, str]]) -> None:
    assert [(piece.change.value, piece.text) for piece in pieces(first, second)] == expected


# --- translations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In 2018, 1,200 of 1.200 and 1 200", {"2018", "1200"}),
        ("art. 36, 3.5 %, 12.11.2020", {"36", "3", "5", "12", "11", "2020"}),
        ("عام ٢٠١٨", {"2018"}),
        ("none", set()),
    ],
)
def test_numbers_are_read_alike_in_every_language(text: str, expected: set[str]) -> None:
    assert numbers_in(text) == expected


def test_meaning_agrees_in_order_only() -> None:
    vectors = np.linalg.qr(np.random.default_rng(5).standard_normal((32, 8)))[0].T.astype(np.float32)
    centre = np.full(32, 0.1, np.float32)
    numbers = frozenset({"2018", "13", "36"})
    one = Meaning(vectors + centre, numbers, centre)
    other = Meaning(vectors[::-1] + centre, numbers, centre)
    longer = Meaning(np.concatenate([vectors] * 3), numbers, centre)
    assert agreement(one, one).translation
    assert agreement(one, one).pairs == tuple((n, n) for n in range(8))
    assert not agreement(one, other).translation
    assert not agreement(one, longer).translation
    other_numbers = Meaning(0.7 * vectors + 0.1 * vectors[::-1] + centre, frozenset({"1990", "5", "7"}), centre)
    assert agreement(one, other_numbers).score < agreement(one, one).score


_BEGINNING = 350  # characters of a passage: encoding them takes most of the time
BRIEFS = ("09", "12", "13", "14")  # of one structure; 12 and 13 speak of the same things


@pytest.fixture(scope="module")
def briefs(
    real_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Instance, dict[int, tuple[str, str]]]:
    """Beginnings of the first passages of briefs in three languages, with vectors of the real encoder: (objective,
    language)."""
    instance = Instance(tmp_path_factory.mktemp("briefs"), Encoding(real_encoder, None))
    numbers = {}
    for objective in BRIEFS:
        for language in ("es", "en", "fr"):
            file = planted_duplicates.corpus(f"objective-{objective}-brief.{language}.md")[0]
            sections = file.data.decode().split("\n## ")[1:5]
            (number,) = instance.add(
                sample(*(s.strip()[:_BEGINNING] for s in sections), name=file.name, language=language)
            )
            numbers[number] = objective, language
    catch_up(instance.database)
    return instance, numbers


@pytest.mark.model
@pytest.mark.parametrize("enough", [12, 10_000], ids=["less what is common", "whole vectors"])
def test_translations_are_found_among_briefs_of_one_structure(
    briefs: tuple[Instance, dict[int, tuple[str, str]]], enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, numbers = briefs
    monkeypatch.setattr(translation_test, "_ENOUGH", enough)
    found = {(likeness.document, likeness.other) for n in numbers for likeness in find_likenesses(instance.database, n)}
    right = {
        (a, b)
        for a, (one, _) in numbers.items()
        for b, (two, _) in numbers.items()
        if one == two and a != b
    }  # fmt: skip
    assert len(found - right) <= 0.05 * len(found)
    assert len(found & right) >= 0.9 * len(right)


# --- on record -----------------------------------------------------------------------------------------------


def test_ingest_says_what_is_over_again(tmp_path: Path) -> None:
    instance = command_line.Instance(tmp_path / "home")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text("\n\n".join(TEXT))
    (folder / "b.html").write_text("".join(f"<p>{text}</p>" for text in TEXT))
    (folder / "c.txt").write_text("\n\n".join([*TEXT[:4], words_of(88, 50, ENGLISH)]))
    (folder / "d.txt").write_text("\n\n".join(words_of(seed, 60, ENGLISH[::-1]) for seed in range(30, 35)))
    reports = {Path(r["file"]).name: r for r in instance.run("ingest", folder, "--publish", "--json").json}
    assert reports["a.txt"]["warnings"] == reports["d.txt"]["warnings"] == []
    (other_format,) = reports["b.html"]["warnings"]
    assert other_format.startswith("The same work in another format as a.txt")
    assert "counted as one work" in other_format
    (near,) = reports["c.txt"]["warnings"]
    assert near.startswith("A version of a.txt")
    assert "for a person to confirm" in near
    assert instance.run("search", "", "--json").json["total"] == 3


def test_a_document_left_behind_is_compared_by_the_next(instance: Instance) -> None:
    first, second = instance.add(sample(*TEXT, name="a.txt"), sample(*TEXT[:4], name="b.txt"))
    (third,) = instance.add(sample(words_of(7, 200, ENGLISH[::-1]), name="c.txt"))
    assert examine(instance.database, third) == ()
    with instance.database.read() as connection:
        (link,) = likeness.of_document(connection, second)
    assert {link.document, link.other} == {first, second}
    assert sketches.unexamined(instance.database, 10) == []
    assert examine(instance.database, second) == ()  # what is on record is not found again


def test_another_encoder_gives_new_gists(instance: Instance) -> None:
    (number,) = instance.add(sample(*TEXT))
    catch_up(instance.database)
    other = Encoding(HashingEncoder(32), None)
    assert other.identity != hashing().identity
    reencode(instance.database, other, lambda count: None)
    with instance.database.read() as connection:
        assert [each.id for each in sketches.list_unsketched(connection, 9)] == [number]
    examine(instance.database, number)
    with instance.database.read() as connection:
        assert sketches.mean_vectors(connection).vectors.shape == (1, 32)
