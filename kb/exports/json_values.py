"""Answers, documents and reports as JSON, the same for the command line and over HTTP."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kb.documents.models import Evidence, FileReport, Passage, Statement, Tag
from kb.exports.exported import ExportedDocument
from kb.search.answers import Answer, Hit


def write_answer(answer: Answer) -> bytes:
    """An answer in a file of its own."""
    return _written(answer_json(answer))


def write_document(document: ExportedDocument) -> bytes:
    """A document in a file of its own."""
    return _written(document_json(document))


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as `kb search --json` and `/api/search` give it; see docs/reference/formats.md."""
    hits = [hit_json(hit) for hit in answer.hits]
    return {
        "query": answer.query.text,
        "took_ms": round(answer.took_ms, 1),
        "total": answer.total,
        "hits": hits,
        "facets": {facet.name: [list(pair) for pair in facet.values] for facet in answer.facets},
        "arms": list(answer.arms),
        "corrected": answer.reading.corrected,
        "terms": list(answer.reading.terms),
        "answered": answer.answered,
        "degraded": answer.degraded,
        "nearest": [] if answer.answered else hits,  # the same under its former name, for one release
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
        "passage": passage_json(hit.record.id, passage),
        "highlights": [list(span) for span in hit.highlights],
        "concepts": [{"scheme": scheme, "notation": notation} for scheme, notation in hit.record.concepts],
        "others": list(hit.others),
        "translations": [{"language": language, "document": document} for language, document in hit.translations],
    }


def document_json(document: ExportedDocument) -> dict[str, Any]:
    """A document as `/api/documents/{id}` gives it: description, text, passages, tags, lines that treat more."""
    stored, described = document.stored, document.stored.description
    return {
        "id": stored.id,
        "title": described.title,
        "language": described.language,
        "type": described.type,
        "source": stored.source.name,
        "countries": list(described.countries),
        "year": described.year,
        "date": described.date,
        "version": stored.version,
        "provenance": described.provenance,
        "sample": described.sample,
        "page_count": stored.page_count,
        "text": stored.text,
        "tags": [_claim_json(passage, tag, document.labels) for passage, tag in document.tags],
        "speaks_of": [_statement_json(one, document) for one in document.speaks_of],
        "passages": [passage_json(number, passage) for number, passage in document.passages],
        "translations": [{"language": language, "document": number} for language, number in document.translations],
    }


def passage_json(number: int, passage: Passage) -> dict[str, Any]:
    """A passage and its id."""
    return {
        "id": number,
        "number": passage.number,
        "text": passage.text,
        "page": passage.page,
        "heading": list(passage.heading),
        "start": passage.start,
        "end": passage.end,
        "language": passage.language,
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
    spans = [{"text": text[e.start : e.end], **_span_json(e)} for e in tag.evidence]
    return {"scheme": tag.scheme, "notation": tag.notation, "score": round(tag.score, 4), "evidence": spans}


def _claim_json(passage: int | None, tag: Tag, labels: Mapping[tuple[str, str], str]) -> dict[str, object]:
    return {
        "scheme": tag.scheme,
        "notation": tag.notation,
        "label": labels.get((tag.scheme, tag.notation), tag.notation),
        "score": tag.score,
        "state": tag.state,
        "method": tag.method,
        "passage": passage,
        "evidence": [_span_json(each) for each in tag.evidence],
    }


def _statement_json(one: Statement, document: ExportedDocument) -> dict[str, object]:
    ids = {passage.number: number for number, passage in document.passages}
    return {
        "notation": one.notation,
        "label": document.labels.get(("objectives", one.notation), one.notation),
        "passage": ids.get(one.passage),
        "text": one.text,
        "start": one.start,
        "end": one.end,
    }


def _span_json(evidence: Evidence) -> dict[str, object]:
    return {"start": evidence.start, "end": evidence.end, "kind": evidence.kind}


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
