"""Judged questions, asked of the real encoder: does what answers stand among the first five?"""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from index.encoding.encoder import Encoder
from index.encoding.instance_encoding import Encoding, open_encoding
from index.search.caches import Caches
from index.search.query_understanding import Reader
from index.search.searcher import Searcher
from ingest.pipeline import Tools, Wishes, files_in, ingest
from ingest.readers.sandbox import Limits, Sandbox
from kb.cli import bootstrap
from kb.documents.facts import PassageRecord
from kb.documents.models import Description, Document, EncodedPassages, Passage, Tag, TaggedPassage
from kb.documents.store import passages
from kb.search.answers import Answer, Query
from kb.store.database import open_database

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared" / "documents"
CORPUS = ROOT / "corpus" / "documents"
JUDGEMENTS = ROOT / "corpus" / "judgements" / "questions.jsonl"
FILES = ROOT / "tests" / "files"
JUDGED = FILES / "judged_questions.jsonl"
# Written by one person who read the five documents, before anything was asked; answers are places in their text.
FOUNDING, FOUNDING_UNANSWERABLE = FILES / "founding_questions.jsonl", FILES / "founding_unanswerable.jsonl"
STARTER_UNANSWERABLE = FILES / "starter_unanswerable.jsonl"

# One format of each document: the same text in two formats would fill the first five with itself.
REAL_DOCUMENTS = (
    "tor-civil-society-mechanism-lac-2022.es.html",
    "tor-ecuador.es.pdf",
    "tor-mexico.es.pdf",
    "tor-peru.es.docx",
    "workplan-2019.es.pdf",
)
FIRST = 5
WANTED = 0.90
ANSWERED, TOLD = 0.92, 0.75  # a few questions below what was measured: other versions of libraries round differently


class Untagged:
    """A tagger that finds nothing: concepts take no part in ranking, and finding them takes time."""

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
        return tuple(TaggedPassage(passage, ()) for passage in cut), ()


class Library:
    """An instance in a folder with some files published in it."""

    def __init__(self, home: Path, encoder: Encoder, files: Iterable[Path]) -> None:
        self.database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
        self.encoding: Encoding = open_encoding(self.database, encoder, late=True)
        with Sandbox(Limits()) as sandbox:
            tools = Tools(self.database, home, sandbox, self.encoding, Untagged())
            failed = [report for report in ingest(list(files), tools, Wishes(publish=True)) if report.outcome.failed]
        assert failed == []
        taxonomy = bootstrap.read_taxonomy(None)
        reader = Reader(taxonomy, bootstrap.shipped_glossary(taxonomy))
        self.searcher = Searcher(self.database, Caches(self.database, home), reader=reader)
        encoding = self.encoding
        self._asked: dict[str, Answer] = {}
        self.searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, late=True)

    def first_passages(self, text: str) -> list[PassageRecord]:
        """The first passages of an answer."""
        return [hit.record for hit in self.searcher.search(Query(text, limit=FIRST, grouped=False)).hits]

    def is_answered(self, text: str) -> bool:
        """Whether it is said that something here answers."""
        return self._answer(text).answered

    def first_works(self, text: str) -> list[str]:
        """The first works of an answer, named as files are without language and ending."""
        return [hit.record.document.source.rsplit(".", 2)[0] for hit in self._answer(text).hits]

    def _answer(self, text: str) -> Answer:
        """What comes of a question, which is asked once."""
        if text not in self._asked:
            self._asked[text] = self.searcher.search(Query(text, limit=FIRST))
        return self._asked[text]


