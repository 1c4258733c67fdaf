"""The page of measured figures: what it says before, after, and when the documents have changed since."""

from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kb.search.quality import ALL, OTHER, SAME, Arm, Measurement, Miss, Share, Slice
from kb.search.store import quality
from tests.support.site import TEXTS, TestSite, make_site

NONE, UNTOLD = Share(0, 0, 0.0, 1.0), Share(5, 8, 0.3, 0.86)
MEASURED = Measurement(
    date="2026-11-21",
    version="1.2.3",
    encoder="multilingual-test",
    revision=0,
    documents=1234,
    passages=5678,
    depth=5,
    questions=48,
    left_out=2,
    milliseconds=31.4,
    slices=(
        Slice(ALL, Share(30, 40, 0.6, 0.86), Share(36, 40, 0.77, 0.96), 0.8, Share(1, 40, 0.0, 0.13), UNTOLD),
        Slice(SAME, Share(28, 34, 0.66, 0.92), Share(33, 34, 0.85, 0.99), 0.9, Share(1, 34, 0.0, 0.15), NONE),
        Slice(OTHER, Share(2, 6, 0.1, 0.7), Share(3, 6, 0.19, 0.81), 0.4, Share(0, 6, 0.0, 0.39), NONE),
        Slice("es", Share(28, 34, 0.66, 0.92), Share(33, 34, 0.85, 0.99), 0.9, Share(1, 34, 0.0, 0.15), UNTOLD),
        Slice("ar", Share(2, 6, 0.1, 0.7), Share(3, 6, 0.19, 0.81), 0.4, Share(0, 6, 0.0, 0.39), NONE),
    ),
    arms=(
        Arm("final", Share(30, 40, 0.6, 0.86), Share(36, 40, 0.77, 0.96), 0.8),
        Arm("dense", Share(25, 40, 0.47, 0.76), Share(33, 40, 0.68, 0.91), 0.7, 0.1, (0.02, 0.18), 11, 4),
    ),
    missed=(
        Miss("ar-01", "ar", "بدائل احتجاز", ("Alternativas <b>a</b> la detención",), 7, False, "Otra cosa"),
        Miss("es-01", "es", "quién decide", ("Reglas",), 0, True, ""),
        Miss("es-02", "es", "receta de pastel & café", (), 0, False, "Remesas"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    site = make_site(tmp_path_factory.mktemp("site"), TEXTS[:3])
    keep(site)
    return site


def keep(site: TestSite) -> None:
    """Store the measurement as one of the instance as it is now."""
    _, revision = quality.last(site.instance.database)
    quality.keep(site.instance.database, replace(MEASURED, revision=revision))


def page(site: TestSite, path: str = "/en/quality") -> BeautifulSoup:
    answer = site.client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib")


def text(found: BeautifulSoup) -> str:
    return " ".join(found.get_text(" ").split())


@pytest.mark.parametrize(
    ("code", "says"),
    [("en", "Nothing has been measured"), ("es", "todavía no se ha medido"), ("fr", "Rien n’a encore")],
)
def test_before_anything_was_measured_the_command_is_named(tmp_path: Path, code: str, says: str) -> None:
    found = page(make_site(tmp_path, TEXTS[:1]), f"/{code}/quality")
    assert says in text(found)
    assert found.select_one("code").get_text() == "kb eval quality"
    assert not found.select("table")


def test_the_table_has_a_line_a_language_with_counts_and_limits(site: TestSite) -> None:
    rows = page(site).select("table")[0].select("tbody tr")
    said = [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in rows]
    assert [row[0] for row in said] == [
        "All questions",
        "A text that answers is there in the language of the question",
        "The texts that answer are in other languages only",
        "Spanish",
        "Arabic",
    ]
    assert said[0][1:] == [
        "75% 60% to 86% 30 of 40", "90% 77% to 96% 36 of 40", "2% 0% to 13% 1 of 40", "62% 30% to 86% 5 of 8",
    ]  # fmt: skip
    assert said[1][4] == "–"
    assert all(row.select("th[scope=row]") for row in rows)


def test_when_with_what_and_on_what_it_was_measured(site: TestSite) -> None:
    said = text(page(site))
    for wanted in (
        "November 21, 2026",
        "1,234 documents, 5,678 passages",
        "multilingual-test",
        "1.2.3",
        "31 milliseconds",
    ):
        assert wanted in said, wanted
    assert "2 questions were left out" in said


def test_weaknesses_follow_from_the_figures(site: TestSite) -> None:
    said = text(page(site))
    assert "less often than the others: Arabic (2 of 6)." in said
    assert "Of 8 questions that nothing here answers, 3 were answered" in said
    assert "Of 40 questions that a text here answers, 1 was told" in said


def test_without_a_weakness_none_is_told(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:1])
    whole = Share(4, 4, 0.5, 1.0)
    right = tuple(Slice(name, whole, whole, 1.0, Share(0, 4, 0.0, 0.5), whole) for name in (ALL, SAME, "es"))
    quality.keep(site.instance.database, replace(MEASURED, slices=right, missed=(), left_out=0))
    said = text(page(site))
    for unwanted in ("less often than the others", "were answered", "was told", "left out", "went wrong"):
        assert unwanted not in said, unwanted


def test_ways_of_searching_are_told_apart(site: TestSite) -> None:
    rows = page(site).select("table")[1].select("tbody tr")
    said = [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in rows]
    assert [row[0] for row in said] == ["As it is shown", "By meaning alone"]
    assert said[0][3:] == ["–", "–"]
    assert said[1][3:] == ["11", "4"]


def test_missed_questions_are_listed_folded_and_lead_to_their_search(site: TestSite) -> None:
    wrong, unanswered = page(site).select("details")
    assert [" ".join(li.get_text(" ").split()) for li in wrong.select("li")] == [
        "بدائل احتجاز Arabic Expected: Alternativas <b>a</b> la detención It came at place 7. First came: Otra cosa",
        "quién decide Spanish Expected: Reglas It was said that nothing answers.",
    ]
    question = wrong.select_one("bdi[lang=ar]")
    assert question is not None
    assert question["dir"] == "rtl"
    link = unanswered.select_one("a")
    assert link is not None
    assert site.client.get(str(link["href"])).status_code == 200
    assert link["href"] == "/en/search?q=receta+de+pastel+%26+caf%C3%A9"


def test_it_says_when_the_documents_have_changed_since(tmp_path: Path) -> None:
    site = make_site(tmp_path, TEXTS[:1])
    keep(site)
    assert "since this was measured" not in text(page(site))
    site.add(TEXTS[2])
    assert "since this was measured" in text(page(site))


@pytest.mark.parametrize("code", ["es", "fr", "en"])
def test_it_is_linked_from_the_foot_and_from_about(site: TestSite, code: str) -> None:
    found = page(site, f"/{code}/about")
    assert len(found.select(f"main a[href='/{code}/quality']")) == 1
    assert len(found.select(f"footer a[href='/{code}/quality']")) == 1
    assert page(site, f"/{code}/quality").html["lang"] == code
