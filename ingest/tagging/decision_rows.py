"""Decisions of persons as rows to learn from.

A decision on a passage is a row with what is known of the concept in that passage. A decision on a document is about
its passages together, of which the one that speaks most of the concept stands for all (multiple-instance learning).
Who decides on a passage has read it: a concept that nobody claims there, neither the tagger nor a person, is a row
too, of less weight. Without those, what people add would teach that everything should be added. Concepts that a text
names by number teach nothing: they are asserted whatever the model says.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.tagging.logistic_fit import Rows
from ingest.tagging.model import COLUMNS
from ingest.tagging.scoring import Features, Matrix
from ingest.tagging.tagger import Tagger
from kb.documents.models import Document, Verdict
from kb.documents.store.encoded_documents import encoded_document
from kb.documents.store.passages import of_document
from kb.documents.store.tag_decisions import Decision
from kb.documents.store.tags import all_of_document
from kb.store.database import Database

_UNSAID = 0.5  # weight of a concept that nobody claims, beside that of a decision


@dataclass(frozen=True, slots=True)
class _Row:
    columns: NDArray[np.float64]
    truth: float
    weight: float
    concept: tuple[str, str]
    group: str


def decided_rows(database: Database, tagger: Tagger, decisions: Sequence[Decision]) -> tuple[Rows, int]:
    """Rows of the decisions, and how many decisions teach something.

    Decisions on concepts that no vocabulary has any more are left out.
    """
    by_document: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_document[decision.place.document].append(decision)
    found = [row for number, several in by_document.items() for row in _of_document(database, tagger, number, several)]
    rows = Rows(
        columns=np.stack([each.columns for each in found]) if found else np.zeros((0, len(COLUMNS))),
        truth=np.array([each.truth for each in found]),
        weight=np.array([each.weight for each in found]),
        concepts=tuple(each.concept for each in found),
        groups=tuple(each.group for each in found),
    )
    return rows, sum(each.weight == 1.0 for each in found)


def _of_document(database: Database, tagger: Tagger, document: int, decisions: Sequence[Decision]) -> Iterator[_Row]:
    """The translations of one work are one group."""
    stored, cut, encoded = encoded_document(database, document)
    with database.read() as connection:
        ids = [number for number, _ in of_document(connection, document)]
        claimed = {(passage, tag.scheme, tag.notation) for passage, tag in all_of_document(connection, document)}
    if not ids:
        return
    whole = Document(stored.text, stored.blocks, stored.sections, stored.page_count)
    for scheme, features in tagger.features_of_document(whole, stored.description, cut, encoded).items():
        scores = tagger.scheme_tagger(scheme).scored(features)
        said = {(d.place.passage, d.place.notation): d for d in decisions if d.place.scheme == scheme}
        for passage in dict.fromkeys(passage for passage, _ in said):
            for place, concept in enumerate(tagger.taxonomy.scheme(scheme).concepts):
                decision = said.get((passage, concept.notation))
                row = _passage(ids, passage, features, scores, place)
                if row is None or (decision is None and (passage, scheme, concept.notation) in claimed):
                    continue
                truth = decision is not None and decision.verdict is not Verdict.REJECTED
                weight = 1.0 if decision else _UNSAID
                yield _Row(features.columns[row, place], float(truth), weight, (scheme, concept.notation), stored.work)


def _passage(ids: Sequence[int], passage: int | None, features: Features, scores: Matrix, place: int) -> int | None:
    """The row of the passage that stands for a decision, None where a number settles it."""
    if passage is not None:
        row = ids.index(passage)
        return None if features.certain[row, place] else row
    return None if features.certain[:, place].any() else int(scores[:, place].argmax())