@pytest.fixture(scope="module")
def real_documents(real_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    if not SHARED.is_dir():
        pytest.skip(f"the five documents are not here: {SHARED}")
    return Library(tmp_path_factory.mktemp("real"), real_encoder, [SHARED / name for name in REAL_DOCUMENTS])


@pytest.fixture(scope="module")
def starter_corpus(real_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("starter"), real_encoder, files_in([CORPUS]))


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _strings(row: dict[str, object], key: str) -> list[str]:
    value = row.get(key, [])
    assert isinstance(value, list)
    return [str(each) for each in value]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _answers(row: dict[str, object], record: PassageRecord) -> bool:
    """Whether a passage of the judged document has one of the `answer` strings, or every one of `all`."""
    if record.document.source.rsplit(".", 1)[0] != row["document"]:
        return False
    text = _plain(" ".join((*record.passage.heading, record.passage.text)))
    some, every = _strings(row, "answer"), _strings(row, "all")
    return all(_plain(s) in text for s in every) if every else any(_plain(s) in text for s in some)


def _stands_there(row: dict[str, object], record: PassageRecord) -> bool:
    """Whether a passage, or what it stands under, holds a place that answers, or most of one."""
    text = _letters(" ".join((record.document.title, *record.passage.heading, record.passage.text)))
    places = row["answers"]
    assert isinstance(places, list)
    for document, start, end in places:
        if record.document.source.split(".")[0] == document.split(".")[0]:
            wanted = _letters(_text(document)[start:end])
            half = len(wanted) // 2
            if wanted in text or (half >= 12 and (wanted[:half] in text or wanted[half:] in text)):
                return True
    return False


@lru_cache
def _text(document: str) -> str:
    return (SHARED / document).read_bytes().decode("utf-8")


def _letters(text: str) -> str:
    """Without spaces and signs of tables and links, which each format sets in its own way."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _summary(rows: Sequence[dict[str, object]], missed: Sequence[dict[str, object]]) -> str:
    """By language how many were found, and the questions that were not."""
    lines = [f"{len(rows) - len(missed)} of {len(rows)} found among the first {FIRST}"]
    for language in sorted({str(row["language"]) for row in rows}):
        of, no = ([row for row in each if row["language"] == language] for each in (rows, missed))
        lines.append(f"{language}: {len(of) - len(no)} of {len(of)}")
    return "\n".join(lines + [f"missed {row['id']}: {row['question']}" for row in missed])


def _recall(rows: Sequence[dict[str, object]], missed: Sequence[dict[str, object]]) -> float:
    print(_summary(rows, missed))
    return 1 - len(missed) / len(rows)


# --- the judgements themselves ---


def test_judgements_name_works_that_exist() -> None:
    works = {path.name.rsplit(".", 2)[0] for path in CORPUS.glob("*.md")}
    rows = _lines(JUDGEMENTS)
    named = {work for row in rows for work in _strings(row, "works")}
    assert named == works
    assert len({row["id"] for row in rows}) == len({row["question"] for row in rows}) == len(rows)
    assert sum(bool(row["works"]) for row in rows) == 100
    assert sum(not row["works"] for row in rows) == 40


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the five documents are not here: {SHARED}")
def test_every_judged_question_has_a_passage_that_answers(real_documents: Library) -> None:
    facts = real_documents.searcher.catalogue.facts
    ids = [int(i) for i in real_documents.searcher.catalogue.ids]
    records = passages.records(real_documents.database, ids, facts).values()
    assert [row["id"] for row in _lines(JUDGED) if not any(_answers(row, record) for record in records)] == []


# --- recall ---


def test_answers_are_among_the_first_passages(real_documents: Library) -> None:
    rows = _lines(JUDGED)
    missed = [
        row
        for row in rows
        if not any(_answers(row, record) for record in real_documents.first_passages(str(row["question"])))
    ]
    assert _recall(rows, missed) >= WANTED, _summary(rows, missed)


def test_places_that_answer_are_among_the_first_passages(real_documents: Library) -> None:
    rows = [row for row in _lines(FOUNDING) if row["half"] == "count"]
    missed = [
        row
        for row in rows
        if not any(_stands_there(row, record) for record in real_documents.first_passages(str(row["question"])))
    ]
    assert _recall(rows, missed) >= WANTED, _summary(rows, missed)


def test_over_five_documents_what_is_answered_and_what_is_not(real_documents: Library) -> None:
    asked = [[row for row in _lines(path) if row["half"] == "count"] for path in (FOUNDING, FOUNDING_UNANSWERABLE)]
    answered, not_answered = ([real_documents.is_answered(str(row["question"])) for row in rows] for rows in asked)
    assert sum(answered) / len(answered) >= ANSWERED
    assert 1 - sum(not_answered) / len(not_answered) >= TOLD


def test_what_nothing_answers_is_said(starter_corpus: Library) -> None:
    """The judge learnt from half of these questions: this holds it, and is no estimate for others."""
    rows = [*_lines(JUDGEMENTS), *_lines(STARTER_UNANSWERABLE)]
    refused = [row for row in rows if not starter_corpus.is_answered(str(row["question"]))]
    wrongly = [row["id"] for row in refused if row.get("works")]
    assert len(wrongly) <= 4, wrongly
    assert (len(refused) - len(wrongly)) / sum(not row.get("works") for row in rows) >= TOLD


def test_works_that_answer_are_among_the_first(starter_corpus: Library) -> None:
    rows = [row for row in _lines(JUDGEMENTS) if row["works"]]
    missed = [
        row for row in rows if not {*_strings(row, "works")} & {*starter_corpus.first_works(str(row["question"]))}
    ]
    assert _recall(rows, missed) >= WANTED, _summary(rows, missed)
