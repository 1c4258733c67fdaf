"""Passages grouped by work: the translations of one text are one result, shown in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.search.catalogue import Catalogue
from kb.search.answers import Ranking

_MAX_OTHERS = 50  # further passages of a document that a result names


@dataclass(frozen=True, slots=True)
class Work:
    """A work of the answer: the document shown, its best passage, its other passages that answer."""

    work: str
    document: int
    passage: int
    score: float  # of the best passage of any of its documents
    others: tuple[int, ...]


def group(catalogue: Catalogue, ranking: Ranking, preferred: Sequence[str]) -> list[Work]:
    """The works of ranked passages, best first. Of several documents of a work the first language in `preferred`
    that is among them is shown, else that of the best passage."""
    documents = catalogue.documents_of(ranking.ids)
    found: dict[str, dict[int, list[int]]] = {}
    scores: dict[str, float] = {}
    for passage, document, score in zip(ranking.ids.tolist(), documents.tolist(), ranking.scores.tolist(), strict=True):
        work = catalogue.facts[document].work
        scores.setdefault(work, score)
        found.setdefault(work, {}).setdefault(document, []).append(passage)
    works = []
    for work, passages in found.items():
        document = _shown(catalogue, list(passages), preferred)
        best, *others = passages[document]
        works.append(Work(work, document, best, scores[work], tuple(others[:_MAX_OTHERS])))
    return works


def passages_of(works: Sequence[Work], catalogue: Catalogue, ranking: Ranking) -> list[Work]:
    """Each passage of the documents shown as a result of its own, in order of `ranking`."""
    shown = {work.document: work for work in works}
    documents = catalogue.documents_of(ranking.ids).tolist()
    return [
        Work(shown[document].work, document, passage, score, ())
        for passage, document, score in zip(ranking.ids.tolist(), documents, ranking.scores.tolist(), strict=True)
        if document in shown
    ]


def by_date(works: Sequence[Work], catalogue: Catalogue) -> list[Work]:
    """Newest first, undated last; of the same date the one stored last first."""
    return sorted(works, key=lambda w: (catalogue.facts[w.document].date, w.document), reverse=True)


def _shown(catalogue: Catalogue, documents: Sequence[int], preferred: Sequence[str]) -> int:
    facts = [catalogue.facts[document] for document in documents]
    spoken = [f.language for f in facts]
    language = next((wanted for wanted in preferred if wanted and wanted in spoken), spoken[0])
    # The same text in several formats: the one whose pages can be cited.
    return max((f for f in facts if f.language == language), key=lambda f: f.paged).id
