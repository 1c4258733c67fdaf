"""The tagging model: what it is fitted on, how it is recorded, and that decisions only make it better.

Without an encoder, by words alone; benchmarks/fit_tagger.py fits the kinds that need one.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from ingest.tagging.logistic_fit import (
    Measures,
    Rows,
    calibration_error,
    cross_validated,
    fit,
    fold_of,
    measure,
    predict,
    thresholds,
)
from ingest.tagging.model import WORDS, Model, Weights, from_json, shipped_model, to_json
from ingest.tagging.retrain import LEAST_DECISIONS, relearn
from ingest.tagging.scheme_tagger import SchemeTagger
from ingest.tagging.train import USED
from ingest.tagging.training_data import BRIEF, DIGEST, SAMPLE, TrainingText, digest, training_rows, training_texts
from kb.documents.models import Verdict
from kb.documents.store.tags import TagPlace, all_of_document, decide
from kb.errors import InstanceError
from kb.vocabularies.skos import gather, read_scheme
from tests.support.command_line import Instance

CORPUS = Path(__file__).parent.parent.parent / "corpus"


@pytest.fixture(scope="module")
def tagger() -> SchemeTagger:
    return SchemeTagger(gather(read_scheme(CORPUS / "vocabularies" / "objectives.ttl")).scheme("objectives"), None)


@pytest.fixture(scope="module")
def texts(tagger: SchemeTagger) -> tuple[TrainingText, ...]:
    return training_texts(CORPUS, tagger)


@pytest.fixture(scope="module")
def spanish(texts: tuple[TrainingText, ...]) -> tuple[TrainingText, ...]:
    """Fewer, to learn from quickly."""
    return tuple(each for each in texts if each.language == "es" or each.source == SAMPLE)


@pytest.fixture(scope="module")
def some(tagger: SchemeTagger, spanish: tuple[TrainingText, ...]) -> Rows:
    return training_rows(tagger, None, spanish)


@pytest.fixture(scope="module")
def known(tagger: SchemeTagger, texts: tuple[TrainingText, ...]) -> Rows:
    return training_rows(tagger, None, texts)


def test_the_shipped_model_comes_from_texts_like_these(texts: tuple[TrainingText, ...], known: Rows) -> None:
    """A brief that is reworded changes little; where this fails, run benchmarks.fit_tagger again."""
    origin, used = shipped_model().origin, USED[WORDS]
    assert len(texts) == pytest.approx(origin.texts, rel=0.05)
    assert dict(origin.sources)[SAMPLE] == sum(each.source == SAMPLE for each in texts)
    fitted, recorded = fit(known, used, cross_validated(known, used)), shipped_model().weights[WORDS]
    assert (*fitted.columns, fitted.intercept) == pytest.approx((*recorded.columns, recorded.intercept), abs=0.25)
    assert fit(known, used, cross_validated(known, used)) == fitted, "the same texts give the same model"


def test_other_texts_have_another_digest(texts: tuple[TrainingText, ...]) -> None:
    changed = (replace(texts[0], concepts=("2",)), *texts[1:])
    assert digest(texts) != digest(changed)


def test_what_a_section_is_about_follows_from_its_document(texts: tuple[TrainingText, ...]) -> None:
    briefs = [each for each in texts if each.source == BRIEF]
    assert {each.concepts for each in briefs} == {(str(number),) for number in range(1, 24)}
    assert {each.language for each in briefs} == {"es", "en", "fr"}
    assert not any(each.concepts for each in texts if each.source == DIGEST)
    relations = "Objetivo 12: la evaluación que dice qué medida conviene"
    assert not any(relations in each.text for each in texts), "what names other objectives is about them too"


def test_translations_and_sections_stay_together(texts: tuple[TrainingText, ...]) -> None:
    folds = fold_of(tuple(each.group for each in texts))
    by_group: dict[str, set[int]] = {}
    for each, fold in zip(texts, folds, strict=True):
        by_group.setdefault(each.group, set()).add(int(fold))
    assert all(len(several) == 1 for several in by_group.values())
    assert {each.language for each in texts if each.group == "objective-13-brief"} == {"es", "en", "fr"}
    assert set(folds) == {0, 1, 2, 3, 4}


def test_scores_are_calibrated_where_they_were_not_fitted(known: Rows) -> None:
    scores = cross_validated(known, USED[WORDS])
    assert calibration_error(scores, known.truth, known.weight) < 0.08
    telling = scores >= 0.1  # most scores are next to nothing, and rightly so: the error where it matters
    assert calibration_error(scores[telling], known.truth[telling], known.weight[telling]) < 0.08


def test_calibration_error_by_hand() -> None:
    scores, truth = np.array([0.95, 0.95, 0.15, 0.15]), np.array([1.0, 0.0, 0.0, 0.0])
    assert calibration_error(scores, truth, np.ones(4)) == pytest.approx((0.45 * 2 + 0.15 * 2) / 4)


def test_a_concept_of_its_own_is_learnt_with_restraint() -> None:
    few, many = (_one_concept_is_never_right(count) for count in (5, 500))
    assert -1.0 < few.own["s", "b"].offset < 0 > many.own["s", "b"].offset
    assert many.own["s", "b"].offset < few.own["s", "b"].offset


def _one_concept_is_never_right(count: int) -> Weights:
    columns = np.ones((2 * count, 5))
    truth = np.repeat([1.0, 0.0], count)
    concepts = tuple(("s", "a" if number < count else "b") for number in range(2 * count))
    known = Rows(columns, truth, np.ones(2 * count), concepts, tuple(str(n) for n in range(2 * count)))
    return fit(known, (0,), cross_validated(known, (0,)))


def test_a_model_is_recorded_whole() -> None:
    assert from_json(_text(shipped_model())) == shipped_model()
    with pytest.raises(InstanceError, match="undo"):
        from_json('{"method": "evidence-1"}')


def _text(model: Model) -> str:
    return json.dumps(to_json(model))


# --- learning from decisions: a third of the samples known, a third decided on, a third tested ---


def _third(texts: tuple[TrainingText, ...], known: Rows, which: int) -> Rows:
    """A third of the samples."""
    chosen = [each.source == SAMPLE and int(each.group[1:]) % 3 == which for each in texts]
    return known.only(np.repeat(np.array(chosen), len(known) // len(texts)))


def _before(texts: tuple[TrainingText, ...], known: Rows) -> Rows:
    """All but those two thirds of the samples that are decided on and tested."""
    kept = [each.source != SAMPLE or int(each.group[1:]) % 3 == 2 for each in texts]
    return known.only(np.repeat(np.array(kept), len(known) // len(texts)))


def _decided(training_rows: Rows, model: Model) -> Rows:
    """What a person would decide: tags that the model asserts, and those that are missing; the rest goes unsaid."""
    weights = model.weights[WORDS]
    said = (predict(weights, training_rows) >= thresholds(weights, training_rows)) | (training_rows.truth > 0)
    return replace(training_rows, weight=np.where(said, 1.0, 0.5))


def _measured(model: Model, training_rows: Rows) -> Measures:
    weights = model.weights[WORDS]
    return measure(predict(weights, training_rows), thresholds(weights, training_rows), training_rows)


def test_decisions_make_it_better_where_nothing_was_decided(spanish: tuple[TrainingText, ...], some: Rows) -> None:
    base, used = _before(spanish, some), USED[WORDS]
    first = replace(shipped_model(), weights={WORDS: fit(base, used, cross_validated(base, used))})
    nothing = some.only(np.zeros(len(some), bool))
    decided = _decided(_third(spanish, some, 0), first)
    count = int((decided.weight == 1.0).sum())
    trial = relearn(first, WORDS, base, nothing, decided, count)
    assert trial.refused == ""
    before, after = (_measured(model, _third(spanish, some, 1)) for model in (first, trial.model))
    assert after.log_loss < before.log_loss
    assert after.f1 > before.f1 - 0.03  # one tag of forty: it rises or stays

    wrong = replace(decided, truth=np.where(decided.weight == 1.0, 1 - decided.truth, 0.0))
    spoilt = relearn(first, WORDS, base, nothing, wrong, count)
    assert spoilt.refused
    assert _measured(spoilt.model, _third(spanish, some, 1)).log_loss > before.log_loss

    assert "too little" in relearn(first, WORDS, base, nothing, decided, LEAST_DECISIONS - 1).refused


def test_the_same_decisions_again_change_nothing(spanish: tuple[TrainingText, ...], some: Rows) -> None:
    base = _before(spanish, some)
    decided = _decided(_third(spanish, some, 0), shipped_model())
    trial = relearn(shipped_model(), WORDS, base, decided, decided, 99)
    assert trial.decisions is not None
    assert trial.texts.rise == pytest.approx(0.0, abs=1e-9)
    assert trial.decisions.rise == pytest.approx(0.0, abs=1e-9)


# --- the commands ---

SPEECH = """---
title: Sample speech
language: en
---

