"""Short texts of many kinds: which objectives the tagger finds in them, and in which it finds none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.encoding.encoder import Encoder
from ingest.tagging.tagger import Tagger, TextTags
from ingest.tagging.text_inputs import Text
from kb.vocabularies.skos import Taxonomy, gather, read_scheme

CORPUS = Path(__file__).parent.parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the objectives a careful reader gives it; the first is the main one."""

    language: str
    text: str
    objectives: tuple[int, ...]


def _samples() -> tuple[Labelled, ...]:
    lines = (CORPUS / "training" / "samples.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return tuple(
        Labelled(row["language"], row["text"], tuple(int(each["notation"]) for each in row["subjects"])) for row in rows
    )


# Invented requests, news, practices and questions, and texts on other subjects. The model that is shipped was fitted on
# them, among others: this tells that the tagger works as a whole; what it does on unseen texts, benchmarks tell.
LABELLED = tuple(each for each in _samples() if each.objectives)
UNRELATED = tuple((each.language, each.text) for each in _samples() if not each.objectives)
EVERYDAY = UNRELATED[:12]


@pytest.fixture(scope="module")
def objectives() -> Taxonomy:
    return gather(read_scheme(CORPUS / "vocabularies" / "objectives.ttl"))


def _share_ranked(tagged: Sequence[TextTags], among: int) -> float:
    hits = 0
    for labelled, tags in zip(LABELLED, tagged, strict=True):
        first = [notation for notation, _ in dict(tags.ranking)["objectives"][:among]]
        hits += any(str(number) in first for number in labelled.objectives)
    return hits / len(LABELLED)


def _texts() -> list[Text]:
    return [Text(each.text, "", each.language) for each in LABELLED]


def test_words_alone_find_the_objective(objectives: Taxonomy) -> None:
    tagged = list(Tagger(objectives).tag_texts(_texts()))
    assert _share_ranked(tagged, 1) >= 0.85
    assert _share_ranked(tagged, 3) >= 0.95


@pytest.mark.parametrize(("language", "text"), EVERYDAY)
def test_everyday_texts_get_no_tag(objectives: Taxonomy, language: str, text: str) -> None:
    assert Tagger(objectives).tag_text(text, language=language).concepts == ()


@pytest.mark.model
def test_words_and_meaning_find_the_objective(objectives: Taxonomy, real_encoder: Encoder) -> None:
    tagger = Tagger(objectives, real_encoder.encode_passages)
    tagged = list(tagger.tag_texts(_texts()))
    assert _share_ranked(tagged, 1) >= 0.90
    assert _share_ranked(tagged, 3) >= 0.97
    asserted = [{tag.notation for tag in tags.concepts} for tags in tagged]
    right = sum(len(found & set(map(str, each.objectives))) for found, each in zip(asserted, LABELLED, strict=True))
    assert right / sum(map(len, asserted)) >= 0.80
    assert right / sum(len(each.objectives) for each in LABELLED) >= 0.60
    unrelated = list(tagger.tag_texts([Text(text, "", language) for language, text in UNRELATED]))
    assert [tags.concepts for tags in unrelated[: len(EVERYDAY)]] == [()] * len(EVERYDAY)
    assert sum(bool(tags.concepts) for tags in unrelated) <= len(UNRELATED) // 10
