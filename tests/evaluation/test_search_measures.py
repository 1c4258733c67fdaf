"""Evaluation: measures equal hand-computed values, folders that are not right are named, runs tell arm from arm."""

import json
from math import log2
from pathlib import Path

import pytest

from index.evaluation.confidence import mean_interval, share_interval
from index.evaluation.report import MEASURES, Scored, compare, make_report, report_json
from index.evaluation.search import evaluate, measure, read_collection
from kb.errors import UsageError
from tests.support.documents import hashing, words_of

VOCABULARY = ("visa", "migrant", "child", "detention", "consul", "labour", "return", "data", "family", "border")
DEFAULT = {"corpus": "corpus.jsonl", "queries": "queries.jsonl", "qrels": "qrels/test.tsv"}


def folder(tmp_path: Path, corpus: str, queries: str, qrels: str) -> Path:
    (tmp_path / "qrels").mkdir(exist_ok=True)
    (tmp_path / "corpus.jsonl").write_text(corpus, "utf-8")
    (tmp_path / "queries.jsonl").write_text(queries, "utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text(qrels, "utf-8")
    return tmp_path


CORPUS = '{"_id": "p1", "title": "Visas", "text": "A visa for a child."}\n\n{"_id": "p2", "text": "Data on borders."}\n'
QUERIES = '{"_id": "q1", "text": "child visa"}\n{"_id": "q2", "text": "nobody judged this"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\tp1\t1\nq1\tp2\t0\n"


# --- measures ---


@pytest.mark.parametrize(
    ("ranking", "judged", "expected"),
    [
        (["a"], {"a": 1}, (1.0, 1.0, 1.0, 1.0)),
        (["b", "a"], {"a": 1}, (1 / log2(3), 0.0, 1.0, 0.5)),
        (["b", "c"], {"a": 1}, (0.0, 0.0, 0.0, 0.0)),
        ([], {"a": 1}, (0.0, 0.0, 0.0, 0.0)),
        (["a"], {}, (0.0, 0.0, 0.0, 0.0)),
        (["a"], {"a": 0}, (0.0, 0.0, 0.0, 0.0)),
        (["a", "b"], {"a": 1, "b": 1}, (1.0, 0.5, 1.0, 1.0)),
        # grades: (2^1 - 1) first and (2^3 - 1) second, against the other way round
        (["a", "b"], {"a": 1, "b": 3}, ((1 + 7 / log2(3)) / (7 + 1 / log2(3)), 0.5, 1.0, 1.0)),
        # the tenth counts, the eleventh does not
        ([*"bcdefghij", "a"], {"a": 1}, (1 / log2(11), 0.0, 1.0, 0.1)),
        ([*"bcdefghijk", "a"], {"a": 1}, (0.0, 0.0, 0.0, 0.0)),
        # of twelve right ones ten can be among ten
        ([str(n) for n in range(10)], {str(n): 1 for n in range(12)}, (1.0, 1 / 12, 10 / 12, 1.0)),
    ],
)
def test_measures_by_hand(ranking: list[str], judged: dict[str, int], expected: tuple[float, ...]) -> None:
    assert measure(ranking, judged) == pytest.approx(dict(zip(MEASURES, expected, strict=True)))


# --- reading ---


def test_a_folder_is_read_and_questions_nobody_judged_are_left_out(tmp_path: Path) -> None:
    collection = read_collection(folder(tmp_path, CORPUS, QUERIES, QRELS))
    assert collection.passages == (("p1", "Visas", "A visa for a child."), ("p2", "", "Data on borders."))
    assert collection.questions == (("q1", "child visa"),)
    assert collection.judgements == {"q1": {"p1": 1, "p2": 0}}


@pytest.mark.parametrize("name", list(DEFAULT.values()))
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder(tmp_path, CORPUS, QUERIES, QRELS)
    (tmp_path / name).unlink()
    with pytest.raises(UsageError, match=f"{name} cannot be read"):
        read_collection(tmp_path)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"corpus": CORPUS + "{"}, r"corpus\.jsonl, line 4 is not JSON"),
        ({"corpus": "3"}, r"corpus\.jsonl, line 1"),
        ({"corpus": "null"}, r"corpus\.jsonl, line 1"),
        ({"corpus": '["_id", "text"]'}, r"corpus\.jsonl, line 1"),
        ({"corpus": '{"_id": "p1"}'}, r"corpus\.jsonl, line 1: every line needs _id and text"),
        ({"corpus": ""}, r"corpus\.jsonl"),
        ({"queries": '{"text": "x"}'}, r"queries\.jsonl, line 1: every line needs _id and text"),
        ({"queries": ""}, r"No question of .*queries\.jsonl is judged"),
        ({"qrels": ""}, "judged in qrels"),
        ({"qrels": "a\tb\tc\n1\t2\t3\n"}, "needs the columns query-id, corpus-id and score"),
        ({"qrels": "query-id,corpus-id,score\nq1,p1,1\n"}, "divided by tabs"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\tp1\thigh\n"}, "needs the columns"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\tp1\n"}, "needs the columns"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\tp1\t0\n"}, "judged in qrels"),
    ],
)
def test_what_is_wrong_in_a_folder_is_named(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    parts = {"corpus": CORPUS, "queries": QUERIES, "qrels": QRELS} | changed
    with pytest.raises(UsageError, match=says):
        read_collection(folder(tmp_path, **parts))


# --- running ---


def made(tmp_path: Path, questions: int = 30) -> Path:
    """Sixty drawn texts; each question is words of one of them."""
    texts = [words_of(n, 10, VOCABULARY) + f" mark{n}x" for n in range(60)]
    asked = [" ".join(texts[n].split()[:4]) for n in range(questions)]
    return folder(
        tmp_path,
        "\n".join(json.dumps({"_id": f"p{n}", "text": text}) for n, text in enumerate(texts)),
        "\n".join(json.dumps({"_id": f"q{n}", "text": text}) for n, text in enumerate(asked)),
        "query-id\tcorpus-id\tscore\n" + "\n".join(f"q{n}\tp{n}\t1" for n in range(questions)),
    )


def test_a_run_measures_every_arm_and_the_interval_holds_the_difference(tmp_path: Path) -> None:
    seen: list[int] = []
    report = evaluate(read_collection(made(tmp_path)), hashing(late=True), seen.append)
    assert sum(seen) == report.passages == 60
    assert report.questions == 30
    assert report.encoder == "hashing-64"
    assert set(report.measures) == {"final", "lexical", "dense", "fused", "late"}
    assert all(0 <= value <= 1 for arm in report.measures.values() for value in arm.values())
    assert report.measures["final"]["recall@10"] > 0.5
    for comparison in report.comparisons:
        final, arm = report.measures["final"]["ndcg@10"], report.measures[comparison.arm]["ndcg@10"]
        assert comparison.difference == pytest.approx(final - arm)
        assert comparison.interval[0] <= comparison.difference <= comparison.interval[1]
        assert len(comparison.won) + len(comparison.lost) + comparison.tied == 30
    assert [c.arm for c in report.comparisons] == ["lexical", "dense", "fused", "late"]
    assert report.measures[report.best]["ndcg@10"] == max(
        report.measures[arm]["ndcg@10"] for arm in ("lexical", "dense")
    )
    for name, (low, high) in report.intervals.items():
        assert low <= report.measures["final"][name] <= high
    assert sum(one.questions for one in report.slices) == 30
    asked = sum(values["questions"] for values in report.by_language.values())
    assert asked == 30


def scored(name: str, final: float, dense: float, language: str = "es", answered_in: str = "es") -> Scored:
    """A question with only its nDCG@10 told."""
    scores = {arm: dict.fromkeys(MEASURES, value) for arm, value in (("final", final), ("dense", dense))}
    return Scored(name, name, language, answered_in, scores)


def test_an_interval_of_a_sure_difference_excludes_zero() -> None:
    comparison = compare("dense", [scored("won", 1.0, 0.5)] * 18 + [scored("tied", 1.0, 1.0)] * 2)
    assert comparison.difference == pytest.approx(0.45)
    assert 0 < comparison.interval[0] < 0.45 < comparison.interval[1] <= 0.5
    assert (len(comparison.won), len(comparison.lost), comparison.tied) == (18, 0, 2)


def test_questions_won_and_lost_are_named_most_first() -> None:
    rows = [
        scored("a", 0.5, 0.6),
        scored("b", 1.0, 0.2),
        scored("c", 0.1, 0.9),
        scored("d", 0.4, 0.4),
        scored("e", 0.6, 0.5),
    ]
    report = make_report(rows, 4, "", 1.0, 1.0)
    against = report_json(report)["against"][0]  # type: ignore[index]
    assert [one["id"] for one in against["questions_won"]] == ["b", "e"]
    assert [one["id"] for one in against["questions_lost"]] == ["c", "a"]
    assert (against["won"], against["lost"], against["tied"]) == (2, 2, 1)
    assert against["questions_lost"][0] == {"id": "c", "question": "c", "final": 0.1, "dense": 0.9}


def test_slices_tell_pairs_of_languages_apart() -> None:
    rows = [
        scored("a", 1.0, 0.5),
        scored("b", 0.5, 0.5, "ar"),
        scored("c", 0.3, 0.5, "ar"),
        scored("d", 1.0, 1.0, "es", "en"),
    ]
    report = make_report(rows, 4, "", 1.0, 1.0)
    found = {
        (s.language, s.answered_in): (s.questions, s.measures["final"]["ndcg@10"], s.difference) for s in report.slices
    }
    assert found == {
        ("ar", "es"): (2, pytest.approx(0.4), pytest.approx(-0.1)),
        ("es", "en"): (1, 1.0, 0.0),
        ("es", "es"): (1, 1.0, 0.5),
    }


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(93, 100, 0.8625, 0.9657), (6, 6, 0.6097, 1.0), (0, 3, 0.0, 0.5615), (0, 0, 0.0, 1.0)],
)
def test_intervals_of_shares_are_those_of_wilson(count: int, of: int, low: float, high: float) -> None:
    assert share_interval(count, of) == pytest.approx((low, high), abs=1e-4)


def test_one_question_or_none_tells_no_spread() -> None:
    assert mean_interval([0.3]) == (0.3, 0.3)
    assert mean_interval([]) == (0.0, 0.0)


def test_without_an_encoder_words_alone_are_measured(tmp_path: Path) -> None:
    report = evaluate(read_collection(made(tmp_path)), None)
    assert set(report.measures) == {"final", "lexical"}
    assert report.measures["final"] == report.measures["lexical"]
    assert report.encoder == ""


def test_a_perfect_collection_scores_one(tmp_path: Path) -> None:
    report = evaluate(read_collection(folder(tmp_path, CORPUS, QUERIES, QRELS)), None)
    assert report.measures["final"] == dict.fromkeys(MEASURES, 1.0)


def test_the_report_as_json_has_the_promised_names(tmp_path: Path) -> None:
    value = report_json(evaluate(read_collection(made(tmp_path, 5)), hashing()))
    assert list(value)[:5] == [*MEASURES, "queries_per_second"]
    assert value["arms"].keys() == {"lexical", "dense", "fused"}  # type: ignore[attr-defined]
    assert json.loads(json.dumps(value)) == value
