"""Lexical search: BM25 as the textbook has it, forms of a word, typing errors, phrases, filters."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.backend import WordQuery
from index.search.lexical import LexicalIndex, LexicalPassage, create
from kb.text.words import terms

VOCABULARY = ["migrant", "detention", "consul", "remittance", "return", "visa", "child", "labour", "data", "family"]
K1, B = 1.2, 0.75
# What the index adds to BM25 over stems: words as spelled, and the title and heading path.
EXACT, CONTEXT = 0.3, 0.5


def passage(
    number: int, text: str, language: str = "en", context: str = "", document: int | None = None
) -> LexicalPassage:
    return LexicalPassage(number, number if document is None else document, language, text, context)


def memory(*passages: LexicalPassage) -> LexicalIndex:
    index = LexicalIndex(None)
    index.update((), passages)
    return index


def found(index: LexicalIndex, question: str, *languages: str, limit: int = 100) -> list[int]:
    return [int(i) for i in index.search(WordQuery(question, languages or ("en",)), limit).ids]


# --- against brute force ---


def short(length: int) -> int:
    """Lucene and tantivy keep the length of a text in one byte; up to 40 words it is exact."""
    assert length <= 40
    return length


def bm25(question: Sequence[str], texts: Mapping[int, Sequence[str]]) -> dict[int, float]:
    """Robertson's BM25 with the idf of Lucene, over texts already analysed."""
    average = sum(map(len, texts.values())) / len(texts)
    scores: dict[int, float] = {}
    for number, text in texts.items():
        counts = Counter(text)
        for word in set(question):
            frequency = sum(word in other for other in texts.values())
            idf = math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
            length = 1 - B + B * short(len(text)) / average
            gain = counts[word] * (1 + K1) / (counts[word] + K1 * length)
            scores[number] = scores.get(number, 0.0) + idf * gain
    return scores


@st.composite
def collections(draw: st.DrawFn) -> tuple[list[str], list[str], str]:
    drawn = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=15)
    texts = draw(st.lists(drawn.map(" ".join), min_size=2, max_size=25))
    heads = draw(st.lists(drawn.map(lambda w: " ".join(w[:4])), min_size=len(texts), max_size=len(texts)))
    return texts, heads, " ".join(draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5)))


@settings(deadline=None, max_examples=25)
@given(collections(), st.booleans())
def test_scores_are_bm25(drawn: tuple[list[str], list[str], str], filtered: bool) -> None:
    texts, heads, question = drawn
    index = memory(*(passage(i, t, context=h) for i, (t, h) in enumerate(zip(texts, heads, strict=True))))
    asked = list(dict.fromkeys(terms(question, "en")))
    stems = {i: terms(text, "en") for i, text in enumerate(texts)}
    by_stem = bm25(asked, stems)
    by_word = bm25(list(dict.fromkeys(question.split())), {i: text.split() for i, text in enumerate(texts)})
    by_head = bm25(asked, {i: terms(head, "en") for i, head in enumerate(heads)})
    total = {i: by_stem[i] + EXACT * by_word[i] + CONTEXT * by_head[i] for i in stems}
    rarity = sum(_idf(len(texts), sum(stem in text for text in stems.values())) for stem in asked)
    expected = {i: score / ((1 + K1) * rarity) for i, score in total.items() if score > 0}
    allowed = np.array([i for i in stems if i % 2], np.int64) if filtered else None
    if allowed is not None:
        expected = {i: score for i, score in expected.items() if i % 2}
    ranking = index.search(WordQuery(question, ("en",)), 100, allowed)
    assert dict(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True)) == pytest.approx(expected, rel=1e-4)
    assert ranking.ids.tolist() == [i for i, _ in sorted(_pairs(ranking), key=lambda pair: (-pair[1], pair[0]))]


def _idf(count: int, frequency: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def _pairs(ranking: "object") -> list[tuple[int, float]]:
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))  # type: ignore[attr-defined]


def test_the_limit_keeps_the_best() -> None:
    index = memory(*(passage(i, "visa " * (i + 1) + "word " * (10 - i)) for i in range(10)))
    everything = found(index, "visa")
    assert len(everything) == 10
    assert found(index, "visa", limit=3) == everything[:3]


