"""Measuring an instance: which texts answer, in which languages they are there, and what was refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from index.evaluation.instance_quality import Judgement, measure_instance, read_judgements
from index.search.searcher import Searcher
from kb.cli import bootstrap
from kb.errors import UsageError
from kb.search.answers import Answer, Query
from kb.search.quality import ALL, OTHER, SAME, Measurement, Slice, from_text, to_text
from kb.search.store import quality
from kb.version import version
from tests.support.command_line import Instance as CommandLine
from tests.support.site import TEXTS, TestSite, make_site

# "detention" is there in Spanish and English, "remittances" in English alone.
JUDGED = (
    Judgement("es-1", "es", "alternativas a la detención y plazos breves", ("detention",)),
    Judgement("en-1", "en", "fees of remittances fall where prices are compared", ("remittances",)),
    Judgement("es-2", "es", "fees of remittances", ("remittances", "detention-of-nobody")),
    Judgement("fr-1", "fr", "zzz note on lost passports zzz", ("cooperation",)),
    Judgement("en-2", "en", "passports", ()),
    Judgement("en-3", "en", "a text that was never added", ("never-added",)),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    # Sources named as those of the corpus are: name, language, ending.
    texts = [replace(text, name=f"{text.name.split('.')[0]}.{text.language}.txt") for text in TEXTS]
    return make_site(tmp_path_factory.mktemp("site"), texts)


@pytest.fixture(scope="module")
def measured(site: TestSite) -> Measurement:
    return measure(site, JUDGED)


def measure(site: TestSite, judged: tuple[Judgement, ...]) -> Measurement:
    searcher = site.app.state.house.site.searcher
    return measure_instance(searcher, site.instance.database, judged, "hashing-64", "1.2.3")


def part(measured: Measurement, name: str) -> Slice:
    found = measured.slice(name)
    assert found is not None, name
    return found


def test_questions_are_counted_by_language_and_by_where_the_answer_is(measured: Measurement) -> None:
    counts = {one.name: (one.first.of, one.told.of) for one in measured.slices}
    assert counts == {ALL: (4, 1), SAME: (3, 0), OTHER: (1, 0), "es": (2, 0), "en": (1, 1), "fr": (1, 0)}
    assert (measured.questions, measured.left_out) == (5, 1)


def test_a_text_that_answers_counts_where_it_stands(measured: Measurement) -> None:
    assert part(measured, "es").first.count == 2
    assert part(measured, "es").mrr == 1.0
    french = part(measured, "fr")
    assert (french.first.count, french.among.count) == (0, 0)
    overall = part(measured, ALL)
    assert overall.among.count == 3
    assert overall.among.low < overall.among.share == 0.75 < overall.among.high


def test_what_went_wrong_is_named_with_what_was_expected(measured: Measurement) -> None:
    missed = {one.id: one for one in measured.missed}
    assert set(missed) == {"fr-1", "en-2"}
    assert missed["fr-1"].expected == ("Coopérer : personne ne peut agir seul",)
    assert (missed["fr-1"].place, missed["fr-1"].refused) == (0, False)
    assert missed["fr-1"].came.startswith("Consular note")
    assert missed["en-2"].expected == ()


def test_refusals_are_wrong_for_answered_questions_and_right_for_the_others(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_searcher: Searcher, query: Query) -> Answer:
        return Answer(query, (), 0, (), 1.0, answered=False)

    monkeypatch.setattr(Searcher, "search", refuse)
    measured = measure(site, JUDGED)
    overall = part(measured, ALL)
    assert (overall.refused.count, overall.told.count, overall.among.count) == (4, 1, 0)
    assert {one.id for one in measured.missed} == {"es-1", "en-1", "es-2", "fr-1"}
    assert all(one.refused for one in measured.missed)


def test_every_ranking_is_compared_with_the_final_one(measured: Measurement) -> None:
    assert [arm.name for arm in measured.arms] == ["final", "lexical", "dense", "fused"]  # hashed words have no tokens
    final = measured.arms[0]
    assert final.among.of == 4
    for arm in measured.arms:
        assert arm.difference == pytest.approx(final.mrr - arm.mrr, abs=1e-4)
        assert arm.interval[0] <= arm.difference <= arm.interval[1]


def test_an_instance_without_the_judged_texts_is_not_measured(site: TestSite) -> None:
    with pytest.raises(UsageError, match="kb starter"):
        measure(site, JUDGED[-2:])


def test_the_last_measurement_is_kept_with_its_revision(site: TestSite, measured: Measurement) -> None:
    database = site.instance.database
    assert quality.last(database)[0] is None
    quality.keep(database, replace(measured, version="0"))
    quality.keep(database, measured)
    assert quality.last(database) == (measured, measured.revision)


def test_a_measurement_in_another_form_is_none(measured: Measurement) -> None:
    assert from_text(to_text(measured)) == measured
    assert from_text(json.dumps(json.loads(to_text(measured)) | {"format": 0})) is None


@pytest.mark.parametrize(
    ("line", "says"),
    [("{", "line 2"), ('{"id": "x"}', "line 2"), ("3", "line 2"), (None, "cannot be read")],
)
def test_judgements_that_cannot_be_read(tmp_path: Path, line: str | None, says: str) -> None:
    file = tmp_path / "questions.jsonl"
    good = '{"id": "es-1", "language": "es", "question": "x", "works": ["y"]}'
    if line is not None:
        file.write_text(f"{good}\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match=says):
        read_judgements(file)


# --- the command ---


@pytest.fixture
def judged_corpus(tmp_path: Path) -> Path:
    """A corpus of one judged text."""
    folder = tmp_path / "corpus"
    (folder / "judgements").mkdir(parents=True)
    (folder / "documents").mkdir()
    (folder / "documents" / "visas.es.md").write_text(
        "# Visas\n\nLas visas humanitarias se dan en la frontera.\n", "utf-8"
    )
    rows = [
        {"id": "es-1", "language": "es", "question": "visas humanitarias", "works": ["visas"]},
        {"id": "es-2", "language": "es", "question": "receta de pastel", "works": []},
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "judgements" / "questions.jsonl").write_text(lines, "utf-8")
    return folder


def test_the_command_measures_and_keeps_what_it_measured(
    judged_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = CommandLine(tmp_path / "home")
    assert instance.run("ingest", judged_corpus / "documents", "--publish").status == 0
    monkeypatch.setattr(bootstrap, "CORPUS", judged_corpus)
    result = instance.run("eval", "quality", "--json")
    assert result.status == 0, result.err
    assert (result.json["questions"], result.json["documents"]) == (2, 1)
    kept, revision = quality.last(instance.database())
    assert kept == from_text(result.out)
    assert kept is not None
    assert (kept.revision, kept.version) == (revision, version())
    assert kept.encoder.startswith("hashing")
    assert part(kept, "es").first.count == 1
    table = instance.run("eval", "quality")
    assert table.status == 0
    assert "against lexical" in table.out


def test_the_command_says_what_to_do_where_nothing_judged_is_there(
    judged_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = CommandLine(tmp_path / "home")
    monkeypatch.setattr(bootstrap, "CORPUS", judged_corpus)
    result = instance.run("eval", "quality")
    assert result.status == 2
    assert "kb starter" in result.err
    assert quality.last(instance.database())[0] is None
