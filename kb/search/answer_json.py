"""Answers and reports as JSON values, the same for the command line and over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from kb.documents.models import FileReport, Tag
from kb.search.answers import Answer, Hit


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as `kb search --json` and `/api/search` give it; see the README for its shape."""
    return {
        "query": answer.query.text,
        "took_ms": round(answer.took_ms, 1),
        "total": answer.total,
        "hits": [hit_json(hit) for hit in answer.hits],
        "facets": {facet.name: [list(pair) for pair in facet.values] for facet in answer.facets},
        "arms": list(answer.arms),
        "nearest": [hit_json(hit) for hit in answer.nearest],
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """One result: its document, its best passage, and what in the passage answers."""
    document, passage = hit.record.document, hit.record.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "document": {
            "id": document.id,
            "title": document.title,
            "language": document.language,
            "type": document.type,
            "source": document.source,
            "countries": list(document.countries),
            "year": document.year,
        },
        "passage": {
            "id": hit.record.id,
            "number": passage.number,
            "text": passage.text,
            "page": passage.page,
            "heading": list(passage.heading),
            "start": passage.start,
            "end": passage.end,
            "language": passage.language,
        },
        "highlights": [list(span) for span in hit.highlights],
        "concepts": [{"scheme": scheme, "notation": notation} for scheme, notation in hit.record.concepts],
        "others": list(hit.others),
        "translations": [{"language": language, "document": document} for language, document in hit.translations],
    }


def reports_json(reports: Sequence[FileReport]) -> list[dict[str, object]]:
    """Outcomes of an ingest, one a file."""
    return [
        {
            "file": report.file,
            "outcome": report.outcome.value,
            "message": str(report.message or ""),
            "document": report.document,
            "passages": report.passages,
            "warnings": list(map(str, report.warnings)),
        }
        for report in reports
    ]


def tags_json(
    name: str,
    text: str,
    language: str,
    tags: Sequence[Tag],
    labels: Mapping[tuple[str, str], str],
    ranking: Sequence[tuple[str, Sequence[tuple[str, float]]]],
) -> dict[str, object]:
    """The concepts of one text as `kb tag` gives them; evidence points into `text`."""
    return {
        "document_id": name,
        "language": language,
        "concepts": [{**_tag_json(tag, text), "label": labels[tag.scheme, tag.notation]} for tag in tags],
        "ranking": {
            scheme: [[notation, round(score, 4)] for notation, score in concepts] for scheme, concepts in ranking
        },
    }


def _tag_json(tag: Tag, text: str) -> dict[str, object]:
    spans = [{"text": text[e.start : e.end], "start": e.start, "end": e.end, "kind": e.kind} for e in tag.evidence]
    return {"scheme": tag.scheme, "notation": tag.notation, "score": round(tag.score, 4), "evidence": spans}