def test_a_share_is_high_for_the_rare_words_and_low_for_a_name() -> None:
    texts = ["IOM works on migration"] * 40 + ["statelessness determination procedure"]
    index = memory(*(passage(i, text) for i, text in enumerate(texts)))
    ranking = index.search(WordQuery("statelessness determination procedure IOM", ("en",)), 50)
    assert ranking.ids[0] == 40
    assert ranking.scores[0] > 0.35
    assert ranking.scores[1] < 0.1


# --- what people type ---

SEVERAL = (
    passage(1, "Las migraciones laborales y la niñez", "es"),
    passage(2, "Alternatives to detention for families", "en"),
    passage(3, "La régularisation des travailleurs migrants", "fr"),
    passage(4, "移民工人的权利保护", "zh"),
    passage(5, "حقوق المهاجرين وأسرهم", "ar"),
    passage(6, "Consular cards", "en", "Mexico › Consular protection of nationals"),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("migración laboral", 1),  # another form, by the Spanish stemmer
        ("ninez", 1),  # without the accent
        ("NIÑEZ", 1),
        ("detentions", 2),
        ("regularisations", 3),
        ("工人", 4),
        ("مهاجرين", 5),  # without the article
        ("protection of nationals", 6),  # stands in the heading alone
        ("alternatvies detntion", 2),  # two typing errors
    ],
)
def test_questions_find_their_passage(question: str, expected: int) -> None:
    index = memory(*SEVERAL)
    assert found(index, question, "es", "en", "fr", "zh", "ar")[0] == expected


@pytest.mark.parametrize(
    ("question", "languages"),
    [("", ()), ("…!", ()), ("zzzzzz", ()), ("qwx", ()), ("\u0301", ()), ("' OR 1=1 --", ()), ("id:1 AND *", ())],
)
def test_what_matches_nothing_gives_nothing(question: str, languages: tuple[str, ...]) -> None:
    assert found(memory(*SEVERAL), question, *languages) == []


@pytest.mark.parametrize(
    "question", ["stem:visa", "+visa -child", "visa~2 [a TO z]", '"visa', "visa^9 (", "\\visa", "a" * 5000 + " visa"]
)
def test_what_people_type_is_never_a_query_language(question: str) -> None:
    assert found(memory(passage(1, "a visa for a child"), passage(2, "data")), question) == [1]


def test_four_hundred_words_are_answered() -> None:
    question = " ".join(f"{word}{n}" for n in range(100, 140) for word in VOCABULARY) + " visa"
    assert found(memory(passage(1, "a visa"), passage(2, "data"), passage(3, "child")), question) == [1]


# --- phrases ---


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("alternatives to detention", [1]),
        ("Alternativas à detenção", [4]),
        ("to detention", [1, 2]),
        ("detention to", [2]),
        ("detention", [1, 2, 3]),
        ("detentions", []),  # as spelled
        ("移民工人", [5]),
        ("移工", []),
        ("!", []),
        ("", []),
    ],
)
def test_phrases_stand_together_as_spelled(phrase: str, expected: list[int]) -> None:
    index = memory(
        passage(1, "Alternatives to detention."),
        passage(2, "From detention to detention"),
        passage(3, "alternatives and detention"),
        passage(4, "alternativas a detencao", "pt"),
        passage(5, "保护移民工人", "zh"),
    )
    assert sorted(index.containing(phrase).tolist()) == expected


# --- changes ---


def test_updates_forget_and_replace_whole_documents() -> None:
    index = memory(
        passage(1, "visa", document=10), passage(2, "visa data", document=10), passage(3, "visa", document=11)
    )
    index.update([10], [passage(4, "visa child", document=12)])
    assert sorted(found(index, "visa")) == [3, 4]
    assert len(index) == 2
    index.replace([passage(5, "visa")])
    assert found(index, "visa") == [5]
    assert index.frequencies(["visa", "child"]) == [1, 0]


def test_another_process_sees_what_was_written_after_a_reload(tmp_path: Path) -> None:
    writing = create(tmp_path / "lexical", [passage(1, "visa")])
    reading = LexicalIndex(tmp_path / "lexical")
    writing.update((), [passage(2, "visa")])
    reading.reload()
    assert found(reading, "visa") == [1, 2]


def test_create_replaces_whatever_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "lexical"
    folder.mkdir()
    (folder / "meta.json").write_text("{")
    with pytest.raises(ValueError, match="lexical"):
        LexicalIndex(folder)
    assert found(create(folder, [passage(1, "visa")]), "visa") == [1]
