"""Measures of matching: the loss and the pairs of Stelmakh et al., and the folders they are read from."""

import json
from pathlib import Path

import pytest

from index.evaluation.matching import MatchReport, Share, measure, read_folder, scores
from kb.errors import UsageError
from tests.support.command_line import Instance
from tests.support.documents import hashing

DEVELOPMENT = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "eval" / "match-dev"


def report(given: dict[str, dict[str, float]], rated: dict[str, dict[str, float]]) -> MatchReport:
    return measure(given, rated)


@pytest.mark.parametrize(
    ("given", "loss", "easy", "hard"),
    [
        ({"a": 3.0, "b": 2.0, "c": 1.0}, 0.0, Share(2, 2), Share(1, 1)),  # the order of the ratings 5, 4, 1
        ({"a": 1.0, "b": 2.0, "c": 3.0}, 1.0, Share(0, 2), Share(0, 1)),  # reversed
        ({"a": 1.0, "b": 1.0, "c": 1.0}, 0.5, Share(0, 2), Share(0, 1)),  # ties lose half and are not right
        ({"a": 2.0, "b": 3.0, "c": 1.0}, 1 / 8, Share(2, 2), Share(0, 1)),  # one point of eight is wrong
    ],
)
def test_the_measures_of_one_person(given: dict[str, float], loss: float, easy: Share, hard: Share) -> None:
    found = report({"p": given}, {"p": {"a": 5.0, "b": 4.0, "c": 1.0}})
    assert found.loss == pytest.approx(loss)
    assert (found.easy, found.hard) == (easy, hard)


def test_pairs_of_several_people_are_counted_together_and_never_across() -> None:
    given = {"p": {"a": 1.0, "b": 0.0}, "q": {"a": 0.0, "b": 1.0}}
    found = report(given, {"p": {"a": 5.0, "b": 1.0}, "q": {"a": 3.0, "b": 2.0}})
    assert found.pairs == 2
    assert found.loss == pytest.approx(1 / 5)  # four points right, one wrong
    assert found.interval[0] <= found.loss <= found.interval[1]


@pytest.mark.parametrize(("high", "low", "is_easy"), [(4.0, 2.0, True), (5.0, 2.25, False), (3.75, 1.0, False)])
def test_where_easy_pairs_begin(high: float, low: float, is_easy: bool) -> None:
    assert report({"p": {"a": 1.0, "b": 0.0}}, {"p": {"a": high, "b": low}}).easy.of == int(is_easy)


def test_equal_ratings_are_no_pair() -> None:
    with pytest.raises(UsageError, match="nothing can be measured"):
        report({"p": {"a": 1.0, "b": 0.0}}, {"p": {"a": 4.0, "b": 4.0}})


def folder(
    root: Path, *, ratings: str | None = "person\tsubmission\trating\nann\ts1\t5\nann\ts2\t1\nbo\ts1\t1\nbo\ts2\t5\n"
) -> Path:
    (root / "archives").mkdir(parents=True)
    works = {"ann": ("Remittance fees", "Prices of sending money."), "bo": ("Border posts", "Queues of trucks.")}
    for person, (title, body) in works.items():
        line = json.dumps({"id": f"w-{person}", "content": {"title": title, "abstract": body}})
        (root / "archives" / f"{person}.jsonl").write_text(line + "\n", "utf-8")
    submissions = {
        "s1": {"id": "s1", "content": {"title": {"value": "Cheaper money transfers"}, "abstract": {"value": "Fees."}}},
        "s2": {"id": "s2", "content": {"title": "Queues of trucks at border posts", "abstract": None}},
    }
    (root / "submissions.json").write_text(json.dumps(submissions), "utf-8")
    if ratings is not None:
        (root / "evaluations.tsv").write_text(ratings, "utf-8")
    return root


@pytest.mark.parametrize("meaning", [False, True])
def test_scores_are_given_for_every_person_and_submission(tmp_path: Path, meaning: bool) -> None:
    read = read_folder(folder(tmp_path))
    found = scores(read, hashing(late=True) if meaning else None)
    assert {person: sorted(row) for person, row in found.items()} == {"ann": ["s1", "s2"], "bo": ["s1", "s2"]}
    assert measure(found, read.ratings).loss == 0.0


def test_the_command_writes_scores_and_measures(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home")
    out = tmp_path / "scores.json"
    found = instance.run("eval", "match", folder(tmp_path / "data"), "--scores", out, "--json")
    assert found.status == 0
    assert found.json["weighted_loss"] == 0.0
    assert found.json["easy_pairs_right"] == 1.0
    assert found.json["encoder"] == "none"
    assert set(json.loads(out.read_text("utf-8"))) == {"ann", "bo"}
    assert not (tmp_path / "home" / "kb.sqlite").exists()


def test_without_ratings_scores_alone_are_given(tmp_path: Path) -> None:
    found = Instance(tmp_path / "home").run("eval", "match", folder(tmp_path / "data", ratings=None), "--json")
    assert found.status == 0
    assert "weighted_loss" not in found.json
    assert found.json["submissions"] == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("submissions.json", "[]", "must be an object"),
        ("submissions.json", "{", "not JSON"),
        ("archives/ann.jsonl", '{"id": "x"}\n', "needs an id and a content"),
        ("evaluations.tsv", "person\tpaper\nann\ts1\n", "needs the columns"),
        ("evaluations.tsv", "person\tsubmission\trating\nann\ts9\t3\n", "not in submissions.json"),
        ("evaluations.tsv", "person\tsubmission\trating\ncy\ts1\t3\ncy\ts2\t4\n", "no file in archives"),
    ],
)
def test_a_broken_folder_is_told(tmp_path: Path, name: str, content: str, message: str) -> None:
    (folder(tmp_path / "data") / name).write_text(content, "utf-8")
    found = Instance(tmp_path / "home").run("eval", "match", tmp_path / "data")
    assert found.status == 2
    assert message in found.err


def test_no_folder(tmp_path: Path) -> None:
    assert Instance(tmp_path / "home").run("eval", "match", tmp_path / "nowhere").status == 2


@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the development set is not at hand")
def test_words_alone_keep_their_level_on_the_development_half() -> None:
    read = read_folder(DEVELOPMENT)
    found = measure(scores(read, None), read.ratings)
    assert found.loss <= 0.2
    assert found.easy.right / found.easy.of >= 0.93
