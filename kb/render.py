"""Answers as JSON values, the same for the command line and over HTTP."""

from typing import Any

from kb.models import Answer, Hit


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as `kb search --json` and `/api/search` give it; see the README for its shape."""
    return {
        "query": answer.query.text,
        "took_ms": round(answer.took_ms, 1),
        "total": answer.total,
        "hits": [hit_json(hit) for hit in answer.hits],
        "facets": {facet.name: [list(pair) for pair in facet.values] for facet in answer.facets},
        "nearest": [hit_json(hit) for hit in getattr(answer, "nearest", ())],
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
