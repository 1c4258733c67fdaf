"""Measures of tagging, worked out by hand."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from index.evaluation.tagging import LabelledText, evaluate, read_labelled, report_json
from kb.errors import UsageError


@dataclass(frozen=True)
class _Concept:
    scheme: str
    notation: str


@dataclass(frozen=True)
class _Tagged:
    concepts: tuple[_Concept, ...]
    ranking: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


def _text(subjects: str, language: str = "en") -> LabelledText:
    return LabelledText("a", "text", "", language, frozenset(subjects.split()), frozenset(subjects.split()[:1]))


def _tagged(ranking: str, asserted: str) -> _Tagged:
    ranked = tuple((notation, 1 / rank) for rank, notation in enumerate(ranking.split(), 1))
    concepts = tuple(_Concept("s", notation) for notation in asserted.split())
    return _Tagged((*concepts, _Concept("other", "9")), (("other", (("9", 1.0),)), ("s", ranked)))


def test_measures_by_hand() -> None:
    texts = [_text("1"), _text("2 3", "es"), _text("4"), _text("")]
    tagged = [_tagged("1 2 3 4", "1"), _tagged("1 3 2 4", "1 3"), _tagged("1 2 3 4", ""), _tagged("1 2 3 4", "2")]
    found = evaluate(texts, tagged)
    assert found.scheme == "s"
    overall = found.overall
    assert (overall.texts, overall.asserted) == (4, 4)
    assert overall.top1 == pytest.approx(1 / 3)
    assert overall.hit_at_3 == pytest.approx(2 / 3)
    assert overall.mrr == pytest.approx((1 + 1 / 2 + 1 / 4) / 3)
    assert (overall.precision, overall.recall, overall.f1) == (0.5, 0.5, 0.5)
    assert [language for language, _ in found.by_language] == ["en", "es"]
    assert report_json(found)["hit@3"] == 0.6667


def test_nothing_measured_is_zero() -> None:
    assert evaluate([], []).overall.f1 == 0.0


def test_files_are_read_and_bad_lines_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "x", "subjects": [{"notation": 13}], "primary": ["13"]}\n\n', encoding="utf-8")
    (text,) = read_labelled(path)
    assert (text.subjects, text.primary, text.title) == (frozenset({"13"}), frozenset({"13"}), "")
    for bad in ("{", "[]", '{"subjects": []}', '{"text": "x", "subjects": ["13"]}'):
        path.write_text('{"text": "x"}\n' + bad, encoding="utf-8")
        with pytest.raises(UsageError, match="line 2"):
            read_labelled(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_labelled(tmp_path / "none.jsonl")
