"""The texts a tagger is fitted on, all written for this platform: samples with their concepts, and sections of briefs.

Which section is about what follows from rules alone: see corpus/training/README.md.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from ingest.cleaning.clean import clean
from ingest.readers.file_types import read
from ingest.tagging.logistic_fit import Rows
from ingest.tagging.scheme_tagger import SchemeTagger
from ingest.tagging.semantic_similarity import Encode
from ingest.tagging.text_inputs import Text, reading_of, vectors_of
from kb.documents.models import Document, Section

SAMPLE, UNRELATED, BRIEF, DIGEST = "sample", "unrelated", "brief", "digest"
_GUIDANCE = "guidance"
_OF_A_DOCUMENT = 1.0  # weight that the sections of a document share; a sample weighs as much
_SHORTEST = 150  # characters; a shorter section says too little to be about anything


@dataclass(frozen=True, slots=True)
class TrainingText:
    """A text and the concepts it is about. `group` keeps sections and translations of one document together."""

    text: str
    language: str
    concepts: tuple[str, ...]  # notations
    group: str
    source: str
    weight: float


def training_texts(corpus: Path, tagger: SchemeTagger) -> tuple[TrainingText, ...]:
    """All training texts under `corpus`, in order. `tagger` finds which sections name concepts by number."""
    documents = sorted((corpus / "documents").glob("*.md"))
    return (
        *_samples(corpus / "training" / "samples.jsonl"),
        *(text for path in documents for text in _of_document(path, tagger)),
    )


def digest(texts: Sequence[TrainingText]) -> str:
    """Tells whether two runs learnt from the same texts."""
    lines = (json.dumps(astuple(each), ensure_ascii=False) for each in texts)
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def training_rows(tagger: SchemeTagger, encode: Encode | None, texts: Sequence[TrainingText]) -> Rows:
    """A row for each text and concept of the tagger's scheme. Numbers are never looked at: they need no learning."""
    plain = [Text(each.text, "", each.language) for each in texts]
    vectors = vectors_of(encode, plain) if encode and tagger.meaning else None
    columns = tagger.columns([reading_of(each) for each in plain], vectors)
    notations = [concept.notation for concept in tagger.scheme.concepts]
    return Rows(
        columns.reshape(-1, columns.shape[-1]),
        np.array([float(n in each.concepts) for each in texts for n in notations]),
        np.array([each.weight for each in texts for _ in notations]),
        tuple((tagger.scheme.name, n) for _ in texts for n in notations),
        tuple(each.group for each in texts for _ in notations),
    )


def _samples(path: Path) -> Iterator[TrainingText]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        concepts = tuple(subject["notation"] for subject in row["subjects"])
        source = SAMPLE if concepts else UNRELATED
        yield TrainingText(row["text"], row["language"], concepts, row["document_id"], source, 1.0)


def _of_document(path: Path, tagger: SchemeTagger) -> Iterator[TrainingText]:
    document = clean(read(path.name, path.read_bytes()))
    stated = document.front.objectives
    if stated == () and not document.front.sample:
        kept, source = _sections(document, tagger, frozenset()), DIGEST
    elif stated is not None and len(stated) == 1 and document.front.type == _GUIDANCE:
        kept, source = _sections(document, tagger, frozenset(stated)), BRIEF
    else:
        return  # what each section of it is about is not stated
    group = path.name.split(".")[0]
    for text in kept:
        yield TrainingText(text, document.front.language, stated, group, source, _OF_A_DOCUMENT / len(kept))


def _sections(document: Document, tagger: SchemeTagger, own: frozenset[str]) -> list[str]:
    """Texts of the sections that name no concept by number other than the document's own."""
    found = []
    for section in document.sections:
        named = {each.notation for each in tagger.explicit.find(document.text, [(section.start, section.end)])}
        text = _body(document, section)
        if section.path and len(text) >= _SHORTEST and named <= own:
            found.append(text)
    return found


def _body(document: Document, section: Section) -> str:
    """The text of a section without its heading line."""
    return document.text[section.start : section.end].partition("\n")[2].strip()