# Sample speech

## On detention

Alternatives to detention keep families together; no child should sleep behind bars while a permit is decided.
"""


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance that holds one published document."""
    file = tmp_path / "speech.md"
    file.write_text(SPEECH, "utf-8")
    held = Instance(tmp_path / "home", late="off")
    assert held.run("ingest", file, "--publish").status == 0
    return held


def test_tagging_again_is_shown_first_and_written_when_asked(instance: Instance) -> None:
    assert instance.run("tag", "again", "--json").json == []
    with instance.database().write() as connection:
        decide(connection, TagPlace(1, None, "objectives", "20"), Verdict.ADDED, "Sample librarian")
        decide(connection, TagPlace(1, None, "objectives", "13"), Verdict.REJECTED, "Sample librarian")
        connection.execute(text("DELETE FROM tags WHERE passage IS NOT NULL AND scheme = 'objectives'"))
    (found,) = instance.run("tag", "again", "--json").json
    came = [(each["passage"] is None, each["scheme"], each["notation"]) for each in found["come"]]
    assert (False, "objectives", "13") in came
    assert (True, "objectives", "13") not in came, "a person rejected it"
    assert found["kept"] == 2
    gone = {(each["scheme"], each["notation"]) for each in found["go"] if each["passage"] is None}
    assert ("areas", "2") in gone, "the area followed from what was rejected"
    shown = instance.run("tag", "again")
    assert "+ objectives 13 Alternatives to detention" in shown.out
    assert "1 of 1 documents would change" in shown.out
    assert instance.run("tag", "again", "--apply").status == 0
    assert instance.run("tag", "again", "--json").json == []
    with instance.database().read() as connection:
        states = {
            t.notation: t.state for p, t in all_of_document(connection, 1) if p is None and t.scheme == "objectives"
        }
    assert states == {"13": "rejected", "20": "added"}


def test_training_without_decisions_is_refused_and_changes_nothing(instance: Instance) -> None:
    done = instance.run("tag", "train", "--json")
    assert done.status == 1
    assert "too little" in done.json["refused"]
    assert (done.json["version"], done.json["decisions"]) == (None, None)
    undone = instance.run("tag", "train", "--undo")
    assert (undone.status, "none before it" in undone.err) == (2, True)
